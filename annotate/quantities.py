"""Numbers as reports write them, in digits and words, with the bounds that the words around them allow."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import regex
from text_to_num import text2num

from annotate.assets import REGISTRY
from annotate.calendar import MONTH
from annotate.wording import alternatives

TABLE = tomllib.loads((REGISTRY / "counts.toml").read_text(encoding="utf-8"))
_UNITS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNIT = "|".join(sorted(_UNITS.split(), key=len, reverse=True))
_TEN = "|".join(_TENS.split())
_SMALL = rf"(?:(?:{_TEN})(?:[-\s](?:one|two|three|four|five|six|seven|eight|nine))?|{_UNIT})"
_WORDS = (
    rf"{_SMALL}(?:\s+hundred(?:\s+and\s+{_SMALL})?|\s+thousand|\s+million)?"
    rf"|an?\s+hundred(?:\s+and\s+{_SMALL})?|an?\s+(?:single|lone)"
)
_DOZEN = r"(?:half\s+a\s+|an?\s+|(?:two|three|four|five|six|seven|eight)\s+)dozen"
_DIGITS = r"\d{1,3}(?:,\d{3})+|\d{1,7}(?:\.\d+)?(?:\s*(?:million|thousand))?"
NUMBER = rf"(?:{_DIGITS}|{_DOZEN}|{_WORDS})"


def any_of(words: Iterable[str]) -> str:
    """The alternatives of a list of the table, as a pattern to be put between the bounds of words."""
    return alternatives(words).replace("{number}", NUMBER)


# Words for a number that give bounds instead: (low, high).
_LOOSE: dict[str, tuple[int, int | None]] = {
    words: (bounds[0], bounds[1] if len(bounds) > 1 else None) for words, bounds in TABLE["loose"].items()
}
_BOUNDS = {name: any_of(words) for name, words in TABLE["bounds"].items()}
# "Half of the 300": what is told of is 150.
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_SHARE = (
    rf"(?:half|(?:a|one|two|three|four)[-\s](?:{'|'.join(_PARTS)})s?|\d{{1,2}}(?:\.\d+)?\s?(?:%|percent|per\s+cent))"
)
_ABOUT_SHARE = 0.15  # how far "about" reaches on either side
QUANTITY = regex.compile(
    rf"(?<![\w.,:/$€£\[-])(?<!\bnot?\s+)(?<!\b(?:ages?(?:\s+of)?|aged)\s+(?:between\s+)?(?:\d+\s*(?:-|–|to|and|or)\s*)?)"
    rf"(?<!\b(?:{MONTH})\.?\s+)(?<!\b(?:boys?|girls?|child|children|m[ae]n|wom[ae]n|infants?|youths?|teenagers?)\s+(?:of|aged)\s+)(?:(?P<bound>{'|'.join(_BOUNDS.values())})\s+)?(?:between\s+)?"
    rf"(?:(?P<loose>{any_of(_LOOSE)})|(?:(?P<share>{_SHARE})\s+of\s+(?:the\s+|its\s+|their\s+|those\s+|some\s+)?)?"
    rf"(?P<number>{NUMBER})(?:(?P<range>\s*(?:-|–|to|and|or)\s*)(?P<upper>{NUMBER}))?"
    rf"(?P<more>\s+(?:or|and)\s+more\b)?(?P<odd>[-\s]odd\b)?)"
    rf"(?!\s*(?:%|(?:percent|per\s+cent|{any_of(TABLE['not_people']['units'])})\b)|[\w/:]|[.,]\d"
    r"|-(?:year|day|hour|week|month|mile|nation|point))",
    regex.I,
)
# "raised the toll from five to eight": it stands at eight.
_RAISED = regex.compile(
    r"\b(?:rais|ros|ris|climb|increas|rev(?:is|er)|lower|reduc|jump|grow|grew|correct|chang|updat|up\b|down\b)\w*\b[^.;]{0,60}\bfrom\s+$",
    regex.I,
)


def bounds(match: regex.Match[str]) -> tuple[int, int | None]:
    """What a match of QUANTITY says: the least and the most that it can be, the most None where nothing bounds it."""
    if match["loose"]:
        return _LOOSE[regex.sub(r"\s+", " ", match["loose"].lower())]
    low = _value(match["number"])
    if match["share"]:
        return _bounded(round(low * _share(match["share"].lower())), match["bound"] or "")
    if match["more"]:
        return low, None
    if match["odd"]:
        return low, low + 9
    upper = _value(match["upper"]) if match["upper"] else 0
    if upper and match["range"].strip() == "to" and _RAISED.search(match.string[: match.start()]):
        return upper, upper
    if upper > low:
        return low, upper
    return _bounded(low, match["bound"] or "")


def _bounded(low: int, said: str) -> tuple[int, int | None]:
    """A number with the bounds that the words before it give."""
    bound = regex.sub(r"\s+", " ", said.lower())
    if regex.fullmatch(_BOUNDS["at_least"], bound):
        return low, None
    if regex.fullmatch(_BOUNDS["more"], bound):
        return low + 1, None
    if regex.fullmatch(_BOUNDS["at_most"], bound):
        return 0, low
    if regex.fullmatch(_BOUNDS["less"], bound):
        return 0, max(low - 1, 0)
    if bound and low >= 10:
        return int(low * (1 - _ABOUT_SHARE)), int(low * (1 + _ABOUT_SHARE) + 1)
    return low, low


def _share(words: str) -> float:
    """What part of a whole is meant by a percentage or a fraction."""
    if words[0].isdigit():
        return float(words.rstrip("% percnt")) / 100
    many, _, part = regex.sub(r"[-\s]+", " ", words).rpartition(" ")
    return {"": 1, "a": 1, "one": 1, "two": 2, "three": 3, "four": 4}[many] / _PARTS[part.removesuffix("s")]


def _value(words: str) -> int:
    """A number as written, in digits or words."""
    plain = regex.sub(r"\s+", " ", words.lower().replace(",", ""))
    if plain in ("a single", "a lone"):
        return 1
    scale = 1
    for name, factor in (("million", 1_000_000), ("thousand", 1_000)):
        if plain.endswith(name) and plain[:1].isdigit():
            plain, scale = plain.removesuffix(name).strip(), factor
    if plain[:1].isdigit():
        return int(float(plain) * scale)
    if plain.endswith("dozen"):
        return 6 if plain.startswith("half") else 12 * int(text2num(plain.split()[0].replace("a", "one"), "en"))
    if plain.startswith("a "):
        plain = "one " + plain[2:]
    return int(text2num(plain, "en"))


def is_year(number: str) -> bool:
    """Whether a number can be a year of our time."""
    return number.isdigit() and 1900 <= int(number) <= 2100
