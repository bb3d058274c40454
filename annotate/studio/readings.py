"""One report as several annotators read it: which sentence of the one is which of the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.exports import UNKNOWN
from annotate.gold import GoldReport, GoldSentence, ReadTask


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of text that at least one annotator calls a sentence, with what each makes of it."""

    start: int
    end: int
    given: dict[str, GoldSentence]  # by annotator


@dataclass(frozen=True, slots=True)
class Shared:
    """A report that two annotators or more have read.

    ``places[annotator][n]`` is the number of the unit that the annotator's n-th sentence belongs to.
    """

    report: Report
    task: int | None
    project: int | None
    readings: dict[str, GoldReport]
    units: tuple[Unit, ...]
    places: dict[str, tuple[int, ...]]


def shared(tasks: Iterable[ReadTask]) -> tuple[list[Shared], list[str]]:
    """The reports with two readings or more, and notes on what was left out.

    Tasks with the same text are one report, so that exports of several projects can be compared.

    Raises:
        AnnotateError: there is no such report.
    """
    notes: list[str] = []
    same: dict[str, list[ReadTask]] = defaultdict(list)
    for task in tasks:
        same[_text(task)].append(task)
    found, single = [], 0
    for together in same.values():
        readings = _readings(together, notes)
        if len(readings) < 2:
            single += 1
            continue
        first = next((task for task in together if task.id is not None), together[0])
        found.append(_shared(first, {name: readings[name] for name in sorted(readings, key=in_order)}))
    if single:
        notes.append(f"{single} report{'s' * (single != 1)} with fewer than two annotators left out")
    if not found:
        raise AnnotateError("no report was labelled by two annotators, so there is nothing to compare")
    return found, notes


def _readings(tasks: Sequence[ReadTask], notes: list[str]) -> dict[str, GoldReport]:
    """Each annotator's reading of one text, from all tasks with it; adds to the notes."""
    readings: dict[str, GoldReport] = {}
    for name, reading in ((name, reading) for task in tasks for name, reading in task.readings.items()):
        where = f"report {reading.report.id}: annotator {name}"
        if not reading.sentences:
            notes.append(f"{where} left no sentence, that annotation is left out")
            continue
        free = name
        if name in readings and name.split()[0] == UNKNOWN:  # nothing says that both are by one
            free = f"{UNKNOWN} {len(readings) + 1}"
        elif name in readings:
            notes.append(f"{where} annotated two tasks with this text, the later in the files counts")
        readings[free] = reading
    return readings


def in_order(name: str) -> tuple[bool, int, str]:
    """Sort key of annotators: numbers by size, then names."""
    return (False, int(name), "") if name.isdecimal() else (True, 0, name)


def _text(task: ReadTask) -> str:
    return next(iter(task.readings.values())).report.text


def _shared(task: ReadTask, readings: dict[str, GoldReport]) -> Shared:
    founded: list[tuple[int, int, dict[str, GoldSentence]]] = []
    for name, reading in readings.items():
        for sentence in reading.sentences:
            start, end = sentence.sentence.start, sentence.sentence.end
            # Sentences of one annotator lie apart, so at most one of them shares more than half with a unit.
            home = next((unit for unit in founded if _share(unit, start, end) > 0.5 and name not in unit[2]), None)
            if home is None:
                home = (start, end, {})
                founded.append(home)
            home[2][name] = sentence
    units = tuple(Unit(*unit) for unit in sorted(founded, key=lambda unit: unit[:2]))
    places = {name: _places(units, name, len(reading.sentences)) for name, reading in readings.items()}
    report = next(iter(readings.values())).report
    return Shared(report, task.id, task.project, readings, units, places)


def _share(unit: tuple[int, int, object], start: int, end: int) -> float:
    """Length of what two stretches have in common, as a share of what they cover together."""
    common = min(unit[1], end) - max(unit[0], start)
    return max(common, 0) / (max(unit[1], end) - min(unit[0], start))


def _places(units: Sequence[Unit], name: str, sentences: int) -> tuple[int, ...]:
    of = {unit.given[name].sentence.index: number for number, unit in enumerate(units) if name in unit.given}
    return tuple(of[index] for index in range(sentences))
