"""What a claim says of the toll: numbers of people as values with bounds, populations and scope."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from annotate.counts import EITHER, is_beside, is_part, is_rival, is_running, runs_over_days
from annotate.document import Claim, Count, Value
from annotate.fates import DEATH, fates
from annotate.wording import TABLE, whole_words

# Words for people of whatever kind, without the s of the plural.
EVERYBODY = frozenset(
    "people person other bodie victim citizen all martyr dead member name corpse coffin grave live soul spectator "
    "worshipper mourner shopper passenger resident inhabitant villager pilgrim marcher bystander board son".split()
)
# What numbers of people are told of a casualty, a detention, a flight: of other kinds of sentence they are none of it.
TOLLS = {
    "casualty": ("killed", "wounded", "missing", EITHER),
    "detention": ("detained", "released", "missing"),
    "humanitarian": ("displaced", "evacuated", "trapped"),
}
FIGHTERS, CIVILIANS = "all fighters", "all civilians"  # who all the dead were
PART, ELSEWHERE = "part", "elsewhere"  # a count that bounds the whole from below; one of another deed, or of many
_TOLL = TABLE["toll"]
_NO_TOLL = whole_words(_TOLL["none"])
_SOME = whole_words(_TOLL["some"])
_PARTIAL = whole_words(_TOLL["part"])
_WHO_ALL = {who: whole_words(_TOLL[who.replace(" ", "_")]) for who in (FIGHTERS, CIVILIANS)}
ARMED = whole_words(_TOLL["armed"])
CIVIL = whole_words(_TOLL["civil"])
_SERVING = whole_words(
    [*_TOLL["armed"], "police\\w*", "officers?", "troops?", "guards?", "servicem[ae]n", "airm[ae]n", "sailors?"]
)
CORRECTED = whole_words(_TOLL["corrected"])
RISING, RISEN = whole_words(_TOLL["rising"]), whole_words(_TOLL["risen"])
_NOT = regex.compile(r"\b(?:no|not|none|without|any|if|whether|never)\b[^.;:]{0,40}$|n[’']t\b[^.;:]{0,40}$", regex.I)
_ELSEWHERE = whole_words(_TOLL["elsewhere"])
_KILLED, _HURT = whole_words(_TOLL["killed"]), whole_words(_TOLL["wounded"])


def _kinds(claim: Claim) -> list[str]:
    """What the numbers of a claim may be of, after its types."""
    return list(dict.fromkeys(what for label, told in TOLLS.items() if label in claim.tags.types for what in told))


def is_serving(scope: str | None) -> bool:
    """Whether a count is of men under arms alone: who denies dead civilians does not deny these."""
    return scope == FIGHTERS or bool(_SERVING.fullmatch(scope or ""))


def losses(claim: Claim) -> Iterator[Value]:
    """The counts of a claim of people killed, wounded, detained, displaced, as far as its types bear them out."""
    text = claim.sentence.text
    kinds = _kinds(claim)
    if "killed" in kinds:
        yield from _dead(claim)
    if "killed" in kinds and (none := _NO_TOLL.search(text)):
        spared = _spared(claim, none)
        yield from (Value("casualties", what, low=0, high=0, scope=none["who"] or "all") for what in spared)
        kinds = [what for what in kinds if none["who"] or what not in spared]
    elsewhere = is_running(claim.sentence) or runs_over_days(claim.sentence) or bool(_ELSEWHERE.search(text))
    partial = bool(_PARTIAL.search(text))
    totals: dict[str, Count] = {}
    for what in kinds:
        told = [count for count in claim.counts if count.what == what]
        whole = [] if elsewhere or partial else [count for count in told if not _is_less(claim, count)]
        if _apart([count.who for count in whole]):  # "15 civilians and 27 soldiers": each its own, together the whole
            yield _sum(what, whole, "people", more=len(told) > len(whole))
        elif whole:  # the first number of a kind is the total, said again more exactly perhaps
            same = [count for count in whole if count.low == whole[0].low]
            whole = [next((count for count in same if count.low == count.high), whole[0])]
            totals[what] = whole[0]
        for count in told:
            again = bool(whole) and count.low == whole[0].low
            own = (
                count in whole
                or again
                or is_rival(claim.sentence, count)
                or not (partial or count.who.rstrip("s") in EVERYBODY)
            )
            if elsewhere or (count not in whole and is_beside(claim.sentence, count)):
                yield Value("casualties", what, low=count.low, high=count.high, scope=ELSEWHERE)
            elif count not in whole and (partial or not own or is_part(claim.sentence, count)):
                yield Value("casualties", what, low=count.low, scope=count.who if own else PART)
            else:
                yield Value("casualties", what, low=count.low, high=count.high, scope=count.who)
    if {"killed", "wounded"} <= totals.keys() and EITHER not in totals:
        yield _sum(EITHER, [totals["killed"], totals["wounded"]], totals["killed"].who)


def _dead(claim: Claim) -> Iterator[Value]:
    """What is said of the dead without counting them: who they all were, that there are some, which one it is."""
    text = claim.sentence.text
    yield from (Value("casualties", who) for who, said in _WHO_ALL.items() if said.search(text))
    yield from (Value("casualties", DEATH, negated=not dead, scope=who) for who, dead in fates(text))
    counted = is_running(claim.sentence) or any(count.what in ("killed", EITHER) for count in claim.counts)
    if not counted and (some := _SOME.search(text)) and not _NOT.search(text[: some.start()]):
        yield Value("casualties", "killed", low=1, scope=some["who"].lower())


def _spared(claim: Claim, none: regex.Match[str]) -> list[str]:
    """What nobody suffered; of "22 were hurt, without casualties" only what no number is given of."""
    said = [what for what, words in (("killed", _KILLED), ("wounded", _HURT)) if words.search(none.group())]
    told = set() if none["who"] else {count.what for count in claim.counts}
    return [what for what in said or ["killed", "wounded"] if what not in told]


def _sum(what: str, parts: list[Count], who: str, *, more: bool = False) -> Value:
    """Several counts as one; without an upper bound where one has none, or where there are ``more``."""
    high = None if more or any(count.high is None for count in parts) else sum(count.high or 0 for count in parts)
    return Value("casualties", what, low=sum(count.low for count in parts), high=high, scope=who)


def _is_less(claim: Claim, count: Count) -> bool:
    """Whether a number is no total, but part of another or beside it; "20 others wounded" besides the dead is one."""
    first = next(other for other in claim.counts if other.what == count.what) is count
    beside = is_beside(claim.sentence, count) and not (first and count.what == "wounded" and count.who == "others")
    return beside or is_part(claim.sentence, count)


def _apart(populations: list[str]) -> bool:
    """Whether numbers are of several populations, each named."""
    named = {who.rstrip("s") for who in populations}
    return len(named) == len(populations) > 1 and not named & EVERYBODY
