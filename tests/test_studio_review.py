"""Review: what a sure model says against the annotators, hardest first, from an export or from a cross-validation."""

import csv
import hashlib
import json
from dataclasses import replace

import pytest
from exported import annotation, unit
from labelled import Row, labelled
from marked import story
from rich.console import Console
from told import registry

from annotate.cli import main
from annotate.document import Tags
from annotate.doubts import Doubt, read_doubts
from annotate.errors import AnnotateError
from annotate.gold import ReadTask, read_annotators
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.studio.review import answered, doubted, found_again, readings_of
from annotate.studio.reviewing import Review, learned, save_csv, show

TEXT = "Rebels shelled the bridge. The ministry denied it. It said nobody was hurt."
FIRST, SECOND, THIRD = (0, 26), (27, 50), (51, 75)


def scores(labels, **given):
    rest = (1 - sum(given.values())) / (len(labels) - len(given))
    return {label: given.get(label.replace("-", "_"), rest) for label in labels}


def tags(types=None, stance=None, assertion=None):
    """What a model says with these probabilities; it is sure of what is not given."""
    types = {label: (types or {}).get(label, 0.01) for label in TYPES}
    stance, assertion = stance or {"unattributed": 0.99}, assertion or {"asserts": 0.99}
    return Tags(
        types=tuple(label for label, p in types.items() if p >= 0.5),
        stance=max(stance, key=stance.get).replace("_", "-"),
        assertion=max(assertion, key=assertion.get),
        type_scores=types,
        stance_scores=scores(STANCES, **stance),
        assertion_scores=scores(ASSERTIONS, **assertion),
        continues=0.0,
    )


class Told:
    """In place of a model: what it is told to say of sentences that begin with a word."""

    def __init__(self, **said):
        self.said, self.read = said, 0

    def tag(self, reports):
        for _, sentences in reports:
            self.read += 1
            yield tuple(self.said.get(s.text.split()[0], tags()) for s in sentences)


def export(path, *annotations, **more):
    tasks = [{"data": {"report": "r1", "text": TEXT}, "annotations": list(annotations), **more}]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


def reviewed(path, model, **more):
    return doubted(answered(readings_of(read_annotators([path])), model, registry()), **more)


def by(who, *stances):
    """A reading of the three sentences: stance of each, all else plain."""
    places = zip("abc", (FIRST, SECOND, THIRD), stances, strict=True)
    return annotation(
        *(item for key, place, stance in places for item in unit(key, place, (), stance)), completed_by=who
    )


PLAINLY = by(1, "unattributed", "unattributed", "unattributed")


def test_the_hardest_comes_first_with_what_both_say_and_how_likely_that_is(tmp_path):
    model = Told(Rebels=tags({"attack": 0.7}), It=tags({"casualty": 0.97}, assertion={"denies": 0.6, "asserts": 0.3}))
    found = reviewed(export(tmp_path / "mine.json", PLAINLY), model)
    told = [(d.sentence, x.control, x.given, x.given_probability, x.model, x.model_probability)
            for d in found for x in d.differences]  # fmt: skip
    assert told == [
        (2, "type", "not casualty", 0.03, "casualty", 0.97),
        (2, "assertion", "asserts", 0.3, "denies", 0.6),
        (0, "type", "not attack", 0.3, "attack", 0.7),
    ]
    assert [d.text for d in found] == ["It said nobody was hurt.", "Rebels shelled the bridge."]


@pytest.mark.parametrize(("sure", "listed"), [(0.5, True), (0.8, True), (0.81, False)])
def test_a_model_that_is_not_sure_doubts_nothing(tmp_path, sure, listed):
    model = Told(Rebels=tags({"attack": 0.8}))
    assert bool(reviewed(export(tmp_path / "mine.json", PLAINLY), model, sure=sure)) is listed


def test_a_best_guess_among_many_is_not_sure(tmp_path):
    model = Told(It=tags(stance={"ngo": 0.4, "unattributed": 0.3}))
    assert reviewed(export(tmp_path / "mine.json", PLAINLY), model) == []


