"""Which accounts of one event cannot both hold: pairs of voices, facet by facet.

Two voices can contradict each other only where they come from independent sources and speak of the very same
happening; the writer's own summary is no source of that kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations

import regex

from annotate.actors import SOMEBODY, clears, same_actor
from annotate.clocks import apart as clocks_apart
from annotate.clocks import is_hour, zone
from annotate.deeds import one_deed
from annotate.document import Claim, Quiet, QuietKind, Reason, Ref, Value
from annotate.facets import AIM_OF, AIMS, ATTACK, CAUSED, FAMILY, READINGS, UNMEANT
from annotate.grounds import apart as grounds_apart
from annotate.origins import apart as origins_apart
from annotate.registry import Registry
from annotate.rivals import are_rivals, is_third
from annotate.tolls import casualties
from annotate.voices import SURE, Bench, Voice, heard, unique
from annotate.when import part_of_day

LIKELY = 0.5  # probability of one happening that is enough for two hours or origins told in one report
LOOSE = 120  # the same where one is told by its part of the day
SURELY = 0.85  # probability of one happening without which the parts of its day are not compared
DEEDS = {"attack", "detention", "control"}  # what has an hour: that of a shot is not that of the entry
EXCLUSIVE = ({"planted", "torpedo"}, {"chemical", "plain"}, {"incendiary", "plain"})  # families of means
CLOCKS = 60  # minutes by which two clocks may differ for one act

_AGAIN = regex.compile(  # another deed, whose hour is its own
    r"\b(?:second|third|another|next|later|subsequent)\s+(?:\w+\s+)?(?:air\s?strike|strike|attack|raid|blast|explosion|bomb\w*|post)\b",
    regex.I,
)

Clash = tuple[list[Voice], Reason, tuple[Quiet, ...]]  # the voices that clash, how, and what only looks like it


def no_clash(voices: Sequence[Voice], bench: Bench) -> Clash:
    """For a facet in which accounts cannot contradict each other."""
    return [], "competing", ()


def _verdict(clash: list[tuple[Voice, Voice]], calm: tuple[Quiet, ...] = ()) -> Clash:
    return unique(voice for pair in clash for voice in pair), "competing", calm


def _quiet(kind: QuietKind, pairs: list[tuple[Voice, Voice]]) -> tuple[Quiet, ...]:
    refs = tuple(dict.fromkeys(voice.claim.ref for pair in pairs for voice in pair))
    return (Quiet(kind, refs),) if refs else ()


def _given(voices: Sequence[Voice]) -> dict[Ref, set[str]]:
    """The values that each claim gives and does not deny."""
    given: dict[Ref, set[str]] = defaultdict(set)
    for voice in voices:
        if not voice.value.negated:
            given[voice.claim.ref].add(voice.value.value)
    return given


def _occurrence(voices: Sequence[Voice], bench: Bench) -> Clash:
    """What one says that it never happened, or tells as another, harmless act."""
    clash = _poles(voices, bench)
    for pair in bench.pairs(voices, exact=True):
        for told, act in (pair, pair[::-1]):
            harmless, words = READINGS.get(told.value.value, (None, None))
            text = act.claim.sentence.text
            if harmless and words and act.value.value not in READINGS and not act.value.negated:
                if words.search(text) and not harmless.search(text):
                    clash.append((told, act))
    return _verdict(clash)


def _target(voices: Sequence[Voice], bench: Bench) -> Clash:
    """One object, hit by one and missed by another, or meant for civil life by one and for fighters by another."""
    clash = [(a, b) for a, b in _poles(voices, bench) if _one_object(a.claim, b.claim, bench.registry)]
    meant: dict[Ref, set[str]] = defaultdict(set)
    for voice in voices:
        if (aim := AIM_OF.get(voice.value.value)) is not None and not voice.value.negated:
            meant[voice.claim.ref].add(aim)
    for a, b in bench.pairs(voices):
        aims = meant[a.claim.ref], meant[b.claim.ref]
        if len(aims[0]) == len(aims[1]) == 1 and aims[0] != aims[1] and set(AIMS) & {a.value.value, b.value.value}:
            clash.append((a, b))
    return _verdict(clash)


def _one_object(a: Claim, b: Claim, registry: Registry) -> bool:
    """Whether two claims name one thing that was aimed at: a place or a kind of place."""
    kinds = [{v.value for v in claim.values if v.facet == "target"} - {"hit"} for claim in (a, b)]
    if kinds[0] & kinds[1]:
        return True
    return a.place is not None and a.place == b.place and bool(a.places or b.places)


def _poles(voices: Sequence[Voice], bench: Bench) -> list[tuple[Voice, Voice]]:
    return [
        (a, b) for a, b in bench.pairs(voices) if a.value.value == b.value.value and a.value.negated != b.value.negated
    ]


def _agent(voices: Sequence[Voice], bench: Bench) -> Clash:
    """A party blamed where another source clears it, or two sources that blame different sides for one deed."""
    blamed: dict[str, set[str]] = defaultdict(set)
    for voice in voices:
        if not voice.value.negated:
            blamed[voice.who].add(voice.value.value)
    clash: list[tuple[Voice, Voice]] = []
    strength: list[tuple[Voice, Voice]] = []
    apart: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices):
        kin = same_actor(a.value.value, b.value.value, bench.registry)
        if a.value.negated != b.value.negated:
            no, yes = (a, b) if a.value.negated else (b, a)
            if clears(no.value.value, yes.value.value, bench.registry):
                clash.append((a, b))
        elif kin and not {a.value.value} & blamed[b.who] and not {b.value.value} & blamed[a.who]:
            strength.append((a, b))  # a party and the side that it fights on: one says less than the other
        elif not a.value.negated and one_deed(a.claim, b.claim, bench):
            pairs = clash if are_rivals(a, b, blamed, bench.registry) else apart
            pairs.append((a, b))
    parties = {(voice.claim.ref, voice.value.value) for pair in clash for voice in pair if not voice.value.negated}
    for a, b in apart:
        joint = any(same_actor(x, y, bench.registry) for x in blamed[a.who] for y in blamed[b.who])
        if not joint and (is_third(a, b, parties, bench.registry) or is_third(b, a, parties, bench.registry)):
            clash.append((a, b))
    return _verdict(_joined(clash, voices, bench), _quiet("strength", strength))


def _joined(clash: list[tuple[Voice, Voice]], voices: Sequence[Voice], bench: Bench) -> list[tuple[Voice, Voice]]:
    """Rival accounts with all others that say the same as one of the two, of what the other tells."""
    found, others = list(clash), heard(voices)
    for a, b in (pair for one, other in clash for pair in ((one, other), (other, one))):
        for voice in others:
            same = (voice.value.value, voice.value.negated) == (a.value.value, a.value.negated)
            sure = bench.alike(voice.claim.ref, b.claim.ref) >= SURE and bench.meet(voice.claim, b.claim, loose=True)
            if same and sure and not bench.together(voice.claim, b.claim):
                found.append((voice, b))
    return found


def _means(voices: Sequence[Voice], bench: Bench) -> Clash:
    """Two families of means that cannot both have done it: an accident or a strike, a planted bomb or a shell.

    Who blames somebody for what another calls an accident says that it was none, with whatever it was done.
    """
    voices = [voice for voice in voices if not voice.value.negated]
    if any(FAMILY[voice.value.value] == "accident" for voice in voices):
        told = {voice.claim.ref for voice in voices}
        voices += [
            Voice(claim, Value("means", ATTACK, hedged=claim.tags.assertion == "hedges"), bench.source(claim))
            for claim in bench.claims
            if claim.ref not in told and _blames(claim)
        ]
    families: dict[Ref, set[str]] = defaultdict(set)
    for voice in voices:
        families[voice.claim.ref].add(FAMILY[voice.value.value])
    clash: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices):
        pair = {FAMILY[a.value.value], FAMILY[b.value.value]}
        caused = CAUSED.search(a.claim.sentence.text) or CAUSED.search(b.claim.sentence.text)
        exclusive = bool(pair & UNMEANT) or pair in EXCLUSIVE
        exclusive = exclusive or bool(caused and "planted" in pair and pair & {"air", "missile", "artillery"})
        said = families[a.claim.ref], families[b.claim.ref]
        if pair & UNMEANT:  # a jet can be what fell and what bombed
            said = said[0] & UNMEANT, said[1] & UNMEANT
        if ATTACK in pair and _blames(a.claim) and _blames(b.claim):
            continue  # whose mishap it was is a question of who did it
        if len(pair) == 2 and exclusive and not said[0] & said[1] and bench.meet(a.claim, b.claim, loose=True):
            clash.append((a, b))
    return _verdict(_joined(clash, voices, bench))


def _blames(claim: Claim) -> bool:
    """Whether a claim says of an attack who did it."""
    if claim.tags.assertion in ("denies", "calls") or not {"attack", "responsibility"} <= set(claim.tags.about):
        return False
    return any(value.facet == "agent" and not value.negated for value in claim.values)


def _origin(voices: Sequence[Voice], bench: Bench) -> Clash:
    """Two origins of one deed that cannot be one."""
    said = _given(voices)
    return _verdict(
        [
            (a, b)
            for a, b in bench.pairs(voices, near=LIKELY)
            if not a.value.negated
            and not b.value.negated
            and origins_apart(said[a.claim.ref], said[b.claim.ref], bench.registry)
        ]
    )


def _place(voices: Sequence[Voice], bench: Bench) -> Clash:
    """One happening on two grounds, or in a thing and beside it."""
    said: dict[Ref, set[tuple[str, bool]]] = defaultdict(set)
    for voice in voices:
        said[voice.claim.ref].add((voice.value.value, not voice.value.negated))
    pairs = bench.pairs(voices, exact=True, near=LIKELY)
    return _verdict([(a, b) for a, b in pairs if grounds_apart(said[a.claim.ref], said[b.claim.ref], bench.registry)])


def _control(voices: Sequence[Voice], bench: Bench) -> Clash:
    """A place that two sides each say they hold, or a capture denied, on the same day: fronts move."""
    clash: list[tuple[Voice, Voice]] = []
    later: list[tuple[Voice, Voice]] = []
    holders = _given(voices)  # "the army and its allies hold it": together against nobody
    for a, b in bench.pairs(voices):
        if not a.value.negated and not b.value.negated and holders[a.claim.ref] & holders[b.claim.ref]:
            continue
        differ = a.value.negated != b.value.negated or a.value.value != b.value.value
        if a.claim.date and b.claim.date and a.claim.date != b.claim.date:
            later += [(a, b)] if differ else []
        elif differ and a.side == b.side is not None and "confirms" in (a.claim.tags.assertion, b.claim.tags.assertion):
            later.append((a, b))  # a side that grants a loss holds no longer what it held
        elif a.value.negated != b.value.negated:
            clash += [(a, b)] if _kept(*((a, b) if a.value.negated else (b, a)), bench.registry) else []
        elif not a.value.negated and _both_hold(a, b, bench.registry):
            clash.append((a, b))
    later += [pair for pair in combinations(voices, 2) if _granted(*pair, bench)]
    return _verdict(clash, _quiet("superseded", later))


def _granted(a: Voice, b: Voice, bench: Bench) -> bool:
    """Whether one source says at one time that it holds a place and at another that it has lost it."""
    if a.value.value != b.value.value or a.value.negated == b.value.negated or a.claim.ref == b.claim.ref:
        return False
    return bench.together(a.claim, b.claim) and "confirms" in (a.claim.tags.assertion, b.claim.tags.assertion)


def _kept(denying: Voice, saying: Voice, registry: Registry) -> bool:
    """Whether one says that the place was not taken by whom the other says it was."""
    holder = registry.side_of(saying.value.value)
    if saying.value.value == SOMEBODY and denying.claim.tags.assertion == "confirms":
        return False  # a loss that is granted and a capture without a captor are one
    # Who denies that a place has fallen does not deny that his own side holds it.
    own = denying.value.value == SOMEBODY and holder is not None and holder == denying.side
    return not own and same_actor(denying.value.value, saying.value.value, registry)


def _both_hold(a: Voice, b: Voice, registry: Registry) -> bool:
    """Whether each says that his own side holds the place, or one does against the word of somebody of no side."""
    holders = registry.side_of(a.value.value), registry.side_of(b.value.value)
    spoken = list(zip((a, b), holders, strict=True))
    if None in holders:
        apart = not same_actor(a.value.value, b.value.value, registry)
        return apart and all(_for_himself(voice, holder) for voice, holder in spoken)
    fair = all(voice.side in (None, "neutral", holder) for voice, holder in spoken)
    return holders[0] != holders[1] and fair and bool({a.side, b.side} & set(holders))


def _for_himself(voice: Voice, side: str | None) -> bool:
    """Whether a speaker says that he himself, or his own side, holds a place."""
    return voice.value.value == voice.claim.speaker.name.lower() or (side is not None and side == voice.side)


def _status(voices: Sequence[Voice], bench: Bench) -> Clash:
    """One thing said to be open and shut, kept and broken; a state of another day or hour is a later one."""
    later: list[tuple[Voice, Voice]] = []
    for a, b in combinations(voices, 2):
        if a.value.value != b.value.value or a.value.negated == b.value.negated or a.claim.ref == b.claim.ref:
            continue
        days = a.claim.date, b.claim.date
        hours = part_of_day(a.claim.sentence.text), part_of_day(b.claim.sentence.text)
        moved = any(None not in pair and pair[0] != pair[1] for pair in (days, hours))
        if moved and bench.alike(a.claim.ref, b.claim.ref) >= 0.5:
            later.append((a, b))
    moved_on = {(a.claim.ref, b.claim.ref) for a, b in later}
    clash = [(a, b) for a, b in _poles(voices, bench) if (a.claim.ref, b.claim.ref) not in moved_on]
    return _verdict(clash, _quiet("superseded", later))


def _time(voices: Sequence[Voice], bench: Bench) -> Clash:
    """Two times of the day for one act, or one before a truce and one in it.

    One hour is a matter of where the clock hangs; "morning" and "evening" only where the act is surely one.
    """
    clash: list[tuple[Voice, Voice]] = []
    close: list[tuple[Voice, Voice]] = []
    for a, b in bench.pairs(voices, exact=True, near=LIKELY):
        said = a.value.value, b.value.value
        if said[0] == said[1] or not set(a.claim.tags.about) & set(b.claim.tags.about) & DEEDS:
            continue
        if _AGAIN.search(a.claim.sentence.text) or _AGAIN.search(b.claim.sentence.text) or _left(a.claim, b.claim):
            continue
        if zone(a.claim.sentence.text) != zone(b.claim.sentence.text):
            continue  # 1200 GMT is three in the afternoon elsewhere
        hours = [is_hour(time) for time in said]
        if all(hours):
            by_clock = all(time[0].isdigit() and "-" not in time for time in said)
            gap = clocks_apart(*said)
            if gap <= (CLOCKS if by_clock else LOOSE):
                close.append((a, b))
            elif by_clock or bench.alike(a.claim.ref, b.claim.ref) >= SURELY:
                clash.append((a, b))
        elif not any(hours) and said[0].split()[-1] == said[1].split()[-1]:
            clash.append((a, b))
    return _verdict(clash, _quiet("overlapping", close))


def _left(a: Claim, b: Claim) -> bool:
    """Whether one claim tells that a place was taken and the other that it was given up: two acts, each at its hour."""
    held = [{not value.negated for value in claim.values if value.facet == "control"} for claim in (a, b)]
    return held in ([{True}, {False}], [{False}, {True}])


CLASHES: dict[str, Callable[[Sequence[Voice], Bench], Clash]] = {
    "occurrence": _occurrence,
    "target": _target,
    "agent": _agent,
    "means": _means,
    "origin": _origin,
    "casualties": casualties,
    "time": _time,
    "place": _place,
    "control": _control,
    "status": _status,
}
