"""Which accounts of one event cannot both hold: pairs of voices, facet by facet.

Two voices can contradict each other only where they come from independent sources and speak of the very same
happening; the writer's own summary is no source of that kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from annotate.document import Claim, Quiet, QuietKind, Reason, Ref, Value
from annotate.facets import FAMILY, SOMEBODY
from annotate.registry import Registry

_ANYBODY = frozenset("people person other bodie victim citizen all resident inhabitant civilian".split())
_NOBODY = frozenset({"unknown", "reports", "multiple reports", "several reports"})
# Probability that two claims speak of one happening, from which on they can contradict each other; a denial says
# little of what it denies and needs less.
SURE, SURE_DENIED = 0.8, 0.5
WIDE = ("country", "region", "governorate")  # kinds of place too wide for accounts of two reports to meet in


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim's word on one facet."""

    claim: Claim
    value: Value
    who: str  # the independent source: relays and partners share one key
    side: str | None

    @property
    def flat(self) -> bool:
        """The writer's own statement without doubt."""
        return self.claim.speaker.state == "author" and not self.value.hedged

    @property
    def named(self) -> bool:
        """Whether somebody is named who says it."""
        return self.claim.speaker.state != "missing" and self.claim.speaker.name.lower() not in _NOBODY


@dataclass(frozen=True, slots=True)
class Bench:
    """What the judging of a pair needs to know."""

    alike: Callable[[Ref, Ref], float]
    registry: Registry
    days: Mapping[str, str | None]  # the date of each report

    def pairs(self, voices: list[Voice], *, exact: bool = False) -> Iterable[tuple[Voice, Voice]]:
        """Voices that can contradict each other: two sources, neither the writer, of the very same happening.

        ``exact``: what many happenings of a week share (a count, a weapon) must be of one day and place besides.
        """
        heard = [v for v in voices if v.claim.speaker.state != "author"]
        for a, b in combinations(heard, 2):
            sure = SURE_DENIED if _denying((a, b)) else SURE
            if a.claim.ref == b.claim.ref or self.registry.together(a.who, b.who):
                continue
            if self.alike(a.claim.ref, b.claim.ref) >= sure and (not exact or self.meet(a.claim, b.claim)):
                yield a, b

    def meet(self, a: Claim, b: Claim) -> bool:
        """Whether two claims are of one report, or of one day and one place that is not too wide."""
        if a.ref[0] == b.ref[0]:
            return True
        days = [claim.date or self.days.get(claim.ref[0]) for claim in (a, b)]
        rows = [self.registry.all_places.get(claim.place or "") for claim in (a, b)]
        vague = any(row is not None and row.kind in WIDE for row in rows)
        return days[0] == days[1] and not vague


Clash = tuple[list[Voice], Reason, tuple[Quiet, ...]]  # the voices that clash, how, and what only looks like it


def no_clash(voices: list[Voice], bench: Bench) -> Clash:
    """For a facet in which accounts cannot contradict each other."""
    return [], "competing", ()


def _denying(pair: tuple[Voice, Voice]) -> bool:
    return any(v.claim.tags.assertion == "denies" for v in pair)


def _verdict(clash: list[tuple[Voice, Voice]], calm: tuple[Quiet, ...] = ()) -> Clash:
    voices = _unique([voice for pair in clash for voice in pair])
    return voices, "denied" if any(map(_denying, clash)) else "competing", calm


def _polar(voices: list[Voice], bench: Bench) -> Clash:
    """The same value, given by one source and refused by another."""
    return _verdict(
        [
            (a, b)
            for a, b in bench.pairs(voices)
            if a.value.value == b.value.value and a.value.negated != b.value.negated
        ]
    )


def _agent(voices: list[Voice], bench: Bench) -> Clash:
    """A party blamed where another source clears it, or two sources that blame different sides for one deed."""
    blamed: dict[str, set[str | None]] = defaultdict(set)
    for voice in voices:
        if not voice.value.negated:
            blamed[voice.who].add(bench.registry.side_of(voice.value.value))
    clash: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices):
        if a.value.negated != b.value.negated:
            if _same_actor(a.value.value, b.value.value, bench.registry):
                clash.append((a, b))
        elif not a.value.negated and _accusing(a) and _accusing(b) and not blamed[a.who] & blamed[b.who]:
            if None not in blamed[a.who] | blamed[b.who] and bench.meet(a.claim, b.claim):
                clash.append((a, b))
    return _verdict(clash)


def _same_actor(a: str, b: str, registry: Registry) -> bool:
    """Whether two names of parties can mean the same: one party, part and whole, or a party and its side."""
    return SOMEBODY in (a, b) or registry.one_party(a, b) or registry.side_of(a) == b or registry.side_of(b) == a


def _accusing(voice: Voice) -> bool:
    """Whether a claim blames another side than the speaker's own."""
    return "responsibility" in voice.claim.tags.types and "attack" in voice.claim.tags.types and voice.side is not None


