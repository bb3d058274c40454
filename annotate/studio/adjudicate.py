"""Where annotators differ: who takes what for what, and the sentences that somebody has to decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from annotate.gold import GoldSentence
from annotate.labels import TYPES
from annotate.studio.agreement import masi
from annotate.studio.compared import SPANS, back, folded
from annotate.studio.readings import Shared, Unit, in_order
from annotate.studio.tasks import page

# What a difference costs downstream. Types and stance make or break a flagged dispute, a boundary moves everything on
# it, an assertion turns a claim into a denial; names and spans can be mended by rules.
_WEIGHTS = {
    "types": 3.0,
    "stance": 3.0,
    "assertion": 2.0,
    "sentence": 2.0,
    "from": 2.0,
    "speaker": 1.0,
    "event": 1.0,
    **dict.fromkeys(SPANS, 0.5),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """``times`` of the ``compared`` sentences, the one annotator gave the one value and the other the other."""

    annotators: tuple[str, str]
    control: str
    values: tuple[str, str]
    times: int
    compared: int


@dataclass(frozen=True, slots=True)
class Given:
    """What one annotator gave a sentence; ``carried_from`` is a sentence's number, spans are their words."""

    types: tuple[str, ...]
    stance: str
    assertion: str
    speaker: str | None
    carried_from: int | None
    event: str | None
    spans: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence that annotators differ on.

    ``sentence`` counts the stretches that anybody calls a sentence, ``given`` is None for those who do not call this
    one so. ``weight`` adds up the controls in ``differs``, each as far as annotators differ on it.
    """

    report: str
    sentence: int
    start: int
    end: int
    text: str
    weight: float
    differs: tuple[str, ...]
    given: dict[str, Given | None]
    link: str | None


def differences(reports: Sequence[Shared]) -> list[Difference]:
    """Who gives what where another gives something else, most frequent first."""
    annotators = sorted({name for one in reports for name in one.readings}, key=in_order)
    found = []
    for a, b in combinations(annotators, 2):
        times: Counter[tuple[str, tuple[str, str]]] = Counter()
        compared = 0
        for one in reports:
            for unit in one.units:
                if a in unit.given and b in unit.given:
                    compared += 1
                    times.update(_pairs(one, unit, a, b))
        found += [Difference((a, b), control, values, n, compared) for (control, values), n in times.items()]
    return sorted(found, key=lambda each: -each.times)


def cases(reports: Sequence[Shared], url: str | None = None) -> list[Case]:
    """The sentences to be decided on, most important first; ``url`` is the address of the Label Studio server."""
    found = []
    for one in reports:
        link = page(url, one.project, one.task)
        for number, unit in enumerate(one.units):
            apart = {control: share for control, share in _apart(one, unit).items() if share > 0}
            if apart:
                found.append(_case(one, number, apart, link))
    return sorted(found, key=lambda case: -case.weight)


def _pairs(one: Shared, unit: Unit, a: str, b: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """The values that two annotators differ in; of types each that only one of them gave."""
    mine, theirs = unit.given[a], unit.given[b]
    for label in TYPES:
        if (label in mine.types) != (label in theirs.types):
            yield "types", (label, f"not {label}") if label in mine.types else (f"not {label}", label)
    for control in ("stance", "assertion"):
        values = getattr(mine, control), getattr(theirs, control)
        if values[0] != values[1]:
            yield control, values
    names = folded(mine.speaker) or "(none)", folded(theirs.speaker) or "(none)"
    if names[0] != names[1]:
        yield "speaker", names
    up = back(one, a, mine), back(one, b, theirs)
    if up[0] != up[1]:
        yield "from", (_up(up[0]), _up(up[1]))


def _up(sentences: int) -> str:
    return f"{sentences} up" if sentences else "here"


def _apart(one: Shared, unit: Unit) -> dict[str, float]:
    """For each control how far annotators differ on a sentence, 0 to 1: the mean over pairs of them."""
    pairs = [(unit.given[a], unit.given[b], a, b) for a, b in combinations(unit.given, 2)]
    readers, there = len(one.readings), len(unit.given)
    apart = {"sentence": there * (readers - there) / (readers * (readers - 1) / 2)}
    if pairs:
        far = [_far(one, *pair) for pair in pairs]
        apart |= {control: sum(each[control] for each in far) / len(far) for control in far[0]}
    return apart


def _far(one: Shared, mine: GoldSentence, theirs: GoldSentence, a: str, b: str) -> dict[str, float]:
    events = _partners(one, a, mine), _partners(one, b, theirs)
    far = {
        "types": masi(frozenset(mine.types), frozenset(theirs.types)),
        "stance": float(mine.stance != theirs.stance),
        "assertion": float(mine.assertion != theirs.assertion),
        "from": float(back(one, a, mine) != back(one, b, theirs)),
        "speaker": float(folded(mine.speaker) != folded(theirs.speaker)),
        # One sentence put elsewhere must not call up all others of its event: half of the company has to differ.
        "event": float(_jaccard(*events) < 0.5),
    }
    return far | {
        label: 1.0 - _jaccard(set(getattr(mine, field)), set(getattr(theirs, field))) for label, field in SPANS.items()
    }


def _partners(one: Shared, name: str, sentence: GoldSentence) -> set[int]:
    """The units that an annotator puts into the event of a sentence, itself among them."""
    own = one.places[name][sentence.sentence.index]
    return {own} | {
        number
        for number, unit in enumerate(one.units)
        if sentence.event and name in unit.given and unit.given[name].event == sentence.event
    }


def _jaccard(one: set[Hashable] | set[int], other: set[Hashable] | set[int]) -> float:
    return len(one & other) / len(one | other) if one or other else 1.0


def _case(one: Shared, number: int, apart: Mapping[str, float], link: str | None) -> Case:
    unit = one.units[number]
    return Case(
        report=one.report.id,
        sentence=number,
        start=unit.start,
        end=unit.end,
        text=one.report.text[unit.start : unit.end],
        weight=sum(_WEIGHTS[control] * share for control, share in apart.items()),
        differs=tuple(control for control in _WEIGHTS if control in apart),
        given={name: _given(one, name, unit.given.get(name)) for name in one.readings},
        link=link,
    )


def _given(one: Shared, name: str, sentence: GoldSentence | None) -> Given | None:
    if sentence is None:
        return None
    return Given(
        types=sentence.types,
        stance=sentence.stance,
        assertion=sentence.assertion,
        speaker=sentence.speaker,
        carried_from=None if sentence.from_ is None else one.places[name][sentence.from_],
        event=sentence.event,
        spans={label: tuple(span.text for span in getattr(sentence, field)) for label, field in SPANS.items()},
    )
