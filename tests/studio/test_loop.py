"""The whole loop on a real Label Studio: push, annotate, pull, train, push again; and what breaks on the way."""

import itertools
import json
import random
import sys

import pytest
import tiny
from real import HOW, program

from annotate.cli import main
from annotate.gold import read_exports

if not program().exists():
    pytest.skip(HOW, allow_module_level=True)
pytest.importorskip("label_studio_sdk", reason="no Label Studio SDK here: pip install -e '.[studio]'")
train = pytest.importorskip("train", reason="pip install -e '.[train]'")

pytestmark = pytest.mark.slow
NUMBERS = itertools.count(1)
QUICK = "--window 64 --batch 64 --encoder-rate 1e-3 --head-rate 3e-3 --average 0.8 --bf16 false"
# sentence, types, assertion: what the annotators say
SAID = [
    ("The army shelled the {}.", ["attack", "responsibility"], "asserts"),
    ("The ministry denied that jets hit the {}.", ["attack", "responsibility"], "denies"),
    ("Residents said that bread ran out in the {}.", ["humanitarian"], "asserts"),
    ("Rebels reportedly killed nine people near the {}.", ["casualty"], "hedges"),
    ("It was quiet on the {}.", [], "asserts"),
]
PLACES = ("town", "market", "bridge", "road")


@pytest.fixture
def title():
    return f"loop {next(NUMBERS)}"


