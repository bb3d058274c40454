"""The registry's rows and the sources' records, laid out for a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from annotate.document import Party, Place, Source
from annotate.registry import Registry
from annotate.trackrecord import Record, Unknown

_RELIABILITY = {  # the Admiralty code's words
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "cannot be judged",
}
_FACTS = "facts, not a score: who is quoted on disputed matters is contested often"


def table(rows: Sequence[Source | Party | Place], kind: str) -> None:
    """List rows with what is judged of them and why."""
    columns = {"source": ("stance", "side", "reliability"), "party": ("side", "part_of"), "place": ("kind", "within")}
    found = _plain("id", "name", *columns[kind], "basis")
    for row in rows:
        found.add_row(row.id, Text(row.name), *(_cell(getattr(row, key)) for key in columns[kind]), Text(row.basis))
    _console().print(found)
    _console().print(f"{len(rows)} rows", style="dim")


def card(registry: Registry, kind: str, row: Source | Party | Place, record: Record | None) -> None:
    """One row in full, and the source's record where there is one to look into."""
    console = _console()
    console.print(Text.assemble((row.name, "bold"), f"  {kind} {row.id}"))
    found = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
    for key, value in _facts(registry, row):
        found.add_row(Text(key, style="dim"), Text(value))
    if record is not None:
        for key, value in _told(record):
            found.add_row(Text(key, style="dim"), Text(value))
    console.print(found)


def standings(registry: Registry, records: Mapping[str, Record]) -> None:
    """The records of all sources, the most heard first."""
    names = ("reports", "claims", "contested", "unconfirmed", "corroborated", "corrected", "admitted")
    found = _plain("source", "stance", "side", right=names)
    for source, record in records.items():
        row = registry.all_sources.get(source)
        numbers = [str(getattr(record, name) or "") for name in names]
        found.add_row(Text(row.name if row else source), _cell(row and row.stance), _cell(row and row.side), *numbers)
    _console().print(found)
    _console().print(f"{len(records)} sources; {_FACTS}", style="dim")


def unknowns(rows: Sequence[Unknown]) -> None:
    """Names that link to nothing, with where each stands for the first time."""
    found = _plain("name", "first seen", right=("times", "reports"))
    for row in rows:
        found.add_row(Text(row.name), Text(f"{row.example[0]}:{row.example[1]}"), str(row.times), str(row.reports))
    _console().print(found)


def _facts(registry: Registry, row: Source | Party | Place) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    if isinstance(row, Source):
        found += [("stance", row.stance), ("side", row.side or "not known")]
        found.append(("reliability", f"{row.reliability}, {_RELIABILITY[row.reliability]}"))
        found += [("counts once with", ", ".join(row.partners))] if row.partners else []
    elif isinstance(row, Party):
        found.append(("side", row.side))
        found += [("part of", ", ".join(row.part_of))] if row.part_of else []
    else:
        around = [place.name for place in registry.enclosing(row.id)[1:]]
        found += [("kind", row.kind), ("within", ", ".join(around) or "nothing")]
        found += [("lies at", f"{row.lat}, {row.lon}")] if row.lat is not None else []
    names = [alias for alias in dict.fromkeys(row.aliases) if alias != row.name]
    return [*found, ("also", ", ".join(names) or "no other name"), ("basis", row.basis), ("looked at", row.date)]


def _told(record: Record) -> list[tuple[str, str]]:
    if not record.claims:
        return [("record", "makes no claim there")]
    reasons = ", ".join(f"{reason} {count}" for reason, count in record.contested_by.items())
    span = f", {record.first}" if record.first else ""
    span += f" to {record.last}" if record.last != record.first else ""
    return [
        ("record", _FACTS),
        (
            "heard",
            f"{_many(record.claims, 'claim')} in {_many(record.reports, 'report')}{span}; named in {record.named}",
        ),
        ("contested", f"{record.contested}" + (f" ({reasons})" if reasons else "")),
        ("unconfirmed", str(record.unconfirmed)),
        ("corroborated", f"{record.corroborated} by independent sources"),
        ("corrected", f"{record.corrected} by itself, a later figure for an earlier one"),
        ("admitted", str(record.admitted)),
    ]


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _plain(*names: str, right: Sequence[str] = ()) -> Table:
    found = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in names:
        found.add_column(name.replace("_", " "), overflow="fold")
    for name in right:
        found.add_column(name, justify="right")
    return found


def _cell(value: object) -> Text:
    return Text(", ".join(value) if isinstance(value, tuple) else str(value or ""))


def _console() -> Console:
    """Piped, nothing is cut to a terminal's width."""
    console = Console()
    return console if console.is_terminal else Console(width=240)
