"""Who speaks, told with marked sentences: name, state and the sentence that names the speaker."""

from dataclasses import replace

import pytest
from marked import story

from annotate.attribute import attribute
from annotate.namings import signed
from annotate.registry import Registry

REGISTRY = Registry.load()


def heard(*lines, **about):
    told = story(*lines, **about)
    return [(s.name, s.state, s.from_) for s, _ in attribute(told.report, told.sentences, told.tags, REGISTRY)]


def stances(*lines, **about):
    told = story(*lines, **about)
    return [stance for _, stance in attribute(told.report, told.sentences, told.tags, REGISTRY)]


AUTHOR = ("author", "author", None)


def test_a_source_in_the_sentence_is_named():
    assert heard("[attack|witness] {S A baker} {Q said} that shells fell.") == [("baker", "named", None)]


def test_an_unmarked_quotation_runs_on_after_a_lead_in():
    told = heard(
        "{S One resident, Bashir Saleh}, {Q said}:",
        "[attack|witness||continues] For one month they have been attacking the district.",
        "+ [|witness||continues] We were shocked.",
        "[control] The army entered the next day.",
    )
    assert [(state, from_) for _, state, from_ in told] == [
        ("author", None),
        ("carried", 0),
        ("carried", 0),
        ("author", None),
    ]
    assert "Bashir Saleh" in told[1][0]


@pytest.mark.parametrize(
    "phrase", ["It", "The statement", "The group", "They"], ids=lambda phrase: phrase.lower().replace(" ", "-")
)
def test_a_pronoun_or_description_stands_for_the_last_speaker(phrase):
    told = heard(
        "[humanitarian|ngo] {S The White Helmets civil defense service} {Q said in a statement} that it had no fuel.",
        f"[attack|ngo||continues] {{S {phrase}}} {{Q said}} that there had been 2000 air raids.",
    )
    assert told[1][1:] == ("carried", 0)
    assert told[0][0] == told[1][0]


def test_the_ministry_is_the_ministry_named_before():
    told = heard(
        "[casualty|official|confirms] {S The Russian Defense Ministry} {Q has confirmed} that a colonel was killed.",
        "[casualty|official||continues] {S The Ministry} {Q said} he was wounded days ago.",
    )
    assert told[1][1:] == ("carried", 0)


def test_a_surname_is_the_person_named_in_full_before():
    told = heard(
        "[diplomacy|official|calls] {S French Foreign Minister Jean-Marc Ayrault} {Q has called for} a meeting.",
        "[diplomacy|official|calls] “We must act,” {S Ayrault} {Q said}.",
    )
    assert told[1][1] == "named"
    assert "Ayrault" in told[1][0]


def test_a_speaker_named_where_the_quotation_ends_is_heard_from_its_start():
    told = heard(
        "[humanitarian|ngo] “We lost a colleague.",
        "+ [|ngo] He was brave,” {Q said} {S Omar Haddad, a rescuer}.",
    )
    assert told == [("Omar Haddad", "carried", None), ("Omar Haddad", "named", None)]


def test_a_lead_in_whose_content_is_gone_swallows_nothing():
    assert (
        heard(
            "UPDATE 2025 GMT: {S The White Helmets} {Q post an update}:",
            "UPDATE 1915 GMT: [control] The army entered the town.".replace(
                "UPDATE 1915 GMT: [control] ", "UPDATE 1915 GMT: "
            ),
        )[1]
        == AUTHOR
    )


def test_relayed_words_belong_to_the_inner_source():
    told = story("[attack|pro-regime] {S SANA} {Q quoted} a military source as saying that rockets fell.")
    ((speaker, _),) = attribute(told.report, told.sentences, told.tags, REGISTRY)
    assert (speaker.state, speaker.name, speaker.via) == ("relayed", "military source", "SANA")


