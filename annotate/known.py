"""A batch of claims against all that is known: what it touches is judged anew, the rest stays as it is.

Claims share events only within a part, which no likely average reaches beyond (`blocking.join`). So a new report needs
the parts that it meets, and what comes out is what one run over everything would give.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotate import blocking
from annotate.blocking import LIKELY, Key, beside
from annotate.document import Claim, Event, FacetContest, Level, Ref, Report
from annotate.events import likeness, marks
from annotate.looks import Look, look
from annotate.pipeline import Batch, in_order, relate
from annotate.registry import Registry
from annotate.store import Store, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A facet of a known claim whose level is another since new reports came."""

    ref: Ref
    facet: str
    before: Level
    after: FacetContest  # with level "none" where nothing is left of a dispute
    event: str | None
    by: tuple[Ref, ...]  # the new claims that speak of the facet in the same event


def add(store: Store, reports: Sequence[Report], claims: Sequence[Claim], registry: Registry) -> list[Change]:
    """Add new reports with their claims in one transaction; gives what changed for known claims."""
    with store.transaction():
        days = {report.id: report.date for report in reports}
        new = {one.ref: one for one in look([claim for claim in claims if claim.tags.types], days)}
        keys = {ref: marks(one).keys for ref, one in new.items()}
        own = Counter(key for found in keys.values() for key in found)
        touched, crowded = _touched(store, new, keys, own, dict(days), registry)
        pool = store.partners(touched) if touched else set()
        known = store.reports(sorted({ref[0] for ref in pool}))
        old = store.claims(known, speaking=True)
        days = {report.id: report.date for report in known}
        theirs = {key for one in look(old, days) if one.ref in pool for key in marks(one).keys}
        crowded |= {key for key, count in store.sizes(theirs).items() if count + own[key] > blocking.CROWD}
        among = pool | {claim.ref for claim in claims}
        batch = relate([*known, *reports], [*old, *claims], registry, among=among, crowded=crowded)
        before = store.verdicts(pool)
        events, names = _named(batch.events, before, store.next_event())
        verdicts = _verdicts(batch, names)
        store.put(reports, claims, keys)
        store.judge(verdicts, {one.event for one in before.values() if one.event is not None} - events.keys(), events)
    return list(_changes(before, verdicts, {claim.ref: claim for claim in claims}, events))


def _touched(
    store: Store,
    new: Mapping[Ref, Look],
    keys: Mapping[Ref, tuple[Key, ...]],
    own: Mapping[Key, int],
    days: dict[str, str | None],
    registry: Registry,
) -> tuple[set[Ref], set[Key]]:
    """Known claims whose parts the new ones may change, and the blocks that say nothing with the new claims in them."""
    around = {key for new in own for key in (new, *beside(new))}
    sizes = store.sizes(around)
    crowded = {key for key in around if sizes.get(key, 0) + own.get(key, 0) > blocking.CROWD}
    # Blocks that the new claims close tie nothing any more; those in them may fall apart.
    closing = [key for key in own if key in crowded and 0 < sizes.get(key, 0) <= blocking.CROWD]
    touched = {ref for refs in store.members(closing).values() for ref in refs}
    members = store.members(around - crowded)
    met: dict[Ref, set[Ref]] = defaultdict(set)
    for ref, found in keys.items():
        for key in found:
            if key not in crowded:
                for near in (key, *beside(key)):
                    met[ref].update(members.get(near, ()))
    wanted = {other for others in met.values() for other in others}
    reports = store.reports(sorted({ref[0] for ref in wanted}))
    days |= {report.id: report.date for report in reports}
    looks = {**new, **{one.ref: one for one in look(store.claims(reports, speaking=True), days) if one.ref in wanted}}
    day = {ref: marks(one).day for ref, one in looks.items()}
    for ref, others in met.items():
        for other in others:
            first, second = sorted((ref, other), key=lambda one: in_order(one, days))
            if not blocking.far(day[ref], day[other]) and likeness(looks[first], looks[second], registry) >= LIKELY:
                touched.add(other)
    return touched, crowded


def _named(
    events: Sequence[Event], before: Mapping[Ref, Verdict], free: int
) -> tuple[dict[int, Event], dict[str, int]]:
    """The events by number: that of the known event which gave them most claims, else a new one."""
    shared = Counter(
        (event.id, one.event)
        for event in events
        for ref in event.claims
        if (one := before.get(ref)) is not None and one.event is not None
    )
    names: dict[str, int] = {}
    taken: set[int] = set()
    for (name, number), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if name not in names and number not in taken:
            names[name] = number
            taken.add(number)
    for event in events:
        if event.id not in names:
            names[event.id] = free
            free += 1
    return {names[event.id]: _renamed(event, names) for event in events}, names


def _renamed(event: Event, names: Mapping[str, int]) -> Event:
    maybe = tuple(replace(other, event=f"e{names[other.event]}") for other in event.maybe)
    return replace(event, id=f"e{names[event.id]}", maybe=maybe)


def _verdicts(batch: Batch, names: Mapping[str, int]) -> dict[Ref, Verdict]:
    return {
        claim.ref: Verdict(
            batch.part.get(claim.ref), names[claim.event] if claim.event else None, claim.contest, claim.credibility
        )
        for claim in batch.claims
    }


def _changes(
    before: Mapping[Ref, Verdict],
    after: Mapping[Ref, Verdict],
    new: Mapping[Ref, Claim],
    events: Mapping[int, Event],
) -> Iterator[Change]:
    for ref, verdict in before.items():
        was = {one.facet: one for one in verdict.contest}
        now = {one.facet: one for one in after[ref].contest}
        number = after[ref].event
        event = events.get(number) if number is not None else None
        for facet in sorted({*was, *now}):
            old: Level = was[facet].level if facet in was else "none"
            found = now.get(facet, FacetContest(facet, "none", ()))
            if found.level == old:
                continue
            told = [one for one in (event.claims if event else ()) if one in new]
            by = [one for one in told if one in found.against or any(v.facet == facet for v in new[one].values)]
            yield Change(ref, facet, old, found, event.id if event else None, tuple(by or told))


def collapse(changes: Iterable[Change], added: Collection[str]) -> list[Change]:
    """What changed from the first to the last of several batches, for claims that were known before them."""
    first: dict[tuple[Ref, str], Change] = {}
    last: dict[tuple[Ref, str], Change] = {}
    for change in changes:
        if change.ref[0] not in added:
            key = change.ref, change.facet
            first.setdefault(key, change)
            by = tuple(dict.fromkeys((*last[key].by, *change.by))) if key in last else change.by
            last[key] = replace(change, by=by)
    joined = (replace(last[key], before=first[key].before) for key in last)
    return [change for change in joined if change.before != change.after.level]


def settled(store: Store, reports: Sequence[Report]) -> list[Claim]:
    """Claims of known reports with all that is known of them."""
    claims = store.claims(reports)
    verdicts = store.verdicts([claim.ref for claim in claims])
    return [
        replace(
            claim,
            event=None if (one := verdicts[claim.ref]).event is None else f"e{one.event}",
            contest=one.contest,
            credibility=one.credibility,
        )
        for claim in claims
    ]
