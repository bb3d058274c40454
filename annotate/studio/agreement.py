"""How far annotators agree: Krippendorff's alpha, Cohen's kappa and plain agreement, with intervals over reports.

Alpha and kappa are both one minus observed over expected disagreement, and both sides of that are sums over sentences.
So each report is counted once, and a matrix product redraws the reports: libraries give the same figures (the tests
hold them equal) and no intervals, for which they would have to count everything anew at each draw.

Single labels are compared as same or not. Sets of claim types are compared by MASI (Passonneau 2006), since
"attack, casualty" against "attack" is less of a disagreement (2/3) than against "diplomacy" (1); beside it each type
stands by itself, given or not, which says where the sets differ.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from annotate.scores import Counts, Figure, Redraw, f1, ratio
from annotate.studio.compared import Values, findings, variables
from annotate.studio.readings import Shared, in_order


@dataclass(frozen=True, slots=True)
class Measure:
    """Agreement on one control, or on one label of it against all others (``label`` is then not None).

    ``compared`` counts what two annotators or more gave a value for (sentences, or pairs of sentences for ``event``
    "same"), ``given`` how often the label was given there. ``alpha`` and ``kappa`` are 1 where all agree, 0 where
    chance would agree as well, and None where only one value was ever given. ``kappa`` of several pairs of annotators
    is their mean, weighted by what they compared; ``same`` is the share of equal answers, pairs pooled.
    """

    control: str
    label: str | None
    compared: int
    given: int | None
    alpha: Figure
    kappa: Figure
    same: Figure


@dataclass(frozen=True, slots=True)
class Found:
    """Agreement on what is found in the text: F1 of the one annotator's spans against the other's, pairs pooled.

    ``given`` counts the spans of both sides; ``overlapping`` (a letter in common, each span used once) is None for what
    cannot overlap.
    """

    label: str
    given: int
    exact: Figure
    overlapping: Figure | None


@dataclass(frozen=True, slots=True)
class Group:
    """All figures of some annotators, over the reports that two of them or more have read."""

    annotators: tuple[str, ...]
    reports: int
    sentences: int
    measures: tuple[Measure, ...]
    found: tuple[Found, ...]


def agreement(reports: Sequence[Shared], resamples: int = 1000, seed: int = 0) -> tuple[Group, tuple[Group, ...]]:
    """Figures of all annotators together, and of each pair that has a report in common."""
    annotators = sorted({name for one in reports for name in one.readings}, key=in_order)
    overall = _group(reports, annotators, resamples, seed)
    pairs = []
    for pair in combinations(annotators, 2):
        common = [one for one in reports if all(name in one.readings for name in pair)]
        if common:
            pairs.append(_group(common, pair, resamples, seed))
    return overall, tuple(pairs)


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """Distance of two sets, 0 to 1: Jaccard, a third heavier for each step from equal over subset to crossing."""
    if one == other:
        return 0.0
    common = one & other
    weight = 2 / 3 if common in (one, other) else 1 / 3
    return 1.0 - weight * len(common) / len(one | other)


def measure(
    control: str, label: str | None, reports: Sequence[Sequence[Values]], annotators: Sequence[str], draw: Redraw
) -> Measure:
    """Figures of one variable from each report's values; sets are compared by MASI, anything else as same or not."""
    domain = list(dict.fromkeys(value for units in reports for unit in units for value in unit.values()))
    number = {value: place for place, value in enumerate(domain)}
    codes = [
        np.array([number[unit[name]] if name in unit else -1 for unit in units for name in annotators], dtype=np.int64)
        for units in reports
    ]
    codes = [each.reshape(-1, len(annotators)) for each in codes]
    distances = _distances(domain)
    together = np.array([_alpha_counts(each, distances) for each in codes])
    pairs = [list(pair) for pair in combinations(range(len(annotators)), 2)]
    apart = np.array([[_kappa_counts(each[:, pair], distances) for pair in pairs] for each in codes])
    return Measure(
        control,
        label,
        compared=sum(int(((each >= 0).sum(axis=1) > 1).sum()) for each in codes),
        given=None if label is None else int(together[:, number[True]].sum()) if True in number else 0,
        alpha=draw.figure(together, lambda c: _alpha(c, distances)),
        kappa=draw.figure(apart, lambda c: _mean_kappa(c, distances)),
        same=draw.figure(apart, lambda c: _same(c, len(domain))),
    )


