"""What rests on one interested side's word, on nobody's, or on doubt."""

from dataclasses import replace

import pytest
from told import claims, registry

from annotate.contest import disputes
from annotate.voices import Bench


def thin(*lines):
    """The facets of one happening that are unconfirmed, each with the sentences that rest on thin ground and why."""
    told = claims(*lines)
    bench = Bench(lambda a, b: 0.9, registry(), {"r": "2016-12-07"}, {"r": "Wire"}, told)
    found = [dispute for dispute in disputes(bench) if dispute.level == "unconfirmed"]
    return {d.facet: (sorted({c[1] for side in d.sides for c in side.claims}), d.reasons) for d in found}


SHELLED = "[attack,responsibility|pro-opposition] {S Activists} {Q said} {A army} artillery shelled {P Hama} market."
ALONE = ("single-side",)


def test_one_sides_word():
    assert thin(SHELLED) == dict.fromkeys(("target", "agent", "means"), ([0], ALONE))


def test_what_a_claim_only_may_be_about_is_nothing_to_warn_of():
    [shelled] = claims(SHELLED)
    tags = replace(shelled.tags, types=("casualty",), type_scores={"attack": 0.3, "responsibility": 0.3})
    bench = Bench(lambda a, b: 0.9, registry(), {"r": "2016-12-07"}, {"r": "Wire"}, [replace(shelled, tags=tags)])
    assert tags.about == ("casualty", "attack", "responsibility")
    assert not disputes(bench)


@pytest.mark.parametrize(
    ("other", "facet"),
    [
        ("[attack|unattributed] A market in {P Hama} was shelled.", "target"),
        ("[attack|media] {S A Reuters reporter} {Q saw} the crater in {P Hama}.", "target"),
        ("[attack|ngo] {S UN observers} {Q heard} it come in.", "means"),
        ("[attack|ngo] {S UN observers} {Q counted} the shells.", "means"),
        ("[attack,responsibility|official|confirms] {S The Syrian army} {Q admitted} that {A it} had fired.", "agent"),
    ],
    ids=["the writer at the place", "a reporter at the place", "a pronoun", "the shells", "an admission"],
)
def test_what_others_bear_out_in_other_words(other, facet):
    assert facet in thin(SHELLED)
    assert facet not in thin(SHELLED, other)


@pytest.mark.parametrize(
    ("speaker", "flagged"),
    [
        ("[casualty|official] {S The Karsian army}", True),
        ("[casualty|official] {S General Horvat}", True),
        ("[casualty|official] {S The governor}", False),
        ("[casualty|ngo] {S The Norland Relief Agency}", False),
        ("[casualty|witness] {S The doctors of the Norland Relief Agency}", False),
        ("[casualty|witness] {S A resident}", True),
    ],
)
def test_who_is_no_neutral_body(speaker, flagged):
    assert ("casualties" in thin(f"{speaker} {{Q said}} nine people were killed in {{P Hama}}.")) == flagged


def test_two_peoples_are_counted_apart():
    army = "[casualty|pro-regime] {S State television} {Q said} 26 fighters were killed in {P Hama}."
    rebels = "[casualty|pro-opposition] {S A rebel commander} {Q said} nine soldiers were killed in {P Hama}."
    assert thin(army, rebels) == {"casualties": ([0, 1], ALONE)}


@pytest.mark.parametrize(
    "line",
    [
        "[casualty|witness] {S A doctor} {Q said} he had treated three wounded people.",
        "[casualty|official|confirms] {S The Turkish army} {Q admitted} that nine of its soldiers were killed.",
        "[detention|pro-regime] {S State television} {Q said} the two hostages were released.",
        "[attack|pro-regime|denies] {S State television} {Q said} no jets had bombed {P Hama}.",
    ],
    ids=["what came his way", "an own loss", "people let go", "a denial"],
)
def test_what_is_not_unconfirmed(line):
    found = thin(line)
    assert not {"casualties", "agent", "occurrence", "means"} & found.keys()
