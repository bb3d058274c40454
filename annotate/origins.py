"""Where force is said to have come from, and whether two such places can be one."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from annotate.registry import Registry
from annotate.wording import TABLE, alternatives

_TABLE = TABLE["origin"]
_INTO = r"(?:\s+(?:inside|within|across|behind|over|beyond|deep\s+in|the\s+direction\s+of))*"
_WHERE = (
    r"(?P<origin>(?!(?:(?:the\s+|an?\s+)?(?:[\w-]+\s+){0,2}?(?:barrel|ground|air|sky|aircraft|helicopters?|(?:war)?planes?|jets?)"
    r"|which|whom|there|where|here|it|them|him|her|that|his|its|their|my|our|your|this)\b)[^.,;:()”\"]{3,60})"
)
_FROM = regex.compile(
    rf"\b(?:{alternatives(_TABLE['moved'])}(?:\s+(?:in|down|up|low|them|it|by\s+\w+|by\s+\w+\s+\w+|at\s+\w+))?\s+(?:out\s+of|from){_INTO}"
    rf"|from{_INTO}(?=[^.,;]{{0,30}}\b(?:airspace|territory|soil|waters)\b)"
    rf"|(?<=\b{alternatives(_TABLE['thrown'])}\b[^.;]{{0,60}})from{_INTO}(?=[^.,;]{{0,30}}\b{alternatives(_TABLE['ground'])}\b)"
    rf"|(?:rose|rise|rising|lifted|lift|took|taken|take)\s+off{_INTO}(?=\s+(?:the\s+)?(?-i:\p{{Lu}}))"
    rf"|(?:launch|firing)\s+(?:sites?|points?|positions?)\s+(?:was\s+|were\s+|is\s+)?(?:in|at|on|near|inside)"
    rf"|{alternatives(_TABLE['thrown'])}\s+(?:had\s+)?left)\s+{_WHERE}",
    regex.I,
)
_AGAIN = regex.compile(
    rf"^,\s+(?:from{_INTO}|(?:with)?in(?:side)?(?=\s+(?-i:\p{{Lu}})))\s+{_WHERE}", regex.I
)  # "from inside Velia, from a quarry"
_NOT_FROM = regex.compile(
    rf"\b(?:no|not|never|nobody|none|neither)\b[^.;:,]{{0,40}}?(?:{_FROM.pattern})"
    rf"|\b(?:nobody|no[- ]one|none|not\s+one|no\s+\w+)\s+(?:\w+\s+)?(?:on|in|at|from|inside)\s+"
    rf"(?P<origin>[^.,;:()]{{3,40}}?)\s+(?:had\s+|has\s+|have\s+|ever\s+)*"
    rf"{alternatives(_TABLE['fired'])}\b",
    regex.I,
)
_END = regex.compile(
    r"\s+(?:at|towards?|against|into|onto|and|but|or|that|which|who|where|when|while|with|by|during|before|after|early|late|shortly|to"
    r"|this|last|hit|struck|had|was|were|because|so|since|for|on\s+\w+day)\b.*$",
    regex.I | regex.S,
)
_QUARTER = regex.compile(
    r"\b(?P<quarter>north|south|east|west)(?:[-\s]?(?P<more>east|west))?(?:ern|erly|wards?)?\b", regex.I
)
_SOIL = regex.compile(
    r"(?:the\s+)?(?P<whose>\p{Lu}[\p{L}’']+)\s+(?:soil|territory|air\s?space|waters|ground|land|side)", regex.I
)
_NAME = regex.compile(r"\b\p{Lu}[\p{L}’'-]{2,}")
_COUNTRYMEN = 4  # first letters that a country and its people share ("Ersany", "Ersani")


def origins(text: str, registry: Registry) -> Iterator[str]:
    """Where a text says that force came from: gazetteer ids, else the words; the wider place first as a rule."""
    for said in _FROM.finditer(text):
        yield _place(said["origin"], registry)
        if again := _AGAIN.match(text[said.end() :]):
            yield _place(again["origin"], registry)


def refused_origin(text: str, registry: Registry) -> str | None:
    """Where a denial says that nothing came from."""
    said = _NOT_FROM.search(text)
    return _place(said["origin"], registry) if said else None


def apart(one: set[str], other: set[str], registry: Registry) -> bool:
    """Whether what two accounts say of an origin cannot both hold: all of the one lies apart from all of the other."""
    return all(_apart(a, b, registry) for a in one for b in other)


def _apart(a: str, b: str, registry: Registry) -> bool:
    known = [one in registry.all_places for one in (a, b)]
    if all(known):
        return not registry.within(a, b) and not registry.within(b, a)
    names = [
        {registry.all_places[one].name} if at else set(_NAME.findall(one))
        for one, at in zip((a, b), known, strict=True)
    ]
    if names[0] and names[1]:
        return not any(x[:_COUNTRYMEN] == y[:_COUNTRYMEN] for x in names[0] for y in names[1])
    sides = [{registry.side_of(party.id) for party in registry.parties(one)} - {None} for one in (a, b)]
    if sides[0] and sides[1]:
        return not sides[0] & sides[1]
    quarters = [_quarters(one) for one in (a, b)]
    return bool(quarters[0] and quarters[1]) and not quarters[0] & quarters[1]


def _quarters(words: str) -> set[str]:
    """The points of the compass in some words."""
    return {
        point.lower()
        for said in _QUARTER.finditer(words)
        for point in (said["quarter"], said["more"])
        if point and words[said.start()].islower()
    }


def _place(words: str, registry: Registry) -> str:
    place = registry.place(cut) if (cut := _END.sub("", words.strip())) else None
    if place is None and (soil := _SOIL.fullmatch(cut)):  # "Belarusian soil" is Belarus
        party = registry.party(soil["whose"])
        place = registry.all_places.get(party.id) if party else None
    return place.id if place else regex.sub(r"^(?:the|an?)\s+", "", cut or words.strip(), flags=regex.I)
