"""What a run prints: both sides' words for what is contested, whose word for the rest, and nothing else."""

from dataclasses import replace
from io import StringIO

from rich.console import Console
from told import tell

from annotate.document import Maybe
from annotate.labels import FACETS
from annotate.summary import SAID, WORDS, show

HIT = "[attack|pro-opposition] {S Opposition activists} {Q said} rockets hit {P Hama air base} on Tuesday."
DENIED = "[attack|pro-regime|denies] {S A military source} {Q denied} that {P Hama air base} was hit."


def printed(*lines, most=40, **about):
    out = StringIO()
    show(tell(*lines, **about).batch, Console(file=out, width=100), most)
    return out.getvalue()


def flat(text):
    return " ".join(text.split())


def test_both_sides_stand_with_their_words_speakers_and_stances():
    said = flat(printed(HIT, DENIED))
    assert "CONTESTED 1 event" in said
    assert "target (what was hit) contested [denied: one side denies it]" in said
    for side in (
        "• hit: Opposition activists (pro-opposition) Opposition activists said rockets hit Hama air base on Tuesday. "
        "r:0",
        "• not hit: military source (pro-regime) A military source denied that Hama air base was hit. r:1",
    ):
        assert side in said
    assert "not in dispute: whether it happened (1 claim)" in said


def test_every_facet_of_the_codebook_has_its_words():
    assert set(SAID) == set(FACETS)


def test_the_unconfirmed_says_whose_word_it_is():
    said = flat(printed(HIT))
    assert "CONTESTED 0 events" in said
    assert "UNCONFIRMED 1 event" in said
    assert "target (what was hit) unconfirmed: base [single-side: one side's word]" in said
    assert said.count("Opposition activists said rockets hit") == 1, "each claim's words once"


def test_an_event_that_may_be_the_same_is_named():
    batch = tell(HIT, DENIED).batch
    doubted = replace(batch.events[0], maybe=(Maybe("e7", 0.283), Maybe("e9", 0.24)))
    out = StringIO()
    show(replace(batch, events=(doubted,)), Console(file=out, width=100))
    assert "may be one with e7 (28 %), e9 (24 %)" in flat(out.getvalue())


def test_nothing_contested_prints_no_event():
    said = flat(printed("[attack] A shell fell on {P Saraqib}.", "[diplomacy|official|calls] {S The UN} urged calm."))
    assert said.endswith("CONTESTED 0 events UNCONFIRMED 0 events")
    assert "Saraqib" not in said


def test_an_empty_batch_prints_no_event():
    assert flat(printed("A quiet night.")).endswith("CONTESTED 0 events UNCONFIRMED 0 events")


def test_the_counts_are_of_claims():
    said = flat(printed(HIT, DENIED, "It was a long night."))
    assert "3 sentences, 2 with a claim" in said
    assert "pro-regime 1" in said
    assert "pro-opposition 1" in said


def test_it_is_plain_text_where_there_is_no_terminal():
    assert "\x1b" not in printed(HIT, DENIED)


def test_brackets_in_a_report_are_words_and_no_markup():
    said = flat(printed(HIT.replace("rockets", "[red]rockets[/red]"), DENIED))
    assert "[red]rockets[/red] hit" in said


def test_a_long_sentence_is_cut_at_a_word():
    said = flat(printed(HIT.replace(" on Tuesday", " again" * 80), DENIED))
    shown = said.split("(pro-opposition) ")[-1].split(" r:0")[0]
    assert len(shown) <= WORDS
    assert shown.endswith("again …")


def test_more_events_than_shown_are_counted():
    towns = ("Saraqib", "Daraya", "Palmyra")
    lines = [
        line
        for n, town in enumerate(towns)
        for line in (
            f"UPDATE 1{n}00 GMT:",
            f"[attack,responsibility|pro-opposition] {{S Activists}} {{Q said}} {{A Russian jets}} bombed {{P "
            f"{town}}}.",
        )
    ]
    said = flat(printed(*lines, most=1))
    assert "UNCONFIRMED 3 events" in said
    assert "… and 2 more in events.jsonl" in said
