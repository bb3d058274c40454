import json
import math
from dataclasses import replace

import numpy as np
import pytest
from labelled import Row, claim, cut, labelled, tags
from sklearn.metrics import f1_score

from annotate.assets import LABELS
from annotate.document import Span
from annotate.evaluate import by_report, score, segmentation, table
from annotate.gold import tags_of
from annotate.labels import STANCES
from annotate.scores import Bin, Gap

BRIDGE = labelled(
    "bridge",
    Row("The bridge fell.", ("attack",), "unattributed", "asserts"),
    Row("The army denied it.", ("attack", "responsibility"), "official", "denies", source="The army", cue="denied"),
    Row("Two bakers died.", ("casualty",), "witness", "hedges"),
    Row("Envoys must talk.", ("diplomacy",), "official", "calls"),
    form="article",
)


def test_predictions_equal_to_the_gold_are_right_in_everything():
    scores = score([BRIDGE], [tags(BRIDGE)])
    assert {figure.value for name, figure in scores.headline.items() if not name.startswith(("agent", "place"))} == {1}
    assert scores.stance.confusion == {"unattributed": {"unattributed": 1}, "official": {"official": 2}} | {
        "witness": {"witness": 1}
    }
    assert scores.types.calibration_error == 0


def test_what_neither_gold_nor_prediction_has_is_no_figure():
    scores = score([BRIDGE], [tags(BRIDGE)])
    assert scores.headline["place_exact_f1"].value is None
    assert scores.stance.labels["media"].f1.value is None


# One column of predicted assertions for the gold asserts, denies, hedges, calls.
@pytest.mark.parametrize(
    ("predicted", "accuracy", "macro", "denies_recall", "denies_f1"),
    [
        (("asserts", "denies", "hedges", "calls"), 1, 1, 1, 1),
        (("asserts",) * 4, 1 / 4, 0.4 / 4, 0, 0),  # F1 of asserts: 2 * 1 / (4 + 1)
        (("denies",) * 4, 1 / 4, 0.4 / 4, 1, 0.4),
        (("asserts", None, "hedges", "calls"), 3 / 4, 3 / 4, 0, 0),
        (("confirms", "denies", "denies", "calls"), 2 / 4, (2 / 3 + 1) / 4, 1, 2 / 3),  # confirms: in no gold, no share
    ],
)
def test_assertion_figures_by_hand(predicted, accuracy, macro, denies_recall, denies_f1):
    answers = [replace(one, assertion=label) for one, label in zip(tags(BRIDGE), predicted, strict=True)]
    headline = score([BRIDGE], [answers]).headline
    figures = [headline[f"assertion_{name}"].value for name in ("accuracy", "macro_f1")]
    figures += [headline[f"denies_{name}"].value for name in ("recall", "f1")]
    assert figures == pytest.approx([accuracy, macro, denies_recall, denies_f1])


def test_types_are_counted_label_by_label():
    headline = score([BRIDGE], [tags(BRIDGE, types=("attack",))]).headline
    assert headline["types_micro_f1"].value == pytest.approx(2 * 2 / (4 + 5))  # right 2, predicted 4, gold 5
    assert headline["types_macro_f1"].value == pytest.approx((2 * 2 / (4 + 2)) / 4)  # attack alone of four labels


def test_figures_agree_with_scikit_learn():
    random = np.random.default_rng(3)
    stances = random.choice(STANCES, size=(12, 20))
    guesses = np.where(random.random((12, 20)) < 0.6, stances, random.choice(STANCES, size=(12, 20)))
    gold = [labelled(f"r{i}", *(Row("It fell.", stance=label) for label in row)) for i, row in enumerate(stances)]
    answers = [
        [replace(one, stance=guess) for one, guess in zip(tags(report), row, strict=True)]
        for report, row in zip(gold, guesses, strict=True)
    ]
    scores = score(gold, answers, resamples=50)
    assert scores.stance.macro_f1.value == pytest.approx(f1_score(stances.ravel(), guesses.ravel(), average="macro"))
    assert scores.stance.accuracy.value == pytest.approx((stances == guesses).mean())


class TestAbstaining:
    """A head that abstains has not answered: wrong in the plain figure, reported apart."""

    def test_choice(self):
        answers = tags(BRIDGE)
        answers[0] = replace(answers[0], stance=None, abstained={"stance": ("official", "unattributed")})
        answers[1] = replace(answers[1], stance="ngo")
        stance = score([BRIDGE], [answers]).stance
        assert (stance.accuracy.value, stance.coverage.value) == (2 / 4, 3 / 4)
        assert stance.answered.value == pytest.approx(2 / 3)
        assert stance.confusion["unattributed"] == {"-": 1}

    def test_types_keep_those_that_are_sure(self):
        answers = tags(BRIDGE)
        answers[1] = replace(answers[1], types=("attack",), abstained={"types": ("responsibility",)})
        types = score([BRIDGE], [answers]).types
        assert (types.accuracy.value, types.coverage.value, types.answered.value) == (3 / 4, 3 / 4, 1)
        assert types.labels["responsibility"].recall.value == 0
        assert types.labels["attack"].recall.value == 1