def _means(voices: list[Voice], bench: Bench) -> Clash:
    """Two families of means that cannot both have done it: an accident or a strike, a planted bomb or a shell."""
    families: dict[Ref, set[str]] = defaultdict(set)
    for voice in voices:
        families[voice.claim.ref].add(FAMILY[voice.value.value])
    clash: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices, exact=True):
        pair = {FAMILY[a.value.value], FAMILY[b.value.value]}
        exclusive = "accident" in pair or ("planted" in pair and pair & {"air", "missile", "artillery"})
        if len(pair) == 2 and exclusive and not families[a.claim.ref] & families[b.claim.ref]:
            clash.append((a, b))
    return _verdict(clash)


def _origin(voices: list[Voice], bench: Bench) -> Clash:
    """Two known places of departure, neither within the other."""
    places = bench.registry
    return _verdict(
        [
            (a, b)
            for a, b in bench.pairs(voices)
            if a.value.value != b.value.value
            and {a.value.value, b.value.value} <= places.all_places.keys()
            and not places.within(a.value.value, b.value.value)
            and not places.within(b.value.value, a.value.value)
        ]
    )


def _casualties(voices: list[Voice], bench: Bench) -> Clash:
    """Counts of one population that do not overlap after their bounds, from independent sources."""
    clash: list[tuple[Voice, Voice]] = []
    calm: dict[QuietKind, list[Ref]] = defaultdict(list)
    heard = set(map(_key, bench.pairs(voices, exact=True)))
    for a, b in combinations(voices, 2):
        if a.value.value != b.value.value or a.value.low is None or b.value.low is None or a.claim.ref == b.claim.ref:
            continue
        refs = [a.claim.ref, b.claim.ref]
        if "part" in (a.value.scope, b.value.scope) or not _same_people(a.value.scope, b.value.scope):
            calm["part-whole"] += refs
        elif _overlap(a.value, b.value):
            if (a.value.low, a.value.high) != (b.value.low, b.value.high):
                calm["overlapping"] += refs
        elif a.who == b.who or "author" in (a.claim.speaker.state, b.claim.speaker.state):
            calm["superseded"] += refs
        elif _other_scope(a.claim, b.claim):
            calm["part-whole"] += refs
        elif _key((a, b)) in heard:
            clash.append((a, b))
    quiet = tuple(Quiet(kind, tuple(dict.fromkeys(refs))) for kind, refs in calm.items())
    return _unique([voice for pair in clash for voice in pair]), "numeric", quiet


def _key(pair: tuple[Voice, Voice]) -> tuple[Ref, Value, Ref, Value]:
    a, b = pair
    return a.claim.ref, a.value, b.claim.ref, b.value


def _other_scope(a: Claim, b: Claim) -> bool:
    """Whether two tolls are of different places or days."""
    places = a.place != b.place and bool(a.places) and bool(b.places)
    return places or (a.date is not None and b.date is not None and a.date != b.date)


def _same_people(a: str | None, b: str | None) -> bool:
    left, right = (a or "people").rstrip("s"), (b or "people").rstrip("s")
    return left == right or (left in _ANYBODY and right in _ANYBODY)


def _overlap(a: Value, b: Value) -> bool:
    ends = [v.high for v in (a, b) if v.high is not None]
    return max(a.low or 0, b.low or 0) <= min(ends, default=1 << 60)


def _control(voices: list[Voice], bench: Bench) -> Clash:
    """A place that two sides each say they hold, or a capture denied, on the same day: fronts move."""
    side_of = bench.registry.side_of
    clash: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices):
        if a.claim.date and b.claim.date and a.claim.date != b.claim.date:
            continue
        holders = side_of(a.value.value), side_of(b.value.value)
        if a.value.negated != b.value.negated:
            denying, holder = (a, holders[1]) if a.value.negated else (b, holders[0])
            # Who denies that a place has fallen does not deny that his own side holds it.
            own = denying.value.value == SOMEBODY and holder is not None and holder == denying.side
            if not own and _same_actor(a.value.value, b.value.value, bench.registry):
                clash.append((a, b))
        elif not a.value.negated and holders[0] != holders[1] and holders == (a.side, b.side) and None not in holders:
            clash.append((a, b))
    return _verdict(clash)


CLASHES: dict[str, Callable[[list[Voice], Bench], Clash]] = {
    "occurrence": _polar,
    "target": _polar,
    "agent": _agent,
    "means": _means,
    "origin": _origin,
    "casualties": _casualties,
    "control": _control,
    "status": _polar,
}


def _unique(voices: list[Voice]) -> list[Voice]:
    seen: dict[tuple[Ref, Value], Voice] = {}
    for voice in voices:
        seen.setdefault((voice.claim.ref, voice.value), voice)
    return list(seen.values())