def _distances(domain: Sequence[Hashable]) -> Counts:
    if sets := [value for value in domain if isinstance(value, frozenset)]:
        return np.array([[masi(one, other) for other in sets] for one in sets])
    return 1.0 - np.eye(len(domain))


def _alpha_counts(codes: NDArray[np.int_], distances: Counts) -> Counts:
    """Codes [units, annotators] (-1: none) -> [values + 1]: how often each value can be paired; observed distance."""
    codes = codes[(codes >= 0).sum(axis=1) > 1]
    others = (codes >= 0).sum(axis=1) - 1.0
    observed = 0.0
    for i, j in combinations(range(codes.shape[1]), 2):
        both = (codes[:, i] >= 0) & (codes[:, j] >= 0)
        observed += float((2 * distances[codes[both, i], codes[both, j]] / others[both]).sum())
    return np.append(np.bincount(codes[codes >= 0], minlength=len(distances)), observed)


def _alpha(counts: Counts, distances: Counts) -> Counts:
    values, observed = counts[..., :-1], counts[..., -1]
    return 1.0 - ratio((values.sum(axis=-1) - 1.0) * observed, _expected(values, values, distances))


def _kappa_counts(codes: NDArray[np.int_], distances: Counts) -> Counts:
    """Codes [units, 2] -> [2 * values + 2]: what the one gave, what the other gave; observed distance; differing."""
    codes = codes[(codes >= 0).all(axis=1)]
    one, other = codes[:, 0], codes[:, 1]
    sides = [np.bincount(side, minlength=len(distances)) for side in (one, other)]
    return np.concatenate([*sides, [distances[one, other].sum(), (one != other).sum()]]).astype(np.float64)


def _mean_kappa(counts: Counts, distances: Counts) -> Counts:
    """[..., pairs, 2 * values + 2] -> [...]: the pairs' kappas, weighted by how much they compared."""
    size = len(distances)
    one, other, observed = counts[..., :size], counts[..., size : 2 * size], counts[..., -2]
    compared = one.sum(axis=-1)
    kappas = 1.0 - ratio(compared * observed, _expected(one, other, distances))
    there = ~np.isnan(kappas)
    return ratio((np.where(there, kappas, 0.0) * compared).sum(axis=-1), np.where(there, compared, 0.0).sum(axis=-1))


def _same(counts: Counts, size: int) -> Counts:
    """[..., pairs, 2 * values + 2] -> [...]: the share of equal answers."""
    return 1.0 - ratio(counts[..., -1].sum(axis=-1), counts[..., :size].sum(axis=(-1, -2)))


def _expected(one: Counts, other: Counts, distances: Counts) -> Counts:
    total: Counts = ((one @ distances) * other).sum(axis=-1)
    return total


def _group(reports: Sequence[Shared], annotators: Sequence[str], resamples: int, seed: int) -> Group:
    draw = Redraw(len(reports), resamples, seed)
    measures = [
        measure(control, label, [list(values(one, annotators)) for one in reports], annotators, draw)
        for control, label, values in variables()
    ]
    return Group(
        annotators=tuple(annotators),
        reports=len(reports),
        sentences=max(each.compared for each in measures if each.control == "stance"),
        measures=tuple(measures),
        found=tuple(_found(reports, annotators, draw)),
    )


def _found(reports: Sequence[Shared], annotators: Sequence[str], draw: Redraw) -> Iterator[Found]:
    pairs = [
        [pair for pair in combinations(annotators, 2) if all(name in one.readings for name in pair)] for one in reports
    ]
    for label, count in findings():
        tallies = [[count(one, *pair) for pair in own] for one, own in zip(reports, pairs, strict=True)]
        counts: Counts = np.array([np.sum(each, axis=0) for each in tallies], dtype=np.float64)
        figures = [draw.figure(counts[:, kind], f1) for kind in range(counts.shape[1])]
        yield Found(label, int(counts[:, 0, 1:].sum()), figures[0], figures[1] if len(figures) > 1 else None)
