"""The words by which a sentence speaks of a facet: the table of the registry, and patterns made of its lists."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

import regex

from annotate.assets import REGISTRY
from annotate.calendar import MONTH

TABLE = tomllib.loads((REGISTRY / "facets.toml").read_text(encoding="utf-8"))


def alternatives(words: Iterable[str]) -> str:
    """A pattern of any of some expressions, in which a space stands for any run of spaces and " ?" for one or none."""
    joined = "|".join(words).replace("{month}", MONTH)
    return "(?:" + joined.replace(" ?", r"\s*").replace(" ", r"\s+") + ")"


def whole_words(words: Iterable[str]) -> regex.Pattern[str]:
    """The same as a pattern that begins and ends where words do, read without regard to case."""
    return regex.compile(rf"(?<!\w){alternatives(words)}(?!\w)", regex.I)
