"""Token logits -> spans: the likeliest reading of a window, cut to words and trimmed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from annotate.document import Sentence, Span
from annotate.labels import SPANS
from annotate.windows import Pieces

_LOST = 1.0  # what an inside without its beginning costs beside the start of a span
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
_LONE = re.compile(r"the|an?", re.IGNORECASE)
_EDGE = " \t\r\n\u00a0,;:"
_PAIRS = {"(": ")", "[": "]", "“": "”", "‘": "’", '"': '"'}


def best_path(tokens: NDArray[np.float32], cost: Sequence[float]) -> NDArray[np.int8]:
    """The likeliest row of labels for each window and span label (Viterbi).

    Args:
        tokens: logits [N, T, 12], O, B and I of each span label.
        cost: what the start of a span costs, in nats, for each span label. Piece by piece the network breaks spans
            apart ("training camp | in | Somalia"); a price on every start keeps them whole.

    Returns:
        labels [N, T, 4]: 0 O, 1 B, 2 I.
    """
    count, length = tokens.shape[:2]
    logits = tokens.reshape(count, length, len(SPANS), 3)
    logits = logits - np.logaddexp.reduce(logits, -1, keepdims=True)
    x = np.ascontiguousarray(logits.transpose(1, 3, 0, 2))  # [T, 3, N, L]
    price = np.asarray(cost, np.float32)
    outside, begin, inside = x[0, 0], x[0, 1] - price, x[0, 2] - price - _LOST
    from_any = np.zeros((length, count, len(SPANS)), np.int8)
    from_span = np.zeros_like(from_any)
    for t in range(1, length):
        span = np.maximum(begin, inside)
        from_span[t] = np.where(begin >= inside, 1, 2)
        from_any[t] = np.where(outside >= span, 0, from_span[t])
        best = np.maximum(outside, span)
        outside, begin, inside = best + x[t, 0], best + x[t, 1] - price, span + x[t, 2]
    labels = np.empty_like(from_any)
    labels[-1] = np.argmax(np.stack([outside, begin, inside]), 0)
    for t in range(length - 1, 0, -1):
        labels[t - 1] = np.where(labels[t] == 2, from_span[t], from_any[t])
    return labels.transpose(1, 0, 2)


def read_spans(labels: NDArray[np.int8], pieces: Pieces, sentence: Sentence) -> dict[str, tuple[Span, ...]]:
    """Spans of one sentence from its pieces' labels [n, 4] (0 O, 1 B, 2 I), with offsets into the report."""
    out: dict[str, tuple[Span, ...]] = dict.fromkeys(SPANS, ())
    if not labels.any():
        return out
    offsets = pieces.encoding.offsets
    words = pieces.encoding.word_ids
    for column, label in enumerate(SPANS):
        spans: list[Span] = []
        for first, last in _runs(labels[:, column].tolist(), words):
            span = _trim(sentence, offsets[first][0], offsets[last][1], drop_article=label in ("agent", "place"))
            if span is not None and span not in spans:
                spans.append(span)
        out[label] = tuple(spans)
    out["source"] = tuple(_with_noun(out["source"], out["agent"], sentence))
    return out


def _with_noun(sources: Sequence[Span], agents: Sequence[Span], sentence: Sentence) -> Iterator[Span]:
    """Sources, a lone article joined with the agent that follows it and dropped where none does."""
    for source in sources:
        if not _LONE.fullmatch(source.text):
            yield source
            continue
        agent = next((agent for agent in agents if agent.start == source.end + 1), None)
        if agent is not None:
            yield Span(
                source.start, agent.end, sentence.text[source.start - sentence.start : agent.end - sentence.start]
            )


def _runs(labels: list[int], words: list[int | None]) -> list[tuple[int, int]]:
    """First and last piece of each span; a word's later pieces follow its first."""
    runs: list[tuple[int, int]] = []
    inside = False
    for piece, label in enumerate(labels):
        if piece and words[piece] is not None and words[piece] == words[piece - 1]:
            if inside:
                runs[-1] = (runs[-1][0], piece)
        elif label == 1 or (label == 2 and not inside):
            runs.append((piece, piece))
            inside = True
        elif label == 2:
            runs[-1] = (runs[-1][0], piece)
        else:
            inside = False
    return runs


def _trim(sentence: Sentence, start: int, end: int, drop_article: bool) -> Span | None:
    """Cut blanks, commas, unpaired marks and, for agents and places, the article from a span's ends."""
    text = sentence.text
    while True:
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        if start >= end:
            return None
        words = text[start:end]
        if words[0] in _PAIRS and _PAIRS[words[0]] not in words[1:]:
            start += 1
        elif words[-1] in _PAIRS.values() and not any(_PAIRS.get(c) == words[-1] for c in words[:-1]):
            end -= 1
        elif drop_article and (article := _ARTICLE.match(words)) and article.end() < len(words):
            start += article.end()
        else:
            return Span(sentence.start + start, sentence.start + end, words)
