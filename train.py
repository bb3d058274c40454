"""Train the claims model from Label Studio exports, and write a complete model folder.

    python train.py --data labelled/*.json --out models/next                     (goes on from models/claims)
    python train.py --data labelled/*.json --from ENCODER --out models/fresh

Read it from top to bottom: settings, data, loss, the loop, the folder, the command line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import Any, cast

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from annotate import __version__
from annotate.assets import AGREEMENT, MODEL
from annotate.baselines import Baseline, CarryOver, CueWords, Majority, TfidfLogistic
from annotate.calibrate import COSTS, Replay, calibrate, span_costs
from annotate.card import card
from annotate.document import Tags
from annotate.engine import CONFIG, HEADS, TOKENIZER, Calibration, Model, Settings
from annotate.engine.export import export, whole
from annotate.engine.start import Start, open_start
from annotate.engine.torch import ClaimsNetwork, TorchEngine
from annotate.errors import AnnotateError
from annotate.evaluate import score, table
from annotate.examples import IGNORE, Exercise, Lessons, exercises, lessons, read_attributions
from annotate.gold import GoldReport, read_exports
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.scores import Scores
from annotate.segment import locate
from annotate.tag import Tagger
from annotate.windows import Marks, collate

say = partial(Console(stderr=True, highlight=False, markup=False).print, soft_wrap=True)


# --- 1. Settings -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """What a run does; each value can be given on the command line (``--epochs 4``)."""

    epochs: int = 12
    seed: int = 0
    window: int = 256  # word pieces: twice a paragraph, and short enough for a CPU
    batch: int = 2048  # word pieces in a step: 8 full windows, so that 6,000 sentences make a hundred steps
    encoder_rate: float = 1.2e-4  # small encoders bear, and need, more than the usual 2e-5
    head_rate: float = 6e-4  # the heads start from nothing
    layer_decay: float = 0.9  # lower layers know language already: each learns a little slower than the one above
    warmup: float = 0.1  # share of the steps
    weight_decay: float = 0.01
    dropout: float = 0.1
    clip: float = 1.0
    average: float = 0.99  # the weights kept are a running mean: steadier than the last step's
    headless: float = 0.4  # share of windows read without outlet and title, since not every report has them
    reform: float = 0.1  # share of reports read without commas or quotation marks, as some archives are
    rename: float = 0.0  # share of sentences whose sources, agents and places change names
    rarity: float = 0.25  # rare labels weigh frequency ** -rarity: 0 would drown them, 1 would see them everywhere
    span_weight: float = 3.0  # most pieces stand outside all spans, so that a token head's mean loss is small
    neighbours: bool = True  # one attention layer over the window's sentences
    bf16: bool = True  # where the processor multiplies in it: 1.5 times as fast on a CPU
    pretrain_epochs: int = 1
    pretrain_limit: int = 0  # articles, 0 for all


# --- 2. Data ---------------------------------------------------------------------------------------------------------


def read_gold(paths: Sequence[Path]) -> list[GoldReport]:
    """Labelled reports, their sentences without the stamps that stand in front of some: as tagging sees them."""
    reports = []
    for gold in read_exports(paths):
        places = locate(gold.report, [(s.sentence.start, s.sentence.end) for s in gold.sentences])
        trimmed = [replace(s, sentence=place) for s, place in zip(gold.sentences, places, strict=True)]
        reports.append(replace(gold, sentences=tuple(trimmed)))
    return reports


def split(reports: list[GoldReport], share: float, seed: int) -> tuple[list[GoldReport], list[GoldReport]]:
    """Whole reports to the one side or the other: sentences of one text must not stand on both."""
    order = sorted(reports, key=lambda r: hashlib.sha256(f"{seed}{r.report.id}".encode()).digest())
    held = max(1, round(share * len(order)))
    return order[held:], order[:held]


Inputs = tuple[Tensor, Tensor, Tensor]
Labels = tuple[Tensor, Tensor, Tensor]  # spans [B, T, 4], types [B, S, 8], stance, assertion and continues [B, S, 3]


def batches(windows: list[Exercise], marks: Marks, recipe: Recipe, random: Random) -> Iterator[tuple[Inputs, Labels]]:
    """Windows in random order, those of like length together."""
    random.shuffle(windows)
    groups: list[list[Exercise]] = []
    for start in range(0, len(windows), 128):
        for window in sorted(windows[start : start + 128], key=lambda e: -len(e.window.ids)):
            if groups and groups[-1] and (len(groups[-1]) + 1) * len(groups[-1][0].window.ids) <= recipe.batch:
                groups[-1].append(window)
            else:
                groups.append([window])
        groups.append([])  # the next lot starts a group of its own
    groups = [group for group in groups if group]
    random.shuffle(groups)
    for group in groups:
        batch = collate([e.window for e in group], marks, step=8)
        b, s, t = batch.pool.shape
        spans, types = np.full((b, t, len(SPANS)), IGNORE), np.full((b, s, len(TYPES)), IGNORE)
        rest = np.full((b, s, 3), IGNORE)
        for row, e in enumerate(group):
            spans[row, : len(e.spans)], types[row, : len(e.types)], rest[row, : len(e.rest)] = e.spans, e.types, e.rest
        inputs = tuple(torch.from_numpy(a) for a in (batch.input_ids, batch.attention_mask, batch.pool))
        yield inputs, tuple(torch.from_numpy(a) for a in (spans, types, rest))  # type: ignore[misc]


# --- 3. Loss ---------------------------------------------------------------------------------------------------------


class Loss(nn.Module):
    """The sum over heads, rare labels weighted up; heads without a label in the batch add nothing."""

    stance: Tensor
    assertion: Tensor
    types: Tensor

    def __init__(self, examples: Sequence[Lessons], rarity: float, span_weight: float) -> None:
        super().__init__()
        self.span_weight = span_weight
        known = [s for report in examples for s in report.sentences if s.stance != IGNORE]
        self.register_buffer("stance", _weights([s.stance for s in known], len(STANCES), rarity))
        self.register_buffer("assertion", _weights([s.assertion for s in known], len(ASSERTIONS), rarity))
        share = np.mean([s.types for s in known], 0) if known else np.full(len(TYPES), 0.5)
        self.register_buffer("types", torch.tensor((1 / np.clip(share, 0.01, 0.5) - 1) ** rarity, dtype=torch.float32))

    def forward(self, outputs: tuple[Tensor, Tensor], labels: Labels) -> Tensor:
        """A scalar; ``outputs`` as the network gives them, in float32."""
        sentences, tokens = outputs
        spans, types, rest = labels
        parts = {name: sentences[..., part] for name, part in HEADS.items()}
        total = tokens.sum() * 0.0
        for column in range(len(SPANS)):
            target = spans[..., column].flatten()
            if (target != IGNORE).any():
                logits = tokens[..., 3 * column : 3 * column + 3].flatten(0, 1)
                total = total + self.span_weight * F.cross_entropy(logits, target, ignore_index=IGNORE)
        known = rest[..., 0] != IGNORE
        if known.any():
            goal, stance, assertion = types[known].float(), rest[..., 0][known], rest[..., 1][known]
            total = total + 4 * F.binary_cross_entropy_with_logits(parts["types"][known], goal, pos_weight=self.types)
            total = total + F.cross_entropy(parts["stance"][known], stance, self.stance)
            total = total + F.cross_entropy(parts["assertion"][known], assertion, self.assertion)
            carried = rest[..., 2][known].float()
            total = total + F.binary_cross_entropy_with_logits(parts["continues"][known][:, 0], carried)
        return total


def _weights(labels: Sequence[int], size: int, rarity: float) -> Tensor:
    counts = np.bincount(np.array(labels, dtype=np.int64), minlength=size).clip(min=5).astype(float)
    weights = (counts / counts.sum()) ** -rarity
    return torch.tensor(weights / np.average(weights, weights=counts), dtype=torch.float32)


# --- 4. The loop -----------------------------------------------------------------------------------------------------


def groups_of(network: ClaimsNetwork, recipe: Recipe) -> list[dict[str, Any]]:
    """Parameters with their learning rates: heads fast, the encoder slower the lower the layer."""
    layers = int(network.encoder.config.num_hidden_layers)  # type: ignore[union-attr, arg-type]
    groups = []
    for name, parameter in network.named_parameters():
        rate = recipe.head_rate
        if name.startswith("encoder."):
            numbers = [int(part) for part in name.split(".") if part.isdigit()]
            depth = numbers[0] + 1 if numbers else 0
            rate = recipe.encoder_rate * recipe.layer_decay ** (layers - depth)
        decay = recipe.weight_decay if parameter.ndim > 1 else 0.0
        groups.append({"params": [parameter], "lr": rate, "weight_decay": decay})
    return groups


def fit(
    network: ClaimsNetwork,
    examples: Sequence[Lessons],
    marks: Marks,
    recipe: Recipe,
    epochs: int,
    *,
    checkpoint: Path | None = None,
    resume: bool = False,
    after: Callable[[int, ClaimsNetwork], None] | None = None,
) -> ClaimsNetwork:
    """Train for some epochs and return the averaged network; ``after`` is called with it after every epoch."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network.to(device)
    loss_of = Loss(examples, recipe.rarity, recipe.span_weight).to(device)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))  # type: ignore[no-untyped-call]
    optimizer = torch.optim.AdamW(groups_of(network, recipe))
    steps = epochs * max(1, len(list(batches(_windows(examples, marks, recipe, 0), marks, recipe, Random(0)))))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    first = 0
    if resume and checkpoint is not None and checkpoint.is_file():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        network.load_state_dict(state["network"])
        averaged.load_state_dict(state["averaged"])
        optimizer.load_state_dict(state["optimizer"])
        schedule.load_state_dict(state["schedule"])
        first = int(state["epoch"])
        say(f"going on after epoch {first}")
    for epoch in range(first, epochs):
        torch.manual_seed(recipe.seed * 1000 + epoch)
        began, total = time.monotonic(), 0.0
        made = list(batches(_windows(examples, marks, recipe, epoch), marks, recipe, Random(f"{recipe.seed} {epoch}")))
        network.train()
        for inputs, labels in track(made, f"epoch {epoch + 1} of {epochs}", disable=not sys.stderr.isatty()):
            with _half(device) if recipe.bf16 else nullcontext():
                outputs = network(*(x.to(device) for x in inputs))
            loss = loss_of(tuple(x.float() for x in outputs), tuple(x.to(device) for x in labels))
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), recipe.clip)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            schedule.step()
            averaged.update_parameters(network)
            total += float(loss.detach())
        say(f"epoch {epoch + 1}: loss {total / max(1, len(made)):.3f}, {time.monotonic() - began:.0f} s")
        if checkpoint is not None:
            _save(checkpoint, network, averaged, optimizer, schedule, epoch + 1)
        if after is not None:
            after(epoch + 1, cast(ClaimsNetwork, averaged.module))
    return cast(ClaimsNetwork, averaged.module)


