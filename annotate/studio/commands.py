"""``annotate studio ...``: the command lines of everything that has to do with Label Studio."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from annotate.options import address
from annotate.studio import exchange, reviewing, serving

_START_EXAMPLES = """\
examples:
  annotate studio start                              http://localhost:8080, its data in studio-data/
  annotate studio start --port 8081 --data another
"""
_AGREEMENT_EXAMPLES = """\
examples:
  annotate studio agreement export.json                                 figures, and what to decide on first
  annotate studio agreement ann.json ben.json --csv decide.csv          exports of one annotator each, same reports
  annotate studio agreement export.json --url http://localhost:8080     with links into the project
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``studio`` and its subcommands to the commands of the program."""
    studio = commands.add_parser(
        "studio",
        help="work with Label Studio, where annotators label reports",
        description="What annotators need around Label Studio.",
    )
    kinds = studio.add_subparsers(required=True, metavar="COMMAND")
    _add_start(kinds)
    exchange.add(kinds)
    serving.add(kinds)
    _add_agreement(kinds)
    reviewing.add(kinds)


def _add_start(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    start = kinds.add_parser(
        "start",
        help="start Label Studio on this machine",
        description="Start Label Studio for this machine alone; nothing leaves it. Ctrl+C stops it without loss.",
        epilog=_START_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    start.add_argument("--port", type=int, default=8080, metavar="N", help="default: %(default)s")
    start.add_argument(
        "--data", type=Path, default=Path("studio-data"), metavar="DIR", help="where it keeps all it has (%(default)s)"
    )
    start.set_defaults(run=_start)


def _start(options: argparse.Namespace) -> int:
    from annotate.studio.start import USER, program, running

    data = options.data.resolve()
    if program().exists() and not (data / "token").exists():
        print("Label Studio starts for the first time; this takes most of a minute", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without stopping the server
    with running(data, options.port) as server:
        print(
            f"Label Studio is at http://localhost:{options.port}, for this machine alone. Ctrl+C stops it.\n"
            f"  log in as {USER}, password: cat {options.data}/password\n"
            f"  in another terminal: export LABEL_STUDIO_API_KEY=$(cat {options.data}/token)",
            flush=True,
        )
        try:
            return server.wait()
        except KeyboardInterrupt:
            return 0


def _add_agreement(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    agreement = kinds.add_parser(
        "agreement",
        help="how far annotators agree, and what to decide on",
        description="Compare annotators who labelled the same reports, from Label Studio exports (JSON).",
        epilog=_AGREEMENT_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    agreement.add_argument("exports", nargs="+", type=Path, metavar="EXPORT", help="Label Studio exports (JSON)")
    agreement.add_argument("--json", type=Path, metavar="FILE", help="write all figures and differences there")
    agreement.add_argument("--csv", type=Path, metavar="FILE", help="write the sentences to decide on there")
    agreement.add_argument("--url", type=address, metavar="URL", help="address of Label Studio, for links to sentences")
    agreement.add_argument("-q", "--quiet", action="store_true", help="no tables")
    agreement.set_defaults(run=_agreement)


def _agreement(options: argparse.Namespace) -> int:
    from rich.console import Console

    from annotate.gold import read_annotators
    from annotate.studio.agreement_report import compare, save_csv, save_json, show
    from annotate.write import check

    for path in filter(None, (options.json, options.csv)):
        check(path.parent)
    found = compare(read_annotators(options.exports), options.url)
    for note in found.notes:
        print(f"annotate: {note}", file=sys.stderr)
    if not options.quiet:
        show(found, Console())
    if options.json:
        save_json(options.json, found)
    if options.csv:
        save_csv(options.csv, found)
    return 0
