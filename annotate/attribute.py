"""Who speaks: named in the sentence, carried over from an earlier one, relayed, lost, or the writer.

Half of it is learned (the tags' ``continues``), half of it is form: colon lead-ins, open quotation marks,
pronouns and definite descriptions that stand for somebody named before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import regex

from annotate.document import Report, Sentence, Source, Speaker, Tags
from annotate.registry import Registry

REACH = 16  # sentences that a pronoun or a quotation going on may look back
CARRY = 0.5  # from this probability of `continues` on, a sentence without a source carries the floor on

_PRONOUNS = {
    "person": frozenset({"he", "she", "him", "her"}),
    "body": frozenset({"it"}),
    "any": frozenset({"they", "them", "some", "others", "the two", "this", "who", "both", "those"}),
}
_SELF = frozenset({"i", "we", "my", "our", "me", "us"})  # inside a quotation: whoever holds the floor
# Heads of definite descriptions, by what they can stand for; a head not listed must recur in the earlier name.
_DOCUMENTS = frozenset("statement report message video footage letter document text post tweet article leaflet".split())
_BODIES = frozenset(
    "group organisation organization monitor agency ministry observatory body network service council committee "
    "coalition party movement army military militia government regime office commission command channel tv paper "
    "newspaper company union authority authorities administration embassy front brigade".split()
)
_PEOPLE = frozenset(
    "official spokesman spokeswoman spokesperson minister president general colonel commander diplomat man woman "
    "resident activist fighter doctor journalist reporter correspondent witness envoy ambassador governor secretary "
    "chief leader head director lawyer analyst researcher soldier officer father mother teacher nurse aide adviser "
    "prime".split()
)
_SOURCES = frozenset({"source", "sources"})

_LEAD_IN = regex.compile(r":\s*[\"”“']?\s*$")
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’\-]*")
_ARTICLE = regex.compile(r"^(?:the|this|that|these|those|his|her|its|their|our|my)\s+", regex.I)
_OPEN, _CLOSE = "“‘«", "”’»"
# "X posts a copy of a leaflet dropped by Y": Y's words, through X.
_POSTED = regex.compile(
    r"\b(?:posts?|posted|shares?|shared|tweets?|tweeted|publishe[sd]|circulated?|carrie[sd]|broadcasts?|aired)\b[^.]{0,40}?"
    r"\b(?P<inner>(?:leaflets?|letters?|statements?|messages?|orders?|recordings?|appeals?)\s+"
    r"(?:dropped|sent|issued|signed|written|made|released|scattered|from|of|by)\b[^,:;]+)",
    regex.I,
)
# "SANA quoted a military source as saying", "Tishreen, citing a security official"
_RELAY_BEFORE = regex.compile(
    r"(?P<via>[^,;:]*?)[,\s]*\b(?:quot(?:ed|es|ing)|cit(?:ed|es|ing))\s+(?P<inner>[^,;:]+?)"
    r"(?=\s+as\s+(?:saying|telling)|[,;:.]|$)",
    regex.I,
)
# "a security source told Tishreen", "in a statement carried by state media"
_RELAY_AFTER = regex.compile(
    r"\b(?:(?:carried|published|reported|broadcast|aired|quoted|cited)\s+(?:by|on)|told)\s+"
    r"(?P<via>(?:the\s+)?(?:\p{Lu}[\p{L}\p{M}\-]*(?:\s+(?=\p{Lu}))?){1,5}"
    r"|(?:the\s+)?(?:state(?:-run)?|official|local|pro-\w+)\s+(?:news\s+agency|media|television|tv|radio)(?:\s+\p{Lu}+)?)"
)
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
    floor = _Floor(report, sentences, tags, registry, outlet)
    return [floor.hear(number) for number in range(len(sentences))]


class _Floor:
    """Who holds the floor while a report is read from top to bottom."""

    def __init__(
        self,
        report: Report,
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

    def hear(self, number: int) -> tuple[Speaker, str | None]:
        sentence, tags = self.sentences[number], self.tags[number]
        if number and sentence.block.item != self.sentences[number - 1].block.item:
            self.holder, self.led_in, self.quoting = None, False, False  # a stamp or heading takes the floor away
        heard = self._with_source(number) if tags.sources else self._without_source(number)
        self.led_in = bool(tags.sources) and bool(_LEAD_IN.search(sentence.text))
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
        if tags.stance == "unattributed" and _LEAD_IN.search(sentence.text) and not tags.types:
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
        stance = self.tags[number].stance
        if self.holder is not None and self.holder.stance in (None, "unattributed", stance):
            return self.holder
        near = [m for m in reversed(self.mentions) if number - m.index <= REACH]
        return next((m for m in near if m.stance == stance), self.holder or next(iter(near), None))

    def _quoted_ahead(self, number: int) -> _Mention | None:
        """An open quotation whose speaker is named where it closes, a few sentences on in the same paragraph."""
        text = self.sentences[number].text
        if not (text[:1] in '"' + _OPEN and _leaves_open(text, False)):
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
        inner, via = _relayed(sentence.text, phrase)
        stated = self.registry.sided(inner)
        known = self.registry.source(inner)
        if stated is None and known is None and via is None and inner != phrase:
            stated, known = self.registry.sided(phrase), self.registry.source(phrase)
        stance = stated[0] if stated else known.stance if known else tags.stance
        side = stated[1] if stated else known.side if known else self._party_side(inner, stance)
        speaker = Speaker(
            name=known.name if known else self._full_name(inner),
            state="relayed" if via else "named",
            id=known.id if known else None,
            side=side,
            via=via,
        )
        return _Mention(speaker, number, inner, _kind(inner), sentence.block.item, stance)

    def _party_side(self, phrase: str, stance: str | None) -> str | None:
        """The side of a source that no row knows: its state's or party's, else its stance's."""
        if stance in ("official", "other-party"):
            parties = self.registry.parties(phrase)
            if parties:
                return parties[0].side
        return _side_of(stance)

    def _full_name(self, phrase: str) -> str:
        """A surname alone becomes the full name given before."""
        name = _clean(phrase)
        for mention in reversed(self.mentions):
            if len(name.split()) == 1 and name in mention.speaker.name.split():
                return mention.speaker.name
        return name

    def _antecedent(self, phrase: str, number: int) -> _Mention | None:
        """Who a pronoun or definite description stands for; None when the phrase names somebody itself."""
        words = phrase.lower().strip("“”\"' ")
        if words in _SELF or words.split()[0] in _SELF:
            return self.holder or self._latest(number, "any")
        for kind, pronouns in _PRONOUNS.items():
            if words in pronouns:
                return self._latest(number, kind)
        head = _definite_head(phrase)
        if head is None or self.registry.source(phrase) is not None:
            return None
        said = regex.compile(rf"\b{regex.escape(head)}s?\b", regex.I)
        wanted = _descriptors(phrase)
        for mention in reversed(self.mentions):
            if said.search(mention.phrase) and wanted <= _descriptors(mention.phrase):
                return mention
        if wanted:
            return None  # "the Turkish official": nobody of that description spoke before
        for mention in reversed(self.mentions):
            if number - mention.index <= REACH and said.search(self.sentences[mention.index].text):
                return mention
        kinds = [("any", _DOCUMENTS | _SOURCES), ("body", _BODIES), ("person", _PEOPLE)]
        return next((self._latest(number, kind) for kind, heads in kinds if head in heads), None)

    def _latest(self, number: int, kind: str) -> _Mention | None:
        """The floor's holder if the kind fits, else the latest mention that fits, else the latest of all."""
        order = ([self.holder] if self.holder else []) + self.mentions[::-1]
        near = [m for m in order if number - m.index <= REACH or m is self.holder]
        fitting = [m for m in near if kind == "any" or m.kind in (kind, "any")]
        return (fitting or near or [None])[0]


