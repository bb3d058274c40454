"""The labelled data that the project ships: it loads, it fits its texts, and it has something to teach."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from annotate.document import Span
from annotate.gold import GoldReport, GoldSentence, read_exports
from annotate.labels import ASSERTIONS, STANCES, TYPES

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
TEXTS = {
    "seed-000": ("000_060b8275ecc95bc6.txt", "1e6cf7ed3df096e6f010ec70986ca382014fc39c6f3e37e9fa029194a2ccc513"),
    "seed-004": ("004_f6f701f2a28c6a1d.txt", "9b4c4946cf6d0df1d4203030f8d7f631a486f76d02435a987764193fa5e96603"),
}
WRITTEN = ("written.json", "written-kept.json")  # to learn from, and kept apart
FACETS = {
    "occurrence", "target", "agent", "means", "origin", "casualties", "time", "place", "control", "status",
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> list[GoldReport]:
    return sorted(read_exports(SEEDS / name for name in WRITTEN), key=lambda report: report.report.id)


@pytest.fixture(scope="module")
def gold() -> list[GoldReport]:
    return read_exports([SEEDS / "gold.json"])


@pytest.fixture(scope="module")
def sentences(written: list[GoldReport]) -> list[GoldSentence]:
    return [sentence for report in written for sentence in report.sentences]


@pytest.fixture(scope="module")
def relations() -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SEEDS / "relations.jsonl").read_text(encoding="utf-8").splitlines()]


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as lines:
        return {row["id"]: row for row in csv.DictReader(lines)}


def tasks(name: str) -> list[dict[str, Any]]:
    export: list[dict[str, Any]] = json.loads((SEEDS / name).read_text(encoding="utf-8"))
    return export


@pytest.mark.parametrize("report", sorted(TEXTS))
def test_the_two_seed_reports_are_as_supplied(report: str) -> None:
    name, digest = TEXTS[report]
    assert hashlib.sha256((SEEDS / name).read_bytes()).hexdigest() == digest


def test_gold_covers_the_two_seed_reports(gold: list[GoldReport]) -> None:
    assert {report.report.id: len(report.sentences) for report in gold} == {"seed-000": 51, "seed-004": 100}
    for report in gold:
        assert (SEEDS / TEXTS[report.report.id][0]).read_text(encoding="utf-8") == report.report.text


FORMS = {
    "live blog", "stripped wire", "article", "statement", "monitor", "rights report", "investigation", "encyclopedia",
    "interviews",
}  # fmt: skip


def test_at_least_sixty_written_reports_each_of_another_outlet(written: list[GoldReport]) -> None:
    assert len(written) >= 60
    assert sum(len(report.sentences) for report in written) >= 1000
    assert all(15 <= len(report.sentences) <= 60 for report in written)
    assert len({report.report.outlet for report in written}) == len(written)
    assert {report.form for report in written} == FORMS


def test_a_tenth_is_kept_apart_in_every_war() -> None:
    learned, kept = ({report.report.id for report in read_exports([SEEDS / name])} for name in WRITTEN)
    assert len(kept) >= 10
    assert not learned & kept


def test_every_written_report_says_that_it_is_invented() -> None:
    assert all(task["data"]["invented"] is True for name in WRITTEN for task in tasks(name))


def test_texts_and_index_agree_with_the_tasks(written: list[GoldReport]) -> None:
    index = rows(SEEDS / "reports" / "index.csv")
    assert sorted(index) == sorted(report.report.id for report in written)
    assert sorted(row["file"] for row in index.values()) == sorted(p.name for p in (SEEDS / "reports").glob("*.txt"))
    for report in written:
        row = index[report.report.id]
        assert (SEEDS / "reports" / row["file"]).read_bytes().decode("utf-8") == report.report.text
        assert (row["outlet"], row["date"], row["title"]) == (
            report.report.outlet, report.report.date, report.report.title,
        )  # fmt: skip


def test_the_seed_reports_stand_in_the_index() -> None:
    index = rows(SEEDS / "index.csv")
    assert {report: index[report]["file"] for report in TEXTS} == {report: name for report, (name, _) in TEXTS.items()}


@pytest.mark.parametrize("name", [*WRITTEN, "gold.json"])
def test_every_region_repeats_its_own_words(name: str) -> None:
    for task in tasks(name):
        text = task["data"]["text"]
        for item in task["annotations"][0]["result"]:
            if item["type"] in ("labels", "choices"):
                value = item["value"]
                assert text[value["start"] : value["end"]] == value["text"], (task["data"]["report"], item["id"])


def test_spans_lie_inside_their_sentence(sentences: list[GoldSentence]) -> None:
    for labelled in sentences:
        spans: list[Span] = [*labelled.sources, *labelled.cues, *labelled.agents, *labelled.places]
        for span in spans:
            assert labelled.sentence.start <= span.start < span.end <= labelled.sentence.end
            assert span.text == span.text.strip()


def test_agents_and_places_have_no_leading_article(sentences: list[GoldSentence]) -> None:
    spans = [span for labelled in sentences for span in (*labelled.agents, *labelled.places)]
    assert not [span.text for span in spans if span.text.lower().startswith(("the ", "a ", "an "))]


def test_only_stamps_and_separators_stand_outside_the_sentences(written: list[GoldReport]) -> None:
    for report in written:
        text, end = report.report.text, 0
        for labelled in report.sentences:
            between = text[end : labelled.sentence.start].split("\n")
            assert not [s for s in map(str.strip, between) if s and s != "___" and not s[0].isdigit()]
            end = labelled.sentence.end
        assert text[end:] == "\n"


@pytest.mark.parametrize("label", TYPES)
def test_every_type_occurs(sentences: list[GoldSentence], label: str) -> None:
    assert sum(label in labelled.types for labelled in sentences) >= 90


@pytest.mark.parametrize("label", STANCES)
def test_every_stance_occurs(sentences: list[GoldSentence], label: str) -> None:
    assert Counter(labelled.stance for labelled in sentences)[label] >= 90


@pytest.mark.parametrize("label", ASSERTIONS)
def test_every_assertion_occurs(sentences: list[GoldSentence], label: str) -> None:
    assert Counter(labelled.assertion for labelled in sentences)[label] >= 90


def test_a_carried_speaker_is_named_earlier_and_not_carried_there(written: list[GoldReport]) -> None:
    for report in written:
        for labelled in report.sentences:
            if labelled.from_ is not None:
                assert labelled.from_ < labelled.sentence.index
                origin = report.sentences[labelled.from_]
                assert origin.sources and origin.from_ is None, (report.report.id, labelled.sentence.index)


def test_writer_and_lost_speakers_are_unattributed(sentences: list[GoldSentence]) -> None:
    nobody = [labelled for labelled in sentences if labelled.speaker in ("author", "unknown")]
    assert {labelled.stance for labelled in nobody} == {"unattributed"}
    assert {labelled.speaker for labelled in sentences if labelled.stance == "unattributed"} == {"author", "unknown"}


def test_relations_join_claims_about_one_event(
    written: list[GoldReport], gold: list[GoldReport], relations: list[dict[str, Any]]
) -> None:
    events = {r.report.id: [s.event for s in r.sentences] for r in (*written, *gold)}
    for pair in relations:
        (report_a, a), (report_b, b) = pair["a"], pair["b"]
        assert pair["rel"] in ("contradicts", "corroborates", "updates")
        assert pair.get("facet", "occurrence") in FACETS
        assert pair["why"]
        if report_a.startswith("written"):
            assert events[report_a][a] and events[report_a][a] == events[report_b][b], pair


def test_relations_inside_one_report_stand_in_the_export_too(
    written: list[GoldReport], relations: list[dict[str, Any]]
) -> None:
    for report in written:
        name = report.report.id
        inside = {(p["a"][1], p["b"][1], p["rel"]) for p in relations if p["a"][0] == p["b"][0] == name}
        assert set(report.relations) == inside


def test_disputes_run_across_reports(relations: list[dict[str, Any]]) -> None:
    across = [p for p in relations if p["rel"] == "contradicts" and p["a"][0] != p["b"][0]]
    facets = Counter(p["facet"] for p in across)
    assert all(facets[f] for f in ("occurrence", "target", "agent", "means", "casualties", "control", "status"))
    assert "origin" in {p["facet"] for p in relations if p["rel"] == "contradicts"}


@pytest.mark.parametrize(
    ("a", "b", "why_not"),
    [
        (("written-001", 2), ("written-002", 6), "23 dead replaces at least 19, from the same rescuers"),
        (("written-001", 28), ("written-001", 29), "31 dead on Tuesday, 58 on Monday"),
        (("written-001", 25), ("written-001", 26), "one side accepts the truce, the other rejects it"),
        (("written-008", 2), ("written-008", 36), "at least 112 and 130"),
        (("written-007", 3), ("written-007", 17), "34 bodies by nightfall, 41 the day after"),
        (("written-005", 6), ("written-001", 21), "the silo was held on the 13th and left by the 14th"),
    ],
)
def test_what_looks_like_a_dispute_and_is_none(
    relations: list[dict[str, Any]], sentences: list[GoldSentence], a: tuple[str, int], b: tuple[str, int], why_not: str
) -> None:
    claims = {(s.sentence.report, s.sentence.index): s for s in sentences}
    assert claims[a].types and claims[b].types
    assert not [p for p in relations if p["rel"] == "contradicts" and {tuple(p["a"]), tuple(p["b"])} == {a, b}], why_not


def names_in(table: object) -> set[str]:
    """Every name and alias at any depth, in small letters."""
    if isinstance(table, list):
        return {name for entry in table for name in names_in(entry)}
    if not isinstance(table, dict):
        return set()
    aliases = table.get("aliases") or []
    if isinstance(aliases, str):  # a CSV cell
        aliases = [alias.strip() for alias in re.split(r"[;|]", aliases)]
    own = [table["name"], *aliases] if isinstance(table.get("name"), str) else []
    return {str(name).casefold() for name in own} | {name for value in table.values() for name in names_in(value)}


def registry_names(folder: Path) -> set[str]:
    names: set[str] = set()
    for path in folder.glob("*.toml"):
        names |= names_in(tomllib.loads(path.read_text(encoding="utf-8")))
    for path in folder.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as lines:
            names |= names_in(list(csv.DictReader(lines)))
    return names


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", '[[source]]\nname = "Blue Vests"\naliases = ["the Vests"]\n'),
        ("b.toml", '[source.blue]\nname = "blue vests"\n'),
        ("c.csv", "id,name\nblue,Blue Vests\n"),
        ("d.csv", "id,name,aliases\nblue,The Vests,vests|Blue Vests\n"),
    ],
)
def test_a_name_in_a_registry_is_found(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert "blue vests" in registry_names(tmp_path)


def test_invented_names_are_not_in_the_registry(written: list[GoldReport]) -> None:
    invented = {str(report.report.outlet).casefold() for report in written}
    for report in written:
        for labelled in report.sentences:
            if labelled.speaker and labelled.speaker[0].isupper():
                invented.add(labelled.speaker.split(":")[0].casefold())
    assert "blue vests" in invented
    assert not invented & registry_names(SEEDS / "registry")
