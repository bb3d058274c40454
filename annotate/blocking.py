"""Which claims are compared at all, and how pairs become groups: the cost follows the meetings, not all pairs.

Claims of two reports meet under a key: the place and the day, a telling word and the day, or, where days do not help,
two telling words or one and the place. A day meets its neighbours. Keys are a claim's own, so that what was read
before or after changes none of them; a block of one key and day that grows beyond what is worth comparing says nothing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from heapq import heapify, heappop, heappush
from itertools import chain, combinations, product

from annotate.document import Ref
from annotate.names import sound

NEAR = 2  # days between two reports within which they can tell of one happening
FAR = 7  # days between two claims from which on no words make them meet
CROWD = 200  # claims of one key and day, from which on the key says nothing
TELLING = 6  # words of a claim, the rarest, under which it meets others
PAIRED = 4  # of these, taken two by two or with the place where days do not help
WINDOW = 40  # sentences of one report further apart than this meet only under a key
WITHIN, ACROSS = 0.8, 0.8  # of the threshold, what the average between two groups must reach, in a report and beyond
LIKELY = 0.6  # probability of a pair of two reports from which on their groups are compared whole
DOUBTFUL = 0.75  # of what joins two groups, the average from which on two that stay apart may be one
UNMET = 0.1  # what pairs of two reports' groups count that were never compared, as none of their claims is likely one
LARGEST = 150  # claims of an event; what grows beyond is a topic
_UNDATED = 0

Key = tuple[int, int]  # a hash of what is shared, and the day as an ordinal, 0 for none


@dataclass(frozen=True, slots=True)
class Marks:
    """What a claim can be met by."""

    ref: Ref
    place: str | None  # a gazetteer's id, or "~" and the words of a place that it has not
    day: str | None  # said, or that of the report
    words: tuple[str, ...]  # the most telling ones first
    statuses: frozenset[str]

    @property
    def at(self) -> int:
        """The day as an ordinal, 0 where it is not known."""
        return _ordinal(self.day)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The blocks that the claim stands in."""
        day = _ordinal(self.day)
        found = [_key("word", word, day) for word in self.words[:TELLING]]
        found += [_key("words", " ".join(sorted(two)), _UNDATED) for two in combinations(self.words[:PAIRED], 2)]
        found += [_key("status", f"{self.ref[0]} {status}", _UNDATED) for status in self.statuses]
        if self.place:
            heard = sound(self.place[1:]) if self.place.startswith("~") else ""
            where = heard or self.place
            found.append(_key("place", where, day))
            found += [_key("there", f"{where} {word}", _UNDATED) for word in self.words[:PAIRED]]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Joined:
    """Groups of claims, each by the number of its smallest claim or in order."""

    groups: list[list[int]]
    local: list[int]  # for each claim the smallest one of its own report's group
    ties: list[tuple[int, int]]  # the smallest claims of two such groups that a join or a doubt may go through
    doubts: dict[tuple[int, int], float]  # the smallest claims of two groups that may be one, and how likely that is


@lru_cache(maxsize=1 << 12)
def _ordinal(day: str | None) -> int:
    """A day that a calendar knows as a number; "report/tuesday" and a day of an unknown year are none."""
    if day is None or len(day) != 10 or not day[:4].isdigit():
        return _UNDATED
    return date.fromisoformat(day).toordinal()


