"""Which claims a denial denies, and on which facet."""

import json

import pytest
from told import claims, registry

from annotate.assets import REGISTRY
from annotate.denials import FEATURES, denied, refused
from annotate.voices import Bench


def against(*lines, alike=0.9):
    """What each denial denies: facet, and the first words of the claim."""
    told = claims(*lines)
    bench = Bench(lambda a, b: alike, registry(), {"r": "2016-12-07"}, {"r": "Wire"}, told)
    return {(refused(no, yes, registry())[0].facet, yes.ref[1]) for no, yes in denied(told, bench)}


BLAMED = "[attack,responsibility|pro-opposition] {S Activists} {Q said} {A Russian jets} bombed {P Hama} on Monday."
BLAST = "[attack|witness] {S A resident} {Q said} rockets shook {P Hama}."


@pytest.mark.parametrize(
    ("denial", "facet"),
    [
        (
            "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} any involvement.",
            "agent",
        ),
        ("[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q said} it was a lie.", "agent"),
        ("[attack|official|denies] {S The Syrian army} {Q denied} that {P Hama} was hit by jets.", "target"),
        ("[attack|official|denies] {S The Syrian army} {Q said} no jets had been in the air.", "means"),
    ],
)
def test_the_facet_is_what_both_speak_of(denial, facet):
    assert against(BLAMED, denial) == {(facet, 0)}


def test_a_bare_denial_is_of_what_stands_right_before_it():
    captured = "[control|pro-regime] {S State television} {Q said} {A the army} took {P Khan Touman}."
    bare = "[control|pro-opposition|denies] {S A rebel commander} {Q denied} this."
    assert against(captured, bare) == {("control", 0)}


def test_who_denies_the_reports_denies_all_who_tell_the_same():
    gas = "[attack|pro-opposition] {S %s} {Q said} shells with gas fell on {P Hama}."
    wounded = "[casualty|ngo] {S Medics} {Q said} that they treated a boy for burns."
    denial = "[attack|official|denies] {S The Syrian army} {Q said} there was no truth to the reports of gas."
    told = (gas % "Activists", gas % "A rebel commander", gas % "A local council", wounded, denial)
    assert against(*told) == {("occurrence", 0), ("occurrence", 1), ("occurrence", 2)}


def test_who_says_that_nothing_happened_denies_all_who_tell_of_it():
    told = ("[attack|witness] {S A teacher} {Q said} a shell fell on {P Hama}.",
            "[attack|pro-opposition] {S Activists} {Q said} that they had dug all night in {P Hama}.",
            "[attack|official|denies] {S The Syrian army} {Q said} there was no shelling of {P Hama}.")  # fmt: skip
    assert against(*told) == {("occurrence", 0), ("occurrence", 1)}


def test_a_denial_that_goes_on_needs_no_likeness_of_its_own():
    told = claims(BLAMED, "[attack|official|denies] {S The Russian Defense Ministry} {Q denied} it.",
                  '[attack|official|denies|continues] "No jet of ours was in the air," {S it} {Q said}.')  # fmt: skip
    bench = Bench(lambda a, b: 0.2 if 2 in (a[1], b[1]) else 0.9, registry(), {"r": "2016-12-07"}, {"r": "Wire"}, told)
    assert {(no.ref[1], yes.ref[1]) for no, yes in denied(told, bench)} == {(1, 0), (2, 0)}


def test_an_aircraft_that_was_not_lost_is_no_means():
    told = "[attack|pro-opposition] {S Activists} {Q said} a drone was shot down over {P Hama}."
    assert against(told, "[attack|official|denies] No drone was brought down, {S the Syrian army} {Q said}.") == {
        ("occurrence", 0)
    }


def test_who_does_not_hold_a_man_leaves_open_that_he_was_taken():
    taken = "[detention|witness] {S His wife} {Q said} four men dragged the editor from his car in {P Hama}."
    named = "[detention|ngo] {S A rights group} {Q said} {A Military Intelligence} has him in {P Hama}."
    denial = "[detention|official|denies] {S An officer} {Q said} it was a lie, he was not held by any of his services."
    assert against(taken, named, denial) == {("agent", 1)}


@pytest.mark.parametrize(
    ("state", "denial"),
    [
        ("[detention|official] {S The mayor} {Q said} the two pilots were released.",
         "[detention|pro-opposition|denies] {S The rebels} {Q denied} that they were released; they are in a cell."),
        ("[diplomacy|pro-regime] {S State television} {Q said} that a deal was signed.",
         "[diplomacy|pro-opposition|denies] {S The rebels} {Q said} there was no deal."),
    ],
    ids=["another state in its place", "the state refused"],
)  # fmt: skip
def test_a_state_is_denied_by_refusal_or_by_its_opposite(state, denial):
    assert against(state, denial) == {("status", 0)}


def test_a_war_of_many_years_in_one_sentence_is_no_series_of_deeds():
    gas = "[attack,responsibility|pro-opposition] {S Activists} {Q said} {A Russian jets} %s {P Hama}%s."
    denial = "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} any involvement."
    assert against(gas % ("bombed", ", the worst raid in the six-year-old war"), denial) == {("agent", 0)}
    assert against(gas % ("bombed 40 times this year", ""), denial) == set()


@pytest.mark.parametrize(
    "lines",
    [
        (BLAST, "[attack|official|denies] {S The army} {Q denied} that {P the base in Hama} was hit."),
        ("[control|pro-regime] {S State television} {Q said} {A the army} held {P Khan Touman}.",
         "[control|official|denies] {S The Syrian army} {Q denied} that {P Khan Touman} had fallen."),
        ("[diplomacy|official] {S The UN} {Q said} the truce begins on Monday.",
         "[diplomacy|pro-opposition|denies] {S A rebel spokesman} {Q rejected} the truce."),
        ("[attack|unattributed] Jets bombed {P Hama} on Monday.",
         "[attack|official|denies] {S The Syrian army} {Q denied} that jets had bombed {P Hama}."),
    ],
    ids=["what it leaves open", "an ally's word", "a position", "the writer"],
)  # fmt: skip
def test_what_no_denial_denies(lines):
    assert against(*lines) == set()


def test_a_denial_of_another_happening_denies_nothing():
    denial = "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} any involvement."
    assert against(BLAMED, "[other] Wheat rose by a tenth.", denial, alike=0.3) == set()


def test_every_feature_has_a_weight():
    table = json.loads((REGISTRY / "denials.json").read_text(encoding="utf-8"))
    assert tuple(table["weights"]) == FEATURES


def test_what_stands_right_before_needs_no_likeness():
    denial = "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} any involvement."
    assert against(BLAMED, denial, alike=0.2) == {("agent", 0)}
