"""Pairs of claims into a real Label Studio and back as relations; events filled in; labels that a sure model doubts."""

import copy
import itertools
import json

import pytest
from real import HOW, program

from annotate.cli import main
from annotate.document import Report, Span, Tags
from annotate.evaluate_events import Relation, read_relations
from annotate.gold import read_exports
from annotate.labels import ASSERTIONS, STANCES, TYPES

if not program().exists():
    pytest.skip(HOW, allow_module_level=True)
pytest.importorskip("label_studio_sdk", reason="pip install -e '.[studio]'")

from annotate.studio import push as pushing
from annotate.studio.pull import pull, save
from annotate.studio.pull_pairs import pull_pairs
from annotate.studio.push import push
from annotate.studio.push_pairs import push_pairs
from annotate.studio.server import Server, Unreachable

pytestmark = pytest.mark.slow  # the server's first start takes most of a minute
NUMBERS = itertools.count(1)
DAY = "2016-12-07"  # a Wednesday
REPORTS = [
    Report("activists", "Activists said rockets hit Hama air base on Tuesday. It was 🔥.", date=DAY),
    Report("army", "A military source denied that Hama air base was hit on Tuesday.", date=DAY),
    Report("again", "Activists said that rockets hit Hama air base on Tuesday night.", outlet="Wire", date=DAY),
]


class Plain:
    """In place of a model: every sentence is an attack at Hama air base that whoever it begins with told."""

    def tag(self, reports):
        for _, sentences in reports:
            yield tuple(self.tags(sentence) for sentence in sentences)

    def tags(self, sentence):
        assertion = "denies" if "denied" in sentence.text else "asserts"
        stance = "pro-regime" if "military" in sentence.text else "pro-opposition"
        types = ("attack",) if "hit" in sentence.text else ()
        return Tags(
            types=types,
            stance=stance,
            assertion=assertion,
            type_scores={label: 0.9 if label in types else 0.1 for label in TYPES},
            stance_scores={label: float(label == stance) for label in STANCES},
            assertion_scores={label: float(label == assertion) for label in ASSERTIONS},
            continues=0.0,
            sources=spans(sentence, "Activists", "A military source"),
            cues=spans(sentence, "said", "denied"),
            places=spans(sentence, "Hama air base"),
        )


def spans(sentence, *words):
    found = [(sentence.text.find(word), word) for word in words]
    return tuple(Span(sentence.start + at, sentence.start + at + len(w), w) for at, w in found if at >= 0)


@pytest.fixture
def title():
    return f"pairs {next(NUMBERS)}"


@pytest.fixture
def server(studio):
    return Server(studio.url, studio.token)


def tasks_of(studio, project):
    return list(studio.api.tasks.list(project=project.id, fields="all"))


def run(studio, monkeypatch, *words):
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token)
    return main(["studio", *words])


def choices(task, version="one"):
    result = next(p for p in task.predictions if p.model_version == version).result
    return {item["from_name"]: item["value"]["choices"][0] for item in result}


def test_pairs_come_once_with_the_programs_answer_and_a_greater_limit_brings_more(studio, server, title):
    done = push_pairs(server, title, REPORTS, Plain(), "one", most=2)
    assert (done.added, done.there) == (2, 0)
    assert done.contradicting >= 1
    first, _ = tasks_of(studio, done.project)
    assert choices(first) == {"same_event": "same", "relation": "contradicts", "facet": "target"}
    assert {first.data["a_report"], first.data["b_report"]} & {"army"}
    again = push_pairs(server, title, REPORTS, Plain(), "one", most=2)
    assert (again.added, again.there, again.refreshed) == (0, 2, 0)
    more = push_pairs(server, title, REPORTS, Plain(), "one", most=50)
    assert more.there == 2
    keys = [task.data["sha256"] for task in tasks_of(studio, done.project)]
    assert len(keys) == len(set(keys)) == 2 + more.added


