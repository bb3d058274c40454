"""On whose ground something was, in a thing or beside it, and whether two such places can be one."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from annotate.registry import Registry
from annotate.wording import TABLE, alternatives

_TABLE = TABLE["ground"]
NOBODYS = "nobody's ground"  # the high seas and the air over them
INSIDE, OUTSIDE = "inside ", "outside "  # what stands before the words for a thing
_DET = r"(?:the\s+|an?\s+)?"
_OWNER = (
    r"(?P<owner>(?:its|their|our|his)\s+own|its|their|our"
    r"|(?:\p{Lu}[\p{L}’'.-]+\s+){0,2}\p{Lu}[\p{L}’'-]+|enemy|rebel|government)"
)
_LAND = rf"{_DET}{_OWNER}(?:[’']s?)?\s+(?:{alternatives(_TABLE['kinds'])})(?!\w)"
_NOBODYS = regex.compile(rf"(?<!\w){alternatives(_TABLE['nobodys'])}(?!\w)", regex.I)
_NOT = (
    r"(?i:(?<!\w)(?:never|not|no\s+\w+|nobody|none|neither|nor|den(?:y|ies|ied|ying)\s+(?:that\s+)?(?:\w+\s+){0,4}?)"
    r"|n[’']t)"
)
_ANY_LAND = rf"(?:{_LAND}|{_DET}{_OWNER}(?=[\s,.;:]))"
_LEFT = regex.compile(rf"(?:{_NOT})\s*(?:\w+\s+){{0,2}}?(?:left|leav\w+|strayed\s+from)\s+{_ANY_LAND}")
_ENTERED = regex.compile(rf"(?:{_NOT})\s*(?:\w+\s+){{0,3}}?{alternatives(_TABLE['entered'])}\s+{_ANY_LAND}")
_WITHIN = regex.compile(
    rf"(?<!\w)(?:{alternatives(_TABLE['within'])}\s+{_LAND}|{alternatives(_TABLE['well_within'])}\s+{_DET}{_OWNER}(?=[\s,.;:”\"]|$))"
)
_OWN = regex.compile(r"^(?:its|their|our|his)(?:\s+own)?$", regex.I)
_NAME = regex.compile(r"\b\p{Lu}[\p{L}’'-]{2,}")
_NAMED = r"(?P<name>(?:(?:\p{Ll}{2,3}-)?\p{Lu}[\p{L}’'-]+\s+){0,3})"
_THING = rf"{_NAMED}(?:\w+\s+)?(?i:(?P<thing>{alternatives(_TABLE['things'])}))(?!\w)"
_IN_THING = regex.compile(rf"(?<!\w){alternatives(_TABLE['inside'])}\s+(?:the\s+|its\s+|an?\s+)?{_THING}")
_BY_THING = regex.compile(rf"(?<!\w){alternatives(_TABLE['outside'])}\s+(?:the\s+|its\s+|an?\s+)?{_THING}")
_COUNTRYMEN = 4  # first letters that a country and its people share ("Ersany", "Ersani")


def grounds(text: str, speaker: str, registry: Registry) -> Iterator[tuple[str, bool]]:
    """Where a text says that something was, each with whether it says so or refuses it; "its own" is the speaker's."""
    if _NOBODYS.search(text):
        yield NOBODYS, True
    refused = [(said, True) for said in _LEFT.finditer(text)] + [(said, False) for said in _ENTERED.finditer(text)]
    taken = [said.span() for said, _ in refused]
    for said in _WITHIN.finditer(text):
        if not any(start <= said.start() < end for start, end in taken):
            refused.append((said, True))
    for said, holds in refused:
        land = _land(said["owner"], speaker, registry)
        if land not in registry.all_places or registry.all_places[land].kind == "country":  # a town is no ground
            yield land, holds
    for words, pattern in ((INSIDE, _IN_THING), (OUTSIDE, _BY_THING)):
        yield from (
            (words + (said["name"] + said["thing"]).lower().rstrip("s"), True) for said in pattern.finditer(text)
        )


def apart(one: set[tuple[str, bool]], other: set[tuple[str, bool]], registry: Registry) -> bool:
    """Whether what two accounts say of a place cannot both hold; what one says of another thing is left out."""
    met = [held for a in one for b in other if (held := _apart(a, b, registry)) is not None]
    return bool(met) and all(met)


def _apart(one: tuple[str, bool], other: tuple[str, bool], registry: Registry) -> bool | None:
    (a, a_holds), (b, b_holds) = one, other
    things = [value.startswith((INSIDE, OUTSIDE)) for value in (a, b)]
    if any(things):
        if not all(things) or not _one_thing(a, b):
            return None
        return (a.split()[0] != b.split()[0]) == (a_holds == b_holds)
    if not a_holds and not b_holds:
        return None
    same = a == b or (NOBODYS not in (a, b) and _one_land(a, b, registry))
    if a_holds and b_holds:
        return not same
    return True if same else None


def _one_thing(a: str, b: str) -> bool:
    """Whether two things are called alike: of one kind, and by one name where both are named."""
    left, right = a.split()[1:], b.split()[1:]
    return left[-1] == right[-1] and (len(left) == 1 or len(right) == 1 or bool({*left[:-1]} & {*right[:-1]}))


def _one_land(a: str, b: str, registry: Registry) -> bool:
    if a in registry.all_places and b in registry.all_places:
        return registry.within(a, b) or registry.within(b, a)
    names = [registry.all_places[one].name if one in registry.all_places else one for one in (a, b)]
    return names[0][:_COUNTRYMEN].lower() == names[1][:_COUNTRYMEN].lower()


def _land(owner: str, speaker: str, registry: Registry) -> str:
    """Whose ground: a gazetteer id, else the words; "its own" is the speaker's."""
    if _OWN.match(owner):
        owner = next(iter(_NAME.findall(speaker)), speaker)
    place = registry.place(owner) or next(
        (found for party in registry.parties(owner) if (found := registry.place(party.name))), None
    )
    return place.id if place else owner
