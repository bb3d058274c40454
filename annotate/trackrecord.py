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
    """The record of each source of the registry that speaks, by id."""
    dates = {line["report"]: line.get("date") for line in reports}
    own: dict[str, list[Line]] = defaultdict(list)
    speakers: dict[tuple[str, int], str] = {}
    for line in claims:
        source = line["speaker"]["id"]
        if source and line["types"]:
            own[source].append(line)
            speakers[line["report"], line["sentence"]] = source
    backed, corrected = _in_events(events, speakers)
    return {
        source: _record(lines, dates, backed, corrected[source])
        for source, lines in sorted(own.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def _in_events(
    events: Iterable[Line], speakers: Mapping[tuple[str, int], str]
) -> tuple[set[tuple[str, int]], Counter[str]]:
    """Claims whose value others give too although it is disputed; how many of its figures each source replaced."""
    backed: set[tuple[str, int]] = set()
    corrected: Counter[str] = Counter()
    for event in events:
        for facet in event["facets"]:
            for side in facet["sides"]:
                if side["independent"] >= 2:
                    backed.update((report, number) for report, number in side["claims"])
            for quiet in facet["quiet"]:
                if quiet["kind"] == "superseded":
                    refs = [(report, number) for report, number in quiet["claims"]]
                    times = Counter(speakers[ref] for ref in refs if ref in speakers)
                    corrected.update({source: count - 1 for source, count in times.items()})
    return backed, corrected


def _record(lines: list[Line], dates: Mapping[str, str | None], backed: set[tuple[str, int]], corrected: int) -> Record:
    days = sorted(date for report in {line["report"] for line in lines} if (date := dates.get(report)))
    reasons: Counter[str] = Counter()
    contested = unconfirmed = corroborated = admitted = 0
    for line in lines:
        level, facets = line["contest"]["level"], line["contest"]["facets"]
        contested += level == "contested"
        unconfirmed += level == "unconfirmed"
        found = {reason for one in facets if one["level"] == "contested" for reason in one["reasons"]}
        reasons.update(found)
        grade = line["credibility"] or {"information": 6, "why": ""}
        admits = grade["why"].endswith(_ADMITTED)
        admitted += admits
        agreed = grade["information"] <= _BORNE_OUT and not admits
        corroborated += agreed or (line["report"], line["sentence"]) in backed
    return Record(
        reports=len({line["report"] for line in lines}),
        claims=len(lines),
        named=sum(line["speaker"]["state"] in _NAMED for line in lines),
        first=days[0] if days else None,
        last=days[-1] if days else None,
        contested=contested,
        contested_by=dict(sorted(reasons.items())),
        unconfirmed=unconfirmed,
        corroborated=corroborated,
        corrected=corrected,
        admitted=admitted,
    )


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that links to nothing, with one place where it stands."""

    name: str
    times: int
    reports: int
    example: tuple[str, int]  # report and sentence number


def missing(claims: Iterable[Line], what: str = "speakers") -> list[Unknown]:
    """Names of ``speakers``, ``agents`` or ``places`` that link to nothing, the most frequent first.

    A description ("residents of the old town") is no name: what has no capital but its first is left out.
    """
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
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
