"""Reports into a real Label Studio and annotations out of it."""

import copy
import itertools
import json

import pytest
from real import HOW, program

from annotate.cli import main
from annotate.document import Report, Span
from annotate.errors import AnnotateError
from annotate.gold import read_exports

if not program().exists():
    pytest.skip(HOW, allow_module_level=True)
pytest.importorskip("label_studio_sdk", reason="pip install -e '.[studio]'")

from served import Plain

from annotate.studio import push as pushing
from annotate.studio.pull import pull, save
from annotate.studio.push import push
from annotate.studio.server import Server, Unreachable

pytestmark = pytest.mark.slow  # the server's first start takes most of a minute
NUMBERS = itertools.count(1)
REPORTS = [
    Report("river", "The army shelled the ford. Residents said that bread ran out. They fled at night.", "River"),
    Report("silo", "The ministry denied that its jets hit the silo.\n\nTwo guards were wounded.", outlet="Wire"),
    Report("gate", "Rebels entered the gate quarter on Sunday.", date="2020-03-01"),
]


@pytest.fixture
def title():
    return f"project {next(NUMBERS)}"


@pytest.fixture
def server(studio):
    return Server(studio.url, studio.token)


@pytest.fixture
def pushed(server, title):
    return push(server, title, REPORTS, Plain(), "one")


def tasks_of(studio, project):
    return {task.data["report"]: task for task in studio.api.tasks.list(project=project.id)}


def predicted(task, version):
    return next(p for p in task.predictions if p.model_version == version).result


def run(studio, monkeypatch, *words, token=None):
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", token or studio.token)
    return main(["studio", *words])


def test_a_second_push_brings_nothing_twice(studio, server, title, pushed):
    assert (pushed.added, pushed.there) == (3, 0)
    again = push(server, title, [*REPORTS, Report("copy", REPORTS[0].text)], Plain(), "one")
    assert (again.added, again.there, again.refreshed) == (0, 4, 0)
    assert sorted(tasks_of(studio, pushed.project)) == ["gate", "river", "silo"]


def test_a_name_that_stands_for_another_text_is_refused(server, title, pushed):
    again = push(server, title, [Report("gate", "The gate quarter was quiet.")], Plain(), "one")
    assert (again.added, len(again.refused)) == (0, 1)
    assert "another text" in again.refused[0]


def test_what_was_annotated_comes_back_as_it_was(studio, server, title, pushed, tmp_path):
    task = tasks_of(studio, pushed.project)["river"]
    result = copy.deepcopy(predicted(task, "one"))
    stance = next(item for item in result if item.get("from_name") == "stance")
    stance["value"]["choices"] = ["pro-opposition"]
    result.append(
        {
            "id": "mine",
            "from_name": "span",
            "to_name": "text",
            "type": "labels",
            "origin": "manual",
            "value": {"start": 4, "end": 8, "text": "army", "labels": ["Agent"]},
        }
    )
    assert [item["labels"] for item in result if item["type"] == "relation"] == [["continues"]]  # "They" are residents
    result.append(
        {"type": "relation", "from_id": "s002", "to_id": "s000", "direction": "right", "labels": ["contradicts"]}
    )
    made = studio.api.annotations.create(task.id, result=result, lead_time=7.5)

    pulled = pull(server, title)
    assert (pulled.mended, pulled.dropped, pulled.refused) == ([], [], [])
    [back] = pulled.tasks
    [annotation] = back["annotations"]
    assert sorted(annotation["result"], key=repr) == sorted(result, key=repr)
    assert (annotation["completed_by"], annotation["lead_time"]) == (made.completed_by, 7.5)

    save(pulled.tasks, tmp_path / "labelled.json")
    [gold] = read_exports([tmp_path / "labelled.json"])
    assert gold.report == REPORTS[0]
    assert [s.stance for s in gold.sentences] == ["pro-opposition", "witness", "witness"]  # residents, by the registry
    assert gold.sentences[0].agents == (Span(4, 8, "army"),)
    assert (gold.sentences[2].from_, gold.relations) == (1, ((2, 0, "contradicts"),))


def test_skipped_tasks_and_drafts_stay_where_they_are(studio, server, title, pushed):
    tasks = tasks_of(studio, pushed.project)
    for name in ("river", "silo"):
        studio.api.annotations.create(
            tasks[name].id, result=predicted(tasks[name], "one"), was_cancelled=name == "silo"
        )
    draft = {"result": predicted(tasks["gate"], "one"), "lead_time": 1}
    answer = studio.api._client_wrapper.httpx_client.request(
        f"api/tasks/{tasks['gate'].id}/drafts", method="POST", json=draft
    )
    assert answer.status_code == 201
    pulled = pull(server, title)
    assert [task["data"]["report"] for task in pulled.tasks] == ["river"]
    assert pulled.skipped == 1


