"""The told corpora run through the program, with their marked tags or with the shipped model, and what comes out.

``python tests/telling.py`` prints the scores; with names of corpora, or ``--failing``, what differs in them;
with ``--settle`` it writes failing.toml anew: what passes now is struck off, what fails is added without a cause.
"""

import argparse
import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from library import Contested, Corpus, library
from told import registry

from annotate.align import align_all, by_report
from annotate.assets import MODEL
from annotate.evaluate_events import DisputeScores, score_disputes, score_events
from annotate.pipeline import Batch, claims_of, relate
from annotate.scores import Redraw, Tally
from annotate.scoretable import columns, in_words
from annotate.segment import segment

FAILING = Path(__file__).parent / "stories" / "failing.toml"
TELLINGS = ("marked", "model")
ASPECTS = ("contested", "unconfirmed", "quiet")


@dataclass(frozen=True)
class Outcome:
    """What the program says of a corpus, in the sentences of its telling."""

    corpus: Corpus
    batch: Batch
    told: dict  # the program's sentence -> the corpus's, where the two were cut differently

    def contested(self):
        return {
            Contested(d.facet, frozenset(d.reasons), frozenset(self._refs(side.claims) for side in d.sides))
            for event in self.batch.events
            for d in event.facets
            if d.level == "contested"
        }

    def unconfirmed(self):
        found = {}
        for claim in self.batch.claims:
            reasons = {r for facet in claim.contest if facet.level == "unconfirmed" for r in facet.reasons}
            if reasons:
                ref = self.told.get(claim.ref, claim.ref)
                found[ref] = found.get(ref, frozenset()) | reasons
        return found

    def quiet(self):
        return {
            (quiet.kind, ref)
            for event in self.batch.events
            for d in event.facets
            for quiet in d.quiet
            for ref in self._refs(quiet.claims)
        }

    def _refs(self, refs):
        return frozenset(self.told.get(ref, ref) for ref in refs)

    def differs(self, aspect):
        """What is found and not expected, and what is expected and not found; two empty sets where all is well."""
        want, have = getattr(self.corpus, aspect)(), getattr(self, aspect)()
        if aspect == "contested":
            return _apart(have, want), {b for b in want if not any(_same(a, b) for a in have)}
        if aspect == "unconfirmed":
            return set(have.items()) - set(want.items()), set(want.items()) - set(have.items())
        return set(), want - have  # more may be recorded as quiet than a reader would note


def _apart(have, want):
    return {a for a in have if not any(_same(a, b) for b in want)}


def _same(found, expected):
    """One dispute, whose sides may be told in more values than an analyst would name."""
    return (found.facet, found.reasons) == (expected.facet, expected.reasons) and (
        frozenset().union(*found.sides) == frozenset().union(*expected.sides)
        and all(any(part <= side for side in expected.sides) for part in found.sides)
    )


@cache
def tell(telling) -> tuple[Outcome, ...]:
    """Every corpus run through the program, its reports together and apart from all other corpora."""
    return tuple(_outcome(corpus, tags) for corpus, tags in zip(library(), _tags(telling), strict=True))


def _tags(telling):
    """For each report of each corpus its sentences and their tags; the model runs once over all."""
    told = [[(story.report, story.sentences, story.tags) for story in corpus.told] for corpus in library()]
    if telling == "marked":
        return told
    from annotate.engine import load
    from annotate.tag import Tagger

    cut = [(report, segment(report).sentences) for corpus in told for report, _, _ in corpus]
    tags = iter(Tagger(load(MODEL, precision="full")).tag(cut))
    read = iter([(report, sentences, next(tags)) for report, sentences in cut])
    return [[next(read) for _ in corpus] for corpus in told]


def _outcome(corpus, tagged):
    claims = [claim for report, sentences, tags in tagged for claim in claims_of(report, sentences, tags, registry())]
    batch = relate(corpus.reports, claims, registry())
    gold = corpus.gold()
    told = {}
    for one in align_all(gold, by_report(gold, batch.claims)):
        for sentence, answer in zip(one.gold.sentences, one.match, strict=True):
            if answer is not None:
                told.setdefault(answer.claim.ref, (one.gold.report.id, sentence.sentence.index))
    return Outcome(corpus, batch, told)


@dataclass(frozen=True)
class Figures:
    """Disputes by sentence, unconfirmed claims by sentence, events by pairs of sentences."""

    corpora: int
    disputes: DisputeScores
    unconfirmed: Tally
    events: Tally


