"""Label Studio exports -> labelled reports. Strict: the server that wrote them validates nothing."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from annotate.document import Block, Report, Sentence, Span, Tags
from annotate.errors import AnnotateError
from annotate.exports import UNKNOWN, annotator, counted, given, tasks_of
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.segment import locate

T = TypeVar("T")
_CHOICES = {"claim_type": TYPES, "stance": STANCES, "assertion": ASSERTIONS}
_RELATIONS = ("continues", "contradicts", "corroborates", "updates")


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """One sentence as an annotator labelled it."""

    sentence: Sentence
    types: tuple[str, ...]
    stance: str
    assertion: str
    speaker: str | None = None
    from_: int | None = None  # the earlier sentence that names the speaker
    event: str | None = None
    sources: tuple[Span, ...] = ()
    cues: tuple[Span, ...] = ()
    agents: tuple[Span, ...] = ()
    places: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class GoldReport:
    """One labelled report; relations are (sentence, sentence, label), ``continues`` left out."""

    report: Report
    sentences: tuple[GoldSentence, ...]
    relations: tuple[tuple[int, int, str], ...] = ()
    form: str | None = None


@dataclass(frozen=True, slots=True)
class ReadTask:
    """One task as each annotator read it; ``id`` and ``project`` are Label Studio's numbers, where the export has them.

    An annotator is named by mail address, else by number. Of several annotations by one annotator the latest stands.
    """

    id: int | None
    project: int | None
    readings: dict[str, GoldReport]


def read_exports(paths: Iterable[Path]) -> list[GoldReport]:
    """Read Label Studio JSON exports; a task without an annotation is left out, several annotations are one by vote.

    Raises:
        AnnotateError: the file is no export, or a region breaks the codebook; names file, report and region.
    """
    return [gold for path in paths for gold in _read_export(path)]


def read_annotators(paths: Iterable[Path]) -> list[ReadTask]:
    """Read Label Studio JSON exports, every annotator apart; drafts and skipped annotations are left out.

    A task that nobody annotated is left out. Where some annotations are ground truth, the others count as well.

    Raises:
        AnnotateError: the file is no export, or a region breaks the codebook; names file, report, region, annotator.
    """
    return [task for path in paths for task in read_tasks(path, tasks_of(path))]


def read_tasks(source: Path, tasks: Sequence[dict[str, Any]]) -> list[ReadTask]:
    """The same of tasks that are read already; ``source`` names them in errors."""
    found = []
    for number, task in enumerate(tasks):
        readings: dict[str, GoldReport] = {}
        for annotation in given(task):
            name = annotator(annotation)
            if name == UNKNOWN and name in readings:  # nothing says that both are by one
                name = f"{UNKNOWN} {len(readings) + 1}"
            try:
                readings[name] = _read_task(source, number, task, annotation)
            except AnnotateError as error:
                raise AnnotateError(f"{error} (annotator {name})") from error
        if readings:
            found.append(ReadTask(_number(task.get("id")), _number(task.get("project")), readings))
    return found


def tags_of(gold: GoldSentence) -> Tags:
    """The annotator's labels in the shape of a model's tags, all of them certain."""
    return Tags(
        types=gold.types,
        stance=gold.stance,
        assertion=gold.assertion,
        type_scores={label: float(label in gold.types) for label in TYPES},
        stance_scores={label: float(label == gold.stance) for label in STANCES},
        assertion_scores={label: float(label == gold.assertion) for label in ASSERTIONS},
        continues=float(gold.from_ is not None),
        sources=gold.sources,
        cues=gold.cues,
        agents=gold.agents,
        places=gold.places,
    )


def trimmed(gold: Iterable[GoldReport]) -> list[GoldReport]:
    """Labelled reports, their sentences without the stamps that stand in front of some: as tagging sees them."""
    out = []
    for report in gold:
        places = locate(report.report, [(s.sentence.start, s.sentence.end) for s in report.sentences])
        sentences = [replace(s, sentence=place) for s, place in zip(report.sentences, places, strict=True)]
        out.append(replace(report, sentences=tuple(sentences)))
    return out


def split(reports: list[GoldReport], share: float, seed: int) -> tuple[list[GoldReport], list[GoldReport]]:
    """Whole reports to the one side or the other: sentences of one text must not stand on both."""
    order = sorted(reports, key=lambda r: hashlib.sha256(f"{seed}{r.report.id}".encode()).digest())
    held = max(1, round(share * len(order)))
    return order[held:], order[:held]


def _read_export(path: Path) -> list[GoldReport]:
    return [
        agreed([_read_task(path, number, task, annotation) for annotation in annotations])
        for number, task in enumerate(tasks_of(path))
        if (annotations := counted(task))
    ]


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None


def agreed(readings: Sequence[GoldReport]) -> GoldReport:
    """One report out of several annotators' readings, the latest last.

    Everything is put to the vote by itself: that a stretch is a sentence, each type, the stance, the assertion, the
    speaker and where he is named, each span, each relation. What most gave stands; where they tie, the latest decides.
    Events are the latest's own, since everybody names them in his own way.
    """
    latest = readings[-1]
    if len(readings) == 1:
        return latest
    places = [[(s.sentence.start, s.sentence.end) for s in reading.sentences] for reading in readings]
    kept = sorted(_voted(places))
    number = {place: index for index, place in enumerate(kept)}
    sentences = []
    for index, place in enumerate(kept):
        found = [(r.sentences[at.index(place)], at) for r, at in zip(readings, places, strict=True) if place in at]
        same = [sentence for sentence, _ in found]
        origin = most([at[s.from_] if s.from_ is not None else None for s, at in found])
        sentences.append(
            replace(
                same[-1],
                sentence=replace(same[-1].sentence, index=index),
                types=tuple(label for label in TYPES if label in _voted([s.types for s in same])),
                stance=most([s.stance for s in same]),
                assertion=most([s.assertion for s in same]),
                speaker=most([s.speaker for s in same]),
                from_=number.get(origin) if origin else None,
                sources=_spans([s.sources for s in same]),
                cues=_spans([s.cues for s in same]),
                agents=_spans([s.agents for s in same]),
                places=_spans([s.places for s in same]),
            )
        )
    links = [[(at[a], at[b], label) for a, b, label in r.relations] for r, at in zip(readings, places, strict=True)]
    relations = tuple((number[a], number[b], label) for a, b, label in _voted(links) if a in number and b in number)
    return replace(latest, sentences=tuple(sentences), relations=relations)


def _spans(given: Sequence[tuple[Span, ...]]) -> tuple[Span, ...]:
    return tuple(sorted(_voted(given), key=lambda span: (span.start, span.end)))


def _voted(given: Sequence[Sequence[T]]) -> list[T]:
    """What more than half of the annotators gave, or half of them with the latest."""
    votes = Counter(item for one in given for item in dict.fromkeys(one))
    return [item for item, count in votes.items() if 2 * count + (item in given[-1]) > len(given)]


def most(given: Sequence[T]) -> T:
    """What most gave; of equals, what was given last."""
    votes = Counter(given)
    return max(reversed(given), key=lambda item: votes[item])


def _read_task(path: Path, number: int, task: dict[str, Any], annotation: dict[str, Any]) -> GoldReport:
    data = task["data"]
    text = data.get("text")
    if not isinstance(text, str):
        raise AnnotateError(f"{path}: task {number} has no data.text")
    name = str(data.get("report") or f"{path.stem}-{number}")
    report = Report(
        id=name,
        text=text,
        title=data.get("title") or None,
        outlet=data.get("outlet") or None,
        date=data.get("date") or None,
        url=data.get("url") or None,
    )
    where = f"{path}: report {name}"
    regions: dict[str, dict[str, Any]] = defaultdict(dict)
    links: list[dict[str, Any]] = []
    for item in annotation.get("result") or []:
        if item.get("type") == "relation":
            links.append(item)
        else:
            _collect(where, text, item, regions)
    order = sorted((r["start"], key) for key, r in regions.items() if r.get("unit"))
    numbers = {key: index for index, (_, key) in enumerate(order)}
    for key, region in regions.items():
        if not region.get("unit") and "span" not in region:
            raise AnnotateError(f"{where}: {key} has choices and no sentence")
    origin, relations = _relations(where, links, numbers)
    spans = _assign(regions, order)
    sentences = tuple(
        _sentence(where, report, regions[key], index, origin.get(index), spans[key]) for key, index in numbers.items()
    )
    return GoldReport(report, sentences, relations, data.get("form") or None)


def _collect(where: str, text: str, item: dict[str, Any], regions: dict[str, dict[str, Any]]) -> None:
    """Sort one result item into its region, refusing what the codebook does not know."""
    key, control, value = str(item.get("id")), item.get("from_name"), item.get("value") or {}
    region = regions[key]
    if control in ("unit", "span"):
        start, end = value.get("start"), value.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
            raise AnnotateError(f"{where}: {key} lies outside the text ({start} to {end} of {len(text)})")
        if control == "unit":
            region.update(unit=True, start=start, end=end)
        elif not region.get("unit"):  # a span label put on a sentence is a slip of the keyboard
            label = (value.get("labels") or [""])[0].lower()
            if label not in SPANS:
                raise AnnotateError(f"{where}: {key} has the unknown span label {label!r}")
            region["span"] = (label, Span(start, end, text[start:end]))
    elif control in _CHOICES:
        for choice in value.get("choices") or []:
            if choice not in _CHOICES[control]:
                raise AnnotateError(f"{where}: {key} has the unknown {control} {choice!r}")
        region[control] = tuple(value.get("choices") or ())
    elif control in ("speaker", "event"):
        words = _words(f"{where}: {key} has the {control}", value.get("text"))
        # Events are the same by name: a capital must not make two of one.
        region[control] = words.casefold() if words and control == "event" else words
    else:
        raise AnnotateError(f"{where}: {key} comes from the unknown control {control!r}")


def _words(where: str, given: object) -> str | None:
    """What stands in a text area, which is a list of what was entered; blanks say nothing."""
    words = (given[0] if given else None) if isinstance(given, list) else given
    if not isinstance(words, str | None):
        raise AnnotateError(f"{where} {words!r}, which is no text")
    return " ".join((words or "").split()) or None


def _relations(
    where: str, links: list[dict[str, Any]], numbers: dict[str, int]
) -> tuple[dict[int, int], tuple[tuple[int, int, str], ...]]:
    """Where each carried sentence's speaker is named, and the relations between claims."""
    origin: dict[int, int] = {}
    relations: list[tuple[int, int, str]] = []
    for link in links:
        ends = numbers.get(str(link.get("from_id"))), numbers.get(str(link.get("to_id")))
        if ends[0] is None or ends[1] is None:
            continue  # a relation between spans says nothing to us
        for label in link.get("labels") or []:
            if label not in _RELATIONS:
                raise AnnotateError(f"{where}: unknown relation {label!r}")
            if label == "continues":
                origin[ends[0]] = ends[1]
            else:
                relations.append((ends[0], ends[1], label))
    return origin, tuple(relations)


