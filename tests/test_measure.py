"""What `annotate evaluate` compares: gold read, simpler means beside it, and what is said to be left out."""

import json
import sys

import pytest
from labelled import Row, claim, labelled

from annotate import measure as measuring
from annotate.assets import LABELS
from annotate.errors import AnnotateError
from annotate.measure import measure, read_gold

SEEDS = LABELS.parent
FORTS = [
    labelled(f"fort {n}", Row(f"The army said fort {n} fell.", ("control",), "official", source="The army"), Row("So."))
    for n in range(3)
]
CLAIMS = [[claim(sentence) for sentence in fort.sentences] for fort in FORTS]


def test_each_simpler_means_stands_only_where_it_answers():
    beside = measure(FORTS, CLAIMS).beside
    assert list(beside) == ["cue words", "carry-over"]
    assert "source_exact_f1" in beside["cue words"].headline
    assert "source_exact_f1" not in beside["carry-over"].headline  # it is given the annotators' sources
    assert beside["carry-over"].headline["stance_accuracy"].value == 1  # "The army" is official, the rest the writer's


def test_those_that_learn_need_something_to_learn_from():
    train = [
        labelled(
            f"camp {n}",
            Row(f"The army said camp {n} stood.", ("control",), "official"),
            Row("It rained."),
            Row("No camp was shelled, rebels said.", ("attack",), "pro-opposition", "denies"),
        )
        for n in range(4)
    ]
    beside = measure(FORTS, CLAIMS, train).beside
    assert list(beside) == ["majority", "cue words", "tf-idf", "carry-over"]
    assert beside["majority"].headline["stance_accuracy"].value == 0.5  # official: the first of equals


def test_learning_from_the_gold_itself_is_refused():
    with pytest.raises(AnnotateError, match="3 reports of the gold stand in the files of --baselines too"):
        measure(FORTS, CLAIMS, FORTS)


def test_without_scikit_learn_one_line_says_what_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "annotate.baselines", raising=False)
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    found = measure(FORTS, CLAIMS)
    assert found.beside == {}
    assert found.notes == ("baselines are left out: scikit-learn is not installed (pip install 'annotate[train]')",)
    assert "stance accuracy" in found.text()


def test_without_the_agreement_there_is_no_ceiling(monkeypatch, tmp_path):
    monkeypatch.setattr(measuring, "AGREEMENT", tmp_path / "none.json")
    found = measure(FORTS, CLAIMS)
    assert found.ceiling == {}
    assert "agreement" in found.notes[0]
    assert "ceiling" not in found.text()


def test_json_holds_what_the_table_shows(tmp_path):
    measure(FORTS, CLAIMS).save(tmp_path / "scores.json")
    written = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))
    assert written["scores"]["headline"]["stance_accuracy"]["value"] == 1
    assert written["baselines"].keys() == {"cue words", "carry-over"}
    assert written["ceiling"]["stance_accuracy"] == 0.98


class TestGold:
    def test_a_stamp_stands_outside_the_sentence(self):
        sentences = [s.sentence.text for report in read_gold([SEEDS / "gold.json"]) for s in report.sentences]
        assert not [text for text in sentences if text.startswith("UPDATE")]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[]", "no labelled report in it"),
            ("{}", "not a Label Studio export"),
            ('[{"data": {"text": "Rain."}, "annotations": []}]', "no labelled report in it"),
        ],
    )
    def test_nothing_to_score(self, tmp_path, text, said):
        (tmp_path / "gold.json").write_text(text, encoding="utf-8")
        with pytest.raises(AnnotateError, match=said):
            read_gold([tmp_path / "gold.json"])

    def test_one_report_given_twice(self):
        with pytest.raises(AnnotateError, match="report seed-000 stands there twice"):
            read_gold([SEEDS / "gold.json"] * 2)
