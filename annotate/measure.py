"""What ``annotate evaluate`` does: gold in, the program's claims or written ones beside it, figures out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.assets import AGREEMENT
from annotate.document import Claim, Report
from annotate.errors import AnnotateError
from annotate.evaluate import by_report, score, table
from annotate.evaluate_disputes import Judged, disputes_table
from annotate.gold import GoldReport, read_exports, trimmed
from annotate.pipeline import run
from annotate.readback import read_back
from annotate.registry import Registry
from annotate.scores import Scores
from annotate.tag import Tagger
from annotate.write import save

if TYPE_CHECKING:
    from annotate.baselines import Baseline, CarryOver

# What each simpler means answers at all; the rest it leaves open, or is given by the gold.
_LABELS = ("types_", "stance_", "assertion_", "denies_")
_ANSWERS = {
    "majority": _LABELS,
    "cue words": (*_LABELS, "source_", "cue_"),
    "tf-idf": _LABELS,
    "carry-over": ("stance_", "carried_"),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Scores, what simpler means reach, what two annotators reach, and notes on what is left out."""

    scores: Scores
    beside: Mapping[str, Scores]
    ceiling: Mapping[str, float]
    notes: tuple[str, ...]
    judged: Mapping[str, Judged] = field(default_factory=dict)  # disputes, where the gold has relations

    def text(self) -> str:
        """The table for people."""
        scores = table(self.scores, self.beside, self.ceiling)
        return f"{scores}\n\n{disputes_table(self.judged)}" if self.judged else scores

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and numbers, as the training run writes them."""
        return {
            "scores": self.scores.to_json(),
            "baselines": {name: other.to_json()["headline"] for name, other in self.beside.items()},
            "ceiling": dict(self.ceiling),
            "notes": list(self.notes),
            "versions": {"annotate": __version__},
            **({"relations": {name: one.to_json() for name, one in self.judged.items()}} if self.judged else {}),
        }

    def save(self, path: Path) -> None:
        """Write the JSON; raises AnnotateError where that cannot be."""
        save(path, json.dumps(self.to_json(), indent=1) + "\n")


def read_gold(paths: Sequence[Path]) -> list[GoldReport]:
    """Labelled reports, their sentences without the stamps that stand in front of some.

    Raises:
        AnnotateError: a file that is no export, no labelled report in any, or one report in two of them.
    """
    gold = trimmed(read_exports(paths))
    if not any(report.sentences for report in gold):
        raise AnnotateError(f"{', '.join(map(str, paths))}: no labelled report in it")
    twice = [name for name, times in Counter(report.report.id for report in gold).items() if times > 1]
    if twice:
        raise AnnotateError(f"{', '.join(map(str, paths))}: report {twice[0]} stands there twice")
    return gold


def claims_made(
    gold: Sequence[GoldReport], tagger: Tagger, progress: Callable[[Report, int], None] | None = None
) -> list[list[Claim]]:
    """What the whole program makes of the gold's own texts, report by report; ``progress`` as in the pipeline."""
    batch = run((one.report for one in gold), tagger, Registry.load(), progress)
    return by_report(gold, batch.claims)


def claims_written(path: Path, gold: Sequence[GoldReport]) -> tuple[list[list[Claim]], tuple[str, ...]]:
    """The same from a claims.jsonl (or its folder), with notes on what it does not tell; raises AnnotateError."""
    found = read_back(path, [one.report for one in gold])
    notes = ["claims.jsonl holds one source and one cue a sentence; further ones in the gold count as missed"]
    if found.others:
        names = ", ".join(found.others[:3]) + (", …" if len(found.others) > 3 else "")
        notes.append(f"{path}: {len(found.others)} reports that the gold has not are left out ({names})")
    return [list(claims) for claims in found.claims], tuple(notes)


def measure(
    gold: Sequence[GoldReport],
    claims: Sequence[Sequence[Claim]],
    train: Sequence[GoldReport] | None = None,
    notes: Sequence[str] = (),
) -> Measured:
    """Score claims, given in the order of ``gold``; with ``train`` also the means that have to learn."""
    shared = {report.report.text for report in gold} & {report.report.text for report in train or ()}
    if shared:
        raise AnnotateError(f"{len(shared)} reports of the gold stand in the files of --baselines too")
    beside, left_out = simpler(gold, train)
    agreed = ceiling()
    if not agreed:
        left_out.append("the annotators' agreement is left out: seeds/agreement.json is part of a checkout only")
    return Measured(score(gold, claims), beside, agreed, (*notes, *left_out))


def simpler(gold: Sequence[GoldReport], train: Sequence[GoldReport] | None) -> tuple[dict[str, Scores], list[str]]:
    """What simpler means reach, each only in the figures that it answers; with notes on those left out."""
    try:
        from annotate.baselines import CarryOver, CueWords, Majority, TfidfLogistic
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in ("sklearn", "scipy"):
            raise
        return {}, ["baselines are left out: scikit-learn is not installed (pip install 'annotate[train]')"]
    means: dict[str, Baseline | CarryOver] = {}
    if train:
        means["majority"] = Majority()
    means["cue words"] = CueWords()
    if train:
        means["tf-idf"] = TfidfLogistic()
    means["carry-over"] = CarryOver()  # on the annotators' sources
    found = {}
    for name, mean in means.items():
        scores = score(gold, mean.fit(train or ()).predict(gold), resamples=0)
        answered = {key: figure for key, figure in scores.headline.items() if key.startswith(_ANSWERS[name])}
        found[name] = replace(scores, headline=answered)
    return found, []


def ceiling() -> dict[str, float]:
    """What a second annotator agreed on; empty where the file is not shipped."""
    return dict(json.loads(AGREEMENT.read_text(encoding="utf-8"))["figures"]) if AGREEMENT.is_file() else {}
