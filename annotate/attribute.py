"""Who speaks: named in the sentence, carried over from an earlier one, relayed, lost, or the writer.

Half of it is learned (the tags' ``continues``), half of it is form: colon lead-ins, open quotation marks,
pronouns and definite descriptions that stand for somebody named before.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import regex

from annotate.antecedents import Features, Naming, Scene, best, described
from annotate.document import Report, Sentence, Speaker, Tags
from annotate.mentions import (
    LEAD_IN,
    form_of,
    pronoun_said,
    spoken_of,
)
from annotate.namings import naming, side_of
from annotate.registry import Registry

AHEAD = 5  # sentences in which the next source tells whether somebody is still speaking
CARRIED = 0.5  # probability of `continues` from which on it does
GAP = 3  # sentences of a quotation that may look like the writer's between two that do not
FAINT = 0.1  # probability of `continues` that each of them must have at least
BARE = 6  # words that may stand between a cue and the colon of a lead-in
PARTIES = ("official", "pro-regime", "pro-opposition", "other-party")  # whose own organs speak for them
OWN = 4  # sentences of the writer that it takes to tell whose organ an unknown page is
ORGAN = 0.6  # and how much they must sound like it

_OPENERS = '"“‘«'
_LOST = regex.compile(
    r"\b(?:reportedly|allegedly|purported(?:ly)?|(?:is|are|was|were)\s+(?:widely\s+)?(?:believed|thought|said|alleged|reported|claimed|rumou?red)"
    r"|claims?\s+(?:is|are|were)\s+circulating|reports?\s+say)\b",
    regex.I,
)


Choice = Callable[[Scene], Naming | None]  # whom a sentence goes on with


def attribute(
    report: Report, sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry
) -> list[tuple[Speaker, str | None]]:
    """The speaker and the settled stance of every sentence, in order.

    What the page says of a source wins over the registry, and the registry over the model; a carried
    sentence takes the stance of the floor it carries on.
    """
    floor = _Floor(report, sentences, tags, registry)
    heard = [floor.hear(number) for number in range(len(sentences))]
    return _one_stance_each(_bridged(heard, sentences, tags), tags, floor.settled)


def lessons(
    report: Report, sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry, roots: Sequence[int | None]
) -> list[tuple[list[Features], list[bool]]]:
    """What every sentence had to choose from, and which of it is right, told who spoke before.

    ``roots``: the earlier sentence that names the speaker, None where there is none.
    """
    found: list[tuple[list[Features], list[bool]]] = []

    def told(scene: Scene) -> Naming | None:
        rows = list(described(scene))
        right = [roots[scene.number] == (naming.index if naming else None) for naming, _ in rows]
        found.append(([features for _, features in rows], right))
        return next((naming for (naming, _), ok in zip(rows, right, strict=True) if ok), None)

    floor = _Floor(report, sentences, tags, registry, told)
    for number in range(len(sentences)):
        floor.hear(number)
    return [lesson for lesson in found if any(lesson[1])]


def _bridged(
    heard: list[tuple[Speaker, str | None]], sentences: Sequence[Sentence], tags: Sequence[Tags]
) -> list[tuple[Speaker, str | None]]:
    """Fill short gaps in a quotation that goes on: a sentence that looks like the writer's does not end it."""
    for start in range(1, len(heard)):
        before = heard[start - 1][0]
        if before.from_ is None or heard[start][0].state not in ("author", "missing"):
            continue
        for end in range(start + 1, min(start + GAP, len(heard) - 1) + 1):
            within = range(start, end)
            if any(tags[n].sources or sentences[n].block.item != sentences[start - 1].block.item for n in within):
                break
            if heard[end][0].from_ == before.from_ and all(tags[n].continues >= FAINT for n in within):
                for n in within:
                    heard[n] = before, heard[start - 1][1]
                break
    return heard


