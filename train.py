"""Train the claims model from Label Studio exports, and write a complete model folder.

    python train.py --data seeds/written.json --encoder ENCODER --out models/mine
    python train.py --data labelled/*.json --from models/claims --out models/next

Read it from top to bottom: settings, data, loss, the loop, calibration, scores, the folder, the command line.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import AutoConfig, AutoModel, AutoTokenizer

from annotate.engine import HEADS, TOKENIZER, Calibration, Model, Settings, read_settings
from annotate.engine.export import export
from annotate.engine.torch import ClaimsNetwork, TorchEngine, open_network
from annotate.errors import AnnotateError
from annotate.evaluate import score, table
from annotate.examples import IGNORE, Exercise, Lessons, exercises, lessons, read_attributions
from annotate.gold import GoldReport, read_exports
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.scores import Scores
from annotate.segment import locate
from annotate.tag import Tagger
from annotate.windows import Marks, collate, open_tokenizer

say = Console(stderr=True, highlight=False).print


# --- 1. Settings -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recipe:
    """What a run does; each value can be given on the command line (``--epochs 4``)."""

    epochs: int = 10
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
    bare: float = 0.1  # share of reports read without commas and quotation marks, as some archives are
    rarity: float = 0.4  # rare labels weigh frequency ** -rarity: 0 would drown them, 1 would see them everywhere
    neighbours: bool = True  # one attention layer over the window's sentences
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

    def __init__(self, examples: Sequence[Lessons], rarity: float) -> None:
        super().__init__()
        known = [s for report in examples for s in report.sentences if s.stance != IGNORE]
        self.register_buffer("stance", _weights([s.stance for s in known], len(STANCES), rarity))
        self.register_buffer("assertion", _weights([s.assertion for s in known], len(ASSERTIONS), rarity))
        share = np.mean([s.types for s in known], 0) if known else np.full(len(TYPES), 0.5)
        self.register_buffer("types", torch.tensor((1 / np.clip(share, 0.01, 0.5) - 1) ** rarity, dtype=torch.float32))
        self.register_buffer("spans", torch.tensor([1.0, 1.5, 1.5]))

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
                total = total + F.cross_entropy(logits, target, self.spans, ignore_index=IGNORE)
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
    loss_of = Loss(examples, recipe.rarity).to(device)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))
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
            with _half(device):
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
            after(epoch + 1, averaged.module)
    return averaged.module  # type: ignore[no-any-return]


def _windows(examples: Sequence[Lessons], marks: Marks, recipe: Recipe, epoch: int) -> list[Exercise]:
    random = Random(f"windows {recipe.seed} {epoch}")
    return exercises(examples, marks, random, size=recipe.window, headless=recipe.headless, bare=recipe.bare)


def _rate(step: int, steps: int, warmup: float) -> float:
    """Up in a straight line, then down along a half cosine, to a twentieth."""
    if step < warmup * steps:
        return (step + 1) / (warmup * steps + 1)
    done = (step - warmup * steps) / max(1.0, (1 - warmup) * steps)
    return 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _half(device: torch.device) -> Any:  # noqa: ANN401 - two kinds of context
    """bf16 where the processor multiplies in it: 1.5 times as fast on a CPU, with no loss that dev could see."""
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


# --- 5. Calibration --------------------------------------------------------------------------------------------------


def calibrate(model: Model, gold: Sequence[GoldReport]) -> Calibration:
    """Temperatures of least surprise, and for each type the threshold of best F1, drawn towards a half.

    A threshold moves as far as the label has sentences to show for it: with 40 it goes half the way.
    """
    tagged = [tag for tags in tag_all(model, gold) for tag in tags]
    sentences = [s for report in gold for s in report.sentences]
    types = _logit(np.array([[t.type_scores[label] for label in TYPES] for t in tagged]))
    goal = np.array([[label in s.types for label in TYPES] for s in sentences])
    heat = _coolest(lambda t: _binary_surprise(types / t, goal))
    thresholds = []
    for column in range(len(TYPES)):
        chances, right = 1 / (1 + np.exp(-types[:, column] / heat)), goal[:, column]
        best = max(np.arange(0.3, 0.71, 0.02), key=lambda t: (_f1(chances >= t, right), -abs(t - 0.5)))
        thresholds.append(round(float(0.5 + (best - 0.5) * right.sum() / (right.sum() + 40)), 3))
    stance = _logit(np.array([[t.stance_scores[label] for label in STANCES] for t in tagged]), softmax=True)
    assertion = _logit(np.array([[t.assertion_scores[label] for label in ASSERTIONS] for t in tagged]), softmax=True)
    carried = _logit(np.array([t.continues for t in tagged]))
    return Calibration(
        type_temperature=heat,
        type_thresholds=tuple(thresholds),
        stance_temperature=_coolest(lambda t: _surprise(stance / t, [STANCES.index(s.stance) for s in sentences])),
        assertion_temperature=_coolest(
            lambda t: _surprise(assertion / t, [ASSERTIONS.index(s.assertion) for s in sentences])
        ),
        continues_temperature=_coolest(
            lambda t: _binary_surprise(carried / t, np.array([s.from_ is not None for s in sentences]))
        ),
    )


def _coolest(surprise: Callable[[float], float]) -> float:
    return round(float(min(np.geomspace(0.5, 3.0, 60), key=surprise)), 3)


def _logit(p: Any, softmax: bool = False) -> Any:  # noqa: ANN401 - arrays of any shape
    p = p.clip(1e-7, 1 - 1e-7)
    return np.log(p) if softmax else np.log(p / (1 - p))


def _surprise(logits: Any, goal: Sequence[int]) -> float:  # noqa: ANN401
    shifted = logits - logits.max(-1, keepdims=True)
    chances = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
    return float(-chances[np.arange(len(goal)), list(goal)].mean())


def _binary_surprise(logits: Any, goal: Any) -> float:  # noqa: ANN401
    return float((np.logaddexp(0, logits) - logits * goal).mean())


def _f1(found: Any, right: Any) -> float:  # noqa: ANN401
    return float(2 * (found & right).sum() / max(1, found.sum() + right.sum()))


# --- 6. Scores -------------------------------------------------------------------------------------------------------


def tag_all(model: Model, gold: Sequence[GoldReport]) -> list[Any]:
    """Tags of the gold's own sentences, report by report."""
    return list(Tagger(model).tag((r.report, [s.sentence for s in r.sentences]) for r in gold))


def scores_of(model: Model, gold: Sequence[GoldReport]) -> Scores:
    """All scores of a model on labelled reports, tagged on the gold's own sentences."""
    return score(gold, tag_all(model, gold))


# --- 7. The folder ---------------------------------------------------------------------------------------------------
