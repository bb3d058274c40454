"""Label Studio without a server: reports to tasks, which report next, and annotations checked and mended."""

import json
from dataclasses import replace

import pytest
from exported import annotation, continues, relation, span, unit
from marked import story
from told import registry

from annotate.document import Claim, Event, FacetContest, Speaker
from annotate.gold import read_exports
from annotate.pipeline import claims_of
from annotate.studio.mend import mend
from annotate.studio.order import Candidate, random_order, teaching_order, to_hold_out
from annotate.studio.pull import checked
from annotate.studio.tasks import event_names, related, report_of, task_of

# --- tasks


def claims(*lines, speakers=(), **about):
    """A story and its claims; speakers in turn, else the author."""
    told = story(*lines, **about)
    heard = [*speakers, *[Speaker("author", "author")] * len(lines)]
    return told.report, [
        Claim(sentence, tags, tags.stance, heard[n])
        for n, (sentence, tags) in enumerate(zip(told.sentences, told.tags, strict=True))
    ]


def test_a_prediction_reads_back_as_the_claims_it_was_made_of(tmp_path):
    """Emoji and Arabic count one a code point, in the text and in Label Studio."""
    council = Speaker("council", "named")
    report, found = claims(
        "[attack,responsibility|pro-opposition|asserts] 🔥👨‍👩‍👧 {S The council} {Q said} {A jets} hit {P حلب}.",
        "[casualty|pro-opposition|hedges|continues] It may be nine.",
        speakers=(council, replace(council, state="carried", from_=0, via="Wire")),
        title="Strike",
        date="2020-03-01",
    )
    task = task_of(report, found, "v1")
    [prediction] = task["predictions"]
    path = tmp_path / "as-if-submitted.json"
    path.write_text(json.dumps([{"data": task["data"], "annotations": [annotation(*prediction["result"])]}]))
    [gold] = read_exports([path])
    assert gold.report == report == report_of(task["data"])
    first, second = gold.sentences
    assert (first.types, first.stance, first.assertion) == (("attack", "responsibility"), "pro-opposition", "asserts")
    spans = (*first.sources, *first.cues, *first.agents, *first.places)
    assert [s.text for s in spans] == ["The council", "said", "jets", "حلب"]
    assert (second.speaker, second.from_, second.assertion) == ("council (via Wire)", 0, "hedges")
    assert prediction["model_version"] == "v1"


def event(key, title, date=None):
    return Event(key, title, None, date, ("attack",), ())


def test_events_are_named_by_place_kind_and_day():
    found = [
        event("e1", "Mezzeh air base, attack", "2016-12-07"),
        event("e2", "Mezzeh air base, attack", "2016-12-08"),
        event("e3", "the ford,  attack"),
        event("e4", "The ford, attack"),
    ]
    assert event_names(found) == {
        "e1": "Mezzeh air base, attack, 2016-12-07",
        "e2": "Mezzeh air base, attack, 2016-12-08",
        "e3": "the ford, attack",
        "e4": "The ford, attack (2)",
    }


def test_claims_of_one_happening_come_with_one_event_and_the_annotators_own_word_comes_back(tmp_path):
    """In the gold a name is the same whatever its capitals and blanks."""
    strike = "[attack,casualty] {S Residents} {Q said} an air strike on {P Khan Sheikhoun} killed five on Tuesday."
    told = [story(strike, "They had been waiting.", id=name, date="2016-12-07") for name in ("one", "two")]
    read = [(t.report, claims_of(t.report, t.sentences, t.tags, registry())) for t in told]
    first, second = related(read, registry())
    name = "Khan Sheikhoun, attack, 2016-12-06"
    assert [[c.event for c in claims] for claims in (first, second)] == [[name, None], [name, None]]

    tasks = [task_of(t.report, found, "v1") for t, found in zip(told, (first, second), strict=True)]
    results = [task["predictions"][0]["result"] for task in tasks]
    [given] = [item for item in results[0] if item.get("from_name") == "event"]
    assert (given["type"], given["value"]["text"]) == ("textarea", [name])
    results[0].append(
        {**given, "id": "s001", "value": {**given["value"], "text": ["  KHAN  Sheikhoun, attack, 2016-12-06 "]}}
    )
    path = tmp_path / "as-if-submitted.json"
    made = [{"data": t["data"], "annotations": [annotation(*r)]} for t, r in zip(tasks, results, strict=True)]
    path.write_text(json.dumps(made))
    gold = read_exports([path])
    assert [[s.event for s in g.sentences] for g in gold] == [[name.casefold()] * 2, [name.casefold(), None]]


