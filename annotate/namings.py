"""A source as a sentence names it: who it is, whether known to the registry or named before, and how he stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from annotate.antecedents import Naming
from annotate.document import Sentence, Span, Speaker, Tags
from annotate.mentions import (
    BODIES,
    LEAD_IN,
    LEAFLET,
    body_of,
    head_of,
    is_person,
    is_short_for,
    kind_of,
    name_of,
    relayed,
)
from annotate.registry import Registry

HEADLINES = 2  # sentences of a report that its headline can be: a page often gives it twice

# Whose word a headline is, at its end: "... on the port: monitor", "... – harbour governor".
_MARKED = regex.compile(r"(?:(?<!^\S+):|\s[-–—])\s+(?P<who>[^\s:–—,]+(?:\s+[^\s:–—,]+){0,4}?)\s*$")
# "... the Institute says"; wires that have lost their marks leave even that away: "... kill 20 State media". Only
# bodies that report, after what can end a claim, are read so.
_UNMARKED = regex.compile(
    r"(?<!\b(?:the|an?|of|on|at|by|to|from|with|against|for|and|or|near|hits?|strikes?|bombs?|kills?|targets?|shells?"
    r"|attacks?|storms?|raids?|says|tells?)\s+)(?<=\s)"
    r"(?P<who>\p{Lu}\S*?(?:\s+\S+?){0,4}?|(?i:monitors?|state\s+\w+))(?:\s+(?:says?|reports?))?[.\s]*$"
)
_TITLES = regex.compile(r"\s[-–—|]\s.*\s[-–—|]\s.*$")  # "... - Region - World - Daily": where the page files it


def naming(
    sentence: Sentence, tags: Tags, phrase: str, place: int, before: Sequence[Naming], registry: Registry
) -> Naming:
    """Read a source phrase; ``place``: first, second ... of its sentence; ``before``: all namings further up."""
    inner, via = relayed(sentence.text, phrase) if place == 0 else (phrase, None)
    block, text = sentence.block, sentence.text
    found = _known(inner, phrase if via is None else inner, via, tags, registry)
    same = _shortened(inner, before) or (None if found.said else _surnamed(inner, before))
    if same is not None:
        found = replace(
            same, speaker=replace(same.speaker, state="named", via=None), short=True, spoke=True, settled=False
        )
    else:
        name = found.speaker.name
        short = any(n.speaker.name == name and len(n.phrase) > len(phrase) for n in before)
        found = replace(found, short=short)
    return replace(
        found,
        index=sentence.index,
        item=block.item,
        paragraph=block.paragraph,
        told=tags.stance,
        colon=bool(LEAD_IN.search(text)),
        opens=phrase in text[: len(phrase) + 5],
        place=place,
    )


def _known(inner: str, phrase: str, via: str | None, tags: Tags, registry: Registry) -> Naming:
    """What page, registry and model say of a source, in this order."""
    stated, known = registry.sided(inner), registry.source(inner)
    for other in (phrase, body_of(inner)):
        if stated is None and known is None and other is not None and other != inner:
            stated, known = registry.sided(other), registry.source(other)
    stance = stated[0] if stated else known.stance if known else tags.stance
    if stated is not None and stated[0] == "official":
        stance = _out_of_office(inner, stated[1])
    speaker = Speaker(
        name=known.name if known and not is_person(inner) else name_of(inner),
        state="relayed" if via else "named",
        id=known.id if known else None,
        side=stated[1] if stated else known.side if known else _party_side(inner, stance, registry),
        via=via,
    )
    return Naming(
        speaker, 0, inner, kind_of(inner), stance, 0, 0, settled=bool(stated or known), said=stated is not None
    )


def signed(sentence: Sentence, tags: Tags, registry: Registry) -> Tags:
    """The tags with the source that stands at the end of a headline; tags without probabilities stay as they are."""
    kind = sentence.block.kind
    heads = kind == "heading" or (sentence.index < HEADLINES and kind != "caption")
    if tags.sources or not tags.types or not tags.stance_scores or not heads:
        return tags
    text = _TITLES.sub("", sentence.text)
    marked = _MARKED.search(text)
    if marked is not None:
        return _with_source(tags, sentence, marked) if _speaks(marked["who"], registry) else tags
    for bare in reversed(list(_UNMARKED.finditer(text, overlapped=True))):  # the shortest that names one
        if _reports(bare["who"], registry):
            return _with_source(tags, sentence, bare)
    return tags


def _with_source(tags: Tags, sentence: Sentence, found: regex.Match[str]) -> Tags:
    start, end = (sentence.start + place for place in found.span("who"))
    return replace(tags, sources=(Span(start, end, found["who"]),))


def _speaks(phrase: str, registry: Registry) -> bool:
    """Whether a phrase names somebody who can have said something; a paper's name only files the page."""
    known, stated = registry.source(phrase), registry.sided(phrase)
    if known is not None and stated is None:
        return known.stance in ("official", "ngo") or known.organ
    return bool(stated or registry.parties(phrase))


def _reports(phrase: str, registry: Registry) -> bool:
    """Whether a phrase names a body whose trade it is to report, and nothing else: no party that fights."""
    known, stated = registry.source(phrase), registry.sided(phrase)
    if known is None and head_of(phrase) not in BODIES | {"media"}:
        return False
    return (stated[0] if stated else known.stance if known else None) in ("ngo", "pro-regime")


def side_of(stance: str | None) -> str | None:
    """The side that a stance implies when nothing better is known."""
    return {"pro-regime": "regime", "pro-opposition": "opposition", "media": "neutral"}.get(stance or "")


def _party_side(phrase: str, stance: str | None, registry: Registry) -> str | None:
    """The side of a source that no row knows: its state's or party's, else its stance's."""
    if stance in ("official", "other-party"):
        parties = registry.parties(phrase)
        if parties:
            return parties[0].side
    return side_of(stance)


def _shortened(phrase: str, before: Sequence[Naming]) -> Naming | None:
    """Who was named with more words before: "the Relief Agency"."""
    return next((n for n in reversed(before) if n.spoke and is_short_for(phrase, n.phrase)), None)


def _surnamed(phrase: str, before: Sequence[Naming]) -> Naming | None:
    """Who was named in full before, for a surname that now stands alone."""
    name = name_of(phrase)
    if " " in name or not regex.match(r"(?:\p{Ll}{2,3}-)?\p{Lu}", name):
        return None
    full = regex.compile(rf"\p{{Lu}}\S*\s(?:(?:al|el|bin|abu|de|van)\s)?{regex.escape(name)}(?!\w)")
    return next((n for n in reversed(before) if n.spoke and full.search(n.speaker.name)), None)


def _out_of_office(phrase: str, side: str | None) -> str:
    """The stance of what sounds official: who speaks for a party that is no state is not in office."""
    if side == "regime":  # nor is what is dropped or broadcast to the population
        return "pro-regime" if LEAFLET.search(phrase) else "official"
    return {"opposition": "pro-opposition", "kurdish": "other-party"}.get(side or "", "official")
