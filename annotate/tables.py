"""The registry's three tables, read and checked whole: a slip in a row is one line to the user."""

from __future__ import annotations

import dataclasses
import datetime
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.assets import REGISTRY
from annotate.document import Party, Source
from annotate.errors import AnnotateError
from annotate.labels import STANCES
from annotate.names import Lexicon, stem
from annotate.phrases import Grammar, Known
from annotate.placetable import PlaceTable, read_places
from annotate.slips import Slips, add_names, one_of
from annotate.wars import War, sides_of

SIDES = ("regime", "opposition", "kurdish", "islamic-state", "coalition", "israel", "turkey", "neutral")
FILES = ("sources.toml", "parties.toml", "places.csv", "wars.toml")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
_Row = dict[str, Any]
_TEXT = {"id": str, "name": str, "basis": str, "date": datetime.date}
_SOURCE = {**_TEXT, "stance": str, "reliability": str}
_SOURCE_MORE = dict.fromkeys(("aliases", "plain", "people", "whole", "partners"), list) | {
    **{"state": str, "side": str, "organ": bool}
}
_PARTY = {**_TEXT, "side": str}
_PARTY_MORE = {"aliases": list, "whole": list, "country": str, "part_of": list}
_WAR = {**_TEXT, "places": list, "sides": dict}
_BEARING = {"words": list, "stance": str, "reliability": str}


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a page says of a source: by a label ("pro-opposition") or by the kind of speaker ("a resident")."""

    stance: str
    side: str | None
    reliability: str  # A to F
    label: bool


@dataclass(frozen=True, slots=True)
class Sayings:
    """Labels, or kinds of speakers: a name's id is the number of what it says."""

    names: Lexicon
    bearings: tuple[Bearing, ...]
    weak: frozenset[int]  # numbers of kinds that yield to the kind of those spoken for

    def during(self, war: War) -> Sayings:
        """The same with the sides of another war."""
        sided = (dataclasses.replace(one, side=war.side(one.side)) for one in self.bearings)
        return dataclasses.replace(self, bearings=tuple(sided))


@dataclass(frozen=True, slots=True)
class SourceTable:
    """sources.toml."""

    rows: Mapping[str, Source]
    known: Known
    demonyms: Mapping[str, str]
    labels: Sayings
    kinds: Sayings


@dataclass(frozen=True, slots=True)
class PartyTable:
    """parties.toml."""

    rows: Mapping[str, Party]
    known: Known


@dataclass(frozen=True, slots=True)
class Tables:
    """All of seeds/registry."""

    sources: SourceTable
    parties: PartyTable
    places: PlaceTable
    wars: tuple[War, ...] = ()

    def during(self, war: War) -> Tables:
        """The tables with the sides of another war."""
        sources = dataclasses.replace(
            self.sources,
            rows={entry: war.source(row) for entry, row in self.sources.rows.items()},
            labels=self.sources.labels.during(war),
            kinds=self.sources.kinds.during(war),
        )
        parties = {entry: war.party(row) for entry, row in self.parties.rows.items()}
        return dataclasses.replace(self, sources=sources, parties=dataclasses.replace(self.parties, rows=parties))


def read_tables(folder: Path, slips: Slips | None = None) -> Tables:
    """Read sources.toml, parties.toml, places.csv and wars.toml; a folder that holds one of them needs no others.

    What it lacks is taken from the shipped registry. With ``slips`` that are gathered all of them are noted there.

    Raises:
        AnnotateError: a table cannot be read, or a row breaks its rules; names file and line.
    """
    slips = slips or Slips()
    paths = {name: table_path(folder, name) for name in FILES}
    sources, bearings = _read_sources(paths["sources.toml"], slips)
    parties = _read_parties(paths["parties.toml"], sources, slips)
    sides = {None, *SIDES, *parties.rows}
    for where, side in bearings:
        with slips.kept():
            one_of(where, "side", side, sides)
    places = read_places(paths["places.csv"], slips)
    return Tables(sources, parties, places, _read_wars(folder, sources, parties, places, slips))


def table_path(folder: Path, name: str) -> Path:
    """Where a table of the registry in ``folder`` lies: there, or else among the shipped ones."""
    own = folder / name
    return REGISTRY / name if not own.exists() and any((folder / other).exists() for other in FILES) else own


def _read_sources(path: Path, slips: Slips) -> tuple[SourceTable, list[tuple[str, str | None]]]:
    """The table, and every side that it names with where it stands."""
    keys = {"nobody": list, "grammar": dict, "demonyms": dict, "label": list, "kind": list, "source": list}
    table = _toml(path, keys)
    demonyms = {stem(adjective): stem(country) for adjective, country in table.get("demonyms", {}).items()}
    index = _Index(path, demonyms, table.get("nobody", ()), slips)
    rows: dict[str, Source] = {}
    lines: dict[str, str] = {}
    for where, row in _rows(path, table, "source", _SOURCE, _SOURCE_MORE, slips):
        with slips.kept():
            one_of(where, "stance", row["stance"], STANCES)
            one_of(where, "reliability", row["reliability"], RELIABILITIES)
            rows[row["id"]], lines[row["id"]] = _source(row), where
            plain = tuple(row.get("plain", ()))
            names = (row["name"], *row.get("aliases", ()), *plain, *row.get("people", ()))
            index.add(where, row["id"], names, row.get("whole", ()), row.get("state"))
            index.plain(plain)
    labels, kinds = (_sayings(path, table, key, demonyms, slips) for key in ("label", "kind"))
    sides = [(lines[entry], source.side) for entry, source in rows.items()]
    sides += [(f"{path}: a label or kind", bearing.side) for bearing in (*labels.bearings, *kinds.bearings)]
    known = index.known(_grammar(path, table))
    return SourceTable(_partnered(lines, rows, slips), known, demonyms, labels, kinds), sides


def _source(row: _Row) -> Source:
    return Source(
        id=row["id"],
        name=row["name"],
        aliases=tuple(name for key in ("aliases", "plain", "people", "whole") for name in row.get(key, ())),
        stance=row["stance"],
        side=row.get("side"),
        reliability=row["reliability"],
        basis=row["basis"],
        date=row["date"].isoformat(),
        organ=row.get("organ", False),
        partners=tuple(row.get("partners", ())),
    )


def _read_parties(path: Path, sources: SourceTable, slips: Slips) -> PartyTable:
    table = _toml(path, {"nobody": list, "grammar": dict, "party": list})
    index = _Index(path, sources.demonyms, table.get("nobody", ()), slips)
    rows: dict[str, Party] = {}
    lines: dict[str, str] = {}
    for where, row in _rows(path, table, "party", _PARTY, _PARTY_MORE, slips):
        with slips.kept():
            rows[row["id"]], lines[row["id"]] = _party(row), where
            index.add(where, row["id"], row.get("aliases", ()), row.get("whole", ()), row.get("country"))
    for party in rows.values():
        with slips.kept():
            one_of(lines[party.id], "side", party.side, {*SIDES, *rows})
            for larger in party.part_of:
                one_of(lines[party.id], "part_of", larger, rows.keys() - {party.id})
    own = sources.known.grammar  # what takes a name's meaning away is the same for speakers and agents
    grammar = dataclasses.replace(
        _grammar(path, table), negators=own.negators, modifiers=own.modifiers, strangers=own.strangers, ties=own.ties
    )
    return PartyTable(rows, index.known(grammar))


def _read_wars(
    folder: Path, sources: SourceTable, parties: PartyTable, places: PlaceTable, slips: Slips
) -> tuple[War, ...]:
    """A folder's own table has to know whom it names; what the folder lacks of the shipped one's passes for nothing."""
    path = table_path(folder, "wars.toml")
    if not path.exists():
        return ()
    found: list[War] = []
    for where, row in _rows(path, _toml(path, {"war": list}), "war", _WAR, {}, slips):
        with slips.kept():
            _check(where, row["sides"], {}, dict.fromkeys(row["sides"], list))
            war = War(row["id"], row["name"], tuple(row["places"]), sides_of(where, row["sides"]))
            if path.parent == folder:
                for key, named, known in (
                    ("side", row["sides"], {*SIDES, *parties.rows}),
                    ("source or party", war.sides, {*sources.rows, *parties.rows}),
                    ("place", war.places, places.rows.keys()),
                ):
                    for name in named:
                        one_of(where, key, name, known)
            found.append(war)
    return tuple(found)


def _party(row: _Row) -> Party:
    return Party(
        id=row["id"],
        name=row["name"],
        aliases=(*row.get("aliases", ()), *row.get("whole", ())),
        side=row["side"],
        basis=row["basis"],
        date=row["date"].isoformat(),
        part_of=tuple(row.get("part_of", ())),
    )


