"""Scores as a plain text table for people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from annotate.scores import FEWEST, Figure, HeadScores, Scores, Tally


def table(
    scores: Scores, beside: Mapping[str, Scores] | None = None, ceiling: Mapping[str, float] | None = None
) -> str:
    """The headline figures, those of others beside them, then every label, form and confusion of ``scores``.

    ``ceiling`` gives headline figures by name (what two annotators reach on the same task). Figures of 0 to 1, with
    their 95 % intervals in brackets.
    """
    return "\n\n".join(
        (
            f"{scores.reports} reports, {scores.sentences} sentences; {_about_intervals(scores)}",
            _headlines(scores, beside or {}, ceiling or {}),
            _heads(scores),
            _labels(scores),
            *(_confusion(name, head) for name, head in _chosen(scores) if head.confusion),
            *([_forms(scores)] if scores.forms else []),
        )
    )


def _about_intervals(scores: Scores) -> str:
    if scores.reports < FEWEST:
        return "too few reports for intervals"
    return f"in brackets 95 % over reports redrawn {scores.resamples} times (seed {scores.seed})"


def _headlines(scores: Scores, beside: Mapping[str, Scores], ceiling: Mapping[str, float]) -> str:
    head = ["", "scored", *beside, *(["ceiling"] if ceiling else [])]
    lines = [
        [
            name.replace("_", " "),
            in_words(figure),
            *(in_words(other.headline.get(name)) for other in beside.values()),
            *([_number(ceiling.get(name))] if ceiling else []),
        ]
        for name, figure in scores.headline.items()
    ]
    return columns([head, *lines])


def _heads(scores: Scores) -> str:
    head = ["head", "right sets", "abstained", "right where answered", "calibration error"]
    lines = [
        [name, in_words(h.accuracy), in_words(_rest(h.coverage)), in_words(h.answered), _number(h.calibration_error)]
        for name, h in _head_items(scores)
    ]
    return columns([head, *lines])


def _rest(share: Figure) -> Figure:
    """The share that is left of one."""
    return Figure(*(None if end is None else 1.0 - end for end in (share.value, share.high, share.low)))


def _head_items(scores: Scores) -> Iterable[tuple[str, HeadScores]]:
    return ("types", scores.types), ("stance", scores.stance), ("assertion", scores.assertion)


def _chosen(scores: Scores) -> Iterable[tuple[str, HeadScores]]:
    """The heads of one label a sentence, the model's own and how the speaker is known."""
    yield from _head_items(scores)
    if scores.states is not None:
        yield "speaker is", scores.states


def _labels(scores: Scores) -> str:
    tallies: dict[str, Tally] = {}
    for name, head in _head_items(scores):
        tallies |= {f"{name}: {label}": tally for label, tally in head.labels.items()}
    for label, spans in scores.spans.items():
        tallies |= {f"{label}, exact": spans.exact, f"{label}, overlap": spans.overlap}
    tallies |= {f"speaker found: {kind}": tally for kind, tally in (scores.speaker or {}).items()}
    if scores.states is not None:
        tallies |= {f"speaker is: {state}": tally for state, tally in scores.states.labels.items()}
    if scores.boundaries:
        tallies["sentence ends"] = scores.boundaries
    lines = [
        [name, _number(t.precision.value), _number(t.recall.value), in_words(t.f1)]
        + [str(count) for count in (t.gold, t.predicted, t.right)]
        for name, t in tallies.items()
    ]
    return columns([["", "precision", "recall", "F1", "gold", "predicted", "right"], *lines])


def _confusion(name: str, head: HeadScores) -> str:
    across = [*head.labels, "-"]
    lines = [[gold, *(str(row.get(column, "·")) for column in across)] for gold, row in head.confusion.items()]
    return columns([[f"{name}: gold down", *across], *lines])


def _forms(scores: Scores) -> str:
    """Forms side by side, and how far the worst lies behind the best among those with reports enough."""
    names = [name for name in scores.headline if not name.startswith(("agent", "place", "cue"))]
    small = any(form.reports < FEWEST for form in scores.forms.values())
    head = ["form", *(f"{name}{'*' * (form.reports < FEWEST)}" for name, form in scores.forms.items()), "gap", "worst"]
    lines = [
        ["reports", *(str(form.reports) for form in scores.forms.values()), "", ""],
        ["sentences", *(str(form.sentences) for form in scores.forms.values()), "", ""],
        *(
            [
                name.replace("_", " "),
                *(in_words(form.headline.get(name)) for form in scores.forms.values()),
                *((_number(scores.gaps[name].points), scores.gaps[name].worst) if name in scores.gaps else ("-", "-")),
            ]
            for name in names
        ),
    ]
    note = f"\n* fewer than {FEWEST} reports: left out of the gap between the best and the worst form" if small else ""
    return columns([head, *lines]) + note


def in_words(figure: Figure | None, digits: int = 3) -> str:
    """A figure with its interval in brackets; a dash where there is none."""
    if figure is None or figure.value is None:
        return "-"
    if figure.low is None or figure.high is None:
        return f"{figure.value:.{digits}f}"
    return f"{figure.value:.{digits}f} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows as aligned columns, the first one to the left."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )
