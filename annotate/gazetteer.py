"""The places that a phrase names: as the table spells them, else by what all transliterations share.

"Hraitan, northwest of Aleppo city" is Hraitan; "the northern countryside of Homs" is the province and not the city;
of a name that several places share, the one whose surroundings the phrase names too, else none.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from annotate.names import Match, Word, sound, words
from annotate.phrases import AND, Grammar, broken, itself
from annotate.tables import PlaceTable, spellings

_DIRECTIONS = ("north", "south", "east", "west", "northeast", "northwest", "southeast", "southwest")
_AREAS = ("city", "town", "village", "capital", "district", "centre", "center", "border", "airport", "base")
_SIDEWAYS = ("northern", "southern", "eastern", "western", "northeastern", "northwestern", "southeastern")
_WIDE = ("country", "region", "governorate")
_PROVINCE = ("province", "governorate", "countryside", "provincial", "hinterland")
_BESIDE = ("close", "next", "adjacent", "border", "frontier", "proximity", "crossing", "way", "road", "vicinity")
_SHORTEST_SOUND = 4  # letters of a transliteration key: below it unrelated names meet
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
            if match and itself(spoken, match, self._grammar):
                found.append(match)
            at = match.end if match else at + 1
        return self._settled(spoken, found, inside)

    def _settled(self, phrase: list[Word], matches: list[Match], inside: str | None) -> list[Located]:
        """Which place each name means here: provinces told from their cities, shared names decided or left out."""
        anchors = [match.ids[0] for match in matches if len(match.ids) == 1]
        if inside is not None and inside in self._kinds:
            anchors.append(inside)
        around = {entry for anchor in anchors for entry in (anchor, *self.chain(anchor))}
        around = {entry for entry in around if self._kinds[entry] != "country"}
        out: list[Located] = []
        provincial = False
        for number in range(len(matches) - 1, -1, -1):  # from the right, for "Idlib and Aleppo Provinces"
            match = matches[number]
            fit = [entry for entry in match.ids if len(match.ids) == 1 or around & set(self.chain(entry))]
            if len(fit) != 1:
                continue
            joined = number + 1 < len(matches) and _joined(phrase, match, matches[number + 1])
            plain = phrase[match.end - 1].stem in _PROVINCE or _of_province(phrase, match)
            provincial = plain or (provincial and joined)
            entry = fit[0]
            if provincial and f"{entry}-governorate" in self._kinds:
                entry = f"{entry}-governorate"
            hyphened = joined and matches[number + 1].start == match.end and bool(out) and out[-1].aside
            out.append(Located(entry, hyphened or _aside(phrase, match, self._kinds[entry] in _WIDE)))
        return out[::-1]

    def _by_sound(self, phrase: list[Word], start: int) -> Match | None:
        for end in range(min(len(phrase), start + _LONGEST_PLACE), start, -1):
            span = phrase[start:end]
            if all(word.raw[0].isupper() for word in span) and not any(word.gap.strip(" -") for word in span[1:]):
                place = self._sounds.get(sound(" ".join(word.raw for word in span)))
                if place is not None:
                    return Match(start, end, (place,))
        return None

    @cached_property
    def _sounds(self) -> dict[str, str | None]:
        """Places by the sound of their names, None where two places meet in one."""
        out: dict[str, str | None] = {}
        for place in self._table.rows.values():
            for name in (*spellings(place), *self._table.shared[place.id]):
                key = sound(name)
                if len(key) >= _SHORTEST_SOUND:
                    out[key] = place.id if out.get(key, place.id) == place.id else None
        return out


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
    if last in ("near", "outside", "beyond", "from") or (last in ("to", "with", "of") and first in _BESIDE):
        return True
    return not wide and last == "of" and first in _DIRECTIONS
