"""Claims of all reports -> events: which of them speak of the same concrete happening.

Each claim is looked at (`looks.py`), pairs that meet get a probability (`likeness.py`), and groups grow greedily
while their average probability holds (`blocking.py`). When unsure, keep apart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from annotate import blocking
from annotate.blocking import TELLING, Key, Marks, join
from annotate.document import Claim, Ref
from annotate.likeness import probability
from annotate.looks import Look, look
from annotate.registry import Registry

SAME = 0.38  # from this average probability on, two groups are one event


@dataclass(frozen=True, slots=True)
class Grouping:
    """The events of a batch, claims that stand alone included, and how alike the claims in them are."""

    groups: tuple[tuple[Ref, ...], ...]
    likeness: dict[tuple[Ref, Ref], float]
    part: dict[Ref, Ref]  # the first claim of all that chains of likely pairs lead to: nothing here reaches further
    doubts: dict[tuple[Ref, Ref], float]  # the first claims of two groups that may be one, and how likely that is

    def alike(self, a: Ref, b: Ref) -> float:
        """Probability that two claims speak of the same happening; 0 when they never met."""
        return self.likeness.get((a, b), self.likeness.get((b, a), 0.0))


def group(
    claims: Sequence[Claim],
    registry: Registry,
    days: Mapping[str, str | None] | None = None,
    threshold: float = SAME,
    *,
    among: Collection[Ref] | None = None,
    crowded: Collection[Key] = frozenset(),
) -> Grouping:
    """Find the events of a batch.

    Args:
        claims: all claims of each report, report after report, in reading order. Reports in another order give the
            same events where they are given in the order of their ids.
        registry: what is known of places.
        days: the date of each report.
        threshold: from this average probability on, two groups are one event.
        among: the claims to group, where the others are only there for what they tell of their reports.
        crowded: blocks that say nothing, so many claims elsewhere stand in them.
    """
    looks = [one for one in look(claims, days) if among is None or one.ref in among]
    pairs: dict[tuple[int, int], float] = {}

    def score(a: int, b: int) -> float:
        if (a, b) not in pairs:
            pairs[a, b] = likeness(looks[a], looks[b], registry)
        return pairs[a, b]

    for a, b in blocking.meetings([marks(one) for one in looks], crowded):
        score(a, b)
    joined = join(dict(pairs), score, [one.ref[0] for one in looks], threshold)
    groups = tuple(tuple(looks[n].ref for n in members) for members in joined.groups)
    home = {ref: number for number, refs in enumerate(groups) for ref in refs}
    alike = {(looks[a].ref, looks[b].ref): p for (a, b), p in pairs.items() if home[looks[a].ref] == home[looks[b].ref]}
    return Grouping(
        groups,
        alike,
        part={one.ref: looks[part].ref for one, part in zip(looks, joined.part_of, strict=True)},
        doubts={(looks[a].ref, looks[b].ref): p for (a, b), p in joined.doubts.items()},
    )


def meetings(
    claims: Sequence[Claim], registry: Registry, days: Mapping[str, str | None] | None = None
) -> dict[tuple[Ref, Ref], float]:
    """Every pair of claims that is worth a look, with the probability that both speak of one happening."""
    looks = look(claims, days)
    met = blocking.meetings([marks(one) for one in looks])
    return {(looks[a].ref, looks[b].ref): likeness(looks[a], looks[b], registry) for a, b in met}


def likeness(a: Look, b: Look, registry: Registry) -> float:
    """How likely two claims speak of the same happening; 0 where two reports tell of two days."""
    if a.ref[0] != b.ref[0] and a.date is not None and b.date is not None and a.date != b.date:
        return 0.0
    return probability(a, b, registry)


def marks(one: Look) -> Marks:
    """What a claim can be met by."""
    telling = sorted(one.words, key=lambda word: (-one.words[word], word))
    return Marks(one.ref, one.place, one.day, tuple(telling[:TELLING]), one.statuses)