def test_two_annotators_of_one_report_are_both_kept(studio, server, title, pushed):
    task = tasks_of(studio, pushed.project)["gate"]
    result = predicted(task, "one")
    other = studio.annotator(f"second-{title.replace(' ', '-')}@example.org")
    first = studio.api.annotations.create(task.id, result=result)
    changed = copy.deepcopy(result)
    next(item for item in changed if item["from_name"] == "assertion")["value"]["choices"] = ["asserts"]
    second = other.annotations.create(task.id, result=changed)
    [back] = pull(server, title).tasks
    assert [a["completed_by"] for a in back["annotations"]] == [first.completed_by, second.completed_by]
    assert first.completed_by != second.completed_by
    assert [a["result"] for a in back["annotations"]] == [result, changed]


def test_what_the_server_took_unseen_is_refused_here(studio, title, pushed, monkeypatch, tmp_path, capsys):
    tasks = tasks_of(studio, pushed.project)
    good = predicted(tasks["gate"], "one")
    bad = copy.deepcopy(predicted(tasks["silo"], "one"))
    next(item for item in bad if item["from_name"] == "stance")["value"]["choices"] = ["nobody at all"]
    studio.api.annotations.create(tasks["gate"].id, result=good)
    made = studio.api.annotations.create(tasks["silo"].id, result=bad)
    out = tmp_path / "labelled.json"
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(out)) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert f"task {tasks['silo'].id} (report silo), annotation {made.id}: region s000 has the unknown stance" in line
    assert [task["data"]["report"] for task in json.loads(out.read_text())] == ["gate"]


def test_offsets_hold_beside_emoji_and_arabic(studio, server, title):
    text = (
        "🔥 Rebels said 👨‍👩‍👧 that the strike killed 3. قال المرصد إن الغارة قتلت خمسة. "
        "Médecins denied it e\u0301.\r\nIt was quiet."
    )
    done = push(server, title, [Report("letters", text)], Plain(), "one")
    task = tasks_of(studio, done.project)["letters"]
    assert task.data["text"] == text.replace("\r\n", "\n")
    result = predicted(task, "one")
    units = [item["value"] for item in result if item.get("from_name") == "unit"]
    assert "".join(task.data["text"][u["start"] : u["end"]] for u in units) == "".join(u["text"] for u in units)
    studio.api.annotations.create(task.id, result=result)
    pulled = pull(server, title)
    assert (pulled.mended, pulled.dropped, pulled.refused) == ([], [], [])
    assert sorted(pulled.tasks[0]["annotations"][0]["result"], key=repr) == sorted(result, key=repr)


def test_another_model_labels_anew_what_is_not_labelled_yet(studio, server, title, pushed):
    tasks = tasks_of(studio, pushed.project)
    studio.api.annotations.create(tasks["gate"].id, result=predicted(tasks["gate"], "one"))
    again = push(server, title, REPORTS, Plain(), "two")
    assert (again.added, again.refreshed) == (0, 2)
    versions = {name: {p.model_version for p in t.predictions} for name, t in tasks_of(studio, again.project).items()}
    assert versions == {"gate": {"one"}, "river": {"one", "two"}, "silo": {"one", "two"}}
    assert server.project(title).model_version == "two"


def test_held_out_reports_come_with_sentences_alone(studio, server, title):
    done = push(server, title, REPORTS, Plain(), "one", held_out=1.0)
    assert done.held_out == 3
    for task in tasks_of(studio, done.project).values():
        assert task.data["held_out"] is True
        assert {item["from_name"] for item in predicted(task, "one")} == {"unit"}
    push(server, title, REPORTS, Plain(), "two")
    for task in tasks_of(studio, done.project).values():
        assert {item["from_name"] for item in predicted(task, "two")} == {"unit"}


def test_held_out_annotations_come_back_in_a_file_of_their_own(studio, server, title, monkeypatch, tmp_path, capsys):
    done = push(server, title, REPORTS, Plain(), "one", held_out=0.34, annotators=2)
    assert done.held_out == 1
    assert studio.api.projects.get(done.project.id).maximum_annotations == 2
    for task in tasks_of(studio, done.project).values():
        answers = [
            {**item, "from_name": control, "type": "choices", "value": {**item["value"], "choices": [choice]}}
            for item in predicted(task, "one")
            if item.get("from_name") == "unit"
            for control, choice in (("stance", "ngo"), ("assertion", "asserts"))
        ]
        units = [item for item in predicted(task, "one") if item.get("from_name") == "unit"]
        studio.api.annotations.create(task.id, result=units + answers)
    rest, held = tmp_path / "labelled.json", tmp_path / "held.json"
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(rest), "--held-out", str(held)) == 0
    names = [{report.report.id for report in read_exports([path])} for path in (rest, held)]
    assert [len(found) for found in names] == [2, 1]
    assert names[0] | names[1] == {"gate", "river", "silo"}
    assert f"written to {held}: 1 reports" in capsys.readouterr().out


