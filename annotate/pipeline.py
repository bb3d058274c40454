"""The order of the parts: reports in, claims and events out. The only file that knows it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annotate import assemble, attribute, events, facets, namings, places, refusals, segment
from annotate.counts import counts, supported, told
from annotate.document import Claim, Event, Ref, Report, Sentence, Tags
from annotate.events import Grouping
from annotate.registry import Registry
from annotate.tag import Tagger
from annotate.when import days_of


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
    claims: list[Claim] = []
    for report, found in tagged(reports, tagger, registry, progress):
        kept.append(report)
        claims += found
    return relate(kept, claims, registry)


def tagged(
    reports: Iterable[Report],
    tagger: Tagger,
    registry: Registry,
    progress: Callable[[Report, int], None] | None = None,
) -> Iterator[tuple[Report, list[Claim]]]:
    """Each report with what can be said of its sentences by reading it alone; a few reports are held at a time."""
    waiting: deque[tuple[Report, tuple[Sentence, ...]]] = deque()

    def stream() -> Iterator[tuple[Report, Sequence[Sentence]]]:
        for report in reports:
            waiting.append((report, segment.segment(report).sentences))
            yield waiting[-1]

    for tags in tagger.tag(stream()):
        report, sentences = waiting.popleft()
        yield report, claims_of(report, sentences, tags, registry)
        if progress:
            progress(report, len(sentences))


def claims_of(report: Report, sentences: Sequence[Sentence], tags: Sequence[Tags], registry: Registry) -> list[Claim]:
    """Everything that can be said of a report's sentences by reading it alone."""
    tags = [_borne_out(one, sentence, registry) for one, sentence in zip(tags, sentences, strict=True)]
    numbers = told(sentences, tags)
    where = places.places(sentences, tags, registry)
    registry = registry.during(locus.place for loci, _ in where for locus in loci)
    heard = attribute.attribute(report, sentences, tags, registry)
    days = days_of(sentences, report)
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
            date=days[number],
        )
        claim = replace(claim, agents=facets.agents(claim, registry))
        found.append(replace(claim, values=facets.values(claim, registry)))
    return found


def _borne_out(tags: Tags, sentence: Sentence, registry: Registry) -> Tags:
    """The model's tags of a sentence, mended by what its own words say."""
    tags = supported(tags, counts(sentence))
    tags = refusals.settled(tags, sentence.text)
    tags = places.headed(sentence, tags, registry)
    return namings.signed(sentence, tags, registry)


def in_order(ref: Ref, days: Mapping[str, str | None]) -> tuple[str, Ref]:
    """What claims are sorted by, whatever was read first: the earliest reports first, the undated last."""
    return days[ref[0]] or "~", ref


def relate(reports: Sequence[Report], claims: Sequence[Claim], registry: Registry) -> Batch:
    """Group the claims of all reports into events and say what is contested, by whom, and how well it is borne out.

    In which order the reports come changes no event and no flag.
    """
    days = {report.id: report.date for report in reports}
    speaking = sorted((claim for claim in claims if claim.tags.types), key=lambda claim: in_order(claim.ref, days))
    return judge(reports, claims, events.group(speaking, registry, days), registry)


def judge(reports: Sequence[Report], claims: Sequence[Claim], grouping: Grouping, registry: Registry) -> Batch:
    """Say what is contested within groups of claims that are found already; ``claims``: those in them, and others."""
    found, settled = assemble.assemble(grouping, claims, {report.id: report for report in reports}, registry)
    return Batch(tuple(reports), tuple(settled), tuple(found))
