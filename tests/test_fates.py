"""Who is said to be dead, and who alive: the last word of the name, or the office."""

import pytest

from annotate.fates import HE, fates, one_person


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("General Zaro was killed on Friday.", [("zaro", True)]),
        ("Rebels said their raid had killed Colonel Harun Mazi.", [("mazi", True)]),
        ("The army announced the killing of Mullah Akhtar Mansour.", [("mansour", True)]),
        ("The death of the bishop was announced on Monday.", [("bishop", True)]),
        ("A drone killed the leader of the Host.", [("leader", True)]),
        ("The minister died of his wounds.", [("minister", True)]),
        ("A man on the tape denied being dead.", [(HE, True)]),
        ("The mayor is alive, his office said.", [("mayor", False)]),
        ("Colonel Mazi survived the blast.", [("mazi", False)]),
        ("The general was seen on television on Sunday.", [("general", False)]),
        ("He had not died.", [(HE, False)]),
        ("The Emir escaped unhurt.", [("emir", False)]),
        # Nobody by himself:
        ("Seven people were killed in Kuru.", []),
        ("On Monday five were killed.", []),
        ("The monitor said civilians were killed.", []),
        ("The northern army was destroyed.", []),
        ("As well as those killed, 160 were injured.", []),
    ],
)
def test_fates(text, expected):
    assert list(fates(text)) == expected


def test_one_person_by_name_or_office():
    assert one_person("zaro", "zaro", ("Zaro was killed.", "Zaro is alive."))
    assert one_person("zaro", "general", ("General Zaro was killed.", "The general is alive."))
    assert not one_person("zaro", "general", ("Zaro was killed.", "The general is alive."))
