"""The output contract as JSON Lines and CSV. Every file appears whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from annotate.document import Agent, Claim, Count, Event, Locus, Report, Sentence, Span
from annotate.errors import AnnotateError

DIGITS = 4  # of a written probability

_COLUMNS = (
    "report", "sentence", "time", "types", "stance", "assertion", "speaker", "side", "state", "from", "agents",
    "places", "counts", "event", "level", "reasons", "source_grade", "information_grade", "why", "text",
)  # fmt: skip


def write(folder: Path, reports: Iterable[Report], claims: Iterable[Claim], events: Iterable[Event]) -> None:
    """Write reports.jsonl, claims.jsonl, claims.csv and events.jsonl.

    Raises:
        AnnotateError: the folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _lines(folder / "reports.jsonl", map(report_line, reports))
        _lines(folder / "events.jsonl", map(event_line, events))
        # Side by side, so that claims that come from a store are held one at a time.
        with whole(folder / "claims.csv") as sheet, whole(folder / "claims.jsonl") as file:
            table = csv.writer(sheet, lineterminator="\n")
            table.writerow(_COLUMNS)
            for claim in claims:
                _line(file, claim_line(claim))
                table.writerow(_row(claim))
    except OSError as error:
        raise AnnotateError(f"{folder}: cannot be written to ({error.strerror})") from error


def report_line(report: Report) -> dict[str, Any]:
    """One line of reports.jsonl."""
    return {
        "report": report.id,
        "text": report.text,
        "sha256": hashlib.sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "title": report.title,
        "outlet": report.outlet,
        "date": report.date,
        "url": report.url,
    }


def claim_line(claim: Claim) -> dict[str, Any]:
    """One line of claims.jsonl."""
    sentence, tags, speaker = claim.sentence, claim.tags, claim.speaker
    credibility = claim.credibility
    return {
        "report": sentence.report,
        "sentence": sentence.index,
        "start": sentence.start,
        "end": sentence.end,
        "text": sentence.text,
        "block": {"kind": sentence.block.kind, "time": _utc(sentence)},
        "types": list(tags.types),
        "type_scores": _scores(tags.type_scores),
        "stance": claim.stance,
        "stance_scores": _scores(tags.stance_scores),
        "assertion": tags.assertion,
        "assertion_scores": _scores(tags.assertion_scores),
        "abstained": {head: list(labels) for head, labels in tags.abstained.items()},
        "speaker": {
            "name": speaker.name,
            "id": speaker.id,
            "side": speaker.side,
            "state": speaker.state,
            "from": speaker.from_,
            "via": speaker.via,
        },
        "source": _span(tags.sources[0]) if tags.sources else None,
        "cue": _span(tags.cues[0]) if tags.cues else None,
        "agents": [_agent(agent) for agent in claim.agents],
        "places": [_locus(locus) for locus in claim.places],
        "counts": [_count(count) for count in claim.counts],
        "event": claim.event,
        "contest": {
            "level": _level(claim),
            "facets": [
                {
                    "facet": f.facet,
                    "level": f.level,
                    "reasons": list(f.reasons),
                    "against": [list(ref) for ref in f.against],
                }
                for f in claim.contest
            ],
        },
        "credibility": None
        if credibility is None
        else {"source": credibility.source, "information": credibility.information, "why": credibility.why},
    }


def event_line(event: Event) -> dict[str, Any]:
    """One line of events.jsonl."""
    return {
        "event": event.id,
        "title": event.title,
        "place": event.place,
        "date": event.date,
        "types": list(event.types),
        "claims": [list(ref) for ref in event.claims],
        "level": event.level,
        "facets": [
            {
                "facet": dispute.facet,
                "level": dispute.level,
                "reasons": list(dispute.reasons),
                "sides": [
                    {
                        "value": side.value,
                        "claims": [list(ref) for ref in side.claims],
                        "speakers": list(side.speakers),
                        "stances": list(side.stances),
                        "independent": side.independent,
                    }
                    for side in dispute.sides
                ],
                "quiet": [
                    {"kind": quiet.kind, "claims": [list(ref) for ref in quiet.claims]} for quiet in dispute.quiet
                ],
            }
            for dispute in event.facets
        ],
        "maybe": [{"event": other.event, "probability": round(other.probability, DIGITS)} for other in event.maybe],
    }


def _utc(sentence: Sentence) -> str | None:
    """The inherited stamp where its zone is known; a clock time without one says no moment."""
    time = sentence.block.time
    return time if time and time.endswith("Z") else None


def _level(claim: Claim) -> str:
    levels = {facet.level for facet in claim.contest}
    return next((level for level in ("contested", "unconfirmed") if level in levels), "none")


def _span(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _agent(agent: Agent) -> dict[str, Any]:
    return {**_span(agent.span), "party": agent.party}


def _locus(locus: Locus) -> dict[str, Any]:
    return {**_span(locus.span), "place": locus.place}


def _count(count: Count) -> dict[str, Any]:
    return {**_span(count.span), "what": count.what, "who": count.who, "low": count.low, "high": count.high}


def _scores(scores: dict[str, float]) -> dict[str, float]:
    return {label: round(float(score), DIGITS) for label, score in scores.items()}


def _row(claim: Claim) -> list[str | int | None]:
    sentence, speaker, credibility = claim.sentence, claim.speaker, claim.credibility
    reasons = dict.fromkeys(f"{f.facet}: {reason}" for f in claim.contest for reason in f.reasons)
    cells: list[str | int | None] = [
        sentence.report, sentence.index, _utc(sentence), "; ".join(claim.tags.types), claim.stance,
        claim.tags.assertion, speaker.name, speaker.side, speaker.state, speaker.from_,
        "; ".join(a.span.text for a in claim.agents), "; ".join(p.span.text for p in claim.places),
        "; ".join(f"{c.span.text} {c.what}" for c in claim.counts), claim.event, _level(claim), "; ".join(reasons),
        credibility.source if credibility else None, credibility.information if credibility else None,
        credibility.why if credibility else None, sentence.text,
    ]  # fmt: skip
    return [inert(cell) if isinstance(cell, str) else cell for cell in cells]


def inert(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: reports are not to be trusted."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with whole(path) as file:
        for row in rows:
            _line(file, row)


def _line(file: TextIO, row: dict[str, Any]) -> None:
    # A lone surrogate can be read from broken input and not be encoded again.
    file.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


def save(path: Path, text: str) -> None:
    """Write a text file, whole or not at all.

    Raises:
        AnnotateError: it cannot be written to.
    """
    try:
        with whole(path) as file:
            file.write(text.encode("utf-8", "backslashreplace").decode("utf-8"))
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be written to ({error.strerror})") from error


def save_rows(path: Path, rows: Iterable[Sequence[str]]) -> None:
    """Write a CSV of inert cells, whole or not at all; raises AnnotateError where that cannot be."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(map(inert, row) for row in rows)
    save(path, text.getvalue())


@contextmanager
def whole(path: Path) -> Iterator[TextIO]:
    """A file that takes its name only once it is complete."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        os.chmod(name, 0o644)  # mkstemp makes it private
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def check(folder: Path) -> None:
    """Find out before a long run whether the folder can be written to.

    Raises:
        AnnotateError: it cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise AnnotateError(f"{folder}: cannot be written to ({error.strerror})") from error
