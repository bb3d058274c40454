"""How an event's voices are weighed: who counts once, what stays quiet, what each claim is told. See also stories."""

import pytest
from told import claims, registry, tell

from annotate.contest import contests, disputes, strongest
from annotate.voices import Bench

HIT = "[attack|pro-opposition] {S Activists} {Q said} rockets hit {P Hama air base}."
ALSO = "[attack|pro-regime] {S Al Mayadeen} {Q said} a missile hit {P Hama air base}."
DENIED = "[attack|pro-regime|denies] {S A military source} {Q denied} that {P Hama air base} was hit."
DAYS = {"r": "2016-12-07"}


def weighed(*lines, alike=1.0):
    """The disputes of claims that are one event, with a given likeness of every two of them."""
    bench = Bench(lambda a, b: alike, registry(), DAYS, {"r": "Wire"}, claims(*lines))
    return {d.facet: d for d in disputes(bench)}


def test_each_side_lists_its_claims_speakers_stances_and_independent_sources():
    target = weighed(HIT, ALSO, DENIED)["target"]
    assert (target.level, target.reasons) == ("contested", ("denied",))
    hit, missed = target.sides
    assert (hit.value, hit.claims, hit.independent) == ("hit", (("r", 0), ("r", 1)), 2)
    assert (hit.speakers, hit.stances) == (("Activists", "Al Mayadeen"), ("pro-opposition", "pro-regime"))
    assert (missed.value, missed.claims, missed.speakers) == ("not hit", (("r", 2),), ("military source",))


def test_every_claim_knows_who_stands_against_it():
    found = tuple(weighed(HIT, ALSO, DENIED).values())
    against = {n: {c.facet: c.against for c in contests(found, ("r", n))}["target"] for n in range(3)}
    assert against == {0: (("r", 2),), 1: (("r", 2),), 2: (("r", 0), ("r", 1))}
    assert contests(found, ("r", 9)) == ()


def test_what_is_only_unconfirmed_has_nobody_against_it():
    found = tuple(weighed(HIT).values())
    assert {(c.level, c.against) for c in contests(found, ("r", 0))} == {("unconfirmed", ())}


@pytest.mark.parametrize(
    ("alike", "contested"), [(1.0, True), (0.5, True), (0.3, False)], ids=["surely one", "perhaps", "hardly"]
)
def test_a_denial_must_be_of_the_same_happening(alike, contested):
    assert (
        weighed(HIT, "[other] The base was built in 1931.", DENIED, alike=alike)["target"].level == "contested"
    ) is contested


def test_rival_accounts_must_be_surer_of_it_than_a_denial():
    rival = "[attack|pro-regime] {S Al Mayadeen} {Q said} the rockets fell near {P Hama air base}."
    assert weighed(HIT, rival, alike=0.9)["target"].reasons == ("competing",)
    assert "target" not in weighed(HIT, rival, alike=0.5)


TURKS = "[attack|official] The jet was shot down well inside Turkey, {S the Turkish army} {Q said}."
RESIDENT = "[attack|witness] {S A resident} {Q said} that he was shot inside the Orla hospital."


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            TURKS,
            "[attack|official] {S The Syrian foreign ministry} {Q said} that the jet never left Syrian airspace.",
            ("competing",),
        ),
        (
            TURKS,
            "[attack|official|denies] {S Damascus} {Q denied} that the jet had entered Turkish airspace.",
            ("denied",),
        ),
        (
            RESIDENT,
            "[attack|media] He was shot in the street outside the hospital, {Q according to} {S Reuters}.",
            ("competing",),
        ),
        (RESIDENT, "[attack|media] He was shot outside the town hall, {Q according to} {S Reuters}.", None),
        (RESIDENT, "[attack|media] He was shot inside the Orla hospital, {Q according to} {S Reuters}.", None),
        (TURKS, "[attack|official] A jet was seen over Turkish territory, {S the Russian army} {Q said}.", None),
    ],
    ids=["two countries", "never there", "inside and outside", "two things", "one thing", "one country"],
)
def test_one_happening_in_two_places(one, other, reasons):
    place = weighed(one, other).get("place")
    assert (place.reasons if place and place.level == "contested" else None) == reasons


