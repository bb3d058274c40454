"""The model server without Label Studio: what it answers, whom it answers, and that training can spoil nothing."""

import asyncio
import base64
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from exported import annotation, span, unit

pytest.importorskip("starlette", reason="pip install -e '.[studio]'")
pytest.importorskip("httpx", reason="pip install -e '.[studio]'")

import httpx

from annotate import assets
from annotate.document import Span, Tags
from annotate.errors import AnnotateError
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.registry import Registry
from annotate.studio import trainer as training
from annotate.studio.predict import Predictor
from annotate.studio.pull import Pulled
from annotate.studio.serve import SECRET, App, Gate, Served
from annotate.studio.serving import credentials
from annotate.studio.trainer import Trainer, train_command
from annotate.studio.versions import Versions

TEXT = "The army shelled the ford. Residents said that bread ran out."
CONFIG = assets.LABEL_CONFIG.read_text(encoding="utf-8")
PASSWORD, HOOK, TOKEN = "a long password", "the hook's secret", "0123456789abcdef0123456789abcdef"
KNOWN = {"Authorization": "Basic " + base64.b64encode(f"annotate:{PASSWORD}".encode()).decode()}
REGISTRY = Registry.load()


class Plain:
    """In place of a model: everything is an attack that the ministry denies, and the first word is the source."""

    def __init__(self, breaks_on="\0"):
        self.breaks_on, self.seen = breaks_on, 0

    def tag(self, reports):
        for report, sentences in reports:
            self.seen += 1
            if self.breaks_on in report.text:
                raise RuntimeError(report.text)
            yield tuple(self.tags(sentence) for sentence in sentences)

    def tags(self, sentence):
        word = sentence.text.split()[0]
        return Tags(
            types=("attack",),
            stance="official",
            assertion="denies",
            type_scores={label: 0.9 if label == "attack" else 0.1 for label in TYPES},
            stance_scores={label: float(label == "official") for label in STANCES},
            assertion_scores={label: float(label == "denies") for label in ASSERTIONS},
            continues=0.0,
            sources=(Span(sentence.start, sentence.start + len(word), word),),
        )


def served(versions, tagger=None):
    return Served(versions, lambda name: Predictor(f"{name}-id", tagger or Plain(), REGISTRY))


@pytest.fixture
def versions(tmp_path):
    return Versions(tmp_path / "models", assets.MODEL)


@pytest.fixture
def app(versions):
    return App(served(versions), Gate("annotate", PASSWORD, HOOK), None, limit=1 << 20)


def ask(app, path, body=None, headers=KNOWN, content=None):
    async def go():
        transport = httpx.ASGITransport(app.starlette())
        async with httpx.AsyncClient(transport=transport, base_url="http://here", headers=headers) as client:
            if body is None and content is None:
                return await client.get(path)
            return await client.post(path, content=content if content is not None else json.dumps(body))

    return asyncio.run(go())


def predict(app, *tasks, drawn=None):
    context = None if drawn is None else {"result": drawn}
    body = {"tasks": tasks, "project": "1.2", "label_config": CONFIG, "params": {"login": None, "context": context}}
    answer = ask(app, "/predict", body)
    assert answer.status_code == 200
    return answer.json()["results"]


def task(text=TEXT, number=1, **more):
    return {"id": number, "data": {"text": text, **more}, "annotations": [], "predictions": []}


# --- what Label Studio asks, and what it needs to hear


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        ("/", None, {"status": "UP", "model_class": "annotate"}),
        ("/health", None, {"status": "UP", "model_class": "annotate"}),
        ("/setup", {"project": "5.17", "schema": CONFIG, "access_token": TOKEN}, {"model_version": "claims-id"}),
        ("/status", None, {"version": "claims-id", "name": "claims", "training": None}),
        ("/webhook", {"action": "ANNOTATION_CREATED"}, {"status": "noted"}),
        ("/predict", {"tasks": []}, {"model_version": "claims-id", "results": []}),
    ],
)
def test_each_question_has_its_answer(app, path, body, answer):
    got = ask(app, path, body)
    assert (got.status_code, got.json()) == (200, answer)


