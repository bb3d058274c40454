"""Reports and their claims -> Label Studio tasks with predictions, in the controls of label_config.xml."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from annotate.document import Claim, Event, Report, Sentence, Span, Speaker, Tags
from annotate.pipeline import relate
from annotate.registry import Registry

SENTENCE = "Sentence"  # the one label of the control ``unit``
_ABOUT = ("title", "outlet", "date", "url")


def digest(text: str) -> str:
    """SHA-256 of a report's text: what tells two reports apart whatever their names."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def page(url: str | None, project: int | None, task: int | None) -> str | None:
    """Where a browser finds a task; None where one of the three is not known."""
    known = url and project is not None and task is not None
    return f"{url.rstrip('/')}/projects/{project}/data?task={task}" if url and known else None


def related(read: Sequence[tuple[Report, Sequence[Claim]]], registry: Registry) -> list[list[Claim]]:
    """The claims of each report, with what is contested among all of them and events under readable names."""
    batch = relate([report for report, _ in read], [claim for _, claims in read for claim in claims], registry)
    names = event_names(batch.events)
    settled = iter(batch.claims)  # in the order given
    return [[_named(next(settled), own, names) for own in claims] for _, claims in read]


def _named(settled: Claim, own: Claim, names: Mapping[str, str]) -> Claim:
    return replace(own, event=names.get(settled.event or ""), contest=settled.contest)


def event_names(events: Iterable[Event]) -> dict[str, str]:
    """What annotators read in place of an event's id: where, what and when; a number sets equal ones apart.

    The same happening is called alike in every push, and in every report of it.
    """
    told: Counter[str] = Counter()
    names = {}
    for event in events:
        name = " ".join(f"{event.title}, {event.date}".split() if event.date else event.title.split())
        told[name.casefold()] += 1
        names[event.id] = name if told[name.casefold()] == 1 else f"{name} ({told[name.casefold()]})"
    return names


def task_of(report: Report, claims: Sequence[Claim], version: str, *, held_out: bool = False) -> dict[str, Any]:
    r"""One task with one prediction, ready to be imported.

    ``data.sentences`` keeps where the sentences stood, so that a deleted one is noticed when the annotations come
    back; ``data.held_out`` marks a report that comes without labels. No ``\r`` may be in the text: Label Studio draws
    a line break for it.
    """
    about = {name: getattr(report, name) or "" for name in _ABOUT}  # a missing field would be drawn as "undefined"
    data: dict[str, Any] = {"report": report.id, "text": report.text, **about, "sha256": digest(report.text)}
    data["sentences"] = [[claim.sentence.start, claim.sentence.end] for claim in claims]
    if held_out:
        data["held_out"] = True
    return {"data": data, "predictions": [prediction_of(claims, version, bare=held_out)]}


def report_of(data: Mapping[str, Any]) -> Report:
    """The report that a task was made of."""
    return Report(str(data["report"]), str(data["text"]), *(data.get(name) or None for name in _ABOUT))


def prediction_of(claims: Sequence[Claim], version: str, *, bare: bool = False) -> dict[str, Any]:
    """What the model says of a report; ``bare`` leaves only the sentences, so that nobody is led.

    The offsets are code points, which is how Label Studio counts in a ``<Text>``.
    """
    result: list[dict[str, Any]] = []
    for claim in claims:
        sentence = claim.sentence
        result.append(_item(name_of(sentence.index), "unit", "labels", sentence, [SENTENCE]))
        if not bare:
            result[-1]["score"] = round(sureness(claim.tags), 4)
            result += _answers(claim)
    if not bare:
        there = {claim.sentence.index for claim in claims}
        result += [
            {
                "type": "relation",
                "from_id": name_of(claim.sentence.index),
                "to_id": name_of(claim.speaker.from_),
                "direction": "right",
                "labels": ["continues"],
            }
            for claim in claims
            if claim.speaker.from_ is not None and claim.speaker.from_ in there
        ]
    score = sum(sureness(claim.tags) for claim in claims) / max(1, len(claims))
    return {"model_version": version, "score": 0.0 if bare else round(score, 4), "result": result}


def sureness(tags: Tags) -> float:
    """How sure the model is of a sentence, up to 1: the mean over types (the least sure one), stance, assertion."""
    types = min((max(p, 1 - p) for p in tags.type_scores.values()), default=1.0)
    stance = max(tags.stance_scores.values(), default=1.0)
    assertion = max(tags.assertion_scores.values(), default=1.0)
    return (types + stance + assertion) / 3


def spoken_name(speaker: Speaker) -> str:
    """A speaker as annotators write him."""
    return f"{speaker.name} (via {speaker.via})" if speaker.via else speaker.name


def _answers(claim: Claim) -> list[dict[str, Any]]:
    """Everything said of one sentence: choices, speaker and event under its own id, spans under theirs."""
    sentence, tags, name = claim.sentence, claim.tags, name_of(claim.sentence.index)
    choices = {
        "claim_type": list(tags.types),
        "stance": [claim.stance] if claim.stance else [],
        "assertion": [tags.assertion] if tags.assertion else [],
    }
    items = [_item(name, control, "choices", sentence, given) for control, given in choices.items() if given]
    if claim.speaker.name:
        items.append(_item(name, "speaker", "textarea", sentence, [spoken_name(claim.speaker)]))
    if claim.event:
        items.append(_item(name, "event", "textarea", sentence, [claim.event]))
    spans = {"Source": tags.sources, "Cue": tags.cues, "Agent": tags.agents, "Place": tags.places}
    number = 0
    for label, found in spans.items():
        for span in dict.fromkeys(found):
            items.append(_item(f"{name}-{number}", "span", "labels", span, [label]))
            number += 1
    return items


def name_of(index: int | None) -> str:
    """The region id that a sentence comes with."""
    return f"s{index:03}"


def _item(name: str, control: str, kind: str, place: Span | Sentence, given: list[str]) -> dict[str, Any]:
    """One result item over a stretch of text. A text area must hold a list: the page breaks on a plain string."""
    value: dict[str, Any] = {"start": place.start, "end": place.end, "text": place.text}
    value["text" if kind == "textarea" else kind] = given
    return {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": value}
