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
    assert against(BLAMED, denial, alike=0.3) == set()


def test_every_feature_has_a_weight():
    table = json.loads((REGISTRY / "denials.json").read_text(encoding="utf-8"))
    assert tuple(table["weights"]) == FEATURES
