"""Whom a sentence goes on with: each earlier naming of a speaker, and the answer "nobody before", gets a score.

The score is a sum of weights over a few plain features (distance, form of the phrase, shared head noun, open
quotation, ...), fitted on annotated reports by ``annotate.attribute_fit``. The candidate with the highest one wins.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from annotate.assets import REGISTRY
from annotate.document import Sentence, Speaker, Tags
from annotate.mentions import (
    BODIES,
    DOCUMENTS,
    FORMS,
    PEOPLE,
    descriptors,
    form_of,
    head_of,
    is_short_for,
    nouns,
    plural,
)  # fmt: skip

REACH = 40  # sentences that a description may look back
NEAR = 4  # sentences back in which somebody only spoken of may be meant
SURE = 4.0  # log-odds beyond which the model is not believed to be surer

ARTICLES = frozenset({"the", "this", "that", "these", "those", "a", "an"})

Features = dict[str, float]


@dataclass(frozen=True, slots=True)
class Naming:
    """Somebody who was named, and may be meant again."""

    speaker: Speaker  # as named, state `named` or `relayed`
    index: int
    phrase: str
    kind: str  # person, body or any
    stance: str | None
    item: int
    paragraph: int
    spoke: bool = True  # False: the writer only spoke of him
    colon: bool = False  # his sentence leads in
    short: bool = False  # he was named with more words before
    told: str | None = None  # his stance as the model reads it, which his later sentences are read by too
    opens: bool = False  # his sentence begins with him
    place: int = 0  # first, second ... source of its sentence
    settled: bool = False  # the page or the registry gives his stance
    said: bool = False  # the page itself does


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known when a sentence asks who speaks."""

    number: int
    sentences: Sequence[Sentence]
    tags: Tags
    phrase: str | None  # its first source
    known: str | None  # the registry's id of the phrase
    bearing: str | None  # the stance that the phrase's own words give
    namings: Sequence[Naming]  # all before, in order
    turns: Sequence[Naming | None]  # who spoke each sentence before
    quoting: bool  # quotation marks are open
    led_in: bool  # the sentence before was a bare lead-in
    ahead: str | None = None  # the form of the next source, where it goes on with somebody
    organ: bool = False  # the writer's voice is a party's, and claims of nobody else's are its own


def candidates(scene: Scene) -> list[Naming]:
    """Who may be meant, the latest first; of those only spoken of, the last few."""
    item = scene.sentences[scene.number].block.item
    return [
        naming
        for naming in reversed(scene.namings)
        if scene.number - naming.index <= (REACH if naming.spoke else NEAR) and (naming.spoke or naming.item == item)
    ]


def features_of_nobody(scene: Scene) -> Features:
    """For the answer that no earlier naming is meant: the sentence names its source, or the writer speaks."""
    form = form_of(scene.phrase, scene.known)
    text = scene.sentences[scene.number].text
    last = scene.turns[-1] if scene.turns else None
    carried = log_odds(scene.tags.continues)
    found = {f"nobody {form}": 1.0}
    if scene.phrase is not None:
        found |= {"nobody, source, continues": carried, f"nobody {form}, continues": carried}
        said = {naming.phrase.lower() for naming in scene.namings}
        found["nobody, said before"] = float(scene.phrase.lower() in said)
        found["nobody, indefinite plural"] = float(form == "bare" and plural(scene.phrase))
        return found
    if scene.ahead is not None and last is not None:
        found |= {"nobody, somebody ahead": 1.0, f"nobody, {scene.ahead} ahead": 1.0}
    opens = text[:1] in '"“‘«'
    return found | {
        "nobody, continues": carried,
        "nobody, unattributed": 0.0 if scene.organ else log_odds(unattributed(scene.tags)),
        "nobody, organ": float(scene.organ),
        "nobody, heading": float(scene.sentences[scene.number].block.kind == "heading"),
        "nobody, quoting": float(scene.quoting),
        "nobody, led in": float(scene.led_in),
        "nobody, opens": float(opens),
        "nobody, pronoun first": float(form_of(text.split(" ")[0]) in FORMS),
        "nobody, somebody before": float(last is not None),
        "nobody, new paragraph": float(_paragraphs(scene, scene.number - 1) > 0),
        "nobody, new paragraph, somebody before": float(last is not None and _paragraphs(scene, scene.number - 1) > 0),
    }


