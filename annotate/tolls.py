"""Which counts of people of one event cannot both hold, and why others that differ can."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from annotate.counts import EITHER
from annotate.document import Claim, Quiet, QuietKind, Reason, Ref, Value
from annotate.facets import HELD
from annotate.fates import DEATH, HE, one_person
from annotate.losses import (
    ARMED,
    CIVIL,
    CIVILIANS,
    CORRECTED,
    ELSEWHERE,
    EVERYBODY,
    FIGHTERS,
    PART,
    RISEN,
    RISING,
    TOLLS,
)
from annotate.registry import Registry
from annotate.voices import Bench, Voice, unique

SURE = 0.5  # as in voices.py, for two tolls of one report: what else would they be of

# Words for those who were taken, whoever they are.
TAKEN = frozenset(
    "men man boy youth suspect recruit recruiter prisoner inmate convict detainee captive hostage worker "
    "student".split()
)
NEXT = 2  # sentences
ROUND = 10  # fewer than this are counted and not rounded
KEPT = ("detained", "released", "missing")

CAMP = {"official": "state", "pro-regime": "state", "pro-opposition": "opposition", "other-party": "other"}

# Of one army, or of one band, by whatever name.
KIN = {
    **dict.fromkeys(
        "soldier troop troops crew crewman crewmen seaman seamen marine sailor airman airmen serviceman servicemen "
        "pilot mechanic technician".split(),
        "soldier",
    ),
    **dict.fromkeys(
        "fighter rebel militant terrorist insurgent gunman gunmen extremist jihadist combatant bandit "
        "militiaman militiamen".split(),
        "fighter",
    ),
}


def casualties(voices: Sequence[Voice], bench: Bench) -> tuple[list[Voice], Reason, tuple[Quiet, ...]]:
    """Counts of one population that do not overlap after their bounds, from independent sources."""
    counted: dict[Ref, set[str]] = defaultdict(set)
    for voice in voices:
        counted[voice.claim.ref].add(voice.value.value)
    clash: list[tuple[Voice, Voice]] = []
    calm: dict[QuietKind, list[Ref]] = defaultdict(list)
    last = [voice for voice in voices if not _corrected(voice.claim, bench)]
    heard = set(map(_key, bench.pairs(last, exact=True, loose=True, near=SURE)))
    sure = set(map(_key, bench.pairs(last, exact=True)))  # arrests and flights go on all day, at many hands
    for a, b in combinations(voices, 2):
        if a.value.value != b.value.value or a.value.low is None or b.value.low is None or a.claim.ref == b.claim.ref:
            continue
        if a.value.value == EITHER and (counted[a.claim.ref] & counted[b.claim.ref]) - {EITHER}:
            continue  # the dead alone, or the wounded, can be compared
        kind = _calm(a, b, bench)
        if kind is not None:
            calm[kind] += [a.claim.ref, b.claim.ref]
        elif not overlap(a.value, b.value) and _key((a, b)) in (heard if _harmed(a) else sure):
            clash.append((a, b))
    quiet = tuple(Quiet(kind, tuple(dict.fromkeys(refs))) for kind, refs in calm.items())
    if clash:
        return unique(voice for pair in clash for voice in pair), "numeric", quiet
    kinds = [
        (a, b) for a, b in bench.pairs(voices, exact=True, near=SURE) if _other_people(a, b) or _other_people(b, a)
    ]
    kinds += [(a, b) for a, b in bench.pairs(voices, near=SURE) if _one_fate(a, b)]
    return unique(voice for pair in kinds for voice in pair), "competing", quiet


def _other_people(a: Voice, b: Voice) -> bool:
    """Whether one says that the dead were fighters, all of them, and the other that they, or some, were civilians."""
    one, other = a.value, b.value
    if one.value == FIGHTERS:
        return other.value == CIVILIANS or (_dead(other) and bool(CIVIL.fullmatch(other.scope or "")))
    if other.value == CIVILIANS:
        return _dead(one) and bool(ARMED.fullmatch(one.scope or ""))
    alike = (one.low, one.high) == (other.low, other.high) and one.low == one.high
    return (
        (_dead(one) and _dead(other) and alike)
        and bool(ARMED.fullmatch(one.scope or ""))
        and bool(CIVIL.fullmatch(other.scope or ""))
    )


def _one_fate(a: Voice, b: Voice) -> bool:
    """Whether one says of a person that he is dead, and the other that he lives."""
    if {a.value.value, b.value.value} != {DEATH} or a.value.negated == b.value.negated:
        return False
    said = a.value.scope or HE, b.value.scope or HE
    if HE in said:  # a sentence or two on, he is whom the one before was about
        return a.claim.ref[0] == b.claim.ref[0] and abs(a.claim.ref[1] - b.claim.ref[1]) <= NEXT
    return one_person(*said, (a.claim.sentence.text, b.claim.sentence.text))


def _harmed(voice: Voice) -> bool:
    return voice.value.value in TOLLS["casualty"]


def _dead(value: Value) -> bool:
    return value.value == "killed" and bool(value.low)


def _corrected(claim: Claim, bench: Bench) -> bool:
    """Whether a source takes its count back later in the report: who has the right one is not against it."""
    later = (c for c in bench.claims if c.ref[0] == claim.ref[0] and c.ref[1] > claim.ref[1])
    return any(CORRECTED.search(c.sentence.text) and bench.together(claim, c) for c in later)


def _calm(a: Voice, b: Voice, bench: Bench) -> QuietKind | None:
    """Why two counts that differ can both hold, if they can."""
    scopes = {a.value.scope, b.value.scope}
    if ELSEWHERE in scopes or _contained(a.value, b.value) or _contained(b.value, a.value):
        return "part-whole"
    if PART in scopes and overlap(a.value, b.value):
        return "part-whole"
    if overlap(a.value, b.value):
        return "overlapping" if (a.value.low, a.value.high) != (b.value.low, b.value.high) else None
    if bench.together(a.claim, b.claim) or "author" in (a.claim.speaker.state, b.claim.speaker.state):
        return "superseded"
    if _other_scope(a.claim, b.claim, bench.registry):
        return "part-whole"
    return "superseded" if _raised(a, b) else None


def _raised(a: Voice, b: Voice) -> bool:
    """Whether of two counts the higher is the later word of no opposed side: tolls rise while the dead are found."""
    early, late = sorted((a, b), key=lambda voice: voice.value.low or 0)
    if _opposed(a, b):
        return False
    times = [voice.claim.sentence.block.time for voice in (early, late)]
    if early.claim.ref[0] == late.claim.ref[0] and None not in times and times[0] != times[1]:
        return True
    return bool(RISING.search(early.claim.sentence.text) or RISEN.search(late.claim.sentence.text))


def _opposed(a: Voice, b: Voice) -> bool:
    camps = [CAMP.get(voice.claim.stance or "") for voice in (a, b)]
    return (None not in (a.side, b.side) and a.side != b.side) or (None not in camps and camps[0] != camps[1])


def _contained(part: Value, whole: Value) -> bool:
    """Whether a count is of people whom another may count among its own: civilians among people."""
    one, all_ = _people(part), _people(whole)
    if one == all_:
        return False
    if all_ != "people":
        return one != "people"  # two populations of their own
    # Of arrests many are made by many hands: those of one kind are among those of any.
    return part.value in KEPT or whole.high is None or (part.low or 0) <= whole.high


def _people(value: Value) -> str:
    """The population of a count; "people" where it is everybody."""
    who = (value.scope or "people").rstrip("s")
    if who in EVERYBODY or who == PART or (value.value in KEPT and who in TAKEN):
        return "people"
    return KIN.get(who, who)


def _key(pair: tuple[Voice, Voice]) -> tuple[Ref, Value, Ref, Value]:
    a, b = pair
    return a.claim.ref, a.value, b.claim.ref, b.value


def _other_scope(a: Claim, b: Claim, registry: Registry) -> bool:
    """Whether two claims are of different places, days or hands."""
    places = a.place != b.place and bool(a.places) and bool(b.places)
    places = places or _covers_more(a, b, registry) or _covers_more(b, a, registry)
    return places or (a.date is not None and b.date is not None and a.date != b.date) or other_deed(a, b, registry)


def _covers_more(a: Claim, b: Claim, registry: Registry) -> bool:
    """Whether a claim is of several places apart, and another of one of them alone: of two towns is not of the one."""
    whole, part = _towns(a, registry), _towns(b, registry)
    return len(whole) > len(part) > 0 and all(any(registry.within(p, w) for w in whole) for p in part)


def _towns(claim: Claim, registry: Registry) -> set[str]:
    """The known places that a claim names, without those that hold others of them."""
    known = {locus.place for locus in claim.places if locus.place is not None}
    return {place for place in known if not any(registry.within(other, place) for other in known - {place})}


def overlap(a: Value, b: Value) -> bool:
    """Whether the bounds of two counts leave room for one number; "more than 58" and 58 are one, rounded."""
    ends = [v.high for v in (a, b) if v.high is not None]
    most = min(ends, default=1 << 60)
    spare = 1 if None in (a.high, b.high) and most >= ROUND else 0
    return max(a.low or 0, b.low or 0) <= most + spare


def other_deed(a: Claim, b: Claim, registry: Registry) -> bool:
    """Whether two claims speak of areas of two sides."""
    held = [
        {
            registry.side_of(party.id)
            for said in HELD.finditer(claim.sentence.text)
            for party in registry.parties(said["who"])
        }
        for claim in (a, b)
    ]
    return bool(held[0] and held[1] and not held[0] & held[1])
