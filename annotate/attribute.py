"""Who speaks: named in the sentence, carried over from an earlier one, relayed, lost, or the writer.

Half of it is learned (the tags' ``continues``), half of it is form: colon lead-ins, open quotation marks,
pronouns and definite descriptions that stand for somebody named before.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from annotate.document import Report, Sentence, Source, Speaker, Tags
from annotate.mentions import (
    BODIES,
    DOCUMENTS,
    LEAD_IN,
    LEAFLET,
    PEOPLE,
    PRONOUNS,
    SELF,
    SOURCES,
    definite_head,
    descriptors,
    is_person,
    is_short_for,
    kind_of,
    name_of,
    relayed,
    subject,
)  # fmt: skip
from annotate.registry import Registry

REACH = 16  # sentences that a pronoun or a quotation going on may look back
GAP = 3  # sentences of a quotation that may look like the writer's between two that do not
FAINT = 0.1  # probability of `continues` that each of them must have at least
BARE = 6  # words that may stand between a cue and the colon of a lead-in
CARRY = 0.5  # from this probability of `continues` on, a sentence without a source carries the floor on

_OPENERS = '"“‘«'
_LOST = regex.compile(
    r"\b(?:reportedly|allegedly|purported(?:ly)?|(?:is|are|was|were)\s+(?:widely\s+)?(?:believed|thought|said|alleged|reported|claimed|rumou?red)"
    r"|claims?\s+(?:is|are|were)\s+circulating|reports?\s+say)\b",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """Somebody who was named as a source, and may be meant again."""

    speaker: Speaker  # as named, state `named` or `relayed`
    index: int
    phrase: str
    kind: str  # person, body or any
    item: int
    stance: str | None


def attribute(
    report: Report, sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry
) -> list[tuple[Speaker, str | None]]:
    """The speaker and the settled stance of every sentence, in order.

    What the page says of a source wins over the registry, and the registry over the model; a carried
    sentence takes the stance of the floor it carries on.
    """
    outlet = registry.outlet(report.outlet) if report.outlet else None
    floor = _Floor(sentences, tags, registry, outlet)
    heard = [floor.hear(number) for number in range(len(sentences))]
    return _one_stance_each(_bridged(heard, sentences, tags), tags, floor.settled)


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
    """A speaker of whom neither the page nor the registry says more keeps one stance: all his sentences vote."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for (speaker, stance), tag in zip(heard, tags, strict=True):
        if (
            speaker.state in ("named", "carried", "relayed")
            and speaker.name not in settled
            and stance != "unattributed"
        ):
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
        sentences: Sequence[Sentence],
        tags: Sequence[Tags],
        registry: Registry,
        outlet: Source | None,
    ) -> None:
        self.sentences, self.tags, self.registry, self.outlet = sentences, tags, registry, outlet
        self.mentions: list[_Mention] = []
        self.holder: _Mention | None = None
        self.led_in = False  # the sentence before was a bare lead-in
        self.quoting = False  # the holder's quotation marks are still open
        self.settled: set[str] = set()  # speakers whose stance the page or the registry gives

    def hear(self, number: int) -> tuple[Speaker, str | None]:
        sentence, tags = self.sentences[number], self.tags[number]
        if number and sentence.block.item != self.sentences[number - 1].block.item:
            self.holder, self.led_in, self.quoting = None, False, False  # a stamp or heading takes the floor away
        heard = self._with_source(number) if tags.sources else self._without_source(number)
        self.led_in = bool(tags.sources) and bool(LEAD_IN.search(sentence.text))
        self.quoting = self.holder is not None and _leaves_open(sentence.text, self.quoting)
        return heard

    def _with_source(self, number: int) -> tuple[Speaker, str | None]:
        tags, sentence = self.tags[number], self.sentences[number]
        phrase = tags.sources[0].text
        mention = self._antecedent(phrase, number)
        if mention is None:
            mention = self._name(number, phrase)
            self.mentions.append(mention)
            heard = mention.speaker
        else:
            heard = replace(mention.speaker, state="carried", from_=mention.index)
            if mention.stance in (None, "unattributed") and tags.stance != "unattributed":
                mention = replace(mention, stance=tags.stance)
        self.holder = mention
        if not tags.types and _bare(sentence, tags):
            return Speaker("author", "author"), "unattributed"  # a bare lead-in is the writer's
        return heard, self._stance(mention, tags)

    def _without_source(self, number: int) -> tuple[Speaker, str | None]:
        tags, sentence = self.tags[number], self.sentences[number]
        if sentence.block.kind in ("pointer", "credit", "caption"):
            return Speaker("author", "author"), "unattributed"
        if self._carries(number) and self.holder is not None:
            speaker = replace(self.holder.speaker, state="carried", from_=self.holder.index)
            if self.holder.stance in (None, "unattributed"):
                self.holder = replace(self.holder, stance=tags.stance)
            return speaker, self._stance(self.holder, tags)
        self.holder = None
        ahead = self._quoted_ahead(number)
        if ahead is not None:
            return replace(ahead.speaker, state="carried", from_=None), self._stance(ahead, tags)
        if self.outlet is not None and self.outlet.organ:
            return Speaker(self.outlet.name, "publisher", self.outlet.id, self.outlet.side), self.outlet.stance
        if tags.stance == "unattributed" or tags.stance is None:
            if _LOST.search(sentence.text):
                return Speaker("unknown", "missing"), tags.stance
            return Speaker("author", "author"), tags.stance
        return Speaker("unknown", "missing", side=_side_of(tags.stance)), tags.stance

    def _carries(self, number: int) -> bool:
        """Whether a sentence without a source goes on with somebody; the holder is set to whom."""
        tags, sentence = self.tags[number], self.sentences[number]
        if sentence.block.kind == "heading":
            return False
        if sentence.block.kind == "quote" and self.holder is not None:
            return True
        if self.quoting and (tags.stance not in (None, "unattributed") or tags.continues >= CARRY / 2):
            return True
        if tags.continues >= CARRY:
            self.holder = self._agreeing(number)
            return self.holder is not None
        holder = self.holder
        if holder is None or tags.stance in (None, "unattributed"):
            return False
        if self.led_in:
            return True
        near = sentence.block.paragraph - self.sentences[number - 1].block.paragraph <= 1
        return near and tags.stance == holder.stance and tags.continues >= CARRY / 2

    def _agreeing(self, number: int) -> _Mention | None:
        """Who is carried on: the holder, unless only somebody a little further up has the sentence's stance."""
        stance, item = self.tags[number].stance, self.sentences[number].block.item
        if self.holder is not None and self.holder.stance in (None, "unattributed", stance):
            return self.holder
        near = [m for m in reversed(self.mentions) if number - m.index <= REACH and m.item == item]
        return next((m for m in near if m.stance == stance), self.holder or next(iter(near), None))

    def _quoted_ahead(self, number: int) -> _Mention | None:
        """An open quotation whose speaker is named where it closes, a few sentences on in the same paragraph."""
        text = self.sentences[number].text
        if not (text[:1] in _OPENERS and _leaves_open(text, False)):
            return None
        for later in range(number + 1, min(number + 6, len(self.sentences))):
            if self.sentences[later].block.paragraph != self.sentences[number].block.paragraph:
                return None
            if self.tags[later].sources:
                phrase = self.tags[later].sources[0].text
                return self._antecedent(phrase, later) or self._name(later, phrase)
        return None

    def _stance(self, mention: _Mention, tags: Tags) -> str | None:
        return mention.stance if mention.stance not in (None, "unattributed") else tags.stance

    def _name(self, number: int, phrase: str) -> _Mention:
        """A source named here for the first time, known to the registry or not."""
        sentence, tags = self.sentences[number], self.tags[number]
        inner, via = relayed(sentence.text, phrase)
        stated = self.registry.sided(inner)
        known = self.registry.source(inner)
        if stated is None and known is None and via is None and inner != phrase:
            stated, known = self.registry.sided(phrase), self.registry.source(phrase)
        stance = stated[0] if stated else known.stance if known else tags.stance
        if stated == ("official", "regime") and LEAFLET.search(inner):
            stance = "pro-regime"  # what is dropped or broadcast to the population is not said in office
        side = stated[1] if stated else known.side if known else self._party_side(inner, stance)
        before = self._earlier(inner)
        if before is not None and stated is None:
            return replace(before, speaker=replace(before.speaker, state="named", via=None), index=number)
        speaker = Speaker(
            name=known.name if known and not is_person(inner) else name_of(inner),
            state="relayed" if via else "named",
            id=known.id if known else None,
            side=side,
            via=via,
        )
        if stated or known:
            self.settled.add(speaker.name)
        return _Mention(speaker, number, inner, kind_of(inner), sentence.block.item, stance)

    def _party_side(self, phrase: str, stance: str | None) -> str | None:
        """The side of a source that no row knows: its state's or party's, else its stance's."""
        if stance in ("official", "other-party"):
            parties = self.registry.parties(phrase)
            if parties:
                return parties[0].side
        return _side_of(stance)

    def _earlier(self, phrase: str) -> _Mention | None:
        """Who was named in full before, for a surname that now stands alone."""
        name = name_of(phrase)
        if " " in name or not name[:1].isupper():
            return None
        return next((m for m in reversed(self.mentions) if name in m.speaker.name.split()[1:]), None)

    def _antecedent(self, phrase: str, number: int) -> _Mention | None:
        """Who a pronoun or definite description stands for; None when the phrase names somebody itself."""
        words = phrase.lower().strip("“”\"' ")
        if words.split(" ")[0] in SELF:
            return self.holder or self._latest(number, "any")
        for kind, pronouns in PRONOUNS.items():
            if words in pronouns:
                return self._latest(number, kind)
        short = next((m for m in reversed(self.mentions) if is_short_for(phrase, m.phrase)), None)
        if short is not None:
            return short
        head = definite_head(phrase)
        if head is None or self.registry.source(phrase) is not None:
            return None
        return self._described(phrase, head, number)

    def _described(self, phrase: str, head: str, number: int) -> _Mention | None:
        """The earlier speaker whom a definite description fits: by its head noun, then by its kind."""
        said = regex.compile(rf"\b{regex.escape(head)}s?\b", regex.I)
        wanted = descriptors(phrase)
        for mention in reversed(self.mentions):
            if said.search(mention.phrase) and wanted <= descriptors(mention.phrase):
                return mention
        if wanted:
            return None  # "the Turkish official": nobody of that description spoke before
        for mention in reversed(self.mentions):
            if number - mention.index <= REACH and said.search(self.sentences[mention.index].text):
                return mention
        kinds = [("any", DOCUMENTS | SOURCES), ("body", BODIES), ("person", PEOPLE)]
        return next((self._latest(number, kind) for kind, heads in kinds if head in heads), None)

    def _latest(self, number: int, kind: str) -> _Mention | None:
        """The floor's holder if the kind fits, else the latest mention that fits, else the latest of all.

        Somebody with whom one of the two sentences before begins, source or not, is nearer than either.
        """
        order = ([self.holder] if self.holder else []) + self.mentions[::-1]
        near = [m for m in order if number - m.index <= REACH or m is self.holder]
        fitting = [m for m in near if kind == "any" or m.kind in (kind, "any")]
        best = next(iter(fitting or near), None)
        if best is None or number - best.index > 2:
            for back in range(number - 1, max(-1, number - 3), -1):
                name = subject(self.sentences[back].text)
                if name and self.sentences[back].block.item == self.sentences[number].block.item:
                    mention = self._name(back, name)
                    self.mentions.append(mention)
                    return mention
        return best


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


def _side_of(stance: str | None) -> str | None:
    """The side that a stance implies when nothing better is known."""
    return {"pro-regime": "regime", "pro-opposition": "opposition", "media": "neutral"}.get(stance or "")
