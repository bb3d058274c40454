"""Names as reports spell them: words made comparable, and the longest known name in a phrase.

Folding takes away what spelling adds: diacritics, apostrophes, the possessive, dots in acronyms, the Arabic
article, a plural. ``sound`` goes further and keeps of a place name only what every transliteration shares.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

_APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼʿʾʻ`´′", "'") | {"ı": "i", "–": "—"})
_LONG = re.compile(r"\b(?:(United (?:States|Kingdom|Nations))(?: of America)?|(European Union))\b")
_SHORT = {"United States": "US", "United Kingdom": "UK", "United Nations": "UN", "European Union": "EU"}
_DOTTED = re.compile(r"\b[A-Za-z](?:\.[A-Za-z])+\b\.?")
_POSSESSIVE = re.compile(r"(?<=\w)'s\b|(?<=s)'(?!\w)")
_ARTICLE = re.compile(
    r"\b(?i:al|el|ul|ash|esh|as|es|ad|ed|ar|er|an|en|at|et|az|ez|adh|edh|ath|eth)-\s?(?=\w)"
    r"|\b(?:AL|EL|[Aa]l|[Ee]l|[Aa]z|[Ee]z|[Aa]sh|[Aa]d|Ar|As|An|At|Ed|Es|Er|Et|Ath|Adh)\s+(?=[A-Z])"
)
_ARTICLES = frozenset(("the", "The", "a", "A", "an", "An"))
_WORD = re.compile(r"([^\W_]+)")
_LONG_ENOUGH = 7  # letters of a word in which one slip does not make another word
_WHOLE = frozenset({"hamas", "homs", "abbas", "laos", "gas", "texas"})  # end in "s" and are no plurals
_SPELLINGS = {"defence": "defense", "centre": "center", "organisation": "organization", "programme": "program"}

_SOUNDS = (
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"(?<=a)y(?=[aou])"), "Y"),  # Daraya is not Daraa
    (re.compile(r"^k[aeu]?f[ae]?r"), "kfr"),  # Kafr, Kafar, Kefer, Kufr, Kfar: "village of"
    (re.compile(r"sch|sh|ch"), "S"),
    (re.compile(r"kh"), "X"),
    (re.compile(r"gh"), "G"),
    (re.compile(r"dj|dzh"), "j"),
    (re.compile(r"(?<=[td])h"), ""),
    (re.compile(r"[qc]"), "k"),
    (re.compile(r"a[uw]|[ouw]+"), "u"),
    (re.compile(r"[aeiy]+"), "a"),
    (re.compile(r"(.)\1+"), r"\1"),
    (re.compile(r"h$"), ""),
)


class Word(NamedTuple):
    """One word of a phrase, folded."""

    raw: str  # without diacritics, apostrophes and possessive; case kept
    stem: str  # lower case, plural ending dropped
    key: str  # the stem, a demonym put back to its country: "russian" -> "russia"
    gap: str  # what stands between the previous word and this one


class Match(NamedTuple):
    """A known name in a phrase: words ``start`` to ``end``, end excluded."""

    start: int
    end: int
    ids: tuple[str, ...]  # more than one where places share a name


def fold(text: str) -> str:
    """Take away diacritics, apostrophes, possessives, dots of acronyms and the Arabic article."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
        text = "".join(c for c in text if not unicodedata.combining(c))
    if "." in text:
        text = _DOTTED.sub(lambda m: m[0].replace(".", ""), text)
    if "'" in text or "`" in text:
        text = _POSSESSIVE.sub("", text).replace("'", "").replace("`", "")
    if "United " in text or "European " in text:
        text = _LONG.sub(lambda m: _SHORT[m[1] or m[2]], text)
    return _ARTICLE.sub("", text) if "-" in text or " " in text else text


@lru_cache(maxsize=16384)
def stem(word: str) -> str:
    """Lower case without a plural ending; good enough to make "forces" and "force" one."""
    word = word.lower()
    if word in _WHOLE:
        return word
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return _SPELLINGS.get(word, word)


def words(text: str, demonyms: Mapping[str, str] | None = None) -> list[Word]:
    """The words of a phrase in order, articles left out; ``demonyms`` maps stems to countries."""
    demonyms = demonyms or {}
    out: list[Word] = []
    pieces, gap = _WORD.split(fold(text)), ""  # gap, word, gap, word, ..., gap
    for at in range(1, len(pieces), 2):
        gap, raw = gap + pieces[at - 1], pieces[at]
        if raw in _ARTICLES:
            continue
        base = stem(raw)
        out.append(Word(raw, base, demonyms.get(base, base), gap))
        gap = ""
    return out


