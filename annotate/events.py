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
    local: dict[Ref, Ref]  # the first claim of its own report's group
    ties: list[tuple[Ref, Ref]]  # the first claims of two such groups that a join or a doubt may go through
    doubts: dict[tuple[Ref, Ref], float]  # the first claims of two groups that may be one, and how likely that is

    def alike(self, a: Ref, b: Ref) -> float:
        """Probability that two claims speak of the same happening; 0 when they never met."""
        return self.likeness.get((a, b), self.likeness.get((b, a), 0.0))


def group(
    claims: Sequence[Claim],
    registry: Registry,
    days: Mapping[str, str | None] | None = None,
    threshold: float = SAME,
) -> Grouping:
    """Find the events of a batch.

    Args:
        claims: all claims of each report, report after report, in reading order. Reports in another order give the
            same events where they are given in the order of their ids.
        registry: what is known of places.
        days: the date of each report.
        threshold: from this average probability on, two groups are one event.
    """
    return group_looks(look(claims, days), registry, threshold)


def group_looks(
    looks: Sequence[Look],
    registry: Registry,
    threshold: float = SAME,
    crowded: Collection[Key] = frozenset(),
    scored: dict[tuple[Ref, Ref], float] | None = None,
) -> Grouping:
    """Find the events of some claims, in the order that `group` asks for.

    ``crowded``: blocks that say nothing, so many claims elsewhere stand in them. ``scored``: pairs whose probability is
    known, the first before the second; what is found out is added.
    """
    scored = {} if scored is None else scored
    refs = [one.ref for one in looks]

    def score(a: int, b: int) -> float:
        pair = refs[a], refs[b]
        if pair not in scored:
            scored[pair] = likeness(looks[a], looks[b], registry)
        pairs[a, b] = scored[pair]
        return pairs[a, b]

    pairs: dict[tuple[int, int], float] = {}
    for a, b in blocking.meetings([marks(one) for one in looks], crowded):
        score(a, b)
    joined = join(dict(pairs), score, [ref[0] for ref in refs], threshold)
    groups = tuple(tuple(refs[n] for n in members) for members in joined.groups)
    home = {n: number for number, members in enumerate(joined.groups) for n in members}
    return Grouping(
        groups,
        likeness={(refs[a], refs[b]): p for (a, b), p in pairs.items() if home[a] == home[b]},
        local={ref: refs[first] for ref, first in zip(refs, joined.local, strict=True)},
        ties=[(refs[a], refs[b]) for a, b in joined.ties],
        doubts={(refs[a], refs[b]): p for (a, b), p in joined.doubts.items()},
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
