"""The registry's three tables, read and checked whole: a slip in a row is one line to the user."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.document import Party, Place, Source
from annotate.errors import AnnotateError
from annotate.labels import STANCES
from annotate.names import Lexicon, stem
from annotate.phrases import Grammar, Known

SIDES = ("regime", "opposition", "kurdish", "islamic-state", "coalition", "israel", "turkey", "neutral")
RELIABILITIES = ("A", "B", "C", "D", "E", "F")
PLACE_KINDS = (
    *("country", "region", "governorate", "city", "town", "village", "district"),
    *("base", "airport", "camp", "crossing", "road", "site"),
)
_Row = dict[str, Any]
_TEXT = {"id": str, "name": str, "basis": str, "date": datetime.date}
_SOURCE = {**_TEXT, "stance": str, "reliability": str}
_SOURCE_MORE = dict.fromkeys(("aliases", "plain", "people", "whole", "partners"), list) | {
    **{"state": str, "side": str, "organ": bool}
}
_PARTY = {**_TEXT, "side": str}
_PARTY_MORE = {"aliases": list, "whole": list, "country": str, "part_of": list}
_BEARING = {"words": list, "stance": str, "reliability": str}
_COMMON = frozenset(
    "air airbase airport area base bridge camp citadel city countryside crossing dam district field military mountain "
    "mountains naval palace plain prison project province river road square station street suburb town valley".split()
)
_PLACE = ("id", "name", "aliases", "shared", "kind", "within", "lat", "lon", "basis", "date")


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
class PlaceTable:
    """places.csv; ``shared``: by place, the names that it has in common with others."""

    rows: Mapping[str, Place]
    names: Lexicon
    shared: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Tables:
    """All of seeds/registry."""

    sources: SourceTable
    parties: PartyTable
    places: PlaceTable


def read_tables(folder: Path) -> Tables:
    """Read sources.toml, parties.toml and places.csv.

    Raises:
        AnnotateError: a table cannot be read, or a row breaks its rules; names file and row.
    """
    path = folder / "sources.toml"
    sources = _read_sources(path)
    parties = _read_parties(folder / "parties.toml", sources)
    sides = {None, *SIDES, *parties.rows}
    for source in sources.rows.values():
        _one_of(f"{path}: {source.id}", "side", source.side, sides)
    for bearing in (*sources.labels.bearings, *sources.kinds.bearings):
        _one_of(f"{path}: a label or kind", "side", bearing.side, sides)
    return Tables(sources, parties, _read_places(folder / "places.csv"))


def _read_sources(path: Path) -> SourceTable:
    keys = {"nobody": list, "grammar": dict, "demonyms": dict, "label": list, "kind": list, "source": list}
    table = _toml(path, keys)
    demonyms = {stem(adjective): stem(country) for adjective, country in table.get("demonyms", {}).items()}
    index = _Index(path, demonyms, table.get("nobody", ()))
    rows: dict[str, Source] = {}
    for where, row in _rows(path, table, "source", _SOURCE, _SOURCE_MORE):
        _one_of(where, "stance", row["stance"], STANCES)
        _one_of(where, "reliability", row["reliability"], RELIABILITIES)
        plain = tuple(row.get("plain", ()))
        aliases = (*row.get("aliases", ()), *plain, *row.get("people", ()))
        index.add(where, row["id"], (row["name"], *aliases), row.get("whole", ()), row.get("state"))
        index.plain(plain)
        rows[row["id"]] = Source(
            id=row["id"],
            name=row["name"],
            aliases=(*aliases, *row.get("whole", ())),
            stance=row["stance"],
            side=row.get("side"),
            reliability=row["reliability"],
            basis=row["basis"],
            date=row["date"].isoformat(),
            organ=row.get("organ", False),
            partners=tuple(row.get("partners", ())),
        )
    labels, kinds = (_sayings(path, table, key, demonyms) for key in ("label", "kind"))
    return SourceTable(_partnered(path, rows), index.known(_grammar(path, table)), demonyms, labels, kinds)


def _read_parties(path: Path, sources: SourceTable) -> PartyTable:
    table = _toml(path, {"nobody": list, "grammar": dict, "party": list})
    index = _Index(path, sources.demonyms, table.get("nobody", ()))
    rows: dict[str, Party] = {}
    for where, row in _rows(path, table, "party", _PARTY, _PARTY_MORE):
        aliases, whole = tuple(row.get("aliases", ())), tuple(row.get("whole", ()))
        index.add(where, row["id"], aliases, whole, row.get("country"))
        rows[row["id"]] = Party(
            id=row["id"],
            name=row["name"],
            aliases=(*aliases, *whole),
            side=row["side"],
            basis=row["basis"],
            date=row["date"].isoformat(),
            part_of=tuple(row.get("part_of", ())),
        )
    for party in rows.values():
        _one_of(f"{path}: {party.id}", "side", party.side, {*SIDES, *rows})
        for larger in party.part_of:
            _one_of(f"{path}: {party.id}", "part_of", larger, rows.keys() - {party.id})
    own = sources.known.grammar  # what takes a name's meaning away is the same for speakers and agents
    grammar = dataclasses.replace(
        _grammar(path, table), negators=own.negators, modifiers=own.modifiers, strangers=own.strangers, ties=own.ties
    )
    return PartyTable(rows, index.known(grammar))


def _read_places(path: Path) -> PlaceTable:
    names, rows, shared = Lexicon(), dict[str, Place](), dict[str, tuple[str, ...]]()
    lines: dict[str, str] = {}
    for where, row in _csv(path):
        _one_of(where, "kind", row["kind"], PLACE_KINDS)
        if row["id"] in rows:
            raise AnnotateError(f"{where}: the id {row['id']!r} stands twice")
        place = Place(
            id=row["id"],
            name=row["name"],
            aliases=tuple(filter(None, row["aliases"].split(";"))),
            kind=row["kind"],
            within=row["within"] or None,
            lat=_degrees(where, row["lat"], 90),
            lon=_degrees(where, row["lon"], 180),
            basis=row["basis"],
            date=row["date"],
        )
        rows[place.id], lines[place.id] = place, where
        shared[place.id] = tuple(filter(None, row["shared"].split(";")))
        _add(where, names, map(_uncapped, spellings(place)), place.id)
    for entry, common in shared.items():
        for name in map(_uncapped, common):
            names.add(name, entry, shared=True)
            names.add(name, "", shared=True)  # there may be more of the name than the table knows
    for place in rows.values():
        seen, outer = {place.id}, place.within
        while outer is not None:
            if outer not in rows or outer in seen:
                raise AnnotateError(f"{lines[place.id]}: {place.id} lies within {outer!r}, which is no place around it")
            seen.add(outer)
            outer = rows[outer].within
    return PlaceTable(rows, names, shared)


def spellings(place: Place) -> tuple[str, ...]:
    """The names of a place; a name with a gloss in brackets is for people to read."""
    return place.aliases if "(" in place.name else (place.name, *place.aliases)


def _uncapped(name: str) -> str:
    """A place name whose common nouns may be written small: "Mezzeh Military airport"."""
    first, *rest = name.split(" ")
    return " ".join([first, *(word.lower() if word.lower() in _COMMON else word for word in rest)])


class _Index:
    """The names of a table as they are read."""

    def __init__(self, path: Path, demonyms: Mapping[str, str], nobody: Iterable[str]) -> None:
        self._names, self._wholes, self._states = Lexicon(demonyms), Lexicon(), dict[str, str]()
        self._plain: set[str] = set()
        _add(f"{path}: nobody", self._names, nobody, "")

    def plain(self, names: Iterable[str]) -> None:
        self._plain.update(self._names.keys(name) for name in names)

    def add(self, where: str, entry: str, names: Iterable[str], whole: Iterable[str], state: str | None) -> None:
        _add(where, self._names, names, entry)
        _add(where, self._wholes, whole, entry)
        if state is not None and self._states.setdefault(stem(state), entry) != entry:
            raise AnnotateError(f"{where}: the state {state!r} is {self._states[stem(state)]!r} already")

    def known(self, grammar: Grammar) -> Known:
        return Known(self._names, self._wholes, self._states, frozenset(self._plain), grammar)


def _add(where: str, lexicon: Lexicon, names: Iterable[str], entry: str) -> None:
    for name in names:
        other = lexicon.add(name, entry)
        if other is not None:
            raise AnnotateError(f"{where}: {name!r} is a name of {other or 'nobody'!r} already")


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
    path: Path, table: _Row, key: str, must: Mapping[str, type], may: Mapping[str, type]
) -> Iterable[tuple[str, _Row]]:
    """The rows of one kind, each with the words that say where it stands."""
    seen: set[str] = set()
    for number, row in enumerate(table.get(key, ()), 1):
        where = f"{path}: {key} {number}"
        if not isinstance(row, dict):
            raise AnnotateError(f"{where}: not a table")
        where += f" ({row['id']})" if isinstance(row.get("id"), str) else ""
        _check(where, row, must, may)
        if row["id"] in seen:
            raise AnnotateError(f"{where}: the id stands twice")
        seen.add(row["id"])
        yield where, row


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


_TABLES = ("source", "party", "label", "kind")
_A = {str: "a string", list: "a list of strings", dict: "a table", bool: "true or false", datetime.date: "a date"}


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _one_of(where: str, key: str, value: object, allowed: Iterable[object]) -> None:
    if value not in allowed:
        known = ", ".join(sorted(str(item) for item in allowed if item))
        raise AnnotateError(f"{where}: unknown {key} {value!r} (known: {known})")


def _grammar(path: Path, table: _Row) -> Grammar:
    lists = table.get("grammar", {})
    fields = {field.name: list for field in dataclasses.fields(Grammar)}
    _check(f"{path}: grammar", lists, {}, fields)
    return Grammar(**{key: frozenset(value) for key, value in lists.items()})


def _sayings(path: Path, table: _Row, key: str, demonyms: Mapping[str, str]) -> Sayings:
    names = Lexicon(demonyms)
    bearings: list[Bearing] = []
    for number, row in enumerate(table.get(key, ()), 1):
        where = f"{path}: {key} {number}"
        _check(where, row, _BEARING, {"side": str, "weak": bool})
        _one_of(where, "stance", row["stance"], STANCES)
        _one_of(where, "reliability", row["reliability"], RELIABILITIES)
        _add(where, names, row["words"], str(len(bearings)))
        bearings.append(Bearing(row["stance"], row.get("side"), row["reliability"], key == "label"))
    weak = frozenset(number for number, row in enumerate(table.get(key, ())) if row.get("weak"))
    return Sayings(names, tuple(bearings), weak)


def _partnered(path: Path, rows: dict[str, Source]) -> dict[str, Source]:
    """Make ``partners`` hold all bodies that count once with a source: both ways, and under one roof."""
    listed = {entry: set(source.partners) for entry, source in rows.items()}
    for entry, partners in listed.items():
        for partner in partners:
            if partner not in rows or partner == entry:
                raise AnnotateError(f"{path}: {entry}: the partner {partner!r} is no other source")
    under: dict[str, set[str]] = {}
    for entry, partners in listed.items():
        for partner in partners:
            under.setdefault(partner, set()).add(entry)
    out = {}
    for entry, source in rows.items():
        roofs = [under[partner] for partner in source.partners]
        joined = {*source.partners, *under.get(entry, ())}.union(*roofs) - {entry}
        out[entry] = dataclasses.replace(source, partners=tuple(sorted(joined)))
    return out


def _csv(path: Path) -> Iterable[tuple[str, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnnotateError(f"{path}: not UTF-8") from error
    reader = csv.reader(text.splitlines())
    if next(reader, None) != list(_PLACE):
        raise AnnotateError(f"{path}:1: the columns are not {','.join(_PLACE)}")
    for cells in reader:
        where = f"{path}:{reader.line_num}"
        if len(cells) != len(_PLACE):
            raise AnnotateError(f"{where}: {len(cells)} cells, not {len(_PLACE)}")
        row = dict(zip(_PLACE, cells, strict=True))
        for key in ("id", "name", "basis", "date"):
            if not row[key]:
                raise AnnotateError(f"{where}: no {key}")
        try:
            datetime.date.fromisoformat(row["date"])
        except ValueError as error:
            raise AnnotateError(f"{where}: {row['date']!r} is no date") from error
        yield where, row


def _degrees(where: str, text: str, limit: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise AnnotateError(f"{where}: {text!r} is no number of degrees") from error
    if not -limit <= value <= limit:
        raise AnnotateError(f"{where}: {text} degrees is off the globe")
    return value