def test_a_held_out_report_has_its_sentences_and_nothing_else():
    task = task_of(*claims("[attack|official|denies] {S He} denied it.", "It was quiet."), "v1", held_out=True)
    assert task["data"]["held_out"] is True
    assert [item["from_name"] for item in task["predictions"][0]["result"]] == ["unit", "unit"]
    assert task["data"]["sentences"] == [[0, 13], [15, 28]]


def test_what_is_not_known_of_a_report_is_empty_and_not_missing():
    data = task_of(*claims("It was quiet."), "v1")["data"]
    assert (data["title"], data["outlet"], data["date"], data["url"]) == ("", "", "", "")


# --- which report next


def candidate(text, sure, *, held_out=False, contested=False):
    report, [claim] = claims(text)
    tags = replace(claim.tags, stance_scores={"official": sure, "ngo": 1 - sure})
    contest = (FacetContest("target", "contested", ("denied",)),) if contested else ()
    return Candidate(report.text, [replace(claim, tags=tags, contest=contest)], held_out)


def test_the_least_sure_come_first_and_disputed_ones_before_all():
    sure = candidate("The bridge fell on Monday.", 0.99)
    unsure = candidate("Talks broke off in the capital.", 0.5)
    disputed = candidate("Shells struck a market hall.", 0.9, contested=True)
    assert teaching_order([sure, unsure, disputed]) == [2, 1, 0]


def test_a_report_like_one_chosen_already_waits():
    first = candidate("Talks broke off in the capital.", 0.5)
    again = candidate("Talks broke off in the capital again.", 0.52)
    other = candidate("Shells struck a market hall.", 0.6)
    assert teaching_order([first, again, other]) == [0, 2, 1]


def test_held_out_reports_stand_evenly_among_the_others():
    names = [candidate(f"Report of day {n}.", 0.5 + n / 100, held_out=n % 5 == 0) for n in range(20)]
    order = teaching_order(names)
    assert sorted(order) == list(range(20))
    at = [place for place, n in enumerate(order) if n % 5 == 0]
    assert all(low <= place < low + 5 for place, low in zip(at, range(0, 20, 5), strict=True))


def test_a_random_order_does_not_hang_on_how_the_reports_were_given():
    some = [candidate(f"Report of day {n}.", 0.9) for n in range(12)]
    one = [some[n].text for n in random_order(some)]
    assert one == [some[::-1][n].text for n in random_order(some[::-1])]
    assert one != [c.text for c in some]


@pytest.mark.parametrize(
    ("share", "held", "there", "count"),
    [(0, 0, 0, 0), (0.2, 0, 0, 4), (1, 0, 0, 20), (0.2, 0, 10, 6), (0.2, 3, 10, 3), (0.2, 9, 10, 0)],
)
def test_the_held_out_share_is_that_of_the_whole_project(share, held, there, count):
    texts = [f"Report of day {n}." for n in range(20)]
    apart = to_hold_out(texts, share, held, there)
    assert len(apart) == count
    assert apart == to_hold_out(texts[::-1], share, held, there)
    assert apart <= to_hold_out(texts, 1)


# --- annotations

