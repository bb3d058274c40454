"""Reports -> a Label Studio project of pairs of their claims, answered by the program; no pair ever twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from annotate import assets
from annotate.document import Claim, Ref, Report
from annotate.pipeline import claims_of, relate
from annotate.registry import Registry
from annotate.segment import segment
from annotate.studio.pairs import Reading, prediction_of, task_of, teaching
from annotate.studio.push import BULK, Progress, add
from annotate.studio.server import Held, Project, Server
from annotate.studio.tasks import digest
from annotate.tag import Tagger


@dataclass(frozen=True, slots=True)
class PushedPairs:
    """What a push did: pairs brought, how many of them the program finds contradicting, and what was there."""

    project: Project
    address: str
    added: int
    contradicting: int
    there: int
    refreshed: int


def push_pairs(
    server: Server,
    title: str,
    reports: Iterable[Report],
    tagger: Tagger,
    version: str,
    *,
    most: int,
    annotators: int | None = None,
    progress: Progress | None = None,
) -> PushedPairs:
    """Bring pairs of claims of different reports into the project of this title, which is made where there is none.

    Pairs that are there count among the ``most``, so that the same push again brings nothing and one that broke off
    is gone on with. Pairs that nobody has finished get this version's answer if they have none.

    Raises:
        AnnotateError: the server or the project does not let us.
    """
    tell = progress or (lambda what, done, total: None)
    config = assets.LABEL_CONFIG_PAIRS.read_text(encoding="utf-8").strip()
    project = server.ready(title, config, annotators)
    tasks = list(server.tasks(project))
    reading = read_together(reports, tagger, tell)
    known = {digest(report.text) for report in reading.reports.values()}
    there = {task.data.get("sha256") for task in tasks}
    held = sum({task.data.get("a_sha256"), task.data.get("b_sha256")} <= known for task in tasks)
    fresh = [pair for pair in teaching(reading.pairs()) if reading.key(pair) not in there][: max(0, most - held)]
    made = [task_of(pair, reading, version) for pair in fresh]
    for begin in range(0, len(made), BULK):
        tell("sending pairs", begin, len(made))
        add(server, project, made[begin : begin + BULK])
    refreshed = _refresh(server, project, tasks, reading, version)
    if project.model_version != version:
        server.show_version(project, version)
    contradicting = sum(pair.relation == "contradicts" for pair in fresh)
    return PushedPairs(project, server.address(project), len(made), contradicting, held, refreshed)


def read_together(reports: Iterable[Report], tagger: Tagger, tell: Progress) -> Reading:
    """All reports, each text once, with what is said in them and what of it belongs together."""
    registry = Registry.load()
    texts: dict[str, Report] = {}
    for report in reports:
        report = replace(report, text=report.text.replace("\r\n", "\n").replace("\r", "\n"))
        texts.setdefault(digest(report.text), report)
    cut = [(report, segment(report).sentences) for report in texts.values()]
    claims: list[Claim] = []
    for done, ((report, sentences), tags) in enumerate(zip(cut, tagger.tag(cut), strict=True), start=1):
        claims += claims_of(report, sentences, tags, registry)
        tell("tagging reports", done, len(cut))
    return Reading.of(relate(list(texts.values()), claims, registry), registry)


def _refresh(server: Server, project: Project, tasks: Sequence[Held], reading: Reading, version: str) -> int:
    """Give the pairs that were there, and nobody has finished, this version's answer."""
    refs: dict[tuple[object, ...], Ref] = {
        (reading.sha(claim), claim.sentence.start, claim.sentence.end): ref for ref, claim in reading.claims.items()
    }
    found = []
    for task in tasks:
        if version in task.versions or task.labelled:
            continue
        ends = [refs.get(tuple(task.data.get(f"{s}_{name}") for name in ("sha256", "start", "end"))) for s in "ab"]
        if ends[0] and ends[1]:
            found.append({"task": task.id, **prediction_of(reading.pair(ends[0], ends[1]), version)})
    for begin in range(0, len(found), BULK):
        server.predict(project, found[begin : begin + BULK])
    return len(found)
