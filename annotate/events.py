"""Claims of all reports -> events: which of them speak of the same concrete happening.

A pair of claims gets a probability from a few plain features (place, day, kind of act, words in common,
distance in the report) by a logistic regression fitted on annotated events; groups grow greedily while their
average probability holds (`blocking.py`). When unsure, keep apart.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex

from annotate import blocking
from annotate.assets import REGISTRY
from annotate.blocking import TELLING, Key, Marks, join
from annotate.document import Claim, Ref
from annotate.frequencies import frequencies, words
from annotate.registry import Registry

SAME = 0.5  # from this average probability on, two groups are one event
APART = 0.2  # what accounts of another day or place can reach at most
UNTIED = 0.6  # what is left of the probability for claims of two items of a live blog that nothing ties
TIED = 0.2  # cosine from which on words tie claims of two items of a live blog
STATE = 0.8  # probability that two claims about one state of affairs (a way open, a truce held) belong together
_STOP = frozenset(
    "the a an and or but of in on at to for from by with as that this these those it its he she they them his her "
    "their was were is are be been being has have had do does did not no said says say told according reported report "
    "reports added also after before when while who which what where there here more than over about some all one two "
    "into out up down against between during since until would could will may might we our you your i us if then than "
    "other another last week month year day today yesterday monday tuesday wednesday thursday friday saturday sunday "
    "am pm gmt update".split()
)
_ANAPHORA = regex.compile(
    r"\b(?:the|this|that|these|those)\s+(?:\w+\s+)?(?:attacks?|strikes?|blasts?|explosions?|raids?|incident|bombing|shelling"
    r"|dead|victims?|deaths|casualties|wounded|injured|assault|offensive|operation|battle|clashes|massacre|ambush"
    r"|abduction|arrests?|deal|agreement|truce|ceasefire|proposal|evacuation|advance|toll|area|base|town|city|complex)\b"
    r"|\b(?:it|they|he|she|them|him)\b",
    regex.I,
)
FAMILIES = {
    "attack": "force", "casualty": "force", "responsibility": "force", "control": "control", "detention": "detention",
    "humanitarian": "condition", "diplomacy": "politics", "other": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """What the pair score sees of one claim."""

    ref: Ref
    place: str | None
    own_place: bool
    date: str | None
    types: frozenset[str]
    families: frozenset[str]
    words: dict[str, float]
    names: frozenset[str]
    numbers: frozenset[str]
    parties: frozenset[str]
    statuses: frozenset[str]
    item: int
    blog: bool  # the report is a live blog: its items are matters of their own
    speaker: str
    anaphora: bool


@dataclass(frozen=True, slots=True)
class Grouping:
    """The events of a batch, claims that stand alone included, and how alike the claims in them are."""

    groups: tuple[tuple[Ref, ...], ...]
    likeness: dict[tuple[Ref, Ref], float]
    part: dict[Ref, Ref]  # the first claim of all that chains of likely pairs lead to: no group reaches further

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
    looks = [one for one in look(claims) if among is None or one.ref in among]
    pairs: dict[tuple[int, int], float] = {}

    def score(a: int, b: int) -> float:
        if (a, b) not in pairs:
            pairs[a, b] = likeness(looks[a], looks[b], registry)
        return pairs[a, b]

    for a, b in blocking.meetings([marks(one, days or {}) for one in looks], crowded):
        score(a, b)
    parted, part_of = join(dict(pairs), score, [one.ref[0] for one in looks], threshold)
    groups = tuple(tuple(looks[n].ref for n in members) for members in parted)
    home = {ref: number for number, refs in enumerate(groups) for ref in refs}
    alike = {(looks[a].ref, looks[b].ref): p for (a, b), p in pairs.items() if home[looks[a].ref] == home[looks[b].ref]}
    return Grouping(groups, alike, {one.ref: looks[part].ref for one, part in zip(looks, part_of, strict=True)})


def meetings(
    claims: Sequence[Claim], registry: Registry, days: Mapping[str, str | None] | None = None
) -> dict[tuple[Ref, Ref], float]:
    """Every pair of claims that is worth a look, with the probability that both speak of one happening."""
    looks = look(claims)
    met = blocking.meetings([marks(one, days or {}) for one in looks])
    return {(looks[a].ref, looks[b].ref): likeness(looks[a], looks[b], registry) for a, b in met}


def likeness(a: Look, b: Look, registry: Registry) -> float:
    """How likely two claims speak of the same happening; 0 where two reports tell of two days."""
    if a.ref[0] != b.ref[0] and a.date is not None and b.date is not None and a.date != b.date:
        return 0.0
    return probability(a, b, registry)


def marks(one: Look, days: Mapping[str, str | None]) -> Marks:
    """What a claim can be met by."""
    telling = sorted(one.words, key=lambda word: (-one.words[word], word))
    return Marks(one.ref, one.place, one.date or days.get(one.ref[0]), tuple(telling[:TELLING]), one.statuses)


def look(claims: Sequence[Claim]) -> list[Look]:
    """The features of each claim, which no claim of another report changes; a word counts by how rare it is."""
    rarity = frequencies().rarity
    bags = [words(claim.sentence.text) for claim in claims]
    blogs = {claim.ref[0] for claim in claims if claim.sentence.block.kind in ("update", "original")}
    found: list[Look] = []
    for claim, bag in zip(claims, bags, strict=True):
        weights = {word: (1 + math.log(n)) * rarity(word) for word, n in Counter(bag).items() if word not in _STOP}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        text = claim.sentence.text
        names = frozenset(m.group().lower() for m in regex.finditer(r"(?<=\w[ ,“(])\p{Lu}[\p{L}\-’']+", text))
        found.append(
            Look(
                ref=claim.ref,
                place=claim.place,
                own_place=bool(claim.places),
                date=claim.date,
                types=frozenset(claim.tags.types),
                families=frozenset(FAMILIES[t] for t in claim.tags.types),
                words={word: w / norm for word, w in weights.items()},
                names=names - _STOP,
                numbers=frozenset(w for w in bag if w[0].isdigit()),
                parties=frozenset(v.value for v in claim.values if v.facet == "agent"),
                statuses=frozenset(v.value for v in claim.values if v.facet == "status"),
                item=claim.sentence.block.item,
                blog=claim.ref[0] in blogs,
                speaker=claim.speaker.id or claim.speaker.name,
                anaphora=bool(_ANAPHORA.search(text)),
            )
        )
    return found


FEATURES = (
    "bias", "near", "gap", "same item", "cosine", "rare words", "names", "numbers", "same place", "within place",
    "other place", "place unsaid", "same day", "other day", "day unsaid", "types", "families", "no family", "parties",
    "other parties", "same speaker", "anaphora near", "statuses",
)  # fmt: skip


def features(a: Look, b: Look, registry: Registry) -> list[float]:
    """The pair's features, in the order of FEATURES; ``a`` stands before ``b``."""
    same_report = a.ref[0] == b.ref[0]
    gap = abs(b.ref[1] - a.ref[1]) if same_report else 0
    cosine = _cosine(a, b)
    rare = max((min(w, b.words[word]) for word, w in a.words.items() if word in b.words), default=0.0)
    placed = a.place is not None and b.place is not None
    same_place = placed and a.place == b.place
    nested = placed and not same_place and _nested(a.place, b.place, registry)
    dated = a.date is not None and b.date is not None
    return [
        1.0,
        1.0 / (1 + gap) if same_report else 0.0,
        math.log1p(gap),
        float(same_report and a.item == b.item),
        cosine,
        rare,
        min(len(a.names & b.names), 3) / 3,
        min(len(a.numbers & b.numbers), 2) / 2,
        float(same_place),
        float(nested),
        float(placed and not same_place and not nested and a.own_place and b.own_place),
        float(not placed),
        float(dated and a.date == b.date),
        float(dated and a.date != b.date),
        float(not dated),
        len(a.types & b.types) / max(len(a.types | b.types), 1),
        len(a.families & b.families) / max(len(a.families | b.families), 1),
        float(not a.families & b.families),
        float(bool(a.parties & b.parties)),
        float(bool(a.parties and b.parties and not a.parties & b.parties)),
        float(a.speaker == b.speaker),
        float(b.anaphora and same_report and gap <= 2),
        float(bool(a.statuses & b.statuses)),
    ]


