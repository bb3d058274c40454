"""Who is meant by an agent phrase: a known party, the speaker's own people, or his enemies; and which can be one."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from annotate.document import Claim
from annotate.registry import Registry
from annotate.wording import TABLE, whole_words

SOMEBODY = "somebody"  # an agent that is not named
BYSTANDERS = ("media", "ngo", "witness", "unattributed")  # stances of who takes no part: their "we" is no side
FOES = "enemies of "  # before a side: whom it calls terrorists, gangs, armed groups
_FOE, _UNKNOWN, _COMMON, _CLAIMED, _UNCLEAR = (
    whole_words(TABLE["agent"][name]) for name in ("foes", "unknown", "common", "claimed", "unclear")
)
_ONES = regex.compile(r"\s+ones$", regex.I)
_PRONOUN = regex.compile(r"(?:it|they|he|she|we|us)", regex.I)
_OWN = regex.compile(
    r"^(?:[\w-]+\s+){0,3}?(?:of\s+)?(?:its|their|our|his|her)\b|\bof\s+(?:ours|theirs|its\s+own|their\s+own|our\s+own)\b",
    regex.I,
)
# Who fights for another: "Karsia's own proxies"; and a speaker's praise of his own people.
_CLIENTS = regex.compile(
    r"^(?:the\s+)?(?P<who>.+?)(?:[’']s?)?[\s-]+(?:own\s+)?(?:[\w-]+\s+){0,2}"
    r"(?:prox(?:y|ies)|clients?|allies|hirelings?|puppets?|lackeys|stooges|henchmen|surrogates|agents|auxiliaries|handlers|underlings|minions|cronies"
    r"|mercenar(?:y|ies))(?:\s+(?:in|on|at|from)\b.*|\s+(?:forces?|militias?|groups?|fighters|factions?|army|armies))?$",
    regex.I,
)
_PRAISED = regex.compile(
    r"\b(?:heroic|heroes|valiant|gallant|glorious|brave|valorous|victorious|mighty|fearless)\b", regex.I
)
_CREED = regex.compile(
    r"\b(?:islam\w*|muslim|sunni|shi[’']?[ai]\w*|christian|western|arab|jihad\w*|salafi\w*)\b", regex.I
)  # no name
_WORD = r"(?i:claims?|reports?|allegations?|accusations?|assertions?|statements?|version|accounts?|charges?)"
# Whose word a denial says that it denies: "denied Syria's claim", "rejected the reports by the Observatory that".
_WHOSE = regex.compile(
    r"\b(?i:den(?:y|ies|ied|ying)|reject\w*|dismiss\w*|refut\w*|disput\w*|contradict\w*)\s+(?:"
    rf"(?P<who>(?:the\s+)?\p{{Lu}}[^.,;:]{{1,40}}?)(?:[’']s|(?<=s)[’'])\s+(?:\w+\s+){{0,2}}?{_WORD}\b"
    rf"|(?:\w+\s+){{0,2}}?{_WORD}\s+(?:made\s+)?(?:by|from)\s+(?P<who>(?:the\s+)?\p{{Lu}}[^.,;:]{{1,40}}?)(?=\s+(?:that|of|about)\b|[.,;:]|$))"
)
_STEM = 4  # first letters that a name and the adjective from it share ("Ersany", "Ersani")


def blamed(claim: Claim, registry: Registry) -> list[str]:
    """The parties named as agents, by registry id; "its jets" are the speaker's, "terrorists" his side's enemies.

    An unknown party goes by its words.
    """
    if _UNCLEAR.search(claim.sentence.text):
        return []
    found: list[str] = []
    said = [span.text for span in claim.tags.agents]
    if not said and claim.speaker.state not in ("author", "missing") and claims_deed(claim):
        return itself(claim, registry)  # who claims a deed says that he did it
    for phrase in (_ONES.sub(" forces", phrase) for phrase in said):
        found += _parties(phrase, registry) or _meant(phrase, len(said) == 1, claim, registry)
    return list(dict.fromkeys(found))


def _parties(phrase: str, registry: Registry) -> list[str]:
    """The known parties of a phrase, else those for whom it says that somebody fights."""
    found = registry.parties(phrase)
    if not found and (client := _CLIENTS.search(phrase)):
        found = registry.parties(client["who"].strip())
    return [party.id for party in found]


def _meant(phrase: str, alone: bool, claim: Claim, registry: Registry) -> list[str]:
    if _PRONOUN.fullmatch(phrase):
        return own(claim, registry) if alone or phrase.lower() in ("we", "us") else []
    if claim.speaker.state not in ("author", "missing") and (_OWN.search(phrase) or _PRAISED.search(phrase)):
        return itself(claim, registry) or [phrase.lower()]
    hostile = _FOE.search(phrase) and not _UNKNOWN.search(phrase) and not _speaks(phrase, claim)
    if hostile and claim.speaker.side not in (None, "neutral"):
        return [f"{FOES}{claim.speaker.side}"]
    return [phrase.lower()]


def _speaks(phrase: str, claim: Claim) -> bool:
    """Whether a phrase names the speaker himself: "extremists admitted that they had done it"."""
    return any(phrase.lower() in source.text.lower() for source in claim.tags.sources)


def own(claim: Claim, registry: Registry) -> list[str]:
    """The party for which the speaker speaks, else his side."""
    side = claim.speaker.side
    return [party.id for party in registry.parties(claim.speaker.name)] or ([side] if side else [])


def itself(claim: Claim, registry: Registry) -> list[str]:
    """The party for which a speaker speaks, or his name where no row knows it; nobody for who takes no part."""
    if claim.speaker.state in ("author", "missing") or claim.speaker.side == "neutral":
        return own(claim, registry)
    return own(claim, registry) or ([claim.speaker.name.lower()] if claim.stance not in BYSTANDERS else [])


def same_actor(a: str, b: str, registry: Registry) -> bool:
    """Whether two names of parties can mean the same: one party, part and whole, a party and its side.

    Parties that are not known are one where they share a name ("Karsia's navy", "Karsian gunners").
    """
    if SOMEBODY in (a, b) or registry.one_party(a, b) or registry.side_of(a) == b or registry.side_of(b) == a:
        return True
    for one, other in ((a, b), (b, a)):
        if one.startswith(FOES):
            side = registry.side_of(other)
            return side not in (None, "neutral") and not _of(other, one.removeprefix(FOES), registry)
    return not {a, b} & registry.all_parties.keys() and bool(_names(a) & _names(b))


def clears(no: str, yes: str, registry: Registry) -> bool:
    """Whether who says that the one did not do it denies that the other did; a state does not speak for its ally."""
    place = registry.all_places.get(no)
    ally = place is not None and place.kind == "country" and registry.side_of(no) == yes
    return same_actor(no, yes, registry) and not ally


def apart(one: Iterable[str], other: Iterable[str], registry: Registry) -> bool:
    """Whether all parties of the one stand on other sides than all of the other; of one not known nothing is sure."""
    return all(_apart(a, b, registry) for a in one for b in other)


def _apart(a: str, b: str, registry: Registry) -> bool:
    foes = [name.removeprefix(FOES) for name in (a, b) if name.startswith(FOES)]
    if len(foes) == 2:
        return foes[0] != foes[1]
    if foes:
        return _of(b if a.startswith(FOES) else a, foes[0], registry)
    sides = registry.side_of(a), registry.side_of(b)
    return None not in sides and sides[0] != sides[1]


def is_speaker(party: str, claim: Claim, registry: Registry) -> bool:
    """Whether a party that somebody names is the one who makes a claim, or his side."""
    if party == SOMEBODY or claim.speaker.state in ("author", "missing"):
        return False
    names = [*own(claim, registry), claim.speaker.name.lower()]
    return any(same_actor(party, name, registry) for name in names)


def claims_deed(claim: Claim) -> bool:
    """Whether a claim says in so many words that somebody claims a deed as his own."""
    return bool(_CLAIMED.search(claim.sentence.text))


def is_named(party: str, registry: Registry) -> bool:
    """Whether a party is a known one, or a side's enemies, and no words of which nothing is known."""
    return party in registry.all_parties or party.startswith(FOES)