def test_words_on_a_leaflet_belong_to_those_who_dropped_it():
    told = story(
        "{S Journalist Rami Jarrah} {Q posts} a copy of one of the leaflets dropped by regime warplanes, warning:",
        "[humanitarian|pro-regime||continues] We have left passage ways open.",
    )
    _, (speaker, stance) = attribute(told.report, told.sentences, told.tags, REGISTRY)
    assert "leaflets dropped by regime warplanes" in speaker.name
    assert (speaker.via, speaker.side, stance) == ("Journalist Rami Jarrah", "regime", "pro-regime")


def test_nobody_named_is_missing_and_not_the_writer():
    assert heard("[attack|pro-opposition] The shells were fired by the army.")[0][1] == "missing"
    assert heard("[diplomacy|unattributed|hedges] {Q Claims are circulating} that both will talk.")[0] == (
        "unknown", "missing", None,
    )  # fmt: skip


def test_the_writers_voice_of_a_partys_organ_is_the_partys():
    told = story("[attack|pro-regime] Terrorists shelled the quarter.", outlet="SANA")
    ((speaker, stance),) = attribute(told.report, told.sentences, told.tags, REGISTRY)
    assert (speaker.state, speaker.id, stance) == ("publisher", "sana", "pro-regime")


COMMUNIQUE = (
    "[attack|official] Our guns were silent on Sunday.",
    "[attack|official|denies] Nothing of the kind took place.",
    "[casualty|official] Nobody was hurt.",
    "[control|official] The pass is open.",
)


@pytest.mark.parametrize(
    ("lines", "outlet", "states"),
    [
        (COMMUNIQUE, "Ministry of War of Ardel", ["publisher"] * 4),
        ((*COMMUNIQUE, "[other] Read more."), "Ministry of War of Ardel", ["publisher"] * 4 + ["author"]),
        (COMMUNIQUE[:2], "Ministry of War of Ardel", ["missing"] * 2),  # too little to tell
        (COMMUNIQUE, "Reuters", ["missing"] * 4),  # known, and nobody's organ
    ],
)
def test_an_unknown_page_that_speaks_like_a_party_throughout_is_its_organ(lines, outlet, states):
    told = story(*lines, outlet=outlet)
    sure = [replace(tags, stance_scores={tags.stance: 0.9}) for tags in told.tags]
    found = attribute(told.report, told.sentences, sure, REGISTRY)
    assert [speaker.state for speaker, _ in found] == states
    assert [stance for _, stance in found] == [tags.stance for tags in told.tags]
    assert {speaker.name for speaker, _ in found if speaker.state == "publisher"} <= {outlet}


def test_carried_sentences_have_no_vote_in_a_speakers_stance():
    told = story(
        "[attack|official] {S Selma Orhan of the Ardel council} {Q said} the shells came at noon.",
        "[casualty|witness||continues] Nine people were killed.",
        "[humanitarian|witness||continues] The water is gone.",
    )
    sure = [replace(tags, stance_scores={"official": 0.05, "witness": 0.05, tags.stance: 0.9}) for tags in told.tags]
    found = attribute(told.report, told.sentences, sure, REGISTRY)
    assert {stance for _, stance in found} == {"official"}


def test_what_the_page_says_of_a_source_wins_over_the_model():
    assert stances("[attack|media] {S Pro-opposition accounts} {Q say} a missile hit the complex.") == [
        "pro-opposition"
    ]


def test_a_source_of_quotation_marks_alone_breaks_nothing():
    assert len(heard('[attack|witness] {S ""} {Q said} that shells fell.')) == 1


NGO = "[casualty|ngo] {S The Norland Relief Agency} {Q said} nine people were killed."
MAYOR = "[control|official] {S The mayor, Selma Orhan,} {Q said} the bridge was held."
RESIDENT = "[humanitarian|witness] {S Tamar Bilek, a resident,} {Q said} there was no water."


