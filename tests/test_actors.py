"""Who is meant by an agent phrase, and whose accounts of the doer or the means stand against each other."""

import pytest
from marked import story
from told import claims, registry, tell, together

from annotate.actors import FOES, apart, blamed, clears, has_name, same_actor

MINISTRY = "{S The Russian Defense Ministry} {Q said}"


def named(line):
    (claim,) = claims(line)
    return blamed(claim, registry())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (f"[attack,responsibility|official] {MINISTRY} {{A its jets}} struck.", ["russia"]),
        (f"[attack,responsibility|official] {MINISTRY} {{A a crew of its own}} had fired.", ["russia"]),
        ("[attack,responsibility|pro-opposition] {S Ansar Brigades} {Q showed} {A one of their men}.", ["opposition"]),
        ("[attack,responsibility|pro-regime] {S SANA} {Q said} {A armed groups} shelled Dolni.", [f"{FOES}regime"]),
        ("[attack,responsibility|pro-regime] {S SANA} {Q said} {A unknown gunmen} fired.", ["unknown gunmen"]),
        ("[attack,responsibility|media] {S Reuters} {Q said} {A militants} fired.", ["militants"]),
        ("[attack,responsibility|official] {S Velia} {Q said} {A Karsian gunners} fired.", ["karsian gunners"]),
        ("[attack,responsibility|other-party] {S Islamic State} {Q claimed} the bomb at the mill.", ["islamic-state"]),
        ("[attack,responsibility] Islamic State claimed the bombing of the mill.", []),
        ("[attack,responsibility|official] {S Israel} {Q blamed} {A Iranian proxies}.", ["iran"]),
        ("[attack,responsibility|other-party] {S The SDF} {Q blamed} {A Turkey's own proxies}.", ["turkey"]),
        ("[attack,responsibility|official] {S Kyiv} {Q blamed} {A Moscow's hirelings}.", ["russia"]),
        ("[attack,responsibility|official] {S The army} {Q said} {A the heroic air force} struck.", ["regime"]),
        ("[attack,responsibility|ngo] It was unclear who had fired on the hill that {A the rebels} hold.", []),
        ("[attack,responsibility|media] {S Reuters} {Q said} it did not know whose jets {A Russia} had seen.", []),
    ],
    ids=lambda value: value[-40:] if isinstance(value, str) else "",
)  # fmt: skip
def test_whom_a_phrase_means_depends_on_who_speaks(line, expected):
    assert named(line) == expected


@pytest.mark.parametrize(
    ("one", "other", "same", "sure"),
    [
        ("russia", "russia", True, False),
        ("regime", "syrian-government", True, False),
        ("opposition", "regime", False, True),
        ("karsian gunners", "karsia's navy", True, False),
        ("karsian gunners", "the velian army", False, False),
        (f"{FOES}regime", "opposition", True, False),
        (f"{FOES}regime", "regime", False, True),
        (f"{FOES}regime", f"{FOES}opposition", False, True),
    ],
)
def test_which_parties_can_be_one_and_which_are_surely_two(one, other, same, sure):
    assert same_actor(one, other, registry()) is same
    assert apart([one], [other], registry()) is sure


@pytest.mark.parametrize(
    ("denied", "told", "cleared"),
    [
        ("russia", "russia", True),
        ("syrian-government", "regime", True),
        ("russia", "regime", False),
        ("russia", "enemies of opposition", True),
    ],
    ids=["itself", "the side that it is", "a state, and its ally", "whom its foes call enemies"],
)
def test_whose_deed_a_denial_denies(denied, told, cleared):
    assert clears(denied, told, registry()) is cleared


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("the Free Companies", True),
        ("Sered Front", True),
        ("a Karsian tank", True),
        ("gunmen", False),
        ("the army", False),
        ("Islamist militants", False),
    ],
)
def test_which_phrases_hold_a_name(phrase, name):
    (claim,) = claims(f"[attack,responsibility|official] {{S The mayor}} {{Q blamed}} {{A {phrase}}}.")
    assert has_name(phrase.lower(), claim) is name


def contested(*reports):
    """The sentences in dispute, as report and number."""
    told = together(*(story(*lines, id=f"r{n}", date="2016-10-03") for n, lines in enumerate(reports)))
    return {claim.ref for claim in told.batch.claims if any(c.level == "contested" for c in claim.contest)}


