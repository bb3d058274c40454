"""HTML -> text: the article's paragraphs one below the other; headings, quotations, captions signed as in Markdown."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

_SKIPPED = frozenset("script style noscript template svg math nav footer aside button select iframe dialog".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BLOCKS = frozenset(
    """address article blockquote body caption center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 header
    hgroup hr li main ol p pre section summary table tbody tfoot thead title tr ul""".split()
)
_SIGNS = {"blockquote": "> ", "li": "- ", **{f"h{n}": "#" * n + " " for n in range(1, 7)}}
_META = {
    "article:published_time": "date",
    "og:article:published_time": "date",
    "datepublished": "date",
    "date": "date",
    "dc.date": "date",
    "dcterms.date": "date",
    "pubdate": "date",
    "og:site_name": "outlet",
    "og:title": "title",
    "og:url": "url",
}
_ENOUGH = 200  # characters that an <article> or <main> must hold to be taken for the report


def page(html: str) -> tuple[str, dict[str, str]]:
    """Turn a page into text and what it says of itself (title, outlet, date, url, as far as it does)."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    for part in ("article", "main", None):
        chosen = [words for words, inside in reader.paragraphs if part is None or part in inside]
        if part is None or sum(map(len, chosen)) >= _ENOUGH:
            break
    return "\n\n".join(chosen), reader.about


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[tuple[str, frozenset[str]]] = []
        self.about: dict[str, str] = {}
        self._open: list[str] = []
        self._skipping = 0  # open elements whose content is no part of the report
        self._words: list[str] = []
        self._ld = False  # inside a block of linked data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "meta":
            self._note(
                _META.get((values.get("property") or values.get("name") or values.get("itemprop", "")).lower()), values
            )
        elif tag == "link" and values.get("rel") == "canonical" and values.get("href"):
            self.about["url"] = values["href"]
        elif tag == "time" and "article" in self._open and values.get("datetime"):
            self.about.setdefault("date", values["datetime"])
        elif tag == "br":
            self._words.append("\n")
        elif tag in ("td", "th"):
            self._words.append("\t")  # the cells of a row stay on one line
        if tag in _BLOCKS:
            self.end_block()
        if tag in _VOID:
            return
        self._open.append(tag)
        self._skipping += tag in _SKIPPED
        self._ld = tag == "script" and values.get("type") == "application/ld+json"

    def _note(self, field: str | None, values: dict[str, str]) -> None:
        if field and values.get("content", "").strip():
            self.about.setdefault(field, values["content"].strip())

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_block()
        if tag not in self._open:
            return
        while self._open:  # what was never closed ends here too
            last = self._open.pop()
            self._skipping -= last in _SKIPPED
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._ld and self._open[-1:] == ["script"]:
            if found := re.search(r'"datePublished"\s*:\s*("(?:[^"\\]|\\.)*")', data):
                self.about.setdefault("date", str(json.loads(found.group(1))))
        elif not self._skipping:
            pre = "pre" in self._open
            self._words.append(data if pre else re.sub(r"[ \t\n\r\f]+", " ", data))

    def end_block(self) -> None:
        """Close the paragraph that is being gathered."""
        lines = (re.sub(r" {2,}", " ", line).strip() for line in "".join(self._words).split("\n"))
        words = "\n".join(line for line in lines if line)
        self._words.clear()
        if not words:
            return
        if "title" in self._open or "head" in self._open:
            self.about.setdefault("title", words)
            return
        sign = next((_SIGNS[tag] for tag in reversed(self._open) if tag in _SIGNS), "")
        if "figcaption" in self._open and not set(words) & set("*_\n"):
            words = f"*{words}*"
        self.paragraphs.append((sign + words, frozenset(self._open)))
