"""What a denial denies: how likely it is that it speaks of another claim of its event, by a learned score.

A denial seldom says in full what it denies ("the ministry rejected the reports"), and an event holds claims that the
denier does not dispute. A logistic regression over a few plain features (which claim stands right before it, kinds of
claim, words, parties, means in common, sides) was fitted on annotated contradictions, see denials_fit.py.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import regex

from annotate.actors import SOMEBODY, clears, is_meant
from annotate.actors import apart as parties_apart
from annotate.assets import REGISTRY
from annotate.counts import is_running
from annotate.document import Claim, Ref, Value
from annotate.facets import AIMS, FAMILY, clears_itself, is_nothing, is_position, means_said
from annotate.frequencies import frequencies, words
from annotate.grounds import apart
from annotate.losses import is_serving
from annotate.registry import Registry
from annotate.voices import Bench

_TOLD = regex.compile(
    r"\b(?:claims?|reports?|accounts?|allegations?|accusations?|rumou?rs?|charges?|assertions?|stor(?:y|ies)|news"
    r"|this|that|it|these|those|such)\b",
    regex.I,
)
_SERIES = regex.compile(
    r"\b(?:\d+|several|many|dozens\s+of|\w+ty|three|four|five|six|ten)\s+(?:times|attacks|strikes)\b|\brepeated(?:ly)?\b",
    regex.I,
)
# Probability that a denial denies another claim, from which on the two are in dispute; and what another must reach of
# the likeliest one's.
DENIED, BESIDE = 0.15, 0.6
# Who denies that anything happened denies all who tell what the denied one tells: what the pair must reach then.
WHOLE = ("occurrence", "control", "status")
ALSO, NEAR = 0.1, 0.4
TELLS = 0.3  # probability of one happening from which on all tellers are denied by "nothing happened"
PLAIN = 0.5  # probability of a denial of the sentence right before it, from which on it needs no likeness to it
ALIKE = 0.5  # probability of one happening without which there is no denial
NAMED = 0.35  # the same where the claim likely says the very thing denied
_CIVILIAN = regex.compile(r"\b(?:civilians?|non-combatants?)\b", regex.I)
_COMMON = 3.5  # words not rarer than this say nothing about what a claim is about: about the 500 commonest
# What is in dispute where a denial does not say it in words of its own, by what both claims are about.
_FACET_OF = {
    "control": "control", "casualty": "casualties", "attack": "occurrence", "detention": "occurrence",
    "responsibility": "agent", "humanitarian": "status", "diplomacy": "status", "other": "status",
}  # fmt: skip

FEATURES = (
    "bias", "right before", "two before", "three before", "right after", "two after", "far", "other report",
    "same item", "nearest", "alike", "types", "cosine", "words", "both blame", "one blames", "both casualty",
    "one casualty", "both attack", "both control", "one control", "both detention", "politics", "same agent",
    "same value", "denier named", "others named", "means shared", "means apart", "opposed", "same side", "same stance",
    "hedged", "nobody named", "witness", "told", "writer denies", "short", "other place", "other day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """What the score needs to know of the event beyond the two claims."""

    alike: Callable[[Ref, Ref], float]
    registry: Registry
    nearest: Mapping[Ref, Ref]  # denial -> the claim of another source that stands closest before it


def denied(claims: Sequence[Claim], bench: Bench) -> Iterable[tuple[Claim, Claim]]:
    """The denials among some claims of one event, each with the claims of other sources that it denies."""
    setting = Setting(bench.alike, bench.registry, nearest(claims, bench.source))
    before: tuple[Claim, list[Claim]] | None = None
    for denial, rivals in meetings(claims, bench):
        likely = {rival.ref: probability(denial, rival, setting) for rival in rivals}
        hit = _blaming(denial, _hit(denial, rivals, likely, bench), bench.registry)
        if before is not None and _goes_on(before[0], denial, bench):
            hit += [rival for rival in before[1] if rival not in hit and likely.get(rival.ref, 0.0) >= DENIED]
        before = denial, hit
        yield from ((denial, rival) for rival in hit)


def _hit(denial: Claim, rivals: Sequence[Claim], likely: Mapping[Ref, float], bench: Bench) -> list[Claim]:
    best = max(likely.values(), default=0.0)
    hit: list[Claim] = []
    for rival in rivals:
        p = likely[rival.ref]
        meant = _meant(denial, rival, bench.registry)
        sure = NAMED if meant and p >= 2 * DENIED else ALIKE
        alike = bench.alike(denial.ref, rival.ref) >= sure or _answers(denial, rival, bench.registry)
        alike = alike or (p >= PLAIN and _follows(denial, rival))
        if p >= DENIED and (meant or p >= BESIDE * best) and alike:
            hit.append(rival)
    if any(value.negated and value.facet in WHOLE for value in denial.values):
        rest = [rival for rival in rivals if rival not in hit and likely[rival.ref] >= ALSO]
        rest = [rival for rival in rest if bench.alike(denial.ref, rival.ref) >= NEAR]
        hit += [rival for rival in rest if any(_same_story(one, rival, bench) for one in hit)]
    if hit and is_nothing(denial.sentence.text):
        rest = [rival for rival in rivals if rival not in hit and likely[rival.ref] >= ALSO and _tells(rival)]
        hit += [rival for rival in rest if bench.alike(denial.ref, rival.ref) >= TELLS]
    return hit


def _tells(claim: Claim) -> bool:
    return any(value.facet == "occurrence" and not value.negated for value in claim.values)


def _blaming(denial: Claim, hit: list[Claim], registry: Registry) -> list[Claim]:
    """Of what a denial to hold somebody might deny those who name the holder, if any does: taken he may be."""
    cleared = any(value.negated and value.facet == "agent" for value in denial.values)
    if not cleared or "detention" not in denial.tags.about:
        return hit
    blaming = [rival for rival in hit if any(no.facet == "agent" for no, _ in _opposites(denial, rival, registry))]
    plain = [rival for rival in hit if {value.facet for value in rival.values} <= {"occurrence", "casualties", "time"}]
    return [rival for rival in hit if rival in blaming or rival not in plain] if blaming else hit


def _goes_on(first: Claim, then: Claim, bench: Bench) -> bool:
    """Whether a denial goes on with what the sentence before it began to deny."""
    return first.ref[0] == then.ref[0] and then.ref[1] - first.ref[1] == 1 and bench.together(first, then)


def _same_story(one: Claim, other: Claim, bench: Bench) -> bool:
    """Whether two accounts tell the same of one happening: who did it, with what, to what, how many."""
    if bench.alike(one.ref, other.ref) < ALIKE:
        return False
    means = _families(one.sentence.text), _families(other.sentence.text)
    if all(means):
        return bool(means[0] & means[1])
    said = [{(v.facet, v.value) for v in c.values if not v.negated} for c in (one, other)]
    return bool({value for value in said[0] & said[1] if value[0] not in ("occurrence", "time") and value[1] != "hit"})


def meetings(claims: Sequence[Claim], bench: Bench) -> Iterable[tuple[Claim, list[Claim]]]:
    """Each denial with what it might deny: the word of others than the writer on one happening, accusing calls too."""
    others = [c for c in claims if c.tags.assertion != "denies" and c.speaker.state != "author"]
    others = [c for c in others if not is_running(c.sentence) or ("responsibility" in c.tags.about and not _serial(c))]
    others = [c for c in others if c.tags.assertion != "calls" or "responsibility" in c.tags.about]
    for denial in claims:
        if denial.tags.assertion == "denies" and not is_position(denial):
            met = [o for o in others if not bench.together(denial, o) and is_meant(denial, o, bench.registry)]
            yield denial, [o for o in met if not _beside(denial, o, bench.registry)]


def _serial(claim: Claim) -> bool:
    """Whether a claim tells of deeds in a row and of no single one."""
    return bool(_SERIES.search(claim.sentence.text))


def _beside(denial: Claim, other: Claim, registry: Registry) -> bool:
    """Whether a claim leaves open what is denied: that a base was missed denies no explosion, nor a loss who holds."""
    refused = {value.facet for value in denial.values if value.negated}
    if refused == {"target"}:
        return not {"hit", *AIMS} & {v.value for v in other.values if v.facet == "target"}
    if refused <= {"occurrence", "agent", "means"} and _families(denial.sentence.text):
        given = {value.facet for value in other.values}
        counted = given <= {"casualties"} or ("casualties" in given and given <= {"casualties", "occurrence"})
        return counted and not _families(other.sentence.text)  # that no gas was used denies no dead
    if refused == {"casualties"} and _CIVILIAN.search(denial.sentence.text):
        scopes = {value.scope for value in other.values if value.facet == "casualties" and value.low is not None}
        return bool(scopes) and all(is_serving(scope) for scope in scopes)
    if refused == {"agent"} and clears_itself(denial):  # to have had no part in a deed leaves open that others did it
        cleared = [value.value for value in denial.values if value.facet == "agent" and value.negated]
        named = [value.value for value in other.values if value.facet == "agent" and not value.negated]
        agreed = {v.value for v in denial.values if v.facet == "agent" and not v.negated} & set(named)
        return bool(named and cleared) and not agreed and parties_apart(cleared, named, registry)
    if refused == {"control"}:
        holders = [registry.side_of(v.value) for v in other.values if v.facet == "control" and not v.negated]
        return not holders or (denial.speaker.side is not None and denial.speaker.side in holders)
    return False


def refused(denial: Claim, other: Claim, registry: Registry) -> tuple[Value, Value]:
    """What of a claim a denial of it denies: the denial's value and the claim's, of one facet."""
    facet = _facet(denial, other)
    if elsewhere := _elsewhere(denial, other, registry):
        return elsewhere
    alike = list(_opposites(denial, other, registry))
    said = [pair for pair in alike if pair[0].facet != "occurrence"] or [pair for pair in alike if facet != "means"]
    if said:
        return said[0]
    yes = next((v for v in other.values if v.facet == facet and not v.negated), Value(facet, "as told"))
    return replace(yes, negated=True, hedged=False), yes


def _elsewhere(denial: Claim, other: Claim, registry: Registry) -> tuple[Value, Value] | None:
    """Where a denial puts what another puts elsewhere."""
    mine, theirs = ([v for v in c.values if v.facet == "place"] for c in (denial, other))
    said = [{(v.value, not v.negated) for v in values} for values in (mine, theirs)]
    return (mine[0], theirs[0]) if apart(said[0], said[1], registry) else None


def _meant(denial: Claim, other: Claim, registry: Registry) -> bool:
    """Whether a claim says the very thing denied, and not only that something happened."""
    return any(no.facet != "occurrence" for no, _ in _opposites(denial, other, registry))


def _follows(denial: Claim, other: Claim) -> bool:
    """Whether a denial stands right behind a claim of something, or behind blame, in one item."""
    if not other.values and "responsibility" not in other.tags.about:
        return False
    one_item = denial.sentence.block.item == other.sentence.block.item
    return one_item and denial.ref[0] == other.ref[0] and denial.ref[1] - other.ref[1] == 1


def _answers(denial: Claim, other: Claim, registry: Registry) -> bool:
    """Whether a denial refuses the very state ("the pumps run") that a sentence or two before it has given."""
    follows = denial.ref[0] == other.ref[0] and 0 < denial.ref[1] - other.ref[1] <= 2
    return follows and any(no.facet == "status" for no, _ in _opposites(denial, other, registry))


def _opposites(denial: Claim, other: Claim, registry: Registry) -> Iterable[tuple[Value, Value]]:
    """What the one refuses and the other says, and which of two states the one puts in the other's place."""
    for no in denial.values:
        for yes in (value for value in other.values if value.facet == no.facet and value.negated != no.negated):
            if (no.negated or no.facet == "status") and (no.value == yes.value or _one_party(no, yes, registry)):
                yield no, yes