def test_versions_are_what_push_calls_them(app, versions):
    from annotate.studio.push import version_of

    assert ask(app, "/versions").json() == {"versions": [version_of(assets.MODEL)]}


def test_a_prediction_has_the_sentences_that_the_task_came_with(app):
    [one, two] = predict(app, task(sentences=[[0, 26]]), task(number=2))
    assert [one["model_version"], two["model_version"]] == ["claims-id"] * 2
    units = [[i["value"]["text"] for i in p["result"] if i.get("from_name") == "unit"] for p in (one, two)]
    assert units == [
        ["The army shelled the ford."],
        ["The army shelled the ford.", "Residents said that bread ran out."],
    ]
    assert {i["from_name"] for i in one["result"]} == {"unit", "claim_type", "stance", "assertion", "speaker", "span"}


def test_a_held_out_report_gets_sentences_and_no_labels(app):
    [one] = predict(app, task(held_out=True))
    assert {item["from_name"] for item in one["result"]} == {"unit"}


def test_offsets_stay_those_of_the_task_where_lines_end_in_two_characters(app):
    text = "🔥 Rebels entered the quarter.\r\n\r\nقالوا إن الخبز نفد."
    [one] = predict(app, task(text))
    units = [item["value"] for item in one["result"] if item.get("from_name") == "unit"]
    assert [text[u["start"] : u["end"]] for u in units] == ["🔥 Rebels entered the quarter.", "قالوا إن الخبز نفد."]


@pytest.mark.parametrize(
    "odd",
    [
        {"id": 2},
        {"id": 2, "data": {}},
        {"id": 2, "data": {"text": 5}},
        {"id": 2, "data": {"text": ""}},
        {"id": 2, "data": []},
        "task",
        None,
    ],
)
def test_fewer_predictions_than_tasks_would_lose_all_so_an_odd_task_gets_an_empty_one(app, odd):
    one, two, three = predict(app, task(), odd, task("It was quiet.", 3))
    assert two == {"model_version": "claims-id", "score": 0.0, "result": []}
    assert one["result"] and three["result"]


@pytest.mark.parametrize("sentences", [[[0, 999]], [[5, 5]], [[10, 20], [0, 5]], [["0", 3]], "x", [[0]], [[True, 3]]])
def test_sentences_that_cannot_be_are_cut_anew(app, sentences):
    [one] = predict(app, task(sentences=sentences))
    assert [i["id"] for i in one["result"] if i.get("from_name") == "unit"] == ["s000", "s001"]


def test_a_report_that_breaks_the_model_costs_no_other_its_prediction(versions, caplog):
    app = App(served(versions, Plain(breaks_on="broken")), Gate("annotate", PASSWORD, HOOK), None)
    one, two = predict(app, task("A broken report."), task(number=2))
    assert (one["result"], len(two["result"]) > 0) == ([], True)
    assert "task 1 cannot be predicted (RuntimeError)" in caplog.text
    assert "A broken report" not in caplog.text


def test_what_was_predicted_is_not_predicted_again(versions):
    tagger = Plain()
    app = App(served(versions, tagger), Gate("annotate", PASSWORD, HOOK), None)
    assert predict(app, task()) == predict(app, task(number=7))
    assert tagger.seen == 1
    predict(app, task(title="Another title"))
    assert tagger.seen == 2


# --- while an annotator draws


def drawn(start, end, label, control="span"):
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": "d1", "from_name": control, "to_name": "text", "type": "labels", "value": value}


def test_a_span_gets_what_the_model_would_mark_there_under_an_id_never_used(app):
    page = predict(app, task())[0]["result"]
    [again], [more] = (predict(app, task(), drawn=[drawn(28, 33, "Source")]) for _ in range(2))
    [region] = again["result"]
    assert (region["from_name"], region["value"]["text"], region["value"]["labels"]) == (
        "span",
        "Residents",
        ["Source"],
    )
    ids = {item.get("id") for item in (*page, drawn(0, 1, "Source"), *more["result"])}
    assert region["id"] not in ids


