"""The command line: parse, call, print."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from annotate import __version__, disputes, sources
from annotate.errors import AnnotateError
from annotate.options import add_model, add_reading, add_registry, reading, tagger
from annotate.studio import commands as studio

if TYPE_CHECKING:
    from rich.progress import Progress

    from annotate.document import Report
    from annotate.records import Skipped

_EXAMPLES = """\
examples:
  annotate tag reports -o out                  a folder of reports (an index.csv beside them gives dates and outlets)
  annotate tag today.txt --date 2016-12-07     one report; "Tuesday" is counted from that day
  annotate tag feed.jsonl --text-key body     a table with other names for its columns
  annotate tag today.txt --store claims.duckdb    against all that earlier runs read; what it changes
  annotate report out                          what is contested as a page to read: out/report.html
  annotate evaluate labelled.json              how often the program agrees with annotators
"""
_EVALUATE_EXAMPLES = """\
examples:
  annotate evaluate labelled.json                            the whole program over the annotators' own texts
  annotate evaluate labelled.json --pred out                 what "annotate tag -o out" wrote about the same texts
  annotate evaluate dev.json --baselines train.json          beside it also the baselines that have to learn
  annotate evaluate dev.json --relations pairs.jsonl         disputes too, with the annotators' tags and as predicted
  annotate evaluate dev.json --json scores.json --svg sure.svg    figures for programs, a reliability diagram
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; 0 when all went well, 2 when something was left out or could not be done."""
    options = _parser().parse_args(argv)
    try:
        return int(options.run(options))
    except AnnotateError as error:
        print(f"annotate: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        print("annotate: interrupted, nothing was written", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="annotate",
        description="Tag the sentences of war reports by claim and source, and flag what is contested.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"annotate {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_tag(commands)
    _add_report(commands)
    _add_evaluate(commands)
    disputes.add(commands)
    sources.add(commands)
    studio.add(commands)
    return parser


def _add_tag(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tag = commands.add_parser(
        "tag",
        help="tag reports and print what is contested",
        description="Tag every sentence of the reports and find the claims that contradict each other.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_reading(tag)
    tag.add_argument("-o", "--out", type=Path, metavar="DIR", help="write reports, claims and events there")
    tag.add_argument("--store", type=Path, metavar="FILE", help="compare with all that this file knows, and add to it")
    add_model(tag, abstain=True)
    add_registry(tag)
    tag.add_argument("-q", "--quiet", action="store_true", help="no progress and no summary")
    tag.set_defaults(run=_tag)


def _add_report(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    report = commands.add_parser(
        "report",
        help="make a page to read of what was tagged",
        description="Make one HTML page of a folder that `annotate tag -o` wrote. It needs no network and no server.",
    )
    report.add_argument("folder", type=Path, metavar="DIR", help="the folder")
    report.add_argument("-o", "--out", type=Path, metavar="FILE", help="the page (default: report.html in the folder)")
    report.add_argument("--title", default="What is contested", help="heading of the page")
    report.set_defaults(run=_report)


def _add_evaluate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    evaluate = commands.add_parser(
        "evaluate",
        help="score the program against annotators' labels",
        description="Score the program, or claims that it wrote, against Label Studio exports (JSON).",
        epilog=_EVALUATE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.add_argument("gold", nargs="+", type=Path, metavar="GOLD", help="labelled reports: Label Studio exports")
    evaluate.add_argument(
        "--pred", type=Path, metavar="PATH", help="score this claims.jsonl (or the folder with it) and run no model"
    )
    evaluate.add_argument(
        "--baselines", nargs="+", type=Path, metavar="TRAIN", help="exports that the learning baselines learn from"
    )
    evaluate.add_argument(
        "--relations", nargs="+", type=Path, metavar="FILE", help="pairs of claims (JSON Lines): score disputes too"
    )
    evaluate.add_argument("--groups", type=Path, metavar="FILE", help="reports to compare with one another (JSON)")
    evaluate.add_argument("--json", type=Path, metavar="FILE", help="write all figures there")
    evaluate.add_argument("--svg", type=Path, metavar="FILE", help="draw how sure against how often right")
    add_model(evaluate, abstain=True)
    evaluate.add_argument("-q", "--quiet", action="store_true", help="no progress and no table")
    evaluate.set_defaults(run=_evaluate)


def _tag(options: argparse.Namespace) -> int:
    # Imported here so that --help and bad arguments answer at once; the model first, since it compiles beside the rest.
    from annotate.write import check

    if options.out:
        check(options.out)
    tags = tagger(options)

    from rich.console import Console

    from annotate.pipeline import run
    from annotate.registry import Registry
    from annotate.summary import show
    from annotate.write import write

    registry = Registry.load(options.registry)
    left_out: list[Skipped] = []

    if options.store:
        from annotate import batches

        done = batches.run(options, _reports(options, left_out), tags, registry, _progress(options.quiet))
        return 2 if left_out or not done else 0
    with _progress(options.quiet) as bar:
        task = bar.add_task("tagging", total=None)
        batch = run(
            _reports(options, left_out),
            tags,
            registry,
            lambda report, n: bar.update(task, advance=n, description=report.id),
        )
    if options.out:
        write(options.out, batch.reports, batch.claims, batch.events)
    if not options.quiet:
        show(batch, Console())
        if options.out:
            print(f"\nwritten to {options.out}: reports.jsonl, claims.jsonl, claims.csv, events.jsonl")
    if left_out:
        print(f"annotate: {len(left_out)} left out, {len(batch.reports)} done", file=sys.stderr)
    elif not batch.reports:
        print("annotate: no reports found", file=sys.stderr)
    return 2 if left_out or not batch.reports else 0


def _reports(options: argparse.Namespace, left_out: list[Skipped]) -> Iterator[Report]:
    """The reports that the user means; what cannot be read is named and noted."""
    from annotate.records import Skipped

    for item in reading(options):
        if isinstance(item, Skipped):
            left_out.append(item)
            print(f"annotate: {item.where}: {item.why}", file=sys.stderr)
        else:
            yield item


def _report(options: argparse.Namespace) -> int:
    from annotate.report import page, written
    from annotate.write import check, save

    out = options.out or options.folder / "report.html"
    found = written(options.folder)
    check(out.parent)
    save(out, page(found, options.title))
    print(out)
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from annotate.diagram import reliability
    from annotate.evaluate_disputes import compared, judge, read_groups
    from annotate.evaluate_events import read_relations
    from annotate.measure import claims_made, claims_written, measure, read_gold
    from annotate.write import check, save

    for path in filter(None, (options.json, options.svg)):
        check(path.parent)
    gold = read_gold(options.gold)
    train = read_gold(options.baselines) if options.baselines else None
    notes: tuple[str, ...] = ()
    if options.pred:
        claims, notes = claims_written(options.pred, gold)
    else:
        tags = tagger(options)
        with _progress(options.quiet) as bar:
            task = bar.add_task("tagging", total=None)
            claims = claims_made(gold, tags, lambda report, n: bar.update(task, advance=n, description=report.id))
    found = measure(gold, claims, train, notes)
    if options.relations:
        groups = read_groups(options.groups) if options.groups else None
        told = claims if options.pred else compared(gold, claims, groups)
        found = replace(found, judged=judge(gold, told, read_relations(options.relations), groups))
    for note in found.notes:
        print(f"annotate: {note}", file=sys.stderr)
    if not options.quiet:
        print(found.text())
    if options.json:
        found.save(options.json)
    if options.svg:
        save(options.svg, reliability(found.scores))
    return 0


def _progress(quiet: bool) -> Progress:
    """A bar of sentences done, on a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    errors = Console(stderr=True)
    return Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,} sentences"),
        TimeElapsedColumn(), console=errors, transient=True, disable=quiet or not errors.is_terminal,
    )  # fmt: skip
