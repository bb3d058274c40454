"""A new row for sources.toml: put where its id belongs, every comment and every other row left as it stands."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT, Array, Comment, Table, Whitespace

from annotate.assets import REGISTRY
from annotate.errors import AnnotateError
from annotate.faults import of_file
from annotate.tables import FILES
from annotate.write import check, save

SOURCES = "sources.toml"
_KEYS = ("id", "name", "aliases", "people", "whole", "state", "stance", "side", "reliability", "partners", "basis")
_WIDTH = 120  # characters of a line


def enter(folder: Path, row: Mapping[str, str | Sequence[str]], day: date) -> Path:
    """Add a source to the registry in ``folder`` and return the table's path.

    A folder without a sources.toml gets a copy of the shipped one, for its grammar and its other rows.

    Raises:
        AnnotateError: the row breaks the registry's rules (nothing is written then), or the table cannot be written.
    """
    own = folder / SOURCES
    try:
        text = (own if own.exists() else REGISTRY / SOURCES).read_text(encoding="utf-8")
        new = inserted(text, row, day)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise AnnotateError(f"{own}: cannot be read ({error})") from error
    wrong = _faults(folder, new) - _faults(folder, text)
    if wrong:
        raise AnnotateError(f"{own}: not added, {min(wrong)}")
    check(folder)
    save(own, new)
    return own


def inserted(text: str, row: Mapping[str, str | Sequence[str]], day: date) -> str:
    """The table with a further ``[[source]]``: before the first whose id comes after its own.

    Raises:
        TOMLKitError: the text is no TOML.
    """
    document = tomlkit.parse(text)
    rows = document.setdefault("source", tomlkit.aot())
    if not isinstance(rows, AoT):
        raise AnnotateError(f"{SOURCES}: source is no list of tables")
    place = next((n for n, other in enumerate(rows) if other.get("id", "") > row["id"]), len(rows))
    table = _table(row, day)
    if place and place < len(rows):
        _take_heading(rows[place - 1], table)
    rows.insert(place, table)
    return tomlkit.dumps(document)


def short(name: str) -> str:
    """An id made of a name: "Médecins du Monde" is "medecins-du-monde"."""
    plain = unicodedata.normalize("NFKD", name.replace("'", "").replace("’", ""))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c)).lower()).strip("-")


def _table(row: Mapping[str, str | Sequence[str]], day: date) -> Table:
    table = tomlkit.table()
    for key in _KEYS:
        value = row.get(key)
        if isinstance(value, str) and value:
            table.add(key, value)
        elif value:
            table.add(key, _array(key, value))
    table.add("date", day)
    table.add(tomlkit.nl())
    return table


def _array(key: str, values: Sequence[str]) -> Array:
    found = tomlkit.array()
    found.extend(values)
    return found.multiline(len(f"{key} = {found.as_string()}") > _WIDTH)


def _take_heading(before: Table, table: Table) -> None:
    """Move the comment that stands over the next row behind the new one: it speaks of the next row."""
    body = before.value.body
    start = len(body)
    while start and body[start - 1][0] is None and isinstance(body[start - 1][1], (Comment, Whitespace)):
        start -= 1
    heading = [number for number in range(start, len(body)) if isinstance(body[number][1], Comment)]
    if heading:
        table.value.body.extend(body[heading[0] :])
        del body[heading[0] :]


def _faults(folder: Path, text: str) -> set[str]:
    """What is wrong with a sources.toml among the other tables of the folder, without line numbers."""
    with tempfile.TemporaryDirectory() as name:
        for other in FILES:
            if other != SOURCES and (folder / other).exists():
                shutil.copy(folder / other, name)
        table = Path(name) / SOURCES
        table.write_text(text, encoding="utf-8")
        return {fault.removeprefix(f"{table}:").lstrip("0123456789: ") for fault in of_file(table)}
