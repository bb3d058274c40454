"""Agreement: figures worked out by hand, published examples, and the libraries' own results as the judge."""

import csv
import json

import krippendorff
import numpy as np
import pytest
from exported import annotation, continues, relation, span, unit
from rich.console import Console
from sklearn.metrics import cohen_kappa_score

from annotate.cli import main
from annotate.errors import AnnotateError
from annotate.gold import read_annotators
from annotate.scores import Redraw
from annotate.studio.agreement import masi, measure
from annotate.studio.agreement_report import compare, save_csv, show
from annotate.studio.compared import folded

TEXT = "Rebels shelled the bridge. The ministry denied it. It said nobody was hurt."
FIRST, SECOND, THIRD = (0, 26), (27, 50), (51, 75)


def by(who, *result, **more):
    return annotation(*result, completed_by=who, **more)


ANN = (
    *unit("a", FIRST, ["attack", "responsibility"], event="bridge"),
    *unit("b", SECOND, ["attack"], "official", "denies", speaker="The Ministry", event="bridge"),
    *unit("c", THIRD, ["casualty"], "official"),
    span("b-0", 27, 39, "Source"),
    span("b-1", 40, 46, "Cue"),
    continues("c", "b"),
    relation("a", "b", "contradicts"),
)
BEN = (
    *unit("x", FIRST, ["attack"], "pro-opposition", event="e1"),
    *unit("y", SECOND, ["attack"], "official", "denies", speaker="ministry", event="e1"),
    *unit("z", THIRD, ["casualty"], "official", event="e2"),
    span("y-0", 31, 39, "Source"),
    span("y-1", 40, 46, "Cue"),
    relation("y", "x", "contradicts"),
)


def export(path, *tasks):
    path.write_text(json.dumps([*tasks]), encoding="utf-8")
    return path


def task(*annotations, text=TEXT, name="r1", **more):
    return {"data": {"report": name, "text": text}, "annotations": list(annotations), **more}


def compared(tmp_path, *tasks, url=None):
    return compare(read_annotators([export(tmp_path / "mine.json", *tasks)]), url)


def rated(*rows, redrawn=0):
    """Agreement of annotators given row by row, None for what one left out; each unit is a report when redrawn."""
    names = [str(number) for number in range(len(rows))]
    units = [{n: v for n, v in zip(names, column, strict=True) if v is not None} for column in zip(*rows, strict=True)]
    reports = [[unit] for unit in units] if redrawn else [units]
    return measure("stance", None, reports, names, Redraw(len(reports), redrawn, seed=0))


def figures(group):
    return {(each.control, each.label): each for each in group.measures}


# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), C; and the example of Hayes and Krippendorff (2007)
# as Wikipedia counts it out. "." was not observed.
FOUR = ("123321412...", "12332241 25.3".replace(" ", ""), ".33323422 51.".replace(" ", ""), "12332441251.")
THREE = (".....34121133.3", "1.213343.......", "..2134 4.21133.4".replace(" ", ""))


@pytest.mark.parametrize(("rows", "alpha"), [(FOUR, 0.743), (THREE, 0.691)])
def test_published_alphas(rows, alpha):
    found = rated(*([None if value == "." else value for value in row] for row in rows))
    assert found.alpha.value == pytest.approx(alpha, abs=0.0005)


def test_the_textbook_kappa():
    """Fifty proposals, two readers: 20 both accept, 15 both refuse, 5 and 10 they differ on (0.7 - 0.5) / 0.5."""
    one = "y" * 25 + "n" * 25
    other = "y" * 20 + "n" * 5 + "y" * 10 + "n" * 15
    found = rated(one, other)
    assert (found.compared, found.same.value, found.kappa.value) == (50, pytest.approx(0.7), pytest.approx(0.4))


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("ac", "ac", 0),
        ("", "", 0),
        ("", "a", 1),
        ("a", "c", 1),
        ("ac", "a", 1 - 2 / 3 * 1 / 2),  # one inside the other
        ("ac", "cd", 1 - 1 / 3 * 1 / 3),  # crossing
    ],
)
def test_sets_are_as_far_apart_as_masi_says(one, other, distance):
    assert masi(frozenset(one), frozenset(other)) == masi(frozenset(other), frozenset(one)) == pytest.approx(distance)


