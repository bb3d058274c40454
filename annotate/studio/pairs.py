"""Pairs of claims of different reports: which of them teach most, as tasks of label_config_pairs.xml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from annotate.document import Claim, Event, Ref, Report
from annotate.events import meetings
from annotate.pipeline import Batch
from annotate.registry import Registry
from annotate.studio.tasks import digest, spoken_name

OFTEN = 2  # pairs that one sentence may stand in: ten about one sentence teach little more than two
# Probability at which claims of different reports are as often of one happening as of two, in the written reports; most
# that could be compared are of two, and the pair score was fitted on fewer of those.
EVEN = 0.8
NEAR = 0.35  # how far from that a probability may lie; beyond, it is plain
AROUND = 2  # sentences shown before and after each of the two
DIFFERENT, NONE = "different", "none"  # of two happenings; of one, and neither contradicts nor backs nor updates
# Facets on which accounts back each other, the more telling first: that something happened is said by them all.
_TELLING = ("casualties", "target", "agent", "means", "origin", "control", "status", "occurrence")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two claims of different reports, the one of the earlier report first, and what the program makes of them.

    ``alike`` is the probability of one happening; ``relation`` is that of ``a`` to ``b`` or one of DIFFERENT and NONE;
    ``later`` says which of them, "a" or "b", replaces the other.
    """

    a: Claim
    b: Claim
    alike: float
    relation: str
    facet: str | None = None
    later: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Reports with all that was found in them and among them."""

    reports: Mapping[str, Report]
    claims: Mapping[Ref, Claim]
    events: Mapping[str, Event]
    alike: Mapping[tuple[Ref, Ref], float]

    @classmethod
    def of(cls, batch: Batch, registry: Registry) -> Reading:
        """A batch, and how alike its claims are."""
        return cls(
            {report.id: report for report in batch.reports},
            {claim.ref: claim for claim in batch.claims},
            {event.id: event for event in batch.events},
            meetings(
                [claim for claim in batch.claims if claim.tags.types],
                registry,
                {report.id: report.date for report in batch.reports},
            ),
        )

    def pair(self, one: Ref, other: Ref) -> Pair:
        """What the program makes of two claims."""
        alike = self.alike.get((one, other), self.alike.get((other, one), 0.0))
        one, other = sorted((one, other), key=lambda ref: (self.reports[ref[0]].date or "", ref))
        a, b = self.claims[one], self.claims[other]
        return Pair(a, b, alike, *self._relation(a, b))

    def pairs(self) -> list[Pair]:
        """Every pair of different reports that may speak of one happening, two equal sentences left out."""
        against = {
            (claim.ref, ref)
            for claim in self.claims.values()
            for facet in claim.contest
            if facet.level == "contested"
            for ref in facet.against
        }
        both = {(min(pair), max(pair)) for pair in chain(self.alike, against) if pair[0][0] != pair[1][0]}
        return [self.pair(*refs) for refs in sorted(both) if self._words(refs[0]) != self._words(refs[1])]

    def _words(self, ref: Ref) -> str:
        return " ".join(self.claims[ref].sentence.text.split())

    def _relation(self, a: Claim, b: Claim) -> tuple[str, str | None, str | None]:
        """Relation, facet, and which is the later."""
        if a.event is None or a.event != b.event:
            return DIFFERENT, None, None
        for claim, other in ((a, b), (b, a)):
            for facet in claim.contest:
                if facet.level == "contested" and other.ref in facet.against:
                    return "contradicts", facet.facet, None
        if (later := self._later(a, b)) and (facet_name := self._superseded(a, b)):
            return "updates", facet_name, later
        if (a.speaker.id or a.speaker.name) != (b.speaker.id or b.speaker.name):
            same = {value.facet for value in a.values if not value.hedged} & {
                v.facet for v in b.values if v in a.values
            }
            if telling := next((facet for facet in _TELLING if facet in same), None):
                return "corroborates", telling, None
        return NONE, None, None

    def _superseded(self, a: Claim, b: Claim) -> str | None:
        """The facet on which the one gives a later figure or state than the other."""
        for dispute in self.events[a.event or ""].facets:
            for quiet in dispute.quiet:
                if quiet.kind == "superseded" and {a.ref, b.ref} <= set(quiet.claims):
                    return dispute.facet
        return None

    def _later(self, a: Claim, b: Claim) -> str | None:
        days = [self.reports[claim.ref[0]].date for claim in (a, b)]
        if None in days or days[0] == days[1]:
            return None
        return "a" if str(days[0]) > str(days[1]) else "b"

    def key(self, pair: Pair) -> str:
        """What tells two pairs apart, whichever claim is named first and whatever the reports are called."""
        return digest(" ".join(sorted(f"{self.sha(c)} {c.sentence.start} {c.sentence.end}" for c in (pair.a, pair.b))))

    def sha(self, claim: Claim) -> str:
        """The digest of a claim's report."""
        return digest(self.reports[claim.ref[0]].text)

    def around(self, claim: Claim) -> tuple[str, str]:
        """The text before and after a claim's sentence."""
        report, number = claim.ref
        text, start, end = self.reports[report].text, claim.sentence.start, claim.sentence.end
        refs = [(report, n) for n in range(number - AROUND, number + AROUND + 1) if (report, n) in self.claims]
        first, last = (self.claims[ref].sentence for ref in (refs[0], refs[-1]))
        return text[first.start : start].strip(), text[end : last.end].strip()


