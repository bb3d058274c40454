"""The model server without Label Studio: what it answers, and whom."""

import asyncio
import base64
import logging
import time

import pytest

pytest.importorskip("starlette", reason="pip install -e '.[studio]'")
pytest.importorskip("httpx", reason="pip install -e '.[studio]'")

import httpx
from served import CONFIG, HOOK, KNOWN, PASSWORD, TEXT, TOKEN, Plain, ask, served

from annotate import assets
from annotate.errors import AnnotateError
from annotate.studio.serve import SECRET, App, Gate
from annotate.studio.serving import credentials
from annotate.studio.versions import Versions


@pytest.fixture
def versions(tmp_path):
    return Versions(tmp_path / "models", assets.MODEL)


@pytest.fixture
def app(versions):
    return App(served(versions), Gate("annotate", PASSWORD, HOOK), None, limit=1 << 20)


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
    assert reply["result"] == []
    [fresh] = predict(app, task(text), drawn=[{**drawn(14, 19, "Place"), "id": "d1"}])
    assert [item["value"]["text"] for item in fresh["result"]] == ["Residents"]
    assert "relation" in {item["type"] for item in page}
    [again] = predict(app, task(text), drawn=[drawn(0, 9, "Source")])
    assert again["result"] == [], "what was drawn stays on the page by itself"


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