class TestOwnCutting:
    """A gold sentence is compared with the predicted one that shares most letters with it."""

    def test_two_gold_sentences_in_one_predicted(self):
        pieces = cut(BRIDGE, "The bridge fell. The army denied it.", "Two bakers", "died. Envoys must talk.")
        labels = ("official", "witness", "official")
        answers = [(piece, replace(tags(BRIDGE)[0], stance=label)) for piece, label in zip(pieces, labels, strict=True)]
        # fell -> first, denied -> first, "Two bakers" (10 letters against 5) -> second, talk -> third
        assert score([BRIDGE], [answers]).stance.confusion == {
            "unattributed": {"official": 1},
            "official": {"official": 2},
            "witness": {"witness": 1},
        }

    def test_a_sentence_that_was_left_out_is_not_answered(self):
        pieces = cut(BRIDGE, "The bridge fell.", "The army denied it.")
        scores = score([BRIDGE], [list(zip(pieces, tags(BRIDGE)[:2], strict=True))])
        assert (scores.stance.coverage.value, scores.stance.accuracy.value) == (0.5, 0.5)

    def test_sentence_ends_inside_the_report(self):
        pieces = cut(BRIDGE, "The bridge fell. The army denied it.", "Two bakers", "died.", "Envoys must talk.")
        answers = [list(zip(pieces, tags(BRIDGE), strict=True))]
        tally = segmentation([BRIDGE], answers)
        assert (tally.right, tally.predicted, tally.gold) == (2, 3, 3)
        assert score([BRIDGE], answers).boundaries == tally

    def test_tags_on_the_gold_sentences_say_nothing_of_boundaries(self):
        assert score([BRIDGE], [tags(BRIDGE)]).boundaries is None

    def test_a_separator_that_the_gold_numbers_is_no_sentence_to_miss(self):
        gold = labelled("items", Row("Rain fell."), Row("___"), Row("It snowed."))
        pieces = [gold.sentences[0].sentence, replace(gold.sentences[2].sentence, index=1)]
        stance = score([gold], [[(piece, tags(gold)[0]) for piece in pieces]]).stance
        assert (stance.accuracy.value, stance.coverage.value) == (1, 1)

    @pytest.mark.parametrize(
        ("answers", "message"),
        [
            ([tags(BRIDGE)[:2]], "2 tags for 4 gold sentences"),
            ([], "1 gold reports, predictions of 0"),
            ([[(replace(BRIDGE.sentences[0].sentence, start=4, end=20), tags(BRIDGE)[0])]], "on another text"),
        ],
    )
    def test_predictions_of_something_else_are_refused(self, answers, message):
        with pytest.raises(ValueError, match=message):
            score([BRIDGE], answers)

    def test_claims_of_a_batch_are_sorted_to_their_reports(self):
        other = labelled("other", Row("Rain fell."))
        mixed = [claim(other.sentences[0]), *(claim(sentence) for sentence in BRIDGE.sentences)]
        assert [len(claims) for claims in by_report([BRIDGE, other], mixed)] == [4, 1]


# Gold: one source "The health ministry" in the sentence below; predicted sources as words of it.
@pytest.mark.parametrize(
    ("found", "exact", "overlap"),
    [
        ((), (0, 0, 1), (0, 0, 1)),
        (("The health ministry",), (1, 1, 1), (1, 1, 1)),
        (("health ministry",), (0, 1, 1), (1, 1, 1)),
        (("The health", "ministry"), (0, 2, 1), (1, 2, 1)),  # two pieces of one span do not both count
        (("The health ministry", "nine"), (1, 2, 1), (1, 2, 1)),
    ],
)
def test_spans_exact_and_overlapping(found, exact, overlap):
    gold = labelled("toll", Row("The health ministry said that nine died.", source="The health ministry"))
    text = gold.report.text
    spans = tuple(Span(text.index(words), text.index(words) + len(words), words) for words in found)
    source = score([gold], [tags(gold, sources=spans)]).spans["source"]
    assert (source.exact.right, source.exact.predicted, source.exact.gold) == exact
    assert (source.overlap.right, source.overlap.predicted, source.overlap.gold) == overlap


