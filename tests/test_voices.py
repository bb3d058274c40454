"""Whose word a claim is, and when two claims count as one source's."""

from dataclasses import replace

import pytest
from marked import story
from told import claims, registry

from annotate.document import Speaker
from annotate.pipeline import claims_of
from annotate.voices import Bench

SAID = "[attack|{stance}] {{S {who}}} {{Q said}} shells fell on {{P Hama}}."


def bench(*told, outlet="Wire", alike=1.0):
    days, outlets = {c.ref[0]: "2016-12-07" for c in told}, {c.ref[0]: outlet for c in told}
    return Bench(lambda a, b: alike, registry(), days, outlets, told)


def voiced(*speakers):
    return claims(*(SAID.format(who=who, stance=stance) for who, stance in speakers))


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        (("SANA", "pro-regime"), ("SANA", "pro-regime"), True),
        (("The Syrian army", "official"), ("A Syrian army spokesman", "official"), True),
        (("A monitor", "ngo"), ("The Syrian Observatory for Human Rights", "ngo"), True),
        (("SANA", "pro-regime"), ("Al Mayadeen", "pro-regime"), False),
        (("A resident", "witness"), ("A teacher", "witness"), False),
    ],
    ids=["one body", "an army and its spokesman", "a kind and the body named", "allied outlets", "two witnesses"],
)
def test_who_counts_as_one_source(one, other, together):
    a, b = voiced(one, other)
    assert bench(a, b).together(a, b) is together


def test_a_partys_own_organ_speaks_for_all_whom_it_quotes_of_its_side():
    sana, blogger = voiced(("SANA", "pro-regime"), ("A pro-government blogger", "pro-regime"))
    assert not bench(sana, blogger).together(sana, blogger)
    assert bench(sana, blogger, outlet="SANA").together(sana, blogger)


def test_a_headlines_unnamed_voice_is_the_one_that_its_story_names():
    said = SAID.format(who="The Syrian Observatory for Human Rights", stance="ngo")
    headline, body, later = claims("[casualty|ngo] Raid kills 25 in Hama", said, "[casualty|ngo] 20 died.")
    headline, later = (replace(claim, speaker=Speaker("unknown", "missing")) for claim in (headline, later))
    seat = bench(headline, body, later)
    assert seat.together(headline, body)
    assert not seat.together(later, body)


def told_in(report, line):
    one = story(line, id=report)
    return claims_of(one.report, one.sentences, one.tags, registry())[0]


def test_copied_words_of_two_reports_are_one_account():
    wire = (
        "[attack|witness] {S Residents} {Q said} four rockets hit {P the bakery in Hama} at dawn on Tuesday, "
        "when a long queue stood at its doors."
    )
    copy = (
        "[attack|witness] {S Locals} {Q said} four rockets hit {P the bakery in Hama} at dawn on Tuesday, "
        "when a long queue stood at its doors."
    )
    own = "[attack|witness] {S A baker in Hama} {Q told} of two explosions by his oven."
    a, b, c = told_in("a", wire), told_in("b", copy), told_in("c", own)
    assert bench(a, b, c).together(a, b)
    assert bench(a, b, c).independent([a, b, c]) == 2


def test_sources_that_a_third_joins_count_once():
    a, b, c = voiced(("A Syrian army officer", "official"), ("A resident", "witness"), ("The Syrian army", "official"))
    assert bench(a, b, c).independent([a, b, c]) == 2


def test_a_claim_without_a_day_is_of_the_day_that_its_report_gives_the_event():
    plain = "[casualty|official] {S The army} {Q said} six people were killed in {P Hama}."
    dated = "[attack] The market of {P Hama} was shelled on Monday."

    def told(report, date):
        one = story(dated, plain, id=report, date=date)
        return claims_of(one.report, one.sentences, one.tags, registry())

    one, other = told("a", "2016-12-06"), told("b", "2016-12-07")
    days, outlets = {"a": "2016-12-06", "b": "2016-12-07"}, {"a": "Wire", "b": "Post"}
    assert Bench(lambda a, b: 1.0, registry(), days, outlets, (*one, *other)).meet(one[1], other[1])
    assert not Bench(lambda a, b: 1.0, registry(), days, outlets, (one[1], other[1])).meet(one[1], other[1])
