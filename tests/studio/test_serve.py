"""The model server behind a real Label Studio: registered, asked, told of annotations, and trained by its button."""

import base64
import itertools
import os
import re
import secrets
import subprocess
import sys
import time

import pytest
from real import HOW, free_port, program

if not program().exists():
    pytest.skip(HOW, allow_module_level=True)
pytest.importorskip("label_studio_sdk", reason="pip install -e '.[studio]'")
pytest.importorskip("uvicorn", reason="pip install -e '.[studio]'")

import httpx

from annotate import assets
from annotate.document import Report
from annotate.engine import load
from annotate.studio.push import push
from annotate.studio.server import Server
from annotate.tag import Tagger

pytestmark = pytest.mark.slow  # the server's first start takes most of a minute
NUMBERS = itertools.count(1)
PASSWORD = secrets.token_urlsafe(12)
# As little as train.py can do: one round over the reports, so slowly that nothing is unlearned.
SHORT = "--epochs 1 --rehearse false --encoder-rate 1e-6 --head-rate 1e-6 --held 0.3"
TEXTS = [
    "The army shelled the ford. Residents said that bread ran out. They fled at night.",
    "The ministry denied that its jets hit the silo.\n\nTwo guards were wounded.",
    "🔥 Rebels entered the gate quarter on Sunday. قال المرصد إن الغارة قتلت خمسة.",
    "Activists said that helicopters dropped barrels on the market.",
]


class Serving:
    """A running ``annotate studio serve``."""

    def __init__(self, studio, models, log, *words, port=None):
        self.port, self.log = port or free_port(), log
        self.begin = log.stat().st_size if log.exists() else 0  # an earlier server may have written there
        self.url = f"http://127.0.0.1:{self.port}"
        environment = os.environ | {
            "LABEL_STUDIO_URL": studio.url, "LABEL_STUDIO_API_KEY": studio.token, "ANNOTATE_STUDIO_PASSWORD": PASSWORD,
        }  # fmt: skip
        command = [sys.executable, "-m", "annotate", "studio", "serve", "--models", str(models)]
        with log.open("ab") as said:
            self.process = subprocess.Popen(
                [*command, "--port", str(self.port), *words], env=environment, stdout=said, stderr=said
            )

    def said(self):
        return self.log.read_bytes()[self.begin :].decode(errors="replace")

    def until(self, words, seconds=120):
        end = time.monotonic() + seconds
        while not re.search(words, self.said()):
            assert self.process.poll() is None and time.monotonic() < end, self.said()
            time.sleep(0.1)

    def ask(self, path):
        return httpx.get(self.url + path, auth=("annotate", PASSWORD), timeout=10).json()

    def trained(self, seconds=400):
        """How the training that runs ends."""
        end, waits = time.monotonic() + seconds, []
        while True:
            began = time.monotonic()
            status = self.ask("/status")["training"]
            waits.append(time.monotonic() - began)
            if status["doing"] == "nothing" and status["last"]:
                return status["last"], max(waits)
            assert time.monotonic() < end, self.said()
            time.sleep(0.1)

    def stop(self):
        self.process.terminate()
        return self.process.wait(60)


@pytest.fixture
def title():
    return f"served {next(NUMBERS)}"


@pytest.fixture
def project(studio, title):
    """A project whose tasks come without predictions, as if dropped into Label Studio by hand."""
    config = assets.LABEL_CONFIG.read_text(encoding="utf-8")
    made = studio.api.projects.create(title=title, label_config=config, show_collab_predictions=True)
    about = {"title": "", "outlet": "", "date": ""}
    tasks = [{"data": {"report": f"r{n}", "text": text, **about}} for n, text in enumerate(TEXTS)]
    studio.api.projects.import_tasks(made.id, request=tasks)
    return made


@pytest.fixture
def serve(studio, title, project, tmp_path):
    """Starts servers for the project; whatever happens, none of them logs a secret."""
    running = []

    def start(*words, wait="it is the model of", **more):
        one = Serving(studio, tmp_path / "models", tmp_path / "log", "--project", title, *words, **more)
        running.append(one)
        one.until(wait)
        one.version = one.ask("/status")["version"]
        assert re.fullmatch(r"\w+-[0-9a-f]{10}", one.version)
        return one

    yield start
    for one in running:
        one.stop()
    said = (tmp_path / "log").read_text()
    hooks = studio.api.webhooks.list(project=str(project.id))
    told = [value for hook in hooks for value in (hook.headers or {}).values()]
    for secret in (studio.token, PASSWORD, base64.b64encode(f"annotate:{PASSWORD}".encode()).decode(), *told):
        assert secret not in said


