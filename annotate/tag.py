"""Reports -> tags of every sentence: windows through an engine, logits to labels and spans."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from annotate.document import Report, Sentence, Span, Tags
from annotate.engine import HEADS, Abstain, Logits, Model
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.spans import best_path, read_spans
from annotate.windows import Batch, Pieces, Window, collate, cut, prefix, windows

_BUFFER = 192  # windows gathered before the engine runs: enough to sort them by length, little enough to hold
_BATCH = 2048  # word pieces in a batch: more is no faster on a CPU
_OUTSIDE = np.tile(np.array([9, 0, 0], np.float32), len(SPANS))
_STRETCH = 4096  # sentences of one report cut into windows at a time


@dataclass(slots=True)
class _Job:
    """A report under way."""

    tags: list[Tags | None]
    missing: int


@dataclass(frozen=True, slots=True)
class _Task:
    """A window under way: whose it is, and the sentences and pieces that it shows."""

    job: _Job
    window: Window
    sentences: Sequence[Sentence]
    pieces: Sequence[Pieces]
    offset: int  # of ``sentences`` in the report


@dataclass(frozen=True, slots=True)
class Tagger:
    """Tags reports with one model.

    ``abstain``: how sure a head must be to speak (``model.settings.abstain`` has what suits the model); by default
    every head always speaks.
    """

    model: Model
    abstain: Abstain = field(default_factory=Abstain)

    def tag(
        self,
        reports: Iterable[tuple[Report, Sequence[Sentence]]],
        progress: Callable[[int], None] | None = None,
    ) -> Iterator[tuple[Tags, ...]]:
        """Tags of each report's sentences, in the order of the reports.

        Windows of many reports run together; no more reports are held than fill the buffer. ``progress`` is called
        with the number of windows just read.
        """
        waiting: deque[_Job] = deque()
        tasks: list[_Task] = []
        for report, sentences in reports:
            job = _Job([None] * len(sentences), len(sentences))
            waiting.append(job)
            for task in self._tasks(job, report, sentences):
                tasks.append(task)
                if len(tasks) >= _BUFFER:
                    self._run(tasks, progress)
                    tasks = []
            yield from _finished(waiting)
        self._run(tasks, progress)
        yield from _finished(waiting)

    def _tasks(self, job: _Job, report: Report, sentences: Sequence[Sentence]) -> Iterator[_Task]:
        tokenizer, settings = self.model.tokenizer, self.model.settings
        head = prefix(tokenizer, report)
        for start in range(0, len(sentences), _STRETCH):
            part = sentences[start : start + _STRETCH]
            pieces = list(cut(tokenizer, part, settings.window))
            for window in windows(head, pieces, settings.marks, settings.window):
                shown = slice(window.first, window.first + len(window.bounds))
                yield _Task(job, window, part[shown], pieces[shown], start + window.first)

    def _run(self, tasks: list[_Task], progress: Callable[[int], None] | None) -> None:
        groups = _group(tasks)
        # A few batches at a time: the engine has enough to keep every core busy, and progress moves.
        for begin in range(0, len(groups), 16):
            some = groups[begin : begin + 16]
            batches = [collate([task.window for task in group], self.model.settings.marks) for group in some]
            logits = self.model.engine.run(batches)
            labels = iter(self._labels(batches, logits))
            for group, found in zip(some, logits, strict=True):
                for row, task in enumerate(group):
                    self._read(task, found.sentences[row], next(labels))
            if progress is not None:
                progress(sum(len(group) for group in some))

    def _labels(self, batches: Sequence[Batch], logits: Sequence[Logits]) -> NDArray[np.int8]:
        """Span labels of all windows [N, T, 4], found together: the steps along T are what takes time."""
        count, longest = sum(len(b.input_ids) for b in batches), max(b.input_ids.shape[1] for b in batches)
        tokens = np.zeros((count, longest, 3 * len(SPANS)), np.float32)
        row = 0
        for batch, found in zip(batches, logits, strict=True):
            rows, length = batch.input_ids.shape
            tokens[row : row + rows, :length] = found.tokens
            between = batch.input_ids == self.model.settings.marks.sep
            tokens[row : row + rows, :length][between] = _OUTSIDE  # no span runs on into the next sentence
            row += rows
        return best_path(tokens, self.model.settings.calibration.span_costs)

    def _read(self, task: _Task, scores: NDArray[np.float32], labels: NDArray[np.int8]) -> None:
        """Turn one window's logits [S, 22] and span labels [T, 4] into the tags of the sentences it owns."""
        c = self.model.settings.calibration
        types = _sigmoid(scores[:, HEADS["types"]] / c.type_temperature).tolist()
        stances = _softmax(scores[:, HEADS["stance"]] / c.stance_temperature).tolist()
        assertions = _softmax(scores[:, HEADS["assertion"]] / c.assertion_temperature).tolist()
        continues = _sigmoid(scores[:, HEADS["continues"]] / c.continues_temperature)[:, 0].tolist()
        for number in task.window.own:
            begin, end = task.window.bounds[number]
            sentence = task.sentences[number]
            spans = read_spans(labels[begin : end - 1], task.pieces[number], sentence)
            task.job.tags[task.offset + number] = self._tags(
                types[number], stances[number], assertions[number], continues[number], spans
            )
            task.job.missing -= 1

    def _tags(
        self,
        types: list[float],
        stances: list[float],
        assertions: list[float],
        continues: float,
        spans: dict[str, tuple[Span, ...]],
    ) -> Tags:
        abstained: dict[str, tuple[str, ...]] = {}
        stance = _choose(STANCES, stances, self.abstain.stance, "stance", abstained)
        assertion = _choose(ASSERTIONS, assertions, self.abstain.assertion, "assertion", abstained)
        given = []
        for label, score, threshold in zip(TYPES, types, self.model.settings.calibration.type_thresholds, strict=True):
            if score >= threshold + self.abstain.types:
                given.append(label)
            elif score >= threshold:
                abstained["types"] = (*abstained.get("types", ()), label)
        return Tags(
            types=tuple(given),
            stance=stance,
            assertion=assertion,
            type_scores=dict(zip(TYPES, types, strict=True)),
            stance_scores=dict(zip(STANCES, stances, strict=True)),
            assertion_scores=dict(zip(ASSERTIONS, assertions, strict=True)),
            continues=continues,
            sources=spans["source"],
            cues=spans["cue"],
            agents=spans["agent"],
            places=spans["place"],
            abstained=abstained,
        )


