"""Which of the known names in a noun phrase the phrase is about.

"A spokesman for the YPG" is the YPG, "the Russian ambassador to Syria" is Russia and not Syria, "a doctor in
Aleppo" is nobody known. The word lists behind these rules are
data (``[grammar]`` in seeds/registry); what is code here is only how a phrase is walked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from annotate.names import Lexicon, Match, Word

_BREAK = frozenset(",;:()[]—/&")
AND = ("and", "or", "but", "plus", "well")  # "as well as"
_CAMPS = ("regime", "opposition", "kurdish", "coalition")  # parties whose id is a side not further named
_PAST = ("former", "ex", "retired", "defected")


@dataclass(frozen=True, slots=True)
class Grammar:
    """The word lists of a table's ``[grammar]``: small letters, singular."""

    roles: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    rule: frozenset[str] = frozenset()
    ranks: frozenset[str] = frozenset()
    diplomatic: frozenset[str] = frozenset()
    ties: frozenset[str] = frozenset()
    breaks: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    negators: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    strangers: frozenset[str] = frozenset()
    forces: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()
    not_alone: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Zone:
    """Where in a phrase a word stands."""

    rank: int  # 0 head, 1 body named after a role, 2 apposition, 3 body named in an apposition
    part: int  # rises at every comma and "and"
    tie: str = ""  # the preposition that led here
    office: bool = False  # the role before the preposition is an office of state


@dataclass(frozen=True, slots=True)
class Named:
    """A known name that the phrase is about, or part of it."""

    match: Match
    zone: Zone
    weak: bool  # a bare country, or a state by its demonym: a body's own name goes before it


@dataclass(frozen=True, slots=True)
class Known:
    """What can be named."""

    names: Lexicon
    wholes: Lexicon  # bare countries and capitals
    states: Mapping[str, str]  # ids by the key of a country and its demonym
    plain: frozenset[str]  # keys of names that another nation's adjective makes another body's: "Red Crescent"
    grammar: Grammar


def broken(word: Word) -> bool:
    """Whether punctuation parts a word from the one before it."""
    return any(mark in word.gap for mark in _BREAK) or " - " in word.gap


def _capital(word: Word) -> bool:
    """Whether a word is a name by its case; "us" and "Us" are not the US."""
    return word.raw.isupper() if len(word.raw) < 4 else word.raw[0].isupper()


def zones(phrase: list[Word], taken: Iterable[Match], grammar: Grammar) -> list[Zone | None]:
    """The zone of every word; None where nothing names the source any more. Length: that of ``phrase``."""
    inside = {at for match in taken for at in range(match.start + 1, match.end)}
    covered = inside | {match.start for match in taken}
    out: list[Zone | None] = []
    zone, role, office, dead = Zone(0, 0), False, False, False
    for at, word in enumerate(phrase):
        if at not in inside and at and broken(word):
            zone, role, office, dead = Zone(2, zone.part + 1), False, False, False
        if at not in covered:
            if word.stem in grammar.relatives:
                return out + [None] * (len(phrase) - at)
            if word.stem in grammar.ties:
                dead = not role or (dead and word.stem != "by")  # "a video released on Friday by X"
                zone, role, office = Zone(zone.rank | 1, zone.part, word.stem, office), False, False
            elif word.stem in grammar.breaks:
                dead = True
            elif word.stem in AND:
                zone = Zone(zone.rank, zone.part + 1, zone.tie, zone.office)
        role = role or word.stem in grammar.roles
        office = office or word.stem in grammar.offices
        out.append(None if dead else zone)
    return out


def itself(phrase: list[Word], match: Match, grammar: Grammar) -> bool:
    """Whether the name stands for itself: not "pro-X", "a former X", "X-backed", "X victims"."""
    if match.start and phrase[match.start - 1].stem in grammar.negators:
        return False
    for at in range(match.start - 1, -1, -1):
        if phrase[at].stem in _PAST:
            return False
        if broken(phrase[at + 1]) or phrase[at].stem in grammar.ties or phrase[at].stem in grammar.breaks:
            break
    for at in range(match.end, len(phrase)):
        word = phrase[at]
        if broken(word) or word.stem in grammar.ties or word.stem in grammar.breaks or word.stem in AND:
            break
        if at == match.end and word.stem in grammar.modifiers:
            following = phrase[at + 1].stem if at + 1 < len(phrase) else ""
            return following in ("in", "by", "to", "with", "at")
        if word.stem in grammar.strangers:
            return False
    return True


