"""Two counts of one event: which clash, and why others that differ can both hold."""

import pytest
from told import claims, registry

from annotate.tolls import casualties
from annotate.voices import Bench, Voice


def judged(*lines, alike=1.0):
    """The reason or the quiet kinds of two counts in one report."""
    told = claims(*lines)
    bench = Bench(lambda a, b: alike, registry(), {"r": "2016-12-07"}, {"r": "Wire"}, told)
    voices = [Voice(c, v, bench.source(c)) for c in told for v in c.values if v.facet == "casualties"]
    clash, reason, quiet = casualties(voices, bench)
    return reason if clash else {kind.kind for kind in quiet}


OBSERVATORY = "[casualty|ngo] {S The Observatory} {Q said} "
STATE = "[casualty|pro-regime] {S State television} {Q said} "


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("21 people were killed.", "at least 25 people were killed.", "numeric"),
        ("at least nine people were killed.", "14 people were killed.", {"overlapping"}),
        ("40 people were killed.", "nine children were killed.", {"part-whole"}),
        ("eight civilians were killed.", "six civilians were killed.", "numeric"),
        ("eight soldiers were killed.", "six civilians were killed.", {"part-whole"}),
        ("15 civilians and 27 soldiers were killed.", "42 people were killed.", {"part-whole"}),
        ("11 were killed and four wounded.", "22 had been killed or wounded.", "numeric"),
        ("12 people were killed, and more may be found.", "no civilians were killed.", {"part-whole"}),
        ("shelling of rebel-held districts killed 40 people.", "shelling of government-held ones killed nine people.",
         {"part-whole"}),
        ("30 people were killed, all of them militants.", "30 were killed, none of them carried a gun.", "competing"),
        ("20 militants were killed.", "20 civilians were killed.", "competing"),
        ("20 militants were killed.", "six civilians were killed.", {"part-whole"}),
        ("all of the dead were fighters.", "nine children were killed.", "competing"),
        ("eight people were killed.", "the morgue had received 27 bodies.", "numeric"),
        ("40 people were killed.", "the morgue had received 27 bodies.", {"part-whole"}),
        ("12 people were killed.", "72 people, including nine children, were killed.", "numeric"),
        ("72 people, including nine children, were killed.", "at least 20 children were killed.",
         {"part-whole", "overlapping"}),
        ("11 airmen were killed.", "two mechanics were killed.", "numeric"),
        ("30 people were killed.", "another two people were killed.", {"part-whole"}),
        ("civilians were killed.", "no civilians were killed.", "numeric"),
        ("it documented the deaths of civilians.", "there were no casualties.", "numeric"),
        ("civilians were killed.", "all of the dead were fighters.", "competing"),
        ("civilians were killed.", "no soldiers were killed.", {"part-whole"}),
        ("the raid killed Colonel Harun Mazi.", "the colonel is alive.", "competing"),
        ("the raid killed Colonel Harun Mazi.", "the mayor is alive.", set()),
        ("three of its crew are missing.", "17 sailors have not been heard of.", "numeric"),
        ("58 people were wounded.", "more than 58 people were wounded.", {"overlapping"}),
        ("58 people were wounded.", "more than 60 people were wounded.", "numeric"),
        ("three people were killed.", "400 people have died in the four-year war.", {"part-whole"}),
        ("three people were killed.", "the bombing campaign has killed 400 people.", {"part-whole"}),
        ("three people were killed.", "40 people were killed between 3 and 9 June.", {"part-whole"}),
        ("three people were killed.", "40 people were killed in the night between 3 and 4 June.", "numeric"),
        ("those killed include four men and two women.", "12 people were killed.", {"part-whole"}),
    ],
)  # fmt: skip
def test_what_two_sources_count(one, other, expected):
    assert judged(OBSERVATORY + one, STATE + other) == expected


def test_of_two_towns_is_not_of_the_one():
    both = "[casualty|ngo] Shells killed ten people in {P Aleppo} and {P Deir ez-Zor}, {Q said} {S the Observatory}."
    one = "[casualty|official] Shells killed six people in {P Aleppo}, {S the police} {Q said}."
    assert judged(both, one) == {"part-whole"}
    assert judged(both.replace("and {P Deir ez-Zor}", "city"), one) == "numeric"


def test_who_speaks_is_not_counted():
    one = "[casualty|witness] Tanks killed four people, {S two residents} {Q said}."
    other = "[casualty|witness] Tanks killed four people, {S a doctor} {Q said}."
    assert judged(one, other) == set()


def test_the_taken_are_counted_too():
    agency = "[detention|ngo] {S The Norland Relief Agency} {Q said} "
    police = "[detention|official] {S The police} {Q said} "
    assert judged(agency + "60 men were detained.", police + "at most 40 men were detained.") == "numeric"
    assert judged(agency + "60 men were detained.", police + "40 men were released.") == set()
    assert judged(agency + "60 men were detained.", police + "the army has detained 400 men.") == {"part-whole"}
    broken_out = police + "between 60 and 70 inmates are unaccounted for."
    assert judged(agency + "close to 600 are unaccounted for.", broken_out) == "numeric"
    assert judged(agency + "three foreigners were detained.", police + "one person was detained.") == {"part-whole"}


def test_a_toll_that_rose_is_superseded():
    agency = "[casualty|ngo] {S The Norland Relief Agency} {Q said} "
    doctor = "[casualty|witness] {S A doctor} {Q said} "
    assert judged(agency + "23 people were killed so far.", doctor + "31 people were killed.") == {"superseded"}
    assert judged(agency + "23 people were killed.", doctor + "the toll had risen to 31 killed.") == {"superseded"}
    for doubt in (
        "five were killed, and they were still searching for others.",
        "five had been killed, he had said earlier today.",
    ):
        assert judged(agency + "eight people were killed.", doctor + doubt) == {"superseded"}
    assert judged(agency + "23 people were killed.", agency + "31 people were killed.") == {"superseded"}


def test_tolls_of_what_may_be_two_happenings_are_not_compared():
    assert judged(OBSERVATORY + "21 people were killed.", STATE + "25 people were killed.", alike=0.4) == set()
