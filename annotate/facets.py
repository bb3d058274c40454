"""What a claim says of each facet of what happened: occurrence, target, agent, means, origin, toll, control, status."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import regex

from annotate.actors import FOES, SOMEBODY, blamed, itself, own
from annotate.clocks import times
from annotate.document import Agent, Claim, Value
from annotate.fates import DEATH, fates
from annotate.grounds import INSIDE, OUTSIDE, grounds
from annotate.losses import losses
from annotate.origins import origins, refused_origin
from annotate.registry import Registry
from annotate.states import denied_states, states
from annotate.wording import TABLE, whole_words

_HIT, _MISSED = whole_words(TABLE["target"]["hit"]), whole_words(TABLE["target"]["missed"])
_KINDS = {kind: whole_words(words) for kind, words in TABLE["kinds"].items()}
AIMS = ("civilian", "armed")  # whom force is said to have been meant for
# The kinds of target that are of civil life, or of fighters.
AIM_OF = {
    **dict.fromkeys(("civilian", "hospital", "school", "mosque", "market", "homes"), "civilian"),
    **dict.fromkeys(("armed", "base", "depot", "meeting", "checkpoint"), "armed"),
}
_NO_HOLDER = r"(?![-\s](?:held|controlled|run)\b)"  # "the rebel-held city" is no rebel target


def _aim(kind: str) -> regex.Pattern[str]:
    """Whom force is said to have been meant for: the object of a verb for it, or what a thing is said to have been."""
    table = TABLE["aim"]
    ways = ((table["verb"], 40, table[kind]), (table["is"], 20, table[kind] + table[f"{kind}_told"]))
    return regex.compile(
        "|".join(
            rf"{whole_words(verb).pattern}(?:(?!\bby\b)[^.;:]){{0,{reach}}}?{whole_words(words).pattern}{_NO_HOLDER}"
            for verb, reach, words in ways
        ),
        regex.I,
    )


_AIM = {kind: _aim(kind) for kind in AIMS}
_NOT_THAT = regex.compile(
    r"\b(?:and |but )?not (?:(?:an?|any|the) )?(?:\w+[ -]){0,2}?\w+(?=[,.;”\"]|\s+but\b|$)", regex.I
)
_USED, _FREE = whole_words(TABLE["aim"]["used"]), whole_words(TABLE["aim"]["free"])
_MEANS = {name: whole_words(row["words"]) for name, row in TABLE["means"].items()}
ATTACK = "attack"  # the means of a deed that somebody is said to have done, with whatever
BANNED = ("chemical", "cluster-bomb", "barrel-bomb")  # means of which a denial leaves open that others were used
FAMILY: dict[str, str] = {name: row["family"] for name, row in TABLE["means"].items()} | {ATTACK: ATTACK}
_POSITION = whole_words(TABLE["position"]["words"])
UNMEANT = {"accident", "natural", "suicide"}  # families of what no enemy did
_DENIAL = {facet: whole_words(words) for facet, words in TABLE["denial"].items() if facet != "own"}
_NO_GROUND = _DENIAL.pop("agent_too")
_OWN_DEED = whole_words(TABLE["denial"]["own"])
NAMES = 4  # words that the name of a party has at most
_AUXILIARY = regex.compile(r"(?:\s+(?:had|have|has|fully|completely|also|then|now|reportedly))*\s*$")
_AND = regex.compile(r"\s+(?:and|with|alongside|backed\s+by)\s+")
_BODY = regex.compile(r"(?:\p{Lu}[\w’'-]*|forces|troops|army|rebels|fighters|militants|militias?|units)$")
_KEPT, _FORCE = whole_words(TABLE["control"]["kept"]), whole_words(TABLE["control"]["force"])
_TAKEN, _LOST = whole_words(TABLE["control"]["taken"]), whole_words(TABLE["control"]["lost"])
_ACCOUNTS = whole_words(TABLE["accounts"]["words"])
CAUSED = whole_words(TABLE["cause"]["words"])
_NONE = whole_words(TABLE["occurrence"]["none"])
_CAME = whole_words(TABLE["occurrence"]["came"])
# An act told as a harmless one: the words for that, and for the act that it cannot have been as well.
READINGS = {name: (whole_words(row["harmless"]), whole_words(row["act"])) for name, row in TABLE["readings"].items()}
_STANDING = whole_words(TABLE["standing"]["words"])
_NOT = regex.compile(r"\b(?:not|never|no\s+longer|failed\s+to)\b|n[’']t\b", regex.I)
_NOTHING = regex.compile(r"\b(?:not|no|never|without|neither|nor|none|nothing|nobody|unlikely)\b|n[’']t\b", regex.I)
_NOT_BEFORE = regex.compile(rf"(?:{_NOT.pattern})\s+(?:[\w“\"‘]+\s+)?[“\"‘']?$", regex.I)
_OURS = regex.compile(
    r"\b(?:we|ours?|us)\b|\b(?:its|their|his|her)\s+(?:own\s+)?(?:men|fighters|people|forces|troops|units|riders|soldiers|boys|lads|brigades?)\b",
    regex.I,
)
_TURN = regex.compile(r"[.;:]|,?\s+\b(?:that|but|while|and|although|because|after|when|which|who)\b", regex.I)
_BESIDE = regex.compile(  # before a place that is named only to say where another lies
    r"\b(?:near(?:by)?|next\s+to|beside|opposite|close\s+to|(?:across|not\s+far|away|met(?:er|re)s|yards|feet|kilomet(?:er|re)s)"
    r"(?:\s+\w+){0,3}\s+from|adjacent\s+to|behind|outside|around|in\s+front\s+of|alongside)\s+(?:the\s+|an?\s+)?$",
    regex.I,
)
# A denial can only deny a facet that the sentence speaks of.
_DENIABLE = {
    "agent": {"attack", "responsibility", "detention"},
    "casualties": {"casualty"},
    "target": {"attack"},
    "control": {"control"},
}
HELD = regex.compile(  # whose area a deed was done in
    r"\b(?P<who>(?:Islamic\s+)?[\w’']+)[-\s](?:held|controlled|run)\b|\b(?P<who>opposition|rebel|government|regime)\s+areas?\b",
    regex.I,
)


def values(claim: Claim, registry: Registry) -> tuple[Value, ...]:
    """The facet values that a claim gives, denied ones marked ``negated`` and doubtful ones ``hedged``."""
    if not claim.tags.types or claim.tags.assertion == "calls":
        return ()
    hedged = claim.tags.assertion == "hedges"
    if claim.tags.assertion == "denies":
        found = _denied(claim, registry)
    else:
        found = list(_asserted(claim, registry))
    return tuple(dict.fromkeys(replace(value, hedged=hedged) for value in found))


def is_position(claim: Claim) -> bool:
    """Whether a claim takes or refuses what is on offer (a truce, a plan) and says nothing of what happened."""
    return set(claim.tags.about) == {"diplomacy"} and bool(_POSITION.search(claim.sentence.text))


def means_said(text: str) -> tuple[str, ...]:
    """The means that a text speaks of, whatever it says of them."""
    return tuple(name for name, words in _MEANS.items() if words.search(text))


def _refused_means(text: str) -> Iterator[str]:
    """The means that a denial says were not in use: "no hole that would show an air strike"."""
    for name, words in _MEANS.items():
        said = words.search(text)
        if said and (nots := list(_NOTHING.finditer(text, 0, said.start()))):
            if not _TURN.search(text, nots[-1].end(), said.start()):
                yield name


def is_nothing(text: str) -> bool:
    """Whether a text says that nothing took place."""
    return bool(_NONE.search(text))


def is_whole(text: str) -> bool:
    """Whether a text says that nothing happened or came; that none of a forbidden weapon did says less."""
    said = [match for words in (_NONE, _CAME) if (match := words.search(text))]
    return bool(said) and not any(_MEANS[name].search(match[0]) for match in said for name in BANNED)


def clears_itself(claim: Claim) -> bool:
    """Whether a denial says in words of whose deed it was not."""
    text = claim.sentence.text
    return any(words.search(text) for words in (_DENIAL["agent"], _OWN_DEED)) or _clears_doer(text, claim)


def _clears_doer(text: str, claim: Claim) -> bool:
    """Whether a denial is of who did a deed, where nothing is said of who holds what."""
    types = set(claim.tags.about)
    return "control" not in types and bool(types & _DENIABLE["agent"] and _NO_GROUND.search(text))


def is_standing(claim: Claim) -> bool:
    """Whether a claim denies a kind of deed as a rule ("has always denied") and no single one."""
    return claim.tags.assertion == "denies" and bool(_STANDING.search(claim.sentence.text))


def agents(claim: Claim, registry: Registry) -> tuple[Agent, ...]:
    """The agent spans with their parties."""
    return tuple(
        Agent(span, parties[0].id if (parties := registry.parties(span.text)) else None) for span in claim.tags.agents
    )


def _asserted(claim: Claim, registry: Registry) -> Iterator[Value]:
    types, text = set(claim.tags.about), claim.sentence.text
    nothing = bool(_NONE.search(text))
    if types & {"attack", "detention"}:
        yield Value("occurrence", "happened", negated=nothing)
    yield from (Value("occurrence", name) for name, (harmless, _) in READINGS.items() if harmless.search(text))
    if not nothing:
        yield from _deed(claim, types, registry)
    yield from losses(claim)
    if "control" in types:
        yield from _control(claim, registry)
    if types & {"attack", "detention", "control"} and not nothing:
        yield from _where(claim, registry)
    yield from (Value("status", name, negated=not held) for name, held in states(text, types))


def _deed(claim: Claim, types: set[str], registry: Registry) -> Iterator[Value]:
    """What is said of a deed: with what, on whom, from where, by whom, when."""
    text = claim.sentence.text
    if "attack" in types:
        yield from _target(text, claim)
    if types & {"attack", "casualty", "detention", "other"}:
        refused = {name for name in _refused_means(text) if FAMILY[name] in UNMEANT}  # "it was no accident"
        for name in means_said(text):
            if "attack" in types or FAMILY[name] in UNMEANT:
                yield Value("means", name, negated=name in refused)
    if "attack" in types:
        yield from (Value("origin", origin) for origin in origins(text, registry))
    if "responsibility" in types or (types & {"attack", "detention"} and claim.tags.agents):
        yield from (Value("agent", party) for party in blamed(claim, registry))
    if types & {"attack", "detention", "control"}:
        yield from (Value("time", time) for time in times(text))


def _where(claim: Claim, registry: Registry) -> Iterator[Value]:
    """Where it was; a hit or a miss says already whether force came down in a thing, and control who is in it."""
    text = claim.sentence.text
    aimed = "control" in claim.tags.about or bool(_HIT.search(text) or _MISSED.search(text))
    for where, holds in grounds(text, claim.speaker.name, registry):
        if not (aimed and where.startswith((INSIDE, OUTSIDE))):
            yield Value("place", where, negated=not holds)


def _denied(claim: Claim, registry: Registry) -> list[Value]:
    """What exactly is denied; a denial that names no facet denies that it happened."""
    text, types = claim.sentence.text, set(claim.tags.about)
    found: list[Value] = []
    if _MISSED.search(text):
        found.append(Value("target", "hit", negated=True))
    said = (name for name, words in _DENIAL.items() if types & _DENIABLE[name] and words.search(text))
    facet = "agent" if _clears_doer(text, claim) else next(said, None)
    origin = refused_origin(text, registry) if "attack" in types else None
    if origin:  # of "no drone was launched from there" the drone is not denied
        found.append(Value("origin", origin, negated=True))
    if facet != "control" and _ACCOUNTS.search(text):  # a denial of what is told denies the deed, whoever did it
        found.append(Value("occurrence", "happened", negated=True))
    if types & {"attack", "detention"} and is_whole(text):
        found.append(Value("occurrence", "happened", negated=True))
    found += _refused(claim, facet, registry)
    if "attack" in types and not is_whole(text):
        found += [Value("means", name, negated=True) for name in _refused_means(text)]
    if types & {"attack", "detention", "control"}:
        found += _where(claim, registry)
    if not found or facet is None:
        found += [Value("status", name, negated=not held) for name, held in denied_states(text, types)]
    return found or [Value("occurrence", "happened", negated=True)]


def _refused(claim: Claim, facet: str | None, registry: Registry) -> list[Value]:
    """What a denial denies of the facet that it speaks of; of a deed of one's own, that one did it."""
    types = set(claim.tags.about)
    found: list[Value] = []
    if facet == "agent" or (facet is None and "responsibility" in types):
        return _cleared(claim, registry)
    if facet in (None, "target") and types & {"attack", "detention"} and _OWN_DEED.search(claim.sentence.text):
        found += _cleared(claim, registry)
    if facet == "target":
        found.append(Value("target", "hit", negated=True))
    elif facet == "casualties":
        found += [Value("casualties", DEATH, negated=True, scope=who) for who, _ in fates(claim.sentence.text)]
        found.append(Value("casualties", "killed", negated=True, low=0, high=0))
    elif facet == "control":
        found += _kept(claim, registry)
    return found


