"""A batch of claims against all that is known: what it touches is judged anew, the rest stays as it is.

Events change only where new claims tie to them, and so on from there (`blocking.join`). So a new report needs the
events around it, however many there are elsewhere, and what comes out is what one run over everything would give.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotate import blocking
from annotate.blocking import LIKELY, Key, Marks, beside
from annotate.document import Claim, Event, FacetContest, Level, Maybe, Ref, Report
from annotate.events import Grouping, group_looks, likeness, marks
from annotate.looks import Look, look
from annotate.pipeline import Batch, in_order, judge
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


class _Reading:
    """New reports, and what is read of known ones: their claims, how these look, and how likely pairs are one."""

    def __init__(self, store: Store, reports: Sequence[Report], claims: Iterable[Claim], registry: Registry) -> None:
        self.store, self._registry = store, registry
        self.reports: dict[str, Report] = {}
        self.claims: dict[Ref, Claim] = {}
        self.looks: dict[Ref, Look] = {}
        self._days: dict[str, str | None] = {}
        self._scored: dict[tuple[Ref, Ref], float] = {}
        self._take(reports, [claim for claim in claims if claim.tags.types])

    def fetch(self, refs: Iterable[Ref]) -> None:
        """Read the reports that known claims stand in, each once."""
        found = self.store.reports({ref[0] for ref in refs} - self.reports.keys())
        self._take(found, self.store.claims(found, speaking=True))

    def _take(self, reports: Sequence[Report], claims: Sequence[Claim]) -> None:
        self.reports |= {report.id: report for report in reports}
        self._days |= {report.id: report.date for report in reports}
        self.claims |= {claim.ref: claim for claim in claims}
        self.looks |= {one.ref: one for one in look(claims, self._days)}

    def in_order(self, refs: Iterable[Ref]) -> list[Ref]:
        """Claims as they are grouped, whatever was read first."""
        return sorted(refs, key=lambda ref: in_order(ref, self._days))

    def likely(self, one: Ref, other: Ref) -> bool:
        """Whether two claims likely speak of one happening."""
        first, second = self.in_order((one, other))
        if (first, second) not in self._scored:
            self._scored[first, second] = likeness(self.looks[first], self.looks[second], self._registry)
        return self._scored[first, second] >= LIKELY

    def group(self, refs: Iterable[Ref], crowded: Collection[Key]) -> Grouping:
        """The events that some claims would make if there were no others."""
        looks = [self.looks[ref] for ref in self.in_order(refs)]
        return group_looks(looks, self._registry, crowded=crowded, scored=self._scored)


@dataclass(frozen=True, slots=True)
class _Around:
    """Known claims that a batch has to do with, each with its event, and the events that all make with the new ones."""

    changing: dict[Ref, int | None]  # their events may be others now
    beside: dict[Ref, int | None]  # their events are tied to those and stay as they are
    grouping: Grouping


def add(store: Store, reports: Sequence[Report], claims: Sequence[Claim], registry: Registry) -> list[Change]:
    """Add new reports with their claims in one transaction; gives what changed for known claims."""
    with store.transaction():
        read = _Reading(store, reports, claims, registry)
        new = {ref: marks(one) for ref, one in read.looks.items()}
        around = _around(read, new)
        grouping, anew = around.grouping, {*new, *around.changing}
        inner = replace(
            grouping,
            groups=tuple(group for group in grouping.groups if group[0] in anew),
            doubts={pair: p for pair, p in grouping.doubts.items() if anew.issuperset(pair)},
        )
        old = [read.claims[ref] for ref in read.in_order(around.changing)]
        batch = judge(list(read.reports.values()), [*old, *claims], inner, registry)
        before = store.verdicts(around.changing)
        events, names = _named(batch.events, before, store.next_event())
        verdicts = _verdicts(batch, names, grouping.local)
        were = {one.event for one in before.values() if one.event is not None}
        beside = _beside(store, around, verdicts, were, events)
        homes = {grouping.local[ref] for ref in anew}
        store.put(reports, claims, new.values())
        store.judge(
            verdicts, were - events.keys(), events | beside, (tie for tie in grouping.ties if not homes.isdisjoint(tie))
        )
    return list(_changes(before, verdicts, {claim.ref: claim for claim in claims}, events))


def _around(read: _Reading, new: Mapping[Ref, Marks]) -> _Around:
    """The known claims that a batch has to do with.

    A known event stays as it is where it comes out again with all that it is tied to at hand: what is tied to none of
    its claims changes nothing in it (`blocking.join`). One that does not may change others in turn.
    """
    store = read.store
    own = Counter(key for one in new.values() for key in one.keys)
    near = {key for mine in own for key in (mine, *beside(mine))}
    sizes = store.sizes(near)
    crowded = {key for key in near if sizes.get(key, 0) + own[key] > blocking.CROWD}
    # Blocks that the new claims close tie nothing any more: those in them may fall apart.
    closing = [key for key in own if key in crowded and 0 < sizes.get(key, 0) <= blocking.CROWD]
    closed = {ref for members in store.members(closing).values() for ref, _ in members}
    changing = store.clusters(store.bound(closed))
    met = store.clusters(_met(read, new, near - crowded))
    while True:
        tied = met | store.clusters(store.tied(changing))
        around = {ref: event for ref, event in tied.items() if ref not in changing}
        read.fetch([*changing, *around])
        theirs = {key for ref in (*changing, *around) for key in marks(read.looks[ref]).keys}
        crowded |= {key for key, count in store.sizes(theirs).items() if count + own[key] > blocking.CROWD}
        grouping = read.group([*new, *changing, *around], crowded)
        broken = _broken(around, grouping)
        if not broken:
            return _Around(changing, around, grouping)
        changing |= broken


def _met(read: _Reading, new: Mapping[Ref, Marks], blocks: Collection[Key]) -> set[Ref]:
    """Known claims that likely speak of what a new one speaks of."""
    members = read.store.members(blocks)
    met: dict[Ref, set[Ref]] = {
        ref: {
            other
            for key in one.keys
            if key in blocks
            for block in (key, *beside(key))
            for other, at in members.get(block, ())
            if not blocking.apart(one.at, at)
        }
        for ref, one in new.items()
    }
    read.fetch({other for others in met.values() for other in others})
    return {other for ref, others in met.items() for other in others if read.likely(ref, other)}


def _broken(known: Mapping[Ref, int | None], grouping: Grouping) -> dict[Ref, int | None]:
    """The claims of known events that do not come out again as they were."""
    events: dict[int | Ref, set[Ref]] = defaultdict(set)
    for ref, event in known.items():
        events[ref if event is None else event].add(ref)
    whole = {ref: set(group) for group in grouping.groups for ref in group}
    return {ref: known[ref] for refs in events.values() if refs != whole[next(iter(refs))] for ref in refs}


def _beside(
    store: Store, around: _Around, verdicts: Mapping[Ref, Verdict], were: Collection[int], events: dict[int, Event]
) -> dict[int, Event]:
    """Known events that stay as they are and may be the same as others now; adds to ``events`` that they may be."""
    number = {ref: one.event for ref, one in verdicts.items()} | around.beside
    found: dict[int, list[Maybe]] = defaultdict(list)
    for (a, b), probability in around.grouping.doubts.items():
        one, other = number[a], number[b]
        if (a in around.beside) != (b in around.beside) and one is not None and other is not None:
            found[one].append(Maybe(f"e{other}", probability))
            found[other].append(Maybe(f"e{one}", probability))
    gone = {f"e{event}" for event in were}
    stays: dict[int, Event] = {}
    for event in store.events_by({f"e{known}" for known in around.beside.values() if known is not None}):
        kept = [other for other in event.maybe if other.event not in gone]
        if len(kept) < len(event.maybe) or int(event.id[1:]) in found:
            stays[int(event.id[1:])] = _doubted(event, [*kept, *found[int(event.id[1:])]])
    for at in found.keys() & events.keys():
        events[at] = _doubted(events[at], [*events[at].maybe, *found[at]])
    return stays


def _doubted(event: Event, others: Iterable[Maybe]) -> Event:
    return replace(event, maybe=tuple(sorted(others, key=lambda one: (-one.probability, int(one.event[1:])))))


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


def _verdicts(batch: Batch, names: Mapping[str, int], local: Mapping[Ref, Ref]) -> dict[Ref, Verdict]:
    return {
        claim.ref: Verdict(
            local.get(claim.ref), names[claim.event] if claim.event else None, claim.contest, claim.credibility
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
