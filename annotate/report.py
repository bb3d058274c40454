"""A folder of claims and events -> one HTML page: what is contested, who says what, and the texts around it.

The page holds everything it needs, asks no network, and runs no script but its own: texts of reports are escaped, and
a policy in the page forbids whatever might slip through.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from annotate.errors import AnnotateError
from annotate.labels import STANCES, TYPES
from annotate.readback import CLAIMS, records

EVENTS, REPORTS = "events.jsonl", "reports.jsonl"
WHOLE = 6000  # sentences: of a larger batch only the reports with something in dispute are shown in full
AROUND = 2  # sentences shown on either side of one in its context
LEVELS = ("contested", "unconfirmed", "none")
_PAGE = Path(__file__).resolve().parent / "page"
_SPANS = {"source": "source", "cue": "cue", "agents": "agent", "places": "place"}

Record = Mapping[str, Any]
Address = tuple[str, int]  # report id, sentence number


@dataclass(frozen=True, slots=True)
class Written:
    """What ``annotate tag`` wrote: reports by id, sentences by address in reading order, events."""

    reports: Mapping[str, Record]
    sentences: Mapping[Address, Record]
    events: Sequence[Record]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with the kinds of span that cover it."""

    text: str
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence as it is shown on its own: its words with their spans, and what stands before and after."""

    sentence: Record
    anchor: str
    pieces: tuple[Piece, ...]
    before: str
    after: str


def written(folder: Path) -> Written:
    """Read the folder.

    Raises:
        AnnotateError: a file is missing, or a line is not as ``annotate tag`` writes it; names file and line.
    """
    reports: dict[str, Record] = {}
    sentences: dict[Address, Record] = {}
    events: list[Record] = []

    def keep(name: str, line: Record) -> None:
        if name == REPORTS:
            reports[line["report"]] = {key: line[key] for key in ("report", "text", "title", "outlet", "date", "url")}
        elif name == CLAIMS:
            if reports[line["report"]]["text"][line["start"] : line["end"]] != line["text"]:
                raise ValueError("from another text")
            sentences[line["report"], line["sentence"]] = line
        else:
            for side in (side for facet in line["facets"] for side in facet["sides"]):
                [sentences[report, number] for report, number in side["claims"]]
            [sentences[report, number] for report, number in line["claims"]]
            [(other["event"], float(other["probability"])) for other in line["maybe"]]
            events.append(line)

    for name in (REPORTS, CLAIMS, EVENTS):
        for number, line in records(folder / name):
            try:
                keep(name, line)
            except (KeyError, TypeError, ValueError, IndexError) as error:
                why = error if isinstance(error, ValueError) else "not as `annotate tag -o` writes it"
                raise AnnotateError(f"{folder / name}:{number}: {why}") from error
    return Written(reports, sentences, events)


def page(found: Written, title: str) -> str:
    """The page as text."""
    view = _View(found)
    env = Environment(
        loader=FileSystemLoader(_PAGE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    script = (_PAGE / "report.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return env.get_template("report.html").render(
        title=title,
        style=Markup((_PAGE / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        digest=digest,
        view=view,
        stances=STANCES,
        levels=LEVELS,
        types=TYPES,
    )


class _View:
    """What the template asks for."""

    def __init__(self, found: Written) -> None:
        self.found = found
        self._number = {name: n for n, name in enumerate(found.reports)}
        self._order: dict[str, list[Record]] = defaultdict(list)
        for (report, _), sentence in found.sentences.items():
            self._order[report].append(sentence)
        self._position = {
            (name, sentence["sentence"]): n for name, told in self._order.items() for n, sentence in enumerate(told)
        }
        self.events = {event["event"]: event for event in found.events}
        self._flagged = {event["event"] for event in found.events if event["level"] != "none"}

    def cards(self, level: str) -> list[Record]:
        """The events of a level, those with most voices first."""
        chosen = [event for event in self.found.events if event["level"] == level]
        return sorted(chosen, key=lambda event: -sum(s["independent"] for f in event["facets"] for s in f["sides"]))

    def tally(self) -> dict[str, int]:
        """How much there is of everything."""
        speaking = sum(bool(sentence["types"]) for sentence in self.found.sentences.values())
        return {
            "reports": len(self.found.reports),
            "sentences": len(self.found.sentences),
            "claims": speaking,
            "events": len(self.found.events),
        }

    def quotes(self, claims: Iterable[Sequence[Any]]) -> Iterator[Quote]:
        """Sentences by address, each ready to be shown on its own."""
        for report, number in claims:
            told, at = self._order[report], self._position[report, number]
            text, sentence = self.found.reports[report]["text"], told[at]
            first, last = told[max(0, at - AROUND)], told[min(len(told) - 1, at + AROUND)]
            yield Quote(
                sentence,
                self.anchor(report, number),
                pieces(sentence),
                text[first["start"] : sentence["start"]],
                text[sentence["end"] : last["end"]],
            )

    def anchor(self, report: str, number: int) -> str:
        """The id of a sentence in the page; report names may hold anything, their numbers do not."""
        return f"r{self._number[report]}s{number}"

    def sources(self, event: Record) -> str:
        """The speakers of an event's claims, as JSON."""
        return json.dumps(sorted({self.found.sentences[r, n]["speaker"]["name"] for r, n in event["claims"]}))

    def voices(self, event: Record) -> str:
        """The stances of an event's claims, with blanks between."""
        found = {self.found.sentences[r, n]["stance"] for r, n in event["claims"]}
        return " ".join(stance for stance in STANCES if stance in found)

    def grid(self, event: Record) -> tuple[list[str], list[tuple[Record, list[list[str]]]]]:
        """Who says what: the stances of an event's disputes, and for each facet the values that each of them gives."""
        disputed = [facet for facet in event["facets"] if facet["level"] != "none"]
        given: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
        for row, facet in enumerate(disputed):
            for side in facet["sides"]:
                for report, number in side["claims"]:
                    given[row, self.found.sentences[report, number]["stance"] or ""][side["value"]] = None
        columns = [stance for stance in STANCES if any(key[1] == stance for key in given)]
        return columns, [(facet, [list(given[row, s]) for s in columns]) for row, facet in enumerate(disputed)]

    def thin(self, event: Record) -> tuple[list[Record], list[list[Any]]]:
        """The unconfirmed facets of an event, and the claims that they rest on, each once."""
        facets = [facet for facet in event["facets"] if facet["level"] == "unconfirmed"]
        return facets, _once(ref for facet in facets for side in facet["sides"] for ref in side["claims"])

    def undisputed(self, event: Record) -> list[tuple[str, int]]:
        """The facets that an event's claims speak of and nobody disputes, with the number of those claims."""
        calm = [facet for facet in event["facets"] if facet["level"] == "none"]
        return [(f["facet"], len(_once(ref for side in f["sides"] for ref in side["claims"]))) for f in calm]

    def maybe(self, event: Record) -> list[tuple[Record, float]]:
        """The events that one may be the same as, and how likely that is."""
        return [
            (self.events[one["event"]], one["probability"]) for one in event["maybe"] if one["event"] in self.events
        ]

    def quiet(self, event: Record) -> list[tuple[str, list[list[Any]]]]:
        """What only looks like a dispute, by kind, each claim once."""
        found: dict[str, list[list[Any]]] = defaultdict(list)
        for facet in event["facets"]:
            for calm in facet["quiet"]:
                found[calm["kind"]] += calm["claims"]
        return [(kind, _once(refs)) for kind, refs in found.items()]

    def matrix(self) -> tuple[list[str], list[tuple[str, list[dict[str, int]]]]]:
        """Stances by facet: how many claims of each stand in a contested and in an unconfirmed facet."""
        counts: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        facets: dict[str, None] = {}
        for event in self.found.events:
            for facet in event["facets"]:
                if facet["level"] == "none":
                    continue
                facets[facet["facet"]] = None
                for ref in {tuple(ref) for side in facet["sides"] for ref in side["claims"]}:
                    stance = self.found.sentences[ref]["stance"]
                    counts[facet["facet"], stance or ""][facet["level"]] += 1
        columns = [stance for stance in STANCES if any(key[1] == stance for key in counts)]
        return columns, [(facet, [dict(counts[facet, s]) for s in columns]) for facet in facets]

    def days(self) -> list[tuple[str, list[Record]]]:
        """The events by day, those without one last; what is in dispute comes first in a day."""
        found: dict[str, list[Record]] = defaultdict(list)
        for event in self.found.events:
            found[event["date"] or ""].append(event)
        order = sorted(found, key=lambda day: (not day, day))
        return [(day, sorted(found[day], key=lambda event: LEVELS.index(event["level"]))) for day in order]

    def target(self, event: Record) -> str:
        """Where a click on an event leads: to its card, or to the first of its sentences."""
        return event["event"] if event["event"] in self._flagged else self.anchor(*event["claims"][0])

    def places(self) -> list[tuple[str, str]]:
        """The places of events with the names that they go by in titles."""
        found: dict[str, str] = {}
        for event in self.found.events:
            if event["place"]:
                found.setdefault(event["place"], event["title"].rsplit(",", 1)[0])
        return sorted(found.items(), key=lambda place: place[1].lower())

    def speakers(self) -> list[str]:
        """Everybody who says something, by name."""
        found = {s["speaker"]["name"] for s in self.found.sentences.values() if s["types"] and s["speaker"]["name"]}
        return sorted(found, key=str.lower)

    def shown(self) -> list[tuple[str, Record]]:
        """The reports whose texts are shown, with their ids in the page."""
        disputed = {ref[0] for event in self.found.events if event["level"] == "contested" for ref in event["claims"]}
        return [
            (f"r{number}", self.found.reports[name])
            for name, number in self._number.items()
            if len(self.found.sentences) <= WHOLE or name in disputed
        ]

    def text(self, report: str) -> Iterator[tuple[str, Record | None]]:
        """A report's text from end to end: sentences, and what stands between them."""
        text, told = self.found.reports[report]["text"], self._order[report]
        at = 0
        for sentence in told:
            if at < sentence["start"]:
                yield text[at : sentence["start"]], None
            yield sentence["text"], sentence
            at = sentence["end"]
        if at < len(text):
            yield text[at:], None

    def place_of(self, sentence: Record) -> str:
        """The place of a sentence's event."""
        event = self.events.get(sentence["event"])
        return (event["place"] or "") if event else ""

    def link(self, sentence: Record) -> str:
        """The card of a sentence's event, if it has one."""
        return sentence["event"] if sentence["event"] in self._flagged else ""

    @staticmethod
    def address(url: object) -> str | None:
        """A link that a reader may follow; no script hides in one."""
        return url if isinstance(url, str) and url.startswith(("https://", "http://")) else None


def _once(refs: Iterable[list[Any]]) -> list[list[Any]]:
    return [list(ref) for ref in dict.fromkeys(map(tuple, refs))]


def pieces(sentence: Record) -> tuple[Piece, ...]:
    """A sentence cut at the ends of its spans."""
    begin, text = sentence["start"], sentence["text"]
    spans: list[tuple[int, int, str]] = []
    for key, kind in _SPANS.items():
        held = sentence[key]
        for span in [] if held is None else held if isinstance(held, list) else [held]:
            spans.append((span["start"] - begin, span["end"] - begin, kind))
    cuts = sorted({0, len(text), *(min(max(end, 0), len(text)) for span in spans for end in span[:2])})
    return tuple(
        Piece(text[a:b], tuple(dict.fromkeys(kind for start, end, kind in spans if start <= a and b <= end)))
        for a, b in pairwise(cuts)
    )