def test_what_stands_on_the_page_is_not_said_again_and_relations_never(app):
    text = "Residents said that bread ran out. They fled."
    page = predict(app, task(text))[0]["result"]
    shown = {**task(text), "drafts": [{"result": page}]}
    [reply] = predict(app, shown, drawn=[{**drawn(14, 19, "Place"), "id": "d1"}])
    places = [(i["value"]["start"], i["value"]["end"], i["value"]["labels"]) for i in reply["result"]]
    assert places == [(15, 19, ["Place"])]  # without the blank
    assert not {item.get("id") for item in reply["result"]} & {item.get("id") for item in page}
    assert all(item["type"] != "relation" for item in reply["result"])


def test_a_sentence_drawn_anew_gets_its_answers_under_one_fresh_id(app):
    [reply] = predict(app, task(), drawn=[drawn(0, 16, "Sentence", "unit")])
    answers = {item["from_name"]: item["id"] for item in reply["result"] if item["from_name"] != "span"}
    assert set(answers) >= {"unit", "claim_type", "stance", "assertion", "speaker"}
    assert len(set(answers.values())) == 1
    assert not answers["unit"].startswith("s0")


@pytest.mark.parametrize(
    "regions",
    [
        [],
        ["x"],
        [{}],
        [{"from_name": "span", "value": {"start": 5}}],
        [drawn(50, 9999, "Source")],
        [drawn(9, 3, "Cue")],
    ],
)
def test_a_drawing_that_says_nothing_gets_nothing(app, regions):
    assert [reply["result"] for reply in predict(app, task(), drawn=regions)] == [[]]


def test_nobody_is_led_where_a_report_is_held_out(app):
    assert predict(app, task(held_out=True), drawn=[drawn(28, 33, "Source")])[0]["result"] == []


# --- who may ask


@pytest.mark.parametrize("path", ["/health", "/setup", "/predict", "/versions", "/status"])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic " + base64.b64encode(b"annotate:wrong").decode()},
        {"Authorization": KNOWN["Authorization"][:-1]},
        {"Authorization": f"Token {TOKEN}"},
        {SECRET: HOOK},
    ],
)
def test_without_user_and_password_there_is_no_answer(app, path, headers):
    body = {"tasks": [], "schema": CONFIG} if path in ("/setup", "/predict") else None
    answer = ask(app, path, body, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Basic")
    assert PASSWORD not in answer.text


class Told:
    """In place of a trainer."""

    def __init__(self):
        self.heard = []

    def start(self):
        self.heard.append("train")
        return len(self.heard) == 1

    def hint(self):
        self.heard.append("look")


@pytest.mark.parametrize(
    ("headers", "content", "heard"),
    [
        (KNOWN, '{"action": "START_TRAINING"}', ["train"]),
        ({SECRET: HOOK}, '{"action": "ANNOTATION_CREATED"}', ["look"]),
        ({SECRET: HOOK}, '{"action": "ANNOTATIONS_DELETED"}', ["look"]),
        ({SECRET: HOOK}, '{"action": "PROJECT_UPDATED"}', []),
        # Anybody may say anything: we look at the project ourselves, and nothing else.
        ({}, '{"action": "START_TRAINING"}', ["look"]),
        ({}, "no JSON at all", ["look"]),
        ({SECRET: "guessed"}, '{"action": "START_TRAINING"}', ["look"]),
        ({"Authorization": "Basic x"}, '{"action": "START_TRAINING"}', ["look"]),
    ],
)
def test_only_who_is_known_starts_a_training(app, headers, content, heard):
    app.trainer = Told()
    answer = ask(app, "/webhook", headers=headers, content=content)
    assert answer.status_code in (200, 201)
    assert app.trainer.heard == heard


def test_a_second_start_is_told_that_one_is_running(app):
    app.trainer = Told()
    answers = [ask(app, "/webhook", {"action": "START_TRAINING"}) for _ in range(2)]
    assert [(a.status_code, a.json()["status"]) for a in answers] == [(201, "started"), (200, "running already")]


def test_a_server_without_training_says_so(app):
    answer = ask(app, "/webhook", {"action": "START_TRAINING"})
    assert (answer.status_code, "does not train" in answer.json()["error"]) == (409, True)


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({}, "ANNOTATE_STUDIO_PASSWORD is not set"),
        ({"ANNOTATE_STUDIO_PASSWORD": "pässword"}, "ANNOTATE_STUDIO_PASSWORD: only the letters"),
        ({"ANNOTATE_STUDIO_PASSWORD": "a\nb"}, "only the letters"),
        ({"ANNOTATE_STUDIO_PASSWORD": "x", "ANNOTATE_STUDIO_USER": "a:b"}, "no colon"),
    ],
)
def test_there_is_no_server_without_a_password(environment, line):
    with pytest.raises(AnnotateError, match=line):
        credentials(environment)