def figures(outcomes) -> Figures:
    gold = [report for outcome in outcomes for report in outcome.corpus.gold()]
    predicted = [row for outcome in outcomes for row in by_report(outcome.corpus.gold(), outcome.batch.claims)]
    relations = [relation for outcome in outcomes for relation in outcome.corpus.relations()]
    groups = {outcome.corpus.name: [report.id for report in outcome.corpus.reports] for outcome in outcomes}
    doubt = [(outcome.unconfirmed().keys(), outcome.corpus.unconfirmed().keys()) for outcome in outcomes]
    counts = np.array([(len(have & want), len(have), len(want)) for have, want in doubt], dtype=float)
    return Figures(
        corpora=len(outcomes),
        disputes=score_disputes(gold, predicted, relations),
        unconfirmed=Redraw(len(counts), 1000, 0).tally(counts),
        events=score_events(gold, predicted, groups).all,
    )


HALVES = {"open": lambda c: not c.held, "held back": lambda c: c.held, "all": lambda c: True}


def table() -> str:
    """The scores of both tellings over the open half, the half held back, and all."""
    lines = [["tags", "corpora", "", "sentences", "precision", "recall", "flagged wrongly /100", "unconfirmed /100"]]
    lines[0] += ["unconfirmed P", "R", "one event F1"]
    for telling in TELLINGS:
        for half, inside in HALVES.items():
            outcomes = [outcome for outcome in tell(telling) if inside(outcome.corpus)]
            if not outcomes:
                continue
            one = figures(outcomes)
            disputes = one.disputes
            lines.append([telling, half, str(one.corpora), str(disputes.sentences)])
            lines[-1] += [in_words(disputes.contested.precision), in_words(disputes.contested.recall)]
            lines[-1] += [in_words(disputes.false_flags, 2), in_words(disputes.unconfirmed["any"], 2)]
            lines[-1] += [in_words(figure) for figure in (one.unconfirmed.precision, one.unconfirmed.recall)]
            lines[-1].append(in_words(one.events.f1))
    return columns([[re.sub(r" \[.*", "", cell) for cell in line] for line in lines])


def differences(outcome):
    """Lines that say where a corpus is told otherwise than expected."""
    words = {claim.ref: claim.sentence.text for claim in outcome.batch.claims}
    lines = []
    for aspect in ASPECTS:
        for sign, found in zip(("found   ", "expected"), outcome.differs(aspect), strict=True):
            lines += [f"  {aspect:<11} {sign} {_told(one)}" for one in sorted(found, key=repr)]
    events = {}
    for claim in outcome.batch.claims:
        events.setdefault(claim.event, []).append(claim)
    if lines:
        for name, claims in events.items():
            for claim in claims:
                values = ", ".join(f"{'not ' * v.negated}{v.facet}={v.value}" for v in claim.values)
                who = f"{claim.speaker.name} ({claim.speaker.side})"
                lines.append(f"    {name} {claim.ref[0][-1]}:{claim.ref[1]} {who}: {words[claim.ref][:70]} [{values}]")
    return lines


def _told(one):
    if isinstance(one, Contested):
        sides = " | ".join(" ".join(f"{r[-1]}:{n}" for r, n in sorted(side)) for side in one.sides)
        return f"{one.facet} {', '.join(one.reasons)}: {sides}"
    left, right = one
    return f"{left} {', '.join(sorted(right))}" if isinstance(right, frozenset) else f"{left} {right}"


def settle():
    """Write down which corpora fail in which telling, with the causes that are known."""
    known = tomllib.loads(FAILING.read_text(encoding="utf-8")) if FAILING.exists() else {}
    lines = ["# Corpora told otherwise than expected, in which telling, and why. Kept by tests/telling.py --settle."]
    for aspect in ASPECTS:
        lines += ["", f"[{aspect}]"]
        for number, corpus in enumerate(library()):
            where = [telling for telling in TELLINGS if any(tell(telling)[number].differs(aspect))]
            if where:
                why = known.get(aspect, {}).get(corpus.name, {}).get("why", "not looked into")
                lines.append(f"{corpus.name} = {{ in = {json.dumps(where)}, why = {json.dumps(why)} }}")
    FAILING.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="corpora to look at")
    parser.add_argument("--failing", action="store_true", help="all open corpora that are told otherwise than expected")
    parser.add_argument("--telling", choices=TELLINGS, default="marked")
    parser.add_argument("--settle", action="store_true", help="write failing.toml anew")
    asked = parser.parse_args()
    if asked.settle:
        settle()
        return
    if not asked.names and not asked.failing:
        print(table())
        return
    for outcome in tell(asked.telling):
        name = outcome.corpus.name
        if name in asked.names or (asked.failing and not outcome.corpus.held):
            lines = differences(outcome)
            print(f"{name}: {'as expected' if not lines else ''}", *lines, sep="\n")


if __name__ == "__main__":
    main()
