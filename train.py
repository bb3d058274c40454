"""Train the claims model from Label Studio exports, and write a complete model folder.

    python train.py --data my.json                                      goes on from models/claims, to models/my
    python train.py --data my.json --from ENCODER --out models/fresh    begins with a bare encoder
    python train.py --data my.json --from ENCODER --folds 5 --out folds cross-validates, writes no model

Going on from a model of ours, the written reports in seeds/ are learned again beside the new ones, the new weights are
mixed with the old as far as that serves both, and a better model is not overwritten.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch
from rich.table import Table

from annotate.assets import KEPT, MODEL, WRITTEN
from annotate.crossval import cross_validate
from annotate.engine import Model, Settings
from annotate.engine.start import Start, is_ours, open_start
from annotate.engine.torch import ClaimsNetwork, TorchEngine
from annotate.errors import AnnotateError
from annotate.evaluate import score, table
from annotate.examples import Lessons, lessons, read_attributions
from annotate.gold import GoldReport, read_exports, split, trimmed
from annotate.learn import Recipe, State, fit, mixed, say
from annotate.measure import simpler
from annotate.release import About, described, release, tag_all
from annotate.scores import Scores

# Going on from a trained model: short and careful, so that it learns the new and keeps the old.
CAREFUL = Recipe(epochs=4, encoder_rate=4e-5, head_rate=2e-4)
WATCHED = (
    "types_micro_f1", "types_macro_f1", "stance_accuracy", "stance_macro_f1", "assertion_macro_f1", "denies_f1",
    "source_exact_f1", "cue_exact_f1", "agent_overlap_f1", "place_overlap_f1",
)  # fmt: skip
JUDGED = ("types_micro_f1", "stance_accuracy", "assertion_macro_f1", "source_exact_f1", "cue_exact_f1")
SLACK = 0.01  # of the mean of JUDGED: less than this is noise


@dataclass
class Data:
    """What a run learns from, what it is scored on, what it must not unlearn, and a row a file for the card."""

    train: list[GoldReport]
    held: list[GoldReport]
    held_name: str
    kept: list[GoldReport]
    rows: dict[str, Any]


def read_data(arguments: argparse.Namespace, going_on: bool) -> Data:
    """Read all exports; without ``--dev`` a share of the reports is held back."""
    gold = {path: trimmed(read_exports([path])) for path in arguments.data}
    rows = {path.name: _row(path, "training", reports) for path, reports in gold.items()}
    train = [report for reports in gold.values() for report in reports]
    if arguments.dev:
        dev = {path: trimmed(read_exports([path])) for path in arguments.dev}
        held, name = [report for reports in dev.values() for report in reports], ", ".join(path.name for path in dev)
        rows |= {path.name: _row(path, "tuning", reports) for path, reports in dev.items()}
    else:
        train, held = split(train, arguments.held, arguments.seed if hasattr(arguments, "seed") else 0)
        name = f"{len(held)} reports held back from training"
    if not train or not held:
        raise AnnotateError("too few labelled reports: one must be held back and one left to learn from")
    kept: list[GoldReport] = []
    if going_on and arguments.rehearse:
        own = {report.report.id for report in (*train, *held)}
        written = trimmed(read_exports([WRITTEN]))
        train += [report for report in written if report.report.id not in own]
        kept = [report for report in trimmed(read_exports([KEPT])) if report.report.id not in own]
        rows |= {WRITTEN.name: _row(WRITTEN, "rehearsal", written), KEPT.name: _row(KEPT, "keeping", kept)}
    return Data(train, held, name, kept, rows)


def _row(path: Path, what: str, reports: Sequence[GoldReport]) -> dict[str, Any]:
    return described(path, what, len(reports), sum(len(report.sentences) for report in reports))


def run(arguments: argparse.Namespace) -> Scores:
    """One whole run; returns the scores that it wrote."""
    going_on = is_ours(Path(arguments.start))
    recipe = read_recipe(arguments.settings, vars(arguments), CAREFUL if going_on else Recipe())
    torch.manual_seed(recipe.seed)
    data = read_data(arguments, going_on)
    out = arguments.out or MODEL.parent / arguments.data[0].stem
    checkpoints = out / "checkpoints"
    start = open_start(arguments.start, window=recipe.window, neighbours=recipe.neighbours, dropout=recipe.dropout)
    rival = open_start(str(out), window=0, neighbours=False, dropout=0) if is_ours(out) else None
    if arguments.pretrain:
        pretrain(start, arguments, recipe, data, checkpoints / "pretrained.pt")
    if arguments.folds:
        parted, always = (data.held, data.train) if arguments.dev else ([*data.train, *data.held], [])
        return cross_validate(start, parted, always, recipe, arguments.folds, arguments.groups, out)
    say(f"training on {len(data.train)} reports, {sum(len(r.sentences) for r in data.train)} sentences")
    examples = lessons(data.train, start.tokenizer, recipe.window)

    def look(epoch: int, averaged: ClaimsNetwork) -> None:
        found = _plain(start, averaged, recipe, data.held).headline
        say("  " + "  ".join(f"{name} {found[name].value or 0:.3f}" for name in WATCHED if name in found))

    before = deepcopy(start.network) if going_on else None
    networks = []
    for number in range(recipe.runs):
        checkpoint = checkpoints / ("last.pt" if not number else f"last-{number}.pt")
        once = replace(recipe, seed=recipe.seed + number)
        network = deepcopy(start.network)
        networks.append(fit(network, examples, start.marks, once, State(checkpoint, arguments.resume), after=look))
    network = mixed(networks)
    if before is not None:
        network = reconcile(start, before, network, recipe, data)
    start = replace(start, network=network)
    if rival is not None and not arguments.replace:
        guard(out, rival, start, recipe, data)
    about = About(
        data.held_name,
        data.rows,
        arguments.note,
        simpler(data.held, data.train)[0],
        _trials(arguments.trials),
        _folds(arguments.crossvalidation),
    )
    scores = release(out, start, recipe, data.held, about, data.kept)
    say(table(scores))
    if before is not None:
        compare(start, before, network, recipe, data)
    say(f"written to {out}")
    return scores


def pretrain(start: Start, arguments: argparse.Namespace, recipe: Recipe, data: Data, kept: Path) -> None:
    """Teach source and cue from attributions first; an interrupted run finds the result again."""
    articles: list[Lessons] = []
    for path in arguments.pretrain:
        found = read_attributions(path, start.tokenizer, arguments.without)[: recipe.pretrain_limit or None]
        count = sum(len(article.sentences) for article in found)
        data.rows[path.name] = described(path, "pre-training", len(found), count)
        articles += found
    if arguments.resume and kept.is_file():
        start.network.load_state_dict(torch.load(kept, weights_only=True))
        return
    say(f"pre-training on {len(articles)} articles, {sum(len(a.sentences) for a in articles)} sentences")
    done = fit(start.network, articles, start.marks, replace(recipe, epochs=recipe.pretrain_epochs))
    start.network.load_state_dict(done.state_dict())
    kept.parent.mkdir(parents=True, exist_ok=True)
    torch.save(done.state_dict(), kept)


def _plain(start: Start, network: ClaimsNetwork, recipe: Recipe, gold: Sequence[GoldReport]) -> Scores:
    """Scores without calibration and intervals: quick, and the same for every network."""
    model = Model(TorchEngine(network), start.tokenizer, Settings(start.marks, recipe.window, {}, {}))
    return score(gold, tag_all(model, gold), resamples=0)


def _worth(scores: Scores) -> float:
    """One number to compare networks by: the mean of the figures that everything downstream rests on."""
    return sum(scores.headline[name].value or 0.0 for name in JUDGED) / len(JUDGED)


def reconcile(start: Start, before: ClaimsNetwork, after: ClaimsNetwork, recipe: Recipe, data: Data) -> ClaimsNetwork:
    """The mixture of old and new weights that does best on new and kept reports together (Wortsman et al. 2022)."""
    best, found = -1.0, after
    for share in (1.0, 0.75, 0.5, 0.25):
        network = mixed([after, before], [share, 1 - share])
        worth = sum(_worth(_plain(start, network, recipe, gold)) for gold in (data.held, data.kept) if gold)
        if worth > best:
            best, found = worth, network
    return found


def compare(start: Start, before: ClaimsNetwork, after: ClaimsNetwork, recipe: Recipe, data: Data) -> None:
    """Say what the old model and the new one reach on the new reports and on the kept ones."""
    columns = Table("", "before", "after", box=None)
    for title, gold in (("reports held back", data.held), (KEPT.name, data.kept)):
        if not gold:
            continue
        old, new = _plain(start, before, recipe, gold).headline, _plain(start, after, recipe, gold).headline
        columns.add_row(title, "", "")
        for name in WATCHED:
            values = (found[name].value for found in (old, new))
            columns.add_row(f"  {name.replace('_', ' ')}", *("-" if v is None else f"{v:.3f}" for v in values))
    say(columns)


def guard(out: Path, rival: Start, new: Start, recipe: Recipe, data: Data) -> None:
    """Refuse to put a worse model in the place of a better one.

    Raises:
        AnnotateError: the model that stands there does better on the reports held back, or on the kept ones.
    """
    for name, gold in (("the reports held back", data.held), (KEPT.name, data.kept)):
        if not gold:
            continue
        old, now = _worth(_plain(rival, rival.network, recipe, gold)), _worth(_plain(new, new.network, recipe, gold))
        if now < old - SLACK:
            raise AnnotateError(
                f"{out}: left as it is, since it does better on {name} ({old:.3f} against {now:.3f}, the mean of "
                f"{', '.join(JUDGED)}); to put the new one there all the same: --resume --replace"
            )


def _trials(path: Path | None) -> list[dict[str, str]]:
    if path is None:
        return []
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _folds(path: Path | None) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path else {}


# --- the command line ---


def options() -> argparse.ArgumentParser:
    """The command line; every setting of ``Recipe`` is an option too."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--data", type=Path, nargs="+", required=True, help="Label Studio exports to learn from")
    add("--dev", type=Path, nargs="+", help="exports to calibrate and score on; else a share of --data")
    add("--held", type=float, default=0.1, help="the share of reports held back without --dev")
    add("--pretrain", type=Path, nargs="+", help="attributions (JSON Lines) to learn source and cue from first")
    add("--without", type=Path, help="hashed 8-grams whose paragraphs are left out of --pretrain")
    add("--from", dest="start", default=str(MODEL), help="a model folder of ours (the default), or an encoder")
    add("--out", type=Path, help="the model folder to write; else models/ and the name of the first export")
    add("--replace", action="store_true", help="overwrite --out even with a worse model")
    add("--rehearse", type=_flag, default=True, help="learn the written reports again when going on from a model")
    add("--resume", action="store_true", help="go on from the last whole epoch of an unfinished run")
    add("--folds", type=int, default=0, help="cross-validate --dev (else --data) in so many parts; writes no model")
    add("--groups", type=Path, help="JSON of batches, {name: [report ids]}, that --folds must not part")
    add("--note", action="append", default=[], help="a line on the data and its licence, for the card")
    add("--trials", type=Path, help="CSV of what was tried, for the card")
    add("--crossvalidation", type=Path, help="crossvalidation.json of an earlier run with --folds, for the card")
    add("--settings", type=Path, help="a training.toml whose recipe is the default here")
    for setting in fields(Recipe):
        kind = _flag if setting.type == "bool" else {"int": int, "float": float}[str(setting.type)]
        add(f"--{setting.name.replace('_', '-')}", type=kind, default=argparse.SUPPRESS)
    return parser


def _flag(word: str) -> bool:
    try:
        return {"true": True, "false": False}[word.lower()]
    except KeyError:
        raise argparse.ArgumentTypeError(f"{word!r} is neither true nor false") from None


def read_recipe(path: Path | None, given: dict[str, Any], usual: Recipe | None = None) -> Recipe:
    """The usual settings, then a training.toml, then the command line."""
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
    return replace(usual or Recipe(), **table | {key: value for key, value in given.items() if key in known})


def main() -> int:
    """Run from the command line; an error that the user can mend is one line."""
    try:
        run(options().parse_args())
    except AnnotateError as error:
        say(f"train.py: {error}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
