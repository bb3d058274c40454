"""The registry: names as they stand in a report -> known sources, parties and places.

Three tables in seeds/registry, read once and checked whole. A name that is not known stays unknown: every
question may be answered with None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from annotate import assets
from annotate.document import Party, Place, Source
from annotate.gazetteer import Gazetteer
from annotate.names import Match, Word, words
from annotate.phrases import Named, agents, foreign, heads, itself, listed, named, zones
from annotate.tables import Bearing, Sayings, Tables, read_tables
from annotate.wars import fought

_REMEMBERED = 16384  # phrases


class Registry:
    """Known sources, parties and places, and the ways in which reports name them."""

    def __init__(self, tables: Tables) -> None:
        self.all_sources: Mapping[str, Source] = tables.sources.rows
        self.all_parties: Mapping[str, Party] = tables.parties.rows
        self.all_places: Mapping[str, Place] = tables.places.rows
        self._tables = tables
        self._speakers, self._actors = tables.sources.known, tables.parties.known
        self._demonyms = tables.sources.demonyms
        self._during: dict[str, Registry] = {}
        self._side_of = {party.id: party.side for party in self.all_parties.values()}
        self._gazetteer = Gazetteer(tables.places, tables.sources.known.grammar)
        # The same names stand all through a batch of reports.
        self._source = lru_cache(maxsize=_REMEMBERED)(self._find_source)
        self._parties = lru_cache(maxsize=_REMEMBERED)(self._find_parties)
        self._places = lru_cache(maxsize=_REMEMBERED)(self._find_places)
        self._bearing = lru_cache(maxsize=_REMEMBERED)(self._find_bearing)

    @classmethod
    def load(cls, folder: Path | None = None) -> Registry:
        """Read sources.toml, parties.toml and places.csv of a folder, else of the registry in use.

        What the folder lacks of them is taken from the shipped ones.

        Raises:
            AnnotateError: a table cannot be read, or a row breaks its rules; names file and line.
        """
        return cls(read_tables(folder or assets.registry()))

    def during(self, places: Iterable[str | None]) -> Registry:
        """The registry with the sides of the war that is fought at these places; unknown ids are passed over.

        Itself where that is the war over Syria, or none that is known.
        """
        chains = [(place, *self._gazetteer.chain(place)) for place in places if place is not None]
        war = fought(chains, self._tables.wars)
        if war is None:
            return self
        if war.id not in self._during:
            view = Registry(self._tables.during(war))
            view._gazetteer = self._gazetteer
            self._during[war.id] = view
        return self._during[war.id]

    def source(self, name: str) -> Source | None:
        """The known source that a phrase names, a person under the body that he speaks for."""
        return self._source(name)

    def _find_source(self, name: str) -> Source | None:
        found = heads(self._named(words(name, self._demonyms)))
        return self.all_sources[found[0].match.ids[0]] if found else None

    def sources(self, name: str) -> tuple[Source, ...]:
        """All known sources of a phrase that joins several ("the army and the monitor"), each once."""
        phrase = words(name, self._demonyms)
        found = listed(phrase, self._named(phrase))
        return tuple(self.all_sources[entry] for entry in dict.fromkeys(name.match.ids[0] for name in found))

    def _named(self, phrase: list[Word]) -> list[Named]:
        return named(phrase, self._speakers) or named(self._speakers.names.mended(phrase), self._speakers)

    def outlet(self, name: str) -> Source | None:
        """The known source behind a report's outlet, as its metadata gives it."""
        return self.source(name.split("(")[0]) or self.source(name)

    def party(self, phrase: str) -> Party | None:
        """The first party that an agent phrase names."""
        return next(iter(self.parties(phrase)), None)

    def parties(self, phrase: str) -> tuple[Party, ...]:
        """The parties that an agent phrase names, in reading order ("Russian-regime": two)."""
        return self._parties(phrase)

    def _find_parties(self, phrase: str) -> tuple[Party, ...]:
        spoken = words(phrase, self._demonyms)
        found = self._acting(spoken) or self._acting(self._actors.names.mended(spoken))
        return tuple(self.all_parties[entry] for entry in found)

    def _acting(self, phrase: list[Word]) -> list[str]:
        return agents(phrase, self._actors, self._side_of)

    def place(self, phrase: str, *, inside: str | None = None) -> Place | None:
        """The most exact known place that a phrase names; ``inside``: the id of a place spoken of anyway."""
        return next(iter(self.places(phrase, inside=inside)), None)

    def places(self, phrase: str, *, inside: str | None = None) -> tuple[Place, ...]:
        """The places that a phrase names, those left out that only enclose another.

        A place named only to say where another lies ("near X", "north of X") stands for what encloses it.
        ``inside`` decides between places of one name.
        """
        return self._places(phrase, inside)

    def _find_places(self, phrase: str, inside: str | None) -> tuple[Place, ...]:
        found = self._gazetteer.find(phrase, inside)
        direct = [located.place for located in found if not located.aside]
        if not direct:
            around = (self.all_places[located.place].within for located in found)
            direct = [place for place in around if place is not None]
        kept = [p for p in direct if not any(p != other and self.within(other, p) for other in direct)]
        return tuple(self.all_places[place] for place in dict.fromkeys(kept))

    def within(self, place: str, outer: str) -> bool:
        """Whether one place is the other or lies inside it; ids, of which unknown ones lie nowhere."""
        return place == outer or outer in self._gazetteer.chain(place)

    def enclosing(self, place: str) -> tuple[Place, ...]:
        """A place and all that it lies in, from the inside out; nothing for an unknown id."""
        chain = (place, *self._gazetteer.chain(place))
        return tuple(self.all_places[one] for one in dict.fromkeys(chain) if one in self.all_places)

    def side_of(self, party: str) -> str | None:
        """The side on which a party fights; an id."""
        return self._side_of.get(party)

    def one_party(self, one: str, other: str) -> bool:
        """Whether what one party does the other does: the same, or a part and the whole; ids."""
        return one == other or other in self._wholes_of(one) or one in self._wholes_of(other)

    def _wholes_of(self, party: str) -> set[str]:
        found: set[str] = set()
        todo = [party]
        while todo:
            row = self.all_parties.get(todo.pop())
            todo += [whole for whole in (row.part_of if row else ()) if whole not in found]
            found.update(row.part_of if row else ())
        return found

    def together(self, one: str, other: str) -> bool:
        """Whether two sources count once: the same, or bodies that work together; ids."""
        return one == other or (one in self.all_sources and other in self.all_sources[one].partners)

    def sided(self, phrase: str) -> tuple[str, str | None] | None:
        """Stance and side as the page gives them: by a label, else by the kind of an unknown speaker."""
        bearing = self.bearing(phrase)
        return None if bearing is None else (bearing.stance, bearing.side)

    def bearing(self, phrase: str) -> Bearing | None:
        """What the page itself says of a source. None: nothing, or no more than the name of a known one."""
        return self._bearing(phrase)

    def _find_bearing(self, phrase: str) -> Bearing | None:
        spoken = words(phrase, self._demonyms)
        kind = self._said(spoken, self._tables.sources.kinds)
        label = self._said(spoken, self._tables.sources.labels) or self._linked(spoken)
        known = self.source(phrase)
        if label is None:
            return kind if known is None else None
        stance = label.stance
        if known is not None:
            stance = known.stance
        elif kind is not None and (kind.stance == "ngo" or (kind.stance, label.side) == ("official", "regime")):
            stance = kind.stance
        reliability = kind.reliability if kind and kind.reliability == "E" else label.reliability
        return Bearing(stance, label.side, known.reliability if known else reliability, label=True)

    def _said(self, phrase: list[Word], table: Sayings) -> Bearing | None:
        """What a label or a kind says: of labels the first counts, of kinds the last, the head noun."""
        grammar = self._speakers.grammar
        found = [match for match in table.names.find(phrase) if itself(phrase, match, grammar)]
        where = zones(phrase, found, grammar)
        ranked: list[tuple[float, int, int]] = []
        for number, match in enumerate(found):
            zone, row = where[match.start], int(match.ids[0])
            bearing = table.bearings[row]
            if bearing.stance == "witness" and match.start and phrase[match.start].raw[0].isupper():
                continue  # a name, not people: "Open Palm Doctors"
            if zone is not None and (bearing.label or not self._foreign(phrase, match, bearing)):
                spoken_for = any(at and at.rank == 1 for at in (where[other.start] for other in found))
                rank = 1.5 if row in table.weak and not zone.rank and spoken_for else zone.rank
                ranked.append((rank, zone.part, number if bearing.label else -number))
        return table.bearings[int(found[abs(min(ranked)[2])].ids[0])] if ranked else None

    def _foreign(self, phrase: list[Word], match: Match, bearing: Bearing) -> bool:
        """Whether a capital word before a bare "military source" makes it another state's."""
        if bearing.side is None or not match.start:
            return False
        word = phrase[match.start - 1]
        country = word.key in self._demonyms.values() or foreign(word)
        strange = word.raw[0].isupper() and (country or match.start > 1)
        return strange and word.key != "syria" and word.stem not in self._speakers.grammar.ranks

    def _linked(self, phrase: list[Word]) -> Bearing | None:
        """The side that "X-run" or "pro-X" gives a source, X being a party."""
        links = self._speakers.grammar.links
        where = zones(phrase, (), self._speakers.grammar)
        for at, word in enumerate(phrase):
            if where[at] is None:
                continue
            spans: Iterable[list[Word]] = ()
            if word.stem in links:
                spans = (phrase[start:at] for start in range(max(0, at - 3), at))
            elif word.stem == "pro":
                spans = (phrase[at + 1 : end] for end in range(min(at + 3, len(phrase)), at + 1, -1))
            for span in spans:
                found = self._acting(span)
                if found:
                    side = self._side_of[found[-1]]
                    stance = {"regime": "pro-regime", "opposition": "pro-opposition"}.get(side, "other-party")
                    return Bearing(stance, side, "D", label=True)
        return None
