"""Scores as values: the figures drawn from counts, their intervals, and how programs and people read them.

Everything is counted per report first, so that one matrix product redraws the reports a thousand times. A count
array has the reports on its first axis; a *tally* ends in an axis of three: right, predicted, in the gold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]

FEWEST = 5  # with fewer reports than this, redrawing them says nothing and no interval is given
_LEVEL = (0.025, 0.975)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 95 % interval; None where there was nothing to count, or too little to redraw."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How well one label was found, with the counts behind it."""

    precision: Figure
    recall: Figure
    f1: Figure
    gold: int
    predicted: int
    right: int


@dataclass(frozen=True, slots=True)
class Bin:
    """The decisions from ``low`` to ``high`` sure: ``sure`` is their mean, ``right`` the share that were right."""

    low: float
    high: float
    decisions: int
    sure: float
    right: float


@dataclass(frozen=True, slots=True)
class HeadScores:
    """One head of the model over all gold sentences; one that abstained, or has no answer, is wrong.

    ``accuracy`` asks for the whole label set of a sentence, ``answered`` is the same among the sentences answered
    (``coverage`` of all). ``confusion`` goes from gold to predicted label (``-``: no answer) and is empty for a
    head of many labels a sentence. ``bins`` are those that a decision fell into, the least sure first; a decision is
    the first choice of a head, or each label of a head of many.
    """

    accuracy: Figure
    micro_f1: Figure
    macro_f1: Figure
    coverage: Figure
    answered: Figure
    calibration_error: float | None
    labels: dict[str, Tally]
    confusion: dict[str, dict[str, int]]
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True, slots=True)
class SpanScores:
    """One span label: ends that agree to the letter, and spans that share a letter (each used once)."""

    exact: Tally
    overlap: Tally


@dataclass(frozen=True, slots=True)
class FormScores:
    """The headline figures of one form of text (live blog, wire story, statement, ...)."""

    reports: int
    sentences: int
    headline: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Gap:
    """How far the worst form lies behind the best in one figure, among the forms with reports enough."""

    points: float  # of a figure of 0 to 1
    best: str
    worst: str


@dataclass(frozen=True, slots=True)
class Scores:
    """All scores of one set of predictions.

    ``speaker``, ``states`` and ``boundaries`` are None where none were predicted. ``speaker`` is judged by the sentence
    that names the speaker, ``states`` by how he is known (``Speaker.state``). ``gaps`` has the headline figures that
    two forms or more have, each from ``FEWEST`` reports.
    """

    reports: int
    sentences: int
    resamples: int
    seed: int
    headline: dict[str, Figure]
    types: HeadScores
    stance: HeadScores
    assertion: HeadScores
    spans: dict[str, SpanScores]
    speaker: dict[str, Tally] | None
    boundaries: Tally | None
    forms: dict[str, FormScores]
    states: HeadScores | None = None
    gaps: dict[str, Gap] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and numbers, rounded to four places."""
        plain = to_plain(self)
        assert isinstance(plain, dict)
        return plain


def to_plain(value: object) -> Any:  # noqa: ANN401 - what JSON holds
    """Nested score values -> what ``json.dumps`` takes, numbers rounded to four places."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: to_plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return round(value, 4) if isinstance(value, float) else value


class Redraw:
    """Reports drawn with replacement, once, so that all figures of one scoring rest on the same draws."""

    def __init__(self, units: int, resamples: int, seed: int) -> None:
        """Draw ``resamples`` times as many units (reports, or groups of them) as there are."""
        drawn = resamples if units >= FEWEST else 0
        chances = np.full(max(units, 1), 1.0 / max(units, 1))
        draws = np.random.default_rng(seed).multinomial(units, chances, size=drawn)[:, :units]
        # The first row takes every unit once: its figure is the figure itself.
        self._weights: Counts = np.vstack([np.ones((1, units)), draws])

    def figure(self, counts: Counts, of: Callable[[Counts], Counts]) -> Figure:
        """``of`` maps counts [draws, ...] to values [draws]; ``counts`` is [units, ...]."""
        drawn: Counts = np.asarray(np.tensordot(self._weights, counts, axes=1), dtype=np.float64)
        values = of(drawn)
        value = None if math.isnan(values[0]) else float(values[0])
        spread = values[1:][~np.isnan(values[1:])]
        if value is None or not spread.size:
            return Figure(value)
        low, high = np.quantile(spread, _LEVEL)
        return Figure(value, float(low), float(high))

    def tally(self, counts: Counts) -> Tally:
        """Precision, recall and F1 of one label from its tally [units, 3]."""
        right, predicted, gold = (int(count) for count in counts.sum(axis=0))
        return Tally(
            precision=self.figure(counts, lambda c: ratio(c[..., 0], c[..., 1])),
            recall=self.figure(counts, lambda c: ratio(c[..., 0], c[..., 2])),
            f1=self.figure(counts, f1),
            gold=gold,
            predicted=predicted,
            right=right,
        )


def ratio(part: Counts, whole: Counts) -> Counts:
    """``part / whole``, NaN where there is no whole."""
    shares: Counts = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=shares, where=whole > 0)
    return shares


def f1(tally: Counts) -> Counts:
    """[..., 3] -> [...]: 0 where nothing is right, NaN where neither gold nor prediction has the label."""
    return ratio(2 * tally[..., 0], tally[..., 1] + tally[..., 2])


def micro_f1(tallies: Counts) -> Counts:
    """[..., labels, 3] -> [...]."""
    return f1(tallies.sum(axis=-2))


def macro_f1(tallies: Counts) -> Counts:
    """[..., labels, 3] -> [...]: the mean over the labels that the gold (of this draw) has."""
    present = tallies[..., 2] > 0
    total = np.where(present, np.nan_to_num(f1(tallies)), 0.0).sum(axis=-1)
    return ratio(total, present.sum(axis=-1).astype(np.float64))


def calibration_error(bins: Counts) -> float | None:
    """Expected calibration error from bins [bins, 3] of (decisions, summed confidence, right ones)."""
    decisions = float(bins[:, 0].sum())
    return float(np.abs(bins[:, 1] - bins[:, 2]).sum() / decisions) if decisions else None


def filled(bins: Counts) -> tuple[Bin, ...]:
    """Bins of equal width from the same counts, without the empty ones."""
    width = 1.0 / len(bins)
    return tuple(
        Bin(place * width, (place + 1) * width, int(decisions), float(sure / decisions), float(right / decisions))
        for place, (decisions, sure, right) in enumerate(bins)
        if decisions
    )


def gaps(forms: Mapping[str, FormScores]) -> dict[str, Gap]:
    """For each headline figure the best and the worst form; forms of fewer reports than ``FEWEST`` are not asked."""
    large = {name: form.headline for name, form in forms.items() if form.reports >= FEWEST}
    found: dict[str, Gap] = {}
    for figure in dict.fromkeys(name for headline in large.values() for name in headline):
        values = {
            form: value
            for form, headline in large.items()
            if figure in headline and (value := headline[figure].value) is not None
        }
        if len(values) > 1:
            best, worst = max(values, key=values.__getitem__), min(values, key=values.__getitem__)
            found[figure] = Gap(values[best] - values[worst], best, worst)
    return found
