"""Two-axis credibility after the Admiralty code: who says it (A to F) and how well it is borne out (1 to 6).

The two are never folded into one number: a poor source can be right, and a good one wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from annotate.document import Claim, Credibility, Dispute, Ref, Report, Source
from annotate.voices import Bench

# Where no registry row says otherwise: what the stance implies. Starting values, each for a reason.
_BY_STANCE = {
    "official": "C",  # a state body with a stake
    "ngo": "C",  # works in the field, method unknown to us
    "pro-regime": "D",
    "pro-opposition": "D",
    "other-party": "D",
    "media": "B",  # own observation of an outlet without a side
    "witness": "C",  # first-hand; second-hand falls to D
    "unattributed": "F",
}
_ANONYMOUS = ("source", "sources", "accounts", "account", "reports", "activists")


def grades(
    members: Sequence[Claim], disputes: Sequence[Dispute], bench: Bench, reports: Mapping[str, Report]
) -> Iterator[Credibility]:
    """The credibility of each claim of one event, each with one line of why."""
    counted: dict[tuple[Ref, ...], int] = {}  # claims -> independent sources behind them
    for claim in members:
        source, who = _source(claim, reports[claim.ref[0]], bench)
        backing = _backing(claim, members)
        key = tuple(other.ref for other in backing)
        if key not in counted:
            counted[key] = bench.independent(backing)
        information, why = _information(claim, disputes, backing, counted[key])
        yield Credibility(source, information, f"{who}; {why}")


def _source(claim: Claim, report: Report, bench: Bench) -> tuple[str, str]:
    speaker, registry = claim.speaker, bench.registry
    if speaker.state == "missing":
        return "F", "speaker not known"
    if speaker.state == "author":
        outlet: Source | None = registry.outlet(report.outlet) if report.outlet else None
        return (outlet.reliability, f"the writer, {outlet.name}") if outlet else ("F", "the writer, outlet not known")
    row = registry.all_sources.get(speaker.id) if speaker.id else None
    if row is not None:
        return row.reliability, f"{row.name}: {row.basis.rstrip('.')}"
    if any(speaker.name.lower().split()[-1:] == [word] for word in _ANONYMOUS):
        return "E", "an unnamed source"
    letter = _BY_STANCE.get(claim.stance or "unattributed", "F")
    if letter == "C" and claim.stance == "witness" and claim.tags.assertion == "hedges":
        letter = "D"
    return letter, f"{claim.stance or 'unknown'} source without a registry row"


def _information(
    claim: Claim, disputes: Sequence[Dispute], backing: Sequence[Claim], independent: int
) -> tuple[int, str]:
    if not claim.tags.types:
        return 6, "no claim to judge"
    own = [d for d in disputes if d.level != "none" and any(claim.ref in side.claims for side in d.sides)]
    contested = [d for d in own if d.level == "contested"]
    for dispute in contested:
        opposing = sum(side.independent for side in dispute.sides if claim.ref not in side.claims)
        if opposing >= 2:
            return 5, f"{dispute.facet} contradicted by {opposing} independent sources"
    if contested:
        return 4, f"{contested[0].facet} contested by another source"
    if claim.speaker.state == "missing" or (claim.speaker.state == "author" and claim.tags.assertion == "hedges"):
        return 6, "nobody named to judge by"
    if claim.tags.assertion == "confirms" and claim.stance in (
        "official",
        "pro-regime",
        "pro-opposition",
        "other-party",
    ):
        return 1, "a party admits it"
    sides = {c.speaker.side for c in backing} - {None}
    if independent >= 2 and len(sides) >= 2:
        return 1, f"independent sources of {len(sides)} sides agree"
    if independent >= 2:
        return 2, f"{independent} independent sources, none against"
    if own:
        return 3, f"one side's word ({', '.join(own[0].reasons)})"
    return 3, "one source, uncontested"


def _backing(claim: Claim, members: Sequence[Claim]) -> list[Claim]:
    """The claims that give the same value of a facet; the writer and the nameless count for nobody."""
    mine = {(v.facet, v.value, v.negated) for v in claim.values}
    return [
        other
        for other in members
        if other.speaker.state not in ("author", "missing")
        and mine & {(v.facet, v.value, v.negated) for v in other.values}
    ]
