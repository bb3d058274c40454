"""Lessons -> a trained network: settings, batches, loss, the loop."""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
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

from annotate.engine import HEADS
from annotate.engine.torch import ClaimsNetwork
from annotate.examples import IGNORE, Exercise, Lessons, exercises
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.windows import Marks, collate

say = partial(Console(stderr=True, highlight=False, markup=False).print, soft_wrap=True)


@dataclass(frozen=True)
class Recipe:
    """What a run does; each value can be given on the command line (``--epochs 4``)."""

    epochs: int = 12
    seed: int = 0
    window: int = 256  # word pieces: twice a paragraph, and short enough for a CPU
    batch: int = 2048  # word pieces in a step, at most: 8 full windows
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
    runs: int = 1  # with other orders of the same data; the weights kept are their mean


Inputs = tuple[Tensor, Tensor, Tensor]
Labels = tuple[Tensor, Tensor, Tensor]  # spans [B, T, 4], types [B, S, 8], stance, assertion and continues [B, S, 3]


STEPS = 100  # steps in an epoch: with fewer, a small corpus has hardly begun to teach when its epochs are over
LEAST = 512  # word pieces in a step: with fewer, a step follows the whims of a few sentences


def batches(windows: list[Exercise], marks: Marks, recipe: Recipe, random: Random) -> Iterator[tuple[Inputs, Labels]]:
    """Windows in random order, those of like length together; smaller steps where there is little to learn from."""
    pieces = sum(len(window.window.ids) for window in windows)
    most = min(recipe.batch, max(LEAST, pieces // STEPS))
    random.shuffle(windows)
    groups: list[list[Exercise]] = []
    for start in range(0, len(windows), 128):
        for window in sorted(windows[start : start + 128], key=lambda e: -len(e.window.ids)):
            if groups and groups[-1] and (len(groups[-1]) + 1) * len(groups[-1][0].window.ids) <= most:
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


@dataclass(frozen=True)
class State:
    """Where a run keeps its last whole epoch, and whether it goes on from there."""

    path: Path
    resume: bool = False


def fit(
    network: ClaimsNetwork,
    examples: Sequence[Lessons],
    marks: Marks,
    recipe: Recipe,
    state: State | None = None,
    *,
    after: Callable[[int, ClaimsNetwork], None] | None = None,
) -> ClaimsNetwork:
    """Train for ``recipe.epochs`` and return the averaged network; ``after`` is called with it after every epoch."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network.to(device)
    loss_of = Loss(examples, recipe.rarity, recipe.span_weight).to(device)
    averaged = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(recipe.average))  # type: ignore[no-untyped-call]
    optimizer = torch.optim.AdamW(groups_of(network, recipe), fused=True)
    epochs = recipe.epochs
    steps = epochs * max(1, len(list(batches(_windows(examples, marks, recipe, 0), marks, recipe, Random(0)))))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _rate(step, steps, recipe.warmup))
    first = _resumed(state, device, network, averaged, optimizer, schedule)
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
        if state is not None:
            save(state.path, network, averaged, optimizer, schedule, epoch + 1)
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


def _resumed(
    state: State | None,
    device: torch.device,
    network: nn.Module,
    averaged: nn.Module,
    optimizer: Any,  # noqa: ANN401
    schedule: Any,  # noqa: ANN401
) -> int:
    """Put everything back as it was after the last whole epoch; returns how many there were."""
    if state is None or not state.resume or not state.path.is_file():
        return 0
    kept = torch.load(state.path, map_location=device, weights_only=True)
    network.load_state_dict(kept["network"])
    averaged.load_state_dict(kept["averaged"])
    optimizer.load_state_dict(kept["optimizer"])
    schedule.load_state_dict(kept["schedule"])
    say(f"going on after epoch {kept['epoch']}")
    return int(kept["epoch"])


def mixed(networks: Sequence[ClaimsNetwork], shares: Sequence[float] | None = None) -> ClaimsNetwork:
    """One network whose weights are the mean of several that began alike (Wortsman et al. 2022, model soups)."""
    shares = shares or [1 / len(networks)] * len(networks)
    states = [network.cpu().state_dict() for network in networks]
    mean = {name: sum(share * s[name] for share, s in zip(shares, states, strict=True)) for name in states[0]}
    found = deepcopy(networks[0])
    found.load_state_dict(mean)
    return found


def save(path: Path, network: nn.Module, averaged: nn.Module, optimizer: Any, schedule: Any, epoch: int) -> None:  # noqa: ANN401
    """Keep all that a run needs to go on; the file appears whole or not at all."""
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
