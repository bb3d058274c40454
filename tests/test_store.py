"""Claims of earlier batches: what a new report changes, and that nothing is lost or told twice."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import pytest
from marked import story
from told import registry

from annotate import blocking, known
from annotate.cli import main
from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.gold import read_exports, tags_of, trimmed
from annotate.pipeline import claims_of, relate
from annotate.store import open_store

duckdb = pytest.importorskip("duckdb")

SEEDS = Path(__file__).resolve().parents[1] / "seeds"


@cache
def corpus():
    """The written reports and the seeds with their claims, as annotators tagged them."""
    found = []
    for gold in trimmed(read_exports([SEEDS / "gold.json", SEEDS / "written.json"])):
        sentences = [labelled.sentence for labelled in gold.sentences]
        found.append((gold.report, claims_of(gold.report, sentences, [tags_of(s) for s in gold.sentences], registry())))
    return found


def told(*lines, **about):
    one = story(*lines, **about)
    return one.report, claims_of(one.report, one.sentences, one.tags, registry())


def put(store, *batch):
    return known.add(
        store, [report for report, _ in batch], [claim for _, claims in batch for claim in claims], registry()
    )


def found(claims, events):
    """All that is said of claims and events, an event named by its claims and not by its id."""
    events = list(events)
    refs = {event.id: event.claims for event in events}
    return (
        {claim.ref: (claim.contest, claim.credibility, claim.event is None) for claim in claims},
        {
            (event.claims, event.title, event.place, event.date, event.types, event.level, event.facets, doubted)
            for event in events
            for doubted in [frozenset((refs[one.event], round(one.probability, 4)) for one in event.maybe)]
        },
    )


def at_once(batch):
    whole = relate([report for report, _ in batch], [c for _, claims in batch for c in claims], registry())
    return found(whole.claims, whole.events)


def bit_by_bit(path, batch, chance):
    """The same, added in a random order in batches of random size, the store closed in between."""
    batch = chance.sample(batch, len(batch))
    while batch:
        size = chance.randint(1, 12)
        with open_store(path, new=True) as store:
            put(store, *batch[:size])
        batch = batch[size:]
    with open_store(path) as store:
        return found(known.settled(store, store.reports(store.report_ids())), store.events())


@pytest.mark.slow
def test_a_store_filled_in_any_order_says_what_one_run_over_all_says(tmp_path):
    assert bit_by_bit(tmp_path / "s", corpus(), random.Random(0)) == at_once(corpus())


@pytest.mark.parametrize("seed", range(3))
def test_also_where_blocks_grow_crowded_and_fall_silent(tmp_path, monkeypatch, seed):
    batch = [pair for pair in corpus() if "written-012" <= pair[0].id <= "written-033" or pair[0].id < "w"]
    loose = at_once(batch)
    monkeypatch.setattr(blocking, "CROWD", 4)
    once = at_once(batch)
    assert once != loose  # else nothing was crowded
    assert bit_by_bit(tmp_path / "c.duckdb", batch, random.Random(seed)) == once


HIT = "[attack|pro-opposition] {S Rebels} {Q said} shells hit {P the hospital in Saraqib} on Tuesday."
DENIED = (
    "[attack|official|denies] {S The defence ministry} {Q denied} that {P the hospital in Saraqib} was hit on Tuesday."
)
OTHER = "[diplomacy|official] {S The parliament} {Q said} it would vote on a budget for roads."
DAY = "2016-12-07"


def test_a_new_report_contests_a_known_claim(tmp_path):
    with open_store(tmp_path / "s", new=True) as store:
        assert put(store, told(HIT, id="one", date=DAY)) == []
        assert put(store, told(OTHER, id="two", date=DAY)) == []
        changes = put(store, told(DENIED, id="three", date=DAY))
        (target,) = (change for change in changes if change.facet == "target")
        assert (target.ref, target.before, target.by) == (("one", 0), "unconfirmed", (("three", 0),))
        assert (target.after.level, target.after.reasons) == ("contested", ("denied",))


def test_what_may_be_one_is_told_of_both():
    batch = [pair for pair in corpus() if "written-012" <= pair[0].id <= "written-022"]
    whole = relate([report for report, _ in batch], [c for _, claims in batch for c in claims], registry())
    doubts = {(event.id, other.event): other.probability for event in whole.events for other in event.maybe}
    assert doubts
    assert doubts == {(other, one): probability for (one, other), probability in doubts.items()}
    assert {one for one, _ in doubts} <= {event.id for event in whole.events}
    assert all(one != other and 0 < probability < 1 for (one, other), probability in doubts.items())
    for event in whole.events:
        assert [other.probability for other in event.maybe] == sorted(
            (o.probability for o in event.maybe), reverse=True
        )


def test_an_event_keeps_its_id(tmp_path):
    with open_store(tmp_path / "s", new=True) as store:
        put(store, told(OTHER.replace("[diplomacy", "[attack,diplomacy"), id="zero", date=DAY))
        put(store, told(HIT, id="one", date=DAY))
        (before,) = (event.id for event in store.events() if ("one", 0) in event.claims)
        put(store, told(DENIED, id="a", date="2016-12-06"))
        (after,) = (event.id for event in store.events() if ("one", 0) in event.claims)
        assert before == after


def test_the_last_of_several_changes_is_told():
    def change(before, level):
        after = known.FacetContest("target", level, ())
        return known.Change(("old", 1), "target", before, after, "e1", (("new", 0),))

    there = known.collapse([change("none", "contested"), change("contested", "unconfirmed")], {"new"})
    assert [(c.before, c.after.level) for c in there] == [("none", "unconfirmed")]
    assert known.collapse([change("none", "contested"), change("contested", "none")], {"new"}) == []
    assert known.collapse([change("none", "contested")], {"old"}) == []


# The command, on the seeds: one report after the other, with the shipped model.

FIRST, SECOND = (str(path) for path in sorted(SEEDS.glob("0*.txt")))


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "annotate", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory):
    """A store of both seeds, added one by one, what it wrote, and what one run writes."""
    folder = tmp_path_factory.mktemp("seeds")
    for path in (SECOND, FIRST):
        done = run("tag", path, "--store", folder / "s", "-o", folder / "grown")
        assert done.returncode == 0, done.stderr
    assert run("tag", FIRST, SECOND, "-q", "-o", folder / "once").returncode == 0
    return folder


def test_what_a_store_writes_is_what_one_run_writes(seeds):
    def without_ids(folder):
        claims = {(row["report"], row["sentence"]): row for row in lines(seeds / folder / "claims.jsonl")}
        events = lines(seeds / folder / "events.jsonl")
        refs = {row["event"]: row["claims"] for row in events}
        assert any(row["maybe"] for row in events)
        maybe = [[{**one, "event": refs[one["event"]]} for one in row["maybe"]] for row in events]
        events = [{**row, "event": "", "maybe": sorted(one, key=str)} for row, one in zip(events, maybe, strict=True)]
        claims = {ref: {**row, "event": row["event"] and ""} for ref, row in claims.items()}
        return claims, sorted(events, key=str), {row["report"]: row for row in lines(seeds / folder / "reports.jsonl")}

    assert without_ids("grown") == without_ids("once")
    assert (seeds / "grown" / "claims.csv").read_text().count("\n") == (
        seeds / "once" / "claims.csv"
    ).read_text().count("\n")


def test_a_known_text_changes_nothing_under_any_name(seeds, tmp_path):
    copy = tmp_path / "copy.txt"
    copy.write_bytes(Path(FIRST).read_bytes())
    before = (seeds / "s").read_bytes()
    done = run("tag", copy, FIRST, "--store", seeds / "s")
    assert (done.returncode, "0 new reports, 2 known already; the store holds 2" in done.stdout) == (0, True)
    assert (seeds / "s").read_bytes() == before


def test_another_text_under_a_known_id_is_refused(seeds, tmp_path):
    (tmp_path / "seed-000.txt").write_text("Rebels said three shells hit the market in Saraqib.")
    done = run("tag", tmp_path / "seed-000.txt", "--store", seeds / "s")
    assert done.returncode == 2
    assert done.stderr == "annotate: seed-000: the store knows another text under this id; give this one another\n"


BASE, ROAD = ["seed-000", 44], ["seed-004", 12]  # "denied that the base itself was struck", "left passage ways open"


@pytest.mark.parametrize(
    ("asked", "refs"),
    [
        ([], [BASE, ROAD]),
        (["--place", "Damascus"], [BASE]),
        (["--place", "aleppo"], [ROAD]),
        (["--date", "2016-12-07"], [BASE]),
        (["--since", "2016-12-01"], [BASE]),
        (["--since", "2017-01-01"], []),
        (["--source", "Mayadeen"], [BASE]),
        (["--facet", "status"], [ROAD]),
        (["--facet", "agent"], []),
        (["--facet", "agent", "--level", "unconfirmed", "--source", "al-mayadeen"], [BASE]),
    ],
)
def test_disputes_are_found_by_place_day_source_facet_and_level(seeds, capsys, asked, refs):
    assert main(["disputes", "--store", str(seeds / "s"), "--json", *asked]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == len(refs) and all(ref in row["claims"] for row, ref in zip(rows, refs, strict=True))
    assert all(set(row["words"]) == {f"{report}:{number}" for report, number in row["claims"]} for row in rows)


def test_disputes_are_printed_with_both_sides_words(seeds, capsys):
    assert main(["disputes", "--store", str(seeds / "s"), "--place", "Mezzeh"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "1 contested event of 2 reports",
        "not hit: military source",
        "denied that the base itself was struck",
    ):
        assert words in printed


def test_a_source_that_nobody_knows_is_one_line(seeds, capsys):
    assert main(["disputes", "--store", str(seeds / "s"), "--source", "Zzyzx"]) == 2
    assert capsys.readouterr().err == "annotate: no source 'Zzyzx' speaks in the store\n"


def test_the_summary_says_which_flags_changed_and_in_whose_words(tmp_path, capsys):
    from rich.console import Console

    from annotate.batches import Added, tell

    with open_store(tmp_path / "s", new=True) as store:
        put(store, told(HIT, id="one", date=DAY))
        changes = put(store, told(DENIED, id="three", date=DAY))
        tell(store, Added(["three"], 1, 0, known.collapse(changes, {"three"})), Console(width=200))
    printed = capsys.readouterr().out
    assert "1 new report, 1 known already; the store holds 2" in printed
    assert "newly contested" in printed and "denied: one side denies it" in printed
    assert printed.index("known: Rebels") < printed.index("new: defence ministry")


# What can be wrong with the file.


def error(path, **how):
    with pytest.raises(AnnotateError) as raised:
        open_store(path, **how)
    assert "\n" not in str(raised.value)
    return str(raised.value).removeprefix(f"{path}: ")


def test_no_file(tmp_path):
    assert error(tmp_path / "none") == "no such store"


@pytest.mark.parametrize("content", [b"Rebels said so.\n" * 400, bytes(range(256)) * 80])
def test_a_file_that_is_no_store(tmp_path, content):
    (tmp_path / "s").write_bytes(content)
    assert error(tmp_path / "s", new=True) == error(tmp_path / "s") == "is no store of claims"
    assert (tmp_path / "s").read_bytes() == content


def test_a_database_of_others(tmp_path):
    with duckdb.connect(str(tmp_path / "s")) as other:
        other.execute("CREATE TABLE claim (a INTEGER)")
    assert error(tmp_path / "s", new=True) == "is no store of claims"


@pytest.mark.parametrize("change", ["format = 99", "format = 0", "shape = 'other'"])
def test_a_store_of_another_version(tmp_path, change):
    open_store(tmp_path / "s", new=True).__exit__()
    with duckdb.connect(str(tmp_path / "s")) as raw:
        raw.execute(f"UPDATE store SET {change}, version = '9.9'")
    assert error(tmp_path / "s", new=True).startswith("written by annotate 9.9 in another form than ")


@pytest.mark.parametrize("how", [{"new": True}, {}], ids=["to write", "to read"])
def test_two_processes_at_once(tmp_path, how):
    code = f"from annotate.store import open_store; from pathlib import Path; s = open_store(Path({str(tmp_path / 's')!r}), new=True); print(1, flush=True); input()"  # noqa: E501
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        other.stdout.readline()
        assert error(tmp_path / "s", **how) == "in use by another process; try again when it is done"
        other.communicate("\n")
    open_store(tmp_path / "s", **how).__exit__()


ADDING = """
import sys
sys.path[:0] = {paths!r}
from pathlib import Path
from test_store import DENIED, HIT, OTHER, put, told
from annotate.store import open_store
with open_store(Path({path!r}), new=True) as store:
    lines = enumerate((HIT, DENIED, OTHER) * 12)
    batch = [told(line, id=f"r{{n}}", date="2016-12-07") for n, line in lines]
    print(flush=True)
    for n in range(0, len(batch), 3):
        if batch[n][0].id not in store:
            put(store, *batch[n : n + 3])
