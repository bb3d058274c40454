"""What a file says about itself: days in the ways that dates are written, front matter, a header's ``Date:`` line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from annotate.calendar import NUMBERS

FIELDS = ("id", "title", "outlet", "date", "url")

# Where a table or an object has no key that was named by option, the first of these that it has is taken.
KEYS: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "full_text", "fulltext", "article_content", "article", "article_text"),
    "id": ("id", "report", "report_id", "doc_id", "document_id", "article_id", "unit_id", "uid"),
    "title": ("title", "headline", "article_title"),
    "outlet": ("outlet", "publisher", "publication", "source", "site_name", "sitename", "site"),
    "date": ("date", "published", "published_at", "publication_date", "date_published", "pub_date", "pubdate", "day"),
    "url": ("url", "link", "permalink", "source_url", "canonical"),
}
_ISO = re.compile(r"(\d{4})([-/]?)(\d\d)\2(\d\d)(?!\d)(?:[T ,].*)?$")
_DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})\b(?:[\s,T].*)?$"
)
_MONTH_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b(?:[\s,].*)?$"
)
_SLASHED = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2((?:19|20)?\d\d)(?:\s.*)?$")
_FRONT = re.compile(r"\A---[ \t]*\n(?P<body>(?:[^\n]*\n){0,60}?)(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_PAIR = re.compile(r"([A-Za-z_][\w -]*?)\s*:\s*(.*)$")
_DATE_LINE = re.compile(
    r"(?:Date|DATE|Published|Publication date|Date published|Posted|Posted on)\s*:\s*(?P<day>.{6,40})$"
)


def day(words: str, *, month_first: bool | None = None) -> str | None:
    """Read a calendar day as ISO 8601, or None where it is no date or could be two.

    ``4/5/2017`` could be two and is refused unless ``month_first`` says which; ``25/4/2017`` and ``4/4/17`` could not.
    """
    words = words.strip().strip("\"'")
    if match := _ISO.match(words):
        return _iso(match[1], match[3], match[4])
    if match := _DAY_FIRST.match(words):
        return _iso(match[3], NUMBERS.get(match[2][:3].lower()), match[1])
    if match := _MONTH_FIRST.match(words):
        return _iso(match[3], NUMBERS.get(match[1][:3].lower()), match[2])
    if match := _SLASHED.match(words):
        first, second = int(match[1]), int(match[3])
        year = match[4] if len(match[4]) == 4 else "20" + match[4]
        if match[2] == "." or first > 12 or first == second:
            return _iso(year, second, first)
        if second > 12:
            return _iso(year, first, second)
        if month_first is not None:
            return _iso(year, first, second) if month_first else _iso(year, second, first)
    return None


def month_first(days: Iterable[str]) -> bool | None:
    """Whether a column of dates puts the month before the day, as those of its dates show that can be read one way."""
    orders = set()
    for match in filter(None, map(_SLASHED.match, days)):
        first, second = int(match[1]), int(match[3])
        if match[2] == "/" and max(first, second) > 12:
            orders.add(second > 12)
    return orders.pop() if len(orders) == 1 else None


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """Take a Markdown file's front matter off: its plain ``key: value`` pairs, and the text after it.

    What only looks like front matter (a rule, then sentences) stays in the text.
    """
    match = _FRONT.match(text)
    if match is None:
        return {}, text
    pairs: dict[str, str] = {}
    for line in match["body"].splitlines():
        if pair := _PAIR.match(line):
            pairs[pair[1].lower()] = pair[2].strip().strip("\"'")
        elif line.strip() and line[0] not in " \t-#":
            return {}, text
    return (pairs, text[match.end() :]) if pairs else ({}, text)


def date_line(text: str) -> str | None:
    """The day that a labelled line among the first five of a text gives, where all such lines agree.

    A list item ("- Date: 7 June 2018") tells of the incident and not of the report.
    """
    head = [line.strip() for line in text[:2000].split("\n") if line.strip()][:5]
    found = {day(match["day"]) for line in head if (match := _DATE_LINE.match(line))}
    return found.pop() if len(found) == 1 else None


def _iso(year: str, month: str | int | None, number: str | int) -> str | None:
    try:
        return date(int(year), int(month or 0), int(number)).isoformat()
    except ValueError:
        return None
