"""Agreement for people and for programs: tables on the terminal or in plain text, JSON, and a list to decide on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from annotate import __version__
from annotate.gold import ReadTask
from annotate.scores import FEWEST, Figure, to_plain
from annotate.studio.adjudicate import Case, Difference, Given, cases, differences
from annotate.studio.agreement import Group, Measure, agreement
from annotate.studio.printed import one_line, plainly, say, table
from annotate.studio.readings import shared
from annotate.write import save, save_rows

_ROOMY = 110  # columns that all intervals need; with fewer, those of alpha are shown
_BOUNDS = ((0.8, "green"), (0.667, "yellow"))  # Krippendorff's: to rely on; for tentative conclusions


@dataclass(frozen=True, slots=True)
class Agreement:
    """All that is known about how far annotators agree; ``pairs`` has each pair with a report in common."""

    overall: Group
    pairs: tuple[Group, ...]
    differences: tuple[Difference, ...]
    cases: tuple[Case, ...]
    notes: tuple[str, ...] = ()


def compare(tasks: Iterable[ReadTask], url: str | None = None) -> Agreement:
    """Everything about tasks that two annotators or more have read; ``url`` is Label Studio's address, for links.

    Raises:
        AnnotateError: there is no such task.
    """
    reports, notes = shared(tasks)
    overall, pairs = agreement(reports)
    return Agreement(overall, pairs, tuple(differences(reports)), tuple(cases(reports, url)), tuple(notes))


def show(found: Agreement, console: Console, most: int = 15) -> None:
    """Print the figures, and at most so many differences and sentences to decide on."""
    console = plainly(console)
    one = found.overall
    say(
        console,
        f"{one.reports} reports, {one.sentences} sentences, {len(one.annotators)} annotators; {_intervals(one)}",
    )
    say(console, "alpha: from 0.8 on to be relied on, below 0.667 not; types as sets by MASI; same: equal answers")
    rows = [_measured(each, _figure if console.width >= _ROOMY else _value) for each in one.measures if each.given != 0]
    table(console, ("", "compared", "given", "alpha", "kappa", "same"), rows)
    rows = [[f.label, str(f.given), _figure(f.exact), _figure(f.overlapping)] for f in one.found if f.given]
    table(console, ("F1 of one against the other", "given", "exact", "overlapping"), rows)
    if len(one.annotators) > 2:
        table(console, *_by_pair(found.pairs, kappas=console.width >= _ROOMY))
    told = [[d.control, _side(d, 0), _side(d, 1), str(d.times)] for d in found.differences[:most]]
    head = (f"{len(told)} of {len(found.differences)}", "who differs", "from whom", "times")
    table(console, head, told, words=(1, 2))
    table(console, *_to_decide(found.cases, most), words=(1, 2, 3))
    if len(found.cases) > most:
        say(console, "--csv and --json have all of them, with what each annotator gave")


def save_json(path: Path, found: Agreement) -> None:
    """Write all figures, differences and sentences to decide on; raises AnnotateError where that cannot be."""
    plain = {**to_plain(found), "versions": {"annotate": __version__}}
    save(path, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


def save_csv(path: Path, found: Agreement) -> None:
    """Write the sentences to decide on, a column for each annotator; raises AnnotateError where that cannot be."""
    names = found.overall.annotators
    rows = [["weight", "report", "sentence", "differs", "link", *names, "text"]]
    for case in found.cases:
        labels = (_in_words(case.given[name]) if name in case.given else "" for name in names)
        cells = [case.report, str(case.sentence), ", ".join(case.differs), case.link or "", *labels, case.text]
        rows.append([f"{case.weight:.2f}", *cells])
    save_rows(path, rows)


def _in_words(given: Given | None, controls: Sequence[str] | None = None) -> str:
    """What an annotator gave: in some controls, or in all that he used."""
    if given is None:
        return "no sentence"
    words = {
        "types": ", ".join(given.types) or "no type",
        "stance": given.stance,
        "assertion": given.assertion,
        "speaker": given.speaker and f"speaker {given.speaker}",
        "from": "" if given.carried_from is None else f"from {given.carried_from}",
        "event": given.event and f"event {given.event}",
    }
    words |= {label: ", ".join(f"{label} “{text}”" for text in texts) for label, texts in given.spans.items()}
    if controls is None:
        return "; ".join(filter(None, words.values()))
    return "; ".join(words[control] or f"no {control}" for control in controls if control in words)


def _intervals(one: Group) -> str:
    return "in brackets 95 % over reports redrawn" if one.reports >= FEWEST else "too few reports for intervals"


def _measured(one: Measure, figure: Callable[[Figure], str]) -> list[str | Text]:
    name = f"{one.control}: {one.label}" if one.label else one.control
    given = "" if one.given is None else str(one.given)
    return [name, str(one.compared), given, _graded(one.alpha, _figure), figure(one.kappa), figure(one.same)]


def _by_pair(pairs: Iterable[Group], *, kappas: bool) -> tuple[Sequence[str], list[list[str | Text]]]:
    """Alpha, and kappa where there is room, of each pair on each whole control."""
    controls = ("types", "stance", "assertion", "speaker", "from")
    rows: list[list[str | Text]] = []
    for pair in pairs:
        of = {each.control: each for each in pair.measures if each.label is None}
        figures = [_graded(of[c].alpha, _value).append(f" {_value(of[c].kappa)}" if kappas else "") for c in controls]
        rows.append([" and ".join(pair.annotators), str(pair.sentences), *figures])
    return ("alpha, kappa" if kappas else "alpha", "compared", *controls), rows


def _side(one: Difference, side: int) -> str:
    return f"{one.annotators[side]}: {one.values[side]}"


def _to_decide(cases: Sequence[Case], most: int) -> tuple[Sequence[str], list[list[str | Text]]]:
    shown = cases[:most]
    rows: list[list[str | Text]] = []
    for case in shown:
        what = Text(f"{', '.join(case.differs)}\n", style="bold").append(one_line(case.text), style="not bold")
        for name, given in case.given.items():
            what.append(f"\n{one_line(name)}: ", style="not bold cyan")
            what.append(one_line(_in_words(given, case.differs)), style="not bold")
        if case.link:
            what.append(f"\n{case.link}", style="dim not bold")
        rows.append([f"{case.weight:.1f}", f"{case.report}:{case.sentence}", what])
    return (f"{len(shown)} of {len(cases)}", "sentence", "to decide on"), rows


def _figure(figure: Figure | None) -> str:
    if figure is None or figure.low is None or figure.high is None:
        return _value(figure)
    return f"{_value(figure)} [{figure.low:.3f}, {figure.high:.3f}]"


def _value(figure: Figure | None) -> str:
    return "-" if figure is None or figure.value is None else f"{figure.value:.3f}"


def _graded(figure: Figure, words: Callable[[Figure], str]) -> Text:
    value = figure.value
    hue = "" if value is None else next((hue for least, hue in _BOUNDS if value >= least), "red")
    return Text().append(words(figure), style=hue)
