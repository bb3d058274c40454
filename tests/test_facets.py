"""What a sentence says of each facet of what happened. Values read as in the summary; "~" marks doubt."""

import pytest
from told import claims

from annotate.facets import is_position

HAPPENED, HIT, MISSED = "occurrence: happened", "target: hit", "target: not hit"


def written(value):
    shown = f"{value.facet}: {'not ' * value.negated}{value.value}"
    if value.low is not None:
        shown += f" {value.low}-{'' if value.high is None else value.high} {value.scope or ''}".rstrip()
    return shown + " ~" * value.hedged


def said(line):
    return [written(value) for claim in claims(line) for value in claim.values]


def table(rows):
    return pytest.mark.parametrize(("line", "expected"), rows, ids=[line[:60] for line, _ in rows])


@table(
    [
        (
            "[attack] {A Army} jets hit {P the hospital in Saraqib}.",
            [HAPPENED, HIT, "target: hospital", "means: air-strike", "agent: regime"],
        ),
        ("[attack] A shell landed in {P Saraqib}.", [HAPPENED, HIT, "means: artillery"]),
        ("[attack] Missiles destroyed an arms depot.", [HAPPENED, HIT, "means: missile"]),
        ("[attack] A missile was seen in the sky.", [HAPPENED, "means: missile"]),
        ("[attack] A rocket landed near {P the base}.", [HAPPENED, MISSED, "target: base", "means: missile"]),
        ("[attack] Rockets fell in an empty field by {P Saraqib}.", [HAPPENED, MISSED, "means: missile"]),
        ("[attack] The rocket did not hit {P the school}.", [HAPPENED, MISSED, "target: school", "means: missile"]),
        ("[attack] Air defences intercepted the missiles.", [HAPPENED, MISSED, "means: missile"]),
    ]
)
def test_target_hit_or_missed(line, expected):
    assert said(line) == expected


@table(
    [
        ("Two missiles at {P the market} in the middle of the day.", HIT),
        ("The missile went into {P the rows of the market}.", HIT),
        ("Rockets ploughed into {P the bus station}.", HIT),
        ("A bomb tore through {P the customs shed}.", HIT),
        ("A shell came down on {P the school}.", HIT),
        ("Gunmen raked {P the bus} with fire.", HIT),
        ("{P The school} came under fire.", HIT),
        ("A strike levelled {P the mosque}.", HIT),
        ("The drone rammed {P the mast}.", HIT),
        ("Shells fell 200 metres from {P the school}.", MISSED),
        ("The rocket overshot {P the mast}.", MISSED),
        ("{P The clinic} was untouched.", MISSED),
        ("Jets flew over {P the clinic}.", None),
        ("Shells were found at {P the clinic}.", None),
    ]
)
def test_the_words_for_a_hit_and_a_miss(line, expected):
    found = [value for value in said(f"[attack] {line}") if value in (HIT, MISSED)]
    assert found == [expected] * bool(expected)


@table(
    [
        ("[attack] {A Jets} bombed civilians in Idlib.", "target: civilian"),
        ("[attack] {A Jets} are targeting only Islamist militants.", "target: armed"),
        ("[attack] {A Jets} struck civilians and fighters.", None),
        ("[attack] {A Jets} hit a military convoy.", "target: armed"),
        ("[attack] Those inside were pilgrims on their way home.", "target: civilian"),
        ("[attack] The persons shot at were recruits of the militia.", "target: armed"),
        ("[attack] It was flour and blankets that went up in flames.", "target: civilian"),
        ('[attack] It showed the wrecks, calling them "a column of munition lorries".', "target: armed"),
        ("[attack] What burned there was medicine, not ammunition.", "target: civilian"),
        ("[attack] The boat was carrying migrants.", "target: civilian"),
        ("[attack] The clinic was used to store rockets.", "target: armed"),
        ("[attack] The hall was housing rockets.", "target: armed"),
        ("[attack] Rockets fell on Public Housing in Hama and the shells came next.", None),
        ("[attack] The raid left dozens of villagers dead.", None),
        ("[attack] Shells fired by {A terrorists} fell on the town.", None),
        ("[attack] {A Jets} struck the insurgent-held city.", None),
        ("[attack] {A Gunmen} carried out a missile attack.", None),
    ]
)
def test_whom_force_was_meant_for(line, expected):
    assert (expected or "target: ") in "; ".join(said(line)) if expected else not any("target" in v for v in said(line))