def _facet(denial: Claim, other: Claim) -> str:
    """The facet of a denial that shares no value with what it denies."""
    given = {value.facet for value in other.values}
    own = [value.facet for value in denial.values if value.negated]
    of_agent = "agent" in own and "agent" in given
    if set(own) <= {"occurrence", "agent", "means"} and not of_agent and not is_nothing(denial.sentence.text):
        refused = _families(denial.sentence.text)
        if refused & _families(other.sentence.text) and "shot-down" not in refused:  # what fell is no means
            return "means"
    stated = next((facet for facet in own if facet != "occurrence" and facet in given), None)
    both = (label for label in _FACET_OF if label in denial.tags.about and label in other.tags.about)
    return stated or next((_FACET_OF[label] for label in both), "occurrence")


def _one_party(no: Value, yes: Value, registry: Registry) -> bool:
    return no.facet in ("agent", "control") and clears(no.value, yes.value, registry)


def probability(denial: Claim, other: Claim, setting: Setting) -> float:
    """How likely the one denies what the other says."""
    score = sum(w * x for w, x in zip(_weights(), features(denial, other, setting), strict=True))
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def features(denial: Claim, other: Claim, setting: Setting) -> list[float]:
    """The pair's features, in the order of FEATURES."""
    d, o, registry = denial, other, setting.registry
    same_report = d.ref[0] == o.ref[0]
    gap = o.ref[1] - d.ref[1] if same_report else 0
    mine, theirs = set(d.tags.about), set(o.tags.about)
    shared = cosine(d.sentence.text, o.sentence.text)
    refused = {(v.facet, v.value) for v in d.values if v.negated}
    given = {(v.facet, v.value) for v in o.values if not v.negated}
    same = {facet for facet, _ in refused & given}
    speaks_for = [party.id for party in registry.parties(d.speaker.name)]
    own = _sides({*speaks_for, d.speaker.side}, registry)
    named = _sides([v.value for v in o.values if v.facet == "agent"], registry)
    means = _families(d.sentence.text), _families(o.sentence.text)
    sides = d.speaker.side, o.speaker.side
    placed = d.places and o.places and d.place and o.place and not _nested(d.place, o.place, registry)
    return [
        float(x)
        for x in (
            1,
            gap == -1,
            gap == -2,
            gap == -3,
            gap == 1,
            gap == 2,
            same_report and abs(gap) > 3,
            not same_report,
            same_report and d.sentence.block.item == o.sentence.block.item,
            setting.nearest.get(d.ref) == o.ref,
            setting.alike(d.ref, o.ref),
            len(mine & theirs) / max(len(mine | theirs), 1),
            shared,
            shared >= 0.1,
            "responsibility" in mine & theirs,
            "responsibility" in mine ^ theirs,
            "casualty" in mine & theirs,
            "casualty" in theirs - mine,
            "attack" in mine & theirs,
            "control" in mine & theirs,
            "control" in theirs - mine,
            "detention" in mine & theirs,
            "diplomacy" in theirs,
            "agent" in same or (("agent", SOMEBODY) in refused and bool(named)),
            bool(same - {"agent"}),
            bool(own & named),
            bool(named) and bool(own) and not own & named,
            bool(means[0] & means[1]),
            bool(means[0] and means[1] and not means[0] & means[1]),
            None not in sides and sides[0] != sides[1],
            sides[0] is not None and sides[0] == sides[1],
            d.stance == o.stance,
            o.tags.assertion == "hedges",
            o.speaker.state == "missing",
            o.stance == "witness",
            bool(_TOLD.search(d.sentence.text)),
            d.speaker.state == "author",
            len(d.sentence.text) < 90,
            bool(placed),
            d.date is not None and o.date is not None and d.date != o.date,
        )
    ]


