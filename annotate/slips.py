"""Slips in the registry's tables: raised at the first, or gathered for somebody who checks a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches

from annotate.errors import AnnotateError
from annotate.names import Lexicon

_LISTED = 20  # known values that are all named; of more only those like the unknown one


class Slips:
    """What is wrong with a table. Unless ``gather`` is set the first slip is raised as an AnnotateError."""

    def __init__(self, *, gather: bool = False) -> None:
        self.found: list[str] = []
        self._gather = gather

    @contextmanager
    def kept(self) -> Iterator[None]:
        """One step of reading: what goes wrong in it is noted and the rest is read on, where slips are gathered."""
        try:
            yield
        except AnnotateError as error:
            self.note(str(error))

    def note(self, slip: str) -> None:
        """A slip that does not end the reading of its row; raises AnnotateError where slips are not gathered."""
        if not self._gather:
            raise AnnotateError(slip)
        self.found.append(slip)


def one_of(where: str, key: str, value: object, allowed: Collection[object]) -> None:
    """Raise AnnotateError for a value that is none of the known."""
    if value not in allowed:
        known = sorted(str(item) for item in allowed if item)
        near = known if len(known) <= _LISTED else get_close_matches(str(value), known)
        raise AnnotateError(f"{where}: unknown {key} {value!r}" + (f" (known: {', '.join(near)})" if near else ""))


def add_names(where: str, lexicon: Lexicon, names: Iterable[str], entry: str, slips: Slips) -> None:
    """Add the names of an entry; one that another has already is a slip."""
    for name in names:
        other = lexicon.add(name, entry)
        if other is not None:
            slips.note(f"{where}: {name!r} is a name of {other or 'nobody'!r} already")