def features(scene: Scene, naming: Naming, rank: int) -> Features:
    """For an earlier naming; ``rank``: how many namings stand between, those only spoken of left out."""
    sentence = scene.sentences[scene.number]
    form = form_of(scene.phrase, scene.known)
    gap = scene.number - naming.index
    spoken = [scene.number - n for n, turn in enumerate(scene.turns) if turn is not None and _same(turn, naming)]
    quiet = min(spoken, default=gap)
    found = {
        "gap": math.log(gap),
        "quiet": math.log(quiet),
        "paragraphs": math.log1p(min(_paragraphs(scene, naming.index), 20)),
        "other item": float(naming.item != sentence.block.item),
        "spoke just now": float(quiet == 1),
        "held the floor": float(bool(scene.turns) and _one(scene.turns[-1], naming)),
        "much": sum(s <= 6 for s in spoken) / 6,
        "floor before the last": float(_one(_floor_before(scene), naming)),
        "floor before the last, nobody": float(_one(_floor_before(scene), naming) and _nobody_last(scene)),
        "led in": float(naming.colon),
        "named again": float(any(_same(n, naming) for n in scene.namings if n.index > naming.index)),
        "nobody's stance": float(naming.spoke and naming.stance in (None, "unattributed")),
    }
    if naming.spoke:
        found[f"rank {min(rank, 3)}"] = 1.0
    else:
        found |= {"spoken of": 1.0, f"spoken of, {form}": 1.0, "spoken of, gap": math.log(gap)}
    if scene.tags.stance not in (None, "unattributed") and naming.spoke:
        found["same stance"] = float(scene.tags.stance in (naming.stance, naming.told))
    for reading in ("short", "colon", "opens"):
        if getattr(naming, reading):
            found[f"{form}, {reading}"] = 1.0
    if naming.opens and not naming.spoke:
        found |= {"spoken of, opens": 1.0, f"spoken of, {form}, opens": 1.0}
    if scene.phrase is None:
        return found | {
            "silent, floor before the last": float(_one(_floor_before(scene), naming)),
            "silent, quoting": float(scene.quoting and quiet == 1),
            "silent, led in": float(scene.led_in and gap == 1),
            "silent, spoke just now": float(quiet == 1),
            "silent, gap": math.log(gap),
        }
    return found | _likeness(scene, naming, form, gap)


def _likeness(scene: Scene, naming: Naming, form: str, gap: int) -> Features:
    """How well a phrase fits an earlier naming."""
    phrase = scene.phrase or ""
    found = {
        f"{form}, {naming.kind}": 1.0,
        f"{form}, gap": math.log(gap),
        f"{form}, spoke just now": float(bool(scene.turns) and _one(scene.turns[-1], naming)),
        "number": float(plural(phrase) == plural(naming.phrase)),
    }
    if form in ("he", "it", "they", "self"):
        return found
    head = head_of(phrase)
    named, wanted = descriptors(naming.phrase), descriptors(phrase)
    there = nouns(scene.sentences[naming.index].text)
    fit = {
        "short for": is_short_for(phrase, naming.phrase),
        "head in phrase": head in nouns(naming.phrase),
        "head in sentence": head in there,
        "names shared": bool(wanted & named),
        "names missing": bool(wanted - named),
        "names missing, here": bool(wanted - there),
        "said in full": nouns(phrase) - ARTICLES <= nouns(naming.phrase),
        "same source": scene.known is not None and scene.known == naming.speaker.id,
        "other source": scene.known is not None and scene.known != naming.speaker.id,
        "same bearing": scene.bearing is not None and scene.bearing == naming.stance,
        "other bearing": scene.bearing is not None and naming.spoke and scene.bearing != naming.stance,
    }
    called = "name" if form in ("name", "known", "titled", "capital") else "description"
    found |= {f"{called}, {reading}": 1.0 for reading, holds in fit.items() if holds}
    for label, heads in (("document", DOCUMENTS), ("body", BODIES), ("person", PEOPLE)):
        if head in heads:
            found[f"a {label}, {naming.kind}"] = 1.0
    return found


def best(scene: Scene) -> Naming | None:
    """Whom the sentence goes on with; None: with nobody."""
    return max(scored(scene), key=lambda pair: pair[1])[0]


def scored(scene: Scene) -> list[tuple[Naming | None, float]]:
    """Every candidate with its score."""
    known = weights()
    return [(naming, sum(known.get(k, 0.0) * v for k, v in found.items())) for naming, found in described(scene)]


def described(scene: Scene) -> Iterator[tuple[Naming | None, Features]]:
    """Every candidate with its features, "nobody" first."""
    yield None, features_of_nobody(scene)
    rank = 0
    for naming in candidates(scene):
        yield naming, features(scene, naming, rank)
        rank += naming.spoke and naming.place == 0


@cache
def weights() -> Mapping[str, float]:
    """The fitted weights by feature name."""
    found: dict[str, float] = json.loads((REGISTRY / "speakers.json").read_text(encoding="utf-8"))["weights"]
    return found


def unattributed(tags: Tags) -> float:
    """How probable it is that the sentence is nobody's claim."""
    return tags.stance_scores.get("unattributed", float(tags.stance in (None, "unattributed")))


def log_odds(probability: float) -> float:
    """Log-odds, at most SURE either way."""
    inside = min(max(probability, 1e-6), 1 - 1e-6)
    return max(-SURE, min(SURE, math.log(inside / (1 - inside))))


def _floor_before(scene: Scene) -> Naming | None:
    """Who had been speaking when the latest naming came in between: a speech goes on after those it cites."""
    last = next((n for n in reversed(scene.namings) if n.spoke), None)
    return scene.turns[last.index - 1] if last is not None and last.index else None


def _nobody_last(scene: Scene) -> bool:
    """Whether the latest naming is of nobody in particular ("reports")."""
    last = next((n for n in reversed(scene.namings) if n.spoke), None)
    return last is not None and last.stance in (None, "unattributed")


def _paragraphs(scene: Scene, index: int) -> int:
    return scene.sentences[scene.number].block.paragraph - scene.sentences[index].block.paragraph if index >= 0 else 0


def _one(one: Naming | None, other: Naming) -> bool:
    """Whether both are one naming, whatever has been learned of it since."""
    return one is not None and (one.index, one.place) == (other.index, other.place)


def _same(one: Naming, other: Naming) -> bool:
    return one.speaker.name == other.speaker.name