def nearest(claims: Sequence[Claim], who: Callable[[Claim], str]) -> dict[Ref, Ref]:
    """For each denial the claim of another source that stands closest before it in the report, if any does."""
    found: dict[Ref, Ref] = {}
    for number, claim in enumerate(claims):
        if claim.tags.assertion != "denies":
            continue
        before = [
            c for c in claims[:number] if c.ref[0] == claim.ref[0] and c.ref[1] < claim.ref[1] and who(c) != who(claim)
        ]
        before = [c for c in before if c.tags.assertion not in ("denies", "calls")]
        if before:
            found[claim.ref] = max(before, key=lambda c: c.ref[1]).ref
    return found


def _sides(parties: Iterable[str | None], registry: Registry) -> set[str]:
    return {registry.side_of(party) or party for party in parties if party}


def _families(text: str) -> set[str]:
    return {FAMILY[name] for name in means_said(text)}


def _nested(a: str, b: str, registry: Registry) -> bool:
    return registry.within(a, b) or registry.within(b, a)


@cache
def _bag(text: str) -> dict[str, float]:
    rarity = frequencies().rarity
    weights = {w: (1 + math.log(n)) * rarity(w) for w, n in Counter(words(text)).items() if rarity(w) >= _COMMON}
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {word: w / norm for word, w in weights.items()}


def cosine(a: str, b: str) -> float:
    """How much two texts share in words that say something, weighted by rarity; 0 to 1."""
    left, right = _bag(a), _bag(b)
    return sum(w * right[word] for word, w in left.items() if word in right)


@cache
def _weights() -> tuple[float, ...]:
    table = json.loads((REGISTRY / "denials.json").read_text(encoding="utf-8"))
    return tuple(table["weights"][feature] for feature in FEATURES)
