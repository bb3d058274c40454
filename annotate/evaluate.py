"""Gold and predicted -> scores with intervals: what the training run writes down and a release is judged by.

Counted per report, in arrays whose first axis is the report (R): see ``annotate.scores``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.align import Aligned, Prediction, align, align_all, boundary_counts, by_report
from annotate.document import Span
from annotate.evaluate_speakers import SPEAKERS, STATES, numbered, speaker_counts, state_of, state_said
from annotate.gold import GoldReport
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.scores import (
    Counts,
    Figure,
    FormScores,
    HeadScores,
    Redraw,
    Scores,
    SpanScores,
    Tally,
    calibration_error,
    f1,
    filled,
    gaps,
    macro_f1,
    micro_f1,
    ratio,
)
from annotate.scoretable import table

__all__ = ["align", "by_report", "score", "segmentation", "table"]

BINS = 15
RESAMPLES = 1000
_RARE_STATES = ("relayed", "publisher", "missing")  # figures of their own, where the gold has any


def score(
    gold: Sequence[GoldReport],
    predicted: Sequence[Sequence[Prediction]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Scores:
    """Score predictions, given report by report in the order of ``gold``.

    A report's predictions are its claims, pairs of sentence and tags on a cutting of one's own, or bare tags on the
    gold's sentences. Intervals are 95 %, over reports redrawn ``resamples`` times.

    Raises:
        ValueError: predictions of another text, or of another number of reports or sentences.
    """
    aligned = align_all(gold, predicted)
    counts = _count(aligned)
    draw = Redraw(len(gold), resamples, seed)
    forms = _forms(gold, counts, resamples, seed)
    return Scores(
        reports=len(gold),
        sentences=sum(len(report.sentences) for report in gold),
        resamples=resamples,
        seed=seed,
        headline=_headline(counts, draw),
        types=_head_scores(counts.types, draw),
        stance=_head_scores(counts.stance, draw),
        assertion=_head_scores(counts.assertion, draw),
        spans={
            label: SpanScores(draw.tally(counts.spans[:, place, 0]), draw.tally(counts.spans[:, place, 1]))
            for place, label in enumerate(SPANS)
        },
        speaker=_speaker_scores(counts.speaker, draw),
        boundaries=None if counts.boundaries is None else draw.tally(counts.boundaries),
        forms=forms,
        states=None if counts.states is None else _head_scores(counts.states, draw),
        gaps=gaps(forms),
    )


def segmentation(
    gold: Sequence[GoldReport],
    predicted: Sequence[Sequence[Prediction]],
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Tally:
    """How well sentence ends inside the reports were found, apart from everything else."""
    ends = np.array([boundary_counts(one) for one in align_all(gold, predicted)], dtype=np.float64).reshape(-1, 3)
    return Redraw(len(gold), resamples, seed).tally(ends)


class _Head:
    """The counts of one sentence head."""

    def __init__(self, labels: tuple[str, ...], reports: int, *, several: bool) -> None:
        self.labels, self.several = labels, several
        self.tallies: Counts = np.zeros((reports, len(labels), 3))
        self.sets: Counts = np.zeros((reports, 3))  # whole set right, answered, sentences
        self.bins: Counts = np.zeros((reports, BINS, 3))  # decisions, summed confidence, right
        self.confusion: Counts = np.zeros((reports, len(labels), len(labels) + 1))  # last column: no answer

    def add(self, row: int, gold: Collection[str], predicted: Collection[str], answered: bool) -> None:
        """Count one sentence of report ``row``."""
        self.sets[row] += (answered and set(gold) == set(predicted), answered, 1)
        for place, label in enumerate(self.labels):
            in_gold, in_predicted = label in gold, label in predicted
            if in_gold or in_predicted:
                self.tallies[row, place] += (in_gold and in_predicted, in_predicted, in_gold)
            if in_gold and not self.several:
                column = self.labels.index(next(iter(predicted))) if predicted else len(self.labels)
                self.confusion[row, place, column] += 1

    def calibrate(self, row: int, gold: Collection[str], scores: Mapping[str, float]) -> None:
        """Count how sure the model was: of its first choice, or of each label by itself."""
        if scores and not self.several:
            first = max(scores, key=scores.__getitem__)
            scores = {first: scores[first]}
        for label, sure in scores.items():
            self.bins[row, min(int(sure * BINS), BINS - 1)] += (1, sure, label in gold)

    def of(self, rows: list[int]) -> _Head:
        """The same for some of the reports."""
        part = _Head(self.labels, 0, several=self.several)
        part.tallies, part.sets, part.bins = self.tallies[rows], self.sets[rows], self.bins[rows]
        part.confusion = self.confusion[rows]
        return part


@dataclass(frozen=True, slots=True)
class _CountsOfAll:
    types: _Head
    stance: _Head
    assertion: _Head
    spans: Counts  # [R, span labels, exact or overlap, tally]
    speaker: Counts | None  # [R, SPEAKERS, tally]
    states: _Head | None
    boundaries: Counts | None  # [R, tally]

    def of(self, rows: list[int]) -> _CountsOfAll:
        return _CountsOfAll(
            self.types.of(rows),
            self.stance.of(rows),
            self.assertion.of(rows),
            self.spans[rows],
            None if self.speaker is None else self.speaker[rows],
            None if self.states is None else self.states.of(rows),
            None if self.boundaries is None else self.boundaries[rows],
        )


def _count(aligned: Sequence[Aligned]) -> _CountsOfAll:
    reports = len(aligned)
    types = _Head(TYPES, reports, several=True)
    stance, assertion, states = (_Head(labels, reports, several=False) for labels in (STANCES, ASSERTIONS, STATES))
    spans = np.zeros((reports, len(SPANS), 2, 3))
    speaker, boundaries = np.zeros((reports, len(SPEAKERS), 3)), np.zeros((reports, 3))
    for row, one in enumerate(aligned):
        for sentence, answer in one.asked():
            tags = answer.tags if answer else None
            sure_of_all = tags is not None and "types" not in tags.abstained
            types.add(row, sentence.types, tags.types if tags else (), sure_of_all)
            _add_choice(stance, row, sentence.stance, answer.stance if answer else None)
            _add_choice(assertion, row, sentence.assertion, tags.assertion if tags else None)
            if tags:
                types.calibrate(row, sentence.types, tags.type_scores)
                stance.calibrate(row, (sentence.stance,), tags.stance_scores)
                assertion.calibrate(row, (sentence.assertion,), tags.assertion_scores)
        for place, label in enumerate(SPANS):
            spans[row, place] = span_counts(*_spans_of(one, f"{label}s"))
        speaker[row] = speaker_counts(one)
        _add_states(states, row, one)
        boundaries[row] = boundary_counts(one)
    cut = any(one.own_cut for one in aligned)
    if not any(answer.speaker for one in aligned for answer in one.answers):
        return _CountsOfAll(types, stance, assertion, spans, None, None, boundaries if cut else None)
    return _CountsOfAll(types, stance, assertion, spans, speaker, states, boundaries if cut else None)


def _add_choice(head: _Head, row: int, gold: str, predicted: str | None) -> None:
    head.add(row, (gold,), () if predicted is None else (predicted,), predicted is not None)


def _add_states(head: _Head, row: int, one: Aligned) -> None:
    by_number = numbered(one)
    for sentence, answer in one.asked():
        state = state_of(one.gold, sentence)
        if state is not None:
            _add_choice(head, row, state, state_said(answer, by_number))


def _spans_of(one: Aligned, field: str) -> tuple[list[Span], list[Span]]:
    """All spans of one label in the gold and as predicted, each once; where no gold sentence is, none was asked."""
    wanted = {span for g in one.gold.sentences for span in getattr(g, field)}
    found = {span for answer in one.answers for span in getattr(answer.tags, field)}
    asked = [(g.sentence.start, g.sentence.end) for g in one.gold.sentences]
    inside = (s for s in found if any(s.start < end and start < s.end for start, end in asked))
    return sorted(wanted, key=_place), sorted(inside, key=_place)


def _place(span: Span) -> tuple[int, int]:
    return span.start, span.end


def span_counts(gold: Sequence[Span], predicted: Sequence[Span]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Exact and overlapping tallies; pairs that share most are matched first, and each span once."""
    exact = len({_place(span) for span in gold} & {_place(span) for span in predicted})
    pairs = [
        (min(g.end, p.end) - max(g.start, p.start), i, j) for i, g in enumerate(gold) for j, p in enumerate(predicted)
    ]
    used_gold: set[int] = set()
    used_predicted: set[int] = set()
    for shared, i, j in sorted(pairs, key=lambda pair: -pair[0]):
        if shared > 0 and i not in used_gold and j not in used_predicted:
            used_gold.add(i)
            used_predicted.add(j)
    sizes = len(predicted), len(gold)
    return (exact, *sizes), (len(used_gold), *sizes)