def test_sets_by_hand():
    """Two sentences, {a, c} against {a} and nothing against nothing.

    Alpha: observed (2/3) / 2 = 1/3; expected over the 12 ordered pairs of four values (2 * 2/3 + 4 + 4) / 12 = 7/9.
    Kappa: observed 1/3; expected over the four pairs of one with the other (2/3 + 1 + 1 + 0) / 4 = 2/3.
    """
    found = rated([frozenset("ac"), frozenset()], [frozenset("a"), frozenset()])
    assert found.alpha.value == pytest.approx(1 - (1 / 3) / (7 / 9))
    assert found.kappa.value == pytest.approx(0.5)
    assert found.same.value == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_libraries_find_the_same(seed):
    """Three annotators with gaps: alpha as `krippendorff` has it, kappa as scikit-learn's, weighted by sentences."""
    draw = np.random.default_rng(seed)
    truth = draw.integers(0, 4, 80)
    rows = [np.where(draw.random(80) < 0.6, truth, draw.integers(0, 4, 80)).astype(float) for _ in range(3)]
    for row in rows:
        row[draw.random(80) < 0.2] = np.nan
    found = rated(*([None if np.isnan(value) else int(value) for value in row] for row in rows))
    assert found.alpha.value == pytest.approx(krippendorff.alpha(rows, level_of_measurement="nominal"))
    kappas, sizes = [], []
    for a, b in ((0, 1), (0, 2), (1, 2)):
        both = ~np.isnan(rows[a]) & ~np.isnan(rows[b])
        kappas.append(cohen_kappa_score(rows[a][both], rows[b][both]))
        sizes.append(both.sum())
    assert found.kappa.value == pytest.approx(np.average(kappas, weights=sizes))


def test_libraries_find_the_same_for_sets():
    draw = np.random.default_rng(7)
    sets = [frozenset(), frozenset("a"), frozenset("ac"), frozenset("cd")]
    codes = draw.integers(0, 4, (3, 40))
    far = np.array([[masi(one, other) for other in sets] for one in sets])
    found = rated(*([sets[code] for code in row] for row in codes))
    expected = krippendorff.alpha(codes, value_domain=range(4), level_of_measurement=lambda v1, v2, **_: far[v1, v2])
    assert found.alpha.value == pytest.approx(expected)


def test_where_all_give_the_same_nothing_can_be_said_of_chance():
    found = rated("yyyy", "yyyy")
    assert (found.same.value, found.alpha.value, found.kappa.value) == (1.0, None, None)


def test_intervals_need_reports_enough():
    agree, differ = ["ab" * 10, "ab" * 10], ["ab", "ba"]
    few = rated("abab", "abba", redrawn=200).alpha
    assert (few.low, few.high) == (None, None)
    many = rated(agree[0] + differ[0], agree[1] + differ[1], redrawn=200)
    for figure in (many.alpha, many.kappa, many.same):
        assert figure.low < figure.value < figure.high <= 1


def test_two_annotators_by_hand(tmp_path):
    """Stance: one of three differs. Kappa (2/3 - 4/9) / (5/9); alpha 1 - (2/6) / (18/30)."""
    found = compared(tmp_path, task(by(1, *ANN), by(2, *BEN)))
    measures = figures(found.overall)
    stance = measures["stance", None]
    assert (stance.compared, stance.same.value) == (3, pytest.approx(2 / 3))
    assert stance.kappa.value == pytest.approx(0.4)
    assert stance.alpha.value == pytest.approx(4 / 9)
    responsibility = measures["types", "responsibility"]
    assert (responsibility.given, responsibility.same.value) == (1, pytest.approx(2 / 3))
    assert measures["assertion", None].alpha.value == 1.0
    assert measures["from", "continues"].same.value == pytest.approx(2 / 3)


def test_a_speaker_is_the_same_whatever_its_article_and_capitals(tmp_path):
    measures = figures(compared(tmp_path, task(by(1, *ANN), by(2, *BEN))).overall)
    assert measures["speaker", None].same.value == 1.0
    assert folded("The  White Helmets") == folded("white helmets") != folded("The")


def test_events_are_pairs_of_sentences_whatever_their_names(tmp_path):
    """Both put the first two together; the third is by itself, named by one of them."""
    measures = figures(compared(tmp_path, task(by(1, *ANN), by(2, *BEN))).overall)
    same = measures["event", "same"]
    assert (same.compared, same.given, same.alpha.value) == (3, 2, 1.0)
    assert measures["event", "given"].same.value == pytest.approx(2 / 3)


