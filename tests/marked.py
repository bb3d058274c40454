"""Sentences with their tags written into them, so that a test can be read.

``{S The ministry} {Q denied} that {A its jets} hit {P the convoy}.`` marks source, cue, agent and place; marks may
nest. In a story every line is a sentence in a paragraph of its own, or in the one before where it begins with "+ "; a
head such as ``[attack] `` or ``[attack,casualty|official|denies|continues] `` sets types, stance, assertion and
carry-over, each of which may be empty. The layout is read as in any report: a stamp before the first mark is trimmed,
a colon leads in.
"""

import re
from dataclasses import dataclass, replace

from annotate.document import Report, Sentence, Span, Tags
from annotate.segment import locate

FIELDS = {"S": "sources", "Q": "cues", "A": "agents", "P": "places"}
PLAIN = Tags((), "unattributed", "asserts", {}, {}, {}, continues=0.0)


@dataclass(frozen=True)
class Story:
    report: Report
    sentences: tuple[Sentence, ...]
    tags: tuple[Tags, ...]


def marked(line, **overrides):
    """One sentence and its tags; overrides are fields of Tags."""
    made = story(line)
    return made.sentences[0], replace(made.tags[0], **overrides)


def story(*lines, **about):
    """A small report; keyword arguments are fields of Report."""
    text, bounds, tags = "", [], []
    for line in lines:
        head, body = re.fullmatch(r"(?:\+ )?(?:\[([a-z,-]*(?:\|[a-z-]*)*)\] )?(.*)", line, re.DOTALL).groups()
        text += (" " if line.startswith("+ ") else "\n\n") if text else ""
        plain, spans = unmark(body, len(text))
        bounds.append((len(text), len(text) + len(plain)))
        tags.append(replace(_head(head or "|"), **spans))
        text += plain
    report = Report(**{"id": "r", "text": text, **about})
    return Story(report, tuple(locate(report, bounds)), tuple(tags))


def unmark(line, offset=0):
    """The words without the marks, and the spans by field of Tags, counted from offset."""
    plain, open_, spans = "", [], {field: [] for field in FIELDS.values()}
    for piece in re.findall(r"\{[SQAP] |\}|[^{}]+", line):
        if piece.startswith("{"):
            open_.append((FIELDS[piece[1]], len(plain)))
        elif piece == "}":
            field, start = open_.pop()
            spans[field].append(Span(offset + start, offset + len(plain), plain[start:]))
        else:
            plain += piece
    assert not open_, f"a mark is not closed: {line}"
    return plain, {field: tuple(sorted(found, key=lambda span: span.start)) for field, found in spans.items()}


def remark(sentence, tags):
    """The inverse of marked: the sentence with its spans written in (nested ones too, crossing ones not)."""
    signs = [(span.start, 1, -span.end, f"{{{key} ") for key, field in FIELDS.items() for span in getattr(tags, field)]
    signs += [(span.end, 0, -span.start, "}") for field in FIELDS.values() for span in getattr(tags, field)]
    words = sentence.text
    for at, _, _, sign in sorted(signs, reverse=True):
        words = words[: at - sentence.start] + sign + words[at - sentence.start :]
    return words


def _head(head):
    types, stance, assertion, continues = [*head.split("|"), "", "", ""][:4]
    assert continues in ("", "continues"), head
    tags = replace(
        PLAIN, stance=stance or "unattributed", assertion=assertion or "asserts", continues=float(bool(continues))
    )
    return replace(tags, types=tuple(filter(None, types.split(","))))
