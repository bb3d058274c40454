"""Fit the weights of the event pair score on annotated events.

    python -m annotate.events_fit seeds/written.json my-labels.json -o seeds/registry/events.json

Needs the extra `train`. Pairs are taken of claims that both have an event, within a report and between the
reports of a batch (event ids mean the same thing throughout one batch).
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
from annotate.events import FEATURES, features, look
from annotate.gold import GoldReport, read_exports, tags_of, trimmed
from annotate.pipeline import claims_of
from annotate.registry import Registry

FAR = 4  # of the pairs of different reports, negatives kept for every positive: most share nothing at all


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
    gold: Sequence[GoldReport], groups: dict[str, list[str]], registry: Registry
) -> dict[str, list[tuple[list[float], bool]]]:
    """Feature rows with whether the pair is of one event, within reports and between them."""
    rows: dict[str, list[tuple[list[float], bool]]] = defaultdict(list)
    for batch in batches(gold, groups):
        claims: list[Claim] = []
        events: dict[Ref, str] = {}
        for report in batch:
            more, named = gold_claims(report, registry)
            claims += more
            events |= named
        looks = [one for one in look(claims) if one.ref in events]
        for a, b in combinations(looks, 2):
            same = events[a.ref] == events[b.ref]
            if a.ref[0] != b.ref[0]:
                rows["other report"].append((features(a, b, registry), same))
            elif b.ref[1] - a.ref[1] <= WINDOW:
                rows["same report"].append((features(a, b, registry), same))
    return rows


def fit(rows: list[tuple[list[float], bool]], seed: int = 0) -> dict[str, float]:
    """Weights by feature name; negatives are thinned where they crowd out the positives."""
    x = np.array([row for row, _ in rows])
    y = np.array([same for _, same in rows])
    keep = y | (np.random.default_rng(seed).random(len(y)) < FAR * y.sum() / max((~y).sum(), 1))
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=2000).fit(x[keep], y[keep])
    return {name: round(float(weight), 4) for name, weight in zip(FEATURES, model.coef_[0], strict=True)}


def main() -> None:
    """Read exports, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("--groups", type=Path, help="JSON: batch name -> report ids")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    gold = read_exports(options.data)
    groups = json.loads(options.groups.read_text(encoding="utf-8")) if options.groups else {}
    rows = pairs(gold, groups, Registry.load())
    table: dict[str, Any] = {
        "about": "Weights of the event pair score, a logistic regression over the features of annotate/events.py.",
        "basis": f"fitted on {len(gold)} labelled reports, {date.today().isoformat()}",
        "pairs": {
            name: dict(Counter("same" if same else "other" for _, same in found)) for name, found in rows.items()
        },
        "weights": {name: fit(found) for name, found in rows.items()},
    }
    options.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