@table(
    [
        ("The shells fell at 6:30am.", "time: 06:30"),
        ("It went off around 9 p.m. in the market.", "time: 21:00"),
        ("The raid began at 18:50 local time.", "time: 18:50"),
        ("The shells fell at nine on Monday evening.", "time: 21:00"),
        ("The house shook at ten to eight.", "time: 07:50?"),
        ("Six drones came in at about 0200 local time.", "time: 02:00"),
        ("The bomb went off shortly before midnight.", "time: 00:00"),
        ("The raid was over before nine in the morning.", "time: 03:00-09:00"),
        ("It struck between four and six.", "time: 04:00-06:00?"),
        ("It was before six on Tuesday.", "time: 00:00-06:00?"),
        ("She gave out the two o'clock medicines when the windows came in.", "time: 02:00?"),
        ("She said she was giving out the two o'clock medicines.", "time: 02:00?"),
        ("The hands of the hall clock stood at ten in the morning.", "time: 10:00"),
        ("Ten in the evening it was.", "time: 22:00"),
        ("A shell struck two of the houses.", None),
        ("A 10 p.m. curfew was in force.", None),
        ("The shell fell during morning prayers.", "time: in the morning"),
        ("The knock came at breakfast.", "time: in the morning"),
        ("The raid came during iftar.", "time: in the evening"),
        ("The bomb hit the house while the family slept.", "time: at night"),
        ("A bomb went off, the army said at 9:30 p.m.", None),
        ("The last shell was fired forty minutes before the truce.", "time: before the truce"),
        ("Shells fell when the truce was two hours old.", "time: during the truce"),
        ("They opened fire when the deadline had passed.", "time: after the deadline"),
        ("The jets came before sunrise.", "time: before dawn"),
        ("The market was shelled in broad daylight.", "time: by daylight"),
        ("They had shelled it since the morning.", None),
        ("The army said in the evening that it had shelled the hill.", None),
        ("Between 3 and 4 people were hurt.", None),
        ("A 12.7 mm gun was fired.", None),
    ]
)
def test_the_hour(line, expected):
    assert next((value for value in said(f"[attack] {line}") if value.startswith("time")), None) == expected


@table(
    [
        ("[diplomacy|pro-opposition|denies] {S The rebels} {Q refused} the truce.", True),
        ("[diplomacy|pro-opposition|denies] {S A negotiator} {Q said} they would not sign.", True),
        ("[diplomacy|official] {S The cabinet} {Q said} it would comply.", True),
        ("[diplomacy|official|denies] {S The ministry} {Q denied} that it had met the envoy.", False),
        ("[attack,diplomacy|official|denies] {S The army} {Q rejected} the reports of a broken truce.", False),
    ]
)
def test_a_refusal_of_what_is_on_offer_is_a_position(line, expected):
    assert is_position(claims(line)[0]) is expected


def test_a_missed_aircraft_is_no_missed_target():
    assert said("[attack] They fired a missile at the jets but did not hit them.") == [
        HAPPENED, "means: air-strike", "means: missile",
    ]  # fmt: skip


