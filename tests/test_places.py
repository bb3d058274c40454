"""Where a claim happened: named in the sentence, or taken from a neighbour of the same item."""

import pytest
from told import claims

BASE = "mezzeh-air-base"
ROCKED = "[attack] Explosions rocked {P Mezzeh air base}."
HURT = "[attack,casualty] Three people were hurt."


def where(*lines):
    return [claim.place for claim in claims(*lines)]


@pytest.mark.parametrize(
    ("phrase", "place"),
    [
        ("Mezzeh air base", BASE),
        ("Mazzeh military airport", BASE),
        ("Khan Sheikhoun", "khan-sheikhoun"),
        ("Khan Shaykhun", "khan-sheikhoun"),
        ("Bab al-Neyrab area of eastern Aleppo city", "bab-al-neyrab"),
        ("the village of Norbury", "~norbury"),
        ("the market", None),
        ("The market", None),
    ],
)
def test_a_place_goes_by_its_row_else_by_its_name(phrase, place):
    assert where(f"[attack] It was heard at {{P {phrase}}}.") == [place]


def test_the_most_exact_of_several_places_counts():
    assert where("[attack] {P Aleppo} was hit, in {P Bab al-Neyrab}.") == ["bab-al-neyrab"]


def test_a_sentence_without_a_place_takes_its_items():
    assert where(ROCKED, HURT, "[attack] It went on until dawn.") == [BASE] * 3


def test_what_claims_nothing_takes_no_place():
    assert where(ROCKED, "It was a long night.") == [BASE, None]


@pytest.mark.parametrize("again", ["{P The base} burned.", "{P the base itself} burned.", "Nobody left the airport."])
def test_a_definite_place_is_the_one_named_before(again):
    assert where(ROCKED, f"[attack] {again}") == [BASE, BASE]


def test_a_definite_place_passes_over_a_place_of_another_kind():
    assert where(
        "[attack] Shells fell on {P a hospital in Saraqib}.",
        "[attack] Others fell on {P Maarat al-Numan}.",
        "[attack] {P The hospital} burned.",
    ) == ["saraqib", "maarat-al-numan", "saraqib"]


def test_a_definite_place_that_fits_nothing_stays_unknown():
    assert where("[attack] Shells fell on {P Saraqib}.", "[attack] {P The base} burned.") == ["saraqib", None]


def test_a_pointer_breaks_it():
    assert where(ROCKED, "Jump to Original Entry", HURT) == [BASE, None, None]


def test_the_next_item_begins_anew():
    assert where("UPDATE 1400 GMT: " + ROCKED.removeprefix("[attack] "), "UPDATE 1300 GMT:", HURT) == [BASE, None, None]


def test_where_the_lead_in_is_lost_a_definite_place_is_found_ahead():
    assert where("[attack] {P The base} was struck.", ROCKED) == [BASE, BASE]
    assert where(HURT, ROCKED) == [None, BASE]


def test_a_place_does_not_carry_for_ever():
    told = where(ROCKED, *[HURT] * 8)
    assert (told[1], told[-1]) == (BASE, None)


@pytest.mark.parametrize(
    ("line", "speaker", "place"),
    [
        ("[attack] {S Quneitra}: Shells fell on the plain.", "author", "quneitra"),
        ("[attack] | 9 May 2013 | Upper Qarna, {S Quneitra}: Shells fell on the plain. |", "author", "quneitra"),
        ("[attack] | 9 May 2013 | {S Damascus}: Jets struck a depot. |", "author", "damascus"),
        ("[attack] {S Damascus}: Jets struck a depot.", "named", None),
        ("[attack] {S Homs resident}: Jets struck a depot.", "named", None),
        ("[attack] | 9 May 2013 | {S SANA}: Jets struck a depot. |", "named", None),
    ],
    ids=[
        "a place",
        "beside one",
        "a capital in a row",
        "a capital for its government",
        "a person",
        "an agency in a row",
    ],
)
def test_a_place_before_a_colon_does_not_speak(line, speaker, place):
    (claim,) = claims(line)
    assert (claim.speaker.state, claim.place) == (speaker, place)
