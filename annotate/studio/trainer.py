"""Training in the background: what annotators did so far goes through train.py, in a process of its own.

The lock file in the folder of the versions is held by the trainer and by the training itself, so that no two run over
one folder, whichever servers are there, and also where a server died and left its training behind.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError
from annotate.studio.pull import Pulled, save
from annotate.studio.versions import Versions
from annotate.write import whole

HELD = 10  # of so many reports one is held back to measure on, where the project has no held-out ones
PAUSE = 30.0  # seconds between two looks at a project, however often we are told to look
ROUND = 600.0  # seconds after which we look without being told: a hook that got lost is never repeated
GRACE = 10.0  # seconds that a training has to end when it is told to
_WORSE = re.compile(r"left as it is, since it (.*?)(?:; to put|$)")  # how train.py refuses a worse model
_log = logging.getLogger("annotate.studio")


@dataclass(frozen=True, slots=True)
class Job:
    """What a training is to do: learn from ``data``, be measured on ``dev``, go on from ``start``, write ``out``.

    A copy of ``start`` stands at ``out``; a training that does worse leaves it and ends with another status than 0.
    """

    data: Path
    dev: Path | None
    start: Path
    out: Path


def train_command(script: Path, options: Sequence[str]) -> Callable[[Job], list[str]]:
    """How a job is done by train.py.

    Raises:
        AnnotateError: there is no such file, or what it needs is not installed.
    """
    if not script.is_file():
        raise AnnotateError(
            f"{script}: no train.py there, and none comes with an installed package; give that of a checkout with "
            "--train, or do without training (--no-train)"
        )
    if find_spec("torch") is None or find_spec("transformers") is None:
        raise AnnotateError("training needs torch and transformers: pip install 'annotate[train]', or --no-train")

    def command(job: Job) -> list[str]:
        words = [sys.executable, str(script.resolve()), "--data", str(job.data), "--from", str(job.start)]
        return [*words, "--out", str(job.out), *(["--dev", str(job.dev)] if job.dev else []), *options]

    return command


class Trainer:
    """Trains when told to, and where ``every`` is set, when so many annotations are new."""

    def __init__(
        self,
        versions: Versions,
        export: Callable[[], Pulled],
        command: Callable[[Job], list[str]],
        *,
        every: int = 0,
        changed: Callable[[], None] = lambda: None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """A trainer at rest.

        Args:
            versions: where versions are kept.
            export: fetches what is annotated by now; may raise AnnotateError.
            command: the words of the process that does a job.
            every: train when so many annotations are new since the last training; 0 for never.
            changed: called when another version has been put in use.
            environment: of the training; should hold no secrets.
        """
        self.versions, self.every = versions, every
        self._export, self._command, self.changed, self._environment = export, command, changed, environment
        self._kept = versions.folder / "training.json"
        self._work = versions.folder / ".training"
        self._stopping, self._hinted = threading.Event(), threading.Event()
        self._doing: str | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._threads: list[threading.Thread] = []
        self._last: dict[str, Any] = self._read()

    def begin(self) -> None:
        """Start to look after new annotations, if that is wanted."""
        if self.every:
            self._hinted.set()
            self._run_thread(self._watch)

    def hint(self) -> None:
        """Somebody says that annotations have changed; we look ourselves, soon."""
        self._hinted.set()

    def start(self) -> bool:
        """Start a training; False if one is running already, here or elsewhere."""
        if self._stopping.is_set() or (lock := self._lock()) is None:
            return False
        self._doing = "exporting"
        self._run_thread(self._train, lock)
        return True

    def stop(self) -> None:
        """End what is running, and wait for it."""
        self._stopping.set()
        self._hinted.set()
        self._end_child()
        for thread in self._threads:
            thread.join(GRACE * 2)

    def status(self) -> dict[str, Any]:
        """What is going on, and how the last training ended."""
        last = {key: value for key, value in self._last.items() if key != "annotations"}
        return {"doing": self._doing or "nothing", "every": self.every, "last": last or None}

    # --- one training

    def _train(self, lock: int) -> None:
        began = time.time()
        found: dict[str, Any] = {"began": _clock(began), "outcome": "failed"}
        try:
            found |= self._attempt(lock, found)
        except AnnotateError as error:
            found["why"] = str(error)
        except Exception as error:  # a training may fail in any way, and the server goes on
            found["why"] = f"{type(error).__name__}: {error}"
        finally:
            shutil.rmtree(self._work, ignore_errors=True)
            found["seconds"] = round(time.time() - began)
            self._write(found)
            self._doing = None
            os.close(lock)
            said = found.get("version") or found.get("why")
            _log.info("training %s after %d s: %s", found["outcome"], found["seconds"], said)

    def _attempt(self, lock: int, found: dict[str, Any]) -> dict[str, Any]:
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir(parents=True)
        pulled = self._export()
        found["annotations"] = sorted(_annotations(pulled))  # also of a training that fails: it is not tried forever
        found["reports"] = len(pulled.tasks)
        if pulled.refused or pulled.dropped:
            count = len(pulled.refused) + len(pulled.dropped)
            _log.info("%d things in the annotations cannot be used; annotate studio pull names them", count)
        before, name = self.versions.current(), self.versions.next_name()
        job = self._job(pulled, before, name)
        if (why := self._run(job, lock)) is not None:
            if worse := _WORSE.search(why):
                return {"outcome": "kept the old version", "why": f"it {worse[1]}"}
            return {"outcome": "failed", "why": why}
        self.versions.add(job.out, name)
        found["version"] = name
        if self.versions.current() != before:
            return {"outcome": "done, not put in use", "why": "another version was chosen meanwhile"}
        self.versions.use(name)
        self.changed()
        return {"outcome": "done"}

    def _job(self, pulled: Pulled, before: str, name: str) -> Job:
        """Write what the training reads. A report once held back is never learned from, in any training."""
        held = pulled.tasks_of(True) or [task for task in pulled.tasks if _part(task) == 0]
        rest = [task for task in pulled.tasks if task not in held]
        if not held or not rest:
            held, rest = [], pulled.tasks  # too few for that: train.py divides them, or says that they are too few
        data, dev = self._work / "labelled.json", self._work / "held.json"
        if not pulled.tasks:
            raise AnnotateError("nothing is labelled yet")
        save(rest, data)
        if held:
            save(held, dev)
        start, out = self.versions.path(before), self._work / name
        shutil.copytree(start, out)
        return Job(data, dev if held else None, start, out)

    def _run(self, job: Job, lock: int) -> str | None:
        """Run a training to its end; what it said last if it failed."""
        self._doing = "training"
        log = self.versions.folder / "training.log"
        _log.info("training %s from %s; what it says is in %s", job.out.name, job.start.name, log)
        with log.open("wb") as said:
            if self._stopping.is_set():
                return "the server was stopped"
            self._child = subprocess.Popen(
                self._command(job), stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self._environment,
                pass_fds=(lock,), start_new_session=True, cwd=self._work,
            )  # fmt: skip
        _step_back(self._child.pid)
        if self._stopping.is_set():
            self._end_child()
        status = self._child.wait()
        self._child = None
        if self._stopping.is_set():
            return "the server was stopped"
        if status:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            words = next((line.strip() for line in reversed(lines) if line.strip()), "")
            return words.removeprefix("train.py: ") or f"it ended with {status} and said nothing"
        return None

    def _end_child(self) -> None:
        child = self._child
        if child is None:
            return
        for how in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(child.pid, how)
                child.wait(GRACE)
                return
            except ProcessLookupError:
                return
            except subprocess.TimeoutExpired:
                continue

    # --- when to train

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._hinted.wait(ROUND)
            self._hinted.clear()
            if self._stopping.is_set():
                return
            try:
                self._look()
            except AnnotateError as error:
                _log.warning("%s", error)
            except Exception as error:
                _log.error("looking for new annotations failed (%s)", type(error).__name__)
            self._stopping.wait(PAUSE)

    def _look(self) -> None:
        if self._doing is not None:
            self._stopping.wait(PAUSE)
            self._hinted.set()
            return
        new = len(_annotations(self._export()) - set(self._last.get("annotations", ())))
        if new >= self.every:
            _log.info("%d annotations are new", new)
            self.start()

    # --- what is kept

    def _lock(self) -> int | None:
        self.versions.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.versions.folder / "training.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        return lock

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._kept.read_text(encoding="utf-8"))
            found["annotations"] = [int(number) for number in found.get("annotations", ())]
            return dict(found)
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise AnnotateError(f"{self._kept}: cannot be read ({type(error).__name__}); remove it") from error

    def _write(self, found: dict[str, Any]) -> None:
        self._last = {"annotations": self._last.get("annotations", []), **found}
        try:
            with whole(self._kept) as file:
                json.dump(self._last, file)
        except OSError as error:
            _log.error("%s: cannot be written (%s)", self._kept, error.strerror)

    def _run_thread(self, work: Callable[..., None], *given: object) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=given, daemon=True)
        self._threads.append(thread)
        thread.start()


def _annotations(pulled: Pulled) -> set[int]:
    return {int(annotation["id"]) for task in pulled.tasks for annotation in task["annotations"]}


def _part(task: Mapping[str, Any]) -> int:
    """Which of the parts a report is in, by its text alone."""
    return hashlib.sha256(str(task["data"]["text"]).encode("utf-8", "surrogatepass")).digest()[0] * HELD // 256


def _step_back(process: int) -> None:
    """Let predictions go first, and should memory run out, let the training be what goes."""
    try:
        os.setpriority(os.PRIO_PROCESS, process, 15)
        Path(f"/proc/{process}/oom_score_adj").write_text("800")
    except OSError:
        pass


def _clock(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
