"""Labels of annotators that a model would not have given: the measure of confident learning, and its file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from annotate.document import Tags
from annotate.errors import AnnotateError
from annotate.gold import GoldReport
from annotate.labels import TYPES


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label of the gold that the model would not have given.

    ``quality`` is the probability that the model gives to the gold's own label (self-confidence, Northcutt et al.
    2021): the lower, the more likely that one of the two is wrong. ``sure`` is what it gives to its own answer.
    ``start`` and ``end`` are the sentence's, in code points.
    """

    report: str
    sentence: int
    head: str  # type, stance, assertion
    gold: str  # of a type the label, or "not" and the label
    model: str
    quality: float
    sure: float
    start: int
    end: int


def doubts(gold: Sequence[GoldReport], predicted: Sequence[Sequence[Tags]]) -> Iterator[Doubt]:
    """Every label of the gold that the model would have given otherwise."""
    for report, tags in zip(gold, predicted, strict=True):
        for sentence, found in zip(report.sentences, tags, strict=True):
            where = report.report.id, sentence.sentence.index
            place = sentence.sentence.start, sentence.sentence.end
            for head, own, scores in (
                ("stance", sentence.stance, found.stance_scores),
                ("assertion", sentence.assertion, found.assertion_scores),
            ):
                best = max(scores, key=scores.__getitem__)
                if best != own:
                    yield Doubt(*where, head, own, best, round(scores[own], 4), round(scores[best], 4), *place)
            for label in TYPES:
                given, sure = label in sentence.types, found.type_scores[label]
                if given != (sure >= 0.5):
                    own, best = (label, f"not {label}") if given else (f"not {label}", label)
                    right = sure if given else 1 - sure
                    yield Doubt(*where, "type", own, best, round(right, 4), round(1 - right, 4), *place)


def read_doubts(path: Path) -> list[Doubt]:
    """Read the doubts.jsonl of a cross-validation.

    Raises:
        AnnotateError: a line that is no doubt; names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise AnnotateError(f"{path}: cannot be read ({error})") from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise AnnotateError(f"{path}:{number}: not JSON ({error.msg})") from error
        found.append(_doubt(f"{path}:{number}", row))
    return found


def _doubt(where: str, row: object) -> Doubt:
    kinds: dict[str, type | tuple[type, ...]] = {"str": str, "int": int, "float": (int, float)}
    if not isinstance(row, dict):
        raise AnnotateError(f"{where}: not a JSON object")
    for one in fields(Doubt):
        if not isinstance(row.get(one.name), kinds[str(one.type)]):
            raise AnnotateError(f"{where}: no doubt of a cross-validation ({one.name!r} is missing or no {one.type})")
    return Doubt(**{one.name: row[one.name] for one in fields(Doubt)})
