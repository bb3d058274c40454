"""Events -> disputes: which facet of which event is contested or unconfirmed, why, and in whose words.

A dispute is about one facet of one event, between independent sources. What only looks like one (a later
figure of the same source, a part of a whole, bounds that overlap, background) is recorded as quiet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from annotate.backing import thin
from annotate.clash import CLASHES, no_clash
from annotate.denials import denied, refused
from annotate.document import Claim, Dispute, FacetContest, Level, Quiet, Reason, Ref, Side, Value
from annotate.facets import is_position, is_standing
from annotate.losses import ELSEWHERE, EVERYBODY, PART
from annotate.voices import Bench, Voice, unique
from annotate.when import spans_time

Row = tuple[Voice, Voice]  # a denial and what it denies

FACETS = ("occurrence", "target", "agent", "means", "origin", "casualties", "time", "place", "control", "status")


def disputes(bench: Bench) -> tuple[Dispute, ...]:
    """The contested and unconfirmed facets of the event whose claims are on the bench, with what stays quiet."""
    members = bench.claims
    background = [c for c in members if is_standing(c) or (c.speaker.state == "author" and spans_time(c.sentence.text))]
    heard = [claim for claim in members if claim not in background]
    voices = _voices(heard, bench)
    rows: dict[str, list[Row]] = defaultdict(list)
    for denial, other in denied(heard, bench):
        no, yes = refused(denial, other, bench.registry)
        rows[no.facet].append((_voice(denial, no, bench), _voice(other, yes, bench)))
    quiet = (Quiet("background", tuple(c.ref for c in background)),) if background and len(members) > 1 else ()
    judged = {
        facet: _facet(facet, voices[facet], rows[facet], bench, quiet)
        for facet in (*FACETS, "detention")
        if voices[facet] or rows[facet]
    }
    found = {facet: dispute for facet, dispute in judged.items() if dispute is not None}
    if "occurrence" not in found and (taken := found.get("detention")):
        found["occurrence"] = replace(taken, facet="occurrence")  # that people were taken is what happened
    if "status" not in found and (positions := _positions(heard, bench)):
        found["status"] = Dispute("status", "none", (), (), positions)
    if "agent" not in found and quiet and any(is_standing(claim) for claim in background):
        found["agent"] = Dispute("agent", "none", (), (), quiet)
    if any(dispute.level != "none" for dispute in found.values()):
        found = _undisputed(voices, bench) | found
    return tuple(found[facet] for facet in FACETS if facet in found)


def _undisputed(voices: Mapping[str, list[Voice]], bench: Bench) -> dict[str, Dispute]:
    """What is said of an event and not denied, so that a reader sees how far a dispute reaches."""
    told = {facet: [voice for voice in voices.get(facet, ()) if not voice.value.negated] for facet in FACETS}
    return {facet: Dispute(facet, "none", (), _sides(said, bench)) for facet, said in told.items() if said}


def _voices(claims: Sequence[Claim], bench: Bench) -> dict[str, list[Voice]]:
    """What the claims say, facet by facet; a denial of a position is none of what happened."""
    voices: dict[str, list[Voice]] = defaultdict(list)
    for claim in claims:
        for value in () if is_position(claim) else claim.values:
            voices[value.facet].append(_voice(claim, value, bench))
        if "detention" in claim.tags.types and claim.tags.assertion not in ("denies", "calls") and not _freed(claim):
            hedged = claim.tags.assertion == "hedges"
            voices["detention"].append(_voice(claim, Value("detention", "people were taken", hedged=hedged), bench))
    return voices


def _freed(claim: Claim) -> bool:
    """Whether a claim tells that people were let go, and not taken."""
    return any(value.value == "captives held" and value.negated for value in claim.values)


def _positions(claims: Sequence[Claim], bench: Bench) -> tuple[Quiet, ...]:
    """What two sources or more want, or take and refuse: they differ, and nothing that happened is in dispute."""
    taken = [c for c in claims if is_position(c) or ("diplomacy" in c.tags.types and c.tags.assertion == "calls")]
    return (Quiet("position", tuple(c.ref for c in taken)),) if bench.independent(taken) > 1 else ()


def contests(found: Iterable[Dispute], ref: Ref) -> tuple[FacetContest, ...]:
    """One claim's share in its event's disputes: the level of each facet it speaks of, and who stands against it."""
    shares: list[FacetContest] = []
    for dispute in found:
        own = [side for side in dispute.sides if ref in side.claims]
        if own and (dispute.level != "none" or dispute.quiet):
            against = tuple(r for side in dispute.sides if side not in own for r in side.claims)
            level: Level = dispute.level
            shares.append(FacetContest(dispute.facet, level, dispute.reasons, against if level == "contested" else ()))
    return tuple(shares)


def _voice(claim: Claim, value: Value, bench: Bench) -> Voice:
    return Voice(claim, value, bench.source(claim))


def _facet(facet: str, voices: list[Voice], rows: list[Row], bench: Bench, quiet: tuple[Quiet, ...]) -> Dispute | None:
    """The dispute over one facet; of level none where there only seems to be one, None where nothing is to be said.

    ``rows`` are the denials with the claims that they deny.
    """
    clash, reason, calm = CLASHES.get(facet, no_clash)(voices, bench)
    if clash or rows:
        reasons: tuple[Reason, ...] = (*(("denied",) if rows else ()), *((reason,) if clash else ()))
        sides = unique([*(voice for row in rows for voice in row), *clash])
        return Dispute(facet, "contested", reasons, _sides(sides, bench), (*quiet, *calm))
    resting, reasons = thin(facet, voices, bench)
    if reasons:
        return Dispute(facet, "unconfirmed", reasons, _sides(resting, bench), (*quiet, *calm))
    voices = [v for v in voices if v.value.scope not in (PART, ELSEWHERE)] or voices
    return Dispute(facet, "none", (), _sides(voices, bench), calm) if calm else None


def _sides(voices: list[Voice], bench: Bench) -> tuple[Side, ...]:
    """The values given, each with all who give it, most independent sources first."""
    by_value: dict[str, list[Voice]] = defaultdict(list)
    for voice in voices:
        by_value[_wording(voice.value)].append(voice)
    sides = [
        Side(
            value=value,
            claims=tuple(dict.fromkeys(v.claim.ref for v in group)),
            speakers=tuple(dict.fromkeys(v.claim.speaker.name for v in group)),
            stances=tuple(dict.fromkeys(v.claim.stance for v in group if v.claim.stance)),
            independent=bench.independent([v.claim for v in group]),
        )
        for value, group in by_value.items()
    ]
    return tuple(sorted(sides, key=lambda side: -side.independent))


def _wording(value: Value) -> str:
    """A value as a reader would put it."""
    words = value.value
    if value.facet == "casualties" and value.low is not None:
        number = (
            str(value.low)
            if value.low == value.high
            else f"{value.low} to {value.high}"
            if value.high
            else f"{value.low} or more"
        )
        words = f"{number} {_people(value)}{value.value}"
    return f"not {words}" if value.negated else words


def _people(value: Value) -> str:
    """Of whom a count is, with a space behind, where it is not of people at large."""
    who = value.scope or ""
    return "" if who in ("", "all", PART, ELSEWHERE) or who.rstrip("s") in EVERYBODY else f"{who} "


def strongest(levels: Iterable[Level]) -> Level:
    """The highest of some levels."""
    found = set(levels)
    return "contested" if "contested" in found else "unconfirmed" if "unconfirmed" in found else "none"
