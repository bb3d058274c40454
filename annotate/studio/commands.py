"""``annotate studio ...``: the command lines of everything that has to do with Label Studio."""

from __future__ import annotations

import argparse


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``studio`` and its subcommands to the commands of the program."""
    studio = commands.add_parser(
        "studio",
        help="work with Label Studio, where annotators label reports",
        description="What annotators need around Label Studio.",
    )
    studio.add_subparsers(required=True, metavar="COMMAND")
