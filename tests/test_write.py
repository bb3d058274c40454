"""The output contract, key by key, and files that appear whole or not at all."""

import csv
import json
import os

import pytest

from annotate.document import (
    Agent,
    Block,
    Claim,
    Count,
    Credibility,
    Dispute,
    Event,
    FacetContest,
    Locus,
    Maybe,
    Quiet,
    Report,
    Sentence,
    Side,
    Span,
    Speaker,
    Tags,
)  # fmt: skip
from annotate.errors import AnnotateError
from annotate.write import check, claim_line, event_line, report_line, write

TEXT = "The ministry denied that its jets hit the convoy."
CLAIM = Claim(
    sentence=Sentence("r1", 3, 10, 10 + len(TEXT), TEXT, Block("update", "18:30Z", 1, 2)),
    tags=Tags(
        types=("attack", "responsibility"),
        stance="official",
        assertion="denies",
        type_scores={"attack": 0.98765},
        stance_scores={"official": 0.9},
        assertion_scores={"denies": 0.8},
        continues=0.1,
        sources=(Span(10, 22, "The ministry"),),
        cues=(Span(23, 29, "denied"),),
    ),
    stance="official",
    speaker=Speaker("ministry", "carried", "the-ministry", "regime", from_=1),
    agents=(Agent(Span(35, 43, "its jets"), "regime"),),
    places=(Locus(Span(48, 58, "the convoy"), None),),
    counts=(Count(Span(10, 13, "The"), "killed", "people", 2, None),),
    event="e1",
    contest=(FacetContest("agent", "contested", ("denied",), (("r1", 1),)),),
    credibility=Credibility("C", 4, "agent contested by another source"),
)
EVENT = Event(
    "e1", "Somewhere, attack", None, "2016-12-07", ("attack",), (("r1", 1), ("r1", 3)), "contested",
    (Dispute("agent", "contested", ("denied",), (Side("regime", (("r1", 1),), ("monitor",), ("ngo",), 1),),
             (Quiet("superseded", (("r1", 2),)),)),),
    (Maybe("e4", 0.2345678),),
)  # fmt: skip


def test_a_claim_line_has_the_keys_of_the_contract():
    line = claim_line(CLAIM)
    assert list(line) == [
        "report", "sentence", "start", "end", "text", "block", "types", "type_scores", "stance", "stance_scores",
        "assertion", "assertion_scores", "abstained", "speaker", "source", "cue", "agents", "places", "counts", "event",
        "contest", "credibility",
    ]  # fmt: skip
    assert line["block"] == {"kind": "update", "time": "18:30Z"}
    assert line["speaker"] == {
        "name": "ministry", "id": "the-ministry", "side": "regime", "state": "carried", "from": 1, "via": None,
    }  # fmt: skip
    assert line["source"] == {"start": 10, "end": 22, "text": "The ministry"}
    assert line["agents"] == [{"start": 35, "end": 43, "text": "its jets", "party": "regime"}]
    assert line["places"] == [{"start": 48, "end": 58, "text": "the convoy", "place": None}]
    assert line["counts"][0] | {"start": 0, "end": 0, "text": ""} == {
        "start": 0, "end": 0, "text": "", "what": "killed", "who": "people", "low": 2, "high": None,
    }  # fmt: skip
    assert line["contest"] == {
        "level": "contested",
        "facets": [{"facet": "agent", "level": "contested", "reasons": ["denied"], "against": [["r1", 1]]}],
    }
    assert line["credibility"] == {"source": "C", "information": 4, "why": "agent contested by another source"}
    assert line["type_scores"] == {"attack": 0.9877}


def test_an_event_line_has_the_keys_of_the_contract():
    line = event_line(EVENT)
    assert list(line) == ["event", "title", "place", "date", "types", "claims", "level", "facets", "maybe"]
    (facet,) = line["facets"]
    assert list(facet) == ["facet", "level", "reasons", "sides", "quiet"]
    assert facet["sides"] == [
        {"value": "regime", "claims": [["r1", 1]], "speakers": ["monitor"], "stances": ["ngo"], "independent": 1}
    ]
    assert facet["quiet"] == [{"kind": "superseded", "claims": [["r1", 2]]}]
    assert line["maybe"] == [{"event": "e4", "probability": 0.2346}]


def test_a_report_line_has_the_keys_of_the_contract():
    line = report_line(Report("r1", "Öl 🔥"))
    assert list(line) == ["report", "text", "sha256", "title", "outlet", "date", "url"]
    assert len(line["sha256"]) == 64


def test_four_files_are_written_and_read_back(tmp_path):
    write(tmp_path / "out", [Report("r1", TEXT)], [CLAIM], [EVENT])
    assert sorted(os.listdir(tmp_path / "out")) == ["claims.csv", "claims.jsonl", "events.jsonl", "reports.jsonl"]
    lines = (tmp_path / "out" / "claims.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [json.loads(json.dumps(claim_line(CLAIM)))]
    with (tmp_path / "out" / "claims.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["reasons"] == "agent: denied"


def test_a_cell_is_never_a_formula(tmp_path):
    from dataclasses import replace

    evil = replace(CLAIM, sentence=replace(CLAIM.sentence, text="=HYPERLINK(1)"))
    write(tmp_path, [], [evil], [])
    assert "'=HYPERLINK(1)" in (tmp_path / "claims.csv").read_text(encoding="utf-8")


def test_what_breaks_half_way_leaves_nothing_behind(tmp_path):
    def claims():
        yield CLAIM
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, [], claims(), [])
    assert not list(tmp_path.glob("*claims*"))


def test_a_folder_that_cannot_be_written_to_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(AnnotateError, match=r"file.*cannot be written to"):
        check(tmp_path / "file" / "out")
