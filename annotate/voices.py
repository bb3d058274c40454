"""Who says what of one facet, whose word it is, and which two voices can contradict each other at all.

Relays of one inner source, bodies that work together, a party's own organ and all whom it quotes of its side, the
officials of one state, and copies of one text count as one source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations

import regex
from rapidfuzz import fuzz

from annotate.document import Claim, Ref, Value
from annotate.registry import Registry

_NOBODY = frozenset({"unknown", "reports", "multiple reports", "several reports"})
SURE = 0.65  # probability that two claims speak of one happening, from which on they can contradict each other
WIDE = ("country", "region", "governorate")  # kinds of place too wide for accounts of two reports to meet in
COPIED = 90  # of 100: how alike the words of two reports are where one copied the other, or both one wire
# Bodies named by their kind alone: "a monitor" is the monitor that the report names elsewhere.
_KIND = regex.compile(
    r"^(?:an?\s+|the\s+)?(?:(?:war|rights|uk-based|britain-based|london-based)\s+)*"
    r"(?:monitor(?:s|ing\s+group)?|watchdog|official\s+(?:news\s+)?agency"
    r"|state[- ](?:media|television|tv|radio|news\s+agency))$",
    regex.I,
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One claim's word on one facet."""

    claim: Claim
    value: Value
    who: str  # the independent source

    @property
    def side(self) -> str | None:
        """The side of the one who speaks."""
        return self.claim.speaker.side

    @property
    def flat(self) -> bool:
        """The writer's own statement without doubt."""
        return self.claim.speaker.state == "author" and not self.value.hedged

    @property
    def named(self) -> bool:
        """Whether somebody is named who says it."""
        return self.claim.speaker.state != "missing" and self.claim.speaker.name.lower() not in _NOBODY


@dataclass(frozen=True, slots=True)
class Bench:
    """What the judging of an event's claims needs to know."""

    alike: Callable[[Ref, Ref], float]  # how likely two claims speak of the very same happening
    registry: Registry
    days: Mapping[str, str | None]  # the date of each report
    outlets: Mapping[str, str]  # the name under which each report's writer counts as a source
    claims: Sequence[Claim] = ()  # of the event
    _known: dict[Ref, str] = field(default_factory=dict, init=False)
    _dated: dict[Ref, str | None] = field(default_factory=dict, init=False)

    def source(self, claim: Claim) -> str:
        """The independent source behind a claim; a key that equals itself."""
        if claim.ref not in self._known:
            self._known[claim.ref] = self._source(claim)
        return self._known[claim.ref]

    def _source(self, claim: Claim) -> str:
        speaker, report = claim.speaker, claim.ref[0]
        if speaker.state == "author":
            return f"writer of {self.outlets.get(report, report)}"
        outlet = self.registry.outlet(self.outlets.get(report, ""))
        if outlet is not None and outlet.organ and outlet.side == speaker.side:
            return outlet.id  # a party's own organ speaks for all whom it quotes of its side
        if speaker.id is not None:
            return speaker.id
        headline = speaker.state == "missing" and claim.ref[1] == 0
        if headline or _KIND.match(speaker.name):  # a headline's unnamed voice is the one that its story names
            named = {c.speaker.id for c in self.claims if c.ref[0] == report and c.stance == claim.stance} - {None}
            if len(named) == 1:
                return str(named.pop())
        if speaker.state == "missing":
            return f"unknown in {report}"
        if claim.stance == "official" and (parties := self.registry.parties(speaker.name)):
            return f"officials of {parties[0].id}"  # ministers and armies of one state speak with one voice
        return speaker.name.lower()

    def together(self, a: Claim, b: Claim) -> bool:
        """Whether two claims count as one source's."""
        if self.registry.together(self.source(a), self.source(b)):
            return True
        return a.ref[0] != b.ref[0] and fuzz.ratio(a.sentence.text, b.sentence.text, score_cutoff=COPIED) > 0

    def independent(self, claims: Sequence[Claim]) -> int:
        """How many sources stand behind some claims."""
        apart: list[list[Claim]] = []
        for claim in claims:
            joined = [group for group in apart if any(self.together(claim, other) for other in group)]
            apart = [group for group in apart if group not in joined] + [[claim, *(c for g in joined for c in g)]]
        return len(apart)

    def pairs(
        self, voices: Sequence[Voice], *, exact: bool = False, loose: bool = False, near: float = SURE
    ) -> Iterable[tuple[Voice, Voice]]:
        """Voices that can contradict each other: two sources, neither the writer, of the very same happening.

        What a denial denies is another question and left out (`denials.py`). ``exact``: what many happenings of a week
        share (a count, a weapon) must be of one day and place besides (``loose``: see `meet`). ``near``: how sure it
        must be of two claims of one report that they speak of one happening.
        """
        for a, b in combinations(heard(voices), 2):
            sure = near if a.claim.ref[0] == b.claim.ref[0] else SURE
            if a.claim.ref == b.claim.ref or self.alike(a.claim.ref, b.claim.ref) < sure:
                continue
            if not self.together(a.claim, b.claim) and (not exact or self.meet(a.claim, b.claim, loose=loose)):
                yield a, b

    def meet(self, a: Claim, b: Claim, *, loose: bool = False) -> bool:
        """Whether two claims are of one report, or of one day and one place that is not too wide.

        A claim that gives no day is of the day that its report gives the event elsewhere, else of the report's;
        ``loose``: or of the day before that.
        """
        if a.ref[0] == b.ref[0]:
            return True
        given = [self._day(claim) for claim in (a, b)]
        days = [{day or self.days.get(claim.ref[0])} for day, claim in zip(given, (a, b), strict=True)]
        if loose and (given[0] is None) != (given[1] is None):
            days = [
                said | {_before(day) for day in said if known is None} for known, said in zip(given, days, strict=True)
            ]
        rows = [self.registry.all_places.get(claim.place or "") for claim in (a, b)]
        vague = any(row is not None and row.kind in WIDE for row in rows)
        return bool(days[0] & days[1]) and not vague

    def _day(self, claim: Claim) -> str | None:
        """The day that a claim gives, or its report gives the event nearest before it, or behind."""
        if claim.date is None and claim.ref not in self._dated:
            dated = [c for c in self.claims if c.ref[0] == claim.ref[0] and c.date is not None]
            nearest = min(dated, key=lambda c: (c.ref[1] > claim.ref[1], abs(c.ref[1] - claim.ref[1])), default=None)
            self._dated[claim.ref] = nearest.date if nearest is not None else None
        return claim.date or self._dated[claim.ref]


def _before(day: str | None) -> str | None:
    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat() if day else None
    except ValueError:
        return day


def heard(voices: Iterable[Voice]) -> list[Voice]:
    """The voices that can stand against each other: not the writer's, and no denials."""
    return [v for v in voices if v.claim.speaker.state != "author" and v.claim.tags.assertion != "denies"]


def unique(voices: Iterable[Voice]) -> list[Voice]:
    """Voices without those that stand there twice."""
    seen: dict[tuple[Ref, Value], Voice] = {}
    for voice in voices:
        seen.setdefault((voice.claim.ref, voice.value), voice)
    return list(seen.values())