def _office(phrase: list[Word], start: int, known: Known) -> Match | None:
    """A state by its demonym and an office: "senior Turkish security officials", "the Baghdad government"."""
    state, grammar = known.states.get(phrase[start].key), known.grammar
    if state is None or not _capital(phrase[start]):
        capital = known.wholes.at(phrase, start)
        ruled = capital and capital.end < len(phrase) and phrase[capital.end].stem in grammar.rule
        return Match(start, capital.end + 1, capital.ids) if capital and ruled else None
    secret = False
    for at in range(start + 1, min(start + 6, len(phrase))):
        word = phrase[at]
        if broken(word):
            return None
        if word.stem in grammar.ranks and word.stem not in grammar.offices:
            secret = secret or word.stem in grammar.diplomatic
        elif word.stem in grammar.offices or (secret and word.stem == "source"):
            secret = secret or word.stem in grammar.diplomatic
            following = phrase[at + 1].stem if at + 1 < len(phrase) else ""
            if following not in grammar.offices and following != "source":
                return Match(start, at + 1, (state,))
        else:
            return None
    return None


def named(phrase: list[Word], known: Known) -> list[Named]:
    """The known bodies that the phrase is about, in reading order; a name with no id is nobody."""
    phrase = shared_head(phrase)
    found: list[tuple[Match, bool, bool]] = []
    at = 0
    while at < len(phrase):
        body = known.names.at(phrase, at)
        office = None if body else _office(phrase, at, known)
        match = body or office or known.wholes.at(phrase, at)
        if match:
            found.append((match, body is None, office is None and body is None))
        at = match.end if match else at + 1
    grammar = known.grammar
    where = zones(phrase, [match for match, _, _ in found], grammar)
    out: list[Named] = []
    for match, weak, bare in found:
        zone = where[match.start]
        if zone is None or not match.ids[0] or not itself(phrase, match, grammar):
            continue
        if bare and not _stands_alone(phrase, match, zone, known):
            continue
        if not _elsewhere(phrase, match, known):
            out.append(Named(match, zone, weak))
    return out


def _elsewhere(phrase: list[Word], match: Match, known: Known) -> bool:
    """Whether another nation's adjective stands before a name that many nations have: "Turkish Red Crescent"."""
    if not match.start or " ".join(word.key for word in phrase[match.start : match.end]) not in known.plain:
        return False
    return _abroad(phrase[match.start - 1]) or phrase[match.start - 1].stem == "kurdish"


def _abroad(word: Word) -> bool:
    """Whether a word is another nation's adjective: "Turkish", "Nigerian"."""
    return foreign(word) or (word.key != word.stem and word.key != "syria")


def _stands_alone(phrase: list[Word], match: Match, zone: Zone, known: Known) -> bool:
    """Whether a bare country speaks: as the head ("Turkey"), or under an office ("the president of Turkey")."""
    grammar = known.grammar
    if zone.rank in (1, 3):
        return zone.office and zone.tie in ("of", "from")
    if match.end == len(phrase) or known.wholes.at(phrase, match.end):  # a list whose commas were lost
        return True
    word = phrase[match.end]
    return broken(word) or word.stem in grammar.ties | grammar.breaks | grammar.relatives or word.stem in AND


def heads(found: list[Named]) -> list[Named]:
    """One name for each coordinated part: of the head, else of the body named after a role, else of an apposition.

    Empty when the head joins several and the first of them is nobody known.
    """
    ranked = {rank: [name for name in found if name.zone.rank == rank] for rank in range(4)}
    if all(name.weak for name in ranked[0]) and any(not name.weak and name.zone.tie == "for" for name in ranked[1]):
        ranked[0] = []  # "the American spokesman for the mission"
    for rank, names in ranked.items():
        parts: dict[int, Named] = {}
        for name in names:
            if name.zone.part not in parts or not name.weak:
                parts[name.zone.part] = name
        if parts:
            return [parts[number] for number in sorted(parts)] if rank or 0 in parts else []
    return []


def listed(phrase: list[Word], found: list[Named]) -> list[Named]:
    """Like ``heads``, but commas followed by an "and" are read as a list: "state TV, Hezbollah and the monitor"."""
    first = heads(found)
    if not first or first[0].zone.rank or not any(word.stem in AND for word in phrase):
        return first
    rest = heads([name for name in found if name.zone.rank == 2])
    return [*first, *rest]


def _chunks(phrase: list[Word]) -> list[int]:
    """The number of the coordinated chunk that each word belongs to."""
    out: list[int] = []
    number = 0
    for at, word in enumerate(phrase):
        number += bool(at and (broken(word) or word.stem in AND))
        out.append(number)
    return out