def _finished(waiting: deque[_Job]) -> Iterator[tuple[Tags, ...]]:
    while waiting and not waiting[0].missing:
        yield tuple(tags for tags in waiting.popleft().tags if tags is not None)


def _group(tasks: list[_Task]) -> list[list[_Task]]:
    """Windows of like length together, so that little is spent on padding; the long ones first."""
    groups: list[list[_Task]] = []
    for task in sorted(tasks, key=lambda t: -len(t.window.ids)):
        if groups and (len(groups[-1]) + 1) * len(groups[-1][0].window.ids) <= _BATCH:
            groups[-1].append(task)
        else:
            groups.append([task])
    return groups


def _choose(
    labels: tuple[str, ...], scores: list[float], least: float, head: str, abstained: dict[str, tuple[str, ...]]
) -> str | None:
    """The likeliest label, or None with the candidates that together make nine in ten."""
    order = sorted(range(len(labels)), key=lambda i: -scores[i])
    if scores[order[0]] >= least:
        return labels[order[0]]
    candidates: list[str] = []
    mass = 0.0
    for i in order:
        candidates.append(labels[i])
        mass += scores[i]
        if mass >= 0.9 and len(candidates) > 1:
            break
    abstained[head] = tuple(candidates)
    return None


def _sigmoid(x: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(0.5 * (np.tanh(0.5 * x) + 1), np.float32)


def _softmax(x: NDArray[np.float32]) -> NDArray[np.float32]:
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True), np.float32)
