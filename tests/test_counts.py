"""Numbers of people as reports write them: what, who, low, high (None: no upper bound)."""

import pytest

from annotate.counts import counts, is_beside, is_part, is_rival, told
from annotate.document import Block, Sentence, Tags


def sentence(text, at=0):
    return Sentence("r", 0, at, at + len(text), text, Block("text"))


CASES = [
    (
        "The report said 25 people were killed and dozens injured.",
        [("killed", "people", 25, 25), ("wounded", "people", 24, None)],
    ),
    ("The committees recorded the killing of 127 people on Tuesday.", [("killed", "people", 127, 127)]),
    ("6,000 to 12,000 civilians had fled into the district.", [("displaced", "civilians", 6000, 12000)]),
    ("They documented 91 deaths on Monday.", [("killed", "people", 91, 91)]),
    ("An air raid killed at least 58 people.", [("killed", "people", 58, None)]),
    ("More than ten were wounded.", [("wounded", "people", 11, None)]),
    ("Twenty-three people have been killed.", [("killed", "people", 23, 23)]),
    ("Up to 11 soldiers died.", [("killed", "soldiers", 0, 11)]),
    (
        "10 villagers killed 15 injured in rocket attacks.",  # its comma lost
        [("killed", "villagers", 10, 10), ("wounded", "people", 15, 15)],
    ),
    ("Some 60 gunmen killed 15 soldiers.", [("killed", "soldiers", 15, 15)]),
    ("174 fighters were killed, wounded or captured.", [("killed or wounded", "fighters", 174, 174)]),
    (
        "Between 400 and 500 deaths and 300 injuries were reported.",
        [("killed", "people", 400, 500), ("wounded", "people", 300, 300)],
    ),
    ("The blast killed two medics, wounding 30.", [("killed", "medics", 2, 2), ("wounded", "people", 30, 30)]),
    ("The attack claimed the lives of 12 villagers.", [("killed", "villagers", 12, 12)]),
    ("The dead numbered forty.", [("killed", "people", 40, 40)]),
    ("The brigade lost eleven men at the bridge.", [("killed", "men", 11, 11)]),
    ("They lost 3 tanks and two villages.", []),
    ("A family of five was killed in the raid.", [("killed", "people", 5, 5)]),
    ("Villagers buried nine on Friday.", [("killed", "people", 9, 9)]),
    ("Nine people were buried under the rubble.", [("missing", "people", 9, 9)]),
    ("The storm cost 12 lives.", [("killed", "lives", 12, 12)]),
    ("The shelling left 12 dead and 30 hurt.", [("killed", "people", 12, 12), ("wounded", "people", 30, 30)]),
    ("Six cyclists were wounded, all lightly.", [("wounded", "cyclists", 6, 6)]),
    ("A dozen are fighting for their lives.", []),
    ("The governor freed 30 captives.", [("released", "captives", 30, 30)]),
    ("Gunmen seized 60 men at the mill.", [("detained", "men", 60, 60)]),
    ("It has the names of 18 civilians killed.[19]", [("killed", "civilians", 18, 18)]),
    ("The toll stands at 20 or more.", [("killed", "people", 20, None)]),
    ("They took 400 people yesterday to the airport.", [("detained", "people", 400, 400)]),
    ("Scores were arrested.", [("detained", "people", 40, None)]),
    ("Fewer than 20 residents remain.", [("trapped", "residents", 0, 19)]),
    ("It killed more than 1,200 civilians.", [("killed", "civilians", 1201, None)]),
    ("The death toll rose to 89.", [("killed", "people", 89, 89)]),
    ("He killed 14 people and wounded eight.", [("killed", "people", 14, 14), ("wounded", "people", 8, 8)]),
    ("Blasts kill 20 Monitor", [("killed", "people", 20, 20)]),
    ("They killed two dozen people.", [("killed", "people", 24, 24)]),
    ("It killed half a dozen.", [("killed", "people", 6, 6)]),
    ("Over a dozen were injured.", [("wounded", "people", 13, None)]),
    ("The army said 22 had been killed or wounded.", [("killed or wounded", "people", 22, 22)]),
    ("50 casualties and more than 300 injured.", [("killed", "people", 50, 50), ("wounded", "people", 301, None)]),
    ("As many as 11 people died.", [("killed", "people", 0, 11)]),
    ("A family of five was killed.", [("killed", "people", 5, 5)]),
    ("Reported killed: 69", [("killed", "people", 69, 69)]),
    ("The toll, by the activists, was put between 55 and 68.", [("killed", "people", 55, 68)]),
    ("They raised the death toll from five to eight.", [("killed", "people", 8, 8)]),
    ("Up to 130 bandits were eliminated.", [("killed", "bandits", 0, 130)]),
    ("Twenty-six of our sons will not come back.", [("killed", "sons", 26, 26)]),
    ("Rebels shot twelve teachers against a wall.", [("killed", "teachers", 12, 12)]),
    ("Four villagers starved to death.", [("killed", "villagers", 4, 4)]),
    ("Ten were killed and dozens of others wounded.",
     [("killed", "people", 10, 10), ("wounded", "others", 24, None)]),
    ("It confirmed the detention of fewer than forty suspects.", [("detained", "suspects", 0, 39)]),
    ("Around ten recruiters had been caught in the yard.", []),
    ("About 20 recruiters had been caught.", [("detained", "recruiters", 17, 24)]),
    ("The ministry let 30 prisoners walk over the bridge.", [("released", "prisoners", 30, 30)]),
    ("More than 20 may have died.", [("killed", "people", 21, None)]),
    ("Half of the 300 prisoners were freed.", [("released", "prisoners", 150, 150)]),
    ("A third of the 300 villagers were killed.", [("killed", "villagers", 100, 100)]),
    ("More than 60 percent of the 300 villagers had fled.", [("displaced", "villagers", 181, None)]),
    ("Two-thirds of the 90 passengers drowned.", [("killed", "passengers", 60, 60)]),
    ("One guard died at the gate and a second in hospital.", [("killed", "guard", 1, None)]),
    ("It killed seven people and another eight were hurt.",
     [("killed", "people", 7, 7), ("wounded", "people", 8, 8)]),
    ("A boy aged 16 or 17 was shot dead.", []),
    # Tolls as nouns, wherever the number stands:
    ("The rescuers raised the count of Friday's dead at the bus station to 34.", [("killed", "people", 34, 34)]),
    ("The number of dead at the block on the embankment has gone up to twelve.", [("killed", "people", 12, 12)]),
    ("The body count reached 60.", [("killed", "people", 60, 60)]),
    ("The death toll has topped 200.", [("killed", "people", 201, None)]),
    ("The governor gave nine as the number of dead.", [("killed", "people", 9, 9)]),
    ("The committee puts at close to 600 those who are missing.", [("missing", "people", 510, 691)]),
    ("Killed: 9. Wounded: 21.", [("killed", "people", 9, 9), ("wounded", "people", 21, 21)]),
    ("It put its own losses at four.", [("killed", "people", 4, 4)]),
    ("The toll could rise to as high as 40 dead.", []),
    ("A hundred and twelve people died.", [("killed", "people", 112, 112)]),
    ("A score of villagers died.", [("killed", "villagers", 18, 22)]),
    ("Forty-odd people were killed.", [("killed", "people", 40, 49)]),
    ("Forty people or more were killed.", [("killed", "people", 40, None)]),
    ("A single guard was killed.", [("killed", "guard", 1, 1)]),
    ("Not a single guard was killed.", []),
    # What befell them, in all the ways of saying it:
    ("Six soldiers fell at the ford.", [("killed", "soldiers", 6, 6)]),
    ("Six shells fell at the ford.", []),
    ("Nine were machine-gunned in the buses.", [("killed", "people", 9, 9)]),
    ("The villagers laid 16 people to rest.", [("killed", "people", 16, 16)]),
    ("Nine people were buried on the slope.", [("killed", "people", 9, 9)]),
    ("The army destroyed 80 militants.", [("killed", "militants", 80, 80)]),
    ("The army destroyed 80 tanks.", []),
    ("Forty enemy soldiers were put out of action.", [("killed or wounded", "soldiers", 40, 40)]),
    ("The enemy lost 40 men killed and wounded.", [("killed or wounded", "men", 40, 40)]),
    ("Thirty pupils were rushed to the clinic.", [("wounded", "pupils", 30, 30)]),
    ("Thirty lay in hospital.", [("wounded", "people", 30, 30)]),
    ("Seven people lost limbs.", [("wounded", "people", 7, 7)]),
    ("Three of its crew are still missing.", [("missing", "crew", 3, 3)]),
    ("All 60 remain missing.", [("missing", "people", 60, 60)]),
    ("Relatives read out the names of 17 sailors who had not been heard of.", [("missing", "sailors", 17, 17)]),
    ("There is no trace of nine miners.", [("missing", "miners", 9, 9)]),
    ("Twelve failed to answer the roll call.", [("missing", "people", 12, 12)]),
    ("Contact has been lost with 12 soldiers.", [("missing", "soldiers", 12, 12)]),
    ("Sixty inmates escaped.", [("missing", "inmates", 60, 60)]),
    ("About 600 convicts are at large.", [("missing", "convicts", 510, 691)]),
    ("Forty men were bundled into vans.", [("detained", "men", 40, 40)]),
    ("Gunmen made off with 40 schoolgirls.", [("detained", "schoolgirls", 40, 40)]),
    ("Police made 40 arrests.", [("detained", "people", 40, 40)]),
    ("Forty soldiers surrendered.", [("detained", "soldiers", 40, 40)]),
    ("Twenty-two of ours came over the bridge.", [("released", "people", 22, 22)]),
    ("The militia gave up 30 hostages.", [("released", "hostages", 30, 30)]),
    ("Thirty were pardoned.", [("released", "people", 30, 30)]),
    ("About 300 are sheltering in the cellar.", [("trapped", "people", 255, 346)]),
    ("Two thousand people were brought out.", [("evacuated", "people", 2000, 2000)]),
    # Not numbers of people:
    ("The hospital has the bodies of two boys of twelve.", [("killed", "boys", 2, 2)]),
    ("23 people from 18 different nationalities were killed.", [("killed", "people", 23, 23)]),
    ("About 60 gunmen attacked the station and a guard was killed.", []),
    ("Men between the ages of 18 and 25 were killed.", []),
    ("The second one was killed.", []),
    ("The blast occurred between 3 and 4 a.m. local time.", []),
    ("They have taken about 75% of the opposition area.", []),
    ("On August 21 2013 activists were killed.", []),
    ("Israeli warplanes fired two missiles on the area.", []),
    ("Two of the rockets were intercepted and a guard was killed.", []),
    ("No one was killed.", []),
    ("A 10-year-old boy was wounded.", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_counts(text, expected):
    assert [(c.what, c.who, c.low, c.high) for c in counts(sentence(text))] == expected


@pytest.mark.parametrize(
    ("text", "number", "part"),
    [
        ("It recorded the killing of 127 people, including 23 children.", 0, False),
        ("It recorded the killing of 127 people, including 23 children.", 1, True),
        ("The toll had risen to 43 dead, of whom 19 were soldiers killed.", 1, True),
        ("Five of the dead were children.", 0, True),
        ("Those killed include 14 children and four women.", 0, True),
        ("Those killed include 14 children and four women.", 1, True),
        ("Two of the guards died.", 0, False),
        ("Five people were killed.", 0, False),
    ],
)
def test_a_part_is_told_from_a_whole(text, number, part):
    at = sentence(text)
    assert is_part(at, counts(at)[number]) is part


@pytest.mark.parametrize(
    ("text", "number", "beside"),
    [
        ("Another five people were killed.", 0, True),
        ("Three others were wounded.", 0, True),
        ("Three more civilians were killed.", 0, True),
        ("Three or more civilians were killed.", 0, False),
        ("Five people were killed.", 0, False),
    ],
)
def test_a_number_beside_another(text, number, beside):
    at = sentence(text)
    assert is_beside(at, counts(at)[number]) is beside


def test_a_number_set_against_another_is_another_sources():
    at = sentence("Activists said 30 people were killed, while the army said nine people were killed.")
    assert [is_rival(at, count) for count in counts(at)] == [False, True]


def test_spans_are_offsets_of_the_report():
    text = "Nine people were killed."
    (found,) = counts(sentence(text, at=100))
    assert (found.span.start, found.span.end, found.span.text) == (100, 111, "Nine people")


@pytest.mark.xfail(strict=True, reason="the verb stands in the sentence before")
def test_a_count_whose_verb_is_elsewhere():
    assert counts(sentence("Of the casualties, 67 were in Aleppo Province."))[0].what == "killed"


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        ("A shell killed 14 people.", "By noon the agency corrected itself: the number was 13.", ("killed", 13)),
        ("Soldiers arrested 90 men.", "The council puts the figure at 130.", ("detained", 130)),
        ("No civilians were killed.", "Fourteen militiamen were, the surgeons said.", ("killed", 14)),
        ("The ministry let 30 prisoners walk.", "The ferrymen counted 22 as well.", ("released", 22)),
        ("The council accused the militia.", "It has the names of 57 boys.", ("detained", 57)),
        ("A shell killed 14 people.", "In 2015 the war went on.", None),
        ("A shell killed 14 people.", "Three rivers meet at the town.", None),
    ],
)
def test_a_bare_number_goes_on_with_the_verb_before_it(before, text, expected):
    types = ("detention",) if set("arrested prisoners militia.".split()) & set(before.split()) else ("casualty",)
    rows = told([sentence(before), sentence(text)], [Tags(types, None, None, {}, {}, {}, 0.0)] * 2)
    assert [(count.what, count.low) for count in rows[1]] == ([expected] if expected else [])