# --- bad input


@pytest.mark.parametrize(
    ("path", "content", "status"),
    [
        ("/predict", "", 400),
        ("/predict", "{", 400),
        ("/predict", "[]", 400),
        ("/predict", "[" * 100_000, 400),
        ("/predict", '{"tasks": 5}', 400),
        ("/predict", b"\xff\xfe", 400),
        ("/predict", '{"tasks": [], "params": "x"}', 200),
        ("/predict", "x" * (1 << 20) + "x", 413),
        ("/webhook", "x" * (1 << 20) + "x", 413),
        ("/webhook", "{", 400),
        ("/setup", '{"schema": 5}', 400),
        ("/nowhere", "{}", 404),
    ],
)
def test_bad_input_is_one_answer_and_no_crash(app, path, content, status):
    assert ask(app, path, content=content).status_code == status
    assert ask(app, "/health").status_code == 200


def test_a_project_with_another_labelling_interface_is_told_what_it_lacks(app, caplog):
    answer = ask(app, "/setup", {"project": "7.1", "schema": CONFIG.replace('name="stance"', 'name="mood"')})
    assert answer.status_code == 400
    assert "has no stance" in answer.json()["error"]
    assert "project 7: the labelling interface has no stance" in caplog.text


def test_no_secret_is_ever_logged(app, caplog):
    caplog.set_level(logging.DEBUG)
    app.trainer = Told()
    for headers in (KNOWN, {SECRET: HOOK}, {}):
        ask(app, "/setup", {"schema": "", "access_token": TOKEN}, headers=headers)
        ask(app, "/webhook", {"action": "X", "project": {"token": TOKEN}}, headers=headers)
        ask(app, "/predict", {"tasks": {"token": TOKEN}}, headers=headers)
    assert caplog.text
    for secret in (TOKEN, PASSWORD, HOOK, KNOWN["Authorization"]):
        assert secret not in caplog.text


def test_health_answers_at_once_while_the_model_is_at_work(versions):
    class Slow(Plain):
        def tag(self, reports):
            time.sleep(1.5)
            yield from super().tag(reports)

    app = App(served(versions, Slow()), Gate("annotate", PASSWORD, HOOK), None)

    async def go():
        transport = httpx.ASGITransport(app.starlette())
        async with httpx.AsyncClient(transport=transport, base_url="http://here", headers=KNOWN) as client:
            predicting = asyncio.create_task(client.post("/predict", json={"tasks": [task()]}))
            await asyncio.sleep(0.2)
            began, waits = time.monotonic(), []
            while not predicting.done():
                once = time.monotonic()
                await client.get("/health")
                await client.post("/setup", json={"schema": CONFIG})
                waits.append(time.monotonic() - once)
                await asyncio.sleep(0.05)
            return (await predicting).status_code, max(waits), time.monotonic() - began

    status, longest, together = asyncio.run(go())
    assert status == 200
    assert longest < together / 2


# --- versions


def test_a_version_is_chosen_followed_and_kept(versions):
    shipped = versions.names()[0]
    copy(versions, "v001")
    first = served(versions)
    assert (versions.names(), first.name) == ([shipped, "v001"], shipped)
    app = App(first, Gate("annotate", PASSWORD, HOOK), None)
    Versions(versions.folder, versions.base).use(versions.id("v001"))  # another process, by Label Studio's name
    assert first.behind()
    ask(app, "/health")
    until(lambda: first.name == "v001")
    assert ask(app, "/setup", {"schema": CONFIG}).json() == {"model_version": "v001-id"}
    assert served(Versions(versions.folder, versions.base)).name == "v001"  # after a restart
    assert len(set(ask(app, "/versions").json()["versions"])) == 2