def _windows(examples: Sequence[Lessons], marks: Marks, recipe: Recipe, epoch: int) -> list[Exercise]:
    random = Random(f"windows {recipe.seed} {epoch}")
    changes = {"headless": recipe.headless, "reform": recipe.reform, "rename": recipe.rename}
    return exercises(examples, marks, random, size=recipe.window, **changes)


def _rate(step: int, steps: int, warmup: float) -> float:
    """Up in a straight line, then down along a half cosine, to a twentieth."""
    if step < warmup * steps:
        return (step + 1) / (warmup * steps + 1)
    done = (step - warmup * steps) / max(1.0, (1 - warmup) * steps)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _half(device: torch.device) -> Any:  # noqa: ANN401 - two kinds of context
    """Sums of products in bf16, if the processor is made for it; on others it would be slower."""
    fast = device.type == "cuda" or bool(torch.cpu.get_capabilities().get("avx512_bf16"))
    return torch.autocast(device.type, torch.bfloat16) if fast else nullcontext()


def _save(path: Path, network: nn.Module, averaged: nn.Module, optimizer: Any, schedule: Any, epoch: int) -> None:  # noqa: ANN401
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "network": network.state_dict(),
        "averaged": averaged.state_dict(),
        "optimizer": optimizer.state_dict(),
        "schedule": schedule.state_dict(),
        "epoch": epoch,
    }
    torch.save(state, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)


