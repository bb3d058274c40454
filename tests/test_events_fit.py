"""What the pair score learns from: events of labelled reports, and what annotators say of pairs of claims."""

from pathlib import Path

import pytest

from annotate.evaluate_events import Relation
from annotate.gold import read_exports
from annotate.registry import Registry

fit = pytest.importorskip("annotate.events_fit", exc_type=ImportError)

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@pytest.fixture(scope="module")
def gold():
    return [one for one in read_exports([SEEDS / "written.json"]) if one.report.id in ("written-001", "written-002")]


def learned(gold, *relations):
    """How many pairs of two reports are of one event and of two."""
    groups = {"war": [one.report.id for one in gold]}
    rows = fit.pairs(gold, groups, Registry.load(), relations=relations)["other report"]
    return sum(same for _, same, _ in rows), sum(not same for _, same, _ in rows)


@pytest.mark.parametrize(
    ("label", "one_event", "more"),
    [
        ("different", True, -1),
        ("different", False, 0),
        ("none", True, 0),
        ("none", False, 1),
        ("updates", False, 1),
    ],
)
def test_what_is_said_of_a_pair_goes_before_the_events_of_its_claims(gold, label, one_event, more):
    refs = [
        [((report.report.id, n), s.event) for n, s in enumerate(report.sentences) if s.event and s.types]
        for report in gold
    ]
    a, b = next((a, b) for a, named in refs[0] for b, other in refs[1] if (named == other) is one_event)
    assert learned(gold, Relation(a, b, label))[0] == learned(gold)[0] + more
