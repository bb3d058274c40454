"""Which report to label next: disputed ones first, then where the model is least sure and has seen nothing like it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from annotate.document import Claim
from annotate.studio.tasks import digest, sureness

ALIKE = 0.5  # how much a report that resembles one already chosen loses, beside doubt scaled to at most 1
STEADY = 5  # sentences of average doubt added to each report: one odd sentence must not outrank a long hard text
_WIDTH = 1024
_WORD = re.compile(r"\w{3,}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that could be labelled, with what the model said of it."""

    text: str
    claims: Sequence[Claim]
    held_out: bool = False


def to_hold_out(texts: Sequence[str], share: float, held: int = 0, there: int = 0) -> set[str]:
    """Which of new reports come without labels, so that of all that there will be this share does.

    They are drawn by a hash of the text: whatever the model thinks of them, and alike when asked again.

    Args:
        texts: of the new reports.
        share: 0 to 1.
        held: held-out reports that the project has already.
        there: reports that the project has already.
    """
    wanted = max(0, round(share * (there + len(texts))) - held)
    return set(sorted(texts, key=lambda text: digest(f"held-out {text}"))[:wanted])


def teaching_order(candidates: Sequence[Candidate]) -> list[int]:
    """Positions of the candidates, the most instructive first.

    A report with a contested claim comes before all without. Held-out reports stand evenly among the others in an
    order of their own that knows nothing of the model: whoever stops half-way has labelled an unbiased part of them.
    """
    held = sorted((n for n, c in enumerate(candidates) if c.held_out), key=lambda n: digest(candidates[n].text))
    rest = [n for n, c in enumerate(candidates) if not c.held_out]
    chosen = _chosen([candidates[n] for n in rest])
    places = [((at + 0.5) / len(chosen), rest[number]) for at, number in enumerate(chosen)]
    places += [((at + 0.5) / len(held), number) for at, number in enumerate(held)]
    return [number for _, number in sorted(places)]


def random_order(candidates: Sequence[Candidate]) -> list[int]:
    """An order that has to do with neither the model nor how the reports were given; the same every time."""
    return sorted(range(len(candidates)), key=lambda n: digest(f"order {candidates[n].text}"))


def _chosen(candidates: Sequence[Candidate]) -> list[int]:
    """Greedily: the highest doubt less the likeness to what is chosen already; n steps of n products."""
    if not candidates:
        return []
    doubts = [[1 - sureness(claim.tags) for claim in c.claims] for c in candidates]
    mean = sum(map(sum, doubts)) / max(1, sum(map(len, doubts)))
    value = np.array([(sum(d) + STEADY * mean) / (len(d) + STEADY) for d in doubts], np.float32)
    value /= max(float(value.max()), 1e-9)
    value += 10 * np.array([_disputed(c.claims) for c in candidates], np.float32)
    words = np.stack([_words(c.text) for c in candidates])
    nearest = np.zeros(len(candidates), np.float32)
    left = np.ones(len(candidates), bool)
    order: list[int] = []
    for _ in candidates:
        best = int(np.argmax(np.where(left, value - ALIKE * nearest, -np.inf)))
        order.append(best)
        left[best] = False
        nearest = np.maximum(nearest, words @ words[best])
    return order


def _disputed(claims: Sequence[Claim]) -> bool:
    return any(facet.level == "contested" for claim in claims for facet in claim.contest)


def _words(text: str) -> NDArray[np.float32]:
    """The report's words, hashed into a vector of length 1; rare and frequent ones damped by the root."""
    vector = np.zeros(_WIDTH, np.float32)
    for word in _WORD.findall(text.lower()):
        vector[crc32(word.encode("utf-8", "replace")) % _WIDTH] += 1
    return np.asarray(np.sqrt(vector / max(float(vector.sum()), 1.0)), np.float32)