TEXT = "Rebels shelled the bridge. The ministry\ndenied it. It said nobody was hurt."
FIRST, SECOND, THIRD = (0, 26), (27, 50), (51, 75)
GIVEN = [FIRST, SECOND, THIRD]
A, B, C = list(unit("a", FIRST, ["attack"])), list(unit("b", SECOND)), list(unit("c", THIRD))
GOOD = [*A, *B, *C, span("b-0", 27, 39, "Source"), {**continues("c", "b"), "direction": "right"}]


def with_text(item, words, **place):
    return {**item, "value": {**item["value"], "text": words, **place}}


def places(found, control="unit"):
    return [(i["value"]["start"], i["value"]["end"]) for i in found.result if i.get("from_name") == control]


def links(found):
    return [(i["from_id"], i["to_id"], *i["labels"]) for i in found.result if i.get("type") == "relation"]


def test_what_is_right_is_left_alone():
    found = mend(TEXT, GIVEN, GOOD)
    assert (found.mended, found.dropped, found.refused) == ([], [], [])
    assert places(found) == GIVEN
    assert links(found) == [("c", "b", "continues")]


def test_the_page_writes_a_line_break_as_two_letters_and_that_is_no_change():
    found = mend(TEXT, GIVEN, [*A, with_text(B[0], "The ministry\\ndenied it."), *B[1:], *C])
    assert (found.mended, places(found)) == ([], GIVEN)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ((29, 52), "The ministry denied it."),  # counted in other units
        ((500, 523), "The ministry denied it."),
        ((26, 51), " The ministry\ndenied it. "),  # white space around it
        ((27, 49), "The ministry\ndenied it"),  # without its full stop
    ],
)
def test_a_moved_sentence_goes_back_to_where_its_words_are(place, words):
    found = mend(TEXT, GIVEN, [*A, with_text(B[0], words, start=place[0], end=place[1]), *B[1:], *C])
    assert not found.refused
    assert places(found) == GIVEN
    assert found.dropped == []


def test_words_that_stand_twice_or_nowhere_say_nothing_of_the_place():
    twice = "It rained. It rained."
    for words in ("It rained.", "It snowed."):
        found = mend(twice, [], [with_text(unit_, words, start=3, end=9) for unit_ in list(unit("a", (3, 9)))[:1]])
        assert found.result is None
        assert "region a is a sentence whose words do not stand in the text just once" in found.refused


def test_a_sentence_that_was_drawn_anew_stays_as_drawn():
    joined = list(unit("n", (27, 75), ["casualty"]))
    found = mend(TEXT, GIVEN, [*A, *joined])
    assert places(found) == [FIRST, (27, 75)]
    assert found.mended == ["region n was redrawn and stays so: “The ministry denied it. It said nobody w…”"]
    assert found.dropped == []


def test_a_deleted_sentence_is_told_of():
    found = mend(TEXT, GIVEN, [*A, *C])
    assert found.dropped == ["region s001 was deleted: “The ministry denied it.”"]
    assert places(found) == [FIRST, THIRD]


@pytest.mark.parametrize(
    ("extra", "line"),
    [
        (span("a", 0, 26, "Agent"), "region a is a sentence and was also marked as Agent"),
        (span("x", 19, 39, "Place"), "region x (Place) stands across the end of a sentence"),
        (relation("a", "b-0", "updates"), "the relation from a to b-0 does not lead from one sentence to another"),
        ({"type": "relation", "from_id": "a", "to_id": "b"}, "the relation from a to b has no label"),
        (continues("a", "b"), "the relation from a to b continues a later sentence"),
        (continues("c", "a"), "region c continues two sentences; the one of a is left out"),
        ({**relation("a", "b", "updates"), "direction": "bi"}, "the relation from a to b, updates, points both ways"),
        (
            {"id": "a", "from_name": "event", "value": {"text": ["ford", "mill"]}},
            "region a has more than one event; the first stands: ford",
        ),
        (
            {"id": "q", "from_name": "stance", "value": {"choices": ["ngo"]}},
            "region q has stance and no sentence",
        ),
    ],
)
def test_what_says_nothing_is_dropped_and_named(extra, line):
    found = mend(TEXT, GIVEN, [*GOOD, extra])
    assert not found.refused
    [told] = found.dropped
    assert told.startswith(line)
    assert links(found) == [("c", "b", "continues")]


