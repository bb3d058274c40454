"""Which claims speak of the same happening."""

import pytest
from marked import story
from told import claims, registry

from annotate import blocking, events
from annotate.pipeline import claims_of


def grouped(*found):
    return events.group(found, registry()).groups


def one_event(a, b):
    """Whether the claims of two reports of one sentence each share an event; a report is (line, date)."""
    found = []
    for name, (line, date) in zip("ab", (a, b), strict=True):
        told = story(line, id=name, date=date)
        found += claims_of(told.report, told.sentences, told.tags, registry())
    return len(grouped(*found)) == 1


def strike(place, day, who="Residents"):
    return f"[attack,casualty] {{S {who}}} {{Q said}} an air strike on {{P {place}}} killed five people on {day}."


DAY = "2016-12-07"  # a Wednesday


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("Khan Sheikhoun", "Tuesday", DAY), ("Khan Sheikhoun", "Tuesday", DAY), True),
        (("Khan Sheikhoun", "Tuesday", DAY), ("Khan Shaykhun", "Tuesday", DAY), True),
        (("Mezzeh air base", "Tuesday", DAY), ("Mazzeh military airport", "Tuesday", DAY), True),
        (("Khan Sheikhoun", "Tuesday", DAY), ("Khan Sheikhoun", "6 December", "2016-12-10"), True),
        (("Khan Sheikhoun", "Tuesday", DAY), ("Khan Sheikhoun", "Sunday", DAY), False),
        (("Khan Sheikhoun", "Tuesday", DAY), ("Khan Sheikhoun", "Tuesday", "2016-11-30"), False),
        (("Khan Sheikhoun", "Tuesday", None), ("Khan Sheikhoun", "Tuesday", None), False),
        (("Khan Sheikhoun", "Tuesday", DAY), ("Daraya", "Tuesday", DAY), False),
    ],
    ids=[
        "same place, same day",
        "one town in two spellings",
        "one base in two spellings",
        "one day told in two ways",
        "another day",
        "Tuesday of another week",
        "Tuesdays of two undated reports",
        "another place",
    ],
)
def test_two_reports(a, b, same):
    (place_a, day_a, date_a), (place_b, day_b, date_b) = a, b
    assert one_event((strike(place_a, day_a), date_a), (strike(place_b, day_b, "Doctors"), date_b)) is same


def test_a_report_that_goes_on_about_it_stays_one_event():
    assert (
        len(grouped(*claims(strike("Saraqib", "Tuesday"), "[casualty] Two of the victims of the strike died later.")))
        == 1
    )


@pytest.mark.parametrize("other", [("Daraya", "Tuesday"), ("Saraqib", "Thursday")], ids=["another town", "another day"])
def test_one_report_of_two_strikes_in_the_same_words_has_two_events(other):
    assert len(grouped(*claims(strike("Saraqib", "Tuesday"), strike(*other)))) == 2


def test_every_claim_is_in_one_event_and_in_one_only():
    told = claims(*(strike(place, "Tuesday") for place in ("Saraqib", "Daraya", "Saraqib", "Homs")))
    assert sorted(ref for group in grouped(*told) for ref in group) == [claim.ref for claim in told]


def test_what_grows_beyond_the_bound_is_a_topic_and_is_cut(monkeypatch):
    told = claims(*[strike("Saraqib", "Tuesday")] * 30)
    assert [len(group) for group in grouped(*told)] == [30]
    monkeypatch.setattr(blocking, "LARGEST", 12)
    sizes = [len(group) for group in grouped(*told)]
    assert (max(sizes), sum(sizes)) == (12, 30)


def test_claims_that_never_met_are_not_alike():
    grouping = events.group(claims(strike("Saraqib", "Tuesday")), registry())
    assert grouping.alike(("r", 0), ("elsewhere", 0)) == 0


@pytest.mark.parametrize("reports", [1, 60], ids=["one long report", "sixty short ones"])
def test_the_work_follows_the_meetings_and_not_the_square(monkeypatch, reports):
    """600 claims of 100 places: 180,000 pairs, of which only neighbours and those with words in common are judged."""
    size, calls = 600, []
    honest = events.probability
    monkeypatch.setattr(events, "probability", lambda a, b, known: calls.append(1) or honest(a, b, known))
    found = []
    for name in range(reports):
        numbers = range(name * size // reports, (name + 1) * size // reports)
        lines = [f"[attack] Shells fell by {{P Norbury{n % 100}}} farm{n}." for n in numbers]
        told = story(*lines, id=f"r{name}")
        found += claims_of(told.report, told.sentences, told.tags, registry())
    events.group(found, registry())
    neighbours, sharing = size * 40, 100 * 6 * 5 // 2
    assert 0 < len(calls) <= neighbours + sharing
