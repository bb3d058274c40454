"""Sentences -> windows: stretches of whole sentences that the network reads at once.

A window is ``[CLS] (outlet: title [SEP]) sentence [SEP] sentence [SEP] …``. Neighbouring windows overlap, and a
sentence in the overlap is taken from the window that shows more of what stands around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from annotate.document import Report, Sentence

SIZE = 256  # word pieces in a window, separators included
OVERLAP = 56  # word pieces read twice, so that an edge sentence has a neighbour or two on both sides
PREFIX = 32  # word pieces of outlet and title at most
_LONGEST = 4000  # characters of a sentence that are looked at: far more than a window holds
_CHUNK = 512  # sentences cut into pieces at once: bounds the memory of a report of 100,000 lines


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids of the pieces that frame and fill a window."""

    cls: int
    sep: int
    pad: int


@dataclass(frozen=True, slots=True)
class Pieces:
    """One sentence as word pieces; ``encoding`` holds their offsets, code points into the sentence's text."""

    ids: list[int]
    encoding: Encoding


@dataclass(frozen=True, slots=True)
class Window:
    """Some sentences of one report in a row.

    ``bounds`` has start and end piece of each sentence, its separator included; the sentences ``own`` (positions in
    ``bounds``) are to be taken from this window; ``first`` is the number of the first sentence.
    """

    ids: list[int]
    first: int
    bounds: list[tuple[int, int]]
    own: range


@dataclass(frozen=True, slots=True)
class Batch:
    """What an engine reads: ``input_ids`` and ``attention_mask`` [B, T] int64, ``pool`` [B, S, T] float32.

    A row of ``pool`` averages over one sentence's pieces; the rows of absent sentences are zero.
    """

    input_ids: NDArray[np.int64]
    attention_mask: NDArray[np.int64]
    pool: NDArray[np.float32]


def open_tokenizer(tokenizer: Tokenizer) -> Tokenizer:
    """Switch off the truncation and padding that a tokenizer file may carry: windows do both."""
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def cut(tokenizer: Tokenizer, sentences: Iterable[Sentence], size: int = SIZE) -> Iterator[Pieces]:
    """Word pieces of each sentence, in order; what exceeds a window's room is left out."""
    texts: list[str] = []
    room = size - PREFIX - 3
    for sentence in sentences:
        texts.append(sentence.text[:_LONGEST])
        if len(texts) == _CHUNK:
            yield from _encode(tokenizer, texts, room)
            texts = []
    if texts:
        yield from _encode(tokenizer, texts, room)


def _encode(tokenizer: Tokenizer, texts: list[str], room: int) -> Iterator[Pieces]:
    for encoding in tokenizer.encode_batch(texts, add_special_tokens=False):
        yield Pieces(encoding.ids[:room], encoding)


def prefix(tokenizer: Tokenizer, report: Report) -> list[int]:
    """Outlet and title as pieces, empty where the report names neither."""
    words = ": ".join(part for part in (report.outlet, report.title) if part)
    if not words:
        return []
    ids: list[int] = tokenizer.encode(words[:_LONGEST], add_special_tokens=False).ids
    return ids[:PREFIX]


def plan(lengths: Sequence[int], room: int, overlap: int = OVERLAP) -> Iterator[tuple[int, int, int, int]]:
    """Which sentences each window shows and which it owns: (first, stop, own first, own stop).

    ``lengths`` counts pieces with the separator, none above ``room``. Every sentence is owned by exactly one window.
    """
    total = len(lengths)
    first, owned = 0, 0
    while owned < total:
        stop, used = first, 0
        while stop < total and used + lengths[stop] <= room:
            used += lengths[stop]
            stop += 1
        if stop == total:
            yield first, stop, owned, total
            return
        after, shared = stop, 0
        # The step back must leave room for the sentence that did not fit, or the next window would gain nothing.
        while after - 1 > first and shared + lengths[after - 1] <= min(overlap, room - lengths[stop]):
            after -= 1
            shared += lengths[after]
        border, left = after, 0
        # A sentence stays here while it has less on its left there than on its right here.
        while border < stop and left + lengths[border] <= shared - left:
            left += lengths[border]
            border += 1
        yield first, stop, owned, border
        first, owned = after, border


def windows(head: list[int], pieces: Sequence[Pieces], marks: Marks, size: int = SIZE) -> Iterator[Window]:
    """Lay a report's sentences out in overlapping windows of at most ``size`` pieces, headed by ``head``."""
    start = [marks.cls, *head, marks.sep] if head else [marks.cls]
    for first, stop, own, end in plan([len(p.ids) + 1 for p in pieces], size - len(start)):
        yield lay([p.ids for p in pieces[first:stop]], start, marks, first, range(own - first, end - first))


def lay(sentences: Sequence[list[int]], start: list[int], marks: Marks, first: int, own: range) -> Window:
    """One window of these sentences after the pieces ``start``."""
    ids, bounds = list(start), []
    for sentence in sentences:
        begin = len(ids)
        ids += sentence
        ids.append(marks.sep)
        bounds.append((begin, len(ids)))
    return Window(ids, first, bounds, own)


def collate(group: Sequence[Window], marks: Marks, step: int = 16) -> Batch:
    """Pad windows to one batch; lengths are rounded up to ``step``, since engines cache their work by shape."""
    longest = -(-max(len(w.ids) for w in group) // step) * step
    most = -(-max(len(w.bounds) for w in group) // 4) * 4
    ids = np.full((len(group), longest), marks.pad, np.int64)
    mask = np.zeros((len(group), longest), np.int64)
    pool = np.zeros((len(group), most, longest), np.float32)
    for row, window in enumerate(group):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
        for number, (begin, end) in enumerate(window.bounds):
            pool[row, number, begin:end] = 1 / (end - begin)
    return Batch(ids, mask, pool)
