"""Fit the weights of the score that says what a denial denies, on annotated contradictions.

    python -m annotate.denials_fit seeds/written.json my-labels.json --relations seeds/relations.jsonl my-pairs.jsonl \
        -o seeds/registry/denials.json

Needs the extra `train`. Pairs are a denial and a claim of another source that the program puts to the same event;
what the annotators say of the two is learned.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from annotate import events
from annotate.denials import FEATURES, Setting, features, meetings, nearest
from annotate.document import Ref
from annotate.evaluate_events import read_relations
from annotate.events_fit import batches, gold_claims
from annotate.facets import is_standing
from annotate.gold import GoldReport, read_exports
from annotate.registry import Registry
from annotate.voices import Bench

C = 0.3  # inverse strength of the penalty; chosen among 0.1, 0.3 and 1 by cross-validation over reports

Row = tuple[list[float], bool]


def rows(batch: Sequence[GoldReport], denied: set[frozenset[Ref]], registry: Registry) -> Iterator[Row]:
    """The features of each denial with each claim that it might deny, and whether annotators say that it does."""
    claims = [claim for report in batch for claim in gold_claims(report, registry)[0]]
    by_ref = {claim.ref: claim for claim in claims}
    days = {report.report.id: report.report.date for report in batch}
    outlets = {report.report.id: report.report.outlet or report.report.id for report in batch}
    grouping = events.group(claims, registry)
    for refs in grouping.groups:
        members = [by_ref[ref] for ref in refs if not is_standing(by_ref[ref])]
        bench = Bench(grouping.alike, registry, days, outlets, members)
        setting = Setting(grouping.alike, registry, nearest(members, bench.source))
        for denial, others in meetings(members, bench):
            yield from ((features(denial, o, setting), frozenset((denial.ref, o.ref)) in denied) for o in others)


def fit(found: Sequence[Row]) -> dict[str, float]:
    """Weights by feature name."""
    x, y = np.array([row for row, _ in found]), np.array([same for _, same in found])
    model = LogisticRegression(C=C, fit_intercept=False, max_iter=3000).fit(x, y)
    return {name: round(float(weight), 3) for name, weight in zip(FEATURES, model.coef_[0], strict=True)}


def main() -> None:
    """Read exports and pairs, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--relations", nargs="+", type=Path, required=True, help="pairs of claims, one a line")
    parser.add_argument("--groups", type=Path, help="JSON: batch name -> report ids")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    gold = read_exports(options.data)
    groups = json.loads(options.groups.read_text(encoding="utf-8")) if options.groups else {}
    registry = Registry.load()
    pairs = read_relations(options.relations)
    denied = {frozenset((pair.a, pair.b)) for pair in pairs if pair.label == "contradicts"}
    found = [row for batch in batches(gold, groups) for row in rows(batch, denied, registry)]
    table: dict[str, Any] = {
        "about": "Weights of the score of what a denial denies, a logistic regression over the features of denials.py.",
        "basis": f"fitted on {len(gold)} labelled reports, {date.today().isoformat()}",
        "pairs": dict(Counter("denied" if same else "other" for _, same in found)),
        "weights": fit(found),
    }
    options.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