def _alive(phrase: list[Word], chunks: list[int], grammar: Grammar) -> set[int]:
    """The words that still speak of the agent: "rebels in Idlib" does not speak of Idlib."""
    out: set[int] = set()
    dead = -1
    for at, word in enumerate(phrase):
        if word.stem in grammar.ends and word.gap != "-":
            break
        if word.stem in grammar.breaks and (not at or phrase[at - 1].stem not in ("loyal", "belonging")):
            dead = chunks[at]
        if chunks[at] != dead:
            out.add(at)
    return out


def agents(phrase: list[Word], known: Known, side_of: Mapping[str, str]) -> list[str]:
    """The ids of the parties that an agent phrase names, in reading order, each once.

    A side not further named gives way to a party of that side in the same chunk, and to any party just before
    ("Kurdish YPG militia", "Islamic State insurgents"), save where a hyphen joins the two ("Russian-regime").
    """
    phrase = shared_head(phrase)
    chunks = _chunks(phrase)
    alive = _alive(phrase, chunks, known.grammar)
    found: list[tuple[Match, int]] = []
    at = 0
    while at < len(phrase):
        match = known.names.at(phrase, at) or _forces(phrase, at, chunks, known)
        if match is None:
            at += 1
            continue
        strange = match.ids[0] in _CAMPS and at and chunks[at - 1] == chunks[at]
        strange = strange and (_abroad(phrase[at - 1]) or _name_goes_on(phrase, at, known))
        strange = strange and phrase[at].gap != "-"  # "Russian-regime" names two
        if at in alive and match.ids[0] and not strange and itself(phrase, match, known.grammar):
            found.append((match, chunks[at]))
        at = match.end
    out: list[str] = []
    for match, chunk in found:
        entry = match.ids[0]
        exact = [other for other, number in found if number == chunk and other.ids[0] not in _CAMPS]
        if entry in _CAMPS and any(
            (other.end == match.start or side_of[other.ids[0]] == side_of[entry])
            and not _hyphenated(phrase, match, other)
            for other in exact
        ):
            continue
        if entry not in out:
            out.append(entry)
    return out


def _name_goes_on(phrase: list[Word], at: int, known: Known) -> bool:
    """Whether a camp's word is the last of a name that nobody knows: "People's Salvation Army"."""
    before, word = phrase[at - 1], phrase[at]
    named = all(one.raw[0].isupper() and not one.raw.isupper() for one in (before, word))
    return named and known.names.at(phrase, at - 1) is None and known.wholes.at(phrase, at - 1) is None


def _hyphenated(phrase: list[Word], one: Match, other: Match) -> bool:
    first, second = sorted((one, other), key=lambda match: match.start)
    return first.end == second.start and phrase[second.start].gap == "-"


def _forces(phrase: list[Word], start: int, chunks: list[int], known: Known) -> Match | None:
    """A country, its demonym or its capital, alone in its chunk or before a word for forces."""
    word, grammar = phrase[start], known.grammar
    whole = known.wholes.at(phrase, start)
    entry = whole.ids[0] if whole else known.states.get(word.key)
    if entry is None or not (_capital(word) or (whole and whole.end > start + 1)):  # "New Zealand"
        return None
    end = whole.end if whole else start + 1
    for at in range(end, min(end + 3, len(phrase))):
        if chunks[at] != chunks[start] or phrase[at].gap == "-":
            break
        if phrase[at].stem in grammar.forces:
            return Match(start, at + 1, (entry,))
    alone = end == len(phrase) or chunks[end] != chunks[start] or phrase[end].gap == "-"
    alone = alone or phrase[end].stem in grammar.breaks | grammar.ends
    return Match(start, end, (entry,)) if alone and (whole or word.key not in grammar.not_alone) else None


def foreign(word: Word) -> bool:
    """Whether a word is a demonym by its looks: "Nigerian", "Bangladeshi", "Sudanese"."""
    return word.raw[0].isupper() and word.key == word.stem and word.stem.endswith(("an", "i", "ese", "ish"))


def shared_head(phrase: list[Word]) -> list[Word]:
    """Give each bare adjective of a row the noun that they share: "Iraqi, Palestinian, and Afghan militias"."""
    chunks = _chunks(phrase)
    rows: dict[int, list[int]] = {}
    for at, word in enumerate(phrase):
        if word.stem not in AND:
            rows.setdefault(chunks[at], []).append(at)
    out: list[Word] = []
    for at, word in enumerate(phrase):
        out.append(word)
        if rows.get(chunks[at]) == [at] and _adjective(word):
            heads = (row for number, row in rows.items() if number > chunks[at] and len(row) > 1)
            row = next(heads, [])
            if row and _adjective(phrase[row[0]]) and phrase[row[1]].gap != "-":
                out.extend(phrase[other]._replace(gap=" ") for other in row[1:])
    return out


def _adjective(word: Word) -> bool:
    return word.key != word.stem or (word.raw.isupper() and len(word.raw) == 2)
