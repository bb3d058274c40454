"""What annotators are compared on: the values that each gives sentence by sentence, and what each finds in the text."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import combinations

from annotate.document import Span
from annotate.evaluate import span_counts
from annotate.gold import GoldReport, GoldSentence
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.studio.readings import Shared, Unit

Values = dict[str, Hashable]  # what each annotator gave for one sentence, or for one pair of sentences
Of = Callable[[Shared, str, GoldSentence], Hashable]
Tallies = tuple[tuple[int, ...], ...]  # exact and, where that can be, overlapping: equal, the one's, the other's

SPANS = {"source": "sources", "cue": "cues", "agent": "agents", "place": "places"}
RELATIONS = ("contradicts", "corroborates", "updates")


def variables() -> Iterator[tuple[str, str | None, Callable[[Shared, Sequence[str]], Iterable[Values]]]]:
    """Control, label (None: the whole control) and how to get the values of some annotators from a report."""
    yield "types", None, partial(_each, of=lambda one, name, s: frozenset(s.types))
    for label in TYPES:
        yield "types", label, partial(_each, of=partial(_has, label=label, field="types"))
    yield "stance", None, partial(_each, of=lambda one, name, s: s.stance)
    for label in STANCES:
        yield "stance", label, partial(_each, of=partial(_is, label=label, field="stance"))
    yield "assertion", None, partial(_each, of=lambda one, name, s: s.assertion)
    for label in ASSERTIONS:
        yield "assertion", label, partial(_each, of=partial(_is, label=label, field="assertion"))
    yield "speaker", None, partial(_each, of=lambda one, name, s: folded(s.speaker))
    # A number of sentences and no address: a guesser can know the usual distance, and no address.
    yield "from", None, partial(_each, of=back)
    yield "from", "continues", partial(_each, of=lambda one, name, s: s.from_ is not None)
    yield "event", "given", partial(_each, of=lambda one, name, s: s.event is not None)
    yield "event", "same", _same_event


def findings() -> Iterator[tuple[str, Callable[[Shared, str, str], Tallies]]]:
    """Label, and how to count what two annotators both found in a report."""
    for label, field in SPANS.items():
        yield label, partial(_common_spans, field=field)
    for label in RELATIONS:
        yield label, partial(_common_relations, label=label)
    yield "sentence", _common_sentences
    yield "sentence end", _common_ends


def folded(name: str | None) -> str:
    """A speaker's name without what does not make it another one: case, blanks, an article."""
    words = (name or "").casefold().split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def back(one: Shared, name: str, sentence: GoldSentence) -> int:
    """How many sentences further up the speaker is named; 0 in this one."""
    places = one.places[name]
    return 0 if sentence.from_ is None else places[sentence.sentence.index] - places[sentence.from_]


def _each(one: Shared, annotators: Sequence[str], of: Of) -> Iterator[Values]:
    for unit in one.units:
        yield {name: of(one, name, unit.given[name]) for name in annotators if name in unit.given}


def _has(one: Shared, name: str, sentence: GoldSentence, *, label: str, field: str) -> bool:
    return label in getattr(sentence, field)


def _is(one: Shared, name: str, sentence: GoldSentence, *, label: str, field: str) -> bool:
    return bool(getattr(sentence, field) == label)


def _same_event(one: Shared, annotators: Sequence[str]) -> Iterator[Values]:
    """Pairs of sentences, same event or not, since each annotator names events in his own way.

    Asked of the sentences that some annotator gave an event. Where another gave none, the sentence is an event by
    itself, as the codebook has it.
    """
    asked = [unit for unit in one.units if any(name in unit.given and unit.given[name].event for name in annotators)]
    for first, second in combinations(asked, 2):
        yield {
            name: _joined(first, second, name) for name in annotators if name in first.given and name in second.given
        }


def _joined(first: Unit, second: Unit, name: str) -> bool:
    event = first.given[name].event
    return event is not None and event == second.given[name].event


def _common_spans(one: Shared, a: str, b: str, *, field: str) -> Tallies:
    return span_counts(*(_spans(one.readings[name], field) for name in (a, b)))


def _spans(reading: GoldReport, field: str) -> list[Span]:
    return sorted({span for s in reading.sentences for span in getattr(s, field)}, key=lambda span: span.start)


def _common_sentences(one: Shared, a: str, b: str) -> Tallies:
    both = (one.readings[name].sentences for name in (a, b))
    return span_counts(*([Span(s.sentence.start, s.sentence.end, s.sentence.text) for s in each] for each in both))


def _common_ends(one: Shared, a: str, b: str) -> Tallies:
    """The end of a report is free and does not count."""
    ends = [{s.sentence.end for s in one.readings[name].sentences} for name in (a, b)]
    return _sets(*(each - {max(ends[0] | ends[1])} for each in ends))


def _common_relations(one: Shared, a: str, b: str, *, label: str) -> Tallies:
    return _sets(*(_related(one, name, label) for name in (a, b)))


def _related(one: Shared, name: str, label: str) -> set[Hashable]:
    """Pairs of sentences; only ``updates`` has a direction."""
    pairs = [(one.places[name][i], one.places[name][j]) for i, j, kind in one.readings[name].relations if kind == label]
    return set(pairs) if label == "updates" else {frozenset(pair) for pair in pairs}


def _sets(a: set[int] | set[Hashable], b: set[int] | set[Hashable]) -> Tallies:
    return ((len(a & b), len(a), len(b)),)
