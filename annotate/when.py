"""The day that a sentence speaks of, resolved against the report's date.

Without a report date "Tuesday" stays relative: ``report-id/tuesday`` equals itself within the report and
nothing outside it, so that events of different reports are never merged on a weekday's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

import regex

from annotate.calendar import MONTH, NUMBERS
from annotate.document import Report, Sentence
from annotate.stamps import LINES, opens_with_day

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ORDINAL = r"(?:st|nd|rd|th)?"
_FULL = regex.compile(
    rf"\b(?:(?P<day>\d{{1,2}}){_ORDINAL}\s+(?:of\s+)?(?P<month>{MONTH})\b\.?|(?P<month2>{MONTH})\b\.?\s+(?P<day2>\d{{1,2}}){_ORDINAL}\b)"
    r"(?:,?\s+(?P<year>(?:19|20)\d\d))?",
    regex.I,
)
_ISO = regex.compile(r"\b(?P<iso>(?:19|20)\d\d-\d\d-\d\d)\b")
_WEEKDAY = regex.compile(rf"\b(?:(?P<last>last|previous)\s+)?(?P<weekday>{'|'.join(_DAYS)})(?:s\b)?", regex.I)
_TODAY = regex.compile(
    r"\b(?:today|this\s+(?:morning|afternoon|evening)|tonight|earlier\s+(?:in\s+the\s+day|today))\b", regex.I
)
_YESTERDAY = regex.compile(r"\byesterday\b|\blast\s+night\b", regex.I)
# A span of time is no day: "since Monday", "until 18 November", "last week".
_SPAN = regex.compile(r"\b(?:since|until|till|before|after|from|by|through|for)\s+(?:late\s+|mid-|early\s+)?$", regex.I)
# What stands before the day on which something was told.
_TELLING = regex.compile(
    r"\b(?:said|says|told|announc|report|stat(?=ed|ement)|add(?=ed)|wrote|writ|confirm|conced|acknowledg|admit|claim|den(?=y|i)|declar"
    r"|insist|tweet|post(?=ed)|publish|statement|quot|brief|releas|issu|broadcast|read(?:ing)?|bulletin|communiqu)\w*"
    r"\s+(?:(?!that\b)[\w’'-]+\s+){0,4}?(?:(?:on|late|early|earlier)\s+)*$",
    regex.I,
)
# An answer to what others tell, and a later look at it, come on any day after: before the day, or behind it.
_LATER = (
    r"(?:den(?:y|ie)|dismiss|reject|refut|disput|rebut|blam|accus|admit|admi(?=ssion)|acknowledg|conced|retract|respond|repl(?:y|ie)"
    r"|point(?:ed|ing)\s+(?:the|a)\s+finger|claim(?:ed|ing|s)?\s+(?:responsib|credit))\w*"
)
_ANSWERED = regex.compile(
    rf"\b{_LATER}\s+(?:(?:it|this|them|him|such|any|all|again|also|both|(?:the|those|these)(?=\s+(?:reports?|claims?|charges?|allegations?|accusations?))"
    r"|reports?|claims?|charges?|allegations?|accusations?|responsibility|credit|involvement)\s+){0,3}?(?:(?:on|late|early|earlier)\s+)*$",
    regex.I,
)
_ANSWERS = regex.compile(
    r"^(?:[’']s)?(?:\s+(?:morning|afternoon|evening|night))?,?\s+(?:\w+ly\s+)?"
    rf"(?:{_LATER}|(?:press\s+)?(?:briefings?|bulletins?|statements?|communiqu\w+|summar(?:y|ies)|editions?|issue|newscast|news\s+conference|conference|interview|dispatch|papers?|newspapers?))\b",
    regex.I,
)
_BEFORE = regex.compile(r"\bthe\s+(?:day\s+before|previous\s+(?:day|night|evening))\b", regex.I)
_VAGUE = regex.compile(
    r"\b(?:last|this|past|previous|earlier\s+this|in\s+recent|for)\s+(?:\w+\s+)?(?:weeks?|months?|years?|days?)\b"
    r"|\bsince\s+(?:\p{Lu}\w+\s+)?(?:19|20)\d\d\b|\b(?:throughout|during)\s+(?:the\s+)?(?:war|conflict|years)\b"
    r"|\b(?:routinely|regularly|repeatedly\s+in\s+the\s+past|traditionally|historically)\b"
    r"|\bperiodically\b|\bfor\s+(?:weeks|months|years)\b|\blong\b",
    regex.I,
)


_MONTHLY = regex.compile(rf"\b(?P<month>{MONTH})\b\.?,?\s+(?:of\s+)?(?P<year>(?:19|20)\d\d)\b", regex.I)
_IN_YEAR = regex.compile(r"^\W*(?:in\s+|during\s+)?(?P<year>(?:19|20)\d\d)(?=\W|$)", regex.I)  # a heading, "In 2015, …"
_OF_YEAR = regex.compile(rf"\b(?:in|of|during|(?:{MONTH})\.?|\d{{1,2}},?)\s+(?P<year>(?:19|20)\d\d)\b(?!-\d)", regex.I)
_PARTS = (
    ("dawn", "daybreak", "sunrise"),
    ("morning",),
    ("noon", "midday"),
    ("afternoon",),
    ("dusk", "sunset", "evening", "nightfall"),
)
_PART = regex.compile(rf"\b(?:{'|'.join(word for words in _PARTS for word in words)})\b", regex.I)


def day_of(text: str, report: Report) -> str | None:
    """The first day named in the text, that of the deed before that of the telling.

    ISO 8601, ``report/weekday`` in an undated report, or None.
    """
    anchor = date.fromisoformat(report.date) if report.date else None
    found: list[tuple[int, str]] = []
    for match in _ISO.finditer(text):
        found.append((match.start(), match["iso"]))
    for match in _FULL.finditer(text):
        if not _SPAN.search(text[: match.start()]) and (day := _calendar(match, anchor)):
            found.append((match.start(), day))
    for match in _WEEKDAY.finditer(text):
        owned = text[match.end() : match.end() + 2] in ("'s", "’s")  # "from Tuesday's strike" names the strike's day
        if owned or not _SPAN.search(text[: match.start()]):
            found.append((match.start(), _weekday(match["weekday"].lower(), anchor, report.id, bool(match["last"]))))
    for pattern, back in ((_TODAY, 0), (_YESTERDAY, 1)):
        if said := pattern.search(text):
            day = (anchor - timedelta(days=back)).isoformat() if anchor else f"{report.id}/{back} days before"
            found.append((said.start(), day))
    # What was "conceded on Tuesday" of Monday is of Monday; where no other day is named, news is of the day it is told,
    # but an answer to news is of any day before.
    answers = [(start, day) for start, day in found if _ANSWERED.search(text[:start]) or _answers(text, start)]
    news = [pair for pair in found if pair not in answers]
    done = [(start, day) for start, day in news if not _TELLING.search(text[:start])]
    if not done and found and _BEFORE.search(text) and (day := _day_before(min(found)[1])):
        return day
    return min(done or news)[1] if news else None


def _answers(text: str, start: int) -> bool:
    """Whether what begins at ``start`` is the day of an answer: "on Wednesday denied", "its Thursday briefing"."""
    day = _WEEKDAY.match(text, start) or _FULL.match(text, start)
    told = day is not None and not regex.search(r"\b(?:the|of|for)\s+$", text[:start], regex.I)
    return day is not None and told and bool(_ANSWERS.match(text[day.end() :]))


def _day_before(day: str) -> str | None:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if _ISO.fullmatch(day) else None


def days_of(sentences: Sequence[Sentence], report: Report) -> list[str | None]:
    """The day that each sentence of a report speaks of.

    In a chronicle what names no day of its own is of the day that its row, entry or heading opens with, and "Tuesday"
    is counted from there.
    """
    named = _with_years(sentences, [day_of(sentence.text, report) for sentence in sentences])
    items = [list(item) for _, item in groupby(range(len(sentences)), key=lambda n: sentences[n].block.item)]
    dated = [item for item in items if opens_with_day(sentences[item[0]].text)]
    if len(dated) < LINES:
        return named
    for first, *others in dated:
        told = named[first]
        within = replace(report, date=told) if told and len(told) == len("2016-12-07") else report
        for number in others:
            named[number] = day_of(sentences[number].text, within) or told
    return named


def _with_years(sentences: Sequence[Sentence], days: list[str | None]) -> list[str | None]:
    """The days of an undated report, those of an unknown year with the year that was named last."""
    found = list(days)
    year: str | None = None
    for number, (sentence, day) in enumerate(zip(sentences, days, strict=True)):
        if day is not None and day.startswith("--") and year is not None:
            found[number] = _real(year + day[1:])
        if said := (day if day is not None and _ISO.fullmatch(day) else month_of(sentence.text, None)):
            year = said[:4]
        elif opens := _IN_YEAR.match(sentence.text):
            year = opens["year"]
    return found


def _real(day: str) -> str | None:
    try:
        return date.fromisoformat(day).isoformat()
    except ValueError:
        return None  # 29 February


def month_of(text: str, day: str | None) -> str | None:
    """The one month that a sentence speaks of, as ISO 8601 writes it: its day's, else one that is named with a year."""
    if day is not None:
        return day[:7] if _ISO.fullmatch(day) else None
    said = {
        f"{match['year']}-{NUMBERS[match['month'].lower()[:3]]:02}"
        for match in _MONTHLY.finditer(text)
        if not _SPAN.search(text[: match.start()])
    }
    return said.pop() if len(said) == 1 else None


