"""What is flagged as contested and put to one event, beside what the gold relations say: as a table for people.

Told twice where it can be: with the annotators' own tags, so that what fails belongs to the rules, and as predicted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from annotate.align import by_report
from annotate.document import Claim
from annotate.errors import AnnotateError
from annotate.evaluate_events import DisputeScores, EventScores, Relation, score_disputes, score_events
from annotate.gold import GoldReport, tags_of
from annotate.pipeline import claims_of, relate
from annotate.registry import Registry
from annotate.scores import Figure
from annotate.scoretable import columns, in_words


@dataclass(frozen=True, slots=True)
class Judged:
    """The disputes and the events of one set of claims."""

    disputes: DisputeScores
    events: EventScores

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and numbers."""
        return {"disputes": self.disputes.to_json(), "events": self.events.to_json()}


def judge(
    gold: Sequence[GoldReport],
    claims: Sequence[Sequence[Claim]],
    relations: Sequence[Relation],
    groups: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Judged]:
    """Score the claims given, in the order of ``gold``, and those that the annotators' own tags lead to.

    ``groups`` names the reports that are read together; a report in no group is read alone, and without groups all are
    read together.
    """
    told = {"annotators' tags": claims_annotated(gold, groups), "as predicted": claims}
    return {
        name: Judged(score_disputes(gold, one, relations), score_events(gold, one, groups))
        for name, one in told.items()
    }


def claims_annotated(
    gold: Sequence[GoldReport], groups: Mapping[str, Sequence[str]] | None = None
) -> list[list[Claim]]:
    """What the rules make of the annotators' own tags, report by report."""
    registry = Registry.load()
    claims = []
    for one in gold:
        tags = [tags_of(sentence) for sentence in one.sentences]
        claims.append(claims_of(one.report, [sentence.sentence for sentence in one.sentences], tags, registry))
    return compared(gold, claims, groups)


def compared(
    gold: Sequence[GoldReport], claims: Sequence[Sequence[Claim]], groups: Mapping[str, Sequence[str]] | None = None
) -> list[list[Claim]]:
    """The claims, given in the order of ``gold``, related anew: each with those of its own group of reports alone."""
    registry = Registry.load()
    of_report = {report: name for name, reports in (groups or {}).items() for report in reports}
    batches: dict[str, list[int]] = {}
    for row, one in enumerate(gold):
        batches.setdefault(of_report.get(one.report.id, f"alone: {one.report.id}") if groups else "", []).append(row)
    found: list[Claim] = []
    for rows in batches.values():
        fresh = [replace(claim, event=None, contest=()) for row in rows for claim in claims[row]]
        found += relate([gold[row].report for row in rows], fresh, registry).claims
    return by_report(gold, found)


def read_groups(path: Path) -> dict[str, list[str]]:
    """Batches of reports that were annotated together, ``{"batch": ["report", …]}``; raises AnnotateError."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AnnotateError(f"{path}: cannot be read ({error})") from error
    if not isinstance(found, dict) or not all(
        isinstance(names, list) and all(isinstance(name, str) for name in names) for names in found.values()
    ):
        raise AnnotateError(f"{path}: not a JSON object of lists of report names")
    return found


def disputes_table(judged: Mapping[str, Judged]) -> str:
    """By sentence: contested or not, flagged wrongly and unconfirmed of a hundred; by pair of sentences: one event."""
    hundred = ["flagged wrongly /100", "in undisputed reports", "unconfirmed /100"]
    head = ["", "precision", "recall", *hundred, "one event F1"]
    lines = [
        [
            f"disputes, {name}",
            in_words(one.disputes.contested.precision),
            in_words(one.disputes.contested.recall),
            _hundred(one.disputes.false_flags),
            _hundred(one.disputes.undisputed),
            _hundred(one.disputes.unconfirmed["any"]),
            in_words(one.events.all.f1),
        ]
        for name, one in judged.items()
    ]
    facets = sorted({facet for one in judged.values() for facet in one.disputes.facets})
    by_facet = [
        [facet, *(_right(one.disputes, facet) for one in judged.values())]
        for facet in facets
    ]  # fmt: skip
    return "\n\n".join((columns([head, *lines]), columns([["facet: right of predicted, of gold", *judged], *by_facet])))


def _hundred(figure: Figure) -> str:
    return in_words(figure, digits=2)


def _right(disputes: DisputeScores, facet: str) -> str:
    tally = disputes.facets.get(facet)
    return f"{tally.right} of {tally.predicted}, {tally.gold}" if tally else "-"
