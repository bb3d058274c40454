"""Sentences on which a model and the annotators differ though the model is sure: slips to look for, hardest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from annotate.document import Claim, Report, Sentence
from annotate.doubts import Doubt, doubts
from annotate.gold import GoldReport, GoldSentence, ReadTask, trimmed
from annotate.pipeline import claims_of
from annotate.registry import Registry
from annotate.studio.tasks import page, spoken_name
from annotate.tag import Tagger

SURE = 0.5  # what the model gives to its own answer at least: it must hold that likelier than all others together


@dataclass(frozen=True, slots=True)
class Difference:
    """One control in which the model would have answered otherwise than some annotators did, and how likely each is."""

    control: str  # type, stance, assertion
    annotators: tuple[str, ...]
    given: str
    model: str
    given_probability: float
    model_probability: float


@dataclass(frozen=True, slots=True)
class Doubted:
    """A sentence with such differences, the hardest first.

    ``speakers`` has whom each of these annotators named, ``speaker`` whom the program did; both are there to be read,
    for nothing is known of how likely a name is.
    """

    report: str
    sentence: int
    start: int
    end: int
    text: str
    differences: tuple[Difference, ...]
    speakers: dict[str, str | None]
    speaker: str | None
    link: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """One report as one annotator read it, and what the program makes of the same sentences (None: not asked)."""

    task: ReadTask
    annotator: str
    gold: GoldReport
    claims: Sequence[Claim] | None = None


def readings_of(tasks: Iterable[ReadTask]) -> list[Reading]:
    """Every annotator's reading of every task, sentences without stamps as tagging sees them."""
    found = [Reading(task, name, gold) for task in tasks for name, gold in task.readings.items()]
    return [replace(one, gold=gold) for one, gold in zip(found, trimmed(one.gold for one in found), strict=True)]


def answered(
    readings: Sequence[Reading],
    tagger: Tagger,
    registry: Registry,
    progress: Callable[[str, int, int], None] | None = None,
) -> list[Reading]:
    """The readings with the program's claims; annotators who cut a report alike are answered together."""
    cuts: dict[tuple[object, ...], tuple[Report, list[Sentence]]] = {}
    keys = []
    for one in readings:
        sentences = [s.sentence for s in one.gold.sentences]
        keys.append((one.gold.report, *((s.start, s.end) for s in sentences)))
        cuts.setdefault(keys[-1], (one.gold.report, sentences))
    made: dict[tuple[object, ...], list[Claim]] = {}
    for (key, (report, sentences)), tags in zip(cuts.items(), tagger.tag(cuts.values()), strict=True):
        made[key] = claims_of(report, sentences, tags, registry)
        if progress:
            progress("reading reports", len(made), len(cuts))
    return [replace(one, claims=made[key]) for one, key in zip(readings, keys, strict=True)]


def doubted(readings: Sequence[Reading], sure: float = SURE, url: str | None = None) -> list[Doubted]:
    """The sentences that a model doubts which is at least so ``sure`` of its own answer, hardest first.

    The measure is that of confident learning: how little the model gives to the label that the annotator chose. A
    stance that page or registry bear out against the model is left alone. ``url`` is Label Studio's address.
    """
    found = []
    for one in readings:
        claims = one.claims or ()
        for doubt in doubts([one.gold], [[claim.tags for claim in claims]]):
            borne_out = doubt.head == "stance" and claims[doubt.sentence].stance == doubt.gold
            if doubt.sure >= sure and not borne_out:
                found.append((one, doubt))
    return _gathered(found, url)


def found_again(
    readings: Sequence[Reading], listed: Iterable[Doubt], sure: float = SURE, url: str | None = None
) -> tuple[list[Doubted], int]:
    """The same for doubts of a cross-validation, in which no model has seen what it doubts.

    Returns:
        The sentences, and how many of the doubts are of labels that none of the readings has.
    """
    there: dict[tuple[str, int, int], list[tuple[Reading, GoldSentence]]] = defaultdict(list)
    for one in readings:
        for sentence in one.gold.sentences:
            there[one.gold.report.id, sentence.sentence.start, sentence.sentence.end].append((one, sentence))
    found, strange = [], 0
    for doubt in listed:
        own = [
            (one, replace(doubt, sentence=sentence.sentence.index))
            for one, sentence in there[doubt.report, doubt.start, doubt.end]
            if _gave(sentence, doubt)
        ]
        strange += not own
        found += [each for each in own if doubt.sure >= sure]
    return _gathered(found, url), strange


def _gave(sentence: GoldSentence, doubt: Doubt) -> bool:
    """Whether an annotator gave the label that is doubted."""
    if doubt.head == "type":
        label = doubt.gold.removeprefix("not ")
        return (label in sentence.types) == (label == doubt.gold)
    return doubt.gold == (sentence.stance if doubt.head == "stance" else sentence.assertion)


def _gathered(found: Iterable[tuple[Reading, Doubt]], url: str | None) -> list[Doubted]:
    """One entry a sentence, whoever read it and however often the report is there."""
    sentences: dict[tuple[str, int, int], list[tuple[Reading, Doubt]]] = defaultdict(list)
    for one, doubt in found:
        sentences[one.gold.report.text, doubt.start, doubt.end].append((one, doubt))
    made = [_sentence(own, url) for own in sentences.values()]
    return sorted(made, key=lambda d: (d.differences[0].given_probability, -len(d.differences), d.report, d.start))


def _sentence(found: Sequence[tuple[Reading, Doubt]], url: str | None) -> Doubted:
    alike: dict[tuple[str, str, str], list[tuple[Reading, Doubt]]] = defaultdict(list)
    for one, doubt in found:
        alike[doubt.head, doubt.gold, doubt.model].append((one, doubt))
    differences = [
        Difference(
            control,
            tuple(dict.fromkeys(one.annotator for one, _ in own)),
            given,
            model,
            min(doubt.quality for _, doubt in own),
            max(doubt.sure for _, doubt in own),
        )
        for (control, given, model), own in alike.items()
    ]
    first, doubt = found[0]
    links = (page(url, one.task.project, one.task.id) for one, _ in found)
    said = first.claims[doubt.sentence].speaker if first.claims else None
    return Doubted(
        report=doubt.report,
        sentence=doubt.sentence,
        start=doubt.start,
        end=doubt.end,
        text=first.gold.report.text[doubt.start : doubt.end],
        differences=tuple(sorted(differences, key=lambda each: each.given_probability)),
        speakers={one.annotator: one.gold.sentences[d.sentence].speaker for one, d in found},
        speaker=spoken_name(said) if said else None,
        link=next(filter(None, links), None),
    )