def tasks_of(studio, project):
    return list(studio.api.tasks.list(project=project.id, fields="all"))


def retrieve(studio, project):
    studio.api.actions.create(
        id="retrieve_tasks_predictions", project=project.id, selected_items={"all": True, "excluded": []}
    )


def post(studio, path, body):
    return httpx.post(studio.url + path, json=body, headers={"Authorization": f"Token {studio.token}"}, timeout=100)


def submit(studio, task):
    """Submit a task as it was predicted, with the last sentence's stance changed."""
    result = task.predictions[0].result
    [item for item in result if item.get("from_name") == "stance"][-1]["value"]["choices"] = ["ngo"]
    return studio.api.annotations.create(task.id, result=result, lead_time=5.0)


def test_it_registers_itself_once_with_a_hook_that_brings_a_secret(studio, project, serve):
    for port in (None, None):  # the second time elsewhere
        one = serve(port=port)
        [backend] = studio.api.ml.list(project=project.id)
        assert (backend.url, backend.readable_state, backend.model_version) == (one.url, "Connected", one.version)
        assert backend.is_interactive
        [hook] = studio.api.webhooks.list(project=str(project.id))  # none of Label Studio's own beside it
        assert (hook.url, list(hook.headers), hook.send_payload) == (
            f"{one.url}/webhook",
            ["X-Annotate-Secret"],
            False,
        )
        assert studio.api.projects.get(project.id).model_version == "annotate"
        assert one.stop() == 0


def test_predictions_are_retrieved_for_every_report_once(studio, project, serve):
    one = serve()
    for _ in range(2):
        retrieve(studio, project)
        found = tasks_of(studio, project)
        assert [[p.model_version for p in task.predictions] for task in found] == [[one.version]] * len(TEXTS)
    for task in found:
        text = task.data["text"]
        units = [item["value"] for item in task.predictions[0].result if item.get("from_name") == "unit"]
        assert units and all(text[u["start"] : u["end"]] == u["text"] for u in units)


def test_they_are_those_that_push_brings(studio, project, serve, title):
    one = serve()
    retrieve(studio, project)
    served = {task.data["text"]: task.predictions[0].result for task in tasks_of(studio, project)}
    reports = [Report(f"r{n}", text) for n, text in enumerate(TEXTS[:1])]
    done = push(Server(studio.url, studio.token), f"{title} b", reports, Tagger(load(assets.MODEL)), one.version)
    [pushed] = tasks_of(studio, done.project)
    assert pushed.predictions[0].result == served[TEXTS[0]]


def test_a_report_is_labelled_as_it_is_opened(studio, project, serve):
    one = serve()
    studio.api.projects.update(project.id, evaluate_predictions_automatically=True)
    task = next(iter(studio.api.tasks.list(project=project.id)))
    began = time.monotonic()
    opened = studio.api.tasks.get(task.id)
    assert [p.model_version for p in opened.predictions] == [one.version]
    assert time.monotonic() - began < 10


def test_the_next_report_comes_labelled_also_when_the_server_was_stopped(studio, project, serve):
    one = serve()
    retrieve(studio, project)
    answer = [post(studio, f"/api/dm/actions?id=next_task&project={project.id}", {})]
    assert one.stop() == 0
    answer.append(post(studio, f"/api/dm/actions?id=next_task&project={project.id}", {}))
    assert [[p["model_version"] for p in a.json()["predictions"]] for a in answer] == [[one.version]] * 2


def test_a_held_out_report_is_shown_without_labels(studio, project, serve):
    serve()
    task = {"report": "h", "text": TEXTS[0], "title": "", "outlet": "", "date": "", "held_out": True}
    studio.api.projects.import_tasks(project.id, request=[{"data": task}])
    retrieve(studio, project)
    [held] = [task for task in tasks_of(studio, project) if task.data.get("held_out")]
    assert {item["from_name"] for item in held.predictions[0].result} == {"unit"}


