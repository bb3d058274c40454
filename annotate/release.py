"""A trained network -> a model folder: rounded, calibrated, scored beside simpler means, with its card."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from annotate import __version__
from annotate.calibrate import COSTS, Replay, abstentions, calibrate, span_costs
from annotate.card import card
from annotate.diagram import reliability
from annotate.document import Claim, Tags
from annotate.engine import CONFIG, TOKENIZER, Abstain, Calibration, Model, Settings
from annotate.engine.export import export, whole
from annotate.engine.start import Start
from annotate.engine.torch import TorchEngine
from annotate.evaluate import score, table
from annotate.gold import GoldReport
from annotate.labels import SPANS
from annotate.learn import Recipe
from annotate.measure import ceiling
from annotate.pipeline import claims_of
from annotate.registry import Registry
from annotate.scores import Scores
from annotate.tag import Tagger


@dataclass(frozen=True)
class About:
    """What the card tells of a run: what it learned from, what it was scored on, and what people should know.

    ``data`` has a row a file, as ``described`` gives it; ``beside`` is what simpler means reach on the same reports;
    ``trials`` are rows of what was tried, ``folds`` a crossvalidation.json.
    """

    held: str
    data: Mapping[str, Any]
    notes: Sequence[str] = ()
    beside: Mapping[str, Scores] = field(default_factory=dict)
    trials: Sequence[Mapping[str, str]] = ()
    folds: Mapping[str, Any] = field(default_factory=dict)


def release(
    out: Path, start: Start, recipe: Recipe, held: Sequence[GoldReport], about: About, tune: Sequence[GoldReport] = ()
) -> Scores:
    """Write everything; the folder appears whole or not at all.

    Scored on ``held``; thresholds and temperatures are set on it and on ``tune`` together.
    """
    with whole(out) as folder:
        export(start.network, folder)  # rounds the weights, so that what is scored is what is shipped
        start.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        model = calibrated(start, recipe, [*held, *tune])
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        settings = replace(model.settings, files=sizes)
        tags = tag_all(model, held)
        scores = score(held, tags)
        settled = score(held, settle_all(held, tags))
        careful = score(held, list(tag_all(model, held, settings.abstain)), resamples=0)
        versions = {name: version(name) for name in ("torch", "transformers", "tokenizers", "onnx", "numpy")}
        metrics = {
            "held": about.held,
            "data": about.data,
            "scores": scores.to_json(),
            "settled": settled.to_json()["headline"],
            "abstaining": abstaining(careful),
            "baselines": {name: other.to_json()["headline"] for name, other in about.beside.items()},
            "ceiling": ceiling(),
            "crossvalidation": about.folds,
            "versions": versions | {"annotate": __version__},
        }
        told = {
            "run": {"start": start.name, "held": about.held},
            "recipe": asdict(recipe),
            "data": about.data,
            "before": start.history,  # the run that made the start, if that is a model of ours
        }
        texts = {
            CONFIG: settings.dump() + "\n",
            "training.toml": toml(told),
            "metrics.json": json.dumps(metrics, indent=1) + "\n",
            "reliability.svg": reliability(scores),
            "README.md": card(
                out.name,
                start=start.name,
                history=start.history,
                held=about.held,
                data=about.data,
                window=recipe.window,
                notes=about.notes,
                table=table(scores, about.beside, ceiling()),
                settled=settled,
                abstaining=metrics["abstaining"],
                trials=about.trials,
                folds=about.folds,
            ),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return scores


def calibrated(start: Start, recipe: Recipe, tune: Sequence[GoldReport]) -> Model:
    """The network with the temperatures, thresholds and span costs that suit labelled reports best."""
    made = {"neighbours": start.network.neighbours is not None}
    settings = Settings(start.marks, recipe.window, start.encoder, made)
    model = Model(Replay(TorchEngine(start.network)), start.tokenizer, settings)
    sentences = [sentence for report in tune for sentence in report.sentences]
    calibration = calibrate([tags for report in tag_all(model, tune) for tags in report], sentences)
    tried = {cost: score(tune, tag_all(_priced(model, cost), tune), resamples=0) for cost in COSTS}
    settings = replace(settings, calibration=replace(calibration, span_costs=span_costs(tried)))
    model = replace(model, settings=settings)
    found = [tags for report in tag_all(model, tune) for tags in report]
    abstain = abstentions(found, sentences, settings.calibration.type_thresholds)
    return replace(model, settings=replace(settings, abstain=abstain))


def _priced(model: Model, cost: float) -> Model:
    """The model with one price for the start of any span."""
    settings = replace(model.settings, calibration=Calibration(span_costs=(cost,) * len(SPANS)))
    return replace(model, settings=settings)


def abstaining(careful: Scores) -> dict[str, dict[str, float]]:
    """By head: the share of sentences that it answers whole when it may abstain, and the share of it that is right."""
    given = [tally for tally in careful.types.labels.values() if tally.predicted]
    right = sum(t.right for t in given) / max(1, sum(t.predicted for t in given))
    out = {"types": {"coverage": careful.types.coverage.value or 0.0, "right": right}}
    for head, found in (("stance", careful.stance), ("assertion", careful.assertion)):
        out[head] = {"coverage": found.coverage.value or 0.0, "right": found.answered.value or 0.0}
    return out


def tag_all(model: Model, gold: Sequence[GoldReport], abstain: Abstain | None = None) -> list[tuple[Tags, ...]]:
    """Tags of the gold's own sentences, report by report."""
    tagger = Tagger(model, abstain or Abstain())
    return list(tagger.tag((r.report, [s.sentence for s in r.sentences]) for r in gold))


def settle_all(gold: Sequence[GoldReport], tagged: Sequence[Sequence[Tags]]) -> list[list[Claim]]:
    """Claims of the gold's own tagged sentences: with their speakers, and the stance that page and registry settle."""
    registry = Registry.load()
    return [
        claims_of(report.report, [s.sentence for s in report.sentences], list(tags), registry)
        for report, tags in zip(gold, tagged, strict=True)
    ]


def described(path: Path, what: str, reports: int, sentences: int) -> dict[str, Any]:
    """A row about a file of data."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"for": what, "reports": reports, "sentences": sentences, "sha256": digest}


def toml(table: Mapping[str, Any], path: str = "") -> str:
    """Nested tables of plain values as TOML."""
    plain = [f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)]
    parts = ["\n".join([f"[{path}]"] * bool(path) + plain) + "\n"] if plain else []
    for key, value in table.items():
        if isinstance(value, dict):
            name = key if key.isidentifier() else json.dumps(key)
            parts.append(toml(value, f"{path}.{name}" if path else name))
    return "\n".join(part for part in parts if part)
