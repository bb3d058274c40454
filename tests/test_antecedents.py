"""Whom a sentence goes on with: the candidates, and what the fitted weights must agree with."""

import math

import pytest
from marked import story

from annotate.antecedents import NEAR, REACH, Scene, best, candidates, log_odds, weights
from annotate.mentions import form_of, head_of, is_short_for, plural, pronoun_said, spoken_of
from annotate.namings import naming
from annotate.registry import Registry

REGISTRY = Registry.load()


def scene(*lines, spoke=True):
    """The last line asks; every source before it is a naming, nobody is speaking."""
    told = story(*lines)
    last = len(lines) - 1
    namings = [
        naming(told.sentences[n], told.tags[n], span.text, 0, (), REGISTRY)
        for n in range(last)
        for span in told.tags[n].sources[:1]
    ]
    sources = told.tags[last].sources
    return Scene(
        last, told.sentences, told.tags[last], sources[0].text if sources else None, None, None, namings, [None] * last,
        quoting=False, led_in=False,
    )  # fmt: skip


def test_candidates_stand_the_latest_first_and_within_reach():
    asked = scene(*["{S A baker} {Q said} it."] * (REACH + 3), "{S He} {Q added} more.")
    assert [n.index for n in candidates(asked)] == list(range(REACH + 2, 2, -1))
    assert NEAR < REACH


def test_nobody_is_meant_where_nobody_was_named():
    assert best(scene("[attack] Shells fell.", "[attack|witness||continues] {S He} {Q said} it burned.")) is None


def test_every_weight_is_a_finite_number_of_a_known_feature():
    assert len(weights()) > 100
    assert all(math.isfinite(weight) for weight in weights().values())


@pytest.mark.parametrize(("probability", "odds"), [(0.5, 0), (1, 4), (0, -4), (0.999999, 4)])
def test_the_model_is_never_believed_to_be_quite_sure(probability, odds):
    assert log_odds(probability) == pytest.approx(odds)


@pytest.mark.parametrize(
    ("phrase", "form"),
    [
        (None, "silent"), ("She", "he"), ("it", "it"), ("Some", "they"), ("we", "self"), ("his office", "possessive"),
        ("the statement", "document"), ("the observatory", "definite"), ("the Observatory", "capital"),
        ("the U.S. official", "described"), ("the Norland-based group", "definite"), ("a doctor", "indefinite"),
        ("residents", "bare"), ("Investigators", "bare"), ("Selma Orhan", "name"), ("The Norland Gazette", "titled"),
    ],
)  # fmt: skip
def test_how_a_source_is_spoken_of(phrase, form):
    assert form_of(phrase) == form


def test_a_name_that_the_registry_knows_stands_for_itself():
    assert form_of("the White Helmets", known="white-helmets") == "known"


@pytest.mark.parametrize(
    ("phrase", "head", "several"),
    [
        ("the agency", "agency", False),
        ("two officers of the guard", "officer", True),
        ("the army and the monitor", "monitor", True),
        ("Selma Orhan, the mayor", "orhan", False),
        ("police", "police", True),
    ],
)
def test_head_and_number(phrase, head, several):
    assert (head_of(phrase), plural(phrase)) == (head, several)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Orlan Petrak, head of the delegation, opened the talks.", "Orlan Petrak"),
        ("Samira, 26, an aid worker, went out.", "Samira"),
        ("On Friday residents gave accounts of the day.", "residents"),
        ("She asked to be called by a nickname.", None),
        ("It rained.", None),
    ],
)
def test_whom_a_sentence_of_the_writer_is_about(text, name):
    assert spoken_of(text) == name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("“We left,” he said.", "he"),
        ("Nobody came, said she.", "she"),
        ("It also warned of floods.", "It"),
        ("He left.", None),
    ],
)
def test_a_pronoun_with_its_verb(text, said):
    assert pronoun_said(text) == said


@pytest.mark.parametrize(
    ("phrase", "earlier", "same"),
    [
        ("The Foreign Secretary", "Foreign Secretary Ilan Marsh", True),
        ("The Relief Agency", "the Norland Relief Agency", True),
        ("the agency", "the mayor, Selma Orhan", False),
        ("The coalition", "a local source saying that two were hurt in a raid by the Norland coalition", False),
    ],
)
def test_part_of_a_longer_name(phrase, earlier, same):
    assert is_short_for(phrase, earlier) is same
