"""Gold relations and predicted events and disputes -> scores: who was flagged, who was flagged wrongly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from annotate.align import Aligned, align_all
from annotate.document import Claim, Ref
from annotate.errors import AnnotateError
from annotate.gold import GoldReport
from annotate.scores import Counts, Figure, Redraw, Tally, ratio, to_plain

RELATIONS = ("contradicts", "corroborates", "updates")
UNRELATED = ("different", "none")  # what annotators say of a pair in which no relation holds
_UNCONFIRMED = ("any", "single-side", "unattributed", "hedged")


@dataclass(frozen=True, slots=True)
class Relation:
    """What holds between two gold sentences that speak of one event."""

    a: Ref
    b: Ref
    label: str  # contradicts, corroborates, updates; of pairs as read also different (of two events), none
    facet: str | None = None


@dataclass(frozen=True, slots=True)
class DisputeScores:
    """Disputes by sentence, by facet and by pair.

    ``contested`` asks of each gold sentence whether it stands in a contradiction, ``facets`` the same of each facet,
    ``pairs`` which pairs contradict each other, among sentences that stand in some relation. ``false_flags`` is the
    number of sentences flagged wrongly, ``undisputed`` the same in the reports in which nothing is contradicted, and
    ``unconfirmed`` of predicted sentences with that reason (or any), all three a hundred sentences.
    """

    reports: int
    sentences: int
    contested: Tally
    false_flags: Figure
    undisputed: Figure
    facets: dict[str, Tally]
    pairs: Tally
    unconfirmed: dict[str, Figure]

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and numbers, rounded to four places."""
        return dict(to_plain(self))