def _one_stance_each(
    heard: list[tuple[Speaker, str | None]], tags: Sequence[Tags], settled: set[str]
) -> list[tuple[Speaker, str | None]]:
    """A speaker of whom neither the page nor the registry says more keeps one stance: where he is named, it is voted.

    Sentences carried over to him follow: some of them are somebody else's.
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (speaker, stance), tag in zip(heard, tags, strict=True):
        if speaker.state in ("named", "relayed") and speaker.name not in settled and stance != "unattributed":
            votes[speaker.name].update(
                {k: math.log(max(p, 1e-4)) for k, p in tag.stance_scores.items() if k != "unattributed"}
            )
    return [
        (speaker, max(votes[speaker.name], key=lambda k: votes[speaker.name][k]))
        if votes.get(speaker.name) and stance not in (None, "unattributed") and speaker.state != "author"
        else (speaker, stance)
        for speaker, stance in heard
    ]


class _Floor:
    """Who holds the floor while a report is read from top to bottom."""

    def __init__(
        self,
        report: Report,
        sentences: Sequence[Sentence],
        tags: Sequence[Tags],
        registry: Registry,
        choose: Choice = best,
    ) -> None:
        self.sentences, self.tags, self.registry, self.choose = sentences, tags, registry, choose
        self.voice = _voice(report, tags, registry)
        self.namings: list[Naming] = []
        self.turns: list[Naming | None] = []  # who spoke each sentence so far
        self.led_in = False  # the sentence before was a bare lead-in
        self.quoting = False  # the quotation marks of whoever spoke last are open
        self.settled: set[str] = set()  # speakers whose stance the page or the registry gives

    def hear(self, number: int) -> tuple[Speaker, str | None]:
        """Who speaks the sentence, and how he stands; to be asked in order."""
        sentence, tags = self.sentences[number], self.tags[number]
        if number and sentence.block.item != self.sentences[number - 1].block.item:
            self.led_in, self.quoting = False, False  # a stamp or heading closes what is open
        heard, turn = self._with_source(number) if tags.sources else self._without_source(number)
        self.turns.append(turn)
        self.led_in = bool(tags.sources) and bool(LEAD_IN.search(sentence.text))
        self.quoting = turn is not None and _leaves_open(sentence.text, self.quoting)
        return heard

    def _scene(self, number: int) -> Scene:
        tags = self.tags[number]
        phrase = tags.sources[0].text if tags.sources else pronoun_said(self.sentences[number].text)
        known = self.registry.source(phrase) if phrase else None
        bearing = self.registry.sided(phrase) if phrase else None
        return Scene(
            number=number,
            sentences=self.sentences,
            tags=tags,
            phrase=phrase,
            known=known.id if known else None,
            bearing=bearing[0] if bearing else known.stance if known else None,
            namings=self.namings,
            turns=self.turns,
            quoting=self.quoting,
            led_in=self.led_in,
            ahead=self._ahead(number),
            organ=self.voice is not None,
        )

    def _ahead(self, number: int) -> str | None:
        """The form of the next source, if it stands near and goes on with somebody."""
        here = self.sentences[number].block.item
        for later in range(number + 1, min(number + 1 + AHEAD, len(self.sentences))):
            if self.sentences[later].block.item != here:
                return None
            if self.tags[later].sources:
                return form_of(self.tags[later].sources[0].text) if self.tags[later].continues >= CARRIED else None
        return None

    def _with_source(self, number: int) -> tuple[tuple[Speaker, str | None], Naming]:
        tags, sentence = self.tags[number], self.sentences[number]
        earlier = self.choose(self._scene(number))
        if earlier is None:
            turn = self._named(number)
            heard = turn.speaker
        else:
            turn = self._learned(earlier, tags)
            heard = replace(turn.speaker, state="carried", from_=turn.index)
        if not tags.types and _bare(sentence, tags):
            return (Speaker("author", "author"), "unattributed"), turn  # a bare lead-in is the writer's
        return (heard, self._stance(turn, tags)), turn

    def _without_source(self, number: int) -> tuple[tuple[Speaker, str | None], Naming | None]:
        tags, sentence = self.tags[number], self.sentences[number]
        if sentence.block.kind in ("pointer", "credit", "caption"):
            return (Speaker("author", "author"), "unattributed"), None
        earlier = self.choose(self._scene(number))
        if earlier is not None:
            turn = self._learned(earlier, tags)
            return (replace(turn.speaker, state="carried", from_=turn.index), self._stance(turn, tags)), turn
        self._spoken_of(number)
        ahead = self._quoted_ahead(number)
        if ahead is not None:
            return (replace(ahead.speaker, state="carried", from_=None), self._stance(ahead, tags)), ahead
        return self._nobody(sentence, tags), None

    def _nobody(self, sentence: Sentence, tags: Tags) -> tuple[Speaker, str | None]:
        """The writer, the organ that he writes for, or somebody whom the text has lost."""
        if self.voice is not None and (self.voice[0].id or tags.stance != "unattributed"):
            return self.voice  # an organ that only the model's view gave away may still speak as a writer
        if tags.stance == "unattributed" or tags.stance is None:
            if _LOST.search(sentence.text):
                return Speaker("unknown", "missing"), tags.stance
            return Speaker("author", "author"), tags.stance
        return Speaker("unknown", "missing", side=side_of(tags.stance)), tags.stance

    def _named(self, number: int) -> Naming:
        """The sentence's first source; all of them may be meant later."""
        found = [self._name(number, span.text, place) for place, span in enumerate(self.tags[number].sources)]
        self.namings += found[::-1]
        return found[0]

    def _spoken_of(self, number: int) -> None:
        """Remember whom the writer speaks of: "he" may be meant in the next sentence."""
        name = spoken_of(self.sentences[number].text)
        if name:
            self.namings.append(replace(self._name(number, name), spoke=False, stance=None))

    def _learned(self, naming: Naming, tags: Tags) -> Naming:
        """The same naming, known to be a speaker, with the stance of a later sentence where his own gave none."""
        silent = naming.stance in (None, "unattributed")
        better = replace(naming, spoke=True, stance=tags.stance if silent else naming.stance)
        if better == naming:
            return naming
        self.namings[self.namings.index(naming)] = better
        return better

    def _name(self, number: int, phrase: str, place: int = 0) -> Naming:
        named = naming(self.sentences[number], self.tags[number], phrase, place, self.namings, self.registry)
        if named.settled:
            self.settled.add(named.speaker.name)
        return named

    def _quoted_ahead(self, number: int) -> Naming | None:
        """An open quotation whose speaker is named where it closes, a few sentences on in the same paragraph."""
        text = self.sentences[number].text
        if not (text[:1] in _OPENERS and _leaves_open(text, False)):
            return None
        for later in range(number + 1, min(number + 6, len(self.sentences))):
            if self.sentences[later].block.paragraph != self.sentences[number].block.paragraph:
                return None
            if self.tags[later].sources:
                phrase = self.tags[later].sources[0].text
                return self.choose(self._scene(later)) or self._name(later, phrase)
        return None

    def _stance(self, naming: Naming, tags: Tags) -> str | None:
        return naming.stance if naming.stance not in (None, "unattributed") else tags.stance