def test_another_model_answers_anew_what_is_open(studio, server, title):
    done = push_pairs(server, title, REPORTS, Plain(), "one", most=2)
    first, second = tasks_of(studio, done.project)
    studio.api.annotations.create(first.id, result=first.predictions[0].result)
    again = push_pairs(server, title, REPORTS, Plain(), "two", most=2)
    assert (again.added, again.refreshed) == (0, 1)
    versions = [{p.model_version for p in task.predictions} for task in tasks_of(studio, done.project)]
    assert versions == [{"one"}, {"one", "two"}]
    assert second.id


def test_an_answer_that_is_lost_brings_no_pair_twice_and_a_dead_server_is_gone_on_with(
    studio, server, wire, title, monkeypatch
):
    monkeypatch.setattr(pushing, "PAUSES", (0.2,))
    wire.lose = b"/import"
    done = push_pairs(Server(wire.url, studio.token), title, REPORTS, Plain(), "one", most=1)
    assert (done.added, wire.lost) == (1, 1)
    wire.lose, wire.dies = b"/import", True
    with pytest.raises(Unreachable, match="the same command goes on from there"):
        push_pairs(Server(wire.url, studio.token), title, REPORTS, Plain(), "one", most=2)
    again = push_pairs(server, title, REPORTS, Plain(), "one", most=2)
    assert again.there + again.added == 2
    keys = [task.data["sha256"] for task in tasks_of(studio, done.project)]
    assert len(keys) == len(set(keys)) == 2


def test_what_two_annotators_said_comes_back_as_one_relation(studio, server, title, tmp_path, monkeypatch, capsys):
    done = push_pairs(server, title, REPORTS, Plain(), "one", most=2, annotators=2)
    first, second = tasks_of(studio, done.project)
    mine = copy.deepcopy(first.predictions[0].result)
    mine.append({"id": "w", "from_name": "why", "to_name": "a", "type": "textarea", "value": {"text": ["denied 🔥"]}})
    made = studio.api.annotations.create(first.id, result=mine)
    other = studio.annotator(f"pairs-{title.replace(' ', '-')}@example.org")
    theirs = [{**mine[0], "value": {"choices": ["different"]}}, *mine[1:]]
    also = other.annotations.create(first.id, result=theirs)
    bad = [{**mine[0], "value": {"choices": ["perhaps"]}}]
    refused = studio.api.annotations.create(second.id, result=bad)

    out = tmp_path / "relations.jsonl"
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(out)) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line == (
        f"annotate: task {second.id}, annotation {refused.id}: the unknown same_event 'perhaps'; it is left out"
    )
    [line] = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    assert line["said"] == [
        {"by": str(made.completed_by), "rel": "contradicts", "facet": "target", "why": "denied 🔥"},
        {"by": str(also.completed_by), "rel": "different", "why": "denied 🔥"},
    ]
    assert line["rel"] == "different"
    assert read_relations([out]) == []
    studio.api.annotations.update(made.id, result=mine)  # thought over: of two the later stands
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(out)) == 2
    data = first.data
    ends = [(data["a_report"], data["a_sentence"]), (data["b_report"], data["b_sentence"])]
    assert read_relations([out]) == [Relation(*ends, "contradicts", "target")]


def test_reports_and_pairs_need_projects_of_their_own(studio, server, title, tmp_path, monkeypatch, capsys):
    push_pairs(server, title, REPORTS, Plain(), "one", most=1)
    (tmp_path / "ford.txt").write_text("Residents said the army shelled the ford.", encoding="utf-8")
    assert run(studio, monkeypatch, "push", str(tmp_path / "ford.txt"), "--project", title) == 2
    assert f"{title!r} is a project of pairs; reports need one of their own" in capsys.readouterr().err
    out = str(tmp_path / "x.jsonl")
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", out) == 2
    assert capsys.readouterr().err == "annotate: nothing is labelled yet; nothing was written\n"
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", out, "--held-out", out) == 2
    assert "--held-out is for projects of reports" in capsys.readouterr().err