class TestCalibration:
    SURE = tags(BRIDGE, assertion_scores={"denies": 0.9, "asserts": 0.1})  # right one time in four, and 0.9 sure of it

    def test_error_by_hand(self):
        assert score([BRIDGE], [self.SURE]).assertion.calibration_error == pytest.approx(0.9 - 0.25)

    def test_one_bin_of_fifteen_holds_all_four(self):
        (only,) = score([BRIDGE], [self.SURE]).assertion.bins
        assert only == Bin(pytest.approx(13 / 15), pytest.approx(14 / 15), 4, pytest.approx(0.9), 0.25)

    def test_types_are_a_decision_each(self):
        # The gold's own labels: 5 of 4 x 8 are there, all of them certain.
        assert [(b.decisions, b.sure, b.right) for b in score([BRIDGE], [tags(BRIDGE)]).types.bins] == [
            (27, 0, 0),
            (5, 1, 1),
        ]


class TestIntervals:
    REPORTS = tuple(labelled(f"r{i}", *(Row("It fell.", stance="ngo") for _ in range(4))) for i in range(20))

    def figure(self, right_of_four, **settings):
        answers = [
            [replace(one, stance="ngo" if place < right else "media") for place, one in enumerate(tags(report))]
            for report, right in zip(self.REPORTS, right_of_four, strict=True)
        ]
        return score(self.REPORTS, answers, **settings).headline["stance_accuracy"]

    def test_reports_that_are_alike_leave_no_doubt(self):
        figure = self.figure([3] * 20)
        assert (figure.low, figure.value, figure.high) == (0.75, 0.75, 0.75)

    def test_reports_that_differ_give_the_interval_of_a_mean(self):
        figure = self.figure([0, 4] * 10, resamples=4000)
        half = 1.96 * 0.5 / math.sqrt(20)
        assert figure.value == 0.5
        assert (figure.low, figure.high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.03)

    def test_the_seed_decides(self):
        mixed = [0, 1, 2, 3, 4] * 4
        assert self.figure(mixed, seed=1) == self.figure(mixed, seed=1)
        assert self.figure(mixed, seed=1, resamples=40) != self.figure(mixed, seed=2, resamples=40)

    def test_too_few_reports_give_none(self):
        figure = score([BRIDGE], [tags(BRIDGE)]).headline["stance_accuracy"]
        assert (figure.value, figure.low, figure.high) == (1, None, None)


class TestWritten:
    BLOG = labelled("blog", Row("Rain fell.", ("other",)), form="live blog")

    def scores(self):
        wrong = [replace(tags_of(self.BLOG.sentences[0]), stance="media")]
        return score([BRIDGE, self.BLOG], [tags(BRIDGE), wrong])

    def test_forms_of_text_apart(self):
        forms = self.scores().forms
        assert {form: one.headline["stance_accuracy"].value for form, one in forms.items()} == {
            "article": 1,
            "live blog": 0,
        }
        assert (forms["article"].reports, forms["article"].sentences) == (1, 4)

    def test_the_gap_is_between_forms_with_reports_enough(self):
        right = {"article": 4, "statement": 3, "live blog": 0}  # of four sentences of each report
        gold = [
            labelled(f"{form} {n}", *(Row("It fell.", stance="ngo") for _ in range(4)), form=form)
            for form, reports in {"article": 5, "statement": 5, "live blog": 4}.items()
            for n in range(reports)
        ]
        answers = [
            [replace(one, stance="ngo" if n < right[g.form] else "media") for n, one in enumerate(tags(g))]
            for g in gold
        ]
        scores = score(gold, answers, resamples=20)
        assert scores.gaps["stance_accuracy"] == Gap(0.25, "article", "statement")
        lines = table(scores).splitlines()
        assert next(line for line in lines if line.startswith("form")).split()[1:] == [
            "article", "live", "blog*", "statement", "gap", "worst",
        ]  # fmt: skip
        assert lines[-1].startswith("* fewer than 5 reports")

    def test_one_form_has_no_gap(self):
        assert self.scores().gaps == {}

    def test_json(self):
        written = json.loads(json.dumps(self.scores().to_json()))
        assert written["types"]["bins"][-1]["right"] == 1
        assert written["headline"]["stance_accuracy"] == {"value": 0.8, "low": None, "high": None}
        assert written["assertion"]["labels"]["denies"]["gold"] == 1

    def test_table(self):
        lines = table(self.scores(), beside={"majority": self.scores()}, ceiling={"stance_accuracy": 0.98}).splitlines()
        assert lines[0] == "2 reports, 5 sentences; too few reports for intervals"
        assert lines[2].split() == ["scored", "majority", "ceiling"]
        assert ["stance", "accuracy", "0.800", "0.800", "0.980"] in [line.split() for line in lines]
        assert len({len(line) for line in lines[2:5]}) == 1  # columns stand under each other

    def test_the_ceiling_uses_the_names_of_the_headline(self):
        agreed = json.loads((LABELS.parent / "agreement.json").read_text(encoding="utf-8"))["figures"]
        claims = [[claim(sentence) for sentence in BRIDGE.sentences]]
        assert agreed.keys() <= score([BRIDGE], claims).headline.keys()