def _relayed(text: str, phrase: str) -> tuple[str, str | None]:
    """The innermost source of a sentence, and through whom its words come."""
    posted = _POSTED.search(text)
    if posted and _LEAD_IN.search(text):
        return posted["inner"].strip(), phrase
    before = _RELAY_BEFORE.search(text)
    if before:
        via, inner = _clean(before["via"]), before["inner"].strip()
        if phrase in inner or inner in phrase:
            outer = via if via and phrase in inner else phrase.split(" quot")[0].split(" cit")[0].rstrip(", ")
            return inner, outer if outer and outer != inner else None
        if phrase in before["via"] or before["via"].strip().endswith(phrase):
            return inner, phrase
    after = _RELAY_AFTER.search(text)
    if after and after["via"].strip() not in phrase:
        return phrase, after["via"].strip()
    return phrase, None


def _definite_head(phrase: str) -> str | None:
    """The head noun of a definite description without a name in it ("the military source"), lower case."""
    if not _ARTICLE.match(phrase):
        return "statement" if regex.match(r"^(?:an?|one)\s.*\b(?:statement|message)$", phrase, regex.I) else None
    words = _WORD.findall(_core(phrase))
    if not words:
        return None
    head = words[-1].lower()
    if head in _PEOPLE | _SOURCES and words[-1].islower():
        return head  # "the U.S. official": the name in it is no name of his
    generic = _PEOPLE | _SOURCES | _BODIES | _DOCUMENTS
    named = [w for w in words if w[:1].isupper() and w.lower() not in generic and not w.endswith("-based")]
    return None if named else head


def _core(phrase: str) -> str:
    """A noun phrase without its article and what follows its head."""
    return regex.split(r",|\s(?:of|in|on|for|to|from|who|which|that|with|at|whose)\s", _ARTICLE.sub("", phrase))[0]


def _descriptors(phrase: str) -> frozenset[str]:
    """The names in a description, lower case: what an earlier one must share to be the same."""
    words = _WORD.findall(phrase)
    generic = _PEOPLE | _SOURCES | _BODIES | _DOCUMENTS | {"the", "a", "an", "one"}
    return frozenset(
        w.lower() for w in words if w[:1].isupper() and w.lower() not in generic and not w.endswith("-based")
    )


def _kind(phrase: str) -> str:
    """Whether a phrase names a person, a body, or could be either."""
    words = {word.lower() for word in _WORD.findall(phrase.split(",")[0])}
    if words & _PEOPLE:
        return "person"
    if (
        words & (_BODIES | _DOCUMENTS)
        or regex.match(r"^[Tt]he\s+\p{Lu}", phrase)
        or regex.fullmatch(r"\p{Lu}{2,}", phrase)
    ):
        return "body"
    if "," in phrase or regex.match(r"^(?:\p{Lu}[\p{L}\-'’]+\s+){1,3}\p{Lu}[\p{L}\-'’]+$", phrase):
        return "person"
    return "any"


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


def _clean(phrase: str) -> str:
    """A phrase as a name: no article, quotation marks or trailing description."""
    name = regex.sub(r"[“”\"]", "", phrase).split(",")[0].strip()
    return regex.sub(r"^(?:the|an?)\s+", "", name, flags=regex.I) or phrase