def _head_scores(head: _Head, draw: Redraw) -> HeadScores:
    total = head.confusion.sum(axis=0).astype(int)
    names = (*head.labels, "-")
    return HeadScores(
        accuracy=draw.figure(head.sets, _accuracy),
        micro_f1=draw.figure(head.tallies, micro_f1),
        macro_f1=draw.figure(head.tallies, macro_f1),
        coverage=draw.figure(head.sets, lambda c: ratio(c[..., 1], c[..., 2])),
        answered=draw.figure(head.sets, lambda c: ratio(c[..., 0], c[..., 1])),
        calibration_error=calibration_error(head.bins.sum(axis=0)),
        labels={label: draw.tally(head.tallies[:, place]) for place, label in enumerate(head.labels)},
        confusion={
            label: {name: int(count) for name, count in zip(names, line, strict=True) if count}
            for label, line in zip(head.labels, total, strict=True)
            if line.any()
        },
        bins=filled(head.bins.sum(axis=0)),
    )


def _accuracy(sets: Counts) -> Counts:
    return ratio(sets[..., 0], sets[..., 2])


def _speaker_scores(speaker: Counts | None, draw: Redraw) -> dict[str, Tally] | None:
    if speaker is None:
        return None
    return {kind: draw.tally(speaker[:, place]) for place, kind in enumerate(SPEAKERS)}