def test_the_command_brings_pairs_with_the_shipped_model(studio, title, tmp_path, monkeypatch, capsys):
    for report in REPORTS:
        (tmp_path / f"{report.id}.txt").write_text(report.text, encoding="utf-8")
    words = ("push", str(tmp_path), "--pairs", "--project", title, "--date", DAY, "--limit", "3")
    assert run(studio, monkeypatch, *words) == 0
    assert "pairs brought" in capsys.readouterr().out
    assert run(studio, monkeypatch, *words) == 0
    assert capsys.readouterr().out.startswith("0 pairs brought")


# --- events, and labels that a sure model doubts


def test_one_happening_comes_with_one_event_in_every_report_and_back_into_the_gold(studio, server, title, tmp_path):
    done = push(server, title, REPORTS[:1], Plain(), "one")
    push(server, title, REPORTS[1:], Plain(), "one")  # another day's push calls it alike only if it has more to go by
    push(server, title, REPORTS, Plain(), "two")
    tasks = {task.data["report"]: task for task in tasks_of(studio, done.project)}
    results = {
        name: next(p for p in task.predictions if p.model_version == "two").result for name, task in tasks.items()
    }
    events = {
        name: [item["value"]["text"][0] for item in result if item.get("from_name") == "event"]
        for name, result in results.items()
    }
    assert events == {name: ["Hama air base, attack, 2016-12-06"] for name in tasks}
    own = copy.deepcopy(results["army"])
    next(item for item in own if item.get("from_name") == "event")["value"]["text"] = [" hama  Air Base strike"]
    for name, result in (results | {"army": own}).items():
        studio.api.annotations.create(tasks[name].id, result=result)
    pulled = pull(server, title)
    assert (pulled.mended, pulled.dropped, pulled.refused) == ([], [], [])
    save(pulled.tasks, tmp_path / "labelled.json")
    gold = {report.report.id: report.sentences[0].event for report in read_exports([tmp_path / "labelled.json"])}
    usual = "hama air base, attack, 2016-12-06"
    assert gold == {"activists": usual, "again": usual, "army": "hama air base strike"}


def test_a_projects_annotations_are_reviewed_with_links(studio, server, title, tmp_path, monkeypatch, capsys):
    done = push(server, title, REPORTS[1:2], Plain(), "one")
    [task] = tasks_of(studio, done.project)
    wrong = copy.deepcopy(task.predictions[0].result)
    next(item for item in wrong if item.get("from_name") == "claim_type")["value"]["choices"] = ["humanitarian"]
    made = studio.api.annotations.create(task.id, result=wrong)
    out = tmp_path / "review.json"
    assert run(studio, monkeypatch, "review", "--project", title, "--json", str(out)) == 0
    [doubted] = json.loads(out.read_text(encoding="utf-8"))["doubted"]
    assert doubted["link"] == f"{studio.url}/projects/{done.project.id}/data?task={task.id}"
    said = {(d["given"], d["model"]): d["annotators"] for d in doubted["differences"]}
    assert said["humanitarian", "not humanitarian"] == said["not attack", "attack"] == [str(made.completed_by)]
    assert doubted["link"] in capsys.readouterr().out


def test_a_project_that_is_not_there_cannot_be_reviewed(studio, monkeypatch, capsys):
    assert run(studio, monkeypatch, "review", "--project", "nowhere") == 2
    assert capsys.readouterr().err == f"annotate: {studio.url}: no project is called 'nowhere'\n"


def test_pull_pairs_of_a_project_of_reports_names_its_tasks(studio, server, title):
    done = push(server, title, REPORTS[:1], Plain(), "one")
    [task] = tasks_of(studio, done.project)
    studio.api.annotations.create(task.id, result=task.predictions[0].result)
    assert pull_pairs(server, title).refused == [f"task {task.id}: no pair of ours"]
