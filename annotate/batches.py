"""`annotate tag … --store FILE`: reports against all that the store knows, and what they change."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.progress import Progress
from rich.text import Text

from annotate.document import Claim, Event, Ref, Report
from annotate.errors import AnnotateError
from annotate.known import Change, add, collapse, settled
from annotate.pipeline import Batch, tagged
from annotate.registry import Registry
from annotate.store import Store, open_store
from annotate.summary import SAID, WHY, said, show
from annotate.tag import Tagger
from annotate.write import write

TOGETHER = 200  # reports added in one transaction
SHOWN = 1000  # new reports up to which the summary goes through them
_MOST = 40  # changes shown
_STEP = 200  # reports held at a time when all is written
_BECAME = {
    ("none", "contested"): "newly contested",
    ("unconfirmed", "contested"): "newly contested, was unconfirmed",
    ("contested", "none"): "settled",
    ("contested", "unconfirmed"): "no longer contested, unconfirmed",
    ("none", "unconfirmed"): "now unconfirmed",
    ("unconfirmed", "none"): "no longer unconfirmed",
}


@dataclass(slots=True)
class Added:
    """What a run did to a store."""

    new: list[str] = field(default_factory=list)  # ids of reports
    known: int = 0  # reports whose text was known
    refused: int = 0  # reports of another text under a known id
    changes: list[Change] = field(default_factory=list)


def run(
    options: argparse.Namespace, reports: Iterable[Report], tagger: Tagger, registry: Registry, bar: Progress
) -> bool:
    """Add reports to the store of ``options.store``, print what changed, write all; whether all could be added.

    Raises:
        AnnotateError: the store cannot be used; reports added before that stay in it.
    """
    with open_store(options.store, new=True) as store:
        try:
            with bar:
                task = bar.add_task("tagging", total=None)
                done = add_all(
                    store, reports, tagger, registry, lambda r, n: bar.update(task, advance=n, description=r.id)
                )
        except KeyboardInterrupt:
            raise AnnotateError(
                f"interrupted; {len(store):,} reports are in {options.store}, the same command goes on"
            ) from None
        if not (done.new or done.known or done.refused):
            raise AnnotateError("no reports found")
        if options.out:
            written(store, options.out)
        if not options.quiet:
            tell(store, done, Console())
            if options.out:
                print(f"\nall that the store holds is written to {options.out}")
    return not done.refused


def add_all(
    store: Store,
    reports: Iterable[Report],
    tagger: Tagger,
    registry: Registry,
    progress: Callable[[Report, int], None] | None = None,
) -> Added:
    """Tag the reports that the store does not know and add them, a few hundred in a transaction."""
    done = Added()
    waiting: list[tuple[Report, list[Claim]]] = []

    def flush() -> None:
        if waiting:
            claims = [claim for _, found in waiting for claim in found]
            done.changes += add(store, [report for report, _ in waiting], claims, registry)
            done.new += [report.id for report, _ in waiting]
            waiting.clear()

    for pair in tagged(_fresh(store, reports, done), tagger, registry, progress):
        waiting.append(pair)
        if len(waiting) == TOGETHER:
            flush()
    flush()
    done.changes = collapse(done.changes, set(done.new))
    return done


def _fresh(store: Store, reports: Iterable[Report], done: Added) -> Iterator[Report]:
    """The reports to add: of a text that is not known, and an id that no other text has."""
    texts: set[str] = set()
    names: set[str] = set()
    for report in reports:
        if report.text in texts or store.known(report) is not None:
            done.known += 1
        elif report.id in store or report.id in names:
            done.refused += 1
            print(f"annotate: {report.id}: the store knows another text under this id; give this one another",
                  file=sys.stderr)  # fmt: skip
        else:
            texts.add(report.text)
            names.add(report.id)
            yield report


def written(store: Store, folder: Path) -> None:
    """Write all that the store knows, as `annotate tag -o` does, holding a few reports at a time."""
    ids = store.report_ids()
    steps = [ids[at : at + _STEP] for at in range(0, len(ids), _STEP)]
    reports = (report for step in steps for report in store.reports(step))
    claims = (claim for step in steps for claim in settled(store, store.reports(step)))
    write(folder, reports, claims, store.events())


def tell(store: Store, done: Added, console: Console) -> None:
    """Print what is known now, what changed for reports that were known before, and what stands in the new ones."""
    parts = [f"{len(done.new):,} new report{'s' * (len(done.new) != 1)}"]
    parts += [f"{done.known:,} known already"] * bool(done.known) + [f"{done.refused:,} refused"] * bool(done.refused)
    console.print(Text(f"{', '.join(parts)}; the store holds {len(store):,}", style="bold"))
    show_changes(store, done.changes, console)
    if 0 < len(done.new) <= SHOWN:
        console.print()
        reports = store.reports(done.new)
        claims = settled(store, reports)
        events = list(store.events_by({claim.event for claim in claims if claim.event}))
        others = {ref[0] for event in events for ref in event.claims} - set(done.new)
        show(Batch(tuple(reports), tuple(claims), tuple(events)), console, beside=settled(store, store.reports(others)))


def show_changes(store: Store, changes: Sequence[Change], console: Console) -> None:
    """Print which flags of known claims are others now, with the words of the new reports."""
    if not changes:
        return
    refs = {ref for change in changes for ref in (change.ref, *change.by)}
    claims = {claim.ref: claim for claim in settled(store, store.reports({ref[0] for ref in refs}))}
    events = {event.id: event for event in store.events_by({change.event for change in changes if change.event})}

    def kind(change: Change) -> tuple[str, str, str, str]:
        return change.event or "", change.facet, change.before, change.after.level

    found = [(key, list(same)) for key, same in groupby(sorted(changes, key=kind), kind)]
    found.sort(key=lambda item: item[0][3] != "contested")
    console.print()
    console.print(Text(f"CHANGED  {len(found)} flag{'s' * (len(found) != 1)} of known reports", style="bold cyan"))
    for (event, facet, before, after), same in found[:_MOST]:
        console.print()
        _show_change(console, events.get(event), facet, _BECAME[before, after], same, claims)
    if len(found) > _MOST:
        console.print(f"… and {len(found) - _MOST} more")


def _show_change(
    console: Console,
    event: Event | None,
    facet: str,
    became: str,
    same: Sequence[Change],
    claims: Mapping[Ref, Claim],
) -> None:
    if event:
        console.print(Text.assemble((event.id, "dim"), "  ", (event.title, "bold"), (f"  {event.date or ''}", "dim")))
    reasons = dict.fromkeys(reason for change in same for reason in change.after.reasons)
    why = "; ".join(f"{reason}: {WHY[reason]}" for reason in reasons)
    line = Text.assemble((f"{facet} ({SAID[facet]}) ", "bold"), became, (f" [{why}]" if why else "", "yellow"))
    console.print(Padding(line, (0, 0, 0, 2)))
    for heading, refs in (
        ("known", dict.fromkeys(change.ref for change in same)),
        ("new", dict.fromkeys(ref for change in same for ref in change.by)),
    ):
        for ref in list(refs)[:6]:
            who = claims[ref].speaker.name
            console.print(Padding(Text.assemble(f"{heading}: ", (who, "bold")), (0, 0, 0, 4)))
            console.print(Padding(said(claims[ref]), (0, 0, 0, 8)))
