"""Tables and progress of the studio's commands; what annotators wrote is shown without what a terminal obeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

_WIDE = 10_000  # columns of what is not a terminal: nothing is broken over lines


def plainly(console: Console) -> Console:
    """The console, or for what is no terminal one that breaks no line and colours nothing."""
    return console if console.is_terminal else Console(file=console.file, width=_WIDE, color_system=None)


def table(
    console: Console, head: Sequence[str], rows: Sequence[Sequence[str | Text]], words: Sequence[int] = ()
) -> None:
    """Print columns of figures to the right, the first column and those of ``words`` to the left."""
    if not rows:
        return
    made = Table(
        box=box.SIMPLE_HEAD if console.is_terminal else None,
        padding=(0, 1 if console.is_terminal else 2, 0, 0),
        pad_edge=False,
    )
    for place, name in enumerate(head):
        left = place in (0, *words)
        made.add_column(
            Text(one_line(name)), justify="left" if left else "right", no_wrap=place not in words, overflow="fold"
        )
    for row in rows:
        made.add_row(*(cell if isinstance(cell, Text) else Text(one_line(cell)) for cell in row))
    console.print()
    say(console, made)


def say(console: Console, what: str | Table) -> None:
    """Print as it is; no blanks at the ends of lines where that is no terminal."""
    if console.is_terminal:
        console.print(what, highlight=False, markup=False)
        return
    with console.capture() as caught:
        console.print(what, highlight=False, markup=False)
    for line in caught.get().splitlines():
        console.file.write(f"{line.rstrip()}\n")


def one_line(words: str) -> str:
    """One line without characters that a terminal would obey: exports are not to be trusted."""
    return "".join(sign if sign.isprintable() else " " for sign in words)


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar that is told what is being done, how many are done, of how many; only on a terminal."""
    errors = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=errors, transient=True, disable=quiet or not errors.is_terminal) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(task, description=what, completed=done, total=total)