def test_a_screen_that_lacks_a_control_in_use_is_the_servers_own_line(studio, server, title, pushed, capsys):
    other = pushed.project.config.replace(
        "</View>", '<Choices name="mood" toName="text"><Choice value="x"/></Choices></View>', 1
    )
    studio.api.projects.update(pushed.project.id, label_config=other)
    task = tasks_of(studio, pushed.project)["gate"]
    mood = {"id": "m", "from_name": "mood", "to_name": "text", "type": "choices", "value": {"choices": ["x"]}}
    studio.api.annotations.create(task.id, result=[mood])
    with pytest.raises(AnnotateError, match=r"HTTP 400: .*mood") as told:
        push(server, title, REPORTS, Plain(), "one")
    assert "\n" not in str(told.value)


def test_an_interface_that_somebody_changed_is_put_back(studio, server, title, pushed):
    changed = pushed.project.config.replace("Assertion:", "How is it said:")
    studio.api.projects.update(pushed.project.id, label_config=changed)
    push(server, title, REPORTS, Plain(), "one")
    assert server.project(title).config.strip() == pushed.project.config.strip()


def test_an_answer_that_is_lost_brings_no_report_twice(studio, wire, title, monkeypatch):
    monkeypatch.setattr(pushing, "PAUSES", (0.2,))
    wire.lose = b"/import"
    done = push(Server(wire.url, studio.token), title, REPORTS, Plain(), "one")
    assert (done.added, wire.lost) == (3, 1)
    tasks = list(studio.api.tasks.list(project=done.project.id))
    assert sorted(task.data["report"] for task in tasks) == ["gate", "river", "silo"]


def test_a_push_goes_on_where_the_server_went_away(studio, server, wire, title, monkeypatch):
    monkeypatch.setattr(pushing, "PAUSES", (0.1,))
    monkeypatch.setattr(pushing, "BULK", 1)
    wire.lose, wire.dies = b"/import", True
    with pytest.raises(Unreachable, match="the same command goes on from there"):
        push(Server(wire.url, studio.token), title, REPORTS, Plain(), "one")
    again = push(server, title, REPORTS, Plain(), "one")
    assert (again.added, again.there) == (2, 1)
    assert sorted(tasks_of(studio, again.project)) == ["gate", "river", "silo"]


def test_a_personal_access_token_opens_the_server_too_unless_it_is_spoilt(studio, title, pushed):
    token = studio.personal_token(f"third-{title.replace(' ', '-')}@example.org")
    assert Server(studio.url, token).project(title).id == pushed.project.id
    with pytest.raises(AnnotateError, match="the access token is refused") as told:
        Server(studio.url, f"{token[:-6]}spoilt").project(title)
    assert token[:20] not in str(told.value)


def test_a_wrong_token_is_one_line_without_the_token(studio, title, monkeypatch, tmp_path, capsys):
    wrong = "0123456789abcdef" * 2
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(tmp_path / "x.json"), token=wrong) == 2
    said = capsys.readouterr()
    [line] = said.err.splitlines()
    assert "the access token is refused" in line
    assert wrong not in said.out + said.err


def test_a_project_that_is_not_there_is_one_line(studio, monkeypatch, tmp_path, capsys):
    assert run(studio, monkeypatch, "pull", "--project", "nowhere", "-o", str(tmp_path / "x.json")) == 2
    assert capsys.readouterr().err.splitlines() == [f"annotate: {studio.url}: no project is called 'nowhere'"]
    assert not (tmp_path / "x.json").exists()


def test_a_project_with_nothing_labelled_writes_nothing(studio, title, pushed, monkeypatch, tmp_path, capsys):
    assert run(studio, monkeypatch, "pull", "--project", title, "-o", str(tmp_path / "x.json")) == 2
    assert capsys.readouterr().err == "annotate: nothing is labelled yet; nothing was written\n"
    assert not (tmp_path / "x.json").exists()


def test_the_command_brings_files_with_the_shipped_model(studio, title, monkeypatch, tmp_path, capsys):
    (tmp_path / "ford.txt").write_text("Residents said the army shelled the ford.", encoding="utf-8")
    words = ("push", str(tmp_path / "ford.txt"), "--project", title, "--random")
    assert run(studio, monkeypatch, *words) == 0
    assert capsys.readouterr().out.startswith("1 reports brought, 0 of them without labels; 0 were there")
    assert run(studio, monkeypatch, *words) == 0
    assert capsys.readouterr().out.startswith("0 reports brought, 0 of them without labels; 1 were there; 0 labelled")
