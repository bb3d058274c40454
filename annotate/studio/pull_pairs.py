"""A project of pairs -> relations between claims, one JSON object a line, with who said what; every answer checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError
from annotate.evaluate_events import RELATIONS
from annotate.exports import annotator
from annotate.gold import GoldReport, most
from annotate.labels import FACETS
from annotate.studio.pairs import DIFFERENT, NONE
from annotate.studio.server import Server
from annotate.studio.tasks import digest
from annotate.write import save

_CHOICES = {
    "same_event": ("same", DIFFERENT),
    "relation": (*RELATIONS, NONE),
    "facet": FACETS,
    "later": ("a", "b"),
}
_SIDES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Answer:
    """What one annotator said of a pair; ``later`` says which of the two replaces the other."""

    by: str
    relation: str
    facet: str | None = None
    later: str | None = None
    why: str | None = None


@dataclass(slots=True)
class PulledPairs:
    """What came back: the lines to be written, and one for each answer that could not be used."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    answers: int = 0
    skipped: int = 0
    refused: list[str] = field(default_factory=list)

    @property
    def related(self) -> int:
        """How many pairs stand in a relation."""
        return sum(line["rel"] in RELATIONS for line in self.lines)


def pull_pairs(server: Server, title: str, labelled: Sequence[GoldReport] = ()) -> PulledPairs:
    """Fetch every submitted answer of the project of pairs with this title.

    Raises:
        AnnotateError: there is no such project, or the server does not let us.
    """
    project = server.project(title)
    if project is None:
        raise AnnotateError(f"{server.url}: no project is called {title!r}")
    return checked(server.export(project), labelled)


def checked(exported: Sequence[Any], labelled: Sequence[GoldReport] = ()) -> PulledPairs:
    """The answers of an export, one line a pair: what most said, of equals what was said last.

    Sentences are numbered as the program cut them; those of a report that is among the ``labelled`` ones as there,
    by the sentence that shares most letters.
    """
    pulled = PulledPairs()
    gold = {digest(report.report.text): report for report in labelled}
    for task in exported:
        where = f"task {task.get('id') if isinstance(task, dict) else '?'}"
        try:
            ends = [_end(task["data"], side, gold) for side in _SIDES]
        except (KeyError, TypeError):
            pulled.refused.append(f"{where}: no pair of ours")
            continue
        except AnnotateError as error:
            pulled.refused.append(f"{where}: {error}")
            continue
        answers: dict[str, Answer] = {}
        for annotation in sorted(task.get("annotations") or [], key=_when):
            if annotation.get("was_cancelled"):
                pulled.skipped += 1
                continue
            try:
                answer = _answer(annotation)
            except AnnotateError as error:
                pulled.refused.append(f"{where}, annotation {annotation.get('id')}: {error}")
            else:
                answers.pop(answer.by, None)  # of several by one annotator the latest stands, and stands last
                answers[answer.by] = answer
        if answers:
            pulled.answers += len(answers)
            pulled.lines.append(_line(task, ends, list(answers.values())))
    return pulled


def save_pairs(lines: Sequence[Mapping[str, Any]], out: Path) -> None:
    """Write the lines, whole or not at all; raises AnnotateError where that cannot be."""
    save(out, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def _end(data: Mapping[str, Any], side: str, gold: Mapping[str, GoldReport]) -> tuple[str, int, int, int]:
    """Report, sentence number, start and end of one of the two claims."""
    report, number = data[f"{side}_report"], data[f"{side}_sentence"]
    start, end = data[f"{side}_start"], data[f"{side}_end"]
    if not isinstance(report, str) or not all(type(at) is int for at in (number, start, end)):
        raise TypeError
    if (there := gold.get(str(data.get(f"{side}_sha256")))) is None:
        return report, number, start, end
    shared = {s.sentence.index: min(s.sentence.end, end) - max(s.sentence.start, start) for s in there.sentences}
    best = max(shared, key=shared.__getitem__, default=None)
    if best is None or shared[best] <= 0:
        raise AnnotateError(f"claim {side} stands in no labelled sentence of {there.report.id}")
    return there.report.id, best, start, end


def _when(annotation: Mapping[str, Any]) -> str:
    return str(annotation.get("updated_at") or annotation.get("created_at") or "")


def _answer(annotation: Mapping[str, Any]) -> Answer:
    """One annotation, checked; what the page hides once another answer is given does not count.

    Raises:
        AnnotateError: an answer that is unknown, given twice, or missing.
    """
    given: dict[str, str] = {}
    for item in annotation.get("result") or []:
        control, answer = _given(item)
        if answer and control in given:
            raise AnnotateError(f"more than one {control}")
        if answer:
            given[control] = answer
    who, why = annotator(dict(annotation)), given.get("why")
    if _needed(given, "same_event") == DIFFERENT:
        return Answer(who, DIFFERENT, why=why)
    relation = _needed(given, "relation")
    facet = None if relation == NONE else _needed(given, "facet")
    return Answer(who, relation, facet, _needed(given, "later") if relation == "updates" else None, why)


def _given(item: Any) -> tuple[str, str | None]:  # noqa: ANN401 (whatever the server has)
    """The control of a result item and what was chosen or written there."""
    control = item.get("from_name") if isinstance(item, dict) else None
    value = (item.get("value") or {}) if isinstance(item, dict) else {}
    if control == "why":
        words = value.get("text")
        return control, " ".join(" ".join(map(str, words if isinstance(words, list) else [words or ""])).split())
    if control not in _CHOICES:
        raise AnnotateError(f"an answer comes from the unknown control {control!r}")
    choices = value.get("choices") or []
    if not isinstance(choices, list) or len(choices) > 1:
        raise AnnotateError(f"more than one {control}")
    if choices and choices[0] not in _CHOICES[control]:
        raise AnnotateError(f"the unknown {control} {choices[0]!r}")
    return str(control), choices[0] if choices else None


def _needed(given: Mapping[str, str], control: str) -> str:
    if control not in given:
        raise AnnotateError(f"no {control} in it")
    return given[control]


def _line(
    task: Mapping[str, Any], ends: Sequence[tuple[str, int, int, int]], answers: Sequence[Answer]
) -> dict[str, Any]:
    """The pair as most see it, as seeds/relations.jsonl has pairs; ``updates`` points from the later to the earlier."""
    relation = most([answer.relation for answer in answers])
    so = [answer for answer in answers if answer.relation == relation]
    facet, later = most([(answer.facet, answer.later) for answer in so])
    order = _SIDES if later != "b" else _SIDES[::-1]
    line: dict[str, Any] = {}
    for name, side in zip(_SIDES, order, strict=True):
        line[name] = list(ends[_SIDES.index(side)][:2])
    line |= {"rel": relation} | ({"facet": facet} if facet else {})
    if why := "; ".join(dict.fromkeys(answer.why for answer in so if answer.why)):
        line["why"] = why
    for name, side in zip(_SIDES, order, strict=True):
        line[f"{name}_place"] = list(ends[_SIDES.index(side)][2:])
    line["said"] = [_said(answer, order) for answer in answers]
    return line | {name: task[name] for name in ("project",) if name in task} | {"task": task.get("id")}


def _said(answer: Answer, order: Sequence[str]) -> dict[str, Any]:
    """One annotator's answer; ``later`` names the sides as the line does."""
    later = None if answer.later is None else _SIDES[order.index(answer.later)]
    told = {"by": answer.by, "rel": answer.relation, "facet": answer.facet, "later": later, "why": answer.why}
    return {name: value for name, value in told.items() if value is not None}
