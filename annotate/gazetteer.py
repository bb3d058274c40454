"""The places that a phrase names: as the table spells them, else by what all transliterations share.

"Hraitan, northwest of Aleppo city" is Hraitan; "the northern countryside of Homs" is the province and not the city;
of a name that several places share, the one whose surroundings the phrase names too, else none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from annotate.names import Match, Word, alike, sound, words
from annotate.phrases import AND, Grammar, broken, itself
from annotate.placetable import PlaceTable, spellings

_DIRECTIONS = ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
_AREAS = ("city", "town", "village", "capital", "district", "centre", "center", "border", "airport", "base")
_SIDEWAYS = ("northern", "southern", "eastern", "western", "northeastern", "northwestern", "southeastern")
_WIDE = ("country", "region", "governorate")
_PROVINCE = ("province", "governorate", "countryside", "provincial", "hinterland")
_BESIDE = ("close", "next", "adjacent", "border", "frontier", "proximity", "crossing", "way", "road", "vicinity")
_GENERIC = (
    *(*_AREAS, *_PROVINCE, *_SIDEWAYS, *_DIRECTIONS, "area", "neighborhood", "neighbourhood", "camp", "suburb", "in"),
    *(
        "hospital",
        "national",
        "field",
        "market",
        "dam",
        "prison",
        "air",
        "airbase",
        "airfield",
        "military",
        "university",
    ),
    *(
        "subdistrict",
        "checkpoint",
        "crossing",
        "bridge",
        "shrine",
        "outskirt",
        "old",
        "rebel",
        "school",
    ),
    *("mosque",),
)
_AIR = ("air", "airbase", "airfield", "airport")
_STREETS = ("street", "avenue", "square", "roundabout")
_PREFIXES = (  # words that begin an Arabic place name
    *(
        "abu",
        "ain",
        "ayn",
        "bab",
        "bayt",
        "beit",
        "bir",
        "burj",
        "dar",
        "darat",
        "dayr",
        "deir",
        "ein",
        "hawsh",
        "hosh",
    ),
    *("jabal", "jebel", "jib", "jisr", "jubb", "kafar", "kafr", "khan", "khirbat", "khirbet", "marj", "nabi", "qasr"),
    *("ra", "ras", "rasm", "sahl", "sheikh", "tal", "tall", "tel", "tell", "um", "umm", "wadi"),
)
_SHORTEST_SOUND = 5  # letters of a transliteration key: below it unrelated names meet
_ALIKE = 79  # per cent that two spellings of one sound must share: "Quds" is no "Qudsaya"
_LONGEST_PLACE = 4  # words of a place name that is looked up by sound


@dataclass(frozen=True, slots=True)
class Located:
    """A place named in a phrase; ``aside``: only to say where another lies ("north of X")."""

    place: str
    aside: bool


class Gazetteer:
    """Place names in a phrase: as the table spells them, else by what all transliterations share."""

    def __init__(self, table: PlaceTable, grammar: Grammar) -> None:
        self._table, self._grammar = table, grammar
        self._kinds = {place.id: place.kind for place in table.rows.values()}

    def chain(self, place: str) -> list[str]:
        """The places around a place, nearest first."""
        out: list[str] = []
        outer = self._table.rows[place].within if place in self._table.rows else None
        while outer is not None:
            out.append(outer)
            outer = self._table.rows[outer].within
        return out

    def find(self, phrase: str, inside: str | None) -> list[Located]:
        """The places named in a phrase, in reading order."""
        spoken = words(phrase)
        found: list[Match] = []
        at = 0
        while at < len(spoken):
            match = self._table.names.at(spoken, at) or self._by_sound(spoken, at)
            if match and itself(spoken, match, self._grammar) and not self._another(spoken, match):
                found.append(match)
            at = match.end if match else at + 1
        return self._settled(spoken, found, inside)

    def _another(self, phrase: list[Word], match: Match) -> bool:
        """Whether the name is part of another: "Tal Abyad Street", "Kafr Dael", "the US consulate in Jeddah"."""
        word = phrase[match.start]
        following = phrase[match.end] if match.end < len(phrase) and not broken(phrase[match.end]) else None
        if following is not None and following.stem in _STREETS:
            return True
        if match.end - match.start > 1:
            return False
        if word.raw.isupper() and len(word.raw) < 4:
            stops = self._grammar.ties | self._grammar.breaks | {*AND}
            return following is not None and following.stem not in stops
        if match.start and not broken(word) and phrase[match.start - 1].stem in _PREFIXES:
            return True
        small = len(word.raw) < 4 or self._kinds.get(match.ids[0]) not in (*_WIDE, "city")
        return small and _runs_on(phrase, match.end) and self._table.names.at(phrase, match.end) is None

    def _settled(self, phrase: list[Word], matches: list[Match], inside: str | None) -> list[Located]:
        """Which place each name means here: provinces told from their cities, shared names decided or left out."""
        anchors = [match.ids[0] for match in matches if len(match.ids) == 1]
        if inside is not None and inside in self._kinds:
            anchors.append(inside)
        around = {entry for anchor in anchors for entry in (anchor, *self.chain(anchor))}
        around = {entry for entry in around if self._kinds[entry] != "country"}
        out: list[Located] = []
        flown = any(word.stem in _AIR for word in phrase)
        provincial = False
        for number in range(len(matches) - 1, -1, -1):  # from the right, for "Idlib and Aleppo Provinces"
            match = matches[number]
            fit = [entry for entry in match.ids if entry and (len(match.ids) == 1 or around & set(self.chain(entry)))]
            if len(fit) != 1 or self._astray(fit[0], anchors):
                continue
            joined = number + 1 < len(matches) and _joined(phrase, match, matches[number + 1])
            plain = phrase[match.end - 1].stem in _PROVINCE or _of_province(phrase, match)
            provincial = plain or (provincial and joined)
            apart = number == 0 and _after_unknown(phrase, match)
            entry = self._meant(fit[0], flown, provincial, apart)
            hyphened = joined and matches[number + 1].start == match.end and bool(out) and out[-1].aside
            out.append(Located(entry, hyphened or _aside(phrase, match, self._kinds[entry] in _WIDE)))
        return out[::-1]

    def _astray(self, place: str, anchors: list[str]) -> bool:
        """Whether a district's name means one of another city, which the phrase names."""
        chain = self.chain(place)
        if self._kinds[place] != "district" or not any(self._kinds[outer] == "city" for outer in chain):
            return False
        cities = [a for a in anchors if a != place and self._kinds[a] in ("city", "town", "governorate")]
        return bool(cities) and not any(city in chain for city in cities)

    def _meant(self, place: str, flown: bool, provincial: bool, apart: bool) -> str:
        """The air base where one is spoken of ("the military airport at X"), the province of "X countryside".

        Also the province of "a village, X" where the village is unknown.
        """
        if flown and f"{place}-air-base" in self._kinds:
            return f"{place}-air-base"
        if (provincial or apart) and f"{place}-governorate" in self._kinds:
            return f"{place}-governorate"
        if provincial and self._kinds[place] not in _WIDE:
            return next((outer for outer in self.chain(place) if self._kinds[outer] == "governorate"), place)
        return place

    def _by_sound(self, phrase: list[Word], start: int) -> Match | None:
        for end in range(min(len(phrase), start + _LONGEST_PLACE), start, -1):
            span = phrase[start:end]
            if not all(map(_proper, span)) or any(word.gap.strip(" -") for word in span[1:]):
                continue
            spelt = " ".join(word.raw.lower() for word in span)
            place, spellings_of = self._sounds.get(sound(spelt), (None, ()))
            if place is None or (end - start == 1 and _part_of_name(phrase, start)):
                continue
            if max(alike(spelt, other) for other in spellings_of) >= _ALIKE:
                return Match(start, end, (place,))
        return None

    @cached_property
    def _sounds(self) -> dict[str, tuple[str | None, tuple[str, ...]]]:
        """Syrian places by the sound of their names, with the spellings; None where two places meet in one."""
        out: dict[str, tuple[str | None, tuple[str, ...]]] = {}
        for place in self._table.rows.values():
            if "syria" not in self.chain(place.id):
                continue
            for name in spellings(place):
                known, others = out.get(sound(name), (place.id, ()))
                spelt = " ".join(word.raw.lower() for word in words(name))
                out[sound(name)] = (known if known == place.id else None), (*others, spelt)
        for row in self._table.shared.values():
            out.update({sound(name): (None, ()) for name in row})
        return {key: value for key, value in out.items() if len(key) >= _SHORTEST_SOUND}


