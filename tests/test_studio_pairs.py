"""Pairs of claims without a server: which come first, as tasks, and answers back as relations."""

import json
from dataclasses import replace

import pytest
from exported import annotation
from labelled import Row, labelled
from marked import story
from told import registry, together

from annotate.document import Block, Claim, Sentence, Speaker
from annotate.evaluate_events import Relation, read_relations
from annotate.gold import tags_of
from annotate.studio.pairs import Pair, Reading, is_pairs, prediction_of, task_of, teaching
from annotate.studio.pull_pairs import checked, save_pairs
from annotate.studio.tasks import digest

HIT = "[attack|pro-opposition] {S Activists} {Q said} rockets hit {P Hama air base} on Tuesday."
ALSO = "[attack|pro-regime] {S Al Mayadeen} {Q said} rockets hit {P Hama air base} on Tuesday night."
DENIED = "[attack|pro-regime|denies] {S A military source} {Q denied} that {P Hama air base} was hit on Tuesday."
FIVE = "[casualty|witness] {S Doctors} {Q said} five people were killed in {P Khan Sheikhoun} on Tuesday."
TALKS = "[diplomacy|official] {S The envoy} {Q urged} both sides to open the road to {P Daraya}."
DAY = "2016-12-07"  # a Wednesday


def read(*lines, dates=(DAY,) * 9):
    """One report a line, ``a`` and on, as read together."""
    told = [story(line, id=name, date=date) for name, line, date in zip("abcdefghi", lines, dates, strict=False)]
    return Reading.of(together(*told).batch, registry())


def relations(reading):
    return {(p.a.ref[0], p.b.ref[0]): (p.relation, p.facet) for p in reading.pairs()}


def test_the_engines_own_relation_is_what_annotators_see_first():
    found = relations(read(HIT, DENIED, ALSO, FIVE))
    assert found["a", "b"] == ("contradicts", "target")
    assert found["b", "c"] == ("contradicts", "target")
    assert found["a", "c"] == ("corroborates", "target")
    assert {relation for pair, (relation, _) in found.items() if "d" in pair} <= {"different"}


def test_the_claim_of_the_earlier_report_stands_first():
    reading = read(HIT, DENIED, dates=("2016-12-08", DAY))
    assert [reading.pair(*refs).a.ref[0] for refs in ((("a", 0), ("b", 0)), (("b", 0), ("a", 0)))] == ["b", "b"]


def test_claims_of_one_report_are_no_pair():
    told = story(HIT, DENIED, id="a", date=DAY)
    assert Reading.of(together(told).batch, registry()).pairs() == []


# --- which pairs


def claim(report, words):
    sentence = Sentence(report, 0, 0, len(words), words, Block("text"))
    [gold] = labelled(report, Row(words)).sentences
    return Claim(sentence, tags_of(gold), "ngo", Speaker("author", "author"))


def pair(number, alike, relation="different", words=None):
    a, b = words or (f"It is {number}.", f"It was {number}.")
    return Pair(claim(f"a{number}", a), claim(f"b{number}", b), alike, relation)


def test_contradictions_and_doubtful_pairs_come_in_turns_the_least_sure_first():
    sure, unsure = pair(1, 0.98, "contradicts"), pair(2, 0.85, "contradicts")
    near, nearer = pair(3, 0.6), pair(4, 0.75, "none")
    assert teaching([sure, near, unsure, nearer]) == [unsure, nearer, sure, near]


def test_what_is_plainly_another_happening_teaches_nothing():
    assert teaching([pair(1, 0.05), pair(2, 0.4, "none")]) == []


def test_a_sentence_stands_in_few_pairs_and_copied_words_in_one():
    many = [pair(n, 0.8, words=("The bridge fell.", f"It was {n}.")) for n in range(5)]
    assert len(teaching(many)) == 2
    copied = [pair(n, 0.8, words=("The bridge fell.", "It stands.")) for n in range(5)]
    assert len(teaching(copied)) == 1


# --- tasks