# --- 5. The folder ---------------------------------------------------------------------------------------------------


def write_folder(
    out: Path,
    start: Start,
    recipe: Recipe,
    held: list[GoldReport],
    about: dict[str, Any],
    notes: Sequence[str],
    beside: dict[str, Scores],
) -> Scores:
    """Round, calibrate, score and write everything; the folder appears whole or not at all.

    ``about`` says what the run learned from (``data``) and what it was scored on (``held``); ``beside`` is what
    simpler means reach there.
    """
    with whole(out) as folder:
        export(start.network, folder)  # rounds the weights, so that what is scored is what is shipped
        start.tokenizer.save(str(folder / TOKENIZER), pretty=False)
        made = {"neighbours": start.network.neighbours is not None}
        settings = Settings(start.marks, recipe.window, start.encoder, made)
        model = Model(Replay(TorchEngine(start.network)), start.tokenizer, settings)
        raw = [tags for report in tag_all(model, held) for tags in report]
        calibration = calibrate(raw, [sentence for report in held for sentence in report.sentences])
        tried = {cost: score(held, tag_all(_priced(model, cost), held), resamples=0) for cost in COSTS}
        calibration = replace(calibration, span_costs=span_costs(tried))
        sizes = {path.name: path.stat().st_size for path in sorted(folder.iterdir())}
        settings = replace(settings, calibration=calibration, files=sizes)
        scores = score(held, tag_all(replace(model, settings=settings), held))
        versions = {name: version(name) for name in ("torch", "transformers", "tokenizers", "onnx", "numpy")}
        metrics = about | {
            "scores": scores.to_json(),
            "baselines": {name: other.to_json()["headline"] for name, other in beside.items()},
            "ceiling": ceiling(),
            "versions": versions | {"annotate": __version__},
        }
        texts = {
            CONFIG: settings.dump() + "\n",
            "training.toml": _toml(
                {
                    "run": {"start": start.name, "held": about["held"]},
                    "recipe": asdict(recipe),
                    "data": about["data"],
                    "before": start.history,  # the run that made the start, if that is a model of ours
                }
            ),
            "metrics.json": json.dumps(metrics, indent=1) + "\n",
            "README.md": card(
                out.name,
                start=start.name,
                history=start.history,
                window=recipe.window,
                notes=notes,
                table=table(scores, beside, ceiling()),
                **about,
            ),
        }
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8")
    return scores


