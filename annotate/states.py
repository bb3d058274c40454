"""The state that a text says something is in: a way open, a truce kept, water running, a deal reached, aid arrived."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import regex

from annotate.assets import REGISTRY
from annotate.wording import alternatives

_TABLE = tomllib.loads((REGISTRY / "states.toml").read_text(encoding="utf-8"))
_CLAUSE = regex.compile(r"[.;:!?](?=\s|[”\"’']|$)|\s[-–—]\s|,\s+(?:but|while|whereas|although|though|and)\s", regex.I)
_NOT = regex.compile(r"\b(?:not|never|no\s+longer|nor|nobody|no[ -]one|none)\b|n[’']t\b", regex.I)
# What is only wished for, foreseen or made a condition is no state yet.
_UNREAL = regex.compile(
    r"\b(?:will|would|shall|should|must|if|unless|until|till|once|before|whether|when|hop\w+|plan\w*|promis\w+|try\w*"
    r"|tried|attempt\w*|called?\s+for|call\s+on|need\w*|(?:ready|due|want\w*|order\w*|going|ought|able|aim\w*)\s+to"
    r"|in\s+order\s+to|so\s+that|so\s+as\s+to)\b[^,]{0,40}$",
    regex.I,
)
_MAYBE = regex.compile(
    r"\b(?:possib\w+|provided\s+(?:that|there)|on\s+condition|in\s+principle|conditional\w*|as\s+soon\s+as)\b", regex.I
)
_DENYING = regex.compile(
    r"\b(?:den(?:y|ies|ied|ying)|refut\w+|reject\w*|dismiss\w*|disput\w+|contradict\w+|no\s+truth|untrue|fals(?:e|ely))\b",
    regex.I,
)
_NEAR = 80  # characters between a thing and what is said of it


@dataclass(frozen=True, slots=True)
class _State:
    """One thing that can be in a state: its name, what kinds of claim speak of it, and how."""

    name: str
    types: frozenset[str]
    things: regex.Pattern[str]
    on: regex.Pattern[str]
    off: regex.Pattern[str]
    ons: regex.Pattern[str]  # whole phrases, which name the thing themselves
    offs: regex.Pattern[str]


def _words(words: list[str], thing: str) -> regex.Pattern[str]:
    said = alternatives(words or ["(?!)"]).replace("{thing}", thing)
    return regex.compile(rf"(?<![\w-]){said}(?!\w)", regex.I)


def _state(row: dict[str, Any]) -> _State:
    kind = _TABLE["kinds"][row["kind"]]
    thing = alternatives(row["things"])
    lists = {key: _words(kind.get(key, []) + row.get(key, []), thing) for key in ("on", "off", "ons", "offs")}
    types = frozenset(row.get("types", kind["types"]))
    return _State(row["name"], types, _words(row["things"], thing), **lists)


_STATES = [_state(row) for row in _TABLE["state"]]


def states(text: str, types: set[str]) -> Iterator[tuple[str, bool]]:
    """The states that a text of these kinds of claim speaks of, by name, and whether they hold; each once."""
    yield from _told(text, types, denying=False)


def denied_states(text: str, types: set[str]) -> Iterator[tuple[str, bool]]:
    """The same of a denial: what comes after "denied that" does not hold; what is put in its place does."""
    yield from _told(text, types, denying=True)


def _told(text: str, types: set[str], *, denying: bool) -> Iterator[tuple[str, bool]]:
    clauses = [clause for clause in _CLAUSE.split(text) if clause and clause.strip()]
    clauses = [clause for clause in clauses if not _MAYBE.search(clause)]
    for state in _STATES:
        if types & state.types:
            held = [(_holds(state, clause), denying and bool(_DENYING.search(clause))) for clause in clauses]
            said = {holds != refused for holds, refused in held if holds is not None}
            if len(said) == 1:
                yield state.name, said.pop()


def _holds(state: _State, clause: str) -> bool | None:
    for words, held in ((state.offs, False), (state.ons, True)):
        if (said := words.search(clause)) and not _UNREAL.search(clause[: said.start()]):
            return held
    for thing in state.things.finditer(clause):
        for words, held in ((state.off, False), (state.on, True)):
            for said in words.finditer(clause):
                gap = max(said.start() - thing.end(), thing.start() - said.end())
                if not 0 <= gap <= _NEAR or _UNREAL.search(clause[: said.start()]):
                    continue
                first = min(thing.start(), said.start())
                refused = _NOT.search(clause[max(0, first - 20) : said.start()])
                return held != bool(refused)
    return None