@dataclass(frozen=True, slots=True)
class EventScores:
    """Pairs of gold sentences that both have an event, put together or not: in one report, across reports, all."""

    groups: int
    sentences: int
    within: Tally
    across: Tally
    all: Tally

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and numbers, rounded to four places."""
        return dict(to_plain(self))


def read_relations(paths: Iterable[Path]) -> list[Relation]:
    """Read pairs of claims as `read_pairs` does; those told to be unrelated are checked and left out."""
    return [relation for relation in read_pairs(paths) if relation.label in RELATIONS]


def read_pairs(paths: Iterable[Path]) -> list[Relation]:
    """Read pairs of claims, one JSON object a line: ``a`` and ``b`` as [report, sentence], ``rel``, ``facet``.

    Raises:
        AnnotateError: a line that is no such object; names file and line.
    """
    relations: list[Relation] = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise AnnotateError(f"{path}: cannot be read ({error})") from error
        for number, line in enumerate(lines, start=1):
            if line.strip():
                relations.append(_relation(f"{path}:{number}", line))
    return relations


def score_disputes(
    gold: Sequence[GoldReport],
    predicted: Sequence[Sequence[Claim]],
    relations: Sequence[Relation],
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> DisputeScores:
    """Score what was flagged, report by report in the order of ``gold``.

    A relation counts when both its sentences stand in ``gold``. Raises ValueError for one that points past the end
    of its report, and for predictions of another text.
    """
    aligned = align_all(gold, predicted)
    relations = _within(gold, relations)
    disputed = [relation for relation in relations if relation.label == "contradicts"]
    flagged = {facet for claims in predicted for claim in claims for facet in _contested(claim)}
    facets = sorted({relation.facet for relation in disputed if relation.facet} | flagged)
    wanted: dict[Ref, set[str]] = {}
    for relation in disputed:
        for ref in (relation.a, relation.b):
            wanted.setdefault(ref, set()).add(relation.facet or "")
    contested, by_facet = np.zeros((len(gold), 3)), np.zeros((len(gold), len(facets), 3))
    sizes, unconfirmed = np.zeros((len(gold), 2)), np.zeros((len(gold), len(_UNCONFIRMED)))
    for row, one in enumerate(aligned):
        for number, answer in enumerate(one.match):
            there = wanted.get((one.gold.report.id, number), set())
            found = _contested(answer.claim) if answer and answer.claim else set()
            contested[row] += (bool(there and found), bool(found), bool(there))
            for place, facet in enumerate(facets):
                by_facet[row, place] += (facet in there & found, facet in found, facet in there)
        sizes[row] = len(one.match), len(one.answers)
        for answer in one.answers:
            reasons = _unconfirmed(answer.claim) if answer.claim else set()
            unconfirmed[row] += [bool(reasons) if name == "any" else name in reasons for name in _UNCONFIRMED]
    wrongly = np.column_stack([contested[:, 1] - contested[:, 0], sizes[:, 0]])
    draw = Redraw(len(gold), resamples, seed)
    return DisputeScores(
        reports=len(gold),
        sentences=int(sizes[:, 0].sum()),
        contested=draw.tally(contested),
        false_flags=draw.figure(wrongly, _per_hundred),
        undisputed=draw.figure(wrongly * (contested[:, 2:] == 0), _per_hundred),
        facets={facet: draw.tally(by_facet[:, place]) for place, facet in enumerate(facets)},
        pairs=draw.tally(_pair_counts(aligned, relations)),
        unconfirmed={
            name: draw.figure(np.column_stack([unconfirmed[:, place], sizes[:, 1]]), _per_hundred)
            for place, name in enumerate(_UNCONFIRMED)
        },
    )


def score_events(
    gold: Sequence[GoldReport],
    predicted: Sequence[Sequence[Claim]],
    groups: Mapping[str, Sequence[str]] | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> EventScores:
    """Score which sentences were put to one event; ``groups`` names the reports that were read together.

    A report in no group stands alone. Intervals redraw the groups, for sentences of one group are not independent.
    """
    of_report = {report: group for group, reports in (groups or {}).items() for report in reports}
    rows: dict[str, list[tuple[str, str, str | None]]] = {}  # group -> (report, gold event, predicted event)
    for one in align_all(gold, predicted):
        name = one.gold.report.id
        lines = rows.setdefault(of_report.get(name, f"alone: {name}"), [])
        for sentence, answer in zip(one.gold.sentences, one.match, strict=True):
            if sentence.event is not None:
                lines.append((name, sentence.event, answer.claim.event if answer and answer.claim else None))
    together = _grouped(rows, lambda line: "")
    within = _grouped(rows, lambda line: line[0])
    draw = Redraw(len(rows), resamples, seed)
    return EventScores(
        groups=len(rows),
        sentences=sum(map(len, rows.values())),
        within=draw.tally(within),
        across=draw.tally(together - within),
        all=draw.tally(together),
    )


def _relation(where: str, line: str) -> Relation:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise AnnotateError(f"{where}: not JSON ({error.msg})") from error
    if not isinstance(record, dict):
        raise AnnotateError(f"{where}: not a JSON object")
    if record.get("rel") not in (*RELATIONS, *UNRELATED):
        raise AnnotateError(f"{where}: unknown relation {record.get('rel')!r}")
    return Relation(
        _ref(where, record.get("a")), _ref(where, record.get("b")), record["rel"], record.get("facet") or None
    )


def _ref(where: str, end: object) -> Ref:
    match end:
        case [str(report), int(number)]:
            return report, number
    raise AnnotateError(f"{where}: 'a' and 'b' have to be [report, sentence], not {end!r}")


def _within(gold: Sequence[GoldReport], relations: Sequence[Relation]) -> list[Relation]:
    sizes = {report.report.id: len(report.sentences) for report in gold}
    kept = [relation for relation in relations if relation.a[0] in sizes and relation.b[0] in sizes]
    for relation in kept:
        for report, number in (relation.a, relation.b):
            if not 0 <= number < sizes[report]:
                raise ValueError(f"a relation speaks of sentence {number} of {report}, which has {sizes[report]}")
    return kept


def _contested(claim: Claim) -> set[str]:
    return {facet.facet for facet in claim.contest if facet.level == "contested"}


def _unconfirmed(claim: Claim) -> set[str]:
    return {reason for facet in claim.contest if facet.level == "unconfirmed" for reason in facet.reasons}


def _pair_counts(aligned: Sequence[Aligned], relations: Sequence[Relation]) -> Counts:
    """[R, tally] of contradicting pairs; a pair across reports counts for the first of them."""
    claims = {
        (one.gold.report.id, number): answer.claim
        for one in aligned
        for number, answer in enumerate(one.match)
        if answer and answer.claim
    }
    gold = {_pair(r.a, r.b) for r in relations if r.label == "contradicts"}
    related = sorted({ref for relation in relations for ref in (relation.a, relation.b)} & claims.keys())
    found = set()
    for a, b in combinations(related, 2):
        first, second = claims[a], claims[b]
        if first.ref in _against(second) or second.ref in _against(first):
            found.add(_pair(a, b))
    rows = {one.gold.report.id: row for row, one in enumerate(aligned)}
    counts = np.zeros((len(aligned), 3))
    for pair in gold | found:
        counts[rows[pair[0][0]]] += (pair in gold and pair in found, pair in found, pair in gold)
    return counts


def _pair(a: Ref, b: Ref) -> tuple[Ref, Ref]:
    return (a, b) if a <= b else (b, a)


def _against(claim: Claim) -> set[Ref]:
    return {ref for facet in claim.contest if facet.level == "contested" for ref in facet.against}


def _grouped(
    rows: Mapping[str, Sequence[tuple[str, str, str | None]]], part: Callable[[tuple[str, str, str | None]], str]
) -> Counts:
    """[groups, tally] of pairs of sentences with one event, both in the same part of the group."""
    counts = np.zeros((len(rows), 3))
    for row, lines in enumerate(rows.values()):
        told = [line for line in lines if line[2] is not None]
        counts[row] = (
            _pairs(Counter((part(line), *line[1:]) for line in told)),
            _pairs(Counter((part(line), line[2]) for line in told)),
            _pairs(Counter((part(line), line[1]) for line in lines)),
        )
    return counts


def _pairs(sizes: Counter[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes.values())


def _per_hundred(counts: Counts) -> Counts:
    return 100 * ratio(counts[..., 0], counts[..., 1])