def simpler(train: list[GoldReport], held: list[GoldReport]) -> dict[str, Scores]:
    """What simpler means reach on the same reports; those that learn have learned from the same ones."""
    means: dict[str, Baseline | CarryOver] = {
        "majority": Majority(),
        "cue words": CueWords(),
        "tf-idf": TfidfLogistic(),
        "carry-over": CarryOver(),  # on the annotators' sources
    }
    return {name: score(held, mean.fit(train).predict(held), resamples=0) for name, mean in means.items()}


def ceiling() -> dict[str, float]:
    """What a second annotator agreed on: nobody can be asked for more."""
    return dict(json.loads(AGREEMENT.read_text(encoding="utf-8"))["figures"])


def tag_all(model: Model, gold: Sequence[GoldReport]) -> list[tuple[Tags, ...]]:
    """Tags of the gold's own sentences, report by report."""
    return list(Tagger(model).tag((r.report, [s.sentence for s in r.sentences]) for r in gold))


def _priced(model: Model, cost: float) -> Model:
    """The model with one price for the start of any span."""
    settings = replace(model.settings, calibration=Calibration(span_costs=(cost,) * len(SPANS)))
    return replace(model, settings=settings)


def _toml(table: dict[str, Any], path: str = "") -> str:
    """Nested tables of plain values as TOML."""
    plain = [f"{key} = {json.dumps(value)}" for key, value in table.items() if not isinstance(value, dict)]
    parts = ["\n".join([f"[{path}]"] * bool(path) + plain) + "\n"] if plain else []
    for key, value in table.items():
        if isinstance(value, dict):
            name = key if key.isidentifier() else json.dumps(key)
            parts.append(_toml(value, f"{path}.{name}" if path else name))
    return "\n".join(part for part in parts if part)


def _about(path: Path, what: str, reports: int, sentences: int) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"for": what, "reports": reports, "sentences": sentences, "sha256": digest}


# --- 6. The command line ---------------------------------------------------------------------------------------------


