"""Label Studio exports: what breaks the codebook is named, and several annotators become one by vote."""

import json
import re

import pytest
from exported import annotation, continues, span, unit

from annotate.errors import AnnotateError
from annotate.gold import read_exports

TEXT = "Rebels shelled the bridge. The ministry denied it. It said nobody was hurt."
FIRST, SECOND, THIRD = (0, 26), (27, 50), (51, 75)


def read(tmp_path, *annotations):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps([{"data": {"report": "r1", "text": TEXT}, "annotations": list(annotations)}]))
    return read_exports([path])


ANN = annotation(
    *unit("a", FIRST, ["attack", "responsibility"]),
    *unit("b", SECOND, ["attack"], "official", "denies"),
    *unit("c", THIRD, ["casualty"], "official"),
    span("b-0", 27, 39, "Source"),
    continues("c", "b"),
    at="2024-01-01",
)
BEN = annotation(
    *unit("a", FIRST, ["attack"], "pro-opposition"),
    *unit("b", SECOND, ["attack", "responsibility"], "official"),
    *unit("c", THIRD, ["casualty"], "official"),
    span("b-0", 31, 39, "Source"),
    at="2024-01-02",
)
CAT = annotation(
    *unit("x", FIRST, ["attack", "responsibility"]),
    *unit("y", SECOND, ["attack"], "official", "denies"),
    *unit("z", THIRD, ["casualty", "other"], "witness"),
    span("y-0", 27, 39, "Source"),
    continues("z", "y"),
    at="2024-01-03",
)


def test_what_most_annotators_gave_stands(tmp_path):
    [report] = read(tmp_path, ANN, BEN, CAT)
    first, second, third = report.sentences
    assert (first.types, first.stance) == (("attack", "responsibility"), "unattributed")
    assert (second.types, second.assertion) == (("attack",), "denies")
    assert [s.text for s in second.sources] == ["The ministry"]
    assert (third.types, third.stance, third.from_) == (("casualty",), "official", 1)


@pytest.mark.parametrize("order", [(ANN, BEN), (BEN, ANN)])
def test_where_two_differ_the_later_decides(tmp_path, order):
    """Whatever their order in the file: the time of the last change counts."""
    [report] = read(tmp_path, *order)
    first, second, third = report.sentences
    assert (first.types, first.stance) == (("attack",), "pro-opposition")
    assert (second.types, second.assertion) == (("attack", "responsibility"), "asserts")
    assert [s.text for s in second.sources] == ["ministry"]
    assert third.from_ is None


def test_a_stretch_that_only_one_of_three_calls_a_sentence_is_none(tmp_path):
    lone = annotation(*unit("a", FIRST), *unit("b", (27, 75)), at="2024-01-04")
    [report] = read(tmp_path, ANN, CAT, lone)
    assert [(s.sentence.start, s.sentence.end) for s in report.sentences] == [FIRST, SECOND, THIRD]


def test_ground_truth_stands_alone(tmp_path):
    [report] = read(tmp_path, {**ANN, "ground_truth": True}, BEN, CAT)
    assert [s.text for s in report.sentences[1].sources] == ["The ministry"]
    assert report.sentences[2].types == ("casualty",)


def test_skipped_and_empty_tasks_are_left_out(tmp_path):
    assert read(tmp_path, {**BEN, "was_cancelled": True}) == []
    assert read(tmp_path) == []
    [report] = read(tmp_path, ANN, {**CAT, "was_cancelled": True})
    assert report.sentences[2].stance == "official"


@pytest.mark.parametrize(
    ("result", "message"),
    [
        ([*unit("a", FIRST, ["assault"])], "a has the unknown claim_type 'assault'"),
        ([*unit("a", FIRST, stance="rebels")], "a has the unknown stance 'rebels'"),
        ([*unit("a", (0, 300))], "a lies outside the text (0 to 300 of 75)"),
        ([*unit("a", FIRST), span("a-0", 70, 80, "Source")], "a-0 lies outside the text (70 to 80 of 75)"),
        ([*unit("a", FIRST), span("a-0", 0, 6, "Actor")], "a-0 has the unknown span label 'actor'"),
        (list(unit("a", FIRST))[:1], "sentence 0 needs exactly one stance and one assertion"),
        (list(unit("a", FIRST))[1:], "a has choices and no sentence"),
        ([*unit("a", FIRST), {"id": "a", "from_name": "mood", "value": {}}], "a comes from the unknown control 'mood'"),
    ],
)
def test_a_broken_export_is_named_by_file_report_and_region(tmp_path, result, message):
    with pytest.raises(AnnotateError, match=re.escape(message)) as caught:
        read(tmp_path, annotation(*result))
    assert re.match(r".*mine\.json: report r1: ", str(caught.value))


@pytest.mark.parametrize(
    ("given", "event"),
    [
        (["Ford strike"], "ford strike"),
        ([" ford   STRIKE "], "ford strike"),
        ("ford strike", "ford strike"),
        ([""], None),
        ([], None),
        (None, None),
    ],
)
def test_an_event_is_its_name_without_capitals_and_blanks(tmp_path, given, event):
    item = {"id": "a", "from_name": "event", "value": {"text": given}}
    [report] = read(tmp_path, annotation(*unit("a", FIRST), item))
    assert report.sentences[0].event == event


def test_an_event_that_is_no_text_is_named(tmp_path):
    item = {"id": "a", "from_name": "event", "value": {"text": [7]}}
    with pytest.raises(AnnotateError, match=r"mine.json: report r1: a has the event 7, which is no text"):
        read(tmp_path, annotation(*unit("a", FIRST), item))
