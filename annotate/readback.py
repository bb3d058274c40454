"""claims.jsonl -> the claims of its reports, checked against their texts: what ``write`` wrote, read again.

Only what scores need is read. A line holds one source and one cue, so that further ones of its sentence are gone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from annotate.document import Block, BlockKind, Claim, Report, Sentence, Span, Speaker, SpeakerState, Tags
from annotate.errors import AnnotateError
from annotate.labels import ASSERTIONS, STANCES, TYPES

CLAIMS = "claims.jsonl"


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The claims of each report asked for, in their order, and the ids of reports that were not asked for."""

    claims: tuple[tuple[Claim, ...], ...]
    others: tuple[str, ...]


class _Broken(Exception):
    """What is wrong with a line."""


def read_back(path: Path, reports: Sequence[Report]) -> ReadBack:
    """Read the claims of ``reports`` from a claims.jsonl, or from the folder that holds one.

    Raises:
        AnnotateError: the file cannot be read, a line is none of the output contract or comes from another text, or a
            report has no line; names the file and the line.
    """
    if path.is_dir():
        path = path / CLAIMS
    texts = {report.id: report.text for report in reports}
    found: dict[str, dict[int, tuple[Claim, int]]] = {name: {} for name in texts}  # with the line that each stands in
    others: dict[str, None] = {}
    for number, record in records(path):
        try:
            if (name := _get(record, "report", str)) not in texts:
                others[name] = None
            else:
                _keep(found[name], _claim(record, texts[name]), number)
        except _Broken as error:
            raise AnnotateError(f"{path}:{number}: {error}") from error
    for name, claims in found.items():
        if not claims:
            raise AnnotateError(f"{path}: report {name} of the gold is not in it")
        for claim, number in claims.values():
            if claim.speaker.from_ is not None and claim.speaker.from_ not in claims:
                raise AnnotateError(f"{path}:{number}: 'from' is sentence {claim.speaker.from_}, which is not there")
    return ReadBack(tuple(tuple(claim for claim, _ in claims.values()) for claims in found.values()), tuple(others))


def _keep(claims: dict[int, tuple[Claim, int]], claim: Claim, line: int) -> None:
    if claim.sentence.index in claims:
        raise _Broken(f"sentence {claim.sentence.index} of {claim.sentence.report} stands there twice")
    claims[claim.sentence.index] = claim, line


def records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSON Lines file, each with the number of its line.

    Raises:
        AnnotateError: the file cannot be read, or a line is no JSON object; names the file and the line.
    """
    for number, line in enumerate(_lines(path), 1):
        if line.strip():
            try:
                yield number, _record(line)
            except _Broken as error:
                raise AnnotateError(f"{path}:{number}: {error}") from error


def _lines(path: Path) -> Iterator[str]:
    """By line feeds alone: other marks of a line's end may stand inside a JSON string."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be read ({error.strerror})") from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise AnnotateError(f"{path}:{number}: not UTF-8") from error


def _record(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _Broken(f"not JSON ({getattr(error, 'msg', 'too deep or too long')})") from error
    if not isinstance(record, dict):
        raise _Broken("not a JSON object")
    return record


def _claim(record: Mapping[str, Any], text: str) -> Claim:
    span = _span(record, text)
    block = _get(record, "block", dict)
    kind = cast(BlockKind, _one_of(block.get("kind"), get_args(BlockKind), "block.kind"))
    index, report = _get(record, "sentence", int), _get(record, "report", str)
    speaker = _speaker(_get(record, "speaker", dict))
    agents, places = (_spans(_get(record, key, list), key, text) for key in ("agents", "places"))
    sources, cues = (
        _spans([] if record.get(key) is None else [_get(record, key, dict)], key, text) for key in ("source", "cue")
    )
    stance = _choice(record, "stance", STANCES)
    tags = Tags(
        types=tuple(_labels(_get(record, "types", list), TYPES, "types")),
        stance=stance,
        assertion=_choice(record, "assertion", ASSERTIONS),
        type_scores=_scores(record, "type_scores", TYPES),
        stance_scores=_scores(record, "stance_scores", STANCES),
        assertion_scores=_scores(record, "assertion_scores", ASSERTIONS),
        continues=float(speaker.state == "carried"),
        sources=sources,
        cues=cues,
        agents=agents,
        places=places,
        abstained={head: tuple(labels) for head, labels in _get(record, "abstained", dict).items()},
    )
    sentence = Sentence(report, index, span.start, span.end, span.text, Block(kind, block.get("time")))
    return Claim(sentence, tags, stance, speaker)


def _speaker(record: Mapping[str, Any]) -> Speaker:
    state = cast(SpeakerState, _one_of(record.get("state"), get_args(SpeakerState), "speaker.state"))
    from_ = record.get("from")
    if from_ is not None and not _is(from_, int):
        raise _Broken(f"speaker.from is no sentence number ({from_!r})")
    return Speaker(_get(record, "name", str), state, record.get("id"), record.get("side"), from_, record.get("via"))


def _spans(records: Iterable[Any], key: str, text: str) -> tuple[Span, ...]:
    records = list(records)
    if not all(isinstance(record, dict) for record in records):
        raise _Broken(f"{key!r} holds something that is no span")
    return tuple(_span(record, text) for record in records)


def _span(record: Mapping[str, Any], text: str) -> Span:
    """A span that lies in the gold's text, to the letter."""
    start, end, words = _get(record, "start", int), _get(record, "end", int), _get(record, "text", str)
    if not 0 <= start < end <= len(text) or text[start:end] != words:
        raise _Broken(f"from another text: {words[:40]!r} does not stand at {start} to {end} of the gold's report")
    return Span(start, end, words)


def _choice(record: Mapping[str, Any], key: str, known: Sequence[str]) -> str | None:
    """A label, or None where the head abstained."""
    if key not in record:
        raise _Broken(f"has no {key!r}")
    return None if record[key] is None else _one_of(record[key], known, key)


def _labels(labels: Iterable[object], known: Sequence[str], key: str) -> Iterator[str]:
    return (_one_of(label, known, key) for label in labels)


def _scores(record: Mapping[str, Any], key: str, known: Sequence[str]) -> dict[str, float]:
    scores = _get(record, key, dict)
    for label, value in scores.items():
        _one_of(label, known, key)
        if not _is(value, int | float) or not 0 <= value <= 1:
            raise _Broken(f"{key} of {label} is no probability ({value!r})")
    return {label: float(value) for label, value in scores.items()}


def _one_of(label: object, known: Sequence[str], key: str) -> str:
    if not isinstance(label, str) or label not in known:
        raise _Broken(f"unknown {key} {label!r}")
    return label


def _get(record: Mapping[str, Any], key: str, kind: type) -> Any:  # noqa: ANN401 - what JSON holds
    """The value of a key, of the kind that the contract says."""
    if key not in record:
        raise _Broken(f"has no {key!r}")
    if not _is(record[key], kind):
        raise _Broken(f"{key!r} is {record[key]!r:.40}")
    return record[key]


def _is(value: object, kind: Any) -> bool:  # noqa: ANN401 - a type or a union of them
    return isinstance(value, kind) and not isinstance(value, bool)
