"""Tags on labelled reports -> what makes a model's probabilities honest and its decisions best."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotate.document import Tags
from annotate.engine import Abstain, Calibration, Engine, Logits
from annotate.gold import GoldSentence
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.scores import Scores
from annotate.windows import Batch

Floats = NDArray[np.float64]
COSTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0)  # nats
_ENOUGH = 40  # with so many sentences of a type, its threshold moves half the way to where dev would like it


def calibrate(tagged: Sequence[Tags], gold: Sequence[GoldSentence]) -> Calibration:
    """Temperatures of least surprise, and for each type the threshold of best F1, drawn towards a half.

    ``tagged`` are the tags of an uncalibrated model, one a gold sentence.
    """
    types = _odds([[t.type_scores[label] for label in TYPES] for t in tagged])
    goal = np.array([[label in s.types for label in TYPES] for s in gold])
    heat = _temperature(lambda t: _binary_surprise(types / t, goal))
    stance = _logs([[t.stance_scores[label] for label in STANCES] for t in tagged])
    assertion = _logs([[t.assertion_scores[label] for label in ASSERTIONS] for t in tagged])
    carried = _odds([t.continues for t in tagged])
    return Calibration(
        type_temperature=heat,
        type_thresholds=tuple(_threshold(1 / (1 + np.exp(-types[:, k] / heat)), goal[:, k]) for k in range(len(TYPES))),
        stance_temperature=_temperature(lambda t: _surprise(stance / t, [STANCES.index(s.stance) for s in gold])),
        assertion_temperature=_temperature(
            lambda t: _surprise(assertion / t, [ASSERTIONS.index(s.assertion) for s in gold])
        ),
        continues_temperature=_temperature(
            lambda t: _binary_surprise(carried / t, np.array([s.from_ is not None for s in gold]))
        ),
    )


def abstentions(
    tagged: Sequence[Tags], gold: Sequence[GoldSentence], thresholds: Sequence[float], precision: float = 0.95
) -> Abstain:
    """How sure each head must be for ``precision`` of what it then says to be right; ``tagged`` are calibrated tags."""
    stance = [(max(t.stance_scores.values()), t.stance == s.stance) for t, s in zip(tagged, gold, strict=True)]
    assertion = [
        (max(t.assertion_scores.values()), t.assertion == s.assertion) for t, s in zip(tagged, gold, strict=True)
    ]
    # A type is given or not; what must be right are the types given, since most are rightly absent from most sentences.
    types = [
        (t.type_scores[label] - threshold, label in s.types)
        for t, s in zip(tagged, gold, strict=True)
        for label, threshold in zip(TYPES, thresholds, strict=True)
        if t.type_scores[label] >= threshold
    ]
    return Abstain(
        types=_least_sure(types, precision),
        stance=_least_sure(stance, precision),
        assertion=_least_sure(assertion, precision),
    )


def _least_sure(answers: Sequence[tuple[float, bool]], precision: float) -> float:
    """The lowest certainty from which on the wanted share of answers is right; 0 where all of them are good enough."""
    order = sorted(answers, reverse=True)
    right, least = 0, order[0][0] if order else 0.0
    for number, (sure, good) in enumerate(order, 1):
        right += good
        if right >= precision * number:
            least = sure
    return 0.0 if right >= precision * len(order) else round(float(least), 3)


def span_costs(scores: Mapping[float, Scores]) -> tuple[float, ...]:
    """For each span label the cost of best exact and overlap F1; ``scores`` were made with each cost in turn."""

    def gain(cost: float, label: str) -> tuple[float, float]:
        found = scores[cost].spans[label]
        return (found.exact.f1.value or 0.0) + (found.overlap.f1.value or 0.0), -abs(cost - 1.0)

    return tuple(max(scores, key=lambda cost: gain(cost, label)) for label in SPANS)


@dataclass
class Replay:
    """An engine that remembers: the same windows, read under other settings, are not run again."""

    engine: Engine
    name: str = "replay"
    _seen: dict[bytes, Logits] = field(default_factory=dict)

    def run(self, batches: Sequence[Batch]) -> list[Logits]:
        """Logits of each batch, in order."""
        keys = [batch.input_ids.tobytes() + bytes(batch.input_ids.shape[:1]) for batch in batches]
        new = {key: batch for key, batch in zip(keys, batches, strict=True) if key not in self._seen}
        self._seen |= zip(new, self.engine.run(list(new.values())), strict=True)
        return [self._seen[key] for key in keys]


def _threshold(chances: Floats, right: NDArray[np.bool_]) -> float:
    def gain(t: float) -> tuple[float, float]:
        found = chances >= t
        return 2 * float((found & right).sum()) / max(1.0, float(found.sum() + right.sum())), -abs(t - 0.5)

    best = max((float(t) for t in np.arange(0.3, 0.71, 0.02)), key=gain)
    return round(0.5 + (best - 0.5) * float(right.sum()) / (float(right.sum()) + _ENOUGH), 3)


def _temperature(surprise: Callable[[float], float]) -> float:
    candidates = [float(t) for t in np.geomspace(0.5, 3.0, 60)]
    surprises = [surprise(t) for t in candidates]
    return round(candidates[int(np.argmin(surprises))], 3)


def _logs(chances: Sequence[Sequence[float]]) -> Floats:
    return np.asarray(np.log(np.array(chances, dtype=np.float64).clip(1e-7)))


def _odds(chances: Sequence[float] | Sequence[Sequence[float]]) -> Floats:
    p = np.array(chances, dtype=np.float64).clip(1e-7, 1 - 1e-7)
    return np.asarray(np.log(p / (1 - p)))


def _surprise(logits: Floats, goal: Sequence[int]) -> float:
    """Mean negative log likelihood of the right labels."""
    logits = logits - logits.max(-1, keepdims=True)
    chances = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return float(-chances[np.arange(len(goal)), list(goal)].mean())


def _binary_surprise(logits: Floats, goal: NDArray[np.bool_]) -> float:
    return float((np.logaddexp(0, logits) - logits * goal).mean())
