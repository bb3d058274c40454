"""Labelled reports -> what the network learns from: word pieces with a label for every head."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from annotate.document import Block, Report, Sentence, Span
from annotate.errors import AnnotateError
from annotate.gold import GoldReport, GoldSentence
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.windows import SIZE, Marks, Window, cut, lay, prefix

IGNORE = -100  # torch's cross entropy passes over this label
_QUOTES = {"'", "’", "‘", '"', "“", "”"}
_STRAIGHT = {"’": "'", "‘": "'", "“": '"', "”": '"'}
_FIELDS = {"source": "sources", "cue": "cues", "agent": "agents", "place": "places"}


@dataclass(frozen=True, slots=True)
class Lesson:
    """One sentence: pieces [n], span labels [n, 4] (0 O, 1 B, 2 I), and the labels of the sentence heads.

    A head without a label holds ``IGNORE`` (types: all of them).
    """

    ids: list[int]
    spans: NDArray[np.int64]
    types: NDArray[np.int64]
    stance: int
    assertion: int
    continues: int
    punctuation: NDArray[np.int8]  # [n] 1 a comma, 2 a quotation mark or an apostrophe, 0 anything else
    straight: list[int]  # the pieces with straight quotation marks in place of curly ones


@dataclass(frozen=True, slots=True)
class Lessons:
    """One report: its sentences, and the outlet and title that may stand in front of them."""

    prefix: list[int]
    sentences: tuple[Lesson, ...]


@dataclass(frozen=True, slots=True)
class Exercise:
    """A window and its labels: spans [T, 4], types [S, 8], rest [S, 3] (stance, assertion, continues)."""

    window: Window
    spans: NDArray[np.int64]
    types: NDArray[np.int64]
    rest: NDArray[np.int64]


def lessons(gold: Iterable[GoldReport], tokenizer: Tokenizer, size: int = SIZE) -> list[Lessons]:
    """Word pieces and labels of labelled reports."""
    known = {curly: tokenizer.token_to_id(mark) for curly, mark in _STRAIGHT.items()}
    plain = {curly: piece for curly, piece in known.items() if piece is not None}
    return [
        Lessons(
            prefix(tokenizer, report.report),
            tuple(
                _lesson(sentence, pieces.ids, pieces.encoding.offsets, report.report.text, plain)
                for sentence, pieces in zip(
                    report.sentences, cut(tokenizer, (s.sentence for s in report.sentences), size), strict=True
                )
            ),
        )
        for report in gold
    ]


def _lesson(
    gold: GoldSentence, ids: list[int], offsets: list[tuple[int, int]], text: str, plain: dict[str, int]
) -> Lesson:
    start = gold.sentence.start
    labels = np.zeros((len(ids), len(SPANS)), np.int64)
    punctuation = np.zeros(len(ids), np.int8)
    straight = list(ids)
    for piece, (begin, end) in enumerate(offsets[: len(ids)]):
        mark = text[start + begin : start + end]
        punctuation[piece] = 1 if mark == "," else 2 if mark in _QUOTES else 0
        straight[piece] = plain.get(mark, ids[piece])
        for column, label in enumerate(SPANS):
            for span in getattr(gold, _FIELDS[label]):
                if span.start < start + end and start + begin < span.end:
                    labels[piece, column] = 1 if start + begin <= span.start else 2
    return Lesson(
        ids=ids,
        spans=labels,
        types=np.array([label in gold.types for label in TYPES], np.int64),
        stance=STANCES.index(gold.stance),
        assertion=ASSERTIONS.index(gold.assertion),
        continues=int(gold.from_ is not None),
        punctuation=punctuation,
        straight=straight,
    )


def exercises(
    reports: Sequence[Lessons],
    marks: Marks,
    random: Random,
    *,
    size: int = SIZE,
    headless: float = 0.4,
    reform: float = 0.1,
    rename: float = 0.0,
) -> list[Exercise]:
    """Cut reports into windows at random places, each sentence once.

    ``headless`` is the share of windows without outlet and title, ``reform`` the share of reports whose punctuation is
    changed (``reformed``), and ``rename`` the share of sentences whose names are swapped (``renamed``).
    """
    out = []
    names = mentions(reports) if rename else {}
    for report in reports:
        sentences = report.sentences
        if random.random() < reform:
            lost = random.choice(_LOSSES)
            sentences = tuple(reformed(s, lost) for s in sentences)
        sentences = tuple(renamed(s, names, random) if random.random() < rename else s for s in sentences)
        first = 0
        room = random.randint(size // 4, size)  # the first cut falls anywhere, so that edges differ in every epoch
        while first < len(sentences):
            head = report.prefix if random.random() >= headless else []
            start = [marks.cls, *head, marks.sep] if head else [marks.cls]
            stop, used = first, len(start)
            while stop < len(sentences) and (stop == first or used + len(sentences[stop].ids) + 1 <= room):
                used += len(sentences[stop].ids) + 1
                stop += 1
            out.append(_exercise(sentences[first:stop], start, marks))
            first, room = stop, size
    return out


_LOSSES: tuple[tuple[int, ...], ...] = ((1, 2), (1, 2), (1,), (2,), ())


def reformed(lesson: Lesson, lost: Sequence[int]) -> Lesson:
    """The sentence as another archive would have kept it: without the ``lost`` marks, the others straight."""
    keep = ~np.isin(lesson.punctuation, lost)
    ids = [i for i, kept in zip(lesson.straight, keep, strict=True) if kept]
    if not ids:
        return lesson
    return replace(lesson, ids=ids, straight=ids, spans=lesson.spans[keep], punctuation=lesson.punctuation[keep])


Mention = tuple[int, int, int]  # column of the span's label, first piece, piece after the last
Names = dict[tuple[int, int], list[Lesson]]


def mentions(reports: Iterable[Lessons]) -> Names:
    """All sources, agents and places that could stand for one another, each as a lesson of its own pieces."""
    names: Names = {}
    for report in reports:
        for lesson in report.sentences:
            for column, begin, end in _mentions(lesson):
                cut = slice(begin, end)
                name = replace(
                    lesson,
                    ids=lesson.ids[cut],
                    straight=lesson.straight[cut],
                    spans=lesson.spans[cut],
                    punctuation=lesson.punctuation[cut],
                )
                names.setdefault(_kin(lesson, column), []).append(name)
    return names


def renamed(lesson: Lesson, names: Names, random: Random) -> Lesson:
    """The sentence with other names in it (Dai and Adel 2020, mention replacement), its labels still true.

    A source gives way to one of the same stance, an agent to one who can, or cannot, be held responsible like it.
    """
    ids, straight, spans, punctuation = lesson.ids, lesson.straight, lesson.spans, lesson.punctuation
    for column, begin, end in reversed(_mentions(lesson)):
        kin = names.get(_kin(lesson, column))
        if not kin:
            continue
        name = random.choice(kin)
        ids = ids[:begin] + name.ids + ids[end:]
        straight = straight[:begin] + name.straight + straight[end:]
        spans = np.concatenate([spans[:begin], name.spans, spans[end:]])
        punctuation = np.concatenate([punctuation[:begin], name.punctuation, punctuation[end:]])
    return replace(lesson, ids=ids, straight=straight, spans=spans, punctuation=punctuation)


def _kin(lesson: Lesson, column: int) -> tuple[int, int]:
    """What must agree for one mention to stand for another; a speaker who is carried over has no name of his own."""
    label = SPANS[column]
    if label == "source":
        return column, lesson.stance if not lesson.continues else -1 - lesson.stance
    return column, int(lesson.types[TYPES.index("responsibility")]) if label == "agent" else 0


def _mentions(lesson: Lesson) -> list[Mention]:
    """Sources, agents and places that share no piece with another span, from left to right."""
    found: list[Mention] = []
    if lesson.stance == IGNORE:
        return found
    alone = (lesson.spans > 0).sum(1) == 1
    for column, label in enumerate(SPANS):
        if label == "cue":
            continue
        labels = lesson.spans[:, column]
        for begin in np.flatnonzero(labels == 1):
            end = begin + 1
            while end < len(labels) and labels[end] == 2:
                end += 1
            if alone[begin:end].all():
                found.append((column, int(begin), int(end)))
    return sorted(found, key=lambda mention: mention[1])


def _exercise(sentences: Sequence[Lesson], start: list[int], marks: Marks) -> Exercise:
    window = lay([s.ids for s in sentences], start, marks, 0, range(len(sentences)))
    spans = np.full((len(window.ids), len(SPANS)), IGNORE, np.int64)
    for sentence, (begin, end) in zip(sentences, window.bounds, strict=True):
        spans[begin : end - 1] = sentence.spans
    return Exercise(
        window,
        spans,
        np.stack([s.types for s in sentences]),
        np.array([(s.stance, s.assertion, s.continues) for s in sentences], np.int64),
    )


# --- attributions of other projects: who said it, and by which words ---


def read_attributions(path: Path, tokenizer: Tokenizer, without: Path | None = None) -> list[Lessons]:
    """Read articles with attributions (JSON Lines, maybe gzipped; the train compartment) for source and cue alone.

    Each line has ``text``, ``sentences`` (start, end) and ``attributions`` with ``source`` and ``cue`` as lists of
    (start, end). Paragraphs that share more than a fifth of their 8-grams with the hashes in ``without`` are left out.
    """
    from datasets import load_dataset  # here, since it takes a second and only pre-training needs it

    barred = _grams_of(without) if without else frozenset()
    out: list[Lessons] = []
    number = 0
    try:
        # Streamed: nothing is copied into a cache.
        for article in load_dataset("json", data_files=str(path), split="train", streaming=True):
            number += 1
            if (article.get("compartment") or "train") == "train":
                out.append(_attributed(article, tokenizer, barred))
    except Exception as error:  # the library wraps what it meets in errors of many kinds
        line = _broken_line(path) or number
        raise AnnotateError(f"{path}:{line}: not attributions ({type(error).__name__}: {error})") from error
    return out


def _broken_line(path: Path) -> int | None:
    """The first line that is not JSON: the library, which reads by blocks, does not say which."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    json.loads(line)
                except ValueError:
                    return number
    except OSError:
        pass
    return None


