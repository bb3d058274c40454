"""The model versions that a folder keeps, and which of them is served.

A version is a model folder; the one that the folder begins with lies elsewhere (the shipped one). The file ``current``
names the version in use: whoever writes it, this process or another, every server over the folder follows.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from annotate.engine import CONFIG, load
from annotate.errors import AnnotateError
from annotate.studio.push import version_of
from annotate.write import whole

_CURRENT = "current"
_MADE = re.compile(r"v(\d+)")


class Versions:
    """The versions in ``folder`` and the one to begin with, ``base``, by their names.

    Label Studio sees an id of a version: its name and a hash of all that its predictions hang on, as ``push`` gives
    them too.
    """

    def __init__(self, folder: Path, base: Path) -> None:
        self.folder, self.base = folder.resolve(), base.resolve()
        if (self.folder / self.base.name).exists():
            raise AnnotateError(f"{self.folder / self.base.name}: there is a version of the name of --model; rename it")
        self._ids: dict[Path, tuple[int, str]] = {}

    def names(self) -> list[str]:
        """All versions: the one to begin with, then the others in order of their names."""
        found = [path.parent.name for path in self.folder.glob(f"[!.]*/{CONFIG}")]
        return [self.base.name, *sorted(found, key=lambda name: (len(name), name))]

    def path(self, name: str) -> Path:
        """The model folder of a version.

        Raises:
            AnnotateError: there is none of this name.
        """
        if name == self.base.name:
            return self.base
        if name not in self.names():
            raise AnnotateError(f"{self.folder}: no version is called {name!r}; there are {', '.join(self.names())}")
        return self.folder / name

    def id(self, name: str) -> str:
        """What Label Studio calls a version."""
        path = self.path(name)
        changed = (path / CONFIG).stat().st_mtime_ns
        if self._ids.get(path, (0, ""))[0] != changed:
            self._ids[path] = changed, version_of(path)
        return self._ids[path][1]

    def ids(self) -> list[str]:
        """What Label Studio calls the versions, in the order of ``names``."""
        return [self.id(name) for name in self.names()]

    def current(self) -> str:
        """The name of the version in use.

        Raises:
            AnnotateError: the file that names it names none.
        """
        path = self.folder / _CURRENT
        try:
            name = path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self.base.name
        except (OSError, UnicodeDecodeError) as error:
            raise AnnotateError(f"{path}: cannot be read ({type(error).__name__})") from error
        try:
            self.path(name)
        except AnnotateError as error:
            raise AnnotateError(f"{path}: {error}; choose one with annotate studio use") from error
        return name

    def use(self, which: str) -> str:
        """Put a version in use, by its name or by what Label Studio calls it; returns its name.

        Raises:
            AnnotateError: there is none, it does not run, or the folder cannot be written to.
        """
        name = which if which in self.names() else next((n for n in self.names() if self.id(n) == which), which)
        load(self.path(name))
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with whole(self.folder / _CURRENT) as file:
                file.write(f"{name}\n")
        except OSError as error:
            raise AnnotateError(f"{self.folder}: cannot be written to ({error.strerror})") from error
        return name

    def next_name(self) -> str:
        """The name of the version that the next training makes; one that was removed is not given again soon."""
        numbers = [int(match[1]) for name in self.names() if (match := _MADE.fullmatch(name))]
        return f"v{max(numbers, default=0) + 1:03}"

    def add(self, made: Path, name: str) -> None:
        """Take a model folder in as a version; it must run, and must lie on the same disk.

        Raises:
            AnnotateError: it does not run, or cannot be moved.
        """
        load(made)
        try:
            os.rename(made, self.folder / name)
        except OSError as error:
            raise AnnotateError(f"{self.folder / name}: cannot be written ({error.strerror})") from error