def _cleared(claim: Claim, registry: Registry) -> list[Value]:
    """Who is cleared by a denial, and who is blamed instead: a party clears its own side and blames the others."""
    side = claim.speaker.side
    mine = own(claim, registry)
    named = blamed(claim, registry)
    cleared = [p for p in named if p in mine or side is None or registry.side_of(p) == side]
    others = [Value("agent", p) for p in named if p not in cleared]
    return [Value("agent", p, negated=True) for p in cleared or mine or [SOMEBODY]] + others


def _kept(claim: Claim, registry: Registry) -> list[Value]:
    """A capture denied, by whom it is said to have been made; who denies a loss also says that he still holds."""
    side = claim.speaker.side
    taken = [p for p in blamed(claim, registry) if side is None or registry.side_of(p) != side]
    found = [Value("control", p, negated=True) for p in taken or [SOMEBODY]]
    if side is not None and _LOST.search(claim.sentence.text):
        found.append(Value("control", own(claim, registry)[0]))
    return found


def _said(words: regex.Pattern[str], text: str) -> bool | None:
    """Whether the text says one of the words (True), says it with a "not" before it (False), or neither (None)."""
    match = words.search(text)
    return None if match is None else not _NOT_BEFORE.search(text[: match.start()])


def _target(text: str, claim: Claim) -> Iterator[Value]:
    hit, missed = _said(_HIT, text), _MISSED.search(text)
    named = bool(claim.tags.places) or any(kind.search(text) for kind in _KINDS.values())
    if missed or (named and hit is False):
        yield Value("target", "hit", negated=True)
    elif named and hit:
        yield Value("target", "hit")
    if _USED.search(text) or _FREE.search(text):
        yield Value("target", "armed" if _USED.search(text) else "civilian")
        return
    places = [p.text for p in claim.tags.places if missed or not _BESIDE.search(text[: text.find(p.text)])]
    kinds = [name for name, kind in _KINDS.items() if any(kind.search(place) for place in places)]
    plain = _NOT_THAT.sub("", text)  # "medicine, not ammunition"
    aims = [name for name, said in _AIM.items() if said.search(plain)]
    sure = aims if len(aims) == 1 and not AIM_OF.keys() & set(kinds) else []
    yield from (Value("target", name) for name in [*kinds, *sure])


