"""``annotate sources ...``: look up, check and extend the registry, and see what became of each source's claims."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.errors import AnnotateError
from annotate.labels import STANCES
from annotate.options import add_registry

if TYPE_CHECKING:
    from annotate.document import Party, Place, Source
    from annotate.registry import Registry
    from annotate.trackrecord import Record

_EXAMPLES = """\
examples:
  annotate sources list --stance ngo --side opposition     whom the registry knows, with why
  annotate sources show "the White Helmets" --in out       one of them, and what became of its claims in out
  annotate sources record out                              what became of every source's claims
  annotate sources record --store claims.duckdb            the same over all that a store knows
  annotate sources missing out                             frequent names that link to nothing yet
  annotate sources add --registry mine --name "River Radio" --stance media --reliability C --basis "Local station."
  annotate sources check mine                              what is wrong with a registry, a line each
"""
_GRADES = "ABCDEF"
_KINDS = ("source", "party", "place")
_MOST = 40
_BATCH = 500  # reports of a store that are held at once


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``sources`` and its subcommands to the commands of the program."""
    sources = commands.add_parser(
        "sources",
        help="look up, check and extend the registry of sources, parties and places",
        description="The registry: who makes claims, who acts, and where. And what became of each source's claims.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    kinds = sources.add_subparsers(required=True, metavar="COMMAND")
    _add_list(kinds)
    _add_show(kinds)
    _add_record(kinds)
    _add_missing(kinds)
    _add_check(kinds)
    _add_add(kinds)


def _add_list(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listed = kinds.add_parser("list", help="list the rows of the registry")
    listed.add_argument("--kind", choices=_KINDS, default="source", help="what to list (default: %(default)s)")
    listed.add_argument("--stance", choices=STANCES, help="only sources of this stance")
    listed.add_argument("--side", help="only sources or parties on this side (none: those without one)")
    listed.add_argument("--json", action="store_true", help="one JSON object a line, with all that is known")
    add_registry(listed)
    listed.set_defaults(run=_list)


def _add_show(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    show = kinds.add_parser("show", help="show what a name links to, and why it is judged so")
    show.add_argument("name", metavar="NAME", help="an id, or a name as a report has it")
    with_record = show.add_mutually_exclusive_group()
    with_record.add_argument("--in", dest="folder", type=Path, metavar="DIR", help="with its record in a folder of tag")
    with_record.add_argument("--store", type=Path, metavar="FILE", help="with its record in a store of tag --store")
    show.add_argument("--json", action="store_true", help="as JSON")
    add_registry(show)
    show.set_defaults(run=_show)


def _add_record(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    record = kinds.add_parser("record", help="show what became of every source's claims")
    where = record.add_mutually_exclusive_group(required=True)
    where.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="a folder that `annotate tag -o` wrote")
    where.add_argument("--store", type=Path, metavar="FILE", help="a store that `annotate tag --store` wrote")
    record.add_argument("--json", action="store_true", help="one JSON object a line")
    add_registry(record)
    record.set_defaults(run=_record)


def _add_missing(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    missing = kinds.add_parser("missing", help="list frequent names that link to nothing")
    missing.add_argument("folder", type=Path, metavar="DIR", help="a folder that `annotate tag -o` wrote")
    missing.add_argument(
        "--of", choices=("speakers", "agents", "places"), default="speakers", help="which (default: %(default)s)"
    )
    missing.add_argument("--most", type=int, default=_MOST, metavar="N", help="how many (default: %(default)s)")
    missing.add_argument("--json", action="store_true", help="one JSON object a line")
    add_registry(missing)
    missing.set_defaults(run=_missing)


def _add_check(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = kinds.add_parser("check", help="say what is wrong with a registry; exit status 2 when something is")
    check.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="folders, or single tables (default: the registry in use)"
    )
    add_registry(check)
    check.set_defaults(run=_check)


def _add_add(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    new = kinds.add_parser("add", help="add a source; asks on a terminal for what is not given")
    new.add_argument("--name", help="its name")
    new.add_argument("--id", help="its id (default: made of the name)")
    new.add_argument("--alias", action="append", default=[], metavar="NAME", help="another name; may be repeated")
    new.add_argument("--person", action="append", default=[], metavar="NAME", help="who speaks for it; repeated")
    new.add_argument("--partner", action="append", default=[], metavar="ID", help="a body above it; repeated")
    new.add_argument("--stance", choices=STANCES, help="through which channel it speaks")
    new.add_argument("--side", help="on whose side it stands in the war; left out: not known")
    new.add_argument("--reliability", choices=tuple(_GRADES), help="A to F")
    new.add_argument("--basis", help="what the judgement rests on: a fact that can be checked")
    add_registry(new)
    new.set_defaults(run=_add)


def _list(options: argparse.Namespace) -> int:
    from annotate.registry import Registry

    registry = Registry.load(options.registry)
    rows: Sequence[Source | Party | Place] = list(_table(registry, options.kind).values())
    for key in ("stance", "side"):
        wanted = getattr(options, key)
        if wanted is not None:
            rows = [row for row in rows if (getattr(row, key, None) or "none") == wanted]
    if options.json:
        for row in rows:
            print(json.dumps(_json(row), ensure_ascii=False))
        return 0
    from annotate.standing import table

    table(rows, options.kind)
    return 0


def _show(options: argparse.Namespace) -> int:
    from annotate.registry import Registry

    registry = Registry.load(options.registry)
    rows = _found(registry, options.name)
    if not rows:
        raise AnnotateError(f"{options.name!r} links to nothing in the registry")
    records = _records(options) if options.folder or options.store else None
    if options.json:
        for kind, row in rows:
            own = {} if records is None or kind != "source" else {"record": _own(records, row.id)}
            print(json.dumps({"row": kind, **_json(row), **own}, ensure_ascii=False))
        return 0
    from annotate.standing import card

    for kind, row in rows:
        card(registry, kind, row, None if records is None or kind != "source" else records.get(row.id, _empty()))
    return 0


def _record(options: argparse.Namespace) -> int:
    from annotate.registry import Registry

    registry = Registry.load(options.registry)
    records = _records(options)
    if options.json:
        for source, record in records.items():
            print(json.dumps({"source": source, **record.to_json()}, ensure_ascii=False))
        return 0
    from annotate.standing import standings

    standings(registry, records)
    return 0


def _missing(options: argparse.Namespace) -> int:
    from dataclasses import asdict

    from annotate.registry import Registry
    from annotate.report import written
    from annotate.trackrecord import missing

    registry = Registry.load(options.registry)
    rows = missing(written(options.folder).sentences.values(), options.of)
    rows = [row for row in rows if " " in row.name or registry.bearing(row.name) is None]  # "Witnesses" is no name
    rows = rows[: options.most]
    if options.json:
        for row in rows:
            print(json.dumps(asdict(row), ensure_ascii=False))
        return 0
    from annotate.standing import unknowns

    unknowns(rows)
    return 0


def _check(options: argparse.Namespace) -> int:
    from annotate.assets import registry
    from annotate.faults import faults, of_file

    paths = options.paths or [options.registry or registry()]
    found = [fault for path in paths for fault in (of_file(path) if path.is_file() else faults(path))]
    for fault in found:
        print(fault)
    if not found:
        print(f"nothing is wrong with {', '.join(map(str, paths))}", file=sys.stderr)
    return 2 if found else 0


def _add(options: argparse.Namespace) -> int:
    from annotate import assets
    from annotate.enter import enter, short

    folder = options.registry or assets.registry()
    if folder == assets.REGISTRY and assets.INSTALLED:
        raise AnnotateError("the shipped registry goes with the program: give --registry DIR for one of your own")
    _asked(options)
    row = {
        "id": options.id or short(options.name),
        "name": options.name,
        "aliases": options.alias,
        "people": options.person,
        "stance": options.stance,
        "side": options.side or "",
        "reliability": options.reliability,
        "partners": options.partner,
        "basis": options.basis,
    }
    print(f"{row['id']} added to {enter(folder, row, date.today())}")
    return 0


def _asked(options: argparse.Namespace) -> None:
    """Ask for what is not given, on a terminal; elsewhere say what is missing."""
    wanted = {"name": "name", "stance": f"stance ({', '.join(STANCES)})", "reliability": "reliability (A to F)"}
    wanted["basis"] = "basis (a fact that can be checked)"
    lacking = [key for key in wanted if not getattr(options, key)]
    if lacking and not sys.stdin.isatty():
        raise AnnotateError(f"sources add: give {', '.join(f'--{key}' for key in lacking)}")
    for key in lacking:
        answer = ""
        while not answer:
            answer = input(f"{wanted[key]}: ").strip()
        setattr(options, key, answer)


def _table(registry: Registry, kind: str) -> Mapping[str, Source] | Mapping[str, Party] | Mapping[str, Place]:
    return {"source": registry.all_sources, "party": registry.all_parties, "place": registry.all_places}[kind]  # type: ignore[return-value]


def _found(registry: Registry, name: str) -> list[tuple[str, Any]]:
    """The rows of an id, else those that a name links to."""
    rows: list[tuple[str, Any]] = [(kind, row) for kind in _KINDS if (row := _table(registry, kind).get(name))]
    if rows:
        return rows
    rows = [("source", source) for source in registry.sources(name)]
    rows += [("party", party) for party in registry.parties(name)]
    return rows + [("place", place) for place in registry.places(name)]


def _records(options: argparse.Namespace) -> dict[str, Record]:
    """What became of the claims in the folder or the store that the user names."""
    if options.store:
        return _stored(options.store)
    from annotate.report import written
    from annotate.trackrecord import records

    found = written(options.folder)
    return records(found.reports.values(), found.sentences.values(), found.events)


def _stored(path: Path) -> dict[str, Record]:
    """The same from a store, some reports at a time: it may hold more than fits in memory."""
    from annotate.store import open_store
    from annotate.trackrecord import Ledger
    from annotate.write import claim_line, event_line

    with open_store(path) as store:
        ledger = Ledger(map(event_line, store.events()))
        names = store.report_ids()
        for start in range(0, len(names), _BATCH):
            reports = store.reports(names[start : start + _BATCH])
            dates = {report.id: report.date for report in reports}
            claims = store.claims(reports, speaking=True)
            judged = store.verdicts([claim.ref for claim in claims])
            for claim in claims:
                known = judged.get(claim.ref)
                told = replace(claim, contest=known.contest, credibility=known.credibility) if known else claim
                ledger.enter(claim_line(told), dates[claim.sentence.report])
    return ledger.records()


def _empty() -> Record:
    from annotate.trackrecord import Record

    return Record()


def _own(records: Mapping[str, Record], source: str) -> dict[str, Any]:
    return (records.get(source) or _empty()).to_json()


def _json(row: Source | Party | Place) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(row)
