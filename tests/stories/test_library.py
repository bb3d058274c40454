"""The told corpora: what each is expected to say, told with its marked tags and with the shipped model.

What fails stands in failing.toml with its cause; ``python tests/telling.py --settle`` brings that list up to
date, and the bounds below keep a change from making the whole worse.
"""

import tomllib
from pathlib import Path

import pytest
from library import CONTESTED, FACETS, QUIET, UNCONFIRMED, library
from telling import FAILING, HALVES, TELLINGS, figures, tell

CAUSES = tomllib.loads(Path(FAILING).read_text(encoding="utf-8"))

# (telling, half) -> precision, recall, sentences flagged wrongly of a hundred.
FLOORS = {
    ("marked", "open"): (0.98, 0.90, 0.4),
    ("marked", "held back"): (0.93, 0.55, 1.1),
    ("model", "open"): (0.96, 0.74, 0.9),
    ("model", "held back"): (0.88, 0.46, 1.9),
}
REACHED = ("marked", "open")  # where the aims are: precision 0.95 and recall 0.85 of sentences in dispute


def told(aspect):
    return [param(telling, number, aspect) for telling in TELLINGS for number in range(len(library()))]


def param(telling, number, aspect):
    name = library()[number].name
    cause = CAUSES.get(aspect, {}).get(name, {})
    marks = [pytest.mark.xfail(strict=True, reason=cause["why"])] if telling in cause.get("in", ()) else []
    return pytest.param(telling, number, aspect, id=f"{name}-{telling}", marks=marks)


@pytest.mark.parametrize(("telling", "number", "aspect"), told("contested"))
def test_what_is_contested(telling, number, aspect):
    """Which facets of which events, for which reason, and who stands on which side."""
    as_expected(telling, number, aspect)


@pytest.mark.parametrize(("telling", "number", "aspect"), told("unconfirmed"))
def test_what_is_unconfirmed(telling, number, aspect):
    """Which sentences, and why."""
    as_expected(telling, number, aspect)


@pytest.mark.parametrize(("telling", "number", "aspect"), told("quiet"))
def test_what_stays_quiet_and_as_what(telling, number, aspect):
    as_expected(telling, number, aspect)


def as_expected(telling, number, aspect):
    found, missed = tell(telling)[number].differs(aspect)
    assert (found, missed) == (set(), set())


@pytest.mark.parametrize(("telling", "half"), FLOORS)
def test_it_gets_no_worse(telling, half):
    precision, recall, false_flags = FLOORS[telling, half]
    scores = figures([one for one in tell(telling) if HALVES[half](one.corpus)]).disputes
    assert scores.contested.precision.value >= precision
    assert scores.contested.recall.value >= recall
    assert scores.false_flags.value <= false_flags


def aims():
    missed = pytest.mark.xfail(strict=True, reason="see failing.toml: in words not met before many are not yet seen")
    return [pytest.param(*one, marks=[] if one == REACHED else [missed]) for one in FLOORS]


@pytest.mark.parametrize(("telling", "half"), aims())
def test_the_aims(telling, half):
    contested = figures([one for one in tell(telling) if HALVES[half](one.corpus)]).disputes.contested
    assert contested.precision.value >= 0.95
    assert contested.recall.value >= 0.85


def test_the_corpora_cover_every_facet_reason_and_quiet_kind():
    events = [event for corpus in library() for event in corpus.events]
    disputes = [dispute for event in events for dispute in event.contested]
    assert {dispute.facet for dispute in disputes} == FACETS
    assert set().union(*(dispute.reasons for dispute in disputes)) == CONTESTED
    assert set().union(*(reasons for event in events for _, reasons, _ in event.unconfirmed)) == UNCONFIRMED
    assert {kind for event in events for kind, _ in event.quiet} == QUIET


def test_half_of_the_corpora_are_traps_and_many_are_held_back():
    corpora = library()
    assert sum(corpus.trap for corpus in corpora) >= len(corpora) / 2
    assert sum(corpus.held for corpus in corpora) >= len(corpora) / 4
    assert sum(corpus.form == "live blog" for corpus in corpora) >= 4
    assert {len(corpus.told) for corpus in corpora} == {1, 2, 3, 4}


def test_causes_are_given_for_corpora_that_there_are():
    names = {corpus.name for corpus in library()}
    assert all(set(causes) <= names for causes in CAUSES.values())
