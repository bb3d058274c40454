"""Files, folders, tables and feeds -> reports. Text is decoded once and then frozen.

What cannot be read is named in one line and left out; the rest of the batch goes on. A report's own date (a column, a
key, a row of the index.csv beside it, front matter, a page's head) comes before the date given for the batch, and that
before a ``Date:`` line in the text.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from annotate.decode import Undecodable, decode, tidy
from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.metadata import FIELDS, KEYS, date_line, day, front_matter, month_first
from annotate.records import Record, Skipped, records
from annotate.webpage import page

_PAGES = frozenset((".html", ".htm"))
_MARKDOWN = frozenset((".md", ".markdown"))
_RECORDS = frozenset((".csv", ".tsv", ".json", ".jsonl", ".ndjson"))
_KNOWN = _PAGES | _MARKDOWN | _RECORDS | {".txt", ".text"}
_FOREIGN = frozenset((".pdf", ".doc", ".docx", ".odt", ".rtf", ".epub"))
_INDEX = "index.csv"
_PATIENCE = 1000  # records without a text, after which the rest of a file is not looked at


@dataclass(frozen=True, slots=True)
class _Raw:
    """One text with the metadata beside it, before it has a unique id."""

    where: str
    name: str  # what the id is made of where the metadata has none
    text: str
    about: Mapping[str, str]


def read(
    paths: Iterable[Path | str],
    *,
    text_key: str | None = None,
    id_key: str | None = None,
    title_key: str | None = None,
    outlet_key: str | None = None,
    date_key: str | None = None,
    url_key: str | None = None,
    encoding: str | None = None,
    date: str | None = None,
) -> Iterator[Report | Skipped]:
    """Read reports one after another.

    Args:
        paths: text, Markdown, HTML, CSV, TSV, JSON and JSON Lines files, and folders, which are read in order of names
            with the folders in them. A file given twice is read once.
        text_key: the column or key that holds the text; None takes the usual names, here and below.
        id_key: of the report's id; without one it is the file's stem, in tables and feeds with the record's number.
        title_key: of the title.
        outlet_key: of the outlet.
        date_key: of the day of publication.
        url_key: of the address.
        encoding: of every file; None takes UTF-8, then the byte-order mark, then a guess where one is safe.
        date: the day of the reports whose metadata has none.

    Yields:
        A report, its id unique in the batch, or what was left out. JSON Lines and tables are read line by line.

    Raises:
        AnnotateError: ``encoding`` names none, or ``date`` is none.
    """
    if encoding is not None:
        try:
            b"a".decode(encoding)
        except LookupError as error:
            raise AnnotateError(f"--encoding {encoding}: no such encoding") from error
        except UnicodeError:
            pass  # it needs more than one byte
    if date is not None and day(date) is None:
        raise AnnotateError(f"--date {date}: no day (write it as 2016-12-07)")
    keys = {"text": text_key, "id": id_key, "title": title_key, "outlet": outlet_key, "date": date_key, "url": url_key}
    files = _Files({field: key for field, key in keys.items() if key}, encoding)
    return _reports(files.all(paths), day(date) if date else None)


def _reports(found: Iterator[_Raw | Skipped], default: str | None) -> Iterator[Report | Skipped]:
    """Make ids unique and dates days."""
    taken: dict[str, int] = {}
    for raw in found:
        if isinstance(raw, Skipped):
            yield raw
            continue
        if not raw.text.strip():
            yield Skipped(raw.where, "empty")
            continue
        when = raw.about.get("date")
        known = day(when) if when else None
        if when and known is None:
            yield Skipped(raw.where, f"its date {_short(when)} is no day (write it as 2016-12-07); read without it")
        yield Report(
            id=_unique(raw.about.get("id") or raw.name, taken),
            text=raw.text,
            title=raw.about.get("title"),
            outlet=raw.about.get("outlet"),
            date=known or default or date_line(raw.text),
            url=raw.about.get("url"),
        )


def _unique(name: str, taken: dict[str, int]) -> str:
    if name not in taken:
        taken[name] = 1
        return name
    while True:
        taken[name] += 1
        if (other := f"{name}-{taken[name]}") not in taken:
            taken[other] = 1
            return other


def _short(words: str) -> str:
    words = " ".join(words.split())
    return repr(words if len(words) <= 60 else words[:59] + "…")


class _Files:
    """Goes through files, whatever their kind, each once."""

    def __init__(self, named: Mapping[str, str], encoding: str | None) -> None:
        self._named = named
        self._encoding = encoding
        self._seen: set[Path] = set()
        self._index = lru_cache(maxsize=None)(self._read_index)
        self._order = lru_cache(maxsize=None)(self._read_order)
        self._told: set[Path] = set()  # folders whose index was complained of

    def all(self, paths: Iterable[Path | str]) -> Iterator[_Raw | Skipped]:
        for path in map(Path, paths):
            yield from self._folder(path) if path.is_dir() else self._file(path)

    def _folder(self, folder: Path) -> Iterator[_Raw | Skipped]:
        closed: list[OSError] = []
        empty = True
        for root, folders, files in os.walk(folder, onerror=closed.append):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for path in (Path(root, name) for name in sorted(files) if not name.startswith(".")):
                kind = path.suffix.lower()
                if kind not in _KNOWN | _FOREIGN or (path.name == _INDEX and self._index(path.parent)[0]):
                    continue
                empty = False
                yield from self._file(path)
        for error in closed:
            yield Skipped(str(error.filename), f"cannot be read ({error.strerror})")
        if empty and not closed:
            yield Skipped(str(folder), "no reports in this folder")

    def _file(self, path: Path) -> Iterator[_Raw | Skipped]:
        kind = path.suffix.lower()
        try:
            if (real := path.resolve()) in self._seen:
                return  # a report given twice would agree with itself
            self._seen.add(real)
            if not path.exists():
                yield Skipped(str(path), "no such file or folder")
            elif not path.is_file():
                yield Skipped(str(path), "not a file")
            elif kind in _FOREIGN:
                yield Skipped(str(path), f"{kind[1:].upper()} is not read; turn it into text first")
            else:
                yield from self._records(path) if kind in _RECORDS else self._text(path)
        except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
            yield Skipped(str(path), f"cannot be read ({getattr(error, 'strerror', None) or error})")
        except Undecodable as error:
            yield Skipped(str(path), str(error))

    def _text(self, path: Path) -> Iterator[_Raw | Skipped]:
        """One text a file, with what the index.csv beside it says of it."""
        rows, wrong = self._index(path.parent)
        if path.parent not in self._told:
            self._told.add(path.parent)
            yield from wrong
        kind = path.suffix.lower()
        text = decode(path.read_bytes(), self._encoding, html=kind in _PAGES)
        about: Mapping[str, str] = {}
        if kind in _PAGES:
            text, about = page(text)
        elif kind in _MARKDOWN:
            pairs, text = front_matter(text)
            about = self._about(pairs)
        yield _Raw(str(path), path.stem, text, {**about, **rows.get(path.name, {})})

    def _read_index(self, folder: Path) -> tuple[dict[str, dict[str, str]], list[Skipped]]:
        """The rows of the folder's index.csv by file name; nothing where it is no index of files."""
        path = folder / _INDEX
        rows: dict[str, dict[str, str]] = {}
        wrong: list[Skipped] = []
        try:
            for where, row in records(path, self._encoding) if path.is_file() else ():
                if isinstance(row, Skipped):
                    wrong.append(row)
                elif not isinstance(row, dict) or "file" not in row:
                    return {}, []
                elif not (folder / (name := str(row["file"]).strip())).is_file():
                    wrong.append(Skipped(where, f"names {_short(name)}, which is not there"))
                else:
                    rows[name] = self._about(row)
        except (OSError, Undecodable) as error:
            wrong.append(Skipped(str(path), f"cannot be read ({getattr(error, 'strerror', None) or error})"))
        return rows, wrong

    def _records(self, path: Path) -> Iterator[_Raw | Skipped]:
        """Many texts a file: a table or a feed."""
        number = 0
        table = path.suffix.lower() in (".csv", ".tsv")
        lacking: list[Skipped] = []  # records without a text, as long as none had one
        any_text = False
        for number, (where, record) in enumerate(records(path, self._encoding), 1):
            if isinstance(record, Skipped):
                yield record
            elif not isinstance(record, dict):
                yield Skipped(where, "not an object with a text")
            elif (missing := self._lacking(record, table and not any_text)) and table:
                yield Skipped(str(path), f"no column {missing!r} (it has: {', '.join(record)})")
                return
            elif missing and not any_text:
                lacking.append(Skipped(where, f"no key {missing!r} (it has: {_short(', '.join(record))})"))
                if len(lacking) == _PATIENCE:
                    break
            elif missing:
                yield Skipped(where, f"no key {missing!r}")
            else:
                yield from lacking
                lacking, any_text = [], True
                yield self._record(path, where, f"{path.stem}-{number}", record)
        if lacking:
            yield lacking[0] if number == 1 else Skipped(str(path), f"{lacking[0].why} in any of {number:,} records")
        if number == 0:
            yield Skipped(str(path), "empty")

    def _record(self, path: Path, where: str, name: str, record: Record) -> _Raw | Skipped:
        record = self._inner(record)
        key = self._key("text", record) or ""
        if (text := record[key]) is None:
            return Skipped(where, "empty")
        if not isinstance(text, str):
            return Skipped(where, f"its {key} is no string")
        about = self._about(record)
        if (when := about.get("date")) and day(when) is None and (known := day(when, month_first=self._order(path))):
            about["date"] = known
        return _Raw(where, name, tidy(text), about)

    def _inner(self, record: Record) -> Record:
        """The part of a record that holds the text: an annotation tool keeps it under "data"."""
        inner = record.get("data")
        if "text" not in self._named and isinstance(inner, dict) and self._key("text", inner):
            return inner
        return record

    def _lacking(self, record: Record, columns: bool) -> str | None:
        """The key of the text where this record has none; of a table, any column that an option names."""
        missing = next((key for key in self._named.values() if key not in record), None) if columns else None
        return missing or (None if self._key("text", self._inner(record)) else self._named.get("text", "text"))

    def _read_order(self, path: Path) -> bool | None:
        """Whether the dates of a file that are written with slashes put the month first."""
        found = (
            self._about(record).get("date", "")
            for _, record in records(path, self._encoding)
            if isinstance(record, dict)
        )
        return month_first(found)

    def _key(self, field: str, record: Record) -> str | None:
        """The key of this record that holds a field: the one named by option, else the first of the usual ones."""
        if field in self._named:
            return self._named[field] if self._named[field] in record else None
        return _usual(field, tuple(record))

    def _about(self, record: Record) -> dict[str, str]:
        about: dict[str, str] = {}
        for field in FIELDS:
            value = record.get(self._key(field, record) or "")
            if isinstance(value, str | int) and not isinstance(value, bool) and (words := tidy(str(value)).strip()):
                about[field] = words
        return about


@lru_cache(maxsize=1024)
def _usual(field: str, keys: tuple[str, ...]) -> str | None:
    lower = {key.strip().lower(): key for key in reversed(keys)}
    return next((lower[key] for key in KEYS[field] if key in lower), None)