@table(
    [
        ("[attack|official|denies] {S The army} {Q denied} that {P the base} was hit.", [MISSED]),
        (
            "[attack,responsibility|official|denies] {S The army} {Q denied} that {A its jets} hit {P the convoy}.",
            ["agent: not regime"],
        ),
        (
            "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} any involvement.",
            ["agent: not russia"],
        ),
        (
            "[attack,responsibility|official|denies] {S The Russian Defense Ministry} {Q denied} that {A its jets} "
            "carried out the strike and blamed {A the rebels}.",
            ["agent: not russia", "agent: opposition"],
        ),
        (
            "[attack|official|denies] {S The ministry} {Q said} there was no truth in reports of a strike.",
            ["occurrence: not happened"],
        ),
        ("[attack|official|denies] {S The ministry} {Q rejected} all of it.", ["occurrence: not happened"]),
        ("[attack|official|denies] {S The ministry} {Q denied} it.", ["occurrence: not happened"]),
        ("[attack|official|denies] {S The ministry} {Q denied} it on Friday.", ["occurrence: not happened"]),
        ("[attack|official|denies] {S The Syrian army} {Q denied} it had fired.", ["agent: not syrian-government"]),
        (
            "[attack|official|denies] No plane of ours was lost, {S the ministry} {Q said}.",
            ["occurrence: not happened"],
        ),
        ("[attack|official|denies] No rocket was launched, {S it} {Q said}.", ["occurrence: not happened"]),
        (
            "[attack|official|denies] No chlorine shells were fired, {S it} {Q said}.",
            ["means: not chemical", "means: not artillery"],
        ),
        ("[detention|official|denies] {S The ministry} {Q said} no arrests took place.", ["occurrence: not happened"]),
        (
            "[casualty|official|denies] {S The army} {Q denied} that any of its soldiers had been killed.",
            ["casualties: not killed 0-0"],
        ),
        (
            "[control|pro-opposition|denies] {S A rebel commander} {Q denied} that {A the army} seized {P Saraqib}.",
            ["control: not regime"],
        ),
        (
            "[control|pro-opposition|denies] {S A rebel commander} {Q denied} that {P Saraqib} had fallen.",
            ["control: not somebody"],
        ),
        (
            "[control|official|denies] {S The Syrian army} {Q denied} losing {P the base}.",
            ["control: not somebody", "control: syrian-government"],
        ),
    ]
)
def test_what_exactly_is_denied(line, expected):
    assert said(line) == expected


def test_its_own_forces_are_the_speakers():
    assert "agent: russia" in said(
        "[attack|official] {S The Russian Defense Ministry} {Q said} {A its jets} hit {P Homs}."
    )
    assert "control: opposition" in said("[control|pro-opposition] {S A rebel} {Q said} {A his men} held {P Homs}.")


@pytest.mark.parametrize(
    "line",
    [
        "No air strikes were carried out on {P Saraqib}.",
        "There was no shelling overnight in {P Saraqib}.",
        "Not a single shell fell on {P Saraqib}.",
        "Calm prevailed in {P Saraqib} all day, {S the army} {Q said}.",
        "The night passed quietly in {P Saraqib}.",
        "The raid never took place, {Q said} {S the army}.",
        "Nothing of the kind happened, {S the army} {Q said}.",
        "Nobody opened fire in {P Saraqib}.",
        "{S A villager} {Q said} he heard no explosion that night.",
    ],
)
def test_no_attack_is_no_occurrence_and_has_no_means(line):
    assert said(f"[attack] {line}") == ["occurrence: not happened"]


@table(
    [
        (
            "At least nine people were killed and 14 wounded.",
            ["killed 9- people", "wounded 14-14 people", "killed or wounded 23- people"],
        ),
        ("More than 40 civilians died.", ["killed 41- civilians"]),
        ("Between 10 and 15 people were killed.", ["killed 10-15 people"]),
        ("Twelve people, including four children, were killed.", ["killed 12-12 people", "killed 4- children"]),
        ("Some 1,200 people have been killed since September.", ["killed 1020-1381 elsewhere"]),
        (
            "It killed 15 civilians and 27 soldiers.",
            ["killed 42-42 people", "killed 15-15 civilians", "killed 27-27 soldiers"],
        ),
        (
            "At least 30 people were killed, 30 people in all, were killed.",
            ["killed 30- people", "killed 30-30 people"],
        ),
        ("The doctor saw 12 people dead.", ["killed 12- part"]),
        ("The clip showed two wounded boys.", ["wounded 2- part"]),
        ("They killed 12 of the group's top leaders.", ["killed 12-12 leaders"]),
        ("A separate strike killed four people.", ["killed 4-4 elsewhere"]),
        ("At least 100 others were wounded.", ["wounded 100- others"]),
        ("They gave no death toll.", []),
        ("22 people were injured, without casualties.", ["killed 0-0 all", "wounded 22-22 people"]),
        ("Shells fell without causing casualties.", ["killed 0-0 all", "wounded 0-0 all"]),
        ("There were no reports of casualties.", ["killed 0-0 all", "wounded 0-0 all"]),
        ("Nobody was killed, but windows broke.", ["killed 0-0 all"]),
        ("The shell hurt nobody.", ["wounded 0-0 all"]),
        ("The blast did not kill anyone.", ["killed 0-0 all"]),
        ("All of the crew got off alive.", ["killed 0-0 all", "wounded 0-0 all"]),
        ("The rockets claimed no lives.", ["killed 0-0 all", "wounded 0-0 all"]),
        ("No civilians were injured.", ["wounded 0-0 civilians"]),
    ]
)
def test_tolls_and_no_casualties(line, expected):
    assert said(f"[casualty] {line}") == [f"casualties: {value}" for value in expected]


