"""Options that several commands share, and what is made of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from annotate import assets

if TYPE_CHECKING:
    from annotate.document import Report
    from annotate.records import Skipped
    from annotate.tag import Tagger

_KEYS = ("text", "id", "title", "outlet", "date", "url")


def add_reading(parser: argparse.ArgumentParser) -> None:
    """What is read, and how: the reports of ``reading``."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="files or folders: text, Markdown, HTML, JSON, CSV"
    )
    parser.add_argument("--date", type=calendar_day, metavar="YYYY-MM-DD", help="date of reports that give none")
    parser.add_argument("--encoding", help="encoding of the files, where it is not to be found out")
    for key in _KEYS:
        parser.add_argument(f"--{key}-key", metavar="NAME", help=f"column or key that holds the {key}")


def reading(options: argparse.Namespace) -> Iterator[Report | Skipped]:
    """The reports that the user means, and what could not be read."""
    from annotate.read import read

    keys = {f"{key}_key": getattr(options, f"{key}_key") for key in _KEYS}
    return read(options.paths, encoding=options.encoding, date=options.date, **keys)


def add_model(parser: argparse.ArgumentParser, *, abstain: bool = False) -> None:
    """Which model runs, and how: the tagger of ``tagger``; ``abstain`` lets the user have it keep silent."""
    parser.add_argument(
        "--model", type=Path, default=assets.MODEL, metavar="DIR", help="model folder (default: the shipped one)"
    )
    parser.add_argument("--engine", choices=("auto", "openvino", "torch"), default="auto", help="runtime of the model")
    parser.add_argument("--precision", choices=("auto", "full", "bf16"), default="auto", help="arithmetic of the model")
    if abstain:
        parser.add_argument(
            "--abstain", action="store_true", help="leave open what the model is not sure of, with its candidates"
        )


def tagger(options: argparse.Namespace) -> Tagger:
    """The tagger of a command's model; abstaining where the user asks for it."""
    from annotate.engine import load

    model = load(options.model, engine=options.engine, precision=options.precision)
    from annotate.tag import Tagger

    return Tagger(model, model.settings.abstain) if getattr(options, "abstain", False) else Tagger(model)


def add_registry(parser: argparse.ArgumentParser) -> None:
    """Whose registry; what it lacks of the tables is taken from the shipped one."""
    parser.add_argument(
        "--registry",
        type=Path,
        metavar="DIR",
        help="registry: sources.toml, parties.toml, places.csv, wars.toml or some of them (default: ANNOTATE_REGISTRY, "
        "else the shipped one)",
    )


def add_server(parser: argparse.ArgumentParser) -> None:
    """Where Label Studio is, and what opens it."""
    parser.add_argument(
        "--url",
        type=address,
        help="address of Label Studio (default: LABEL_STUDIO_URL, else http://localhost:8080)",
    )
    parser.add_argument(
        "--token-env",
        default="LABEL_STUDIO_API_KEY",
        metavar="NAME",
        help="environment variable with the access token (default: %(default)s)",
    )


def address(text: str) -> str:
    """The address of a server."""
    if not text.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with http:// or https://")
    return text


def share(text: str) -> float:
    """A share, 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share between 0 and 1")
    return value


def number(most: int) -> Callable[[str], int]:
    """The type of a number from 1 to ``most``."""

    def parse(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {most}")
        return int(text)

    return parse


def calendar_day(text: str) -> str:
    """A day as 2016-12-07."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date like 2016-12-07") from None
