"""What became of each source's claims: how often it was named, contested, borne out by others, put right by itself.

Facts to look at, one beside the other, and no score: who is quoted on disputed matters is contested often, and a
source that corrects itself may be the careful one. Works on the lines that ``annotate tag -o`` writes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Line = Mapping[str, Any]  # an object of reports.jsonl, claims.jsonl or events.jsonl
Address = tuple[str, int]  # report and sentence number
_NAMED = ("named", "relayed", "publisher")
_BORNE_OUT = 2  # information grade: independent sources agree, none against
_ADMITTED = "a party admits it"


@dataclass(frozen=True, slots=True)
class Record:
    """One source's record, counted in sentences that make a claim, unless it says otherwise."""

    reports: int = 0  # reports that it speaks in
    claims: int = 0
    named: int = 0  # of these, those that name it; the others carry its words on
    first: str | None = None  # dates of the first and the last of these reports, as far as they have any
    last: str | None = None
    contested: int = 0  # another source gives a value that cannot hold beside its own, or denies it
    contested_by: Mapping[str, int] = field(default_factory=dict)  # the same by reason; a claim may have several
    unconfirmed: int = 0  # it rests on one side's word, on nobody named, or on doubt
    corroborated: int = 0  # independent sources say the same
    corrected: int = 0  # its own later figure took the place of this one
    admitted: int = 0  # what a party concedes against its interest

    def to_json(self) -> dict[str, Any]:
        """All figures by name."""
        return {**asdict(self), "contested_by": dict(self.contested_by)}


def records(reports: Iterable[Line], claims: Iterable[Line], events: Iterable[Line]) -> dict[str, Record]:
    """The record of each source of the registry that speaks, by id, the most heard first."""
    dates = {line["report"]: line.get("date") for line in reports}
    ledger = Ledger(events)
    for line in claims:
        ledger.enter(line, dates.get(line["report"]))
    return ledger.records()


class Ledger:
    """Records while they are counted: claims may come one by one, so that a large store need not be held."""

    def __init__(self, events: Iterable[Line]) -> None:
        self._backed: set[Address] = set()  # claims whose value others give too although it is disputed
        self._replaced: dict[Address, list[int]] = defaultdict(list)  # figures that took each other's place, by group
        for group, facet in enumerate(facet for event in events for facet in event["facets"]):
            for side in facet["sides"]:
                if side["independent"] >= 2:
                    self._backed.update((report, number) for report, number in side["claims"])
            for quiet in facet["quiet"]:
                if quiet["kind"] == "superseded":
                    for report, number in quiet["claims"]:
                        self._replaced[report, number].append(group)
        self._counts: dict[str, Counter[str]] = defaultdict(Counter)
        self._reasons: dict[str, Counter[str]] = defaultdict(Counter)
        self._reports: dict[str, dict[str, str | None]] = defaultdict(dict)  # by source: reports with their dates
        self._figures: dict[str, Counter[int]] = defaultdict(Counter)

    def enter(self, line: Line, date: str | None) -> None:
        """Count a claim of a report of that date."""
        source, address = line["speaker"]["id"], (line["report"], line["sentence"])
        if not source or not line["types"]:
            return
        grade = line["credibility"] or {"information": 6, "why": ""}
        admits = grade["why"].endswith(_ADMITTED)
        agreed = grade["information"] <= _BORNE_OUT and not admits
        level = line["contest"]["level"]
        self._counts[source].update(
            claims=1,
            named=line["speaker"]["state"] in _NAMED,
            contested=level == "contested",
            unconfirmed=level == "unconfirmed",
            corroborated=agreed or address in self._backed,
            admitted=admits,
        )
        facets = [facet for facet in line["contest"]["facets"] if facet["level"] == "contested"]
        self._reasons[source].update({reason for facet in facets for reason in facet["reasons"]})
        self._reports[source][line["report"]] = date
        self._figures[source].update(self._replaced.get(address, ()))

    def records(self) -> dict[str, Record]:
        """The record of each source, the most heard first."""
        heard = sorted(self._counts, key=lambda source: (-self._counts[source]["claims"], source))
        return {source: self._record(source) for source in heard}

    def _record(self, source: str) -> Record:
        reports = self._reports[source]
        days = sorted(filter(None, reports.values()))
        return Record(
            reports=len(reports),
            first=days[0] if days else None,
            last=days[-1] if days else None,
            contested_by=dict(sorted(self._reasons[source].items())),
            corrected=sum(count - 1 for count in self._figures[source].values()),
            **{name: int(count) for name, count in self._counts[source].items()},
        )


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that links to nothing, with one place where it stands."""

    name: str
    times: int
    reports: int
    example: Address


def missing(claims: Iterable[Line], what: str = "speakers") -> list[Unknown]:
    """Names of ``speakers``, ``agents`` or ``places`` that link to nothing, the most frequent first.

    A description ("residents of the old town") is no name: what has no capital but its first is left out.
    """
    found: dict[str, list[Address]] = defaultdict(list)
    for line in claims:
        for name in _unlinked(line, what):
            if any(word[:1].isupper() for word in _words(name)):
                found[name].append((line["report"], line["sentence"]))
    rows = [Unknown(name, len(refs), len({ref[0] for ref in refs}), refs[0]) for name, refs in found.items()]
    return sorted(rows, key=lambda row: (-row.times, -row.reports, row.name))


def _unlinked(line: Line, what: str) -> list[str]:
    if what == "agents":
        return [agent["text"] for agent in line["agents"] if agent["party"] is None]
    if what == "places":
        return [place["text"] for place in line["places"] if place["place"] is None]
    speaker = line["speaker"]
    return [speaker["name"]] if speaker["id"] is None and speaker["state"] in ("named", "relayed") else []


def _words(name: str) -> list[str]:
    """The words that may show a name: all but a first one that is only the beginning of a description."""
    first, *rest = name.split() or [""]
    return [first] if not rest and first[:1].isupper() else rest
