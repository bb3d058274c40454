"""Reports -> a Label Studio project, pre-labelled by the current model; each report once, however often it is run."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from annotate import assets
from annotate.document import Claim, Report, Sentence
from annotate.pipeline import claims_of
from annotate.registry import Registry
from annotate.segment import locate, segment
from annotate.studio.order import Candidate, random_order, teaching_order, to_hold_out
from annotate.studio.server import BACKEND, Held, Project, Server, Unreachable
from annotate.studio.tasks import digest, prediction_of, related, report_of, task_of
from annotate.tag import Tagger

BULK = 20  # reports in one request: few enough that none runs into a time limit
PAUSES = (1.0, 3.0, 9.0)  # seconds before a lost connection is tried again

Progress = Callable[[str, int, int], None]  # what is being done, how many are done, of how many


@dataclass(slots=True)
class Pushed:
    """What a push did; ``refused`` has a line for each report that could not be taken."""

    project: Project
    address: str
    added: int = 0
    held_out: int = 0
    there: int = 0
    refreshed: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A report, its sentences and what is said of them."""

    report: Report
    claims: Sequence[Claim]


def version_of(model: Path) -> str:
    """The model version of predictions: a hash of the model folder, the registries and this package's own code."""
    package = Path(__file__).resolve().parents[1]
    sums = hashlib.sha256()
    for folder, pattern in ((model, "*"), (assets.REGISTRY, "*"), (package, "**/*.py")):
        for path in sorted(path for path in folder.glob(pattern) if path.is_file()):
            sums.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                sums.update(hashlib.file_digest(file, "sha256").digest())
    name = re.sub(r"[^\w.-]+", "-", model.resolve().name)  # no comma: the server lists versions with them
    return f"{name}-{sums.hexdigest()[:10]}"


def push(
    server: Server,
    title: str,
    reports: Iterable[Report],
    tagger: Tagger,
    version: str,
    *,
    random: bool = False,
    held_out: float = 0.0,
    annotators: int | None = None,
    progress: Progress | None = None,
) -> Pushed:
    """Bring reports into the project of this title, which is made where there is none.

    A report whose text the project has already is not brought again, under whatever name; one whose name stands for
    another text there is refused. Tasks that are not labelled in full get this version's predictions if they have
    none. What a broken connection leaves undone, the next push does.

    Args:
        server: where to.
        title: of the project, 3 to 50 characters.
        reports: what to bring.
        tagger: the model that labels beforehand.
        version: names the model, see ``version_of``.
        random: give the tasks an order that has nothing to do with the model, instead of the most instructive first.
        held_out: the share of the project's reports (0 to 1) that comes with its sentences and no labels.
        annotators: how many are to label each task; None leaves that as it is (one, in a new project).
        progress: told what is being done.

    Raises:
        AnnotateError: the server or the project does not let us.
    """
    tell = progress or (lambda what, done, total: None)
    config = assets.LABEL_CONFIG.read_text(encoding="utf-8").strip()
    project = server.ready(title, config, annotators)
    tasks = list(server.tasks(project))
    pushed = Pushed(project, server.address(project))
    registry = Registry.load()
    fresh = _fresh(reports, tasks, pushed)
    stale = [t for t in tasks if version not in t.versions and not t.labelled and t.data.get("sentences")]
    cut = [(report, segment(report).sentences) for report in fresh] + [_cut(task) for task in stale]
    ready = _ready(cut, tagger, registry, tell)
    ready, again = ready[: len(fresh)], ready[len(fresh) :]
    held = sum(bool(task.data.get("held_out")) for task in tasks)
    apart = to_hold_out([r.report.text for r in ready], held_out, held, len(tasks))
    candidates = [Candidate(r.report.text, r.claims, r.report.text in apart) for r in ready]
    order = random_order(candidates) if random else teaching_order(candidates)
    made = [task_of(ready[n].report, ready[n].claims, version, held_out=candidates[n].held_out) for n in order]
    for begin in range(0, len(made), BULK):
        tell("sending reports", begin, len(made))
        add(server, project, made[begin : begin + BULK])
        pushed.added += len(made[begin : begin + BULK])
    pushed.held_out = sum(candidate.held_out for candidate in candidates)
    pushed.refreshed = _refresh(server, project, stale, again, version, tell)
    if project.model_version not in (version, BACKEND):  # a running model server decides for itself
        server.show_version(project, version)
    return pushed


def _fresh(reports: Iterable[Report], tasks: Sequence[Held], pushed: Pushed) -> list[Report]:
    """The reports that the project has not; the others are counted."""
    texts = {digest(str(task.data.get("text"))) for task in tasks}
    names = {str(task.data.get("report")) for task in tasks}
    fresh = []
    for report in reports:
        # Label Studio draws a carriage return as a line break of its own; offsets stay what they are.
        report = replace(report, text=report.text.replace("\r\n", "\n").replace("\r", "\n"))
        if digest(report.text) in texts:
            pushed.there += 1
        elif report.id in names:
            pushed.refused.append(f"{report.id}: another text of this name is in the project; give it another name")
        elif not segment(report).sentences:
            pushed.refused.append(f"{report.id}: no sentence in it")
        else:
            texts.add(digest(report.text))
            names.add(report.id)
            fresh.append(report)
    return fresh


def _cut(task: Held) -> tuple[Report, Sequence[Sentence]]:
    """A task's report with the sentences that it came with."""
    report = report_of(task.data)
    return report, locate(report, [(start, end) for start, end in task.data["sentences"]])


def _ready(
    cut: Sequence[tuple[Report, Sequence[Sentence]]], tagger: Tagger, registry: Registry, tell: Progress
) -> list[_Ready]:
    """What is said of every sentence, and what is contested among all reports."""
    read: list[tuple[Report, list[Claim]]] = []
    for (report, sentences), tags in zip(cut, tagger.tag(cut), strict=True):
        read.append((report, claims_of(report, sentences, tags, registry)))
        tell("tagging reports", len(read), len(cut))
    return [_Ready(report, claims) for (report, _), claims in zip(read, related(read, registry), strict=True)]


def add(server: Server, project: Project, tasks: Sequence[dict[str, Any]]) -> None:
    """Import tasks; after a lost connection first look which of them have arrived."""
    for tried, pause in enumerate((*PAUSES, None)):
        try:
            if tried:
                there = {task.data.get("sha256") for task in server.tasks(project)}
                tasks = [task for task in tasks if task["data"]["sha256"] not in there]
            if tasks:
                server.add(project, tasks)
            return
        except Unreachable as error:
            if pause is None:
                raise Unreachable(f"{error}; what was sent is kept, and the same command goes on from there") from None
            time.sleep(pause)


def _refresh(
    server: Server,
    project: Project,
    stale: Sequence[Held],
    ready: Sequence[_Ready],
    version: str,
    tell: Progress,
) -> int:
    """Give the tasks that were there, and are not labelled in full, this version's predictions."""
    found = [
        {"task": task.id, **prediction_of(r.claims, version, bare=bool(task.data.get("held_out")))}
        for task, r in zip(stale, ready, strict=True)
    ]
    for begin in range(0, len(found), BULK):
        tell("sending predictions", begin, len(found))
        server.predict(project, found[begin : begin + BULK])
    return len(found)
