"""Groups of claims and their disputes -> events with a title, a place, a day, and claims that know their event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from annotate.contest import contests, disputes, strongest
from annotate.document import Claim, Dispute, Event, Maybe, Ref, Report
from annotate.events import Grouping
from annotate.grade import grades
from annotate.registry import Registry
from annotate.voices import Bench

# What an event is called by, the more telling first where two are as frequent.
TITLES = ("attack", "casualty", "detention", "control", "humanitarian", "diplomacy", "responsibility", "other")
TOWNS = ("city", "town", "village")


def assemble(
    grouping: Grouping, claims: Sequence[Claim], reports: Mapping[str, Report], registry: Registry
) -> tuple[list[Event], list[Claim]]:
    """Name the events worth a line (two claims or more, or a flag); settle every claim into its event and grade it."""
    by_ref = {claim.ref: claim for claim in claims}
    outlets = {report.id: report.outlet or report.id for report in reports.values()}
    days = {report.id: report.date for report in reports.values()}
    events: list[Event] = []
    settled: dict[Ref, Claim] = {}

    def settle(members: Sequence[Claim], name: str | None, found: tuple[Dispute, ...], bench: Bench) -> None:
        for claim, credibility in zip(members, grades(members, found, bench, reports), strict=True):
            contest = contests(found, claim.ref) if name else ()
            settled[claim.ref] = replace(claim, event=name, contest=contest, credibility=credibility)

    reading = {claim.ref: number for number, claim in enumerate(claims)}
    for refs in sorted(grouping.groups, key=lambda refs: min(reading[ref] for ref in refs)):
        members = [by_ref[ref] for ref in refs]
        bench = Bench(grouping.alike, registry.during(claim.place for claim in members), days, outlets, members)
        found = disputes(bench)
        listed = len(members) > 1 or any(dispute.level != "none" for dispute in found)
        name = f"e{len(events) + 1}" if listed else None
        if name:
            events.append(_event(name, members, found, reports, registry))
        settle(members, name, found, bench)
    for claim in claims:
        if claim.ref not in settled:  # it says nothing of what happened
            settle([claim], None, (), Bench(grouping.alike, registry, days, outlets, [claim]))
    return _doubted(events, grouping, settled), [settled[claim.ref] for claim in claims]


def _doubted(events: Sequence[Event], grouping: Grouping, settled: Mapping[Ref, Claim]) -> list[Event]:
    """The events, each with those that it may be the same as; what has no line of its own is none of them."""
    found: dict[str, list[Maybe]] = defaultdict(list)
    for pair, probability in grouping.doubts.items():
        one, other = (settled[ref].event for ref in pair)
        if one and other:
            found[one].append(Maybe(other, probability))
            found[other].append(Maybe(one, probability))
    order = {event.id: number for number, event in enumerate(events)}

    def likeliest(maybe: Maybe) -> tuple[float, int]:
        return -maybe.probability, order[maybe.event]

    return [replace(event, maybe=tuple(sorted(found[event.id], key=likeliest))) for event in events]


def _event(
    name: str, members: Sequence[Claim], found: tuple[Dispute, ...], reports: Mapping[str, Report], registry: Registry
) -> Event:
    kinds = Counter(label for claim in members for label in claim.tags.types)
    types = tuple(label for label, _ in kinds.most_common())
    disputed = {r for dispute in found if dispute.level != "none" for side in dispute.sides for r in side.claims}
    place = _place(members, disputed, registry)
    core = Counter(label for claim in members for label in claim.tags.types if not disputed or claim.ref in disputed)
    main = max(TITLES, key=lambda label: (core[label], -TITLES.index(label)))
    return Event(
        id=name,
        title=f"{_place_words(members, place, registry)}, {main}",
        place=place if place and not place.startswith("~") else None,
        date=_day(members, reports),
        types=types,
        claims=tuple(claim.ref for claim in members),
        level=strongest(dispute.level for dispute in found),
        facets=found,
    )


def _place(members: Sequence[Claim], disputed: Collection[Ref], registry: Registry) -> str | None:
    """The place that most claims name, those in dispute before all others; where none does, what they took over.

    What is taken over from a neighbour is sure as far as the town, not its district.
    """
    core = [claim for claim in members if claim.ref in disputed]
    for claims in (core, members):
        said = Counter(claim.place for claim in claims if claim.place and claim.places)
        if said:
            return said.most_common(1)[0][0]
    taken = Counter(claim.place for claim in (*core, *members) if claim.place)
    if not taken:
        return None
    place = taken.most_common(1)[0][0]
    around = registry.enclosing(place)
    town = next((row.id for row in around if row.kind in TOWNS), place)
    return town if around and around[0].kind == "district" else place


def _place_words(members: Sequence[Claim], place: str | None, registry: Registry) -> str:
    if place and not place.startswith("~"):
        row = registry.all_places.get(place)
        return row.name if row else place
    for claim in members:
        if claim.places:
            return claim.places[0].span.text
    words = max(members[0].sentence.text.split("|"), key=len).split()  # of a table's row the cell that says most
    return " ".join(words[:6]) + (" …" if len(words) > 6 else "")


def _day(members: Sequence[Claim], reports: Mapping[str, Report]) -> str | None:
    """The day most claims name, else the day of the first report; None when all days are relative."""
    named = Counter(
        claim.date for claim in members if claim.date and len(claim.date) == 10 and claim.date[:2].isdigit()
    )
    if named:
        return named.most_common(1)[0][0]
    return next((day for claim in members if (day := reports[claim.ref[0]].date)), None)