@table(
    [
        ("A barrel bomb fell.", ["barrel-bomb"]),
        ("An improvised explosive device went off.", ["car-bomb"]),
        ("A lorry loaded with large quantities of explosives blew up.", ["car-bomb"]),
        ("The stored explosives blew up.", ["accident"]),
        ("A bomber in an explosives-laden lorry did it.", ["car-bomb"]),
        ("Two suicide bombers struck.", ["suicide-bomb"]),
        ("Three suicide-bomber attacks hit it.", ["suicide-bomb"]),
        ("They hit a suicide vehicle.", []),
        ("Bombers struck the town.", ["air-strike"]),
        ("A man blew himself up.", ["suicide-bomb"]),
        ("They were killed by sniper fire.", ["gunfire"]),
        ("Chlorine was smelt after the blast.", ["chemical"]),
        ("The blast was caused by a gas leak.", ["accident"]),
        ("The rebels' own store blew up.", ["accident"]),
        ("A welder set the hall on fire.", ["accident"]),
        ("It went off during tests.", ["accident"]),
        ("The ferry ran on a drifting mine.", ["car-bomb"]),
        ("A torpedo sank the ferry.", ["torpedo"]),
        ("The soldiers jettisoned their packs.", []),
        ("A patrol boat machine-gunned the dinghy.", ["gunfire"]),
        ("A wave turned the boat over.", ["accident"]),
        ("White phosphorus burst over the town.", ["incendiary"]),
        ("They were plain smoke shells.", ["smoke", "artillery"]),
        ("The governor stands by his word that a welder started the fire.", ["accident"]),
        ("The mayor has not taken back that a welder started the fire.", ["accident"]),
    ]
)
def test_means(line, expected):
    found = [value for value in said(f"[attack] {line}") if not value.startswith(("status", "target"))]
    assert found == [HAPPENED, *(f"means: {value}" for value in expected)]


@table(
    [
        ("The missiles were fired from Lebanese airspace.", ["origin: lebanon"]),
        ("Rockets were launched from inside {P the Golan Heights}.", ["origin: golan"]),
        ("The rockets came from the southern hills.", ["origin: southern hills"]),
        (
            "The drones took off from inside Velia, from a quarry near the coast.",
            ["origin: Velia", "origin: quarry near the coast"],
        ),
        ("A launch from the lake was heard.", ["origin: lake"]),
        ("The drones were launched from Belarusian soil.", ["origin: belarus"]),
        ("The drones were launched from an airfield, in Belarus.", ["origin: airfield", "origin: belarus"]),
        ("Five rockets left the brickfields.", ["origin: brickfields"]),
        ("The missiles rose off the Mediterranean.", ["origin: Mediterranean"]),
        ("They came under sniper fire, from the eastern bank of the canal.", ["origin: eastern bank of the canal"]),
        ("A guard fled from the southern hills.", []),
        ("Bombs were dropped from a Karsian-made helicopter on the village.", []),
        ("The last round left the barrel.", []),
    ]
)
def test_origin(line, expected):
    assert [value for value in said(f"[attack] {line}") if value.startswith("origin")] == expected


@table(
    [
        ("The jet was shot down in Turkish airspace.", ["place: turkey"]),
        ("The jet went down well inside Lebanon.", ["place: lebanon"]),
        ("{S The Velian navy} {Q said} that it boarded the ship in its own waters.", ["place: Velian"]),
        ("The ship was boarded on the high seas.", ["place: nobody's ground"]),
        ("The drone never left Syrian airspace.", ["place: Syrian"]),
        ("The patrol did not cross into Karsia.", ["place: not Karsia"]),
        ("No soldier set foot on Velian soil.", ["place: not Velian"]),
        ("A drone crashed in the courtyard of the embassy.", ["place: inside embassy"]),
        ("A drone crashed 300 metres from the Karsian embassy.", ["place: outside karsian embassy"]),
        ("He was seized outside {P the Orla hospital}.", ["place: outside orla hospital"]),
        ("A shell hit a wall outside {P the hospital}.", []),  # beside what force came down is said by its target
        ("He was shot with another man near Saraqib.", []),
    ]
)
def test_where_it_was(line, expected):
    assert [value for value in said(f"[attack] {line}") if value.startswith("place")] == expected