def _headline(counts: _CountsOfAll, draw: Redraw) -> dict[str, Figure]:
    """The few figures to look at first, by the names that the table and the ceiling use."""
    denies = counts.assertion.tallies[:, ASSERTIONS.index("denies")]
    figures = {
        "types_micro_f1": draw.figure(counts.types.tallies, micro_f1),
        "types_macro_f1": draw.figure(counts.types.tallies, macro_f1),
        "stance_accuracy": draw.figure(counts.stance.sets, _accuracy),
        "stance_macro_f1": draw.figure(counts.stance.tallies, macro_f1),
        "assertion_accuracy": draw.figure(counts.assertion.sets, _accuracy),
        "assertion_macro_f1": draw.figure(counts.assertion.tallies, macro_f1),
        "denies_recall": draw.figure(denies, _recall),
        "denies_f1": draw.figure(denies, f1),
    }
    for place, label in enumerate(SPANS):
        for kind, name in enumerate(("exact", "overlap")):
            figures[f"{label}_{name}_f1"] = draw.figure(counts.spans[:, place, kind], f1)
    if counts.speaker is not None:
        for place, kind_ in enumerate(SPEAKERS):
            figures[f"{kind_}_accuracy"] = draw.figure(counts.speaker[:, place], _recall)
    if counts.states is not None:
        for state in _RARE_STATES:
            tally = counts.states.tallies[:, STATES.index(state)]
            if tally[:, 2].any():
                figures[f"{state}_accuracy"] = draw.figure(tally, _recall)
    if counts.boundaries is not None:
        figures["boundary_f1"] = draw.figure(counts.boundaries, f1)
    return figures


def _recall(tally: Counts) -> Counts:
    return ratio(tally[..., 0], tally[..., 2])


def _forms(gold: Sequence[GoldReport], counts: _CountsOfAll, resamples: int, seed: int) -> dict[str, FormScores]:
    found: dict[str, FormScores] = {}
    for form in sorted({report.form for report in gold if report.form}):
        rows = [row for row, report in enumerate(gold) if report.form == form]
        found[form] = FormScores(
            reports=len(rows),
            sentences=sum(len(gold[row].sentences) for row in rows),
            headline=_headline(counts.of(rows), Redraw(len(rows), resamples, seed)),
        )
    return found
