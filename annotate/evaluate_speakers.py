"""Who is said to speak -> counts: judged by the sentence that names the speaker, and by how he is known."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from annotate.align import Aligned, Answer
from annotate.document import SpeakerState
from annotate.gold import GoldReport, GoldSentence
from annotate.scores import Counts

SPEAKERS = ("named", "carried", "nobody")  # where the speaker of a sentence is named: here, earlier, nowhere
STATES: tuple[SpeakerState, ...] = ("named", "carried", "relayed", "publisher", "author", "missing")

AHEAD = 6  # sentences: a quotation's speaker is named no further on than this
_VIA = re.compile(r"\(via\s+[^)]+\)", re.IGNORECASE)
_NAME = re.compile(r"\b[A-Z]\w+")


def state_of(gold: GoldReport, sentence: GoldSentence) -> SpeakerState | None:
    """How the speaker of a gold sentence is known; None where that is not to be judged.

    An earlier sentence names him (``carried``), the annotator wrote "X (via Y)" (``relayed``) or "unknown"
    (``missing``), the sentence names its source (``named``), the writer speaks (``author``), or the writer's voice is
    a party's own (``publisher``). Not judged are a source that claims nothing (bare lead-ins, "reports say"), a
    speaker left blank, and a quotation whose speaker is named only behind it.
    """
    if is_bare(sentence):
        return None
    name = sentence.speaker
    if sentence.from_ is not None:
        return "carried"
    if name and _VIA.search(name):
        return "relayed"
    if name == "unknown":
        return "missing"
    if sentence.sources:
        return "named"
    if name == "author":
        return "author"
    return None if not name or _is_quoted_ahead(gold, sentence) else "publisher"


def state_said(answer: Answer | None, states: Mapping[int, Answer]) -> SpeakerState | None:
    """How the speaker is said to be known; a relay that another sentence names is ``carried``."""
    if answer is None or answer.speaker is None:
        return None
    named_here = _found_in(answer, states) is answer
    return "carried" if answer.speaker.state == "relayed" and not named_here else answer.speaker.state


def speaker_counts(one: Aligned) -> Counts:
    """[SPEAKERS, tally]: right when the sentence said to name the speaker is (or shares letters with) the gold's."""
    counts = np.zeros((len(SPEAKERS), 3))
    by_number = numbered(one)
    for sentence, answer in one.asked():
        if is_bare(sentence):
            continue
        named_in = _root(sentence, one.gold.sentences)
        kind = "nobody" if named_in is None else "named" if named_in is sentence else "carried"
        counts[SPEAKERS.index(kind), 2] += 1
        if answer is None or answer.speaker is None:
            continue
        found_in = _found_in(answer, by_number)
        said = "nobody" if found_in is None else "named" if found_in is answer else "carried"
        counts[SPEAKERS.index(said), 1] += 1
        counts[SPEAKERS.index(said), 0] += said == kind and (
            named_in is None or found_in is None or _share(named_in, found_in)
        )
    return counts


def numbered(one: Aligned) -> dict[int, Answer]:
    """The predicted sentences of a report by their numbers."""
    return {answer.sentence.index: answer for answer in one.answers}


def is_bare(sentence: GoldSentence) -> bool:
    """A source and no stance: a bare lead-in or "reports say" is nobody's claim."""
    return bool(sentence.sources) and sentence.stance == "unattributed"


def _is_quoted_ahead(gold: GoldReport, sentence: GoldSentence) -> bool:
    """Somebody other than the outlet who is named as a source a few sentences on."""
    if set(_NAME.findall(sentence.speaker or "")) & set(_NAME.findall(gold.report.outlet or "")):
        return False
    number = sentence.sentence.index
    return any(
        later.sources and later.speaker == sentence.speaker for later in gold.sentences[number + 1 : number + 1 + AHEAD]
    )


def _root(sentence: GoldSentence, sentences: Sequence[GoldSentence]) -> GoldSentence | None:
    """The sentence that names the speaker; None where the writer speaks or the speaker is lost."""
    if sentence.from_ is None:
        return sentence if sentence.sources else None
    while sentence.from_ is not None and sentence.from_ < sentence.sentence.index:
        sentence = sentences[sentence.from_]
    return sentence


def _found_in(answer: Answer, by_number: Mapping[int, Answer]) -> Answer | None:
    """The predicted sentence that is said to name the speaker."""
    speaker = answer.speaker
    if speaker is None or speaker.state in ("author", "publisher", "missing"):
        return None
    while speaker is not None and speaker.from_ is not None and speaker.from_ < answer.sentence.index:
        answer = by_number[speaker.from_]
        speaker = answer.speaker
    return answer


def _share(gold: GoldSentence, found: Answer) -> bool:
    return gold.sentence.start < found.sentence.end and found.sentence.start < gold.sentence.end