@table(
    [
        ("{A Government troops} captured {P Saraqib}.", "regime"),
        ("{A Government troops} has not taken {P Saraqib}.", "not regime"),
        ("{A Government troops} failed to take {P Saraqib}.", "not regime"),
        ("{A Rebels} withdrew from {P Saraqib}.", "not opposition"),
        ("{A Rebels} have not left {P Saraqib}.", "opposition"),
        ("{A Rebels} repelled the army at {P Saraqib}.", "opposition"),
        ("{A Rebels} were driven out of {P Saraqib}.", "not opposition"),
        ("{P Saraqib} remains in {A rebel} hands.", "opposition"),
        ("{P Saraqib} was overrun.", "somebody"),
        ("{P Saraqib} is under the full control of {A government troops}.", "regime"),
        ("{A Rebels} marched into {P Saraqib} at dawn.", "opposition"),
        ("{S A rebel commander} {Q said} that the depot was gone but his men still hold {P Saraqib}.", "opposition"),
        ("{S A rebel commander} {Q said} that {A the brigade} has every street of {P Saraqib}.", "opposition"),
        ("{S The Moss League} {Q said} that {A its fighters} hold {P Dolni Brod}.", "moss league"),
        ("{S The Moss League} {Q said} that {P Dolni Brod} is ours.", "moss league"),
        ("{S A resident} {Q said} that our streets were overrun.", "somebody"),
        ("{P Saraqib} was {A the Turkish army}'s on Sunday.", "turkey"),
        ("{S A rebel commander} {Q said} {A his fighters} have captured {P Saraqib}.", "opposition"),
        ("{S A resident} {Q said} he had seen no soldiers in {P Saraqib} but {A Turkish} ones.", "turkey"),
        ("{A Rebels} stormed {P Saraqib} at first light.", "opposition"),
        ("{A Rebels} are manning the checkpoints of {P Saraqib}.", "opposition"),
        ("{S A rebel spokesman} {Q said} {P the airport} is theirs, {A fighters} danced on the runway.", "opposition"),
    ]
)
def test_control(line, expected):
    spoken = (
        "|witness"
        if "resident" in line
        else "|other-party"
        if "{S The" in line
        else "|pro-opposition"
        if "{S" in line
        else ""
    )
    held = [value for value in said(f"[control{spoken}] {line}") if not value.startswith("time")]
    assert held == [f"control: {expected}"]


