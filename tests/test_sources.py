"""``annotate sources``: look up, check and extend the registry, and see what became of each source's claims."""

import json
from dataclasses import replace
from datetime import date

import pytest
from marked import story
from test_registry import TABLES, write
from told import registry, together

from annotate.assets import REGISTRY
from annotate.cli import main
from annotate.enter import inserted, short
from annotate.faults import faults
from annotate.registry import Registry
from annotate.trackrecord import missing, records
from annotate.write import claim_line, event_line, report_line
from annotate.write import write as save

MORNING = (
    "[casualty|ngo] {S SOHR} {Q said} 12 people were killed on Tuesday in {P Douma}.",
    "[attack|pro-opposition] {S The Local Coordination Committees} {Q said} rockets hit {P Hama air base} on Tuesday.",
    "[attack|witness] {S Bassam Qutub} {Q said} shells fell on {P Tell Mansour}.",
    "[attack|witness] {S residents} {Q said} shells fell on {P Saraqib}.",
)
EVENING = (
    "[casualty|ngo] {S SOHR} {Q said} 15 people were killed on Tuesday in {P Douma}.",
    "[attack|official|denies] {S The Syrian army} {Q denied} that {P Hama air base} was hit on Tuesday.",
    "[attack|ngo] {S The White Helmets} {Q said} rockets hit {P Hama air base} on Tuesday.",
    "[attack|witness] {S Bassam Qutub} {Q said} shells fell again.",
)


@pytest.fixture(scope="module")
def batch():
    return together(
        story(*MORNING, id="morning", date="2016-12-06"), story(*EVENING, id="evening", date="2016-12-07")
    ).batch


@pytest.fixture
def out(tmp_path, batch):
    save(tmp_path / "out", batch.reports, batch.claims, batch.events)
    return tmp_path / "out"


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    return write(
        folder, TABLES | {"parties.toml": TABLES["parties.toml"].replace('id = "rebels"', 'id = "resistance"')}
    )


def run(capsys, *arguments):
    """Exit status, printed lines and what went to the error stream."""
    status = main(["sources", *map(str, arguments)])
    said = capsys.readouterr()
    return status, said.out.splitlines(), said.err


# --- what became of the claims ---


def test_a_record_is_facts_and_no_score(batch):
    found = records(map(report_line, batch.reports), map(claim_line, batch.claims), map(event_line, batch.events))
    seen = {
        source: (record.reports, record.claims, record.contested, record.corroborated, record.corrected)
        for source, record in found.items()
    }
    assert seen == {
        "sohr": (2, 2, 0, 0, 1),  # its evening figure takes the place of the morning's
        "lcc": (1, 1, 1, 1, 0),  # denied by the army, said by the White Helmets too
        "white-helmets": (1, 1, 1, 1, 0),
        "syrian-army": (1, 1, 1, 0, 0),
    }
    assert found["lcc"].contested_by == {"denied": 1}
    assert (found["sohr"].first, found["sohr"].last) == ("2016-12-06", "2016-12-07")


def test_an_unknown_name_is_listed_and_a_description_is_not(batch):
    lines = [claim_line(claim) for claim in batch.claims]
    assert [(row.name, row.times, row.reports, row.example) for row in missing(lines)] == [
        ("Bassam Qutub", 2, 2, ("morning", 2))
    ]
    assert [row.name for row in missing(lines, "places")] == ["Tell Mansour"]


def test_show_with_the_record_of_a_folder(capsys, out):
    status, said, _ = run(capsys, "show", "the White Helmets", "--in", out)
    assert status == 0
    text = " ".join(" ".join(said).split())
    assert "White Helmets source white-helmets" in text
    assert "reliability C, fairly reliable" in text
    assert "heard 1 claim in 1 report, 2016-12-07; named in 1" in text
    assert "contested 1 (denied 1)" in text


def test_record_and_missing_of_a_folder(capsys, out):
    status, said, _ = run(capsys, "record", out, "--json")
    assert (status, json.loads(said[0])["source"]) == (0, "sohr")
    status, said, _ = run(capsys, "record", out)
    assert said[1].split() == ["Syrian", "Observatory", "for", "Human", "Rights", "ngo", "neutral", "2", "2", "1"]
    status, said, _ = run(capsys, "missing", out)
    assert [line.split() for line in said[1:]] == [["Bassam", "Qutub", "morning:2", "2", "2"]]


