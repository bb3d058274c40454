"""Two axes of credibility: who says it, and how well it is borne out. Never one number."""

import pytest
from told import tell

HIT = "[attack|pro-opposition] {S Opposition activists} {Q said} rockets hit {P Hama air base}."
ALSO = "[attack|pro-regime] {S Al Mayadeen} {Q said} rockets hit {P Hama air base}."
DENIED = "[attack|pro-regime|denies] {S A military source} {Q denied} that {P Hama air base} was hit."


def killed(source, stance, assertion="asserts"):
    return f"[attack,casualty|{stance}|{assertion}] {{S {source}}} {{Q said}} 20 people were killed in {{P Saraqib}}."


def grades(*lines, **about):
    return [claim.credibility for claim in tell(*lines, **about).batch.claims]


@pytest.mark.parametrize(
    ("line", "letter"),
    [
        (killed("The UN", "official"), "B"),
        (killed("MSF", "ngo"), "B"),
        (killed("The Syrian army", "official"), "C"),
        (killed("SANA", "pro-regime"), "D"),
        (killed("Opposition activists", "pro-opposition"), "E"),
        (killed("A military source", "pro-regime"), "E"),
        (killed("A shopkeeper", "witness"), "C"),
        (killed("A shopkeeper", "witness", "hedges"), "D"),
        ("[attack||hedges] {A Jets} {Q reportedly} bombed {P Saraqib}.", "F"),
        ("[attack] A shell fell on {P Saraqib}.", "F"),
    ],
    ids=[
        "an inter-state body", "a relief body", "an army", "state media", "anonymous accounts", "a bare source",
        "first-hand", "in doubt", "nobody", "the writer of an unknown outlet",
    ],
)  # fmt: skip
def test_the_source(line, letter):
    assert [grade.source for grade in grades(line)] == [letter]


def test_the_writer_is_as_good_as_his_outlet():
    assert grades("[attack] A shell fell on {P Saraqib}.", outlet="Reuters")[0].source == "B"


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ([killed("Activists", "pro-opposition"), killed("State television", "pro-regime")], [1, 1]),
        (["[casualty|official|confirms] {S The Russian Defense Ministry} {Q confirmed} a colonel was killed."], [1]),
        ([killed("The UN", "official"), killed("MSF", "ngo")], [2, 2]),
        ([killed("MSF", "ngo")], [3]),
        ([HIT, DENIED], [4, 4]),
        ([HIT, ALSO, DENIED], [4, 4, 5]),
        (["[attack||hedges] {A Jets} {Q reportedly} bombed {P Saraqib}."], [6]),
    ],
    ids=[
        "two sides agree", "a party admits it", "two of one side", "one source", "contested", "two against one",
        "nobody to judge by",
    ],
)  # fmt: skip
def test_the_information(lines, numbers):
    assert [grade.information for grade in grades(*lines)] == numbers


def test_a_source_that_repeats_itself_bears_out_nothing():
    assert [grade.information for grade in grades(killed("MSF", "ngo"), killed("MSF", "ngo"))] == [3, 3]


@pytest.mark.xfail(strict=True, reason="'reports say' is graded like one unnamed source")
def test_reports_of_nobody_give_nothing_to_judge_by():
    (grade,) = grades("[attack|unattributed] {S Reports} {Q say} a shell fell on {P Saraqib}.")
    assert (grade.source, grade.information) == ("F", 6)


def test_why_names_both_axes():
    (_, why) = [grade.why for grade in grades(HIT, DENIED)]
    assert "unnamed source" in why
    assert "target contested" in why


def test_what_claims_nothing_gives_nothing_to_judge():
    (grade,) = grades("It was a long night.")
    assert (grade.information, "no claim to judge" in grade.why) == (6, True)


def test_two_offices_of_one_state_bear_each_other_out_no_more_than_one():
    said = [killed(source, "official") for source in ("The Syrian army", "The Syrian defence ministry")]
    assert [grade.information for grade in grades(*said)] == [3, 3]
