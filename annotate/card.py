"""A training run -> the model card, for whoever wonders whether to use the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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
"""


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
) -> str:
    """The card as Markdown.

    ``data`` gives for each file what it was for, its reports, sentences and digest; ``history`` is the training.toml of
    the start, empty for a bare encoder; ``table`` holds the scores as text.
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
    return _CARD.format(
        name=name,
        start=start,
        held=held,
        window=window,
        data="\n".join(rows),
        notes="\n".join(f"- {note}" for note in notes),
        table=table,
    )
