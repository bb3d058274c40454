"""How likely two claims speak of the same happening: a few plain features, weighed as annotated events teach.

Within a report most is said by how the text runs: how far apart two claims stand, whether another place or day is
told between them, what is said around them. Between reports it is place, day, kind of act and rare words in common.
What a claim shows depends on its own report alone, so that no other report changes the probability of a pair.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from functools import cache

from annotate.assets import REGISTRY
from annotate.labels import TYPES
from annotate.looks import Look
from annotate.registry import Registry

APART = 0.2  # what accounts of another day or place can reach at most
UNTIED = 0.6  # what is left of the probability for claims of two items of a live blog that nothing ties
TIED = 0.2  # cosine from which on words tie claims of two items of a live blog
STATE = 0.95  # probability that two claims about one state of affairs (a way open, a truce held) belong together
# Kinds of claim that stand together, or hardly ever do.
CROSSED = (
    ("attack", "casualty"), ("attack", "responsibility"), ("attack", "diplomacy"), ("control", "attack"),
    ("humanitarian", "diplomacy"), ("casualty", "humanitarian"),
)  # fmt: skip


def features(a: Look, b: Look, registry: Registry) -> dict[str, float]:
    """The pair's features by name; ``a`` stands before ``b``."""
    return {
        "bias": 1.0,
        **(_in_report(a, b) if a.ref[0] == b.ref[0] else _between(a, b)),
        **_where(a, b, registry),
        **_when(a, b),
        **_what(a, b),
        **_kinds(a, b),
    }


def _in_report(a: Look, b: Look) -> dict[str, float]:
    """How the text runs from the one to the other."""
    gap, step = b.ref[1] - a.ref[1], b.number - a.number
    between = range(a.number + 1, b.number)
    other_places = sum(a.told.places[n] not in (None, a.place, b.place) for n in between)
    own_days = a.told.days[a.number], b.told.days[b.number]
    other_days = sum(a.told.days[n] not in (None, *own_days) for n in between)
    return {
        "near": 1 / (1 + gap),
        "next": float(step == 1),
        "claims between": math.log1p(step),
        "claims in report": math.log1p(len(a.told.places)),
        "items in report": math.log1p(a.told.items),
        "same item": float(a.item == b.item),
        "items between": min(b.item - a.item, 4) / 4,
        "same paragraph": float(a.paragraph == b.paragraph),
        "other places between": min(other_places, 4) / 4,
        "other days between": min(other_days, 4) / 4,
        "same day carried": float(None not in own_days and own_days[0] == own_days[1]),
        "other day carried": float(None not in own_days and own_days[0] != own_days[1]),
        "lead": float(a.number < 2),
        "anaphora near": float(b.anaphora and gap <= 2),
        "same source": float(b.source is not None and b.source in (a.ref[1], a.source)),
    }


def _between(a: Look, b: Look) -> dict[str, float]:
    """How far apart two reports tell."""
    days = _ordinal(a.day), _ordinal(b.day)
    apart = abs(days[0] - days[1]) if days[0] and days[1] else None
    return {
        "days apart": min(math.log1p(apart), 3.0) if apart is not None else 0.0,
        "one day told": float(apart == 0),
        "days unknown": float(apart is None),
    }


def _ordinal(day: str | None) -> int | None:
    """A day that a calendar knows as a number; "report/tuesday" and a day of an unknown year are none."""
    known = day is not None and len(day) == 10 and day[:4].isdigit()
    return date.fromisoformat(day or "").toordinal() if known else None


def _where(a: Look, b: Look, registry: Registry) -> dict[str, float]:
    placed = a.place is not None and b.place is not None
    same = placed and a.place == b.place
    nested = placed and not same and _nested(a.place, b.place, registry)
    mains = [one.place is not None and one.place == one.told.main for one in (a, b)]
    return {
        "same place": float(same),
        "within place": float(nested),
        "other place": float(placed and not same and not nested and a.own_place and b.own_place),
        "place unsaid": float(not placed),
        "place named in both": float(bool(a.places & b.places)),
        "main place": (a.told.share + b.told.share) / 2,
        "both of main place": float(all(mains)),
        "one of main place": float(mains[0] != mains[1]),
    }


def _when(a: Look, b: Look) -> dict[str, float]:
    dated = a.date is not None and b.date is not None
    return {
        "same day": float(dated and a.date == b.date),
        "other day": float(dated and a.date != b.date),
        "day unsaid": float(not dated),
        "past": (a.past + b.past) / 2,
        "long": (a.long + b.long) / 2,
    }