def test_a_store_knows_the_same_as_a_folder(capsys, tmp_path, batch, monkeypatch):
    """Also where it is read a report at a time."""
    pytest.importorskip("duckdb")
    from annotate import known, sources
    from annotate.store import open_store

    bare = [replace(claim, event=None, contest=(), credibility=None) for claim in batch.claims]
    with open_store(tmp_path / "claims.duckdb", new=True) as store:
        for report in batch.reports:
            known.add(store, [report], [claim for claim in bare if claim.ref[0] == report.id], registry())
    monkeypatch.setattr(sources, "_BATCH", 1)
    status, said, _ = run(capsys, "record", "--store", tmp_path / "claims.duckdb", "--json")
    assert status == 0
    found = {row.pop("source"): row for row in map(json.loads, said)}
    lines = map(report_line, batch.reports), map(claim_line, batch.claims), map(event_line, batch.events)
    assert found == {source: record.to_json() for source, record in records(*lines).items()}
    _, said, _ = run(capsys, "show", "white-helmets", "--store", tmp_path / "claims.duckdb", "--json")
    assert json.loads(said[0])["record"]["contested_by"] == {"denied": 1}


@pytest.mark.parametrize("arguments", [("record",), ("record", "out", "--store", "claims.duckdb")])
def test_a_record_is_of_a_folder_or_of_a_store(arguments):
    with pytest.raises(SystemExit):
        main(["sources", *arguments])


def test_a_folder_that_holds_no_run(capsys, tmp_path):
    status, _, error = run(capsys, "record", tmp_path)
    assert status == 2
    assert "reports.jsonl: cannot be read" in error


# --- looking up ---


def test_list_is_filtered(capsys):
    _, said, _ = run(capsys, "list", "--stance", "other-party", "--side", "kurdish", "--json")
    rows = [json.loads(line) for line in said]
    assert {"pyd", "ypg", "sdf"} <= {row["id"] for row in rows}
    assert {(row["stance"], row["side"]) for row in rows} == {("other-party", "kurdish")}
    _, said, _ = run(capsys, "list", "--kind", "party", "--side", "houthis")
    assert [line.split()[0] for line in said] == ["id", "houthis", "1"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("sana", ["source sana"]),
        ("Kfar Zeita", ["place kafr-zita"]),
        ("the Syrian army and the White Helmets", ["source syrian-army", "source white-helmets"]),
        ("a Hezbollah commander", ["source hezbollah", "party hezbollah"]),
    ],
)
def test_show_takes_an_id_or_a_name_as_it_stands(capsys, name, found):
    _, said, _ = run(capsys, "show", name, "--json")
    assert [" ".join((row["row"], row["id"])) for row in map(json.loads, said)][: len(found)] == found


def test_show_of_nobody(capsys):
    status, _, error = run(capsys, "show", "the Ministry of Silence")
    assert (status, error) == (2, "annotate: 'the Ministry of Silence' links to nothing in the registry\n")


# --- checking ---


def test_nothing_is_wrong_with_the_shipped_registry(capsys):
    assert run(capsys, "check")[:2] == (0, [])


def test_every_fault_has_a_line_of_its_own(capsys, own):
    table = (own / "sources.toml").read_text(encoding="utf-8")
    table = table.replace('stance = "official"', 'stance = "oficial"').replace('partners = ["army"]', 'side = "mars"')
    (own / "sources.toml").write_text(table, encoding="utf-8")
    places = (own / "places.csv").read_text(encoding="utf-8").replace("33.5", "133.5")
    (own / "places.csv").write_text(places + "alley,Alley,,,hamlet,syria,,,own,2016-01-01\n", encoding="utf-8")
    status, said, _ = run(capsys, "check", own)
    assert status == 2
    assert [line.removeprefix(f"{own}/").split(" (")[0] for line in said] == [
        "sources.toml:2: source army: unknown stance 'oficial'",
        "sources.toml:11: source radio: unknown side 'mars'",
        "places.csv:3: 133.5 degrees is off the globe",
        "places.csv:4: unknown kind 'hamlet'",
        "places.csv:4: alley stands after town; rows are sorted by id",
    ]
    assert len(run(capsys, "check", own / "places.csv")[1]) == 3


def test_a_name_that_finds_another_row_is_a_fault(own):
    assert faults(own) == []
    table = (own / "sources.toml").read_text(encoding="utf-8")
    (own / "sources.toml").write_text(
        table.replace('name = "Radio"', 'name = "Radio"\nwhole = ["Army"]'), encoding="utf-8"
    )
    assert faults(own) == [f"{own}/sources.toml:12: radio: the name 'Army' finds army"]


