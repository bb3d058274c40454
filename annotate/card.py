"""A training run -> the model card, for whoever wonders whether to use the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from annotate.scores import Scores

_CARD = """\
# {name}

Tags the sentences of war reports: claim types, source stance, assertion, whether the speaker is carried over, and the
spans source, cue, agent and place. Written by the training run; `training.toml` holds all its settings, `metrics.json`
all scores, and `config.json` the labels, defined in `seeds/labels.toml`.

## Use

For reading aid and triage by people who know the conflict: it says what a text claims and whose claim that is, never
what is true. Do not use it to decide about persons. A stance label says through which channel a claim comes, not how
reliable it is.

- English, reports of some 100 to 10,000 words, on wars like those that it was trained on (below).
- It reads {window} word pieces at a time; what lies further off than that it does not see.
- Rare labels rest on few examples (see the counts below): treat them as hints.
- Its weights are half precision; a processor with bf16 arithmetic runs it in that, which changes under 1 % of the
  decisions of any head.

## Made from

- Start: {start}
{data}
{notes}

## Scores

On {held}. Thresholds and temperatures were set on the same reports, so that these figures flatter a little. Beside
them what simpler means reach (the most frequent label; words that are cues; TF-IDF with logistic regression; the
annotators' sources carried over by rule) and, as ceiling, what a second annotator agreed on.

```
{table}
```

The whole program settles the stance by the page's own words, the source registry and the speaker who goes on speaking:
{settled}. `reliability.svg` shows how far its probabilities can be believed.

A head may be made to keep silent where it is less sure than needed for 95 % of what it says to be right
(`annotate tag --abstain`); it then answers:

{abstaining}
{folds}{trials}"""


def card(
    name: str,
    *,
    start: str,
    history: Mapping[str, Any],
    held: str,
    window: int,
    data: Mapping[str, Any],
    notes: Sequence[str],
    table: str,
    settled: Scores,
    abstaining: Mapping[str, Mapping[str, float]],
    trials: Sequence[Mapping[str, str]] = (),
    folds: Mapping[str, Any] | None = None,
) -> str:
    """The card as Markdown.

    ``data`` gives for each file what it was for, its reports, sentences and digest; ``history`` is the training.toml of
    the start, empty for a bare encoder; ``table`` holds the scores as text, ``settled`` those of the whole program;
    ``abstaining`` tells by head what share is answered, and what share of that is right; ``trials`` are rows of what
    was tried, ``folds`` a crossvalidation.json.
    """
    if history:
        earlier = ", ".join(f"`{file}` ({row['for']})" for file, row in history["data"].items())
        start = (
            f"an earlier {start}, trained from {history['run']['start']} on {earlier}; see [before] in training.toml"
        )
    rows = [
        f"- {row['for']}: `{file}`, {row['reports']} reports, {row['sentences']} sentences, "
        f"sha256 {row['sha256'][:16]}…"
        for file, row in data.items()
    ]
    kept = {"stance accuracy": "stance_accuracy", "macro F1": "stance_macro_f1"}
    kept |= {"speakers named": "named_accuracy", "carried over": "carried_accuracy"}
    found = {title: settled.headline[key] for title, key in kept.items() if key in settled.headline}
    return _CARD.format(
        name=name,
        start=start,
        held=held,
        window=window,
        data="\n".join(rows),
        notes="\n".join(f"- {note}" for note in notes),
        table=table,
        settled=", ".join(
            f"{title} {_number(f.value)} [{_number(f.low)}, {_number(f.high)}]" for title, f in found.items()
        ),
        abstaining=_grid(
            [["head", "answered", "right of it"]]
            + [[head, f"{row['coverage']:.0%}", f"{row['right']:.1%}"] for head, row in abstaining.items()]
        ),
        folds=_folds(folds) if folds else "",
        trials=f"\n## What was tried\n\nFigures on the dev reports.\n\n{_trials(trials)}\n" if trials else "",
    )


def _folds(folds: Mapping[str, Any]) -> str:
    """The figures of a cross-validation, with how far the folds lie apart."""
    rows = [["figure", "all reports", "95 %", "folds"]]
    for name, figure in folds["scores"]["headline"].items():
        each = [fold[name] for fold in folds["by_fold"] if fold.get(name) is not None]
        if figure["value"] is not None and each:
            bounds = f"{_number(figure['low'])} to {_number(figure['high'])}"
            spread = f"{min(each):.3f} to {max(each):.3f}"
            rows.append([name.replace("_", " "), _number(figure["value"]), bounds, spread])
    return (
        f"\n## Cross-validated\n\n{folds['folds']} times trained without one part of the {folds['reports']} reports of "
        "train and dev, reports of one batch together, and scored on that part; nothing calibrated.\n\n"
        f"{_grid(rows)}\n"
    )


def _trials(trials: Sequence[Mapping[str, str]]) -> str:
    return _grid([list(trials[0])] + [list(row.values()) for row in trials])


def _grid(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table, the first its head."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