def test_a_drawing_is_answered_with_fresh_regions_alone(studio, project, serve):
    one = serve()
    retrieve(studio, project)
    task = tasks_of(studio, project)[0]
    page = task.predictions[0].result
    at = task.data["text"].index("night")
    value = {"start": at, "end": at + 6, "text": "night.", "labels": ["Place"]}
    drawn = {"id": "fresh", "from_name": "span", "to_name": "text", "type": "labels", "value": value}
    [backend] = studio.api.ml.list(project=project.id)
    body = {"task": task.id, "context": {"result": [drawn]}}
    reply = post(studio, f"/api/ml/{backend.id}/interactive-annotating", body).json()["data"]
    assert reply["model_version"] == one.version
    assert value not in [item["value"] for item in reply["result"]]
    assert not {item["id"] for item in reply["result"]} & {item.get("id") for item in (*page, drawn)}
    assert all(item["type"] != "relation" for item in reply["result"])


def test_start_training_ends_in_a_version_that_predicts(studio, project, serve):
    one = serve("--train-options", SHORT)
    retrieve(studio, project)
    for task in tasks_of(studio, project):
        submit(studio, task)
    [backend] = studio.api.ml.list(project=project.id)
    studio.api.ml.train(backend.id)
    studio.api.ml.train(backend.id)  # pressed twice
    last, longest = one.trained()
    assert (last["outcome"], last.get("version")) == ("done", "v001"), (last, one.said())
    assert longest < 1, "it answers while it trains"
    assert one.said().count("training v001 from claims") == 1
    versions = studio.api.ml.list_model_versions(backend.id).versions
    assert [name.rpartition("-")[0] for name in versions] == ["claims", "v001"]
    assert studio.api.ml.get(backend.id).model_version == versions[1]
    retrieve(studio, project)
    for task in tasks_of(studio, project):
        assert {p.model_version for p in task.predictions} == set(versions)
    one.stop()
    again = serve("--no-train")
    assert again.ask("/status")["name"] == "v001"
    shipped = again.ask("/versions")["versions"][0]
    use = ["-m", "annotate", "studio", "use", "claims", "--models", str(again.log.parent / "models")]
    subprocess.run([sys.executable, *use], check=True)
    again.ask("/health")
    again.until(f"{shipped} is served now")
    assert studio.api.ml.get(backend.id).model_version == shipped


QUICK = """import pathlib, sys
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
(out / "training.toml").write_text("# " + str(len(pathlib.Path(sys.argv[2]).read_text())))
"""


def test_annotations_are_told_by_our_hook_and_counted_by_ourselves(studio, project, serve, tmp_path):
    (tmp_path / "train.py").write_text(QUICK)
    one = serve("--every", "2", "--train", str(tmp_path / "train.py"))
    retrieve(studio, project)
    tasks = tasks_of(studio, project)
    submit(studio, tasks[0])
    # What anybody may say changes nothing: there is but one annotation.
    for body in ({"action": "START_TRAINING"}, {"action": "ANNOTATION_CREATED"}):
        assert httpx.post(f"{one.url}/webhook", json=body).json() == {"status": "noted"}
    assert one.ask("/status")["training"]["last"] is None
    submit(studio, tasks[1])
    last, _ = one.trained()
    assert (last["outcome"], last["version"], last["reports"]) == ("done", "v001", 2)
    assert one.ask("/status")["version"].startswith("v001-")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--address", "http://10.0.0.5:9090"), "Label Studio may not call the address of annotate studio serve"),
        (("--address", "http://127.0.0.1:9"), "HTTP 400: .*connect to ML backend http://127.0.0.1:9,"),
        (("--project", "nowhere at all"), "no project is called 'nowhere at all'"),
        (("--project", "987654"), "no project is called '987654'"),
        (("--train", "nowhere.py"), "nowhere.py: no train.py there"),
        (("--token-env", "HOME"), "access token"),
    ],
)
def test_what_keeps_it_from_its_work_is_one_line(studio, project, title, tmp_path, words, line):
    one = Serving(studio, tmp_path / "models", tmp_path / "log", "--project", title, *words)
    assert one.process.wait(120) == 2
    [said] = [text for text in one.said().splitlines() if text.startswith("annotate: ")]
    assert re.search(line, said), said
    assert "Traceback" not in one.said()


def test_a_project_is_found_by_its_number_and_a_port_that_is_taken_is_said(studio, project, serve, tmp_path):
    one = serve("--project", str(project.id))
    other = Serving(studio, tmp_path / "models", tmp_path / "log2", port=one.port)
    assert other.process.wait(60) == 2
    assert "cannot listen there" in other.said()
