"""``annotate studio push`` and ``pull``: their command lines, progress and summaries."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.errors import AnnotateError
from annotate.options import add_model, add_reading, add_server, number, reading, share, tagger

if TYPE_CHECKING:
    from annotate.document import Report
    from annotate.studio.push import Progress
    from annotate.studio.server import Project, Server

_PUSH_EXAMPLES = """\
examples:
  annotate studio push reports --project "Week 12"                      the most instructive reports first
  annotate studio push reports --project "Week 12" --held-out 0.1       a tenth comes without labels, to measure on
  annotate studio push feed.jsonl --text-key body --project A --random  in an order without any bias
  annotate studio push reports --pairs --project "Week 12 pairs"        claims of different reports, side by side
"""
_PULL_EXAMPLES = """\
examples:
  annotate studio pull --project "Week 12" -o labelled.json
  annotate studio pull --project "Week 12" -o labelled.json --held-out held.json
  python train.py --data labelled.json --dev held.json
  annotate studio pull --project "Week 12 pairs" -o relations.jsonl --labelled labelled.json
"""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``push`` and ``pull`` to the subcommands of ``annotate studio``."""
    _add_push(commands)
    _add_pull(commands)


def _add_push(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    push = commands.add_parser(
        "push",
        help="bring reports into a project, labelled beforehand",
        description="Bring reports into a Label Studio project, which is made where there is none, labelled beforehand "
        "by the model. Each report comes once, however often this is run; a run that broke off is gone on with.",
        epilog=_PUSH_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_reading(push)
    _add_project(push)
    push.add_argument(
        "--pairs", action="store_true", help="bring pairs of claims of different reports, the most instructive first"
    )
    push.add_argument(
        "--limit", type=number(100_000), default=100, metavar="N", help="of --pairs: so many of these reports (100)"
    )
    push.add_argument("--random", action="store_true", help="tasks in random order, not the most instructive first")
    push.add_argument(
        "--held-out", type=share, default=0.0, metavar="SHARE", help="this share (0 to 1) comes without labels"
    )
    push.add_argument(
        "--annotators", type=number(100), metavar="N", help="so many are to label each report (default: one)"
    )
    add_model(push)
    push.add_argument("-q", "--quiet", action="store_true", help="no progress and no summary")
    push.set_defaults(run=_push)


def _add_pull(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    pull = commands.add_parser(
        "pull",
        help="fetch a project's annotations, checked",
        description="Fetch the submitted annotations of a Label Studio project as an export for training and "
        "evaluation. Every region is checked; what cannot be used is named in one line, and the exit status is 2.",
        epilog=_PULL_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_project(pull)
    pull.add_argument("-o", "--out", type=Path, required=True, metavar="FILE", help="write the export there")
    pull.add_argument(
        "--held-out", type=Path, metavar="FILE", help="write the held-out reports there, and only the others to --out"
    )
    pull.add_argument(
        "--labelled", nargs="+", type=Path, default=[], metavar="EXPORT",
        help="of a project of pairs: number the sentences as in these exports",
    )  # fmt: skip
    pull.add_argument("-q", "--quiet", action="store_true", help="no summary")
    pull.set_defaults(run=_pull)


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", required=True, metavar="TITLE", help="the project's title")
    add_server(parser)


def _push(options: argparse.Namespace) -> int:
    from annotate.records import Skipped
    from annotate.studio.printed import progress
    from annotate.studio.server import Server

    if options.pairs and (options.random or options.held_out):
        raise AnnotateError("--random and --held-out are for reports, and not for --pairs")
    server = Server.named(options.url, options.token_env)
    _fits(server, options.project, pairs=options.pairs)  # a wrong address or token is told before anything is read
    reports, left_out = [], 0
    for item in reading(options):
        if isinstance(item, Skipped):
            left_out += 1
            print(f"annotate: {item.where}: {item.why}", file=sys.stderr)
        else:
            reports.append(item)
    if not reports:
        print("annotate: no reports found", file=sys.stderr)
        return 2
    send = _send_pairs if options.pairs else _send
    try:
        with progress(options.quiet) as tell:
            refused, summary = send(options, server, reports, tell)
    except KeyboardInterrupt:
        print("annotate: interrupted; the same command goes on from there", file=sys.stderr)
        return 130
    for line in refused:
        print(f"annotate: {line}", file=sys.stderr)
    if not options.quiet:
        print(summary)
    return 2 if left_out or refused else 0


def _send(
    options: argparse.Namespace, server: Server, reports: Sequence[Report], tell: Progress
) -> tuple[list[str], str]:
    """Bring reports; what was refused, and a summary."""
    from annotate.studio.push import push, version_of

    done = push(
        server,
        options.project,
        reports,
        tagger(options),
        version_of(options.model),
        random=options.random,
        held_out=options.held_out,
        annotators=options.annotators,
        progress=tell,
    )
    return done.refused, (
        f"{done.added} reports brought, {done.held_out} of them without labels; {done.there} were there; "
        f"{done.refreshed} labelled anew by this model\n{done.address}"
    )


def _send_pairs(
    options: argparse.Namespace, server: Server, reports: Sequence[Report], tell: Progress
) -> tuple[list[str], str]:
    """Bring pairs of claims; what was refused, and a summary."""
    from annotate.studio.push import version_of
    from annotate.studio.push_pairs import push_pairs

    done = push_pairs(
        server,
        options.project,
        reports,
        tagger(options),
        version_of(options.model),
        most=options.limit,
        annotators=options.annotators,
        progress=tell,
    )
    return [], (
        f"{done.added} pairs brought, {done.contradicting} of them contradicting as far as the program sees; "
        f"{done.there} of these reports were there; {done.refreshed} answered anew by this model\n{done.address}"
    )


def _fits(server: Server, title: str, *, pairs: bool | None = None) -> Project | None:
    """The project of this title, if there is one; it must be of pairs or not, as is wanted."""
    from annotate.studio.pairs import is_pairs

    project = server.project(title)
    if project is not None and pairs is not None and is_pairs(project.config) != pairs:
        there, wanted = ("reports", "pairs") if pairs else ("pairs", "reports")
        raise AnnotateError(f"{title!r} is a project of {there}; {wanted} need one of their own")
    return project


def _pull(options: argparse.Namespace) -> int:
    from annotate.studio.pairs import is_pairs
    from annotate.studio.server import Server
    from annotate.write import check

    for path in filter(None, (options.out, options.held_out)):
        check(path.parent)
    server = Server.named(options.url, options.token_env)
    project = _fits(server, options.project)
    pairs = project is not None and is_pairs(project.config)
    if (pairs and options.held_out) or (options.labelled and not pairs):
        raise AnnotateError("--held-out is for projects of reports, --labelled for projects of pairs")
    return _fetch_pairs(options, server) if pairs else _fetch(options, server)


def _fetch(options: argparse.Namespace, server: Server) -> int:
    """Fetch annotated reports."""
    from annotate.studio.pull import pull, save

    files = {options.out: None} if options.held_out is None else {options.out: False, options.held_out: True}
    pulled = pull(server, options.project)
    for line in (*pulled.mended, *pulled.dropped, *(f"{line}; the annotation is left out" for line in pulled.refused)):
        print(f"annotate: {line}", file=sys.stderr)
    if not pulled.tasks:
        raise AnnotateError("nothing is labelled yet; nothing was written")
    for path, held_out in files.items():
        save(pulled.tasks_of(held_out), path)
    if not options.quiet:
        annotations = sum(len(task["annotations"]) for task in pulled.tasks)
        print(
            f"{annotations} annotations of {len(pulled.tasks)} reports, {pulled.skipped} skipped; "
            f"{len(pulled.mended)} regions put right, {len(pulled.dropped)} dropped"
        )
        for path, held_out in files.items():
            print(f"written to {path}: {len(pulled.tasks_of(held_out))} reports")
    return 2 if pulled.dropped or pulled.refused else 0


def _fetch_pairs(options: argparse.Namespace, server: Server) -> int:
    """Fetch annotated pairs."""
    from annotate.gold import read_exports, trimmed
    from annotate.studio.pull_pairs import pull_pairs, save_pairs

    labelled = trimmed(read_exports(options.labelled))
    pulled = pull_pairs(server, options.project, labelled)
    for line in pulled.refused:
        print(f"annotate: {line}; it is left out", file=sys.stderr)
    if not pulled.lines:
        raise AnnotateError("nothing is labelled yet; nothing was written")
    save_pairs(pulled.lines, options.out)
    if not options.quiet:
        print(
            f"{pulled.answers} answers on {len(pulled.lines)} pairs, {pulled.skipped} skipped\n"
            f"written to {options.out}: {len(pulled.lines)} pairs, {pulled.related} of them related"
        )
    return 2 if pulled.refused else 0