def teaching(pairs: Iterable[Pair]) -> list[Pair]:
    """The most instructive pairs first: contradictions and pairs that may as well be of one happening, in turns.

    Of both kinds those come first that the program is least sure of. A sentence stands in few pairs, and a pair of
    the same words is there once.
    """
    nearest = sorted(pairs, key=lambda pair: abs(pair.alike - EVEN))
    found = [pair for pair in nearest if pair.relation == "contradicts"]
    unsure = [pair for pair in nearest if pair.relation != "contradicts" and abs(pair.alike - EVEN) <= NEAR]
    often: Counter[str] = Counter()
    seen: set[frozenset[str]] = set()
    chosen = []
    for pair in filter(None, chain.from_iterable(zip_longest(found, unsure))):
        words = [" ".join(claim.sentence.text.split()) for claim in (pair.a, pair.b)]
        if frozenset(words) not in seen and all(often[text] < OFTEN for text in words):
            seen.add(frozenset(words))
            often.update(words)
            chosen.append(pair)
    return chosen


def task_of(pair: Pair, reading: Reading, version: str) -> dict[str, Any]:
    """One task with one prediction, ready to be imported; ``data.sha256`` is the pair's."""
    data: dict[str, Any] = {"sha256": reading.key(pair)}
    for side, claim in (("a", pair.a), ("b", pair.b)):
        report, (before, after) = reading.reports[claim.ref[0]], reading.around(claim)
        told = {
            "before": before, "after": after, "report": report.id, "outlet": report.outlet or "",
            "date": report.date or "", "speaker": spoken_name(claim.speaker), "sentence": claim.sentence.index,
            "start": claim.sentence.start, "end": claim.sentence.end, "sha256": reading.sha(claim),
        }  # fmt: skip
        data |= {side: claim.sentence.text} | {f"{side}_{name}": value for name, value in told.items()}
    return {"data": data, "predictions": [prediction_of(pair, version)]}


def prediction_of(pair: Pair, version: str) -> dict[str, Any]:
    """What the program says of a pair."""
    same = pair.relation != DIFFERENT
    answers = {
        "same_event": "same" if same else DIFFERENT,
        "relation": pair.relation if same else None,
        "facet": pair.facet,
        "later": pair.later,
    }
    result = [
        {"id": name, "from_name": name, "to_name": "a", "type": "choices", "value": {"choices": [answer]}}
        for name, answer in answers.items()
        if answer
    ]
    return {"model_version": version, "score": round(max(pair.alike, 1 - pair.alike), 4), "result": result}


def is_pairs(config: str) -> bool:
    """Whether a labelling interface is the one for pairs."""
    return 'name="same_event"' in config