def _attributed(article: dict, tokenizer: Tokenizer, barred: frozenset[str]) -> Lessons:  # type: ignore[type-arg]
    text = article["text"]
    found: dict[str, list[Span]] = {"source": [], "cue": []}
    for attribution in article["attributions"]:
        for label, spans in found.items():
            spans += [Span(a, b, text[a:b]) for a, b in attribution.get(label) or []]
    gold: list[GoldSentence] = []
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    for begin, end in article["sentences"] or lines:
        if barred and repeats(_paragraph(text, begin, end), barred):
            continue
        inside = {label: tuple(s for s in spans if begin <= s.start < end) for label, spans in found.items()}
        sentence = Sentence("", len(gold), begin, end, text[begin:end], Block("text"))
        gold.append(GoldSentence(sentence, (), STANCES[0], ASSERTIONS[0], sources=inside["source"], cues=inside["cue"]))
    report = GoldReport(Report("", text, title=article.get("title")), tuple(gold))
    [done] = lessons([report], tokenizer)
    return replace(done, sentences=tuple(_spans_only(s) for s in done.sentences))


def _spans_only(lesson: Lesson) -> Lesson:
    spans = lesson.spans.copy()
    spans[:, 2:] = IGNORE
    none = np.full(len(TYPES), IGNORE, np.int64)
    return replace(lesson, spans=spans, types=none, stance=IGNORE, assertion=IGNORE, continues=IGNORE)


def _paragraph(text: str, begin: int, end: int) -> str:
    left = text.rfind("\n", 0, begin) + 1
    right = text.find("\n", end)
    return text[left : right if right >= 0 else len(text)]


def _grams_of(path: Path) -> frozenset[str]:
    with gzip.open(path, "rt", encoding="ascii") as lines:
        return frozenset(line.strip() for line in lines)


def repeats(paragraph: str, barred: frozenset[str], share: float = 0.2) -> bool:
    """Whether more than ``share`` of a paragraph's 8-grams are among the barred ones (hashes as hex)."""
    words = re.findall(r"\w+", paragraph.lower())
    grams = [" ".join(words[i : i + 8]) for i in range(len(words) - 7)]
    hits = sum(hashlib.blake2b(g.encode(), digest_size=6).hexdigest() in barred for g in grams)
    return hits > share * len(grams)
