"""Sides in other wars than that over Syria: told by where a report's happenings lie."""

import pytest
from marked import story
from test_registry import TABLES, write
from told import registry as known
from told import together

from annotate.errors import AnnotateError
from annotate.registry import Registry
from annotate.wars import War, fought

WARS = (
    War("north", "the northern war", ("north",), {"regime": "north", "friend": "south"}),
    War("south", "the southern war", ("south", "isle"), {}),
)


@pytest.fixture(scope="module")
def registry():
    return known()


@pytest.mark.parametrize(
    ("places", "war"),
    [
        ([("town", "north"), ("north",)], "north"),
        ([("port", "isle")], "south"),
        ([("town", "north"), ("douma", "syria")], None),  # as much of Syria's war
        ([("town", "north"), ("hill", "north"), ("douma", "syria")], "north"),
        ([("town", "north"), ("port", "south")], None),  # two wars alike
        ([("paris", "france")], None),
        ([], None),
    ],
)
def test_most_places_tell_the_war(places, war):
    found = fought(places, WARS)
    assert (found and found.id) == war


SIDES = [
    # place, speaker, side, stance
    ("Douma", "the Russian Defense Ministry", "regime", "official"),
    ("Pokrovsk", "the Russian Defense Ministry", "russia", "official"),
    ("Douma", "TASS", "regime", "pro-regime"),
    ("Pokrovsk", "TASS", "russia", "other-party"),
    ("Pokrovsk", "the Pentagon", "ukraine", "official"),  # under the roof of the US government
    ("Sanaa", "the Saudi government", "yemen-government", "official"),
    ("Douma", "the Saudi government", "opposition", "official"),
    ("Sanaa", "the Houthis", "houthis", "pro-opposition"),
    ("Benghazi", "the Turkish government", "gna", "official"),
    ("Istanbul", "the White Helmets", "opposition", "ngo"),  # a body that has no part in that war
    ("Berlin", "TASS", "regime", "pro-regime"),
]


@pytest.mark.parametrize(("place", "speaker", "side", "stance"), SIDES)
def test_side_and_stance_by_war(registry, place, speaker, side, stance):
    found = registry.during([registry.place(place).id]).source(speaker)
    assert (found.side, found.stance) == (side, stance)


@pytest.mark.parametrize(
    ("place", "phrase", "side"),
    [
        ("Pokrovsk", "Russian forces", "russia"),
        ("Pokrovsk", "government forces", "ukraine"),
        ("Kabul", "government forces", "afghanistan"),
        ("Juba", "rebels", "splm-io"),
        ("Aleppo", "rebels", "opposition"),
    ],
)
def test_parties_by_war(registry, place, phrase, side):
    there = registry.during([registry.place(place).id])
    [party] = there.parties(phrase)
    assert (party.side, there.side_of(party.id)) == (side, side)


def test_what_the_page_says_is_read_in_its_war(registry):
    there = registry.during([registry.place("Juba").id])
    assert there.sided("rebels") == ("pro-opposition", "splm-io")
    assert there.sided("a military source") == ("pro-regime", "south-sudan")
    assert there.sided("the ISIS-linked Amaq agency") == registry.sided("the ISIS-linked Amaq agency")


def test_a_war_is_read_once(registry):
    ukraine = registry.place("Pokrovsk").id
    assert registry.during([ukraine]) is registry.during([ukraine, None, "nowhere"])
    assert registry.during(["nowhere", None]) is registry


def test_reports_of_one_batch_have_each_their_war():
    line = "[attack|official] {S The Russian Defense Ministry} {Q said} {A its jets} hit a depot in {P %s}."
    claims = together(story(line % "Idlib", id="syria"), story(line % "Pokrovsk", id="ukraine")).batch.claims
    assert {claim.ref[0]: claim.speaker.side for claim in claims} == {"syria": "regime", "ukraine": "russia"}


WAR = """
[[war]]
id = "war"
name = "the war"
places = ["syria"]
basis = "Two fight."
date = 2026-11-22
[war.sides]
opposition = ["rebels", "army"]
regime = ["radio"]
"""


def test_a_folder_may_have_wars_of_its_own(tmp_path):
    registry = Registry.load(write(tmp_path, TABLES | {"wars.toml": WAR}))
    assert registry.source("Army").side == "regime"
    assert registry.during(["town"]).source("Army").side == "opposition"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('["radio"]', '["radio", "army"]', "wars.toml:2: war war: 'army' stands on two sides"),
        ('["radio"]', '["wireless"]', "unknown source or party 'wireless'"),
        ("regime =", "rejime =", "unknown side 'rejime'"),
        ('["syria"]', '["atlantis"]', "unknown place 'atlantis'"),
        ('["radio"]', '"radio"', "regime is not a list of strings"),
        ('basis = "Two fight."', "", "war war: no basis"),
    ],
)
def test_slips(tmp_path, old, new, told):
    assert old in WAR
    with pytest.raises(AnnotateError) as error:
        Registry.load(write(tmp_path, TABLES | {"wars.toml": WAR.replace(old, new)}))
    assert told in str(error.value)
