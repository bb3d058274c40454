"""Disputes scored from the command line's side: the annotators' own tags beside what was predicted."""

import json

import pytest
from library import library

from annotate.assets import LABELS
from annotate.errors import AnnotateError
from annotate.evaluate_disputes import claims_annotated, compared, disputes_table, judge, read_groups
from annotate.evaluate_events import read_relations
from annotate.gold import read_exports, trimmed

SEEDS = LABELS.parent


def seeds():
    return trimmed(read_exports([SEEDS / "gold.json"])), read_relations([SEEDS / "relations.jsonl"])


def test_the_seeds_are_told_rightly_with_the_annotators_own_tags():
    gold, relations = seeds()
    judged = judge(gold, claims_annotated(gold), relations, {"aleppo": [one.report.id for one in gold]})
    assert list(judged) == ["annotators' tags", "as predicted"]
    assert judged["annotators' tags"].disputes == judged["as predicted"].disputes
    assert judged["annotators' tags"].disputes.contested.precision.value == 1
    assert judged["annotators' tags"].events.groups == 1


def test_reports_of_different_groups_are_not_compared():
    (gold,) = (corpus.gold() for corpus in library() if corpus.name == "village-with-two-spellings")
    together = claims_annotated(gold)
    assert len({claim.event for row in together for claim in row}) == 1
    first = gold[0].report.id
    apart = claims_annotated(gold, {"a": [first]})  # the other reports are in no group
    assert apart == [compared([one], [row])[0] for one, row in zip(gold, together, strict=True)]
    assert apart != together


def test_what_was_predicted_stands_beside_it():
    gold, relations = seeds()
    judged = judge(gold, [[] for _ in gold], relations)
    rows = disputes_table(judged).splitlines()
    assert rows[1].split()[:5] == ["disputes,", "annotators'", "tags", "1.000", "1.000"]
    assert rows[2].split()[:5] == ["disputes,", "as", "predicted", "-", "0.000"]
    assert "target" in rows[-1]
    assert json.loads(json.dumps(judged["as predicted"].to_json())).keys() == {"disputes", "events"}


@pytest.mark.parametrize("text", ["{", "[]", '{"a": "b"}', '{"a": [1]}'])
def test_groups_that_are_none_are_refused_in_one_line(tmp_path, text):
    path = tmp_path / "groups.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(AnnotateError, match=r"groups\.json"):
        read_groups(path)