@pytest.mark.parametrize("path", ["notes.txt", "sources.csv"])
def test_a_file_that_is_no_table(capsys, tmp_path, path):
    (tmp_path / path).write_text("", encoding="utf-8")
    status, _, error = run(capsys, "check", tmp_path / path)
    assert status == 2
    assert "the registry's tables are sources.toml, parties.toml, places.csv, wars.toml" in error


# --- adding ---

ROW = ("--name", "Radio Bankside", "--stance", "media", "--reliability", "C", "--basis", "Local station.")


def test_add_puts_the_row_in_its_place_and_leaves_the_rest(capsys, own):
    before = (own / "sources.toml").read_text(encoding="utf-8")
    before = before.replace('[[source]]\nid = "radio"', '# The station.\n[[source]]\nid = "radio"')
    (own / "sources.toml").write_text(before, encoding="utf-8")
    status, said, _ = run(capsys, "add", "--registry", own, "--id", "bankside", *ROW, "--alias", "Bankside FM")
    assert (status, said) == (0, [f"bankside added to {own}/sources.toml"])
    after = (own / "sources.toml").read_text(encoding="utf-8")
    row = (
        '[[source]]\nid = "bankside"\nname = "Radio Bankside"\naliases = ["Bankside FM"]\nstance = "media"\n'
        f'reliability = "C"\nbasis = "Local station."\ndate = {date.today()}\n\n'
    )
    assert after == before.replace("# The station.", row + "# The station.")
    assert Registry.load(own).source("Bankside FM").id == "bankside"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--alias", "State Radio"), "'State Radio' is a name of 'radio' already"),
        (("--id", "army"), "the id stands twice"),
        (("--side", "regmie"), "unknown side 'regmie' (known: "),
        (("--partner", "navy"), "the partner 'navy' is no other source"),
    ],
)
def test_a_row_that_breaks_the_rules_is_not_added(capsys, own, more, told):
    before = (own / "sources.toml").read_bytes()
    status, said, error = run(capsys, "add", "--registry", own, *ROW, *more)
    assert (status, said) == (2, [])
    assert told in error
    assert error.count("\n") == 1
    assert (own / "sources.toml").read_bytes() == before


def test_add_without_a_terminal_says_what_is_missing(capsys, own, monkeypatch):
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    status, _, error = run(capsys, "add", "--registry", own, "--name", "Radio Bankside")
    assert (status, error) == (2, "annotate: sources add: give --stance, --reliability, --basis\n")


def test_add_asks_on_a_terminal(capsys, own, monkeypatch):
    answers = iter(["Radio Bankside", "media", "", "C", "Local station."])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: next(answers))
    assert run(capsys, "add", "--registry", own)[0] == 0
    assert Registry.load(own).source("Radio Bankside").id == "radio-bankside"


def test_a_registry_of_ones_own_begins_with_the_shipped_rows(capsys, tmp_path):
    assert run(capsys, "add", "--registry", tmp_path / "mine", *ROW)[0] == 0
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["sources.toml"]
    mine, shipped = Registry.load(tmp_path / "mine"), Registry.load()
    assert mine.all_sources.keys() - shipped.all_sources.keys() == {"radio-bankside"}
    assert mine.all_places == shipped.all_places


def test_the_shipped_table_survives_a_round_trip():
    text = (REGISTRY / "sources.toml").read_text(encoding="utf-8")
    row = {"id": "aaa", "name": "Aaa", "stance": "media", "reliability": "C", "basis": "None."}
    after = inserted(text, row, date(2016, 12, 7))
    assert (
        after.replace(after[after.index('[[source]]\nid = "aaa"') : after.index('[[source]]\nid = "abc-')], "") == text
    )


@pytest.mark.parametrize(
    ("name", "made"),
    [("Médecins du Monde", "medecins-du-monde"), ("B'Tselem", "btselem"), ("Channel 4 (UK)", "channel-4-uk")],
)
def test_an_id_is_made_of_the_name(name, made):
    assert short(name) == made


# --- a registry of one's own ---


def test_the_environment_names_the_registry_of_every_command(capsys, own, monkeypatch):
    monkeypatch.setenv("ANNOTATE_REGISTRY", str(own))
    _, said, _ = run(capsys, "list", "--json")
    assert [json.loads(line)["id"] for line in said] == ["army", "radio"]