TAKEN = "[detention|ngo] {S A rights group} {Q said} that the editor was seized at his home by the guard on Monday."


@pytest.mark.parametrize(
    ("one", "other", "contested"),
    [
        (TAKEN, "[detention|official] The editor came of his own free will, {S the governor's office} {Q said}.", True),
        (TAKEN, "[detention|official] The editor is our guest, {S the governor's office} {Q said}.", True),
        (TAKEN, "[detention|media] {S Reuters} {Q said} that the editor was led away on Monday.", False),
        (
            "[attack|witness] {S A baker} {Q said} that rockets hit the ridge.",
            "[attack|official] What was heard was part of a drill, {S the army} {Q said}.",
            True,
        ),
        (
            "[attack|media] {S Reuters} {Q said} that the plane crashed in a field.",
            "[attack|official] {S The air force} {Q said} that it made an emergency landing.",
            True,
        ),
    ],
    ids=["a visit", "a guest", "no other act", "a drill", "a landing"],
)
def test_an_act_told_as_another(one, other, contested):
    found = weighed(one, other).get("occurrence")
    assert (found is not None and found.reasons == ("competing",)) is contested


HOLDS = "[control|other-party] {S The Moss League} {Q said} that {A its fighters} hold {P Dolni Brod}."


@pytest.mark.parametrize(
    ("other", "contested"),
    [
        ("[control|other-party] {P Dolni Brod} is ours, {S the River Guard} {Q said}.", True),
        ("[control|pro-regime] {S State television} {Q said} that {A naval infantry} took {P Dolni Brod}.", True),
        ("[control|other-party] {S The River Guard} {Q said} that {A the league} holds {P Dolni Brod}.", False),
        ("[control|witness] {S A baker} {Q said} that {A strangers} hold {P Dolni Brod}.", False),
    ],
    ids=["two of no side", "a side too", "grants it", "no party to it"],
)
def test_two_who_each_say_that_they_hold_a_place(other, contested):
    assert (weighed(HOLDS, other).get("control", None) is not None) is contested


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{S SANA} {Q said}", "{S SANA} {Q said}"),
        ("{S Hezbollah} {Q said}", "{S Al-Manar} {Q said}"),
        ("{S The Syrian army} {Q said}", "{S A Syrian army spokesman} {Q said}"),
    ],
    ids=["one source", "an outlet and the party that runs it", "an army and its spokesman"],
)
def test_bodies_that_work_together_are_one_voice(one, other):
    found = weighed(
        f"[attack,casualty|pro-regime] {one} five people were killed by rockets in {{P Homs}}.",
        f"[attack,casualty|pro-regime] {other} nine people were killed by rockets in {{P Homs}}.",
    )
    assert found["casualties"].level == "unconfirmed"