def test_a_version_that_is_not_there_or_damaged_is_not_put_in_use(versions, caplog):
    copy(versions, "v001")
    with pytest.raises(AnnotateError, match="no version is called 'v009'; there are claims, v001"):
        versions.use("v009")
    now = served(versions)
    (versions.folder / "v001" / "tokenizer.json").write_text("{}")
    with pytest.raises(AnnotateError, match=r"tokenizer\.json: damaged"):
        versions.use("v001")
    assert versions.current() == "claims"
    (versions.folder / "current").write_text("v009\n")  # by hand
    for _ in range(3):
        assert not now.behind()
    assert now.name == "claims"
    assert caplog.text.count("v009") == 1
    with pytest.raises(AnnotateError, match=r"current: .*choose one with annotate studio use"):
        served(versions)


def test_a_damaged_version_chosen_by_hand_leaves_the_old_one_served(versions, caplog):
    def opening(name):
        if name == "v001":
            raise AnnotateError("damaged")
        return Predictor(name, Plain(), REGISTRY)

    copy(versions, "v001")
    now = Served(versions, opening)
    (versions.folder / "current").write_text("v001\n")
    now.follow()
    now.follow()
    assert (now.name, now.behind()) == ("claims", False)
    assert caplog.text.count("v001 cannot be served: damaged") == 1


def test_the_command_lists_and_chooses(versions, capsys):
    from annotate.cli import main

    copy(versions, "v001")
    words = ["studio", "use", "--models", str(versions.folder)]
    assert main([*words, "v001"]) == 0
    assert main(words) == 0
    assert main([*words, "v7"]) == 2
    said = capsys.readouterr()
    assert said.out.splitlines()[0] == "v001 is used from now on"
    assert [line[:6] for line in said.out.splitlines()[1:]] == ["  clai", "* v001"]
    assert "no version is called 'v7'" in said.err


def copy(versions, name):
    """The shipped model as another version, without its weight on the disk."""
    folder = versions.folder / name
    folder.mkdir(parents=True)
    for path in assets.MODEL.iterdir():
        if path.suffix == ".json":
            (folder / path.name).write_bytes(path.read_bytes())
        else:
            os.link(path, folder / path.name)


# --- training

LEARNS = "import sys, pathlib; pathlib.Path(sys.argv[1], 'training.toml').write_text('# learned')"
WORSE = """import sys; print('epoch 1', file=sys.stderr); sys.stderr.write('train.py: x: left as it is, since ')
print('it does better on the reports held back (0.9 against 0.8); to put the new one', file=sys.stderr); sys.exit(2)"""
CRASHES = "import sys; print('MemoryError: all gone', file=sys.stderr); sys.exit(1)"
KILLED = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
SPOILS = "import sys, pathlib; pathlib.Path(sys.argv[1], 'model.onnx').write_bytes(b'')"
LASTS = "import time; time.sleep(60)"


def labelled(count=3, **more):
    tasks = []
    for number in range(count):
        text = f"The army shelled ford {number}."
        result = [*unit("s000", (0, len(text))), span("a", 4, 8, "Agent")]
        data = {"report": f"r{number}", "text": text, **more}
        tasks.append({"id": number, "data": data, "annotations": [annotation(*result, id=number + 1)]})
    return Pulled(tasks)


def trainer(versions, code=LEARNS, pulled=None, **more):
    def command(job):
        return [sys.executable, "-c", code, str(job.out), str(job.data), str(job.dev)]

    return Trainer(versions, lambda: pulled or labelled(), command, **more)


def until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)


def rest(one):
    until(lambda: one.status()["doing"] == "nothing")
    return one.status()["last"]


def test_a_training_ends_in_a_version_that_is_served(versions):
    now = served(versions)
    one = trainer(versions, changed=now.follow)
    assert one.start()
    last = rest(one)
    assert (last["outcome"], last["version"], last["reports"]) == ("done", "v001", 3)
    assert (versions.current(), now.name) == ("v001", "v001")
    assert (versions.folder / "v001" / "training.toml").read_text() == "# learned"
    assert one.start()
    assert rest(one)["version"] == "v002"
    assert not list(versions.folder.glob(".*"))