def has_name(party: str, claim: Claim) -> bool:
    """Whether the words by which a claim names a party hold a name of their own: "the Free Companies", no "gunmen"."""
    span = next((span for span in claim.tags.agents if span.text.lower() == party), None)
    if span is None or _CREED.search(span.text):
        return False
    said = span.text if span.start > claim.sentence.start else span.text[:1].lower() + span.text[1:]
    return bool(_COMMON.sub(" ", regex.sub(r"\b\p{Ll}[\w’'-]*", " ", said)).strip(" ,.-’'\"“”"))


def _of(party: str, side: str, registry: Registry) -> bool:
    return side in (party, registry.side_of(party))


def _names(phrase: str) -> set[str]:
    """The words of a phrase that are more than a kind of force or office, as far as adjectives keep them."""
    return {word[:_STEM] for word in regex.findall(r"\p{L}{4,}", _COMMON.sub(" ", phrase.lower()))}


def is_meant(denial: Claim, other: Claim, registry: Registry) -> bool:
    """Whether a claim can be what a denial denies as far as that names whose word it is, by a name that is known."""
    said = _WHOSE.search(denial.sentence.text)
    if said is None:
        return True
    source, parties = registry.source(said["who"]), registry.parties(said["who"])
    if source is None and not parties:
        return True
    if source is not None and other.speaker.id == source.id:
        return True
    sides = {registry.side_of(party.id) for party in parties} | ({source.side} if source is not None else set())
    spoken = {party.id for party in registry.parties(other.speaker.name)}
    return bool(spoken & {party.id for party in parties}) or other.speaker.side in sides - {None, "neutral"}