"""


@pytest.mark.slow
def test_a_crash_at_any_moment_loses_nothing_and_repeats_nothing(tmp_path):
    """Batches of three are added until the process is killed, again and again; each is whole in the store or absent."""
    path = tmp_path / "s"
    here = str(Path(__file__).parent)
    code = ADDING.format(paths=[here], path=str(path))
    chance = random.Random(7)
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(here).parent), here])}
    seen = 0
    for last in [False] * 4 + [True]:
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=env)
        process.stdout.readline()
        if not last:
            time.sleep(chance.random() * 0.5)
            process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with open_store(path, new=True) as store:
            ids = store.report_ids()
            claims = known.settled(store, store.reports(ids))
        assert len(ids) % 3 == 0 and len(ids) >= seen and len(set(ids)) == len(ids) == len(claims)
        seen = len(ids)
    assert seen == 36
    batch = [told(line, id=f"r{n}", date="2016-12-07") for n, line in enumerate((HIT, DENIED, OTHER) * 12)]
    with open_store(path) as store:
        assert found(claims, store.events()) == at_once(batch)


def test_what_is_broken_while_it_is_written_is_taken_back(tmp_path, monkeypatch):
    with open_store(tmp_path / "s", new=True) as store:
        put(store, told(HIT, id="one", date=DAY))
        with monkeypatch.context() as patch, pytest.raises(RuntimeError):
            patch.setattr(type(store), "judge", lambda *_: (_ for _ in ()).throw(RuntimeError))
            put(store, told(DENIED, id="three", date=DAY))
        assert (len(store), "three" in store) == (1, False)
        assert put(store, told(DENIED, id="three", date=DAY))


def test_odd_letters_come_back_as_they_were(tmp_path):
    report = Report("odd", "A lone \ud800 and a \0.", title="t\ud800", date=None)
    with open_store(tmp_path / "s", new=True) as store:
        known.add(store, [report], [], registry())
        assert store.reports(["odd"])[0].text == report.text
        assert store.known(report) == "odd"