def _voice(report: Report, tags: Sequence[Tags], registry: Registry) -> tuple[Speaker, str] | None:
    """Whose voice the writer's is where the page is a party's own organ; None where he speaks for himself.

    The registry knows. Of a page that it does not know, the model's view of all the sentences without a source tells.
    """
    outlet = registry.outlet(report.outlet) if report.outlet else None
    if outlet is not None:
        publisher = Speaker(outlet.name, "publisher", outlet.id, outlet.side)
        return (publisher, outlet.stance) if outlet.organ else None
    own = [t.stance_scores for t in tags if t.types and not t.sources and t.continues < CARRIED]
    if len(own) < OWN:
        return None
    mean = {stance: sum(scores.get(stance, 0.0) for scores in own) / len(own) for stance in PARTIES}
    best = max(PARTIES, key=mean.__getitem__)
    if mean[best] < ORGAN:
        return None
    return Speaker(report.outlet or "publisher", "publisher", side=side_of(best)), best


def _bare(sentence: Sentence, tags: Tags) -> bool:
    """Whether a sentence only leads in: a colon at its end and no more than a few words after the cue."""
    if not LEAD_IN.search(sentence.text):
        return False
    said = max((cue.end for cue in tags.cues), default=sentence.end) - sentence.start
    return len(sentence.text[said:].split()) <= BARE


def _leaves_open(text: str, was_open: bool) -> bool:
    """Whether a quotation is still open at the end of the text."""
    state = was_open
    for character in text:
        if character == "“":
            state = True
        elif character == "”":
            state = False
        elif character == '"':
            state = not state
    return state