@pytest.mark.parametrize(("given", "listed"), [("ngo", False), ("media", True)])
def test_a_stance_that_the_registry_bears_out_is_left_alone(given, listed):
    """The model alone takes the Observatory for somebody else; the program knows better, and so did one annotator."""
    told = story("{S SOHR} {Q said} that the ford was hit.")
    [said] = told.tags
    unsure = tags(stance={"official": 0.9, "ngo": 0.05})
    said = replace(unsure, sources=said.sources, cues=said.cues)
    gold = labelled("r", Row(told.sentences[0].text, stance=given))
    task = ReadTask(None, None, {"ann": gold})
    found = doubted(answered(readings_of([task]), Told(SOHR=said), registry()))
    assert [d.given for one in found for d in one.differences] == [given] * listed


def test_annotators_who_said_the_same_stand_together_and_the_model_reads_their_sentences_once(tmp_path):
    model = Told(The=tags(stance={"official": 0.9, "unattributed": 0.02}))
    path = export(
        tmp_path / "mine.json",
        by("ann", "unattributed", "ngo", "unattributed"),
        by("ben", "unattributed", "ngo", "unattributed"),
        by("cat", "unattributed", "official", "unattributed"),
        id=7,
        project=3,
    )
    [one] = reviewed(path, model, url="http://localhost:8080/")
    [difference] = one.differences
    assert (difference.annotators, difference.given, difference.model) == (("ann", "ben"), "ngo", "official")
    assert one.link == "http://localhost:8080/projects/3/data?task=7"
    assert model.read == 1


def test_one_text_in_two_exports_is_one_report(tmp_path):
    paths = [export(tmp_path / f"{who}.json", by(who, *["ngo"] * 3)) for who in ("ann", "ben")]
    readings = answered(readings_of(read_annotators(paths)), Told(), registry())
    found = doubted(readings)
    assert [(d.sentence, d.differences[0].annotators) for d in found] == [(n, ("ann", "ben")) for n in range(3)]


# --- the doubts of a cross-validation


def doubt(place, head, gold, model="x", quality=0.01, sure=0.9, report="r1"):
    return Doubt(report, 0, head, gold, model, quality, sure, *place)


@pytest.mark.parametrize(
    ("one", "there"),
    [
        (doubt(FIRST, "type", "attack"), True),
        (doubt(FIRST, "type", "not attack"), False),
        (doubt(FIRST, "type", "casualty"), False),
        (doubt(FIRST, "type", "not casualty"), True),
        (doubt(FIRST, "stance", "ngo"), True),
        (doubt(FIRST, "stance", "media"), False),
        (doubt(FIRST, "assertion", "asserts"), True),
        (doubt(SECOND, "stance", "ngo"), False),  # nobody has labelled it so
        (doubt((0, 20), "stance", "ngo"), False),
        (doubt(FIRST, "stance", "ngo", report="r2"), False),
    ],
)
def test_a_doubt_is_of_a_label_that_somebody_gave(tmp_path, one, there):
    path = export(tmp_path / "mine.json", annotation(*unit("a", FIRST, ["attack"], "ngo"), completed_by="ann"))
    found, strange = found_again(readings_of(read_annotators([path])), [one])
    assert (bool(found), strange) == (there, int(not there))
    assert [d.annotators for f in found for d in f.differences] == [("ann",)] * there


def test_what_a_cross_validation_writes_is_read(tmp_path):
    one = doubt(FIRST, "stance", "ngo", "media")
    path = tmp_path / "doubts.jsonl"
    path.write_text(json.dumps({name: getattr(one, name) for name in Doubt.__slots__}) + "\n", encoding="utf-8")
    assert read_doubts(path) == [one]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "doubts.jsonl:1: not JSON"),
        ("[]", "doubts.jsonl:1: not a JSON object"),
        ('{"report": "r1"}', "doubts.jsonl:1: no doubt of a cross-validation ('sentence' is missing or no int)"),
    ],
)
def test_what_is_no_doubt_is_named_by_line(tmp_path, line, told):
    path = tmp_path / "doubts.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(AnnotateError) as error:
        read_doubts(path)
    assert told in str(error.value)


