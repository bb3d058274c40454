"""Model versions and training in the background: nothing that happens to a training spoils what is served."""

import asyncio
import json
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

from served import CONFIG, HOOK, PASSWORD, REGISTRY, Plain, ask, copy, served, until

from annotate import assets
from annotate.errors import AnnotateError
from annotate.studio import trainer as training
from annotate.studio.predict import Predictor
from annotate.studio.pull import Pulled
from annotate.studio.serve import App, Gate, Served
from annotate.studio.trainer import Trainer, train_command
from annotate.studio.versions import Versions


@pytest.fixture
def versions(tmp_path):
    return Versions(tmp_path / "models", assets.MODEL)


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