def test_the_writer_contests_nothing():
    assert weighed("[attack] Rockets hit {P Hama air base}.", DENIED).keys() == set()


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (
            [
                "[casualty|pro-opposition] {S Activists} {Q said} five people were killed in {P Homs}.",
                "[casualty|pro-opposition] {S Activists} {Q said} nine people were killed in {P Homs}.",
            ],
            "superseded",
        ),
        (
            [
                "[casualty|pro-regime] {S SANA} {Q said} at least five people were killed in {P Homs}.",
                "[casualty|pro-regime] {S Al Mayadeen} {Q said} nine people were killed in {P Homs}.",
            ],
            "overlapping",
        ),
        (
            [
                "[casualty|pro-regime] {S SANA} {Q said} nine people, including two women, were killed in {P Homs}.",
                "[casualty|pro-regime] {S Al Mayadeen} {Q said} nine people were killed in {P Homs}.",
            ],
            "part-whole",
        ),
        (
            [
                "[casualty|pro-regime] {S SANA} {Q said} nine people were killed in {P Homs}.",
                "[casualty] For years bombs have killed people in {P Homs}.",
            ],
            "background",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_only_looks_like_a_dispute_is_kept_as_quiet(lines, kind):
    found = weighed(*lines)
    assert found["casualties"].level == "unconfirmed"
    assert kind in {quiet.kind for quiet in found["casualties"].quiet}


REBELS = "[attack,responsibility,casualty|pro-opposition] {S Rebels} {Q said} {A army} fire hit a bakery in {P Homs}."


@pytest.mark.parametrize(
    ("between", "other", "contested"),
    [
        (0, "[attack,responsibility,casualty|official] {A Rebels} hit the bakery, {S the Syrian army} {Q said}.", True),
        (0, "[attack,responsibility,casualty|official] {S The Syrian army} {Q blamed} {A rebels} for it.", True),
        (
            0,
            "[attack,responsibility|official] {S The Syrian army} {Q said} {A rebels} had attacked its army posts.",
            False,
        ),
        (4, "[attack,responsibility|official] A soldier was shot by {A rebels}, {S the Syrian army} {Q said}.", False),
        (
            4,
            "[attack,responsibility|official] {A Rebels} were behind the shelling, {S the Syrian army} {Q said}.",
            True,
        ),
    ],
    ids=["one deed", "blame", "each his own", "another deed further on", "the deed further on"],
)
def test_two_doers_of_one_deed(between, other, contested):
    found = weighed(REBELS, *["Rain fell."] * between, other)
    assert (found["agent"].level == "contested") is contested


def test_one_side_does_not_accuse_two():
    army = "[attack,responsibility|official] {A The army} hit the rebels at {P Homs}, {S the Syrian army} {Q said}."
    ally = "[attack,responsibility|official] {A Russian jets} hit the rebels at {P Homs}, {S Moscow} {Q said}."
    assert "agent" not in weighed(army, ally) or weighed(army, ally)["agent"].level != "contested"


def test_who_denies_dead_civilians_does_not_deny_dead_soldiers():
    no = "[casualty|official|denies] {S Damascus} {Q denied} that the raid on {P Homs} had killed civilians."
    said = "[casualty|ngo] {S A monitor} {Q said} that the raid on {P Homs} had killed eight "
    assert weighed(said + "people.", no)["casualties"].level == "contested"
    assert all(found.level != "contested" for found in weighed(said + "soldiers.", no).values())


@pytest.mark.parametrize(
    ("denied", "contested"),
    [
        ("denied that {P Hama air base} was hit", True),
        ("denied the report by the opposition that {P Hama air base} was hit", True),
        ("denied Turkey’s claim that {P Hama air base} was hit", False),
        ("denied a stranger’s claim that {P Hama air base} was hit", True),
    ],
)
def test_a_denial_may_say_whose_word_it_denies(denied, contested):
    found = weighed(HIT, f"[attack|official|denies] {{S Damascus}} {denied}.")
    assert (found["target"].level == "contested") is contested


def test_populations_differ():
    found = weighed(
        "[casualty|pro-regime] {S SANA} {Q said} nine soldiers were killed in {P Homs}.",
        "[casualty|pro-opposition] {S Activists} {Q said} five civilians were killed in {P Homs}.",
    )
    assert found["casualties"].level == "none", "two sides, each of its own people"
    assert [quiet.kind for quiet in found["casualties"].quiet] == ["part-whole"]


def test_the_levels_in_order():
    assert strongest(["none", "unconfirmed", "contested"]) == "contested"
    assert strongest(["none", "unconfirmed"]) == "unconfirmed"
    assert strongest([]) == "none"


def test_an_event_and_its_claims_tell_the_same():
    told = tell(HIT, DENIED)
    event = told.event("Activists")
    assert (event.level, event.claims) == ("contested", (("r", 0), ("r", 1)))
    assert {claim.event for claim in told.batch.claims} == {event.id}
    assert told.claim("denied").contest == contests(event.facets, ("r", 1))


def test_who_denies_a_count_without_giving_one_is_given_none():
    told = tell(
        "[casualty|pro-opposition] {S Activists} {Q said} nine people were killed in {P Homs} on Monday.",
        "[casualty|pro-regime|denies] {S The army} {Q denied} the figure.",
    )
    assert told.sides("casualties") == {"9 killed": {"Activists"}, "not 9 killed": {"army"}}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("in the morning", "at 9 p.m.", "contested"),
        ("at night", "at noon", "contested"),
        ("before dawn", "in the afternoon", "contested"),
        ("at 6:20 p.m.", "at nine in the evening", "contested"),
        ("before the truce", "when the truce was two hours old", "contested"),
        ("in the morning", "at 9 a.m.", "none"),
        ("before six in the morning", "at 9 p.m.", "contested"),
        ("before six", "between four and seven", "none"),
        ("before dawn", "at dawn", "none"),
        ("at night", "at about 0200 local time", "none"),
        ("in the morning", "in the afternoon", "none"),
        ("at 6:20 p.m.", "at 6:50 p.m.", "none"),
    ],
)
def test_times_of_one_act(one, other, level):
    army = f"[attack|official] Shells fell on {{P Hama air base}} {one}, {{S the Syrian army}} {{Q said}}."
    rebels = f"[attack|pro-opposition] Shells fell on {{P Hama air base}} {other}, {{S activists}} {{Q said}}."
    assert weighed(army, rebels)["time"].level == level