def _what(a: Look, b: Look) -> dict[str, float]:
    common = a.words.keys() & b.words.keys()
    measured = {what for what, _ in a.counts} & {what for what, _ in b.counts}
    return {
        "cosine": _cosine(a.words, b.words),
        "around": _cosine(a.around, b.around),
        "rare words": max((min(a.words[w], b.words[w]) for w in common), default=0.0),
        "share of words": len(common) / max(min(len(a.words), len(b.words)), 1),
        "names": min(len(a.names & b.names), 3) / 3,
        "numbers": min(len(a.numbers & b.numbers), 2) / 2,
        "same count": float(bool(a.counts & b.counts)),
        "other count": float(bool(measured) and not a.counts & b.counts),
        "parties": float(bool(a.parties & b.parties)),
        "other parties": _apart(a.parties, b.parties),
        "targets": float(bool(a.targets & b.targets)),
        "other targets": _apart(a.targets, b.targets),
        "means": float(bool(a.means & b.means)),
        "other means": _apart(a.means, b.means),
        "statuses": float(bool(a.statuses & b.statuses)),
        "same speaker": float(a.speaker == b.speaker),
        "short": min(a.length, b.length, 30) / 30,
    }


def _kinds(a: Look, b: Look) -> dict[str, float]:
    called = [one.assertion == "calls" for one in (a, b)]
    found = {
        "types": len(a.types & b.types) / max(len(a.types | b.types), 1),
        "families": len(a.families & b.families) / max(len(a.families | b.families), 1),
        "no family": float(not a.families & b.families),
        "both call": float(all(called)),
        "one calls": float(called[0] != called[1]),
        "denies": float("denies" in (a.assertion, b.assertion)),
        "aside": float(a.aside or b.aside),
    }
    for label in TYPES:
        found[f"both {label}"] = float(label in a.types & b.types)
        found[f"one {label}"] = float(label in a.types ^ b.types)
    for one, other in CROSSED:
        there = (one in a.types and other in b.types) or (other in a.types and one in b.types)
        found[f"{one} and {other}"] = float(there and not {one, other} <= a.types & b.types)
    return found


def _apart(a: frozenset[str], b: frozenset[str]) -> float:
    return float(bool(a and b) and not a & b)


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """How much two bags of words share, weighted by rarity; 0 to 1."""
    if len(b) < len(a):
        a, b = b, a
    return sum(w * b[word] for word, w in a.items() if word in b)


def _nested(a: str | None, b: str | None, registry: Registry) -> bool:
    """Whether one of two places lies in the other."""
    return a is not None and b is not None and (registry.within(a, b) or registry.within(b, a))


def probability(a: Look, b: Look, registry: Registry) -> float:
    """How likely two claims speak of the same happening; ``a`` stands before ``b``."""
    weights = _weights()["same report" if a.ref[0] == b.ref[0] else "other report"]
    score = sum(weights[name] * value for name, value in features(a, b, registry).items() if value)
    fitted = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
    if _one_state(a, b, registry):
        return max(fitted, STATE)
    if _elsewhere(a, b, registry):
        return min(fitted, APART)
    other_item = a.ref[0] == b.ref[0] and a.blog and a.item != b.item and not _tied(a, b)
    return fitted * UNTIED if other_item else fitted


def _tied(a: Look, b: Look) -> bool:
    """Whether anything ties claims of two items: a place said in both, a number, or words of their own."""
    if a.own_place and b.own_place and a.place == b.place:
        return True
    return bool(a.numbers & b.numbers) or _cosine(a.words, b.words) >= TIED


def _elsewhere(a: Look, b: Look, registry: Registry) -> bool:
    """Whether two claims speak of two days, of two years or a history's two months, or of two known places apart.

    Stock phrases make accounts of two strikes look alike; a day or a place said in both tells them apart.
    """
    if a.date is not None and b.date is not None and a.date != b.date:
        return True
    months = a.told.months[a.number], b.told.months[b.number]
    years = a.told.years[a.number], b.told.years[b.number]
    if any(None not in pair and pair[0] != pair[1] for pair in (months, years)):
        return True
    known = a.own_place and b.own_place and {a.place, b.place} <= registry.all_places.keys()
    return known and a.place != b.place and not _nested(a.place, b.place, registry)


def _one_state(a: Look, b: Look, registry: Registry) -> bool:
    """Whether both speak of one state of affairs: whether a way is open, or a truce holds, in one city at one time."""
    if not a.statuses & b.statuses or (a.date and b.date and a.date != b.date):
        return False
    if a.ref[0] != b.ref[0] and not (a.date and b.date):
        return False
    return a.place is None or b.place is None or a.place == b.place or bool(_cities(a, registry) & _cities(b, registry))


def _cities(one: Look, registry: Registry) -> set[str]:
    """The towns that hold a claim's place, itself included."""
    return {
        row.id for row in registry.enclosing(one.place or "") if row.kind in ("city", "town", "village", "district")
    }


@cache
def _weights() -> dict[str, dict[str, float]]:
    table = json.loads((REGISTRY / "events.json").read_text(encoding="utf-8"))
    return dict(table["weights"])