def options() -> argparse.ArgumentParser:
    """The command line; every setting of ``Recipe`` is an option too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="Label Studio exports to learn from")
    parser.add_argument("--dev", type=Path, nargs="+", help="exports to calibrate and score on; else a share of --data")
    parser.add_argument("--held", type=float, default=0.1, help="the share of reports held back without --dev")
    parser.add_argument("--pretrain", type=Path, help="attributions (JSON Lines) to learn source and cue from first")
    parser.add_argument("--without", type=Path, help="hashed 8-grams whose paragraphs are left out of --pretrain")
    parser.add_argument("--from", dest="start", default=str(MODEL), help="a model folder of ours, or an encoder")
    parser.add_argument("--out", type=Path, required=True, help="the model folder to write")
    parser.add_argument("--resume", action="store_true", help="go on from the last whole epoch of an unfinished run")
    parser.add_argument("--note", action="append", default=[], help="a line on the data and its licence, for the card")
    parser.add_argument("--settings", type=Path, help="a training.toml whose recipe is the default here")
    for setting in fields(Recipe):
        kind = _flag if setting.type == "bool" else {"int": int, "float": float}[str(setting.type)]
        parser.add_argument(f"--{setting.name.replace('_', '-')}", type=kind, default=argparse.SUPPRESS)
    return parser


def _flag(word: str) -> bool:
    return {"true": True, "false": False}[word.lower()]


def read_recipe(path: Path | None, given: dict[str, Any]) -> Recipe:
    """Defaults, then a training.toml, then the command line."""
    table = {}
    if path is not None:
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("recipe", {})
        except (OSError, ValueError) as error:
            raise AnnotateError(f"{path}: no settings there ({error})") from error
    known = {setting.name for setting in fields(Recipe)}
    for key in table:
        if key not in known:
            raise AnnotateError(f"{path}: unknown setting {key!r}")
    return Recipe(**table | {key: value for key, value in given.items() if key in known})


def run(arguments: argparse.Namespace) -> Scores:
    """One whole run; returns the scores that it wrote."""
    recipe = read_recipe(arguments.settings, vars(arguments))
    torch.manual_seed(recipe.seed)
    gold = {path: read_gold([path]) for path in arguments.data}
    train = [report for reports in gold.values() for report in reports]
    data = {p.name: _about(p, "training", len(g), sum(len(r.sentences) for r in g)) for p, g in gold.items()}
    if arguments.dev:
        held, held_name = read_gold(arguments.dev), ", ".join(path.name for path in arguments.dev)
        for path in arguments.dev:
            data[path.name] = _about(path, "tuning", len(held), sum(len(r.sentences) for r in held))
    else:
        train, held = split(train, arguments.held, recipe.seed)
        held_name = f"{len(held)} reports held back from training"
    if not train or not held:
        raise AnnotateError("too few labelled reports: one must be held back and one left to learn from")
    start = open_start(arguments.start, window=recipe.window, neighbours=recipe.neighbours, dropout=recipe.dropout)
    checkpoint = arguments.out / "checkpoints" / "last.pt"
    going_on = arguments.resume and checkpoint.is_file()
    network = start.network
    if arguments.pretrain:
        articles = read_attributions(arguments.pretrain, start.tokenizer, arguments.without)
        articles = articles[: recipe.pretrain_limit or None]
        count = sum(len(a.sentences) for a in articles)
        data[arguments.pretrain.name] = _about(arguments.pretrain, "pre-training", len(articles), count)
        if not going_on:
            say(f"pre-training on {len(articles)} articles, {count} sentences")
            network = fit(network, articles, start.marks, recipe, recipe.pretrain_epochs)
    examples = lessons(train, start.tokenizer, recipe.window)
    say(f"training on {len(train)} reports, {sum(len(r.sentences) for r in train)} sentences")

    def look(epoch: int, averaged: ClaimsNetwork) -> None:
        model = Model(TorchEngine(averaged), start.tokenizer, Settings(start.marks, recipe.window, {}, {}))
        found = score(held, tag_all(model, held), resamples=0).headline
        say("  " + "  ".join(f"{name} {found[name].value or 0:.3f}" for name in _WATCHED if name in found))

    network = fit(
        network,
        examples,
        start.marks,
        recipe,
        recipe.epochs,
        checkpoint=checkpoint,
        resume=arguments.resume,
        after=look,
    )
    about = {"held": held_name, "data": data}
    beside = simpler(train, held)
    scores = write_folder(arguments.out, replace(start, network=network), recipe, held, about, arguments.note, beside)
    say(table(scores))
    return scores


_WATCHED = (
    "types_micro_f1",
    "types_macro_f1",
    "stance_accuracy",
    "stance_macro_f1",
    "assertion_macro_f1",
    "denies_f1",
    "source_exact_f1",
    "cue_exact_f1",
    "agent_overlap_f1",
    "place_overlap_f1",
)


def main() -> int:
    """Run from the command line; an error that the user can mend is one line."""
    try:
        run(options().parse_args())
    except AnnotateError as error:
        say(f"train.py: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
