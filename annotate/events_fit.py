"""Fit the weights of the event pair score on annotated events.

    python -m annotate.events_fit seeds/written.json my-labels.json -o seeds/registry/events.json

Needs the extra `train`. Pairs are taken of claims that both have an event, within a report and between the
reports of a batch (event ids mean the same thing throughout one batch). With `--relations` what annotators said of
pairs of claims has the last word: "different" is of two events, every other relation of one.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from annotate.blocking import WINDOW
from annotate.document import Claim, Ref
from annotate.evaluate_events import Relation, read_pairs
from annotate.gold import GoldReport, read_exports, tags_of, trimmed
from annotate.likeness import features
from annotate.looks import look
from annotate.pipeline import claims_of
from annotate.registry import Registry

FAR = 4  # of the pairs of different reports, negatives that count for every positive: most share nothing at all
KEPT = 0.12  # share of these negatives that is looked at
LONE = 0.25  # what a pair weighs of which one claim has no event: annotators may have left out one told only once

Row = tuple[dict[str, float], bool, float]  # features by name, whether of one event, weight


def batches(gold: Sequence[GoldReport], groups: dict[str, list[str]]) -> Iterable[list[GoldReport]]:
    """Reports annotated together; one that no group names stands alone."""
    by_id = {report.report.id: report for report in gold}
    grouped = {name for names in groups.values() for name in names}
    yield from ([by_id[n] for n in names if n in by_id] for names in groups.values())
    yield from ([report] for name, report in by_id.items() if name not in grouped)


def gold_claims(report: GoldReport, registry: Registry) -> tuple[list[Claim], dict[Ref, str]]:
    """The claims of a labelled report as read with its own labels, and the event of each that has one."""
    [report] = trimmed([report])
    sentences = [s.sentence for s in report.sentences]
    claims = claims_of(report.report, sentences, [tags_of(s) for s in report.sentences], registry)
    events = {c.ref: s.event for c, s in zip(claims, report.sentences, strict=True) if s.event}
    return [claim for claim in claims if claim.tags.types], events


def pairs(
    gold: Sequence[GoldReport],
    groups: dict[str, list[str]],
    registry: Registry,
    seed: int = 0,
    relations: Iterable[Relation] = (),
) -> dict[str, list[Row]]:
    """The pairs to learn from, within reports and between them; a claim without an event shares it with none.

    ``relations``: pairs of which it was said, whatever events their claims have.
    """
    told = {frozenset((one.a, one.b)): one.label != "different" for one in relations}
    rows: dict[str, list[Row]] = defaultdict(list)
    kept = np.random.default_rng(seed)
    for batch in batches(gold, groups):
        claims: list[Claim] = []
        events: dict[Ref, str] = {}
        for report in sorted(batch, key=lambda one: (one.report.date or "~", one.report.id)):
            more, known = gold_claims(report, registry)
            claims += more
            events |= known
        looks = look(claims, {one.report.id: one.report.date for one in batch})
        for a, b in combinations(looks, 2):
            named = events.get(a.ref), events.get(b.ref)
            same, weight = named[0] == named[1] is not None, LONE if None in named else 1.0
            if (said := told.get(frozenset((a.ref, b.ref)))) is not None:
                kind = "same report" if a.ref[0] == b.ref[0] else "other report"
                rows[kind].append((features(a, b, registry), said, 1.0))
            elif a.ref[0] != b.ref[0]:
                if same or (weight == 1.0 and kept.random() < KEPT):
                    rows["other report"].append((features(a, b, registry), same, weight))
            elif b.ref[1] - a.ref[1] <= WINDOW:
                rows["same report"].append((features(a, b, registry), same, weight))
    return rows


def fit(rows: list[Row], far: float | None = None) -> dict[str, float]:
    """Weights by feature name; ``far``: how many negatives are to count for every positive."""
    names = list(rows[0][0])
    x = np.array([[row[name] for name in names] for row, _, _ in rows], dtype=np.float32)
    y = np.array([same for _, same, _ in rows])
    spread = np.where(x.std(0) < 1e-6, 1, x.std(0))
    less = far * y.sum() / max((~y).sum(), 1) if far else 1.0
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=1000)
    weight = np.array([weight for _, _, weight in rows]) * np.where(y, 1.0, less)
    model.fit(x / spread, y, sample_weight=weight)
    weights = model.coef_[0] / spread
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def main() -> None:
    """Read exports, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--groups", type=Path, help="JSON: batch name -> report ids")
    parser.add_argument("--relations", nargs="*", type=Path, default=[], help="JSON Lines: pairs, as pulled")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    gold = read_exports(options.data)
    groups = json.loads(options.groups.read_text(encoding="utf-8")) if options.groups else {}
    rows = pairs(gold, groups, Registry.load(), relations=read_pairs(options.relations))
    table: dict[str, Any] = {
        "about": "Weights of the event pair score, a logistic regression over the features of annotate/likeness.py.",
        "basis": f"fitted on {len(gold)} labelled reports, {date.today().isoformat()}",
        "pairs": {
            name: dict(Counter("same" if same else "other" for _, same, _ in found)) for name, found in rows.items()
        },
        "weights": {"same report": fit(rows["same report"]), "other report": fit(rows["other report"], FAR)},
    }
    options.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