def test_spans_and_relations(tmp_path):
    """A source whose article one left out; a contradiction has no direction."""
    found = {each.label: each for each in compared(tmp_path, task(by(1, *ANN), by(2, *BEN))).overall.found}
    assert (found["source"].exact.value, found["source"].overlapping.value, found["source"].given) == (0.0, 1.0, 2)
    assert (found["cue"].exact.value, found["cue"].overlapping.value) == (1.0, 1.0)
    assert (found["contradicts"].exact.value, found["contradicts"].overlapping) == (1.0, None)
    assert found["agent"].exact.value is None


def test_sentences_cut_otherwise(tmp_path):
    """One makes the last two a single sentence: one stretch of 3 and 2 is the same, two overlap; one end of 2 and 1."""
    lone = (*unit("a", FIRST), *unit("b", (27, 75), stance="official"))
    result = compared(tmp_path, task(by(1, *ANN), by(2, *lone)))
    found = {each.label: each for each in result.overall.found}
    assert found["sentence"].exact.value == pytest.approx(2 / 5)
    assert found["sentence"].overlapping.value == pytest.approx(4 / 5)
    assert found["sentence end"].exact.value == pytest.approx(2 / 3)
    assert result.overall.sentences == 1
    cut = [case for case in result.cases if "sentence" in case.differs]
    assert {(case.start, case.end, *(name for name in case.given if case.given[name])) for case in cut} == {
        (27, 50, "1"), (51, 75, "1"), (27, 75, "2"),
    }  # fmt: skip


def test_a_sentence_that_begins_a_little_later_is_the_same(tmp_path):
    shifted = (*unit("x", FIRST), *unit("y", (31, 50), ["attack"], "official", "denies"), *unit("z", THIRD))
    assert compared(tmp_path, task(by(1, *ANN), by(2, *shifted))).overall.sentences == 3


def test_who_takes_what_for_what_most_frequent_first(tmp_path):
    again = [
        task(by(1, *unit("a", (0, 3))), by(2, *unit("a", (0, 3), stance="media")), text=t, name=t)
        for t in ("abc", "xyz")
    ]
    found = compared(tmp_path, task(by(1, *ANN), by(2, *BEN)), *again).differences
    assert [(d.control, d.values, d.times, d.compared) for d in found] == [
        ("stance", ("unattributed", "media"), 2, 5),
        ("types", ("responsibility", "not responsibility"), 1, 5),
        ("stance", ("unattributed", "pro-opposition"), 1, 5),
        ("from", ("1 up", "here"), 1, 5),
    ]


def test_what_to_decide_on_weightiest_first_with_a_link(tmp_path):
    """Stance 3 and types 3 * (2/3) in the first sentence, from 2 in the third, a source of other words 1/2."""
    asked = task(by(1, *ANN), by(2, *BEN), id=12, project=3)
    found = compared(tmp_path, asked, url="http://localhost:8080/").cases
    assert [(case.sentence, case.differs, round(case.weight, 2)) for case in found] == [
        (0, ("types", "stance"), 5.0),
        (2, ("from",), 2.0),
        (1, ("source",), 0.5),
    ]
    assert found[0].text == "Rebels shelled the bridge."
    assert {name: given.stance for name, given in found[0].given.items()} == {
        "1": "unattributed",
        "2": "pro-opposition",
    }
    assert {case.link for case in found} == {"http://localhost:8080/projects/3/data?task=12"}
    assert compared(tmp_path, task(by(1, *ANN), by(2, *BEN)), url="http://localhost:8080").cases[0].link is None


def test_annotators_who_share_no_report_are_no_pair(tmp_path):
    found = compared(
        tmp_path,
        task(by(1, *ANN), by(2, *BEN)),
        task(
            by(2, *unit("a", (0, 4))),
            by({"id": 10, "email": "cat@example.org"}, *unit("a", (0, 4))),
            text="More.",
            name="r2",
        ),
    )
    assert found.overall.annotators == ("1", "2", "cat@example.org")
    assert [(pair.annotators, pair.reports) for pair in found.pairs] == [(("1", "2"), 1), (("2", "cat@example.org"), 1)]


def test_exports_of_one_annotator_each_are_put_together_by_text(tmp_path):
    paths = [export(tmp_path / f"{n}.json", task(by(n, *result))) for n, result in ((1, ANN), (2, BEN))]
    assert compare(read_annotators(paths)).overall.sentences == 3


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ([task(by(1, *ANN), text=TEXT + " ", name="r2")], "1 report with fewer than two annotators left out"),
        (
            [task(by(2, *ANN))],
            "report r1: annotator 2 annotated two tasks with this text, the later in the files counts",
        ),
        ([task(by(3))], "report r1: annotator 3 left no sentence, that annotation is left out"),
    ],
)
def test_what_is_left_out_is_said(tmp_path, more, note):
    assert compared(tmp_path, task(by(1, *ANN), by(2, *BEN)), *more).notes == (note,)


