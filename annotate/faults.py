"""Everything that is wrong with a registry, for those who edit it: one line each, with file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from annotate.document import Party, Place, Source
from annotate.errors import AnnotateError
from annotate.placetable import spellings
from annotate.registry import Registry
from annotate.slips import Slips
from annotate.tables import FILES, Tables, read_tables, table_path


def faults(folder: Path) -> list[str]:
    """All slips in the tables of ``folder``; a registry without slips is also asked for every name that it holds.

    Raises:
        AnnotateError: a table cannot be read at all.
    """
    slips = Slips(gather=True)
    tables = read_tables(folder, slips)
    for name in FILES:
        slips.found += _disorder(table_path(folder, name))
    slips.found += _ahead(folder, tables)
    return slips.found or list(_shadowed(folder, Registry(tables)))


def of_file(path: Path) -> list[str]:
    """The faults of one table; raises AnnotateError for a file that is none of the registry's."""
    if path.name not in FILES:
        raise AnnotateError(f"{path}: the registry's tables are {', '.join(FILES)}")
    return [fault for fault in faults(path.parent) if fault.startswith(f"{path}:")]


def _disorder(path: Path) -> Iterator[str]:
    """Rows that do not stand in the order of their ids: they are found by eye."""
    before = ""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        if path.suffix == ".csv":
            entry = line.split(",")[0] if number > 1 else ""
        else:
            entry = line.split('"')[1] if line.startswith('id = "') and line.count('"') > 1 else ""
        if entry and entry < before:
            yield f"{path}:{number}: {entry} stands after {before}; rows are sorted by id"
        before = entry or before


def _ahead(folder: Path, tables: Tables) -> Iterator[str]:
    """Rows that somebody is to have looked at on a day to come."""
    today = date.today().isoformat()
    rows: list[Iterable[Source | Party | Place]] = [
        table.rows.values() for table in (tables.sources, tables.parties, tables.places)
    ]
    for name, table in zip(FILES, rows, strict=False):
        path = table_path(folder, name)
        late = {row.id for row in table if row.date > today}
        for number, entry in _lines(path):
            if entry in late:
                yield f"{path}:{number}: {entry} was looked at on a day to come"


def _shadowed(folder: Path, registry: Registry) -> Iterator[str]:
    """Names that do not find their own row, because a longer or another name takes their words."""
    for name, asked in (("sources.toml", _sources), ("parties.toml", _parties), ("places.csv", _places)):
        path = table_path(folder, name)
        lines = {entry: number for number, entry in _lines(path)}
        for entry, alias, found in asked(registry):
            if found != entry:
                yield f"{path}:{lines.get(entry, 1)}: {entry}: the name {alias!r} finds {found or 'nobody'}"


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the id of each row."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if path.suffix == ".csv":
            yield number, line.split(",")[0]
        elif line.startswith('id = "') and line.count('"') > 1:
            yield number, line.split('"')[1]


def _sources(registry: Registry) -> Iterator[tuple[str, str, str | None]]:
    for source in registry.all_sources.values():
        for alias in source.aliases:
            found = registry.source(alias)
            yield source.id, alias, found.id if found else None


def _parties(registry: Registry) -> Iterator[tuple[str, str, str | None]]:
    for party in registry.all_parties.values():
        for alias in party.aliases:
            yield party.id, alias, ", ".join(found.id for found in registry.parties(alias)) or None


def _places(registry: Registry) -> Iterator[tuple[str, str, str | None]]:
    for place in registry.all_places.values():
        for name in spellings(place):
            found = registry.place(name)
            yield place.id, name, found.id if found else None
