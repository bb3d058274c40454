"""What a run found, for people: counts, then each contested event with both sides' words, then what is unconfirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from annotate.document import Claim, Dispute, Event, Ref, Side
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.pipeline import Batch

WORDS = 220  # characters of a sentence shown
_HUES = {
    "pro-regime": "red",
    "pro-opposition": "green",
    "official": "blue",
    "ngo": "cyan",
    "witness": "magenta",
    "media": "yellow",
    "other-party": "bright_black",
}
SAID = {  # facets as a reader would name them
    "occurrence": "whether it happened",
    "target": "what was hit",
    "agent": "who did it",
    "means": "with what",
    "origin": "from where",
    "casualties": "the toll",
    "time": "when",
    "place": "where",
    "control": "who holds it",
    "status": "the state of things",
}
WHY = {
    "competing": "accounts cannot both hold",
    "denied": "one side denies it",
    "numeric": "the figures do not overlap",
    "single-side": "one side's word",
    "unattributed": "nobody named says it",
    "hedged": "every account of it shows doubt",
}


def show(batch: Batch, console: Console, most: int = 40, beside: Iterable[Claim] = ()) -> None:
    """Print the summary; at most ``most`` events of each level are shown in full.

    ``beside``: claims of other reports that the events speak of.
    """
    claims = {claim.ref: claim for claim in (*beside, *batch.claims)}
    console.print(_counts(batch))
    for level, heading, hue in (("contested", "CONTESTED", "bold red"), ("unconfirmed", "UNCONFIRMED", "bold yellow")):
        chosen = [event for event in batch.events if event.level == level]
        console.print()
        console.print(Text(f"{heading}  {len(chosen)} event{'s' * (len(chosen) != 1)}", style=hue))
        show_events(chosen, claims, console, most)


def show_events(events: Sequence[Event], claims: Mapping[Ref, Claim], console: Console, most: int = 40) -> None:
    """Print events with what is disputed in them, in whose words."""
    for event in events[:most]:
        console.print()
        console.print(_event(event, claims))
    if len(events) > most:
        console.print(f"… and {len(events) - most} more in events.jsonl")


def _counts(batch: Batch) -> RenderableType:
    speaking = [claim for claim in batch.claims if claim.tags.types]
    many = "s" * (len(batch.reports) != 1)
    head = Text(
        f"{len(batch.reports)} report{many}, {len(batch.claims)} sentences, {len(speaking)} with a claim, "
        f"{len(batch.events)} events",
        style="bold",
    )
    tables = [
        _tally("stance", Counter(claim.stance or "(abstained)" for claim in speaking), STANCES),
        _tally("type", Counter(label for claim in speaking for label in claim.tags.types), TYPES),
        _tally("assertion", Counter(claim.tags.assertion or "(abstained)" for claim in speaking), ASSERTIONS),
    ]
    return Group(head, Text(), Columns(tables, padding=(0, 3)))


def _tally(name: str, counts: Counter[str], order: Sequence[str]) -> Table:
    table = Table(
        title=name, title_justify="left", title_style="dim", box=None, show_header=False, padding=(0, 1, 0, 0)
    )
    for label in (*order, "(abstained)"):
        if counts[label]:
            table.add_row(Text(label, style=_HUES.get(label, "")), str(counts[label]))
    return table


def _event(event: Event, claims: Mapping[Ref, Claim]) -> RenderableType:
    head = Text.assemble(
        (event.id, "dim"), "  ", (event.title, "bold"), ("  " + event.date if event.date else "", "dim")
    )
    rows: list[RenderableType] = [head]
    contested = [dispute for dispute in event.facets if dispute.level == "contested"]
    unconfirmed = [dispute for dispute in event.facets if dispute.level == "unconfirmed"]
    rows += [Padding(_dispute(dispute, claims), (0, 0, 0, 2)) for dispute in contested]
    if unconfirmed:
        rows.append(Padding(_thin(unconfirmed, claims), (0, 0, 0, 2)))
    if contested and (settled := _undisputed(event)):
        rows.append(Padding(Text(f"not in dispute: {settled}", style="green"), (0, 0, 0, 2)))
    if event.maybe:
        others = ", ".join(f"{other.event} ({100 * other.probability:.0f} %)" for other in event.maybe)
        rows.append(Padding(Text(f"may be one with {others}", style="dim"), (0, 0, 0, 2)))
    return Group(*rows)


def _thin(disputes: Sequence[Dispute], claims: Mapping[Ref, Claim]) -> RenderableType:
    """What rests on thin ground: the facets with their reasons in a line each, then every claim once."""
    rows: list[RenderableType] = []
    for dispute in disputes:
        values = " / ".join(side.value for side in dispute.sides)
        why = "; ".join(f"{reason}: {WHY[reason]}" for reason in dispute.reasons)
        rows.append(
            Text.assemble(
                (f"{dispute.facet} ({SAID[dispute.facet]}) ", "bold"),
                f"unconfirmed: {values} ",
                (f"[{why}]", "yellow"),
            )
        )
    for ref in dict.fromkeys(ref for dispute in disputes for side in dispute.sides for ref in side.claims):
        claim = claims[ref]
        rows.append(
            Padding(Text.assemble("• ", (claim.speaker.name, "bold"), (f" ({claim.stance})", "dim")), (0, 0, 0, 2))
        )
        rows.append(Padding(said(claim), (0, 0, 0, 4)))
    return Group(*rows)


def _dispute(dispute: Dispute, claims: Mapping[Ref, Claim]) -> RenderableType:
    why = "; ".join(f"{reason}: {WHY[reason]}" for reason in dispute.reasons)
    hue = "red" if dispute.level == "contested" else "yellow"
    rows: list[RenderableType] = [
        Text.assemble((f"{dispute.facet} ({SAID[dispute.facet]})", "bold"), f" {dispute.level} ", (f"[{why}]", hue))
    ]
    rows += [Padding(_side(side, claims), (0, 0, 0, 2)) for side in dispute.sides]
    if dispute.quiet:
        kinds = ", ".join(f"{quiet.kind} ({len(quiet.claims)})" for quiet in dispute.quiet)
        rows.append(Padding(Text(f"left aside: {kinds}", style="dim"), (0, 0, 0, 2)))
    return Group(*rows)


def _side(side: Side, claims: Mapping[Ref, Claim]) -> RenderableType:
    rows: list[RenderableType] = [
        Text.assemble(
            "• ", (side.value, "bold"), f": {', '.join(side.speakers)}", (f" ({', '.join(side.stances)})", "dim")
        )
    ]
    rows += [Padding(said(claims[ref]), (0, 0, 0, 4)) for ref in side.claims]
    return Group(*rows)


def said(claim: Claim) -> Text:
    """What was said, cut to length, with its address."""
    words = " ".join(claim.sentence.text.split())
    short = words if len(words) <= WORDS else words[: WORDS - 1].rsplit(" ", 1)[0] + " …"
    return Text.assemble((short, _HUES.get(claim.stance or "", "")), (f"  {claim.ref[0]}:{claim.ref[1]}", "dim"))


def _undisputed(event: Event) -> str:
    """What is said of the event and nobody disputes, with how many claims say it."""
    told = [dispute for dispute in event.facets if dispute.level == "none"]
    counts = [(SAID[one.facet], len({ref for side in one.sides for ref in side.claims})) for one in told if one.sides]
    return "; ".join(f"{said} ({count} claim{'s' * (count != 1)})" for said, count in counts)