def test_a_task_has_all_that_the_screen_shows_and_the_way_back():
    told = [
        story("It was night.", HIT, "It burned.", id="a", date=DAY, outlet="Wire"),
        story(DENIED, id="b"),
    ]
    reading = Reading.of(together(*told).batch, registry())
    made = task_of(reading.pair(("a", 1), ("b", 0)), reading, "v1")
    data = made["data"]
    assert (data["b"], data["b_before"], data["b_after"], data["b_outlet"]) == (
        "Activists said rockets hit Hama air base on Tuesday.", "It was night.", "It burned.", "Wire",
    )  # fmt: skip
    assert (data["a_report"], data["a_date"], data["a_before"], data["a_after"]) == ("b", "", "", "")
    for side in "ab":
        report = reading.reports[data[f"{side}_report"]]
        assert report.text[data[f"{side}_start"] : data[f"{side}_end"]] == data[side]
        assert data[f"{side}_sha256"] == digest(report.text)
    assert made["predictions"][0]["model_version"] == "v1"


def test_a_pair_is_the_same_whichever_way_round_and_whatever_the_reports_are_called():
    here, there = read(HIT, DENIED), read(DENIED, HIT)
    assert here.key(here.pair(("a", 0), ("b", 0))) == there.key(there.pair(("a", 0), ("b", 0)))
    assert here.key(here.pair(("a", 0), ("b", 0))) != here.key(
        replace(here.pair(("a", 0), ("b", 0)), b=here.claims["a", 0])
    )


@pytest.mark.parametrize(
    ("relation", "facet", "later", "answers"),
    [
        ("different", None, None, {"same_event": "different"}),
        ("none", None, None, {"same_event": "same", "relation": "none"}),
        ("contradicts", "target", None, {"same_event": "same", "relation": "contradicts", "facet": "target"}),
        (
            "updates",
            "casualties",
            "b",
            {"same_event": "same", "relation": "updates", "facet": "casualties", "later": "b"},
        ),
    ],
)
def test_a_prediction_answers_what_the_screen_asks_and_no_more(relation, facet, later, answers):
    made = prediction_of(replace(pair(1, 0.5, relation), facet=facet, later=later), "v1")
    assert {item["from_name"]: item["value"]["choices"][0] for item in made["result"]} == answers


def test_the_screen_for_pairs_is_known_by_its_controls():
    from annotate import assets

    screens = (assets.LABEL_CONFIG, assets.LABEL_CONFIG_PAIRS)
    assert [is_pairs(path.read_text(encoding="utf-8")) for path in screens] == [False, True]


# --- answers

DATA = {
    "a": "x", "a_report": "morning", "a_sentence": 3, "a_start": 40, "a_end": 50, "a_sha256": "1",
    "b": "y", "b_report": "evening", "b_sentence": 0, "b_start": 0, "b_end": 9, "b_sha256": "2",
}  # fmt: skip


def answer(who=1, at="2024-01-01", why=None, **given):
    items = [
        {"id": name, "from_name": name, "to_name": "a", "type": "choices", "value": {"choices": [choice]}}
        for name, choice in given.items()
    ]
    if why:
        items.append({"id": "w", "from_name": "why", "to_name": "a", "type": "textarea", "value": {"text": [why]}})
    return annotation(*items, at=at, completed_by=who, id=9)


def contradicts(**more):
    return answer(same_event="same", relation="contradicts", facet="target", **more)


def updates(later, **more):
    return answer(same_event="same", relation="updates", facet="casualties", later=later, **more)


def pulled(*annotations, data=DATA, **more):
    return checked([{"id": 7, "project": 2, "data": data, "annotations": list(annotations)}], **more)


def test_a_line_is_a_relation_with_who_said_what(tmp_path):
    found = pulled(contradicts(why="one denies it"))
    assert found.lines == [
        {
            "a": ["morning", 3],
            "b": ["evening", 0],
            "rel": "contradicts",
            "facet": "target",
            "why": "one denies it",
            "a_place": [40, 50],
            "b_place": [0, 9],
            "said": [{"by": "1", "rel": "contradicts", "facet": "target", "why": "one denies it"}],
            "project": 2,
            "task": 7,
        }
    ]
    save_pairs(found.lines, tmp_path / "relations.jsonl")
    assert read_relations([tmp_path / "relations.jsonl"]) == [
        Relation(("morning", 3), ("evening", 0), "contradicts", "target")
    ]


@pytest.mark.parametrize(("later", "first"), [("a", ["morning", 3]), ("b", ["evening", 0])])
def test_updates_leads_from_the_later_to_the_earlier(later, first):
    [line] = pulled(updates(later)).lines
    assert (line["a"], line["said"][0]["later"]) == (first, "a")
    assert line["a_place"] == ([40, 50] if later == "a" else [0, 9])


