"""Time and memory of a store as it grows: `python tests/bench/grow.py --sizes 1000 10000`.

Reports are tagged once and then told again and again as other reports: on other days, of other places, with other names
and numbers of the same length, so that the offsets hold. Batches of them go into one store; at each size the next
single report is added by itself, and the store is asked for its disputes.
"""

from __future__ import annotations

import argparse
import pickle
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import regex

from annotate.document import Claim, Report
from annotate.frequencies import frequencies
from annotate.known import add
from annotate.registry import Registry
from annotate.store import open_store

ROOT = Path(__file__).resolve().parents[2]
STEP = 17  # days between two tellings
YEARS = 12  # over which they are spread
APART = 2600  # days between two tellings that share none
BATCH = 500  # reports added at a time
RARE = 5.0  # rarity from which on a capitalised word counts as a name


def main() -> None:
    """Tell, add, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", nargs="*", type=Path, default=[ROOT / "seeds" / "reports"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[1000, 10000])
    parser.add_argument("--tagged", type=Path, help="keep the tags of the reports in this file")
    parser.add_argument("--copies", type=int, help="at the end, copy the rows so often in all, and add one more")
    parser.add_argument(
        "--apart", action="store_true", help="tell on days of their own: reports have as many neighbours in any store"
    )
    parser.add_argument("--keep", type=Path, help="make the store here and leave it")
    options = parser.parse_args()
    registry = Registry.load()
    base = tagged(options.reports, options.tagged, registry)
    print(f"{len(base):,} reports, {sum(len(claims) for _, claims in base):,} sentences, told again and again")
    print(f"{'reports':>9}{'sentences':>11}{'ms each':>9}{'one more s':>12}{'by clock':>10}{'ask s':>7}{'file MB':>9}"
          f"{'peak MB':>9}")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "claims.duckdb"
        told = tellings(base, registry, apart=options.apart)
        sentences = known = 0
        for size in options.sizes:
            spent, begun_with = 0.0, known
            while known < size:
                batch = [next(told) for _ in range(min(BATCH, size - known))]
                sentences += sum(len(claims) for _, claims in batch)
                spent += put(path, batch, registry)[0]
                known += len(batch)
            line(path, known, sentences, spent / (known - begun_with), [next(told) for _ in range(5)], registry)
            known += 5
        if options.copies:
            copy(path, options.copies)
            line(
                path, known * options.copies, sentences * options.copies, 0.0, [next(told) for _ in range(5)], registry
            )


def line(
    path: Path, known: int, sentences: int, each: float, more: list[tuple[Report, list[Claim]]], registry: Registry
) -> None:
    """Add a few reports one by one, ask for disputes, print the figures."""
    cpu, clock = (statistics.median(times) for times in zip(*(put(path, [one], registry) for one in more), strict=True))
    begun = time.perf_counter()
    with open_store(path) as store:
        asked = sum(1 for _ in store.events("level = 'contested' AND date BETWEEN '2016-01-01' AND '2016-12-31'"))
    ask = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{known:9,}{sentences:11,}{1000 * each:9.1f}{cpu:12.2f}{clock:10.2f}{ask:7.2f}"
          f"{path.stat().st_size / 1e6:9.0f}{peak:9.0f}   {asked:,} contested that year", flush=True)  # fmt: skip


def put(path: Path, batch: list[tuple[Report, list[Claim]]], registry: Registry) -> tuple[float, float]:
    """Open the store, add reports, close it; seconds of the processor, which others may use too, and by the clock."""
    begun, clock = time.process_time(), time.perf_counter()
    with open_store(path, new=True) as store:
        add(store, [report for report, _ in batch], [claim for _, claims in batch for claim in claims], registry)
    return time.process_time() - begun, time.perf_counter() - clock


def copy(path: Path, times: int) -> None:
    """Tell all that a store knows so often in all, by rows: other days and words in the blocks, nothing judged anew."""
    import duckdb

    with duckdb.connect(str(path)) as db:
        (reports,) = db.execute("SELECT max(r) FROM report").fetchone()
        (events,) = db.execute("SELECT max(e) FROM event").fetchone()
        for n in range(1, times):
            far, on = n * reports * (1 << 20), n * (events + 1)
            for sql in (
                f"INSERT INTO report SELECT r + {n * reports}, id || '/{n}', md5(digest || '{n}'), text, title, "
                f"outlet, date, url FROM report WHERE r <= {reports}",
                f"INSERT INTO claim SELECT c + {far}, speaking, speaker, source, side, stance, data FROM claim "
                f"WHERE c < {(reports + 1) << 20}",
                f"INSERT INTO met SELECT CASE day WHEN 0 THEN hash(key + {n})::HUGEINT // 2 ELSE key END, "
                f"CASE day WHEN 0 THEN 0 ELSE day + {n * 101} END, CASE own WHEN 0 THEN 0 ELSE own + {n * 101} END, "
                f"c + {far} FROM met WHERE c < {(reports + 1) << 20}",
                f"INSERT INTO tie SELECT a + {far}, b + {far} FROM tie WHERE a < {(reports + 1) << 20}",
                f"INSERT INTO verdict SELECT c + {far}, home + {far}, event + {on}, contest, credibility FROM verdict "
                f"WHERE c < {(reports + 1) << 20}",
                f"INSERT INTO event SELECT e + {on}, place, date, level, data FROM event WHERE e <= {events}",
                f"INSERT INTO facet SELECT e + {on}, facet, level FROM facet WHERE e <= {events}",
            ):
                db.execute(sql)


def tagged(paths: list[Path], keep: Path | None, registry: Registry) -> list[tuple[Report, list[Claim]]]:
    """Reports with their claims, each text once, from the file where they are kept."""
    if keep and keep.is_file():
        return list(pickle.loads(keep.read_bytes()))
    from annotate.assets import MODEL
    from annotate.engine import load
    from annotate.pipeline import tagged as tag
    from annotate.read import read
    from annotate.tag import Tagger

    texts = {item.text: item for item in read(paths) if isinstance(item, Report)}
    found = list(tag(texts.values(), Tagger(load(MODEL)), registry))
    if keep:
        keep.write_bytes(pickle.dumps(found))
    return found


def tellings(
    base: list[tuple[Report, list[Claim]]], registry: Registry, *, apart: bool = False
) -> Iterator[tuple[Report, list[Claim]]]:
    """The reports, then the reports told otherwise, and so on."""
    kinds: dict[str, list[str]] = {}
    for place in registry.all_places.values():
        kinds.setdefault(place.kind, []).append(place.id)
    number = 0
    while True:
        chance = random.Random(number)
        other = {}
        for ids in kinds.values():
            moved = ids[:]
            chance.shuffle(moved)
            other.update(zip(ids, moved, strict=True))
        for report, claims in base:
            yield otherwise(report, claims, number, number * APART if apart else number * STEP % (365 * YEARS), other)
        number += 1


def otherwise(
    report: Report, claims: list[Claim], number: int, later: int, other: dict[str, str]
) -> tuple[Report, list[Claim]]:
    """One report with other names, numbers and places, so many days later."""
    name = f"{report.id}-{number}"
    text = renamed(report.text, number)
    moved = replace(report, id=name, text=text, date=shifted(report.date, later, report.id, name))
    told = [
        replace(
            claim,
            sentence=replace(claim.sentence, report=name, text=text[claim.sentence.start : claim.sentence.end]),
            place=other.get(claim.place, renamed(claim.place, number)) if claim.place else None,
            date=shifted(claim.date, later, report.id, name),
        )
        for claim in claims
    ]
    return moved, told


def renamed(text: str, number: int) -> str:
    """Other names and numbers of the same length."""

    def other(match: regex.Match[str]) -> str:
        word = match.group()
        if word[0].isdigit():
            return str((int(word) * 7 + number * 13) % 10 ** len(word)).rjust(len(word), "1")
        if frequencies().rarity(word.lower()) < RARE:
            return word
        letters = "abcdefghijklmnopqrstuvwxyz"
        turned = "".join(
            letters[(letters.index(x) + number * (at + 1)) % 26] if x in letters else x
            for at, x in enumerate(word.lower())
        )
        return turned.capitalize()

    return regex.sub(r"\b\p{Lu}\p{L}+\b|\b\d{2,4}\b", other, text) if number else text


def shifted(day: str | None, later: int, old: str, new: str) -> str | None:
    """A day so many on; one that is only named within its report stays within it."""
    if day is None or not later:
        return day.replace(old, new) if day else None
    try:
        moved = date.fromisoformat(day) + timedelta(days=later)
    except ValueError:
        return day.replace(old, new)
    return moved.isoformat()


if __name__ == "__main__":
    sys.exit(main())