# --- for people and for programs


@pytest.fixture
def review(tmp_path):
    model = Told(Rebels=tags({"attack": 0.7}), It=tags(stance={"official": 0.97, "unattributed": 0.01}))
    found = reviewed(export(tmp_path / "mine.json", by("=ann", *["unattributed"] * 3)), model)
    return Review("model-1", 0.5, 1, 3, tuple(found))


def test_the_table_shows_both_sides_and_says_that_known_labels_flatter(review, capsys):
    show(review, Console(), 1)
    out = capsys.readouterr().out
    assert "1 reports, 3 sentences; 2 of them doubted by model-1" in out
    assert "It said nobody was hurt." in out
    assert "stance: =ann unattributed (0.01), model official (0.97)" in out
    assert "Rebels" not in out
    assert "train.py --folds" in out


def test_the_csv_has_a_line_for_each_label_and_nothing_that_a_spreadsheet_would_run(review, tmp_path):
    save_csv(tmp_path / "doubts.csv", review)
    rows = list(csv.DictReader((tmp_path / "doubts.csv").open(encoding="utf-8")))
    assert [(r["control"], r["given"], r["model"], r["annotators"]) for r in rows] == [
        ("stance", "unattributed", "official", "'=ann"),
        ("type", "not attack", "attack", "'=ann"),
    ]
    assert rows[0]["text"] == "It said nobody was hurt."


def test_the_command_reviews_an_export_with_the_shipped_model(tmp_path, capsys):
    path = export(tmp_path / "mine.json", annotation(
        *unit("a", FIRST, ["diplomacy"]), *unit("b", SECOND, ["attack"], "official", "denies"),
        *unit("c", THIRD, ["casualty"], "official"),
    ))  # fmt: skip
    out = tmp_path / "out.json"
    assert main(["studio", "review", str(path), "--json", str(out), "--limit", "5"]) == 0
    found = json.loads(out.read_text(encoding="utf-8"))
    [wrong] = [d for one in found["doubted"] for d in one["differences"] if d["given"] == "diplomacy"]
    assert (wrong["control"], wrong["model"]) == ("type", "not diplomacy")
    assert (found["reports"], found["sentences"]) == (1, 3)
    assert "Rebels shelled the bridge." in capsys.readouterr().out


def test_the_command_shows_the_doubts_of_a_cross_validation_and_runs_no_model(tmp_path, capsys):
    path = export(tmp_path / "mine.json", PLAINLY)
    lines = [doubt(FIRST, "stance", "unattributed", "ngo"), doubt(FIRST, "stance", "media", "ngo")]
    (tmp_path / "doubts.jsonl").write_text(
        "".join(json.dumps({name: getattr(one, name) for name in Doubt.__slots__}) + "\n" for one in lines)
    )
    words = ["studio", "review", str(path), "--doubts", str(tmp_path / "doubts.jsonl"), "--model", "nowhere"]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "1 of them doubted by" in said.out
    assert "stance: 1 unattributed (0.01), model ngo (0.90)" in said.out
    assert "1 of 2 doubts are of labels that are not there" in said.err


def test_a_model_that_was_trained_on_the_export_is_told_of(tmp_path):
    paths = [export(tmp_path / f"{name}.json", by(name, *["ngo"] * 3)) for name in ("mine", "other")]
    assert learned(tmp_path, paths) == []
    row = {"for": "training", "sha256": hashlib.sha256(paths[0].read_bytes()).hexdigest()}
    (tmp_path / "metrics.json").write_text(json.dumps({"data": {"mine.json": row}}))
    [note] = learned(tmp_path, paths)
    assert note.startswith(f"{paths[0]}: was used for training of {tmp_path.name}")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ([], "say what to review: either exports or --project"),
        (["mine.json", "--project", "Week 12"], "say what to review: either exports or --project"),
        (["none.json"], "none.json: cannot be read"),
    ],
)
def test_what_cannot_be_reviewed_is_one_line(words, line, capsys):
    assert main(["studio", "review", *words]) == 2
    assert line in capsys.readouterr().err