def test_skipped_drafts_and_earlier_annotations_do_not_count(tmp_path):
    kept = [by(1, *ANN, at="2024-01-02"), by(2, *BEN)]
    others = [by(3, *ANN, was_cancelled=True), by(1, *BEN, at="2024-01-01")]
    found = compared(tmp_path, task(*kept, *others, drafts=[by(4, *ANN)]))
    assert found.overall.annotators == ("1", "2")
    assert figures(found.overall)["stance", None].same.value == pytest.approx(2 / 3)


def test_ground_truth_does_not_silence_the_others(tmp_path):
    found = compared(tmp_path, task(by(1, *ANN, ground_truth=True), by(2, *BEN)))
    assert found.overall.annotators == ("1", "2")


def test_annotators_taken_out_of_an_export_are_still_two(tmp_path):
    assert len(compared(tmp_path, task(annotation(*ANN), annotation(*BEN))).overall.annotators) == 2
    assert len(compared(tmp_path, task(annotation(*ANN)), task(annotation(*BEN))).overall.annotators) == 2


def test_one_annotator_is_not_enough(tmp_path, capsys):
    path = export(tmp_path / "mine.json", task(by(1, *ANN)))
    assert main(["studio", "agreement", str(path)]) == 2
    assert "no report was labelled by two annotators" in capsys.readouterr().err


def test_a_broken_annotation_is_named_with_its_annotator(tmp_path):
    with pytest.raises(AnnotateError, match=r"report r1: x has the unknown stance 'rebels' \(annotator 2\)"):
        compared(tmp_path, task(by(1, *ANN), by(2, *unit("x", FIRST, stance="rebels"))))


def printed(found, **console):
    console = Console(**console)
    with console.capture() as caught:
        show(found, console)
    return caught.get()


def test_a_terminal_gets_colours_and_a_pipe_plain_lines(tmp_path, capsys):
    found = compared(tmp_path, task(by(1, *ANN), by(2, *BEN)))
    assert "\x1b[" in printed(found, force_terminal=True, color_system="standard", width=80)
    assert main(["studio", "agreement", str(tmp_path / "mine.json")]) == 0
    plain = capsys.readouterr().out
    assert "\x1b" not in plain and "─" not in plain
    assert not [line for line in plain.splitlines() if line != line.rstrip()]
    assert "stance: official" in plain and "2: pro-opposition" in plain


def test_nothing_of_a_report_commands_the_terminal(tmp_path):
    text = "\x1b[31mRebels\x07 [bold]fled."
    found = compared(
        tmp_path, task(*(by(n, *unit("a", (0, len(text)), stance=s)) for n, s in ((1, "media"), (2, "ngo"))), text=text)
    )
    shown = printed(found, force_terminal=True, color_system=None, width=80)
    assert "\x1b[31m" not in shown and "\x07" not in shown
    assert "[bold]fled." in shown


def test_files(tmp_path):
    path = export(tmp_path / "mine.json", task(by(1, *ANN), by("=cmd", *BEN), id=12, project=3))
    command = ["studio", "agreement", str(path), "--quiet", "--url", "https://labels.example.org"]
    assert main([*command, "--json", str(tmp_path / "a.json"), "--csv", str(tmp_path / "a.csv")]) == 0
    figures = json.loads((tmp_path / "a.json").read_text())
    assert {"overall", "pairs", "differences", "cases", "notes", "versions"} == figures.keys()
    assert figures["overall"]["annotators"] == ["1", "=cmd"]
    assert figures["cases"][1]["given"]["1"]["carried_from"] == 1
    with open(tmp_path / "a.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["1"] == "attack, responsibility; unattributed; asserts; event bridge"
    assert rows[0]["'=cmd"].startswith("attack; pro-opposition")
    assert rows[0]["link"] == "https://labels.example.org/projects/3/data?task=12"


def test_a_file_that_cannot_be_written_is_named(tmp_path):
    with pytest.raises(AnnotateError, match="nowhere"):
        save_csv(tmp_path / "nowhere" / "a.csv", compared(tmp_path, task(by(1, *ANN), by(2, *BEN))))


def test_an_address_is_one_of_the_web(capsys):
    with pytest.raises(SystemExit):
        main(["studio", "agreement", "mine.json", "--url", "javascript:alert(1)"])
    assert "does not begin with http" in capsys.readouterr().err