@pytest.mark.parametrize(
    ("lines", "facets"),
    [
        (
            ["[attack,responsibility|official] {S The Syrian army} {Q called} Monday's bomb in {P the market of Homs} "
             "the work of {A Islamic State}.",
             "[attack,responsibility|pro-opposition] {S The rebels} {Q said} {A the secret police} had laid the bomb "
             "in {P the market of Homs}."],
            {"agent"},
        ),
        (
            ["[attack,responsibility|official] {S Velia's defence ministry} {Q said} {A Karsian gunners} shelled "
             "{P the village of Orvan} on Monday.",
             "[attack,responsibility|official] {S Karsia's army} {Q said} {A the Velian army} did it."],
            {"agent"},
        ),
        (  # a third is blamed where two blame each other
            ["[attack,responsibility|official] {S Velia's defence ministry} {Q said} {A Karsian gunners} shelled "
             "{P the village of Orvan} on Monday.",
             "[attack,responsibility|official] {S Karsia's army} {Q said} {A the Velian army} did it.",
             "[attack,responsibility|official] {S The mayor} {Q said} {A the Free Companies} shelled "
             "{P the village of Orvan} on Monday."],
            {"agent"},
        ),
        (  # who claims a deed, and who blames another
            ["[attack,responsibility|other-party] {S The Sered Front} {Q claimed} Monday's bomb in "
             "{P the village of Orvan}.",
             "[attack,responsibility|official] {S The governor} {Q called} Monday's bomb in {P the village of Orvan} "
             "the work of {A the Lake Brigade}."],
            {"agent"},
        ),
        (  # it had no part in it, and another is blamed
            ["[attack,responsibility|official] {S The mayor} {Q said} {A rebels} shelled {P the village of Orvan} on "
             "Monday.",
             "[attack,responsibility|official|denies] {S The Syrian army} {Q said} it had no part in it."],
            set(),
        ),
        (
            ["[detention,responsibility|pro-opposition] {S The rebel council} {Q accused} {A the secret police} of "
             "kidnapping the editor in {P Salamiyah} on Monday.",
             "[detention,responsibility|official] {S The Syrian interior ministry} {Q said} {A rebels} kidnapped the "
             "editor in {P Salamiyah}."],
            {"agent"},
        ),
        (
            ["[attack,responsibility|pro-opposition] {S The Hama Brigade} {Q said} {A its rockets} struck "
             "{P the arsenal at Maaret} on Friday.",
             "[attack|official] {S The army} {Q puts} blasts at {P the arsenal at Maaret} down to a short circuit."],
            {"means"},
        ),
        (
            ["[attack,responsibility|pro-opposition] {S The Hama Brigade} {Q said} {A its gunners} brought down a jet "
             "near {P Kafr Zita} on Monday.",
             "[attack|official] {S The army} {Q said} the jet that fell near {P Kafr Zita} on Monday had had an engine "
             "failure."],
            {"means"},
        ),
        (
            ["[attack|pro-opposition] {S Activists} {Q said} jets bombed {P a school in Kafr Nabl} on Monday.",
             "[attack|official] {S The army} {Q said} the building in {P Kafr Nabl} had been used as a store of "
             "ammunition by militants."],
            {"target"},
        ),
        (
            ["[attack,responsibility|official] {S The interior ministry} {Q said} {A terrorists} had planted Monday's "
             "bomb in {P the tax office of Homs}.",
             "[attack,responsibility|other-party] {S Islamic State} {Q said} {A its men} blew up {P the tax office}."],
            set(),
        ),
        (
            ["[attack,responsibility|official] {S Velia's defence ministry} {Q said} {A Karsian gunners} shelled "
             "{P the village of Orvan} on Monday.",
             "[attack,responsibility|official] {S Karsia's army} {Q said} {A the Velian army} fired in retaliation."],
            set(),
        ),
        (
            ["[attack|official] {S Police} {Q said} {A unknown gunmen} shot a judge in {P Daraa} on Monday.",
             "[attack|witness] {S Neighbours} {Q said} {A two men on a motorcycle} fired at the judge in {P Daraa}."],
            set(),
        ),
    ],
    ids=["work of", "each blames the other", "a third is blamed", "claimed, and blamed", "no part in it",
         "abduction", "accident or attack", "shot down or failure",
         "school or store", "the same in other words", "one deed answers another", "nobody named"],
)  # fmt: skip
def test_rival_accounts_of_who_did_it_and_with_what(lines, facets):
    assert tell(*lines).contested().keys() == facets


def test_all_who_give_a_disputed_value_stand_on_its_side():
    ministry = (
        "[attack,responsibility|official] {S The interior ministry} {Q held} {A the Ansar Front} responsible for "
        "Tuesday's rocket on {P the bus station of Salamiyah}."
    )
    front = (
        "[attack,responsibility|pro-opposition] {S The Ansar Front} {Q replied} that {A the army} had fired the rocket "
        "on {P the bus station} itself."
    )
    driver = "[attack,responsibility|witness] {S A driver} {Q said} the rocket was fired by {A the army}, too."
    assert contested([ministry, front, driver]) == {("r0", 0), ("r0", 1), ("r0", 2)}


@pytest.mark.parametrize(
    "denial",
    [
        "{Q denied} having bombed {P Anadan} on Monday.",
        "{Q said} on Monday that none of its aircraft had flown over {P Anadan}.",
        "{Q said} its planes had not been near {P Anadan} on Monday.",
        "{Q said} it had nothing to do with Monday's raid on {P Anadan}.",
        "{Q said} it had no hand in Monday's raid on {P Anadan}.",
    ],
)
def test_who_denies_a_deed_of_his_own_denies_all_who_blame_him(denial):
    blame = [
        "[attack,responsibility|pro-opposition] {S Activists} {Q said} {A army jets} bombed {P Anadan} on Monday.",
        "[attack,responsibility|witness] {S A grocer} {Q said} he saw {A the army's helicopters} bomb {P Anadan}.",
    ]
    told = contested([*blame, f"[attack,responsibility|official|denies] {{S The Syrian army}} {denial}"])
    assert told == {("r0", 0), ("r0", 1), ("r0", 2)}
