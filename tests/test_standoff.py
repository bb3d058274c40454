"""Labels without their texts, and together with them again."""

import json
from pathlib import Path

import pytest

from annotate.standoff import joined, stripped

TASKS = json.loads((Path(__file__).resolve().parents[1] / "seeds" / "written-kept.json").read_text(encoding="utf-8"))


def words(task):
    """The task as training reads it: without the words that its regions repeat."""
    return task["data"]["text"], stripped(task)["annotations"]


@pytest.mark.parametrize("task", TASKS, ids=[task["data"]["report"] for task in TASKS])
def test_labels_and_texts_come_together_again(task):
    [found] = joined([stripped(task)], [other["data"]["text"] for other in TASKS])
    assert words(found) == words(task)


def test_nothing_of_the_text_stands_in_the_labels():
    for task in TASKS:
        left = json.dumps(stripped(task), ensure_ascii=False)
        sentences = [line.strip() for line in task["data"]["text"].splitlines() if len(line.split()) > 6]
        assert sentences
        assert not [line for line in sentences if line in left or line[:40] in left]


def test_a_report_whose_text_is_not_given_is_left_out():
    assert [t["data"]["report"] for t in joined(map(stripped, TASKS), [TASKS[0]["data"]["text"]])] == [
        TASKS[0]["data"]["report"]
    ]


@pytest.mark.parametrize("text", ["one", " one\n\ntwo \n", "\n\none  \n  two\r\nthree", "one\n \n\ttwo"])
def test_blanks_come_back_as_they_were(text):
    task = {"data": {"report": "r", "text": text}, "annotations": [{"result": []}]}
    assert [found["data"]["text"] for found in joined([stripped(task)], [text])] == [text]
