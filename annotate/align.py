"""Which predicted sentence answers for which gold sentence, when the two were cut differently."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annotate.document import Claim, Sentence, Speaker, Tags
from annotate.gold import GoldReport, GoldSentence

Prediction = Tags | tuple[Sentence, Tags] | Claim


@dataclass(frozen=True, slots=True)
class Answer:
    """What was predicted for one sentence of the predicting side's own cutting."""

    sentence: Sentence
    tags: Tags
    stance: str | None
    claim: Claim | None = None

    @property
    def speaker(self) -> Speaker | None:
        """Who speaks, where that was asked."""
        return self.claim.speaker if self.claim else None


@dataclass(frozen=True, slots=True)
class Aligned:
    """A gold report and what was predicted of it; ``match[i]`` answers for gold sentence i, if anything does."""

    gold: GoldReport
    answers: tuple[Answer, ...]
    match: tuple[Answer | None, ...]
    own_cut: bool  # the sentences are the predicting side's own, not simply the gold's

    def asked(self) -> Iterator[tuple[GoldSentence, Answer | None]]:
        """The gold sentences with their answers, without separators ("___") that the other side rightly left out."""
        for sentence, answer in zip(self.gold.sentences, self.match, strict=True):
            if answer is not None or any(map(str.isalnum, sentence.sentence.text)):
                yield sentence, answer


def align(gold: GoldReport, predicted: Sequence[Prediction]) -> Aligned:
    """Compare each gold sentence with the predicted one that shares most code points with it.

    Bare ``Tags`` are taken to stand on the gold's own sentences, in order.

    Raises:
        ValueError: predictions of another text, or tags that are not one a gold sentence.
    """
    bare = [prediction for prediction in predicted if isinstance(prediction, Tags)]
    if bare:
        if len(bare) != len(predicted) or len(bare) != len(gold.sentences):
            raise ValueError(f"{gold.report.id}: {len(predicted)} tags for {len(gold.sentences)} gold sentences")
        on_gold = tuple(Answer(g.sentence, tags, tags.stance) for g, tags in zip(gold.sentences, bare, strict=True))
        return Aligned(gold, on_gold, on_gold, own_cut=False)
    answers = tuple(_answer(prediction) for prediction in predicted)
    for answer in answers:
        sentence = answer.sentence
        if gold.report.text[sentence.start : sentence.end] != sentence.text:
            raise ValueError(f"{gold.report.id}: sentence {sentence.index} was predicted on another text")
    given = [g.sentence for g in gold.sentences]
    own_cut = [(s.start, s.end) for s in given] != [(a.sentence.start, a.sentence.end) for a in answers]
    return Aligned(gold, answers, _matches(given, answers), own_cut)


def align_all(gold: Sequence[GoldReport], predicted: Sequence[Sequence[Prediction]]) -> list[Aligned]:
    """Align many reports, given in the same order; raises ValueError when their number differs."""
    if len(gold) != len(predicted):
        raise ValueError(f"{len(gold)} gold reports, predictions of {len(predicted)}")
    return [align(report, predictions) for report, predictions in zip(gold, predicted, strict=True)]


def by_report(gold: Sequence[GoldReport], claims: Iterable[Claim]) -> list[list[Claim]]:
    """Sort the claims of a whole batch to the gold reports; claims of other reports are left out."""
    sorted_: dict[str, list[Claim]] = {report.report.id: [] for report in gold}
    for claim in claims:
        sorted_.get(claim.sentence.report, []).append(claim)
    return [sorted_[report.report.id] for report in gold]


def boundary_counts(aligned: Aligned) -> tuple[int, int, int]:
    """Sentence ends inside the report that agree, that were predicted, that the gold has.

    The last end of a text is free and does not count. Ends are compared, not starts: whether a stamp belongs to the
    sentence after it is not a question of where sentences end.
    """
    gold = {g.sentence.end for g in aligned.gold.sentences}
    last = max(gold, default=0)
    ours = {a.sentence.end for a in aligned.answers if a.sentence.end < last}
    gold.discard(last)
    return len(gold & ours), len(ours), len(gold)


def _answer(prediction: Prediction) -> Answer:
    if isinstance(prediction, Claim):
        return Answer(prediction.sentence, prediction.tags, prediction.stance, prediction)
    assert not isinstance(prediction, Tags)
    sentence, tags = prediction
    return Answer(sentence, tags, tags.stance)


def _matches(gold: Sequence[Sentence], answers: Sequence[Answer]) -> tuple[Answer | None, ...]:
    if not gold or not answers:
        return (None,) * len(gold)
    starts, ends = (np.array([getattr(a.sentence, side) for a in answers]) for side in ("start", "end"))
    found: list[Answer | None] = []
    for sentence in gold:
        shared = np.minimum(ends, sentence.end) - np.maximum(starts, sentence.start)
        best = int(shared.argmax())  # the first of equals
        found.append(answers[best] if shared[best] > 0 else None)
    return tuple(found)