def _assign(regions: dict[str, dict[str, Any]], order: list[tuple[int, str]]) -> dict[str, dict[str, list[Span]]]:
    """Give each span to the sentence that holds its first character."""
    spans: dict[str, dict[str, list[Span]]] = {key: {label: [] for label in SPANS} for _, key in order}
    for region in regions.values():
        if "span" not in region:
            continue
        label, span = region["span"]
        home = next((k for _, k in order if regions[k]["start"] <= span.start < regions[k]["end"]), None)
        if home is not None and span not in spans[home][label]:
            spans[home][label].append(span)
    return spans


def _sentence(
    where: str, report: Report, region: dict[str, Any], index: int, origin: int | None, spans: dict[str, list[Span]]
) -> GoldSentence:
    if len(region.get("stance", ())) != 1 or len(region.get("assertion", ())) != 1:
        raise AnnotateError(f"{where}: sentence {index} needs exactly one stance and one assertion")
    start, end = region["start"], region["end"]
    return GoldSentence(
        sentence=Sentence(report.id, index, start, end, report.text[start:end], Block("text")),
        types=tuple(label for label in TYPES if label in region.get("claim_type", ())),
        stance=region["stance"][0],
        assertion=region["assertion"][0],
        speaker=region.get("speaker"),
        from_=origin,
        event=region.get("event"),
        sources=tuple(spans["source"]),
        cues=tuple(spans["cue"]),
        agents=tuple(spans["agent"]),
        places=tuple(spans["place"]),
    )
