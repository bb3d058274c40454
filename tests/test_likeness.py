"""What makes two claims likely to speak of the same happening."""

import pytest
from marked import story
from told import claims, registry

from annotate.likeness import APART, probability
from annotate.looks import look
from annotate.pipeline import claims_of, relate

STRIKE = "[attack] {S Residents} {Q said} an air strike hit {P Saraqib}."
DEAD = "[casualty] Four people died."


def first_and_last(*lines):
    """The probability that the first and the last sentence of a report are of one happening."""
    looks = look(claims(*lines))
    return probability(looks[0], looks[-1], registry())


def test_another_place_told_between_makes_it_less_likely():
    between = "[attack] {S Residents} {Q said} shells fell on {P %s}."
    assert first_and_last(STRIKE, between % "Daraya", DEAD) < first_and_last(STRIKE, between % "Saraqib", DEAD)


@pytest.mark.parametrize(
    ("likelier", "less"),
    [(DEAD, "[diplomacy] The council voted on a text."), (DEAD, "[detention] Two men were arrested.")],
)
def test_a_toll_goes_with_the_strike_rather_than_another_kind_of_claim(likelier, less):
    assert first_and_last(STRIKE, likelier) > first_and_last(STRIKE, less)


def test_in_a_history_a_month_goes_on_until_another_is_named():
    march, june = (
        "[attack] In March 2015 a strike hit {P Saraqib}.",
        "[attack] On 4 June 2015 a strike hit {P Saraqib}.",
    )
    denied = "[attack|official|denies] {S The ministry} {Q denied} the strike on {P Saraqib}."
    later = "[attack] In May 2016 a strike hit {P Saraqib}."
    assert first_and_last(march, june, later, denied) <= APART < first_and_last(march, june, denied)
    assert first_and_last(march, denied, june, later, denied) <= APART


def test_news_that_names_an_earlier_year_in_passing_tells_of_another_happening():
    old = "[attack] In 2013 a strike hit {P Saraqib}."
    denied = "[attack|official|denies] {S The ministry} {Q denied} the strike on {P Saraqib}."
    told = [STRIKE, *[DEAD] * 3, old, denied, *["Rain fell."] * 3, denied]
    looks = look(claims(*told), {"r": "2016-12-07"})
    assert probability(looks[0], looks[4], registry()) <= APART
    assert probability(looks[4], looks[5], registry()) > APART  # the denial may be of either
    assert probability(looks[4], looks[-1], registry()) <= APART
    about = look(claims(old, *told[1:]), {"r": "2016-12-07"})  # the report is about that year
    assert probability(about[0], about[-1], registry()) > APART


@pytest.mark.parametrize(("spelling", "same"), [("Tall Karvosh", True), ("Brenmoor", False)])
def test_a_place_that_no_table_has_goes_by_its_sound(spelling, same):
    one, other = look(claims("[attack] Shells fell on {P Tel Karvoush}.", f"[attack] Shells fell on {{P {spelling}}}."))
    assert (one.place == other.place) is same


def test_what_a_claim_shows_depends_on_its_own_report_alone():
    told = [story(STRIKE, DEAD, id=name) for name in "ab"]
    both = [claim for one in told for claim in claims_of(one.report, one.sentences, one.tags, registry())]
    assert look(both)[2:] == look(both[2:])


def test_an_event_lies_where_the_claims_in_dispute_say():
    told = story(
        "[attack,responsibility|pro-opposition] {S Activists} {Q said} {A Russian} jets hit {P Saraqib} on Tuesday.",
        "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} that {A its jets} "
        "hit {P Saraqib} on Tuesday.",
        "[attack] The strike on Tuesday shook {P Idlib}.",
        "[attack] Smoke of the strike on Tuesday stood over {P Idlib}.",
        "[attack] The strike on Tuesday was heard in {P Idlib}.",
    )
    batch = relate([told.report], claims_of(told.report, told.sentences, told.tags, registry()), registry())
    contested = [event for event in batch.events if event.level == "contested"]
    assert [event.place for event in contested] == ["saraqib"]