@pytest.mark.parametrize(
    ("earlier", "phrase", "stance", "root"),
    [
        ([MAYOR, NGO], "The agency", "ngo", 1),
        ([NGO, MAYOR], "The agency", "ngo", 0),
        ([NGO, MAYOR], "She", "official", 1),
        ([MAYOR, NGO], "It", "ngo", 1),
        ([RESIDENT, NGO], "the resident", "witness", 0),
        ([NGO, RESIDENT, MAYOR], "The relief agency", "ngo", 0),
    ],
    ids=["agency-just-now", "agency-before", "she", "it", "resident-before", "two-between"],
)
def test_number_kind_and_head_noun_choose_among_earlier_speakers(earlier, phrase, stance, root):
    told = heard(*earlier, f"[humanitarian|{stance}||continues] {{S {phrase}}} {{Q said}} aid was on its way.")
    assert told[-1][1:] == ("carried", root)


def test_a_quotation_goes_on_after_those_it_cites():
    told = heard(
        "{S The envoy, Ilan Marsh,} {Q said}:",
        "[diplomacy|official||continues] We ask all sides to hold their fire.",
        "+ [attack|unattributed] {S Reports} of new shelling are a matter of concern.",
        "+ [diplomacy|official||continues] The talks must go on.",
    )
    assert told[3] == (told[1][0], "carried", 0)


def test_he_is_whom_the_sentence_before_is_about():
    told = heard(
        NGO,
        "[other] Orlan Petrak, head of the delegation, opened the talks on Friday.",
        "+ [diplomacy|official||continues] {S He} {Q said} that he expected both sides to stay.",
    )
    assert told[2] == ("Orlan Petrak", "carried", 1)


def test_a_pronoun_that_nobody_tagged_still_says_who():
    told = heard(
        "[diplomacy|official] {S The minister, Adel Karam,} {Q spoke} on state radio.",
        "+ [diplomacy|official||continues] “We will not sign,” he said.",
    )
    assert told[1] == (told[0][0], "carried", 0)


@pytest.mark.parametrize("phrase", ["the Relief Agency", "The Relief Agency"])
def test_a_name_cut_short_is_the_same_speaker(phrase):
    told = heard(NGO, f"[casualty|ngo] Hours later {{S {phrase}}} {{Q said}} that twelve were dead.")
    assert told[1][0] == told[0][0]


def test_a_surname_belongs_to_a_person_and_not_to_those_who_fight_him():
    told = heard(
        "[attack|pro-opposition] {S rebels fighting Petrak} {Q said} the barracks fell.",
        "[attack|official|denies] {S Petrak} {Q denied} it.",
    )
    assert told[1][0] == "Petrak"


@pytest.mark.parametrize(
    ("phrase", "stance"),
    [
        ("a senior official of the opposition", "pro-opposition"),
        ("regime TV", "pro-regime"),
        ("Lina Sarkis, from the Norland Centre for Human Rights", "ngo"),
        ("the government", "official"),
    ],
)
def test_in_office_is_only_who_speaks_for_a_state(phrase, stance):
    assert stances(f"[attack|official] {{S {phrase}}} {{Q said}} that shells fell.") == [stance]


@pytest.mark.parametrize(
    ("headline", "source"),
    [
        ("Air raids on Norport kill 25 civilians Monitor", "Monitor"),
        ("Twin car bombs kill nine in Norport State media - Region - World - The Norport Daily", "State media"),
        ("Mines wound dozens in Norport HRW says", "HRW"),
        ("14-05-2031 Shelling Kills Five in Norport SANA.", "SANA"),
        ("Aid convoys leave for the besieged town: Red Cross", "Red Cross"),
        ("Missile strike kills five - army spokesman", "army spokesman"),
        ("Shell hits White Helmets", None),  # whom it hit
        ("Gunmen storm the offices of state television", None),
        ("Russian jets bomb Norport - The Norport Daily", None),  # the paper that the page is of
        ("Army: rebels shell Norport", None),  # begins with whom it quotes
    ],
)
def test_a_headline_may_end_with_whose_word_it_is(headline, source):
    told = story(f"[attack,casualty] {headline}")
    tags = replace(told.tags[0], stance_scores={"unattributed": 1.0})
    assert [span.text for span in signed(told.sentences[0], tags, REGISTRY).sources] == ([source] if source else [])
    assert not signed(told.sentences[0], told.tags[0], REGISTRY).sources  # tags without probabilities stay as they are