def _control(claim: Claim, registry: Registry) -> Iterator[Value]:
    text = claim.sentence.text
    mine = itself(claim, registry)
    ours = mine and (_OURS.search(text) or (claim.tags.assertion == "confirms" and _LOST.search(text)))
    holders = _holders(claim, registry) or (mine if ours else []) or [SOMEBODY]
    if _LOST.search(text) and not (mine and _KEPT.search(text)):
        yield Value("control", holders[0], negated=not _NOT.search(text))
    elif taken := _TAKEN.search(text):
        refused = bool(_NOT.search(text)) and not (mine and _KEPT.search(text))
        said = max((span.end - claim.sentence.start for span in (*claim.tags.cues, *claim.tags.sources)
                    if span.end - claim.sentence.start <= taken.start()), default=0)  # fmt: skip
        for holder in _takers(text[said : taken.start()], registry) or holders:
            yield Value("control", holder, negated=refused)


def _takers(before: str, registry: Registry) -> list[str]:
    """The parties named right before the words that say a place was taken ("after rebels", "the army and SNA had")."""
    *others, last = _AND.split(_AUXILIARY.sub("", before))
    named = [registry.parties(" ".join(last.split()[-NAMES:]))[-1:]]
    if others and len(last.split()) <= NAMES + 1 and _BODY.search(others[-1]):
        named.append(registry.parties(" ".join(others[-1].split()[-NAMES:]))[-1:])
    return [party.id for found in named for party in found] if named[0] else []


def _holders(claim: Claim, registry: Registry) -> list[str]:
    """The parties that are said to hold or leave; troops of no known party are of the side that boasts of them."""
    side = claim.speaker.side
    found = blamed(claim, registry)
    if side is None or side == "neutral" or claim.speaker.state == "author":
        return found
    plain = [party for party in found if registry.side_of(party) is None and not party.startswith(FOES)]
    return [side if party in plain and _FORCE.search(party) else party for party in found]