@pytest.mark.parametrize(("choice", "told"), [({"same_event": "different"}, "different"),
                                              ({"same_event": "same", "relation": "none"}, "none")])  # fmt: skip
def test_pairs_without_a_relation_are_told_and_read_over(tmp_path, choice, told):
    found = pulled(answer(**choice))
    assert (found.lines[0]["rel"], found.related) == (told, 0)
    save_pairs(found.lines, tmp_path / "relations.jsonl")
    assert read_relations([tmp_path / "relations.jsonl"]) == []


def test_what_the_page_hides_after_another_answer_does_not_count():
    [line] = pulled(answer(same_event="different", relation="contradicts", facet="target", later="a")).lines
    assert line["said"] == [{"by": "1", "rel": "different"}]
    [line] = pulled(answer(same_event="same", relation="contradicts", facet="target", later="a")).lines
    assert line["said"] == [{"by": "1", "rel": "contradicts", "facet": "target"}]


@pytest.mark.parametrize(
    ("answers", "relation"),
    [
        ([contradicts(who=1), contradicts(who=2), answer(3, same_event="different")], "contradicts"),
        ([contradicts(who=1, at="2024-01-02"), answer(2, same_event="different")], "contradicts"),
        ([contradicts(who=1), answer(2, at="2024-01-02", same_event="different")], "different"),
        ([contradicts(who=1), answer(1, at="2024-01-02", same_event="different")], "different"),
    ],
    ids=["most", "of two the later", "of two the later, the other way", "one who thought again"],
)
def test_several_annotators_are_one_line(answers, relation):
    found = pulled(*answers)
    [line] = found.lines
    assert line["rel"] == relation
    assert len(line["said"]) == found.answers == len({one["completed_by"] for one in answers})


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (answer(), "no same_event in it"),
        (answer(same_event="same"), "no relation in it"),
        (answer(same_event="same", relation="contradicts"), "no facet in it"),
        (answer(same_event="same", relation="updates", facet="casualties"), "no later in it"),
        (answer(same_event="perhaps"), "the unknown same_event 'perhaps'"),
        (answer(same_event="same", relation="denies"), "the unknown relation 'denies'"),
        (answer(same_event="same", relation="contradicts", facet="mood"), "the unknown facet 'mood'"),
        (answer(mood="bad"), "an answer comes from the unknown control 'mood'"),
        (annotation(*answer(same_event="same")["result"] * 2, id=9), "more than one same_event"),
        (annotation("nothing", id=9), "an answer comes from the unknown control None"),
    ],
)
def test_an_answer_that_breaks_the_codebook_is_named_and_left_out(given, line):
    found = pulled(given, contradicts(who=5))
    assert found.refused == [f"task 7, annotation 9: {line}"]
    assert [said["by"] for said in found.lines[0]["said"]] == ["5"]


@pytest.mark.parametrize("data", [{}, {"text": "A report."}, DATA | {"a_sentence": "3"}, None])
def test_what_is_no_pair_is_named(data):
    assert pulled(contradicts(), data=data).refused == ["task 7: no pair of ours"]


def test_skipped_pairs_and_pairs_without_an_answer_are_no_lines():
    found = pulled(contradicts() | {"was_cancelled": True})
    assert (found.lines, found.skipped) == ([], 1)


def test_sentences_are_numbered_as_in_the_labelled_reports():
    gold = labelled("as labelled", Row("It was late."), Row("Rebels shelled the ford at night."))
    start = gold.report.text.index("shelled")
    data = DATA | {"a_sha256": digest(gold.report.text), "a_start": start, "a_end": start + 20}
    [line] = pulled(contradicts(), data=data, labelled=[gold]).lines
    assert (line["a"], line["b"]) == (["as labelled", 1], ["evening", 0])
    lost = pulled(contradicts(), data=data | {"a_start": 500, "a_end": 510}, labelled=[gold])
    assert lost.refused == ["task 7: claim a stands in no labelled sentence of as labelled"]


def test_lines_are_json_that_keeps_every_letter(tmp_path):
    save_pairs(pulled(contradicts(why="قال المرصد 🔥")).lines, tmp_path / "r.jsonl")
    assert json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8"))["why"] == "قال المرصد 🔥"
