"""On whose word one facet of an event rests, and why that is not enough: one side, nobody named, or doubt."""

from __future__ import annotations

from collections.abc import Sequence

from annotate.actors import is_speaker
from annotate.document import Claim, Reason
from annotate.facets import FAMILY
from annotate.losses import ELSEWHERE, PART, TOLLS
from annotate.registry import Registry
from annotate.voices import Bench, Voice
from annotate.wording import TABLE, whole_words

# Facets that rest on somebody's word: with one side's word alone they are unconfirmed.
RESTING = ("target", "agent", "means", "origin", "casualties", "detention")
# The types of which one has to be decided on: of what a claim only may be about there is nothing to warn.
_DECIDED = {
    "agent": {"responsibility", "attack", "detention"},
    "target": {"attack"},
    "means": {"attack"},
    "origin": {"attack"},
}
TOLD = 0.5  # probability of one happening from which on a claim without words of its own for a facet takes it over
NEAR = 2  # sentences within which "it" and "the bomb" are what was spoken of before
_MILITARY = whole_words(TABLE["backing"]["military"])
_NEUTRAL = whole_words(TABLE["backing"]["neutral"])
_TAKEN_OVER = whole_words(TABLE["backing"]["taken_over"])
_ARMED = whole_words(TABLE["toll"]["armed"])


def thin(facet: str, voices: Sequence[Voice], bench: Bench) -> tuple[list[Voice], tuple[Reason, ...]]:
    """The voices of a facet that rest on thin ground, and why; none where the facet does not rest on anybody's word."""
    if facet not in RESTING:
        return [], ()
    found: list[Voice] = []
    reasons: list[Reason] = []
    types = _DECIDED.get(facet)
    decided = [v for v in voices if types is None or types & set(v.claim.tags.types)]
    for group in _groups(facet, [v for v in decided if not v.value.negated]):
        if all(voice.value.scope == PART for voice in group):
            continue  # who counts what came his way gives no toll
        why = _why(facet, group, bench)
        if why:
            found += [voice for voice in group if voice.value.scope not in (PART, ELSEWHERE)]
            reasons += [reason for reason in why if reason not in reasons]
    return found, tuple(reasons)


def _groups(facet: str, voices: list[Voice]) -> list[list[Voice]]:
    """The voices that can bear each other out: all of a facet, but of casualties those of one people counted."""
    if facet == "casualties":  # numbers of the taken and the displaced are no toll
        voices = [v for v in voices if v.value.value in TOLLS["casualty"] and v.value.scope != ELSEWHERE]
    if facet == "target" and not any(v.flat for v in voices):  # a hit alone says of no object that it was meant
        voices = [v for v in voices if v.value.value != "hit"]
    groups: list[list[Voice]] = []
    for voice in voices:
        for group in groups:
            if facet != "casualties" or not any(_two_forces(voice, other) for other in group):
                group.append(voice)
                break
        else:
            groups.append([voice])
    return groups


def _two_forces(a: Voice, b: Voice) -> bool:
    """Whether two counts are of the men of two forces, or one of the dead of a force and one of whoever was hurt."""
    one, other = (voice.value.scope or "" for voice in (a, b))
    if a.value.value != b.value.value:
        return bool(_ARMED.search(one) or _ARMED.search(other))
    return one.rstrip("s") != other.rstrip("s") and all(_ARMED.search(who) for who in (one, other))


def _why(facet: str, backing: Sequence[Voice], bench: Bench) -> tuple[Reason, ...]:
    """Why some voices that can bear each other out do not."""
    if any(v.flat or _owned(v, bench.registry) for v in backing):
        return ()
    reasons: list[Reason] = []
    named = [v for v in backing if v.named and v.claim.speaker.state != "author"]
    borne = _borne_out(facet, backing, bench)
    if named and not borne and _one_side(named, bench.registry):
        reasons.append("single-side")
    if not named and not borne:
        reasons.append("unattributed")
    if all(v.value.hedged for v in backing):
        reasons.append("hedged")
    return tuple(reasons)


def _one_side(named: Sequence[Voice], registry: Registry) -> bool:
    """Whether all who say it are of one interested side, or one man who stands for no neutral body."""
    sides = {v.side for v in named}
    if "neutral" in sides:
        return False
    plain = [v for v in named if v.side is None]
    if not plain:
        return len(sides) == 1
    if len(sides) == 1:
        return len({v.who for v in plain}) == 1 and not _neutral_body(plain[0], registry)
    return len(sides) == 2 and all(_interested(v) for v in plain)


def _neutral_body(voice: Voice, registry: Registry) -> bool:
    """Whether somebody of no known side speaks for a body that takes none: "the surgeons of MSF"."""
    name = voice.claim.speaker.name
    if _NEUTRAL.search(name) or any(source.side == "neutral" for source in registry.sources(name)):
        return True
    return voice.claim.stance in ("media", "ngo", "official") and not _interested(voice)


def _interested(voice: Voice) -> bool:
    """Whether an official of no known side speaks for a force that fights, of who did it or who died."""
    military = voice.claim.stance == "official" and _MILITARY.search(voice.claim.speaker.name)
    return bool(military) and voice.value.facet in ("agent", "casualties")


def _owned(voice: Voice, registry: Registry) -> bool:
    """Whether somebody admits what he has done or lost."""
    claim = voice.claim
    if claim.tags.assertion != "confirms":
        return False
    parties = [value.value for value in claim.values if value.facet == "agent" and not value.negated]
    return voice.value.facet == "casualties" or any(is_speaker(party, claim, registry) for party in parties)


def _borne_out(facet: str, backing: Sequence[Voice], bench: Bench) -> bool:
    """Whether another side, somebody neutral or the writer bears a facet out in words that give it no value.

    That the place was struck says that it was the target; "it" and "the bomb" are what the voice has spoken of before.
    """
    told = {voice.claim.ref for voice in backing}
    sides = {voice.side for voice in backing}
    for other in bench.claims:
        if other.ref in told or other.tags.assertion not in ("asserts", "confirms"):
            continue
        if not _apart(other, sides):
            continue
        for voice in backing:
            if facet == "target" and _struck(other, voice.claim) and bench.alike(other.ref, voice.claim.ref) >= TOLD:
                return True
            if facet in ("target", "means") and _goes_on(voice, other, bench):
                return True
    return False


def _apart(other: Claim, sides: set[str | None]) -> bool:
    """Whether a claim is the writer's, or that of a side other than those, or of somebody who is of none."""
    if other.speaker.state == "missing":
        return False
    return other.speaker.state == "author" or other.speaker.side not in sides or other.speaker.side == "neutral"


def _struck(other: Claim, claim: Claim) -> bool:
    """Whether a claim tells of force at the place that another names."""
    happened = any(v.facet == "occurrence" and v.value == "happened" and not v.negated for v in other.values)
    return happened and bool(other.places) and (other.place == claim.place or not claim.place)


def _goes_on(voice: Voice, other: Claim, bench: Bench) -> bool:
    """Whether a claim speaks, a sentence or two on, of what a voice has named, by a pronoun or as known."""
    first, facet = voice.claim, voice.value.facet
    if first.ref[0] != other.ref[0] or not 0 < other.ref[1] - first.ref[1] <= NEAR or "attack" not in other.tags.about:
        return False
    own = {FAMILY[v.value] for v in other.values if v.facet == "means"} if facet == "means" else set()
    if own and FAMILY[voice.value.value] not in own:
        return False
    return bool(_TAKEN_OVER.search(other.sentence.text)) and bench.alike(first.ref, other.ref) >= TOLD
