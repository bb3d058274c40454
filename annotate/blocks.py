"""What the layout of a report says: its paragraphs, stamps and separators, and what kind each paragraph is.

A stamp is no sentence, and every paragraph down to the next stamp inherits its time. Kinds are read off the form
alone; where form cannot tell, a paragraph is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from annotate.document import Block, BlockKind, Stamp
from annotate.stamps import habits, in_mid_line, opens_with_day, stamp

_CAPTION = re.compile(
    r"""(?:(?:FILE\s)?PHOTOS?|(?:File\s)?[Pp]hotos?(?:graph)?|PICTURES?|Picture|IMAGES?|Image|VIDEOS?|Video|MAPS?|Map
    |GRAPHIC|Graphic|CAPTION|Caption|FILE|IN\sPICTURES)\s*(?::|\s[–—-]\s)
    |!\[.*\]\(.*\)$
    |[*_][^*_]+[*_]$""",
    re.VERBOSE,
)
_CAPTION_END = re.compile(
    r"(?:\((?:AP|AFP|EPA|Reuters|Getty)\b[^()]{0,50}\)|\((?:[Pp]hoto|[Ii]mage)\b[^()]{0,60}\)|\s{2}Credit [^.]{3,60})$"
)
_CREDIT = re.compile(
    r"""\(?(?:(?:With\s)?[Aa]dditional\s)?(?:[Rr]eporting|[Ww]riting|[Ee]diting|[Cc]ompiled|[Tt]ranslated|[Pp]roduced)
        (?:,?\s(?:and\s)?(?:writing|editing|reporting))*\s[Bb]y\s
    |(?:Associated\sPress|AP|Reuters|AFP)\s(?:[Ww]riters?|[Jj]ournalists?|reporters?)\s.*contributed
    |[A-Z].{3,120}\scontributed\s(?:to\sthis\s(?:report|article|story)|reporting)
    |©|Copyright\b|\([cC]\)\s?\d{4}|All\srights\sreserved
    |(?:Last\s)?(?:[Uu]pdated|UPDATED|[Pp]ublished|PUBLISHED|[Mm]odified)\b[^.]{0,40}\d
    |B[yY]\s[A-Z][\w.’'-]+(?:\s(?:and|[A-Z][\w.’'-]+)){1,6},?(?:\s[A-Z].*)?$""",
    re.VERBOSE,
)
_INITIALS = re.compile(
    r"[A-Z]\w{0,10}\.?(?:\s?[A-Z]\w{1,12})?(?:\s?/\s?(?:[A-Z]\.?\s?)*(?:[A-Z][\w-]{0,14})?){1,4}\.?$"
)
_INLINE_CREDIT = re.compile(
    r"\((?:(?:With )?[Aa]dditional )?(?:[Rr]eporting|[Ww]riting|[Ee]diting)(?: and editing)? [Bb]y "
)
_POINTER = re.compile(
    r"""See(?:\s(?:also|more|our|the|[A-Z“"'])|:)|SEE\s(?:ALSO|MORE)|Jump\sto\b|Continue\sreading\b
    |(?:Read|READ)(?:\s(?:more|MORE|[Aa]lso|ALSO|next|on|the\sfull|our)\b|:)|(?:Related|RELATED)\b|(?:More|MORE)\s(?:on|from|about|ON|FROM)\s
    |(?:Click|Tap)\s(?:here|on)\b|(?:Watch|WATCH|Listen|LISTEN)(?::|\s(?:live|the|to|more|LIVE)\b)
    |Follow\s(?:us|@|our|the\slatest)|Sign\sup\b|Subscribe\b|Share\s(?:this|on|via)\b|Back\sto\stop|Skip\sto\b
    |(?:Audio|Video|Podcast|Interactive|Infographic|Gallery|Slideshow|Live\s?blog)s?(?:\s[A-Z]\w+){0,2}:\s
    |(?:[A-Z]\w+\s){1,3}Feature:\s|https?://\S+$|[>»→]+\s|[-*•]?\s*\[[^\]]+\]\([^)]+\)$|\[[^\]]+\]$""",
    re.VERBOSE,
)
_FURNITURE = re.compile(
    r"(?:Advertisement|ADVERTISEMENT|Source|Sources|Share|Print|E-?mail|Comments?|Tweet|Menu|Home|Loading|Tags?|Topics?)\.{0,3}$"
)

_SPEECH = re.compile(
    r"""\b(?:sa(?:id|ys?|ying)|told|tells|tell|explain(?:s|ed)|echo(?:es|ed)|add(?:s|ed)|wr(?:ote|ites?)|warn(?:s|ed|ing)|declared?s?
    |state[sd]|statement|letter|recall(?:s|ed)|testif(?:y|ies|ied)|describe[sd]?|comment(?:s|ed)|continue[sd]|remark(?:s|ed)
    |reads?|announce[sd]|conclude[sd]|respond(?:s|ed)|repl(?:y|ies|ied)|asks?|asked|quot(?:es?|ed|ing)|leaflets?|words|as\sfollows)\b""",
    re.VERBOSE,
)
_SHOWN = re.compile(
    r"\b(?:tweet\w*|Twitter|video\w*|footage|photo\w*|pictures?|images?|maps?|clips?|audio|interview|here)\b", re.I
)
_ROW = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
_SIGN = re.compile(r"#{1,6}\s+|>\s?(?=\S)")
_LIST = re.compile(r"[-*•·]\s|\(?\d{1,2}[.)]\s")
_CLOSERS = "\"”’'»)]*_"
_OPENING = "\"“‘'«"

_Row = tuple[int, int, bool]  # start, end, whether a blank line stands before


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph less its stamp: offsets into the text, and the block that its sentences share."""

    start: int
    end: int
    block: Block


@dataclass(slots=True)
class _Line:
    """A paragraph while it is being read."""

    start: int
    end: int
    text: str  # without stamp and marks; long ones as head and tail
    gap: bool  # a blank line stands before it
    kind: BlockKind | None = None
    stamp: tuple[BlockKind, Stamp | None] | None = None
    rule: bool = False  # a separator stands before it
    entry: bool = False  # a row of a table, or a day of a chronicle


def passages(text: str) -> tuple[list[Passage], list[tuple[int, int]]]:
    """Cut a frozen text into paragraphs.

    Returns:
        The paragraphs in reading order, and the offsets of the marks outside them: stamps, separators and Markdown's
        signs. Every character that is not white space is in exactly one of the two.
    """
    lines, marks = _lines(text)
    _kinds(lines)
    return list(_number(lines)), marks


def _extents(text: str) -> list[_Row]:
    """Start, end and whether a blank line stands before, of each paragraph as laid out."""
    rows: list[_Row] = []
    last = 0
    for match in _ROW.finditer(text):
        row = match.group()
        if body := row.strip():
            start = match.start() + len(row) - len(row.lstrip())
            rows.append((start, start + len(body), text.count("\n", last, start) > 1))
            last = start + len(body)
    return _unwrap(text, rows)


def _unwrap(text: str, rows: list[_Row]) -> list[_Row]:
    """Join the lines of a text that was wrapped at a fixed width.

    In such a text the next line's first word would never have fitted on the line before. One sentence a line looks
    otherwise: its lines break early or run past any width. Elsewhere only a line that stops in mid-clause, with a small
    letter on the next, goes on.
    """
    width = max((end - start for start, end, _ in rows), default=0)
    full = [False] * len(rows)
    if 40 <= width <= 100:
        for i, ((start, end, _), (after, stop, gap)) in enumerate(pairwise(rows)):
            full[i] = not gap and end - start + 1 + len(text[after:stop].split(None, 1)[0]) > width - 3
        inner = sum(not gap for _, _, gap in rows[1:])
        if inner < 4 or sum(full) < 0.7 * inner:
            full = [False] * len(rows)
    return _join(
        rows, [on or _runs_on(text, row, after) for on, (row, after) in zip(full, pairwise(rows), strict=False)]
    )


def _join(rows: list[_Row], on: list[bool]) -> list[_Row]:
    """Put together each line that goes on with the next."""
    joined = rows[:1]
    for (start, end, gap), goes_on in zip(rows[1:], on, strict=False):
        if goes_on:
            joined[-1] = (joined[-1][0], end, joined[-1][2])
        else:
            joined.append((start, end, gap))
    return joined


def _runs_on(text: str, row: _Row, after: _Row) -> bool:
    """Whether a line plainly stops in mid-clause: a comma or a letter at its end, a small letter on the next."""
    start, end, _ = row
    following, _, gap = after
    if gap or not text[following].islower() or end - start < 25:
        return False
    return (text[end - 1].islower() or text[end - 1] == ",") and not _LIST.match(text, start, end)


def _lines(text: str) -> tuple[list[_Line], list[tuple[int, int]]]:
    """Peel separators, Markdown's signs and stamps off the paragraphs."""
    lines: list[_Line] = []
    marks: list[tuple[int, int]] = []
    page = habits(text)
    cuts = in_mid_line(text)
    stamped: tuple[BlockKind, Stamp | None] | None = None
    rule = False
    for start, end, gap in _split(text, cuts):
        if not any(map(str.isalnum, text[start : min(end, start + 80)])) and not any(map(str.isalnum, text[start:end])):
            marks.append((start, end))
            rule = True
            continue
        kind, begin = _sign(text, start)
        if begin > start:
            marks.append((start, start + len(text[start:begin].rstrip())))
        if found := stamp(text, begin, end, page):
            past, *_ = found
            stamped = found[1:]
            marks.append((begin, begin + len(text[begin:past].rstrip())))
            begin = past
        if begin >= end:
            continue
        size = end - begin
        words = text[begin:end] if size <= 400 else text[begin : begin + 300] + " … " + text[end - 100 : end]
        entry = words.count("|") > 1 or (page.chronicle and opens_with_day(words))
        lines.append(_Line(begin, end, words, gap, kind, stamped, rule, entry))
        stamped, rule = None, False
    return lines, marks


def _split(text: str, cuts: list[int]) -> Iterator[_Row]:
    """The paragraphs, cut also before a stamp that stands in mid-line."""
    at = 0
    for start, end, gap in _extents(text):
        while at < len(cuts) and cuts[at] <= start:
            at += 1
        while at < len(cuts) and cuts[at] < end:
            yield start, start + len(text[start : cuts[at]].rstrip()), gap
            start, gap, at = cuts[at], True, at + 1
        yield start, end, gap


def _sign(text: str, start: int) -> tuple[BlockKind | None, int]:
    """Markdown's heading and quotation signs: the kind of paragraph, and where its words begin."""
    head = text[start : start + 8]
    if match := _SIGN.match(head):
        return "heading" if head[0] == "#" else "quote", start + match.end()
    return None, start


def kind_of_sentence(words: str) -> BlockKind | None:
    """What a single sentence shows of itself where a wire story runs everything into one paragraph."""
    if words.startswith("(") and _INLINE_CREDIT.match(words):
        return "credit"
    if "/" in words[:40] and len(words) <= 60 and _INITIALS.match(words):
        return "credit"
    if words.startswith("(") and _CAPTION_END.match(words):
        return "caption"
    return None


def _kinds(lines: list[_Line]) -> None:
    """Captions, credits, pointers and headings, by their form alone."""
    spaced = any(line.gap for line in lines[1:])
    run: list[_Line] = []  # what looks like headings, one right after another
    for i, line in enumerate(lines):
        line.kind = line.kind or _kind(line.text)
        last = i + 1 == len(lines)
        if line.kind is None and not last and _heads(line, lines[i + 1], first=i == 0, spaced=spaced):
            line.kind = "heading"
            if line.stamp is None and not (run and line.rule):
                run.append(line)
                continue
        if len(run) >= 3:  # a list or a table, under a heading of its own where it is the first thing on the page
            for row in run[1 if run[0] is lines[0] else 0 :]:
                row.kind = None
        run = [line] if line.kind == "heading" and line.rule else []


def _kind(words: str) -> BlockKind | None:
    ends = words.rstrip(_CLOSERS)[-1:] in tuple(".!?…")
    if _CAPTION.match(words) or (len(words) < 350 and _CAPTION_END.search(words)):
        return "caption"
    if (credit := _CREDIT.match(words)) and (not ends or credit.group().startswith("(") or "ontributed" in words):
        return "credit"
    if kind_of_sentence(words):
        return "credit"
    if len(words) <= 200 and (words[-1] == "»" or _FURNITURE.match(words) or (not ends and _POINTER.match(words))):
        return "pointer"
    return None


def _heads(line: _Line, after: _Line, *, first: bool, spaced: bool) -> bool:
    """Whether a line looks like a heading over what comes after it."""
    words = line.text
    bare = words.rstrip(_CLOSERS)
    if len(words) > 140 or not bare or bare[-1] in ".…:;," or _LIST.match(words):
        return False
    if "\t" in words or "   " in words or words.count("|") > 2:  # a row of a table
        return False
    if not (words[0].isupper() or words[0].isdigit() or words[0] in _OPENING):
        return False
    pieces = words.split()
    long = [p for p in (piece.strip("“”\"'’‘(),") for piece in pieces) if len(p) >= 4 and p[0].isalpha()]
    titled = bool(long) and sum(p[0].isupper() for p in long) >= 0.8 * len(long)
    if bare[-1] in "!?":
        return titled and len(long) >= 2
    if titled and len(pieces) <= 20:
        return True
    apart = after.gap or after.stamp is not None or not spaced
    return len(pieces) <= (20 if first else 14) and apart and len(after.text) > len(words)


def _number(lines: list[_Line]) -> Iterator[Passage]:
    """Give each paragraph its block: kind, inherited stamp, item and paragraph number."""
    spaced = any(line.gap for line in lines[1:])
    kind: BlockKind = "text"
    time: Stamp | None = None
    item = 0
    quoting = False  # this paragraph goes on with the block quotation of the one before
    for number, line in enumerate(lines):
        if number and (line.stamp or line.rule or line.entry or line.kind == "heading"):
            item += 1
        if line.stamp:
            kind, time = line.stamp
        before = lines[number - 1] if number else None
        here = line.kind
        if here is None and not (line.stamp or line.rule) and before is not None:
            if _leads(before, line) or (quoting and _goes_on(before, line, spaced)):
                here = "quote"
        quoting = here == "quote"
        yield Passage(line.start, line.end, Block(here or kind, time, item, number))


def _leads(before: _Line, line: _Line) -> bool:
    """Whether a colon paragraph ("One resident said:") opens the block quotation that comes next."""
    if before.kind is not None or not before.text.rstrip().endswith(":"):
        return False
    lead = re.split(r"[.!?…][\"”’)]*\s", before.text)[-1]
    if not _SPEECH.search(lead) or line.text.endswith(":"):
        return False
    if line.text[0] in _OPENING:
        return line.text[-1] in _CLOSERS or not re.search(r"[\"”]\s", line.text)
    return _SHOWN.search(lead) is None


def _goes_on(before: _Line, line: _Line, spaced: bool) -> bool:
    """Whether a quotation runs on: the next line without a blank one, or a quotation mark that was not closed."""
    if line.text.endswith(":"):
        return False
    if before.text[0] in '“"«':
        return line.text[0] in '“"«' and before.text[-1] not in '”"»'
    return spaced and not line.gap
