"""Whether two claims that each give a doer tell of one deed, or of two that only stand close in one battle."""

from __future__ import annotations

import regex

from annotate.actors import same_actor
from annotate.denials import cosine
from annotate.document import Claim
from annotate.registry import Registry
from annotate.tolls import other_deed
from annotate.voices import Bench

CLOSE = 2  # sentences apart, up to which two accounts of one report need nothing else in common
KINDRED = 0.12  # likeness of words from which on accounts further apart can be of one deed

_ANSWER = regex.compile(  # a deed that answers another
    r"\b(?:in|as(?:\s+an?)?)\s+(?:\w+\s+)?(?:response|retaliation|reprisal|answer|reply|revenge)\b|\bretaliat\w+|\breturn(?:ed|ing)\s+fire\b"
    r"|\b(?:exchang\w+|traded?|trading)\s+(?:of\s+)?(?:fire|shelling|shells|rockets|blows|gunfire)\b|\b(?:fired|struck|hit)\s+back\b",
    regex.I,
)
_BLAMES = regex.compile(  # who is named in such words is named as the doer, or as who is not
    r"\b(?:not|never|nor|blam\w+|accus\w+|responsib\w+|behind|culprits?|guilty|work\s+of|instead|rather\s+than|first|provok\w+|disguis\w+|pos(?:ed|ing)\s+as"
    r"|own|itself|themselves)\b|n[’']t\b",
    regex.I,
)
_AGAIN = regex.compile(  # the deed of which somebody has spoken
    r"\b(?:the|this|that|(?:\w+day|last\s+night)[’']s)\s+(?:\w+\s+){0,2}?(?:attack|strike|air\s?strike|raid|blast|explosion|bombing|shelling|incident|massacre|killings?|murders?|abduction"
    r"|kidnapping|assault|ambush|shooting|fire|crash|downing)\b|\bit\b",
    regex.I,
)


def one_deed(a: Claim, b: Claim, bench: Bench) -> bool:
    """Whether two claims give the doer of one deed, an attack or an abduction, at no two places that they name."""
    types, within = set(a.tags.about) & set(b.tags.about), bench.registry.within
    if "responsibility" not in types or not types & {"attack", "detention"} or not bench.meet(a, b, loose=True):
        return False
    if a.place and b.place and a.places and b.places and not (within(a.place, b.place) or within(b.place, a.place)):
        return False
    if any(_ANSWER.search(claim.sentence.text) for claim in (a, b)) or other_deed(a, b, bench.registry):
        return False
    fought = _struck(a, b, bench.registry) or _struck(b, a, bench.registry)
    return not fought and _kindred(a, b)


def _struck(a: Claim, b: Claim, registry: Registry) -> bool:
    """Whether the one names whom the other blames, and not as the doer: they fought, and each did his own deed."""
    doers = {value.value for value in b.values if value.facet == "agent" and not value.negated}
    text, start = a.sentence.text, a.sentence.start
    if _BLAMES.search(text):
        return False
    for span in sorted((*a.tags.sources, *a.tags.agents), key=lambda one: -one.start):
        text = text[: span.start - start] + " | " + text[span.end - start :]
    return any(same_actor(party.id, doer, registry) for party in registry.parties(text) for doer in doers)


def _kindred(a: Claim, b: Claim) -> bool:
    """Whether two accounts stand close in one report, speak of the deed as known, or tell something alike of it."""
    if a.ref[0] == b.ref[0] and abs(a.ref[1] - b.ref[1]) <= CLOSE:
        return True
    said = [
        {(v.facet, v.value, v.low) for v in c.values if v.facet in ("target", "casualties", "time")} for c in (a, b)
    ]
    if {value for value in said[0] & said[1] if value[1] != "hit"}:
        return True
    later = max((a, b), key=lambda claim: claim.ref)
    return bool(_AGAIN.search(later.sentence.text)) or cosine(a.sentence.text, b.sentence.text) >= KINDRED
