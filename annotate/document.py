"""The nouns: frozen values that pass between the parts. No work is done in here.

Offsets are Unicode code points into the report's frozen text, end excluded, so that
``text[start:end]`` of every span equals its ``text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Stamp = str  # "HH:MMZ" where the page says that it is UTC, else the clock as printed, "HH:MM"
Ref = tuple[str, int]  # (report id, sentence number)
BlockKind = Literal["text", "update", "original", "heading", "caption", "pointer", "quote", "credit"]
SpanLabel = Literal["source", "cue", "agent", "place"]
SpeakerState = Literal["named", "carried", "relayed", "publisher", "author", "missing"]
Level = Literal["contested", "unconfirmed", "none"]
Reason = Literal["competing", "denied", "numeric", "single-side", "unattributed", "hedged"]
QuietKind = Literal["superseded", "overlapping", "part-whole", "position", "strength", "background"]

# Types that a claim may be of though they were not decided on, and the least probability for that.
NEARLY, LIKELY = ("attack", "responsibility"), 0.2


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the report's text, carrying its own words."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """One text as read, with what is known about it from outside."""

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    date: str | None = None  # ISO 8601 day
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Where in the report a sentence stands."""

    kind: BlockKind
    time: Stamp | None = None
    item: int = 0  # rises at every stamp, heading, row and day of a chronicle: what one item says stays in it
    paragraph: int = 0  # rises at every paragraph break


@dataclass(frozen=True, slots=True)
class Sentence:
    """One numbered sentence; stamps and separators stand outside every sentence."""

    report: str
    index: int
    start: int
    end: int
    text: str
    block: Block


@dataclass(frozen=True, slots=True)
class Tags:
    """What the model says of one sentence, after calibration and thresholds.

    A head that abstains is None (types: the list of those sure) and names its candidates
    in ``abstained``.
    """

    types: tuple[str, ...]
    stance: str | None
    assertion: str | None
    type_scores: dict[str, float]
    stance_scores: dict[str, float]
    assertion_scores: dict[str, float]
    continues: float  # probability that the sentence carries on the previous speaker
    sources: tuple[Span, ...] = ()
    cues: tuple[Span, ...] = ()
    agents: tuple[Span, ...] = ()
    places: tuple[Span, ...] = ()
    abstained: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def about(self) -> tuple[str, ...]:
        """What the sentence may well be a claim of: the types decided on, and force and blame that nearly were.

        A type just below its threshold is no answer for a reader, but what a sentence may deny, or give as its own,
        hangs on it; without a type that is sure a sentence is no claim.
        """
        if not self.types:
            return ()
        missed = (label for label in NEARLY if label not in self.types)
        return (*self.types, *(label for label in missed if self.type_scores.get(label, 0.0) >= LIKELY))


@dataclass(frozen=True, slots=True)
class Source:
    """A row of the source registry: somebody who makes claims."""

    id: str
    name: str
    aliases: tuple[str, ...]
    stance: str
    side: str | None
    reliability: str  # A to F, the Admiralty code's first axis
    basis: str
    date: str
    organ: bool = False  # the writer's voice in its own pages is the party's
    partners: tuple[str, ...] = ()  # sources it works with: together they count once


@dataclass(frozen=True, slots=True)
class Party:
    """A row of the party registry: somebody who acts in the war."""

    id: str
    name: str
    aliases: tuple[str, ...]
    side: str
    basis: str
    date: str
    part_of: tuple[str, ...] = ()  # larger parties that it belongs to: what it does they do


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the gazetteer."""

    id: str
    name: str
    aliases: tuple[str, ...]
    kind: str  # country, governorate, city, district, town, village, base, camp, ...
    within: str | None
    lat: float | None
    lon: float | None
    basis: str
    date: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """Whose claim a sentence is."""

    name: str
    state: SpeakerState
    id: str | None = None
    side: str | None = None
    from_: int | None = None  # the earlier sentence that names the speaker
    via: str | None = None  # the outlet or body that relays


@dataclass(frozen=True, slots=True)
class Agent:
    """Who is said to have done it."""

    span: Span
    party: str | None


@dataclass(frozen=True, slots=True)
class Locus:
    """Where it is said to have happened."""

    span: Span
    place: str | None


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people, with the bounds that its words allow; ``high`` None: no upper bound."""

    span: Span
    what: str  # killed, wounded, missing, detained, displaced, trapped, ...
    who: str
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Value:
    """What a sentence says about one facet of an event."""

    facet: str
    value: str
    negated: bool = False
    hedged: bool = False
    low: int | None = None  # casualties: bounds and population
    high: int | None = None
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class FacetContest:
    """One facet of one claim: how far it is disputed, and by whom."""

    facet: str
    level: Level
    reasons: tuple[Reason, ...]
    against: tuple[Ref, ...] = ()


@dataclass(frozen=True, slots=True)
class Credibility:
    """Two axes after the Admiralty code, never folded into one number."""

    source: str  # A to F
    information: int  # 1 to 6
    why: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence with all that is known about it: a line of claims.jsonl."""

    sentence: Sentence
    tags: Tags
    stance: str | None
    speaker: Speaker
    agents: tuple[Agent, ...] = ()
    places: tuple[Locus, ...] = ()
    counts: tuple[Count, ...] = ()
    values: tuple[Value, ...] = ()
    place: str | None = None  # where it happened, said here or inherited
    date: str | None = None  # the day spoken of: ISO, or relative to an undated report
    event: str | None = None
    contest: tuple[FacetContest, ...] = ()
    credibility: Credibility | None = None

    @property
    def ref(self) -> Ref:
        """The claim's address: report and sentence number."""
        return self.sentence.report, self.sentence.index


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values given for a facet, and who gives it."""

    value: str
    claims: tuple[Ref, ...]
    speakers: tuple[str, ...]
    stances: tuple[str, ...]
    independent: int


@dataclass(frozen=True, slots=True)
class Quiet:
    """What looks like a dispute and is none."""

    kind: QuietKind
    claims: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """One facet of an event that is contested or unconfirmed."""

    facet: str
    level: Level
    reasons: tuple[Reason, ...]
    sides: tuple[Side, ...]
    quiet: tuple[Quiet, ...] = ()


@dataclass(frozen=True, slots=True)
class Maybe:
    """Another event that may be the same, and how likely that is; when unsure, they are kept apart."""

    event: str
    probability: float


@dataclass(frozen=True, slots=True)
class Event:
    """One concrete happening and the claims about it: a line of events.jsonl."""

    id: str
    title: str
    place: str | None
    date: str | None
    types: tuple[str, ...]
    claims: tuple[Ref, ...]
    level: Level = "none"
    facets: tuple[Dispute, ...] = ()
    maybe: tuple[Maybe, ...] = ()  # the likeliest first
