"""Reports -> sentences, by offsets into the frozen text. Nothing is lost and nothing is changed.

A sentence ends at a line's end, or at a stop that the next word allows: a capital, a digit or a quotation mark, and
no abbreviation before it. A small letter after a full stop goes on with the sentence ("rebel shells. hit a field
hospital"); a capital glued to one begins the next ("said.The").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from annotate.blocks import Passage, kind_of_sentence, passages
from annotate.calendar import NUMBERS, SHORT
from annotate.document import Block, Report, Sentence, Span

LONGEST = 2000  # characters; a longer sentence is cut at a space

_STOP = re.compile(
    r"""(?:\.(?:\s\.){2,}|[.!?…؟。]+)
        (?P<tail>(?:["”’»')\]*_]|\[(?:\d{1,3}|[a-z]|n(?:ote|b)\s\d+|citation\sneeded)\]|[¹²³⁴-⁹⁰])*)
        (?P<space>\s*)""",
    re.VERBOSE,
)
_OPENERS = "\"“”‘'’«([—–-•*·_#… \u00a0\t"
_WORD = re.compile(r"[\w&’'-]*")
_SOLID = re.compile(r"\S")
_LETTER = re.compile(r"[^\W_]")
_NAMED = re.compile(r"(?:al|el|an|as|ash|ad|ar|at|az)[-–][A-Z]")  # a small letter that begins a name
_ENUMERATOR = re.compile(r"\W*(?:\d{1,2}|[A-Za-z]|[ivx]{2,4})$")

# Before a capital these never end a sentence.
_TITLES = frozenset(
    """Adm Amb Asst Brig Capt Cmdr Col Comdr Cpl Cpt Dr Eng Ft Fr Gen Gov Hon Insp Lt Maj Messrs Mr Mrs Ms Mt Pfc Ph
    Pres Prof Pvt Rep Reps Rev Sen Sens Sgt Spc Spec St Supt Dept Univ Assn Lt.Gen Maj.Gen Brig.Gen Lt.Col
    dept vs v eg e.g ie i.e cf ca approx viz""".split()
)
# Before a digit these never do.
_COUNTED = frozenset("""no nos art arts fig figs para paras p pp vol ch sec res op sept""".split()) | (
    frozenset(NUMBERS) - {"may"}
)
# Before a capital these, U.S. and the J. of Gary J. Volesky do only where the next word is one that begins sentences.
_LAST = frozenset(
    """Inc Ltd Co Corp Jr Sr Bros Plc Llc etc al
    Ariz Calif Colo Conn Fla Ga Ill Ky La Mass Md Mich Minn Nev Okla Pa Tenn Tex Va Wash Wis""".split()
)
_STARTERS = frozenset(
    """A According After All Also Although An And Another As At Because Before But By Despite Dozens During Earlier
    Every For From He Her Here His How However Hundreds I If In Instead It Its Last Later Many Meanwhile More Moreover
    Most My No Nobody Not Now On One Only Our Several She Since So Some Such That The Their Then There These They This
    Those Though Thousands Three Thus To Today Two Until Usually We What When Where Whether Which While Who Why With
    Yesterday Yet You Your""".split()
)
_AFTER_HOUR = re.compile(
    rf"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:{SHORT})|[A-Z]{{2,4}}T\b|GMT|UTC|Z\b"
    r"|[A-Z]\w+ time\b|Eastern\b|Local\b"
)
_OUTLET = re.compile(r"[–—-]\s?[A-Z][\w ]*$")  # what a headline ends with: "Why now? – CNN"
_DOMAIN = re.compile(
    r"(?:Com|Org|Net|Info|Gov|Edu|Co|Uk|Ru|Sy|PNG|JPE?G|SVG|GIF|PDF)\b"
)  # and the ends of files' names


@dataclass(frozen=True, slots=True)
class Segmented:
    """A report cut up: its numbered sentences, and the stamps and separators outside them."""

    report: Report
    sentences: tuple[Sentence, ...]
    marks: tuple[Span, ...]


def segment(report: Report) -> Segmented:
    """Cut a report into sentences, each with the block that it stands in.

    Every character that is not white space is in exactly one sentence or mark.
    """
    text = report.text
    parts, marks = passages(text)
    sentences: list[Sentence] = []
    for part in parts:
        for start, end in _cut(text, part.start, part.end):
            sentences.append(_sentence(report, len(sentences), start, end, part))
    return Segmented(report, tuple(sentences), tuple(Span(s, e, text[s:e]) for s, e in marks))


def locate(report: Report, spans: Sequence[tuple[int, int]]) -> list[Sentence]:
    """Place sentences that were cut elsewhere into this report's blocks.

    Args:
        report: the report that the offsets count in.
        spans: start and end of each sentence, in reading order; none empty.

    Returns:
        One sentence a span, numbered in the order given. A stamp at the start ("UPDATE 1830 GMT: ") is trimmed off;
        a span that is nothing but a stamp or a separator stays as it is.
    """
    parts, _ = passages(report.text)
    starts = [part.start for part in parts]
    nowhere = Passage(0, 0, Block("text"))
    sentences = []
    for index, (start, end) in enumerate(spans):
        at = max(bisect_right(starts, start) - 1, 0)
        if at + 1 < len(parts) and parts[at].end <= start and parts[at + 1].start < end:
            at += 1
        part = parts[at] if parts else nowhere
        if start < part.start < end:
            start = part.start
        sentences.append(_sentence(report, index, start, end, part))
    return sentences


def _sentence(report: Report, index: int, start: int, end: int, part: Passage) -> Sentence:
    words = report.text[start:end]
    kind = kind_of_sentence(words)
    block = part.block if kind is None else replace(part.block, kind=kind)
    return Sentence(report.id, index, start, end, words, block)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence of one paragraph."""
    for begin, stop in _stops(text, start, end):
        while stop - begin > LONGEST:
            space = text.rfind(" ", begin + 1, begin + LONGEST)
            cut = space if space > 0 else begin + LONGEST
            yield begin, begin + len(text[begin:cut].rstrip())
            begin = _first(text, cut, stop)
        yield begin, stop


def _first(text: str, start: int, end: int) -> int:
    """The first character from start that is not white space; there is one before end."""
    found = _SOLID.search(text, start, end)
    return found.start() if found else start


def _stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = seen = start  # no letter or digit between begin and seen
    worded = False
    counted, marks = start, 0  # straight quotation marks up to here
    for match in _STOP.finditer(text, start, end):
        if not worded:
            worded = _LETTER.search(text, seen, match.start()) is not None
            seen = match.end()
        if match.end() >= end or not worded:
            continue
        stop = match.end("tail")
        if not match.group("space") and match.group("tail").startswith('"'):
            marks += text.count('"', counted, match.start())
            counted = match.start()
            if marks % 2 == 0:  # it opens what comes next
                stop = match.start("tail")
        if (at := _next(text, match, stop, begin, end)) is not None:
            yield begin, stop
            begin = seen = at
            worded = False
    if begin < end:
        yield begin, end


def _next(text: str, match: re.Match[str], stop: int, begin: int, end: int) -> int | None:
    """Where the next sentence begins if one does after this stop."""
    at = match.end() if stop == match.end("tail") else stop
    first = at
    while first < min(end, at + 8) and text[first] in _OPENERS:
        first += 1
    if first >= end:
        return None
    letter = text[first]
    if letter.islower() and not _NAMED.match(text, first):
        return None
    single = match.group()[:1] == "." and text[match.start() : stop] == "."
    word = (text[max(begin, match.start() - 24) : match.start()].split() or [""])[-1]
    token = word.rpartition("/")[2].lstrip("\"“”‘’'([«—–-")
    if first > at and end - first <= 40 and _OUTLET.match(text, at, end):
        return None
    if at == match.start() + 1 or not match.group("space"):
        address = "/" in word or "@" in word or word.startswith("www")
        return at if letter.isupper() and not address and (not single or _glued(text, token, first)) else None
    if match.start() - begin <= 8 and single and _ENUMERATOR.match(text[begin : match.start()]):
        return None
    return None if single and _abbreviated(text, token, first) else at


def _glued(text: str, token: str, first: int) -> bool:
    """Whether a full stop without a space after it ends a sentence ("said.The")."""
    last = token[-1:]
    whole = len(token) > 1 and "." not in token and (last.islower() or last.isdigit() or last in ')]%"”’')
    return whole and token not in _TITLES and not _DOMAIN.match(text, first)


def _abbreviated(text: str, token: str, first: int) -> bool:
    """Whether the full stop after this word belongs to the word ("Gen.", "U.S.", "Sept. 30")."""
    low = token.lower()
    letter = text[first]
    if token in _TITLES or (token.isupper() and token.capitalize() in _TITLES):
        return True
    if letter.isdigit():
        return low in _COUNTED or (len(token) > 1 and token[-2:-1] == ".") or token in ("U", "N")
    if low in ("a.m", "p.m"):
        return _AFTER_HOUR.match(text, first) is not None
    initial = (len(token) == 1 and token.isupper()) or (len(token) > 2 and token[-2] == "." and token[-1].isalpha())
    if initial or token in _LAST:
        following = _WORD.match(text, first)
        return following is None or following.group() not in _STARTERS
    return False
