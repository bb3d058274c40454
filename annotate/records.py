"""Tables and feeds -> their records, one after another, each with where it stands. Long files are not held whole."""

from __future__ import annotations

import codecs
import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from annotate.decode import decode, guess

Record = Mapping[str, object]
_HEAD = 1 << 16  # bytes that show the encoding
_NOT_TEXT = "not text in the file's encoding (where that is not UTF-8, name it with --encoding)"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was left out of a batch: a file, a line of one, or a date that is none."""

    where: str  # the file, or file:line
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


def records(path: Path, encoding: str | None) -> Iterator[tuple[str, object]]:
    """The records of a CSV, TSV, JSON or JSON Lines file, by its ending.

    Yields:
        Where the record stands (``file:line``), and the record, or Skipped where it cannot be read.

    Raises:
        OSError: the file cannot be read.
        Undecodable: it is no text.
    """
    kind = path.suffix.lower()
    if kind == ".json" and not _in_lines(path):
        for number, record in _json(path, encoding):
            where = f"{path}:{number}" if isinstance(record, _Wrong) else f"{path}: item {number}"
            yield where, Skipped(where, record) if isinstance(record, _Wrong) else record
        return
    for line, record in (_table if kind in (".csv", ".tsv") else _feed)(path, encoding):
        yield (where := f"{path}:{line}"), Skipped(where, record) if isinstance(record, _Wrong) else record


class _Wrong(str):
    """Why a record cannot be read."""


def _table(path: Path, encoding: str | None) -> Iterator[tuple[int, object]]:
    csv.field_size_limit(sys.maxsize)
    broken: set[int] = set()
    lines = _lines(path, encoding, broken)
    first = next(lines, "")
    sign = "\t" if path.suffix.lower() == ".tsv" else max(",;\t|", key=first.count)
    reader = csv.reader(chain([first] if first else [], lines), delimiter=sign, strict=True)
    header: list[str] | None = None
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            yield line, _Wrong("a quotation mark that is never closed" if unclosed else f"not CSV ({error})")
            continue
        if any(number in broken for number in range(line, reader.line_num + 1)):
            yield line, _Wrong(_NOT_TEXT)
        elif header is None:
            header = [cell.strip() for cell in cells]
        elif any(map(str.strip, cells)):
            fits = len(cells) == len(header)
            yield (
                line,
                dict(zip(header, cells, strict=True))
                if fits
                else _Wrong(f"{len(cells)} cells under {len(header)} columns"),
            )


def _feed(path: Path, encoding: str | None) -> Iterator[tuple[int, object]]:
    broken: set[int] = set()
    for line, words in enumerate(_lines(path, encoding, broken), 1):
        if line in broken:
            yield line, _Wrong(_NOT_TEXT)
        elif words.strip():
            try:
                yield line, json.loads(words)
            except (ValueError, RecursionError) as error:
                yield line, _Wrong(f"not JSON ({getattr(error, 'msg', 'too deep or too long')})")


def _in_lines(path: Path) -> bool:
    """Whether a file called JSON holds an object a line."""
    with path.open("rb") as file:
        first, second = file.readline(_HEAD), file.readline(_HEAD)
    if not first.lstrip().startswith(b"{") or not second.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


def _json(path: Path, encoding: str | None) -> Iterator[tuple[int, object]]:
    """A list of records, or a single one, each with its number; with the line where the file is no JSON."""
    words = decode(path.read_bytes(), encoding)
    if not words.strip():
        return
    try:
        found = json.loads(words)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        yield line, _Wrong(f"not JSON ({getattr(error, 'msg', 'too deep or too long')})")
        return
    yield from enumerate(found if isinstance(found, list) else [found], 1)


def _guess(file: BinaryIO) -> str:
    """The encoding of a file, by the first part of it that is not all ASCII."""
    while part := file.read(_HEAD) + file.readline():
        if not part.isascii() or b"\0" in part:
            return guess(part, whole=False)
    return "utf-8"


def _lines(path: Path, encoding: str | None, broken: set[int]) -> Iterator[str]:
    """The lines of a file with their ends; the numbers of those that are no text go into broken."""
    with path.open("rb") as file:
        name = encoding or _guess(file)
        file.seek(0)
        if codecs.lookup(name).name.startswith(("utf-16", "utf-32")):
            with path.open(encoding=name, errors="replace", newline="\n") as wide:
                yield from wide
            return
        for number, raw in enumerate(file, 1):
            try:
                words = raw.decode(name)
            except UnicodeDecodeError:
                broken.add(number)
                words = raw.decode(name, "replace")
            yield words.removeprefix("\ufeff") if number == 1 else words