def year_of(text: str) -> str | None:
    """The one year that a sentence names as that of what it tells."""
    said = {match["year"] for match in _OF_YEAR.finditer(text) if not _SPAN.search(text[: match.start()])}
    return said.pop() if len(said) == 1 else None


def part_of_day(text: str) -> int | None:
    """The first part of the day named in the text, counted from dawn; None where none is, or only the night."""
    said = _PART.search(text)
    return None if said is None else next(n for n, words in enumerate(_PARTS) if said[0].lower() in words)


def spans_time(text: str) -> bool:
    """Whether the text speaks of weeks, months or years and so of no single happening."""
    return bool(_VAGUE.search(text))


def _calendar(match: regex.Match[str], anchor: date | None) -> str | None:
    day = int(match["day"] or match["day2"])
    month = NUMBERS[(match["month"] or match["month2"]).lower()[:3]]
    year = int(match["year"]) if match["year"] else anchor.year if anchor else None
    if year is None:
        return f"--{month:02}-{day:02}" if day <= 31 else None  # a day of an unknown year, ISO 8601's truncated form
    try:
        named = date(year, month, day)
    except ValueError:
        return None
    if not match["year"] and anchor and named > anchor + timedelta(days=31):
        named = named.replace(year=year - 1)  # "December 30" in a report of January
    return named.isoformat()


def _weekday(name: str, anchor: date | None, report: str, last: bool) -> str:
    if anchor is None:
        return f"{report}/{name}"
    back = (anchor.weekday() - _DAYS.index(name)) % 7
    return (anchor - timedelta(days=back or (7 if last else 0))).isoformat()
