"""``annotate studio review``: its command line, table and files."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate import __version__
from annotate.errors import AnnotateError
from annotate.options import add_model, add_server, number, share, tagger

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from annotate.gold import ReadTask
    from annotate.studio.review import Doubted

_SHOWN = 20  # sentences in the table, if nothing else is said; the files have all
_FLATTERED = (
    "a model that has learned from these labels finds less to doubt than there is: train.py --folds, and then "
    "--doubts, asks models that never saw the report"
)
_EXAMPLES = """\
examples:
  annotate studio review --project "Week 12"                            a project's annotations, with links
  annotate studio review labelled.json --limit 50 --csv doubts.csv      an export
  annotate studio review labelled.json --doubts folds/doubts.jsonl      by models that never saw the report

A model agrees more than it should with labels that it has learned from. For the last line, let
  python train.py --data labelled.json --folds 5 --out folds
train five times, each time without a fifth of the reports, and write what these models doubt.
"""


@dataclass(frozen=True, slots=True)
class Review:
    """The sentences to look at, hardest first, of how many that annotators read; ``by`` says who doubts them."""

    by: str
    sure: float
    reports: int
    sentences: int
    doubted: tuple[Doubted, ...]
    notes: tuple[str, ...] = ()


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``review`` to the subcommands of ``annotate studio``."""
    review = commands.add_parser(
        "review",
        help="labels that a sure model would not have given",
        description="List the sentences on which the model is sure and the annotators said otherwise, hardest first: "
        "where one of the two is likely wrong.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    review.add_argument("exports", nargs="*", type=Path, metavar="EXPORT", help="Label Studio exports (JSON)")
    review.add_argument("--project", metavar="TITLE", help="instead of exports: this project's annotations")
    review.add_argument(
        "--doubts", type=Path, metavar="FILE", help="doubts.jsonl of a cross-validation: ask no model but show these"
    )
    review.add_argument(
        "--sure", type=share, default=0.5, metavar="P", help="probability of the model's own answer at least (0.5)"
    )
    review.add_argument(
        "--limit", type=number(1_000_000), metavar="N", help=f"so many sentences ({_SHOWN} in the table, all in files)"
    )
    review.add_argument("--json", type=Path, metavar="FILE", help="write the sentences and all about them there")
    review.add_argument("--csv", type=Path, metavar="FILE", help="write a line for each doubted label there")
    add_server(review)
    add_model(review)
    review.add_argument("-q", "--quiet", action="store_true", help="no progress and no table")
    review.set_defaults(run=_review)


def _review(options: argparse.Namespace) -> int:
    from rich.console import Console

    from annotate.write import check

    if bool(options.exports) == bool(options.project):
        raise AnnotateError("say what to review: either exports or --project")
    for path in filter(None, (options.json, options.csv)):
        check(path.parent)
    found = _made(options)
    for note in found.notes:
        print(f"annotate: {note}", file=sys.stderr)
    if not options.quiet:
        show(found, Console(), options.limit or _SHOWN)
    if options.json:
        save_json(options.json, found, options.limit)
    if options.csv:
        save_csv(options.csv, found, options.limit)
    return 0


def _made(options: argparse.Namespace) -> Review:
    from annotate.doubts import read_doubts
    from annotate.registry import Registry
    from annotate.studio.printed import progress
    from annotate.studio.push import version_of
    from annotate.studio.review import answered, doubted, found_again, readings_of

    listed = read_doubts(options.doubts) if options.doubts else None
    tasks, url, notes = _tasks(options)
    readings = readings_of(tasks)
    if not readings:
        raise AnnotateError("nothing is labelled there, so there is nothing to review")
    if listed is not None:
        found, strange = found_again(readings, listed, options.sure, url)
        by = str(options.doubts)
        if strange:
            notes.append(
                f"{options.doubts}: {strange} of {len(listed)} doubts are of labels that are not there (any more)"
            )
    else:
        with progress(options.quiet) as tell:
            readings = answered(readings, tagger(options), Registry.load(), tell)
        found, by = doubted(readings, options.sure, url), version_of(options.model)
        notes += learned(options.model, options.exports)
    return Review(
        by=by,
        sure=options.sure,
        reports=len({one.gold.report.text for one in readings}),
        sentences=len(
            {(r.gold.report.text, s.sentence.start, s.sentence.end) for r in readings for s in r.gold.sentences}
        ),
        doubted=tuple(found),
        notes=tuple(notes),
    )


def _tasks(options: argparse.Namespace) -> tuple[list[ReadTask], str | None, list[str]]:
    """What annotators gave, the address for links, and notes on what could not be read."""
    from annotate.gold import read_annotators, read_tasks

    if not options.project:
        return read_annotators(options.exports), options.url, []
    from annotate.studio.pull import pull
    from annotate.studio.server import Server

    server = Server.named(options.url, options.token_env)
    pulled = pull(server, options.project)
    left_out = [*pulled.dropped, *(f"{line}; the annotation is left out" for line in pulled.refused)]
    return read_tasks(Path(options.project), pulled.tasks), server.url, left_out


def learned(model: Path, exports: Iterable[Path]) -> list[str]:
    """A note for each export that the model's own folder says it was trained or tuned on."""
    try:
        data: Mapping[str, Any] = json.loads((model / "metrics.json").read_text(encoding="utf-8"))["data"]
        seen = {row["sha256"]: row["for"] for row in data.values()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []  # a model without its history says nothing
    return [
        f"{path}: was used for {use} of {model.name}, so that less is doubted than there is to doubt"
        for path in exports
        if (use := seen.get(hashlib.sha256(path.read_bytes()).hexdigest()))
    ]


def show(found: Review, console: Console, most: int = _SHOWN) -> None:
    """Print the hardest sentences: what was said, and what the model says with its probability."""
    from annotate.studio.printed import plainly, say, table

    console = plainly(console)
    shown = found.doubted[:most]
    say(
        console,
        f"{found.reports} reports, {found.sentences} sentences; {len(found.doubted)} of them doubted by {found.by}, "
        f"sure of at least {found.sure:g}",
    )
    head = (f"{len(shown)} of {len(found.doubted)}", "sentence", "to look at")
    table(console, head, [[_share(one), f"{one.report}:{one.sentence}", _told(one)] for one in shown], words=(1, 2))
    if len(found.doubted) > most:
        say(console, "--limit shows more, --csv and --json have all of them")
    say(console, f"first column: what the model gives to the annotator's own label; {_FLATTERED}")


def save_json(path: Path, found: Review, most: int | None = None) -> None:
    """Write the sentences, or so many, with all about them; raises AnnotateError where that cannot be."""
    from annotate.write import save

    plain = asdict(found) | {"doubted": [asdict(one) for one in found.doubted[:most]]}
    plain |= {"listed": len(found.doubted), "versions": {"annotate": __version__}}
    save(path, json.dumps(plain, indent=1, ensure_ascii=False) + "\n")


def save_csv(path: Path, found: Review, most: int | None = None) -> None:
    """Write a line for each doubted label; raises AnnotateError where that cannot be."""
    from annotate.write import save_rows

    rows = [
        [
            "report", "sentence", "control", "annotators", "given", "given_probability", "model", "model_probability",
            "speakers", "model_speaker", "link", "text",
        ]
    ]  # fmt: skip
    for one in found.doubted[:most]:
        named = "; ".join(dict.fromkeys(filter(None, one.speakers.values())))
        for d in one.differences:
            said = [d.given, f"{d.given_probability:.4f}", d.model, f"{d.model_probability:.4f}"]
            where = [one.report, str(one.sentence), d.control, ", ".join(d.annotators)]
            rows.append([*where, *said, named, one.speaker or "", one.link or "", one.text])
    save_rows(path, rows)


def _share(one: Doubted) -> str:
    return f"{one.differences[0].given_probability:.3f}"


def _told(one: Doubted) -> Text:
    from rich.text import Text

    from annotate.studio.printed import one_line

    told = Text(one_line(one.text))
    for d in one.differences:
        told.append(f"\n{d.control}: ", style="bold")
        told.append(one_line(f"{_names(d.annotators)}{d.given} ({d.given_probability:.2f})"))
        told.append(", model ").append(one_line(f"{d.model} ({d.model_probability:.2f})"), style="cyan")
    named = list(dict.fromkeys(filter(None, one.speakers.values())))
    if any(d.control == "stance" for d in one.differences) and (named or one.speaker):
        told.append("\nspeaker: ", style="bold").append(one_line(", ".join(named) or "-"))
        told.append(one_line(f", model {one.speaker}") if one.speaker else "", style="cyan")
    if one.link:
        told.append(f"\n{one.link}", style="dim")
    return told


def _names(annotators: Sequence[str]) -> str:
    """Who gave it, where the export names anybody."""
    from annotate.exports import UNKNOWN

    return "" if all(name.startswith(UNKNOWN) for name in annotators) else f"{', '.join(annotators)} "