@pytest.mark.parametrize(
    ("code", "outcome", "why"),
    [
        (WORSE, "kept the old version", "it does better on the reports held back (0.9 against 0.8)"),
        (CRASHES, "failed", "MemoryError: all gone"),
        (KILLED, "failed", "it ended with -9 and said nothing"),
        (SPOILS, "failed", "model.onnx: damaged"),
        ("import nowhere", "failed", "No module named 'nowhere'"),
    ],
)
def test_a_training_that_fails_or_does_worse_changes_nothing(versions, code, outcome, why):
    now = served(versions)
    one = trainer(versions, code, changed=now.follow)
    assert one.start()
    last = rest(one)
    assert (last["outcome"], why in last["why"]) == (outcome, True), last["why"]
    assert (versions.names(), versions.current(), now.name) == (["claims"], "claims", "claims")
    assert one.start(), "the next one may run"
    rest(one)


def test_a_server_that_cannot_be_asked_is_a_training_that_failed(versions):
    def refused():
        raise AnnotateError("http://x: no Label Studio answers there")

    one = Trainer(versions, refused, lambda job: [])
    assert one.start()
    assert rest(one)["why"] == "http://x: no Label Studio answers there"


def test_nothing_labelled_is_said(versions):
    one = trainer(versions, pulled=Pulled([]))
    assert one.start()
    assert rest(one)["why"] == "nothing is labelled yet"