def _proper(word: Word) -> bool:
    return word.raw[0].isupper() and not (word.raw.isupper() and len(word.raw) < _SHORTEST_SOUND + 1)


def _runs_on(phrase: list[Word], at: int) -> bool:
    """Whether a name goes on at word ``at`` with another capital word."""
    if at >= len(phrase) or phrase[at].gap.strip(" -"):
        return False
    return _proper(phrase[at]) and phrase[at].stem not in _GENERIC


def _part_of_name(phrase: list[Word], at: int) -> bool:
    """Whether a capital word stands in a longer name, as "Hamad" in "Ayham Hamad School"."""
    before = at > 0 and not phrase[at].gap.strip(" -") and _proper(phrase[at - 1])
    return _runs_on(phrase, at + 1) or (before and phrase[at - 1].stem not in _GENERIC)


def _after_unknown(phrase: list[Word], match: Match) -> bool:
    """Whether an unknown name and a comma stand before: "Meshale, Aleppo"."""
    before = phrase[: match.start]
    return bool(before) and broken(phrase[match.start]) and any(word.raw[0].isupper() for word in before)


def _joined(phrase: list[Word], one: Match, other: Match) -> bool:
    between = phrase[one.end : other.start]
    return all(word.stem in AND for word in between)


def _of_province(phrase: list[Word], match: Match) -> bool:
    """Whether "X" here is the province: "X's northern countryside", "the countryside of X", "rural X"."""
    after = [word.stem for word in phrase[match.end : match.end + 2] if not broken(word)]
    if after and (after[0] in _PROVINCE or (after[0] in _SIDEWAYS and after[-1] in _PROVINCE)):
        return True
    before = [word.stem for word in phrase[max(0, match.start - 2) : match.start]]
    return bool(before) and (before[-1] == "rural" or (before[-1] == "of" and before[0] in _PROVINCE))


def _aside(phrase: list[Word], match: Match, wide: bool) -> bool:
    """Whether the name only says where something else lies."""
    at = match.start
    while at:
        link = at > 1 and phrase[at - 1].stem == "of" and phrase[at - 2].stem in _AREAS
        if not link and phrase[at - 1].stem not in (*_AREAS, *_SIDEWAYS, "central"):
            break
        at -= 1
    before = [word.stem for word in phrase[max(0, at - 2) : at]]
    following = phrase[match.end].stem if match.end < len(phrase) else ""
    if following in ("border", "frontier", "highway", "road", "motorway"):
        return True
    if any(word.stem == "between" for word in phrase[: match.start]):
        return True
    if not before:
        return False
    last, first = before[-1], before[0] if len(before) > 1 else ""
    if last == "around" and first != "and":  # "in and around X" is in X too
        return True
    if last in ("near", "outside", "beyond", "from") or (last in ("to", "with", "of") and first in _BESIDE):
        return True
    return not wide and last == "of" and first in _DIRECTIONS