@pytest.mark.parametrize(
    ("result", "line"),
    [
        ([*A, *unit("b", SECOND, stance="a friend"), *C], "region b has the unknown stance 'a friend'"),
        ([*A, *unit("b", SECOND, ["gossip"]), *C], "region b has the unknown claim_type 'gossip'"),
        ([*A, *B[:2], *C], "region b has no assertion"),
        ([*A, *B, B[1] | {"value": {"choices": ["ngo"]}}, *C], "region b has more than one stance"),
        ([*GOOD, relation("a", "b", "denies")], "the relation from a to b has the unknown label 'denies'"),
        ([*GOOD, span("x", 0, 6, "Weapon")], "region x has the unknown span label ['Weapon']"),
        ([*GOOD, {"id": "a", "from_name": "mood", "value": {}}], "region a comes from the unknown control 'mood'"),
        ([*GOOD, *unit("d", (30, 60))], "region d overlaps region b"),
        ([*A, *B, *C, {"id": "a", "from_name": "speaker", "value": {"text": 3}}], "region a has a speaker that is no"),
        ([], "no sentence is left in it"),
    ],
)
def test_what_breaks_the_codebook_is_refused_with_the_region(result, line):
    found = mend(TEXT, GIVEN, result)
    assert found.result is None
    assert [told for told in found.refused if told.startswith(line)], found.refused


def test_arrows_are_turned_to_point_right_and_one_pair_is_one_item():
    turned = {**continues("b", "c"), "direction": "left"}
    found = mend(TEXT, GIVEN, [*A, *B, *C, turned, relation("c", "a", "updates"), relation("c", "a", "contradicts")])
    assert links(found) == [("c", "b", "continues"), ("c", "a", "updates", "contradicts")]


def test_a_span_drawn_twice_is_one():
    found = mend(TEXT, GIVEN, [*GOOD, span("again", 27, 39, "Source")])
    assert places(found, "span") == [(27, 39)]


def test_a_speaker_given_as_plain_words_becomes_a_list():
    item = {"id": "a", "from_name": "speaker", "value": {"text": "the  rebels"}}
    found = mend(TEXT, GIVEN, [*GOOD, item])
    [speaker] = [i for i in found.result if i.get("from_name") == "speaker"]
    assert speaker["value"]["text"] == ["the rebels"]


def test_an_export_keeps_who_did_what_and_leaves_out_the_rest():
    data = {"report": "r", "text": TEXT, "sentences": GIVEN}
    task = {
        "id": 7,
        "project": 3,
        "data": data,
        "drafts": [{"result": GOOD}],
        "predictions": [1],
        "annotations": [
            {"id": 1, "completed_by": 5, "result": GOOD, "prediction": {"much": "more"}},
            {"id": 2, "completed_by": 6, "result": [], "was_cancelled": True},
            {"id": 3, "completed_by": 6, "result": []},
        ],
    }
    pulled = checked([task, {"id": 8, "data": {"picture": "cat.png"}, "annotations": []}])
    [kept] = pulled.tasks
    assert sorted(kept) == ["annotations", "data", "id", "project"]
    assert [(a["id"], a["completed_by"]) for a in kept["annotations"]] == [(1, 5)]
    assert "prediction" not in kept["annotations"][0]
    assert pulled.skipped == 1
    refused = [line for line in pulled.refused if line.endswith("no sentence is left in it")]
    assert refused == ["task 7 (report r), annotation 3: no sentence is left in it"]
    assert "task 8: no report of ours (it has no text)" in pulled.refused
