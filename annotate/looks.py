"""What the pair score sees of a claim: its place, day, kind, words, and how its own report runs around it.

Nothing of another report changes it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import regex

from annotate.document import Claim, Ref
from annotate.frequencies import frequencies, words
from annotate.names import sound
from annotate.when import month_of, spans_time, year_of

FEW = 3  # claims of a report, up to which it says little what most of them speak of
CARRIED = 3  # sentences for which a day that was named goes on
MONTHS = 3  # months that an undated report names, from which on it is a history, and a month goes on
HEAD = 4  # claims at the head of news, which say what it is about
SPRING = "03"  # the month up to which last year is not long ago
MONTHLY = 12  # sentences under one heading for which it does
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
_PAST = regex.compile(
    r"\b(?:had|(?:has|have)\s+been|years?|months?|earlier|previous(?:ly)?|decades?|history|always|repeatedly|often"
    r"|regularly|usually)\b",
    regex.I,
)
_NAME = regex.compile(r"(?<=\w[ ,“(])\p{Lu}[\p{L}\-’']+")
_PROPER = regex.compile(r"\p{Lu}[\p{L}\-’']{3,}")  # a word of an unknown place's name; shorter ones say nothing
FAMILIES = {
    "attack": "force", "casualty": "force", "responsibility": "force", "control": "control", "detention": "detention",
    "humanitarian": "condition", "diplomacy": "politics", "other": "other",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """What a report tells, claim by claim: the places said, and the days, which go on for some sentences."""

    places: tuple[str | None, ...]
    days: tuple[str | None, ...]
    months: tuple[str | None, ...]  # of a history, each claim's month, which goes on; of news none
    years: tuple[str | None, ...]  # of news, each claim's year; None where an earlier one may still be meant
    main: str | None  # the place that most of its claims speak of
    share: float  # of its claims that do, the less the fewer they are
    items: int  # under headings or stamps of their own that have a claim


@dataclass(frozen=True, slots=True)
class Look:
    """What the pair score sees of one claim."""

    ref: Ref
    number: int  # among the claims of its report
    place: str | None  # a gazetteer's id, or "~" and the sound of a place that it has not
    own_place: bool
    places: frozenset[str]  # all that are named, unknown ones by the sound of each word
    date: str | None  # the day said
    day: str | None  # the same, else the report's own
    types: frozenset[str]
    families: frozenset[str]
    words: Mapping[str, float]
    around: Mapping[str, float]  # words of the claim and its two neighbours
    names: frozenset[str]
    numbers: frozenset[str]
    parties: frozenset[str]
    targets: frozenset[str]
    means: frozenset[str]
    counts: frozenset[tuple[str, int]]
    statuses: frozenset[str]
    item: int
    paragraph: int
    blog: bool  # the report is a live blog: its items are matters of their own
    aside: bool  # a heading or caption
    speaker: str
    source: int | None  # the sentence that names the speaker
    assertion: str | None
    anaphora: bool
    past: bool
    long: bool  # speaks of weeks, months or years
    length: int  # words
    told: Told


def look(claims: Sequence[Claim], days: Mapping[str, str | None] | None = None) -> list[Look]:
    """What the pair score sees of each claim.

    ``claims``: all of each report, report after report, in reading order; ``days``: the date of each report.
    """
    found: list[Look] = []
    for report, group in groupby(claims, key=lambda claim: claim.ref[0]):
        found += _report(list(group), (days or {}).get(report))
    return found


def _report(claims: Sequence[Claim], dated: str | None) -> Iterable[Look]:
    told = _told(claims, dated)
    blog = any(claim.sentence.block.kind in ("update", "original") for claim in claims)
    bags = [words(claim.sentence.text) for claim in claims]
    weighed = [_weighed(bag) for bag in bags]
    for number, (claim, bag) in enumerate(zip(claims, bags, strict=True)):
        text, block, types = claim.sentence.text, claim.sentence.block, frozenset(claim.tags.about)
        yield Look(
            ref=claim.ref,
            number=number,
            place=_key(claim.place),
            own_place=bool(claim.places),
            places=frozenset(_named(claim)),
            date=claim.date,
            day=claim.date or dated,
            types=types,
            families=frozenset(FAMILIES[t] for t in types),
            words=weighed[number],
            around=_sum(weighed[max(0, number - 1) : number + 2]),
            names=frozenset(m.group().lower() for m in _NAME.finditer(text)) - _STOP,
            numbers=frozenset(w for w in bag if w[0].isdigit()),
            parties=_values(claim, "agent"),
            targets=_values(claim, "target") - {"hit"},
            means=_values(claim, "means"),
            counts=frozenset((count.what, count.low) for count in claim.counts),
            statuses=_values(claim, "status"),
            item=block.item,
            paragraph=block.paragraph,
            blog=blog,
            aside=block.kind in ("heading", "caption"),
            speaker=claim.speaker.id or claim.speaker.name,
            source=claim.speaker.from_,
            assertion=claim.tags.assertion,
            anaphora=bool(_ANAPHORA.search(text)),
            past=bool(_PAST.search(text)),
            long=spans_time(text),
            length=len(text.split()),
            told=told,
        )


def _told(claims: Sequence[Claim], dated: str | None) -> Told:
    keys = [_key(claim.place) for claim in claims]
    most = Counter(key for key in keys if key).most_common(1)
    days: list[str | None] = []
    named: tuple[int, str | None] = (0, None)
    for claim in claims:
        if claim.date:
            named = (claim.ref[1], claim.date)
        days.append(named[1] if claim.ref[1] - named[0] <= CARRIED else None)
    places = tuple(key if claim.places else None for key, claim in zip(keys, claims, strict=True))
    share = most[0][1] / (len(claims) + FEW) if most else 0.0
    items = len({claim.sentence.block.item for claim in claims})
    return Told(
        places, tuple(days), _months(claims, dated), _years(claims, dated), most[0][0] if most else None, share, items
    )


def _months(claims: Sequence[Claim], dated: str | None) -> tuple[str | None, ...]:
    """The month of each claim of a history, which has no day and tells of many: the last under the same heading."""
    own = [month_of(claim.sentence.text, claim.date) for claim in claims]
    if dated is not None or len(set(own) - {None}) < MONTHS:
        return (None,) * len(claims)
    found: list[str | None] = []
    last: tuple[int, int, str] | None = None  # item, sentence and month of the last that named one
    for claim, month in zip(claims, own, strict=True):
        item, number = claim.sentence.block.item, claim.ref[1]
        if month is not None:
            last = item, number, month
        goes_on = last is not None and last[0] == item and number - last[1] <= MONTHLY
        found.append(last[2] if last is not None and goes_on else None)
    return tuple(found)


def _years(claims: Sequence[Claim], dated: str | None) -> tuple[str | None, ...]:
    """The year of each claim of dated news: the one that it names, else the report's own.

    Not where it is the earlier year that the report is about: one named at its head, twice, or only months ago.
    """
    named = [year_of(claim.sentence.text) for claim in claims]
    if dated is None or dated[5:7] <= SPRING:
        return (None,) * len(claims)
    often = {year for year, count in Counter(named).items() if count > 1 or year in named[:HEAD]} | {None}
    if not often <= {None, dated[:4]}:
        return (None,) * len(claims)
    found: list[str | None] = []
    past: int | None = None  # the last sentence that named another year
    for claim, said in zip(claims, named, strict=True):
        number = claim.ref[1]
        if said is not None:
            past = number if said != dated[:4] else None
        found.append(said or (None if past is not None and number - past <= CARRIED else dated[:4]))
    return tuple(found)


def _key(place: str | None) -> str | None:
    return "~" + (sound(place[1:]) or place[1:]) if place and place.startswith("~") else place


def _named(claim: Claim) -> Iterable[str]:
    for locus in claim.places:
        if locus.place:
            yield locus.place
        else:
            yield from (f"~{sound(word)}" for word in _PROPER.findall(locus.span.text))


def _values(claim: Claim, facet: str) -> frozenset[str]:
    return frozenset(value.value for value in claim.values if value.facet == facet)


def _weighed(bag: Sequence[str]) -> dict[str, float]:
    """Words by how often they stand here and how rare they are, as a vector of length 1."""
    rarity = frequencies().rarity
    return _unit({w: (1 + math.log(n)) * rarity(w) for w, n in Counter(bag).items() if w not in _STOP})


def _sum(bags: Sequence[Mapping[str, float]]) -> dict[str, float]:
    total: Counter[str] = Counter()
    for bag in bags:
        total.update(bag)
    return _unit(dict(total))


def _unit(weights: dict[str, float]) -> dict[str, float]:
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    return {word: w / norm for word, w in weights.items()}
