"""Labelled reports -> how training does on reports that it has not seen, each held out once, and doubtful labels."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path

from annotate.document import Tags
from annotate.doubts import doubts
from annotate.engine import Model, Settings
from annotate.engine.start import Start
from annotate.engine.torch import TorchEngine
from annotate.errors import AnnotateError
from annotate.evaluate import score, table
from annotate.examples import lessons
from annotate.gold import GoldReport
from annotate.learn import Recipe, State, fit, say
from annotate.release import tag_all
from annotate.scores import Scores


def cross_validate(
    start: Start,
    gold: Sequence[GoldReport],
    always: Sequence[GoldReport],
    recipe: Recipe,
    folds: int,
    groups: Path | None,
    out: Path,
) -> Scores:
    """Train ``folds`` times, each time without one part, and score all reports by the model that never saw them.

    ``always`` is learned from in every fold and never scored.
    Nothing is calibrated, since that would need labels of the part held out. Writes crossvalidation.json and
    doubts.jsonl into ``out``; an interrupted run goes on with the fold that it was in.

    Raises:
        AnnotateError: fewer batches than folds, or ``groups`` cannot be read.
    """
    parts = parted(gold, folds, _batches(gold, groups))
    found: dict[str, tuple[Tags, ...]] = {}
    by_fold = []
    for number, part in enumerate(parts, 1):
        held = [report for report in gold if report.report.id in part]
        train = [*always, *(report for report in gold if report.report.id not in part)]
        say(f"fold {number} of {folds}: {len(train)} reports to learn from, {len(held)} held out")
        examples = lessons(train, start.tokenizer, recipe.window)
        state = State(out / "checkpoints" / f"fold-{number}.pt", resume=True)
        network = fit(deepcopy(start.network), examples, start.marks, recipe, state)
        model = Model(TorchEngine(network), start.tokenizer, Settings(start.marks, recipe.window, {}, {}))
        answers = tag_all(model, held)
        found |= {report.report.id: tags for report, tags in zip(held, answers, strict=True)}
        headline = score(held, answers, resamples=0).headline
        by_fold.append({name: figure.value for name, figure in headline.items()})
    scores = score(gold, [found[report.report.id] for report in gold])
    text = {"folds": folds, "reports": len(gold), "scores": scores.to_json(), "by_fold": by_fold}
    out.mkdir(parents=True, exist_ok=True)
    (out / "crossvalidation.json").write_text(json.dumps(text, indent=1) + "\n", encoding="utf-8")
    worst = sorted(doubts(gold, [found[report.report.id] for report in gold]), key=lambda doubt: doubt.quality)
    lines = (json.dumps(asdict(doubt), ensure_ascii=False) + "\n" for doubt in worst)
    (out / "doubts.jsonl").write_text("".join(lines), encoding="utf-8")
    say(table(scores))
    return scores


def _batches(gold: Sequence[GoldReport], path: Path | None) -> list[set[str]]:
    """Reports that must stay together, since they tell of the same events; the others each by itself."""
    known = {report.report.id for report in gold}
    try:
        groups = json.loads(path.read_text(encoding="utf-8")) if path else {}
        together = [known & set(names) for names in groups.values()]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise AnnotateError(f"{path}: no batches there ({error})") from error
    alone = known.difference(*together)
    return [batch for batch in together if batch] + [{name} for name in sorted(alone)]


def parted(gold: Sequence[GoldReport], folds: int, batches: Sequence[set[str]]) -> list[set[str]]:
    """The reports in ``folds`` parts of about as many sentences, no batch parted."""
    if folds < 2 or len(batches) < folds:
        raise AnnotateError(f"{len(batches)} batches of reports cannot be parted into {folds}")
    size = {report.report.id: len(report.sentences) for report in gold}
    parts: list[set[str]] = [set() for _ in range(folds)]

    def order(batch: set[str]) -> tuple[int, bytes]:
        return -sum(size[name] for name in batch), hashlib.sha256(min(batch).encode()).digest()

    for batch in sorted(batches, key=order):
        min(parts, key=lambda part: sum(size[name] for name in part)).update(batch)
    return parts