def sound(text: str) -> str:
    """What all transliterations of an Arabic name share: "Shaykhun" and "Sheikhoun" give one key."""
    text = "".join(word.raw for word in words(text)).lower()
    for pattern, letter in _SOUNDS:
        text = pattern.sub(letter, text)
    return text


def alike(one: str, other: str) -> float:
    """How much two spellings share, 0 to 100."""
    return fuzz.ratio(one, other)


class Lexicon:
    """Known names, found in a phrase as whole words, the longest first.

    With ``demonyms`` a country and its demonym are one word ("Syria's army", "Syrian army"), without they are two.

    A word of a name that is written in capitals counts only so (acronyms), one with a capital only with a
    capital, one in small letters in any case.
    """

    def __init__(self, demonyms: Mapping[str, str] | None = None) -> None:
        self._demonyms = demonyms
        self._field = 1 if demonyms is None else 2  # Word.stem or Word.key
        self._names: dict[str, list[tuple[list[Word], tuple[str, ...]]]] = {}  # by the keys of all words
        self._longest: dict[str, int] = {}  # words of the longest name, by the key of the first

    @cached_property
    def _long_keys(self) -> list[str]:
        keys = {key for name in self._names for key in name.split(" ")}
        return sorted(key for key in keys if len(key) >= _LONG_ENOUGH)

    def mended(self, phrase: list[Word]) -> list[Word]:
        """The phrase with one slip of the keyboard put right in long unknown words ("Islmaic")."""
        out = list(phrase)
        for at, word in enumerate(phrase):
            if len(word.key) >= _LONG_ENOUGH and word.raw[0].isupper() and word.key == word.stem:
                near = process.extract(word.key, self._long_keys, scorer=OSA.distance, score_cutoff=1, limit=2)
                if len(near) == 1 and near[0][0][0] == word.key[0]:
                    out[at] = word._replace(key=near[0][0])
        return out

    def add(self, name: str, entry: str, *, shared: bool = False) -> str | None:
        """Add a name. Returns the id that has it already, when that is another and the name is not shared."""
        known = words(name, self._demonyms)
        if not known:
            return None
        row = self._names.setdefault(" ".join([word[self._field] for word in known]), [])
        for at, (other, ids) in enumerate(row):
            if list(map(_case, other)) == list(map(_case, known)):
                if entry not in ids and not shared:
                    return ids[0]
                row[at] = other, ids if entry in ids else (*ids, entry)
                return None
        row.append((known, (entry,)))
        if len(row) > 1:  # "Coalition" is asked before "coalition"
            row.sort(key=lambda item: -sum(map(_case, item[0])))
        first = known[0][self._field]
        if len(known) > self._longest.get(first, 0):
            self._longest[first] = len(known)
        return None

    def keys(self, name: str) -> str:
        """What a name is filed under."""
        return " ".join([word[self._field] for word in words(name, self._demonyms)])

    def at(self, phrase: list[Word], start: int) -> Match | None:
        """The longest name that begins with word ``start``."""
        longest = self._longest.get(phrase[start][self._field], 0)
        for end in range(min(start + longest, len(phrase)), start, -1):
            span = phrase[start:end]
            for known, ids in self._names.get(" ".join([word[self._field] for word in span]), ()):
                if all(map(_same_case, known, span)):
                    return Match(start, end, ids)
        return None

    def find(self, phrase: list[Word]) -> list[Match]:
        """All names in the phrase, from left to right, none overlapping another."""
        out: list[Match] = []
        at = 0
        while at < len(phrase):
            match = self.at(phrase, at)
            if match:
                out.append(match)
            at = match.end if match else at + 1
        return out


def _case(word: Word) -> int:
    return 2 if len(word.raw) > 1 and word.raw.isupper() else int(word.raw[0].isupper())


def _same_case(known: Word, word: Word) -> bool:
    if len(known.raw) > 1 and known.raw.isupper():
        return word.raw.isupper() or (word.raw[-1] == "s" and word.raw[:-1].isupper()) or word.key != word.stem
    return word.raw[0].isupper() or not known.raw[0].isupper()