def test_two_trainings_never_run_at_once(versions):
    one, other = trainer(versions, LASTS), trainer(versions)
    won = []
    racers = [threading.Thread(target=lambda each=each: won.append(each.start())) for each in (one, other, one, other)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    assert sorted(won) == [False, False, False, True]
    one.stop()
    other.stop()


def test_nor_do_those_of_two_servers_even_if_one_died(versions, tmp_path):
    one = trainer(versions, f"import pathlib; pathlib.Path({str(tmp_path / 'runs')!r}).touch(); {LASTS}")
    assert one.start()
    until((tmp_path / "runs").exists)
    code = f"""if True:
        from pathlib import Path
        from annotate import assets
        from annotate.studio.trainer import Trainer
        from annotate.studio.versions import Versions
        print(Trainer(Versions(Path({str(versions.folder)!r}), assets.MODEL), None, None).start())"""
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"
    # The training itself holds the lock as well: its server's own hand on it may be gone.
    child = one._child.pid
    held = [os.readlink(f"/proc/{child}/fd/{number}") for number in os.listdir(f"/proc/{child}/fd")]
    assert str(versions.folder / "training.lock") in held
    one.stop()


def test_stopping_ends_the_training_and_all_that_it_started(versions, tmp_path):
    code = f"""if True:
        import os, pathlib, signal, subprocess, sys, time
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        pathlib.Path({str(tmp_path / "pids")!r}).write_text(f"{{os.getpid()}} {{other.pid}}")
        time.sleep(60)"""
    one = trainer(versions, code)
    training.GRACE, kept = 0.5, training.GRACE
    try:
        assert one.start()
        until(lambda: (tmp_path / "pids").exists() and (tmp_path / "pids").read_text())
        one.stop()
    finally:
        training.GRACE = kept
    for process in map(int, (tmp_path / "pids").read_text().split()):
        until(lambda process=process: gone(process))
    assert one.status()["last"]["why"] == "the server was stopped"
    assert not one.start()


def gone(process):
    try:
        os.kill(process, signal.SIG_DFL)
        with open(f"/proc/{process}/stat") as file:
            return file.read().split(")")[1].split()[0] == "Z"
    except OSError:
        return True


def test_a_version_chosen_meanwhile_stays(versions, tmp_path):
    go = tmp_path / "go"
    one = trainer(versions, f"import pathlib, time\nwhile not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)")
    copy(versions, "mine")
    assert one.start()
    until(lambda: one.status()["doing"] == "training")
    versions.use("mine")
    go.touch()
    last = rest(one)
    assert (last["outcome"], last["version"]) == ("done, not put in use", "v001")
    assert (versions.current(), versions.names()) == ("mine", ["claims", "mine", "v001"])


def test_every_so_many_new_annotations_one_training(versions, monkeypatch):
    monkeypatch.setattr(training, "PAUSE", 0.05)
    pulled = labelled(2)
    one = trainer(versions, pulled=pulled, every=3)
    one.begin()
    for _ in range(5):
        one.hint()
        time.sleep(0.05)
    assert one.status()["last"] is None, "two are not three, whatever is said"
    pulled.tasks[:] = labelled(3).tasks
    one.hint()
    until(lambda: one.status()["last"] is not None)
    assert rest(one)["version"] == "v001"
    for _ in range(5):
        one.hint()
        time.sleep(0.05)
    assert versions.names() == ["claims", "v001"], "the same three are not new again"
    one.stop()
    again = trainer(versions, pulled=pulled, every=3)  # nor after a restart
    again._look()
    assert (again.status()["doing"], versions.names()) == ("nothing", ["claims", "v001"])


KEEPS = "import sys, shutil; [shutil.copy(path, '../..') for path in sys.argv[2:] if path != 'None']"


def learned_and_kept(versions, pulled):
    """The reports that a training learned from and those that it was measured on."""
    one = trainer(versions, KEEPS, pulled)
    assert one.start()
    assert rest(one)["outcome"] == "done"
    files = [versions.folder.parent / name for name in ("labelled.json", "held.json")]
    return [{t["data"]["report"] for t in json.loads(f.read_text())} if f.exists() else set() for f in files]


def test_a_report_once_held_back_is_so_in_every_later_training(versions):
    learned, kept = learned_and_kept(versions, labelled(40))
    later_learned, later_kept = learned_and_kept(versions, labelled(60))
    assert kept
    assert (len(learned | kept), len(later_learned | later_kept)) == (40, 60)
    assert not learned & kept
    assert not kept & later_learned
    assert kept <= later_kept


def test_where_none_would_be_held_back_train_py_divides_the_reports(versions):
    assert learned_and_kept(versions, labelled(1)) == [{"r0"}, set()]


def test_held_out_reports_of_the_project_are_what_a_training_is_measured_on(versions):
    apart = labelled(32).tasks[30:]
    for one in apart:
        one["data"]["held_out"] = True
    learned, kept = learned_and_kept(versions, Pulled([*labelled(30).tasks, *apart]))
    assert (len(learned), kept) == (30, {"r30", "r31"})


def test_the_training_knows_no_secret(versions, tmp_path):
    out = tmp_path / "environment"
    one = trainer(versions, f"import os; open({str(out)!r}, 'w').write(repr(dict(os.environ)))", environment={"A": "b"})
    assert one.start()
    rest(one)
    assert "API_KEY" not in out.read_text()


def test_without_a_checkout_it_is_said_what_is_needed(tmp_path):
    with pytest.raises(AnnotateError, match=r"no train\.py there, and none comes with an installed package"):
        train_command(tmp_path / "train.py", [])


def test_the_command_is_one_that_train_py_understands(tmp_path):
    train = pytest.importorskip("train", reason="pip install -e '.[train]'")
    job = training.Job(tmp_path / "a.json", tmp_path / "b.json", assets.MODEL, tmp_path / "v001")
    words = train_command(assets.TRAIN, ["--epochs", "1"])(job)
    read = train.options().parse_args(words[2:])
    assert (read.data, read.dev, read.out, read.epochs) == ([job.data], [job.dev], job.out, 1)
    assert (read.start, read.replace) == (str(assets.MODEL), False)


def test_a_damaged_note_of_the_last_training_is_one_line(versions):
    versions.folder.mkdir()
    (versions.folder / "training.json").write_text("[")
    with pytest.raises(AnnotateError, match=r"training\.json: cannot be read .*remove it"):
        trainer(versions)


def test_the_end_of_the_server_is_the_end_of_its_training(versions):
    one = trainer(versions, LASTS)
    app = App(served(versions), Gate("annotate", PASSWORD, HOOK), one)

    async def live():
        async with app._lifespan(None):
            assert one.start()
            while one.status()["doing"] != "training":
                await asyncio.sleep(0.02)

    asyncio.run(live())
    assert one.status()["last"]["why"] == "the server was stopped"
