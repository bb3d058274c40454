"""How rare a word is: in how many sentences of many reports it stands, from a table that no batch changes.

That two claims share a word says the more the rarer it is. The table is fixed, so that what two claims have in
common depends on the two alone and not on what else was read.
"""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from annotate.assets import REGISTRY

TABLE = REGISTRY / "frequencies.tsv.gz"
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’\-]+|\d[\d,.]*")
_OWNING = regex.compile(r"['’](?:s)?$")


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Counts of sentences by word, and of all sentences."""

    sentences: int
    counts: dict[str, int]

    def rarity(self, word: str) -> float:
        """Natural logarithm of one in how many sentences has the word; one that is in no report counts as in one."""
        return math.log(self.sentences / (self.counts.get(word, 0) + 1) + 1)


@lru_cache(maxsize=1 << 14)
def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text in small letters, without the s of the owner and the commas of thousands."""
    found: list[str] = []
    for match in _WORD.finditer(text.lower()):
        word = match.group()
        found.append(word.replace(",", "").rstrip(".") if word[0].isdigit() else _OWNING.sub("", word))
    return tuple(found)


@cache
def frequencies() -> Frequencies:
    """The shipped table."""
    with gzip.open(TABLE, "rt", encoding="utf-8") as file:
        total = int(next(file).split("\t")[1])
        rows = (line.rstrip("\n").split("\t") for line in file)
        return Frequencies(total, {word: int(count) for word, count in rows})