def _tied(a: Look, b: Look) -> bool:
    """Whether anything ties claims of two items: a place said in both, a number, or words of their own."""
    if a.own_place and b.own_place and a.place == b.place:
        return True
    return bool(a.numbers & b.numbers) or _cosine(a, b) >= TIED


def _cosine(a: Look, b: Look) -> float:
    """How much two claims share in words, weighted by rarity; 0 to 1."""
    return sum(w * b.words[word] for word, w in a.words.items() if word in b.words)


def _nested(a: str | None, b: str | None, registry: Registry) -> bool:
    """Whether one of two places lies in the other."""
    return a is not None and b is not None and (registry.within(a, b) or registry.within(b, a))


def probability(a: Look, b: Look, registry: Registry) -> float:
    """How likely two claims speak of the same happening."""
    weights = _weights()["same report" if a.ref[0] == b.ref[0] else "other report"]
    score = float(np.dot(weights, features(a, b, registry)))
    fitted = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    if _one_state(a, b, registry):
        return max(fitted, STATE)
    if _elsewhere(a, b, registry):
        return min(fitted, APART)
    other_item = a.ref[0] == b.ref[0] and a.blog and a.item != b.item and not _tied(a, b)
    return fitted * UNTIED if other_item else fitted


def _elsewhere(a: Look, b: Look, registry: Registry) -> bool:
    """Whether two claims speak of two days, or of two known places neither of which lies in the other.

    Stock phrases make accounts of two strikes look alike; a day or a place said in both tells them apart.
    """
    if a.date is not None and b.date is not None and a.date != b.date:
        return True
    known = a.own_place and b.own_place and {a.place, b.place} <= registry.all_places.keys()
    return known and a.place != b.place and not _nested(a.place, b.place, registry)


def _one_state(a: Look, b: Look, registry: Registry) -> bool:
    """Whether both speak of one state of affairs: whether a way is open, or a truce holds, in one city at one time."""
    if not a.statuses & b.statuses or (a.date and b.date and a.date != b.date):
        return False
    if a.ref[0] != b.ref[0] and not (a.date and b.date):
        return False
    return a.place is None or b.place is None or a.place == b.place or bool(_cities(a, registry) & _cities(b, registry))


def _cities(one: Look, registry: Registry) -> set[str]:
    """The towns that hold a claim's place, itself included."""
    return {
        row.id for row in registry.enclosing(one.place or "") if row.kind in ("city", "town", "village", "district")
    }


@cache
def _weights() -> dict[str, list[float]]:
    table = json.loads((REGISTRY / "events.json").read_text(encoding="utf-8"))
    return {name: [row[feature] for feature in FEATURES] for name, row in table["weights"].items()}
