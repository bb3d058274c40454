"""Fit the weights of the antecedent score on annotated reports.

    python -m annotate.attribute_fit seeds/written.json my-labels.json -o seeds/registry/speakers.json

Needs the extra `train`. A sentence's candidates compete in a softmax (a conditional logit); annotators are sure of
what a model only guesses, so the labels are made as doubtful as a model's are on reports that it has not seen.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from annotate.antecedents import Features
from annotate.attribute import lessons
from annotate.document import Tags
from annotate.gold import GoldReport, GoldSentence, read_exports, tags_of, trimmed
from annotate.registry import Registry

Weights = NDArray[np.float64]
Lesson = tuple[list[Features], list[bool]]

# Log-odds (mean, spread) of `continues` and of `unattributed` that a model gives on reports it has not seen.
CONTINUES = {True: (1.2, 2.2), False: (-3.6, 1.4)}  # carried on or not
UNATTRIBUTED = {True: (2.6, 1.9), False: (-2.2, 2.2)}
SHARED = 0.75  # how far the two err together
STANCE = 0.85  # share of other stances that it gets right
PASSES = 3  # times that each report is read, each with its own doubts
RIDGE = 1.0


def doubted(sentence: GoldSentence, stances: Sequence[str], random: Random) -> Tags:
    """An annotator's labels as a model would give them: right for the most part, and not sure."""
    common = random.gauss(0, 1)

    def odds(mean: float, spread: float, sign: int) -> float:
        own = random.gauss(0, 1)
        return mean + spread * (sign * math.sqrt(SHARED) * common + math.sqrt(1 - SHARED) * own)

    carried = _probability(odds(*CONTINUES[sentence.from_ is not None], 1))
    nobody = _probability(odds(*UNATTRIBUTED[sentence.stance == "unattributed"], -1))
    said = sentence.stance if sentence.stance != "unattributed" and random.random() < STANCE else random.choice(stances)
    return replace(
        tags_of(sentence),
        continues=carried,
        stance="unattributed" if nobody > 0.5 else said,
        stance_scores={"unattributed": nobody},
    )


def read(gold: Sequence[GoldReport], registry: Registry, seed: int = 0) -> list[list[Lesson]]:
    """The lessons of each report."""
    random = Random(seed)
    stances = [s.stance for report in gold for s in report.sentences if s.stance != "unattributed"]
    found: list[list[Lesson]] = []
    for report in trimmed(gold):
        sentences = [s.sentence for s in report.sentences]
        roots = [_root(s, report.sentences) for s in report.sentences]
        passes = [[doubted(s, stances, random) for s in report.sentences] for _ in range(PASSES)]
        found.append([one for tags in passes for one in lessons(report.report, sentences, tags, registry, roots)])
    return found


def fit(taught: Sequence[Lesson], ridge: float = RIDGE) -> dict[str, float]:
    """Weights by feature name that make the right candidates of all lessons most probable."""
    names = sorted({name for rows, _ in taught for row in rows for name in row})
    column = {name: number for number, name in enumerate(names)}
    cells = [(column[k], v) for rows, _ in taught for row in rows for k, v in row.items()]
    ends = np.cumsum([0, *(len(row) for rows, _ in taught for row in rows)])
    table = csr_matrix(([v for _, v in cells], [c for c, _ in cells], ends), shape=(len(ends) - 1, len(names)))
    starts = np.cumsum([0, *(len(rows) for rows, _ in taught)])[:-1]
    sizes = np.array([len(rows) for rows, _ in taught])
    right = np.array([ok for _, oks in taught for ok in oks])

    def loss(weights: Weights) -> tuple[float, Weights]:
        score = table @ weights
        score = np.exp(score - np.repeat(np.maximum.reduceat(score, starts), sizes))
        share = score / np.repeat(np.add.reduceat(score, starts), sizes)
        won = np.add.reduceat(share * right, starts)
        pull = share - share * right / np.repeat(won, sizes)
        cost = float(-np.log(won).sum() / PASSES + ridge * weights @ weights / 2)
        return cost, (table.T @ pull) / PASSES + ridge * weights

    found = minimize(loss, np.zeros(len(names)), jac=True, method="L-BFGS-B").x
    return {name: round(float(weight), 4) for name, weight in zip(names, found, strict=True)}


def _root(sentence: GoldSentence, sentences: Sequence[GoldSentence]) -> int | None:
    """The earlier sentence that names the speaker."""
    found = None
    while sentence.from_ is not None and sentence.from_ < sentence.sentence.index:
        found = sentence.from_
        sentence = sentences[found]
    return found


def _probability(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def main() -> None:
    """Read exports, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    gold = read_exports(options.data)
    taught = [one for report in read(gold, Registry.load()) for one in report]
    table = {
        "about": "Weights of the antecedent score, a conditional logit over the features of annotate/antecedents.py.",
        "basis": f"fitted on {len(gold)} labelled reports, {date.today().isoformat()}",
        "weights": fit(taught),
    }
    options.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
