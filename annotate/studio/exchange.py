"""``annotate studio push`` and ``pull``: their command lines, progress and summaries."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from annotate.errors import AnnotateError
from annotate.options import add_model, add_reading, add_server, number, reading, share, tagger

_PUSH_EXAMPLES = """\
examples:
  annotate studio push reports --project "Week 12"                      the most instructive reports first
  annotate studio push reports --project "Week 12" --held-out 0.1       a tenth comes without labels, to measure on
  annotate studio push feed.jsonl --text-key body --project A --random  in an order without any bias
"""
_PULL_EXAMPLES = """\
examples:
  annotate studio pull --project "Week 12" -o labelled.json
  annotate studio pull --project "Week 12" -o labelled.json --held-out held.json
  python train.py --data labelled.json --dev held.json
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
    pull.add_argument("-q", "--quiet", action="store_true", help="no summary")
    pull.set_defaults(run=_pull)


def _add_project(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", required=True, metavar="TITLE", help="the project's title")
    add_server(parser)


def _push(options: argparse.Namespace) -> int:
    from annotate.records import Skipped
    from annotate.studio.printed import progress
    from annotate.studio.push import push, version_of
    from annotate.studio.server import Server

    server = Server.named(options.url, options.token_env)
    server.project(options.project)  # a wrong address or token is told before anything is read
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
    tags, version = tagger(options), version_of(options.model)
    try:
        with progress(options.quiet) as tell:
            done = push(
                server,
                options.project,
                reports,
                tags,
                version,
                random=options.random,
                held_out=options.held_out,
                annotators=options.annotators,
                progress=tell,
            )
    except KeyboardInterrupt:
        print("annotate: interrupted; the same command goes on from there", file=sys.stderr)
        return 130
    for line in done.refused:
        print(f"annotate: {line}", file=sys.stderr)
    if not options.quiet:
        print(
            f"{done.added} reports brought, {done.held_out} of them without labels; {done.there} were there; "
            f"{done.refreshed} labelled anew by this model\n{done.address}"
        )
    return 2 if left_out or done.refused else 0


def _pull(options: argparse.Namespace) -> int:
    from annotate.studio.pull import pull, save
    from annotate.studio.server import Server
    from annotate.write import check

    files = {options.out: None} if options.held_out is None else {options.out: False, options.held_out: True}
    for path in files:
        check(path.parent)
    pulled = pull(Server.named(options.url, options.token_env), options.project)
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