class _Index:
    """The names of a table as they are read."""

    def __init__(self, path: Path, demonyms: Mapping[str, str], nobody: Iterable[str], slips: Slips) -> None:
        self._slips = slips
        self._names, self._wholes, self._states = Lexicon(demonyms), Lexicon(), dict[str, str]()
        self._plain: set[str] = set()
        add_names(f"{path}: nobody", self._names, nobody, "", slips)

    def plain(self, names: Iterable[str]) -> None:
        self._plain.update(self._names.keys(name) for name in names)

    def add(self, where: str, entry: str, names: Iterable[str], whole: Iterable[str], state: str | None) -> None:
        add_names(where, self._names, names, entry, self._slips)
        add_names(where, self._wholes, whole, entry, self._slips)
        if state is not None and self._states.setdefault(stem(state), entry) != entry:
            raise AnnotateError(f"{where}: the state {state!r} is {self._states[stem(state)]!r} already")

    def known(self, grammar: Grammar) -> Known:
        return Known(self._names, self._wholes, self._states, frozenset(self._plain), grammar)


def _toml(path: Path, keys: Mapping[str, type]) -> _Row:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AnnotateError(f"{path}: not TOML ({error})") from error
    _check(str(path), table, {}, keys)
    return table


def _rows(
    path: Path, table: _Row, key: str, must: Mapping[str, type], may: Mapping[str, type], slips: Slips
) -> list[tuple[str, _Row]]:
    """The sound rows of one kind, each with the words that say where it stands."""
    found: list[tuple[str, _Row]] = []
    head = re.compile(rf"\s*\[\[\s*{key}\s*\]\]")
    heads = [n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if head.match(line)]
    seen: set[str] = set()
    for number, row in enumerate(table.get(key, ())):
        where = f"{path}:{heads[number]}: {key}" if number < len(heads) else f"{path}: {key} {number + 1}"
        with slips.kept():
            if not isinstance(row, dict):
                raise AnnotateError(f"{where}: not a table")
            where += f" {row['id']}" if isinstance(row.get("id"), str) else ""
            _check(where, row, must, may)
            if row["id"] in seen:
                raise AnnotateError(f"{where}: the id stands twice")
            seen.add(row["id"])
            found.append((where, row))
    return found


def _check(where: str, row: _Row, must: Mapping[str, type], may: Mapping[str, type]) -> None:
    for key in must:
        if row.get(key) in (None, ""):
            raise AnnotateError(f"{where}: no {key}")
    for key, value in row.items():
        kind = must.get(key) or may.get(key)
        if kind is None:
            raise AnnotateError(f"{where}: unknown key {key!r}")
        if not isinstance(value, kind) or (
            isinstance(value, list) and key not in _TABLES and not all(map(_text, value))
        ):
            raise AnnotateError(f"{where}: {key} is not {_A[kind]}")


_TABLES = ("source", "party", "label", "kind", "war")
_A = {str: "a string", list: "a list of strings", dict: "a table", bool: "true or false", datetime.date: "a date"}


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _grammar(path: Path, table: _Row) -> Grammar:
    lists = table.get("grammar", {})
    fields = {field.name: list for field in dataclasses.fields(Grammar)}
    _check(f"{path}: grammar", lists, {}, fields)
    return Grammar(**{key: frozenset(value) for key, value in lists.items()})


def _sayings(path: Path, table: _Row, key: str, demonyms: Mapping[str, str], slips: Slips) -> Sayings:
    names = Lexicon(demonyms)
    bearings: list[Bearing] = []
    weak: set[int] = set()
    for number, row in enumerate(table.get(key, ()), 1):
        where = f"{path}: {key} {number}"
        with slips.kept():
            _check(where, row, _BEARING, {"side": str, "weak": bool})
            one_of(where, "stance", row["stance"], STANCES)
            one_of(where, "reliability", row["reliability"], RELIABILITIES)
            add_names(where, names, row["words"], str(len(bearings)), slips)
            weak.update([len(bearings)] if row.get("weak") else ())
            bearings.append(Bearing(row["stance"], row.get("side"), row["reliability"], key == "label"))
    return Sayings(names, tuple(bearings), frozenset(weak))


def _partnered(lines: Mapping[str, str], rows: dict[str, Source], slips: Slips) -> dict[str, Source]:
    """Make ``partners`` hold all bodies that count once with a source: both ways, and under one roof."""
    listed = {entry: set(source.partners) for entry, source in rows.items()}
    for entry, partners in listed.items():
        for partner in sorted(partners):
            if partner not in rows or partner == entry:
                slips.note(f"{lines[entry]}: the partner {partner!r} is no other source")
                partners.discard(partner)
    under: dict[str, set[str]] = {}
    for entry, partners in listed.items():
        for partner in partners:
            under.setdefault(partner, set()).add(entry)
    out = {}
    for entry, source in rows.items():
        roofs = [under[partner] for partner in listed[entry]]
        joined = {*listed[entry], *under.get(entry, ())}.union(*roofs) - {entry}
        out[entry] = dataclasses.replace(source, partners=tuple(sorted(joined)))
    return out
