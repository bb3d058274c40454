"""Stamps: the clock or the word that a live blog sets before an item ("UPDATE 1830 GMT: ", "9.31am:", "9:00 p.m.").

A time is given in UTC, ``HH:MMZ``, only where the page says so (GMT, UTC, Z, or "all times GMT"). Every other clock is
given as printed, ``HH:MM`` without the Z: it still orders the items of one page, and no zone is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from annotate.calendar import SHORT
from annotate.document import BlockKind, Stamp

LINES = 3  # so many alike make a habit of a page: a column of clocks, a chronicle; one day is a dateline
_MONTH = rf"(?:{SHORT})[a-z]*\.?"
_DAY = rf"""(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:\sat|,)?\s)?
    (?:\d{{4}}-\d\d-\d\d[T ,]\s?|(?:\d{{1,2}}\s{_MONTH}|{_MONTH}\s\d{{1,2}})(?:,?\s\d{{4}})?(?:\sat|,)?\s)?"""
_CLOCK = r"""(?:
    (?P<hour>1[0-2]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?\s?(?P<half>[ap])\.?m\b\.?
    | (?P<hour24>[01]\d|2[0-3]|\d(?=[:.]))(?P<colon>[:.]?)(?P<minute24>[0-5]\d)(?::[0-5]\d)?)"""
_ZONE = r"""(?:\s?(?P<zone>(?:GMT|UTC)(?:\s?[+-]\d{1,2}(?::?\d\d)?)?|Z
    |BST|C?EST|C?EDT|CET|EET|EEST|MSK|TRT|IST|IDT|AST|ET|CST|CDT|CT|PST|PDT|PT|local\stime|local)\b\.?)?"""
_TIME = rf"{_DAY}{_CLOCK}{_ZONE}"

_UPDATE = re.compile(
    rf"(?:UPDATED?|Update)\b(?:\s\#?\d{{1,2}}(?=[\s,(]|:(?!\d)))?[\s,(]*(?:(?:at|AT)\s)?(?:{_TIME})?\)?(?P<sep>\s*[:–—-]+\s*)?",
    re.VERBOSE,
)
_ORIGINAL = re.compile(
    rf"(?:ORIGINAL|Original)\s(?:ENTRY|POST|STORY|REPORT|Entry|Post|Story|Report|entry|post|story|report)\b"
    rf"[\s,(]*(?:{_TIME})?\)?(?P<sep>\s*[:–—-]+\s*)?",
    re.VERBOSE,
)
_BARE = re.compile(
    rf"[\[(]?(?:Posted\sat\s)?{_TIME}(?P<shut>[\])]?)(?P<sep>\s*(?::|[–—|]|-+)\s*(?!\d|\s))?", re.VERBOSE
)
_MID_LINE = re.compile(r"(?<=[.!?”\"’)\]:…])\s*(?=(?:UPDATE \d{4} (?:GMT|UTC)|ORIGINAL ENTRY):)")
_COLUMN = re.compile(r"^[ \t]*\d\d:\d\d[ \t]+[A-Z“\"]", re.MULTILINE)
_PATTERNS: tuple[tuple[re.Pattern[str], BlockKind], ...] = (
    (_UPDATE, "update"),
    (_ORIGINAL, "original"),
    (_BARE, "update"),
)
_CALENDAR = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?)(?:,?\s\d{{4}})?|\d{{4}}-\d\d-\d\d"
)
_DATED = re.compile(
    rf"^[^\w\n]*(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s)?(?:{_CALENDAR})[*_\s]*(?:$|[|:–—-](?!\s*\d))",
    re.MULTILINE,
)
_ALL_UTC = re.compile(r"\ball times (?:are |in |are in )?(?:GMT|UTC)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Habits:
    """How one page writes its clocks."""

    utc: bool  # it says that all its times are GMT
    column: bool  # `LINES` or more of its lines begin with a bare "19:31 "
    chronicle: bool  # as many open with a day ("12 May: ", "| 12 May 2013 |")


def habits(text: str) -> Habits:
    """Look once at the whole text for what a single stamp does not show."""
    utc = _ALL_UTC.search(text) is not None
    return Habits(utc, len(_COLUMN.findall(text)) >= LINES, len(_DATED.findall(text)) >= LINES)


def opens_with_day(text: str) -> bool:
    """Whether a line of a chronicle begins with the day that it tells of, set off from what comes after."""
    return _DATED.match(text) is not None


def in_mid_line(text: str) -> list[int]:
    """Where an unmistakable stamp follows the end of a sentence on the same line."""
    return [match.end() for match in _MID_LINE.finditer(text)]


def stamp(text: str, start: int, end: int, page: Habits) -> tuple[int, BlockKind, Stamp | None] | None:
    """The stamp that the paragraph from start to end begins with: where its first word begins, its kind, its time."""
    if not (text[start].isdigit() or text[start] in "UOP[(MTWFSJAND"):  # the first letters of the patterns
        return None
    limit = min(end, start + 100)
    for pattern, kind in _PATTERNS:
        match = pattern.match(text, start, limit)
        if match is None:
            continue
        parts = match.groupdict()
        alone = match.end() >= end
        rest = text[match.end() : limit].lstrip()[:1]
        opens = rest.isupper() or rest in tuple("“\"‘'")
        if pattern is _BARE:
            paired = (match.group()[0] in "[(") == bool(parts["shut"])
            if not (paired and _stamps(parts, alone, opens, page.column)):
                continue
        elif not (alone or parts["sep"] or (parts["zone"] and opens)):
            continue
        past = match.end() + len(text[match.end() : limit]) - len(text[match.end() : limit].lstrip())
        return past, kind, _time(parts, page.utc)
    return None


def _stamps(parts: dict[str, str | None], alone: bool, opens: bool, column: bool) -> bool:
    """Whether a clock at the head of a line stamps it, and is not the first words of a sentence."""
    sep = bool(parts["sep"]) or bool(parts["shut"])
    if parts["half"]:
        return alone or sep
    if parts["zone"]:
        return alone or sep or opens
    if parts["colon"] != ":" or len(parts["hour24"] or "") < 2:
        return False  # a year, a sum, or the minute of a video
    return alone or sep or (column and opens)


def _time(parts: dict[str, str | None], utc: bool) -> Stamp | None:
    hour, minute, half = parts["hour"] or parts["hour24"], parts["minute"] or parts["minute24"], parts["half"]
    if hour is None:
        return None
    clock = int(hour) % 12 + (12 if half == "p" else 0) if half else int(hour)
    zone = parts["zone"]
    return f"{clock:02}:{int(minute or 0):02}" + ("Z" if zone in ("GMT", "UTC", "Z") or (utc and not zone) else "")
