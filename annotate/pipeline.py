"""The order of the parts: reports in, claims and events out. The only file that knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from annotate import assemble, attribute, events, facets, grade, places, segment
from annotate.counts import counts, supported
from annotate.document import Claim, Event, Report, Sentence, Tags
from annotate.registry import Registry
from annotate.tag import Tagger
from annotate.when import day_of


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run gives: the reports read, every sentence with its tags, the events with their disputes."""

    reports: tuple[Report, ...]
    claims: tuple[Claim, ...]
    events: tuple[Event, ...]


def run(
    reports: Iterable[Report],
    tagger: Tagger,
    registry: Registry,
    progress: Callable[[Report, int], None] | None = None,
) -> Batch:
    """Tag reports and find what is contested among them.

    ``progress`` is called after each report with the report and its number of sentences.
    """
    kept: list[Report] = []
    cut: list[tuple[Sentence, ...]] = []

    def stream() -> Iterable[tuple[Report, Sequence[Sentence]]]:
        for report in reports:
            kept.append(report)
            cut.append(segment.segment(report).sentences)
            yield report, cut[-1]

    claims: list[Claim] = []
    for number, tags in enumerate(tagger.tag(stream())):
        claims += claims_of(kept[number], cut[number], tags, registry)
        if progress:
            progress(kept[number], len(cut[number]))
    return relate(kept, claims, registry)


def claims_of(report: Report, sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry) -> list[Claim]:
    """Everything that can be said of a report's sentences by reading it alone."""
    numbers = [counts(sentence) for sentence in sentences]
    tags = [supported(one, found) for one, found in zip(tags, numbers, strict=True)]
    heard = attribute.attribute(report, sentences, tags, registry)
    where = places.places(sentences, tags, registry)
    found: list[Claim] = []
    for number, sentence in enumerate(sentences):
        speaker, stance = heard[number]
        loci, place = where[number]
        claim = Claim(
            sentence=sentence,
            tags=tags[number],
            stance=stance,
            speaker=speaker,
            places=loci,
            counts=numbers[number] if tags[number].types else (),
            place=place,
            date=day_of(sentence.text, report),
        )
        claim = replace(claim, agents=facets.agents(claim, registry))
        found.append(replace(claim, values=facets.values(claim, registry)))
    return found


def relate(reports: Sequence[Report], claims: Sequence[Claim], registry: Registry) -> Batch:
    """Group the claims of all reports into events and say what is contested, by whom, and how well it is borne out."""
    by_id = {report.id: report for report in reports}
    speaking = [claim for claim in claims if claim.tags.types]
    grouping = events.group(speaking, registry)
    found, settled = assemble.assemble(grouping, claims, by_id, registry)
    disputes = {event.id: event.facets for event in found}
    by_ref = {claim.ref: claim for claim in settled}
    graded = tuple(
        replace(
            claim,
            credibility=grade.grade(
                claim, disputes.get(claim.event or "", ()), by_ref, by_id[claim.sentence.report], registry
            ),
        )
        for claim in settled
    )
    return Batch(tuple(reports), graded, tuple(found))