def test_hours_of_two_zones_are_not_compared():
    army = "[attack|official] Shells fell on {P Hama air base} at 12:00 GMT, {S the Syrian army} {Q said}."
    rebels = (
        "[attack|pro-opposition] Shells fell on {P Hama air base} at three in the afternoon, {S activists} {Q said}."
    )
    assert "time" not in weighed(army, rebels) or weighed(army, rebels)["time"].level == "none"


def test_a_place_is_left_at_another_hour_than_it_was_taken():
    army = "[control|official] {A Troops} captured {P Hama air base} at 5 a.m., {S the Syrian army} {Q said}."
    rebels = "[control|pro-opposition] {A Our men} pulled out of {P Hama air base} at 3 p.m., {S the rebels} {Q said}."
    assert "time" not in weighed(army, rebels) or weighed(army, rebels)["time"].level == "none"


def test_parts_of_the_day_are_compared_only_where_the_act_is_surely_one():
    army = "[attack|official] Shells fell on {P Hama air base} in the morning, {S the Syrian army} {Q said}."
    rebels = "[attack|pro-opposition] Shells fell on {P Hama air base} at night, {S activists} {Q said}."
    assert (
        weighed(army, rebels, alike=0.7).get("time") is None or weighed(army, rebels, alike=0.7)["time"].level == "none"
    )


def test_a_count_says_of_whom_it_is():
    told = tell(
        "[casualty|pro-opposition] {S Activists} {Q said} nine people, two children among them, died in {P Homs}."
    )
    assert {side.value for side in told.dispute("casualties").sides} >= {"9 killed"}
    told = tell("[casualty|pro-opposition] {S Activists} {Q said} nine soldiers were killed in {P Homs}.")
    assert [side.value for side in told.dispute("casualties").sides] == ["9 soldiers killed"]


def test_a_loss_granted_later_is_no_second_account():
    found = weighed(
        "[control|pro-regime] {S State television} {Q said} {A troops} stormed {P Tell Rimah} at dawn.",
        "[control|pro-opposition|denies] {S A rebel commander} {Q denied} that {P Tell Rimah} was lost.",
        "[control|pro-opposition|confirms] {S A rebel commander} {Q admitted} {A its men} left {P Tell Rimah} at 3 pm.",
    )
    assert "time" not in found or found["time"].level == "none"
    assert "superseded" in {quiet.kind for quiet in found["control"].quiet}


def test_a_standing_denial_is_background():
    found = weighed(
        "[attack|ngo] {S The UN} {Q said} helicopters fired on a school in {P Homs}.",
        "[attack|official|denies] {S The army} {Q has} always {Q denied} attacking schools.",
    )
    assert {dispute.level for dispute in found.values()} == {"none"}
    assert "background" in {quiet.kind for dispute in found.values() for quiet in dispute.quiet}