@lru_cache(maxsize=1 << 16)
def _key(kind: str, what: str, day: int) -> Key:
    digest = hashlib.blake2b(f"{kind} {what}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True), day


def beside(key: Key) -> tuple[Key, ...]:
    """The blocks of the days around, whose claims meet those of a block."""
    what, day = key
    return tuple((what, day + step) for step in range(-NEAR, NEAR + 1) if step) if day else ()


def far(one: str | None, other: str | None) -> bool:
    """Whether two days are known and too far apart: stock phrases come again year after year."""
    return apart(_ordinal(one), _ordinal(other))


def apart(one: int, other: int) -> bool:
    """The same of two days as ordinals, 0 for one that is not known."""
    return bool(one and other and abs(one - other) > FAR)


def meetings(marks: Sequence[Marks], crowded: Collection[Key] = frozenset()) -> list[tuple[int, int]]:
    """The pairs worth a look, smaller number first: near each other in one report, or met under a key.

    ``marks`` of one report have to stand together, in reading order. ``crowded``: blocks known to be crowded, besides
    those that are among these claims alone.
    """
    seen: set[tuple[int, int]] = set()
    blocks: dict[Key, list[int]] = defaultdict(list)
    at_home: dict[tuple[str, Key], list[int]] = defaultdict(list)
    for number, one in enumerate(marks):
        for key in one.keys:
            blocks[key].append(number)
            at_home[one.ref[0], key].append(number)
        for back in range(number - 1, -1, -1):
            if marks[back].ref[0] != one.ref[0] or one.ref[1] - marks[back].ref[1] > WINDOW:
                break
            seen.add((back, number))
    for rows in at_home.values():  # within a report no other report has a say
        if 1 < len(rows) <= CROWD:
            seen.update(combinations(rows, 2))
    kept = {key: rows for key, rows in blocks.items() if len(rows) <= CROWD and key not in crowded}
    for key, rows in kept.items():
        later = chain(*(product(rows, kept[other]) for other in beside(key) if other > key and other in kept))
        for a, b in chain(combinations(rows, 2), later):
            if marks[a].ref[0] != marks[b].ref[0] and (key[1] or not far(marks[a].day, marks[b].day)):
                seen.add((a, b) if a < b else (b, a))
    return sorted(seen)


def join(
    pairs: Mapping[tuple[int, int], float],
    score: Callable[[int, int], float],
    reports: Sequence[str],
    threshold: float,
) -> Joined:
    """Groups of claims, first within each report, then these across reports, likeliest first.

    Two groups of different reports are compared whole where a pair of them is likely, and joined while the average
    probability between them holds; where it falls short by little, they are kept apart and said to be in doubt. That
    of a joined group is never above those of both its parts: a group that joins none of those tied to it was formed as
    if it were alone, and whatever is tied to none of its claims changes nothing in it.

    Args:
        pairs: the probability of every pair that meets.
        score: that of any pair, smaller number first.
        reports: whose each claim is.
        threshold: the least probability of a likely pair.
    """
    inside = {pair: p for pair, p in pairs.items() if reports[pair[0]] == reports[pair[1]]}
    local = _gather(len(reports), inside, threshold)
    home = {n: first for first, members in local.items() for n in members}
    likely = {
        (min(home[a], home[b]), max(home[a], home[b]))
        for (a, b), p in pairs.items()
        if p >= LIKELY and reports[a] != reports[b]
    }
    between: dict[tuple[int, int], float] = {}
    for left, right in sorted(likely):
        met = [(min(a, b), max(a, b)) for a, b in product(local[left], local[right])]
        between[left, right] = sum(pairs[pair] if pair in pairs else score(*pair) for pair in met)
    least = threshold * ACROSS
    sums = _sums(inside, home) | between
    doubtful = DOUBTFUL * least
    ties = [pair for pair, total in sums.items() if total >= doubtful * len(local[pair[0]]) * len(local[pair[1]])]
    sizes = {pair: len(local[pair[0]]) * len(local[pair[1]]) for pair in sums}
    sums = {pair: sums[pair] - UNMET * sizes[pair] for pair in sorted(sums)}
    grown = _grow(local, {pair: sums[pair] for pair in between}, least - UNMET)
    name = {n: first for first, members in grown.items() for n in members}
    doubts = {
        pair: mean
        for pair, total in sorted(_sums(sums, name).items())
        if (mean := UNMET + total / (len(grown[pair[0]]) * len(grown[pair[1]]))) >= doubtful
    }
    groups = sorted(sorted(members) for members in grown.values())
    return Joined(groups, [home[n] for n in range(len(reports))], ties, doubts)


def _sums(pairs: Mapping[tuple[int, int], float], home: Mapping[int, int]) -> dict[tuple[int, int], float]:
    """The sums between groups of what there is between their members."""
    found: dict[tuple[int, int], float] = defaultdict(float)
    for (a, b), p in pairs.items():
        if home[a] != home[b]:
            found[min(home[a], home[b]), max(home[a], home[b])] += p
    return dict(found)


def _gather(size: int, pairs: Mapping[tuple[int, int], float], threshold: float) -> dict[int, list[int]]:
    """Join the claims of each report, likeliest pair first, while the average between their groups holds.

    Groups are named by their smallest member.
    """
    home = list(range(size))
    members = {n: [n] for n in home}
    sums: list[dict[int, float]] = [{} for _ in home]
    for (a, b), p in pairs.items():
        sums[a][b] = sums[b][a] = p
    for (a, b), _ in sorted(
        ((pair, p) for pair, p in pairs.items() if p >= threshold), key=lambda item: (-item[1], item[0])
    ):
        left, right = sorted((home[a], home[b]))
        if left == right or len(members[left]) + len(members[right]) > LARGEST:
            continue
        if sums[left].get(right, 0.0) < threshold * WITHIN * len(members[left]) * len(members[right]):
            continue
        _absorb(sums, left, right)
        for n in members[right]:
            home[n] = left
        members[left] += members.pop(right)
    return members


def _absorb(sums: list[dict[int, float]] | dict[int, dict[int, float]], left: int, right: int) -> None:
    """Give one group's sums of probabilities to another."""
    for other, total in sums[right].items():
        del sums[other][right]
        if other != left:
            sums[left][other] = sums[other][left] = sums[left].get(other, 0.0) + total
    sums[right] = {}


def _grow(
    groups: Mapping[int, Sequence[int]], links: Mapping[tuple[int, int], float], least: float
) -> dict[int, list[int]]:
    """Join groups, the two with the highest average first, while it is at least so much.

    Groups are named by their smallest member. ``links``: sums of probabilities between groups, kept up to date, so
    that a join costs what the two groups' neighbours number and not the product of both.
    """
    members = {name: list(group) for name, group in groups.items()}
    sums: dict[int, dict[int, float]] = {name: {} for name in groups}
    for (a, b), total in links.items():
        sums[a][b] = sums[b][a] = total

    def mean(a: int, b: int) -> float:
        return sums[a][b] / (len(members[a]) * len(members[b]))

    queue = [(-mean(a, b), a, b) for a, b in links if mean(a, b) >= least]
    heapify(queue)
    while queue:
        likely, a, b = heappop(queue)
        if a not in members or b not in members or mean(a, b) != -likely:
            continue  # told again since
        if len(members[a]) + len(members[b]) > LARGEST:
            continue
        _absorb(sums, a, b)
        members[a] += members.pop(b)
        for other in sums[a]:
            if mean(a, other) >= least:
                heappush(queue, (-mean(a, other), min(a, other), max(a, other)))
    return members
