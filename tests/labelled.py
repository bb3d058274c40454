"""Labelled reports in a few characters: one row a sentence, joined by spaces into the report's text."""

from __future__ import annotations

from dataclasses import dataclass, replace

from annotate.document import Block, Claim, FacetContest, Report, Sentence, Span, Speaker, Tags
from annotate.gold import GoldReport, GoldSentence, tags_of


@dataclass(frozen=True)
class Row:
    text: str
    types: tuple[str, ...] = ()
    stance: str = "unattributed"
    assertion: str = "asserts"
    source: str | None = None
    cue: str | None = None
    place: str | None = None
    from_: int | None = None
    event: str | None = None


def labelled(name: str, *rows: Row, form: str | None = None) -> GoldReport:
    text, sentences = " ".join(row.text for row in rows), []
    start = 0
    for index, row in enumerate(rows):
        sentence = Sentence(name, index, start, start + len(row.text), row.text, Block("text"))
        sentences.append(
            GoldSentence(
                sentence,
                row.types,
                row.stance,
                row.assertion,
                from_=row.from_,
                event=row.event,
                sources=spans(sentence, row.source),
                cues=spans(sentence, row.cue),
                places=spans(sentence, row.place),
            )
        )
        start = sentence.end + 1
    return GoldReport(Report(name, text), tuple(sentences), form=form)


def spans(sentence: Sentence, words: str | None) -> tuple[Span, ...]:
    if words is None:
        return ()
    start = sentence.start + sentence.text.index(words)
    return (Span(start, start + len(words), words),)


def tags(gold: GoldReport, **changes) -> list[Tags]:
    """The gold's own labels as predictions, with the same changes to every sentence."""
    return [replace(tags_of(sentence), **changes) for sentence in gold.sentences]


def cut(gold: GoldReport, *pieces: str) -> list[Sentence]:
    """The report's text in sentences of another cutting."""
    found, at = [], 0
    for index, piece in enumerate(pieces):
        start = gold.report.text.index(piece, at)
        at = start + len(piece)
        found.append(Sentence(gold.report.id, index, start, at, piece, Block("text")))
    return found


def claim(
    sentence: GoldSentence,
    speaker: Speaker | None = None,
    contest: tuple[FacetContest, ...] = (),
    event: str | None = None,
) -> Claim:
    own = tags_of(sentence)
    return Claim(
        sentence.sentence, own, own.stance, speaker or Speaker("author", "author"), contest=contest, event=event
    )
