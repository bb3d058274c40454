"""The gazetteer's table, places.csv, read and checked whole: a slip in a line is one line to the user."""

from __future__ import annotations

import csv
import dataclasses
import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from annotate.document import Place
from annotate.errors import AnnotateError
from annotate.names import Lexicon
from annotate.slips import Slips, add_names, one_of

PLACE_KINDS = (
    *("country", "region", "governorate", "city", "town", "village", "district"),
    *("base", "airport", "camp", "crossing", "road", "site"),
)
_COMMON = frozenset(
    "air airbase airport area base bridge camp citadel city countryside crossing dam district field military mountain "
    "mountains naval palace plain prison project province river road square station street suburb town valley".split()
)
_PLACE = ("id", "name", "aliases", "shared", "kind", "within", "lat", "lon", "basis", "date")


@dataclass(frozen=True, slots=True)
class PlaceTable:
    """places.csv; ``shared``: by place, the names that it has in common with others."""

    rows: Mapping[str, Place]
    names: Lexicon
    shared: Mapping[str, tuple[str, ...]]


def read_places(path: Path, slips: Slips) -> PlaceTable:
    """Read places.csv; raises AnnotateError for a file that is no such table, and for slips that are not gathered."""
    names, rows, shared = Lexicon(), dict[str, Place](), dict[str, tuple[str, ...]]()
    lines: dict[str, str] = {}
    for where, cells in _lines(path):
        with slips.kept():
            row = _row(where, cells)
            if row["id"] in rows:
                raise AnnotateError(f"{where}: the id {row['id']!r} stands twice")
            place = _place(where, row)
            rows[place.id], lines[place.id] = place, where
            shared[place.id] = tuple(filter(None, row["shared"].split(";")))
            add_names(where, names, map(_uncapped, spellings(place)), place.id, slips)
    for entry, common in shared.items():
        for name in map(_uncapped, common):
            names.add(name, entry, shared=True)
            names.add(name, "", shared=True)  # there may be more of the name than the table knows
    for place in tuple(rows.values()):
        with slips.kept():
            _enclosed(lines[place.id], place, rows)
    return PlaceTable(rows, names, shared)


def _place(where: str, row: Mapping[str, str]) -> Place:
    one_of(where, "kind", row["kind"], PLACE_KINDS)
    return Place(
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


def _enclosed(where: str, place: Place, rows: dict[str, Place]) -> None:
    """Raise AnnotateError for a place inside itself or inside an unknown one, and cut it loose."""
    seen, outer = {place.id}, place.within
    while outer is not None:
        if outer not in rows or outer in seen:
            rows[place.id] = dataclasses.replace(place, within=None)
            raise AnnotateError(f"{where}: {place.id} lies within {outer!r}, which is no place around it")
        seen.add(outer)
        outer = rows[outer].within


def spellings(place: Place) -> tuple[str, ...]:
    """The names of a place; a name with a gloss in brackets is for people to read."""
    return place.aliases if "(" in place.name else (place.name, *place.aliases)


def _uncapped(name: str) -> str:
    """A place name whose common nouns may be written small: "Mezzeh Military airport"."""
    first, *rest = name.split(" ")
    return " ".join([first, *(word.lower() if word.lower() in _COMMON else word for word in rest)])


def _lines(path: Path) -> Iterable[tuple[str, list[str]]]:
    """The lines of the table under its heading, each with the words that say where it stands."""
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
        yield f"{path}:{reader.line_num}", cells


def _row(where: str, cells: list[str]) -> dict[str, str]:
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
    return row


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
