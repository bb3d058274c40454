"""`annotate disputes`: what is contested or unconfirmed in a store, by place, day, source, level and facet."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.errors import AnnotateError
from annotate.labels import FACETS
from annotate.options import add_registry, calendar_day, number

if TYPE_CHECKING:
    from annotate.document import Event
    from annotate.registry import Registry
    from annotate.store import Store

_EXAMPLES = """\
examples:
  annotate disputes --store claims.duckdb                                  all that is contested, newest first
  annotate disputes --store claims.duckdb --place Aleppo --since 2016-11-01
  annotate disputes --store claims.duckdb --source "White Helmets" --facet casualties
  annotate disputes --store claims.duckdb --level unconfirmed --date 2016-12-07 --json
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``disputes`` to the commands of the program."""
    parser = commands.add_parser(
        "disputes",
        help="ask a store what is contested",
        description="Print the disputes in a store that `annotate tag --store` made, with both sides' words.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--store", type=Path, metavar="FILE", required=True, help="the store")
    parser.add_argument("--place", metavar="NAME", help="of this place or one in it; else by words of the title")
    parser.add_argument("--date", type=calendar_day, metavar="YYYY-MM-DD", help="of this day")
    parser.add_argument("--since", type=calendar_day, metavar="YYYY-MM-DD", help="of this day or later")
    parser.add_argument("--source", metavar="NAME", help="in which this source speaks, by its id or part of its name")
    parser.add_argument(
        "--level", choices=("contested", "unconfirmed", "any"), default="contested", help="how far (default: contested)"
    )
    parser.add_argument("--facet", choices=FACETS, help="over this facet")
    parser.add_argument("--json", action="store_true", help="one event a line, as in events.jsonl, with the words")
    parser.add_argument(
        "--most", type=number(100_000), default=100, metavar="N", help="print at most so many (default: %(default)s)"
    )
    add_registry(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from rich.console import Console

    from annotate.known import settled
    from annotate.registry import Registry
    from annotate.store import open_store
    from annotate.summary import show_events
    from annotate.write import event_line

    with open_store(options.store) as store:
        events = list(chosen(store, options, Registry.load(options.registry)))
        shown = events if options.json else events[: options.most]
        reports = store.reports({ref[0] for event in shown for ref in event.claims})
        claims = {claim.ref: claim for claim in settled(store, reports)}
    if options.json:
        for event in shown:
            words = {f"{ref[0]}:{ref[1]}": claims[ref].sentence.text for ref in event.claims}
            print(json.dumps({**event_line(event), "words": words}, ensure_ascii=True))
        return 0
    console = Console()
    level = "disputed" if options.level == "any" else options.level
    console.print(f"{len(events):,} {level} event{'s' * (len(events) != 1)} of {len(store):,} reports")
    show_events(shown, claims, console, len(shown))
    if len(events) > len(shown):
        console.print(f"\n… and {len(events) - len(shown):,} more: --most, or ask for less")
    return 0


def chosen(store: Store, options: argparse.Namespace, registry: Registry) -> Iterator[Event]:
    """The events that the user asks for, latest first.

    Raises:
        AnnotateError: a place or a source that nobody knows.
    """
    levels = ("contested", "unconfirmed") if options.level == "any" else (options.level,)
    facet = "AND f.facet = ?" if options.facet else ""
    where = [
        f"EXISTS (SELECT 1 FROM facet f WHERE f.e = event.e AND f.level IN ({', '.join('?' * len(levels))}) {facet})"
    ]
    values = [*levels, *([options.facet] if options.facet else [])]
    for condition, value in (("date = ?", options.date), ("date >= ?", options.since)):
        if value:
            where.append(condition)
            values.append(value)
    place = registry.place(options.place) if options.place else None
    speaks = _speaks(store, options.source, registry) if options.source else None
    for event in store.events(" AND ".join(where), values, latest=True):
        if place and not (event.place and registry.within(event.place, place.id)):
            continue
        if options.place and not place and options.place.lower() not in event.title.lower():
            continue
        if speaks is None or int(event.id[1:]) in speaks:
            yield event


def _speaks(store: Store, name: str, registry: Registry) -> set[int]:
    known = registry.all_sources.get(name) or registry.source(name)
    found = store.events_of(known.id if known else name, name)
    if not found and not store.speaks(known.id if known else name, name):
        raise AnnotateError(f"no source {name!r} speaks in the store")
    return found