@table(
    [
        ("[humanitarian] The road to {P Idlib} is open.", ["way open"]),
        ("[humanitarian] The crossing was reopened on Monday.", ["way open"]),
        ("[humanitarian] We have left safe routes for you.", ["way open"]),
        ("[humanitarian] The corridor is not open.", ["not way open"]),
        ("[humanitarian] The road to {P Idlib} has been cut.", ["not way open"]),
        ("[humanitarian] There is no way out.", ["not way open"]),
        ("[humanitarian] Civilians could not leave {P the district}.", ["not way open"]),
        ("[diplomacy] The ceasefire is holding.", ["truce holds"]),
        ("[diplomacy] The ceasefire is not dead.", ["truce holds"]),
        ("[diplomacy] The truce has not been violated.", ["truce holds"]),
        ("[diplomacy] The truce has collapsed.", ["not truce holds"]),
        ("[diplomacy] The truce was not respected.", ["not truce holds"]),
        ("[humanitarian] The road is lined with olive trees.", []),
        ("[humanitarian] Families can walk out through the crossing.", ["way open"]),
        ("[humanitarian] The gate was shut and guards let nobody pass.", ["not way open"]),
        ("[humanitarian] We hope that the road will be open by noon.", []),
        ("[diplomacy] The truce is being kept.", ["truce holds"]),
        ("[humanitarian] The pumps are working again.", ["water in service"]),
        ("[humanitarian] The taps of {P Homs} ran dry, the water was cut off.", ["not water in service"]),
        ("[humanitarian] The power station is out of service.", ["not power in service"]),
        ("[humanitarian] Two trucks with flour reached {P Madaya}.", ["aid arrived"]),
        ("[humanitarian] The convoy was turned back at the checkpoint.", ["not aid arrived"]),
        ("[diplomacy] An agreement was signed at night.", ["deal reached"]),
        ("[diplomacy] The two agreed on the possibility of a deal.", []),
        ("[diplomacy] The talks have not begun.", ["not talks held"]),
        ("[humanitarian|official|denies] {S The mayor} {Q denied} that the road was closed.", ["way open"]),
        ("[humanitarian|official|denies] {S The mayor} {Q denied} it: no flour has arrived.", ["not aid arrived"]),
        (
            "[detention|official|denies] {S He} {Q denied} that the men were freed; they are in jail.",
            ["captives held"],
        ),
        ("[other] The bridge no longer exists.", ["not intact"]),
        ("[other] The viaduct lies in the river.", ["not intact"]),
        ("[other] A picture shows the bridge severed over forty metres.", ["not way open", "not intact"]),
        ("[other] The bridge stands undamaged and lorries were crossing it.", ["way open", "intact"]),
        ("[diplomacy] There is no deal and no signature.", ["not deal reached"]),
        ("[humanitarian] Not one lorry has come up the road.", ["not aid arrived"]),
        ("[humanitarian] Families received no parcels.", ["not aid arrived"]),
        ("[humanitarian] Five barges of flour docked at noon.", ["aid arrived"]),
        ("[diplomacy] The truce exists on paper only.", ["not truce holds"]),
        ("[humanitarian] The clinic is treating patients again.", ["hospital in service"]),
        ("[casualty] The general staff said forty fighters were killed.", []),
        ("[control] The garrison capitulated.", ["surrendered"]),
        ("[detention] The reporter is being questioned in the capital.", ["captives held"]),
        ("[detention] The two reporters are still held in {P Orla} prison.", ["captives held"]),
        ("[detention] The reporters were released and went home.", ["not captives held"]),
        ("[casualty] The commander is alive and in good health.", ["alive"]),
        ("[casualty] The commander died on the way to the hospital.", ["not alive"]),
        ("[humanitarian] The families left of their own free will.", ["left freely"]),
        ("[humanitarian] The families were forced onto buses at gunpoint.", ["not left freely"]),
        ("[control] The garrison laid down its arms on Monday.", ["surrendered"]),
        ("[control] The garrison is still fighting.", ["not surrendered"]),
        ("[other] The bridge is intact.", ["intact"]),
        ("[other] The bridge was blown up.", ["not intact"]),
        ("[diplomacy] The inspectors were admitted to the plant.", ["let in"]),
        ("[diplomacy] The inspectors were refused entry.", ["not let in"]),
        ("[other] Weapons were found in the cellar.", ["weapons found"]),
        ("[other] There were no weapons in the cellar.", ["not weapons found"]),
        ("[other] The bridge was built in 1932.", []),
    ]
)
def test_ways_and_truces(line, expected):
    found = [value for value in said(line) if value.startswith("status")]
    assert found == [f"status: {value}" for value in expected]


def test_doubt_marks_every_value():
    assert said("[attack||hedges] Warplanes reportedly bombed {P a school}.") == [
        f"{HAPPENED} ~", f"{HIT} ~", "target: school ~", "means: air-strike ~",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        "[diplomacy|official|calls] {S The minister} {Q called for} a truce to be respected.",
        "[attack|official|calls] {S The army} {Q warned} that it would bomb {P Saraqib}.",
        "{P Saraqib} was bombed.",
    ],
    ids=["a demand", "a threat", "no claim type"],
)
def test_what_claims_nothing_has_no_value(line):
    assert said(line) == []


def test_two_who_took_a_place_together_both_hold_it():
    line = "[control] {A The Turkish army} and {A the Syrian National Army} had fully captured {P Saraqib}."
    assert said(line) == ["control: syrian-national-army", "control: turkey"]