@pytest.fixture
def reports(tmp_path):
    """Thirty reports of four sentences, no two alike."""
    draw, folder, texts = random.Random(3), tmp_path / "reports", set()
    folder.mkdir()
    while len(texts) < 30:
        texts.add(" ".join(form.format(draw.choice(PLACES)) for form, _, _ in draw.sample(SAID, 4)))
    for number, text in enumerate(sorted(texts)):
        (folder / f"r{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def run(studio, monkeypatch):
    def run(*words, url=studio.url, token=studio.token):
        monkeypatch.setenv("LABEL_STUDIO_URL", url)
        monkeypatch.setenv("LABEL_STUDIO_API_KEY", token)
        return main(["studio", *map(str, words)])

    return run


def learn(monkeypatch, *words):
    monkeypatch.setattr(sys, "argv", ["train.py", *map(str, words), *QUICK.split()])
    assert train.main() == 0


def tasks_of(studio, title):
    project = next(found for found in studio.api.projects.list(title=title) if found.title == title)
    return list(studio.api.tasks.list(project=project.id, fields="all"))


def meant(words):
    return next(said for said in SAID if words.startswith(said[0][:10]))


def annotation(task, wrong=False):
    """The task's sentences, with what an annotator who knows gives them; ``wrong``: he takes every one for a denial."""
    result = []
    for item in task.predictions[0].result:
        if item.get("from_name") == "unit":
            _, types, assertion = meant(item["value"]["text"])
            choices = {"claim_type": types, "stance": ["unattributed"], "assertion": ["denies" if wrong else assertion]}
            place = {name: item["value"][name] for name in ("start", "end", "text")}
            result.append({"id": item["id"], "from_name": "unit", "to_name": "text", "type": "labels",
                           "value": place | {"labels": ["Sentence"]}})  # fmt: skip
            result += [
                {"id": item["id"], "from_name": control, "to_name": "text", "type": "choices",
                 "value": place | {"choices": given}}
                for control, given in choices.items() if given
            ]  # fmt: skip
    return result


def right(tasks, version):
    """The share of types and assertions that this version predicts as the annotators would say."""
    hits = []
    for task in tasks:
        result = next(p.result for p in task.predictions if p.model_version == version)
        given = {(item["id"], item["from_name"]): item["value"].get("choices") for item in result if "id" in item}
        for item in result:
            if item.get("from_name") == "unit":
                _, types, assertion = meant(item["value"]["text"])
                hits.append(set(given.get((item["id"], "claim_type")) or []) == set(types))
                hits.append(given.get((item["id"], "assertion")) == [assertion])
    return sum(hits) / len(hits)


def test_what_annotators_teach_comes_back_as_better_labels(studio, run, reports, title, monkeypatch, tmp_path, capsys):
    encoder = tiny.encoder(tmp_path / "encoder")
    ignorant, taught = tmp_path / "ignorant", tmp_path / "taught"
    few = tiny.export(tmp_path / "few.json", reports=4)
    learn(monkeypatch, "--data", few, "--dev", few, "--from", encoder, "--out", ignorant, "--epochs", 1)
    push = ("push", reports, "--project", title, "--annotators", 2, "--held-out", 0.2, "--model")
    assert run(*push, ignorant) == 0
    tasks = tasks_of(studio, title)
    held = [task for task in tasks if task.data.get("held_out")]
    rest = [task for task in tasks if not task.data.get("held_out")]
    assert (len(held), len(rest)) == (6, 24)
    [first] = {prediction.model_version for task in tasks for prediction in task.predictions}

    # One annotator labels all but four; another half of those, and mends what the first got wrong in one.
    other = studio.annotator(f"other-{title.replace(' ', '-')}@example.org")
    for number, task in enumerate([*held, *rest[:20]]):
        studio.api.annotations.create(task.id, result=annotation(task, wrong=number == 12))
        if number >= 10:
            other.annotations.create(task.id, result=annotation(task))
    labelled, kept = tmp_path / "labelled.json", tmp_path / "held.json"
    assert run("pull", "--project", title, "-o", labelled, "--held-out", kept) == 0
    gold = {report.report.id: report for path in (labelled, kept) for report in read_exports([path])}
    assert len(gold) == 26
    disputed = gold[str([*held, *rest][12].data["report"])]
    assert [told.assertion for told in disputed.sentences] == [meant(t.sentence.text)[2] for t in disputed.sentences]
    assert main(["studio", "agreement", str(labelled)]) == 0
    assert "assertion" in capsys.readouterr().out

    learn(monkeypatch, "--data", labelled, "--dev", kept, "--from", encoder, "--out", taught, "--epochs", 10)
    capsys.readouterr()
    assert run(*push, taught) == 0
    assert "0 reports brought" in (said := capsys.readouterr().out)
    assert "14 labelled anew by this model" in said  # all but those that both have labelled
    tasks = {task.id: task for task in tasks_of(studio, title)}
    left = [tasks[task.id] for task in rest[20:]]
    [second] = {prediction.model_version for task in left for prediction in task.predictions} - {first}
    assert right(left, second) > max(0.8, right(left, first))
    assert {item["from_name"] for task in held for item in tasks[task.id].predictions[-1].result} == {"unit"}


def test_a_half_annotated_report_is_named_and_left_out(studio, run, reports, title, tmp_path, capsys):
    assert run("push", reports / "r00.txt", reports / "r01.txt", "--project", title, "--random") == 0
    half, whole = tasks_of(studio, title)
    result = annotation(half)
    del result[next(n for n, item in reversed([*enumerate(result)]) if item["from_name"] == "stance")]
    made = studio.api.annotations.create(half.id, result=result)
    studio.api.annotations.create(whole.id, result=annotation(whole))
    capsys.readouterr()
    assert run("pull", "--project", title, "-o", tmp_path / "x.json") == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"task {half.id} (report {half.data['report']}), annotation {made.id}: region s003 has no stance" in line
    assert [task["id"] for task in json.loads((tmp_path / "x.json").read_text())] == [whole.id]


def test_a_server_that_stops_in_a_pull_leaves_the_last_file_as_it_was(
    studio, wire, run, reports, title, tmp_path, capsys
):
    assert run("push", reports / "r00.txt", "--project", title) == 0
    [task] = tasks_of(studio, title)
    studio.api.annotations.create(task.id, result=annotation(task))
    out = tmp_path / "labelled.json"
    out.write_text("[]\n")
    capsys.readouterr()
    wire.lose, wire.dies = b"/export", True
    assert run("pull", "--project", title, "-o", out, url=wire.url) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"annotate: {wire.url}: no Label Studio answers there")
    assert (out.read_text(), [path.name for path in tmp_path.glob("*.json")]) == ("[]\n", ["labelled.json"])
    assert run("pull", "--project", title, "-o", out) == 0
    assert len(read_exports([out])) == 1


@pytest.mark.parametrize("words", [("push", "r00.txt"), ("pull", "-o", "x.json")])
def test_a_wrong_token_stops_every_command_before_it_does_anything(
    studio, run, reports, title, words, monkeypatch, capsys
):
    monkeypatch.chdir(reports)
    assert run(*words, "--project", title, token="0123456789abcdef" * 2) == 2
    said = capsys.readouterr()
    assert len(said.err.splitlines()) == 1
    assert "the access token is refused" in said.err
    assert "0123456789abcdef" not in said.out + said.err
    assert [found for found in studio.api.projects.list(title=title) if found.title == title] == []
    assert not (reports / "x.json").exists()
