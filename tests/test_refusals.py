"""When a sentence denies: words say so, or the model is sure; a plain negation is no denial."""

import pytest

from annotate.document import Tags
from annotate.refusals import denies, settled


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The ministry denied the reports.", True),
        ("The army denies that the village has fallen.", True),
        ("The council confirmed the advance but denied that the town had been entered.", True),
        ("Ostria continues to deny its presence in the valley.", True),
        ("A spokesman refuted claims that the bridge was mined.", True),
        ("Lovia rejected Velian charges that it had bombed civilians.", True),
        ("The governor dismissed the accounts as fiction.", True),
        ("The rebels' claim is false, the general said.", True),
        ("There is no truth in it, he said.", True),
        ("The report was denied by both sides.", True),
        # What one adds of another, to what the sentence is about:
        ("The council blamed the government, which denies it.", False),
        ("Refugees are shot at, a claim the minister refuted on Saturday.", False),
        # Refused is something else than a claim:
        ("The rebels rejected the truce.", False),
        ("The strikes were flown to deny the rebels the road.", False),
        ("The frigate was denied entry to the port.", False),
        ("The guards denied the convoy access.", False),
        # Negation alone:
        ("No soldier died in the attack, the ministry said.", False),
        ("The ceasefire is not holding.", False),
    ],
)
def test_denies_in_so_many_words(text, expected):
    assert denies(text) == expected


@pytest.mark.parametrize(
    ("text", "probabilities", "expected"),
    [
        ("The ministry denied the reports.", {"hedges": 0.6, "denies": 0.3, "asserts": 0.1}, "denies"),
        ("The ministry denied the reports.", {"asserts": 0.95, "denies": 0.05}, "asserts"),
        ("No soldier died in the attack.", {"denies": 0.7, "asserts": 0.2, "hedges": 0.1}, "asserts"),
        ("Nobody had been there, he said.", {"denies": 0.9, "asserts": 0.1}, "denies"),
    ],
)
def test_the_model_is_taken_at_its_word_where_the_words_agree_or_it_is_sure(text, probabilities, expected):
    most = max(probabilities, key=probabilities.__getitem__)
    tags = Tags(("attack",), "official", most, {}, {}, probabilities, 0.0)
    assert settled(tags, text).assertion == expected


def test_a_head_that_abstains_goes_on_abstaining():
    tags = Tags(("attack",), "official", None, {}, {}, {"denies": 0.3, "asserts": 0.3}, 0.0)
    assert settled(tags, "The ministry denied the reports.").assertion is None


def test_labels_of_annotators_stay_as_they_are():
    label = Tags(("attack",), "official", "asserts", {}, {}, {"asserts": 1.0, "denies": 0.0}, 0.0)
    assert settled(label, "The ministry denied the reports.") == label


@pytest.mark.parametrize(
    ("types", "probabilities", "expected"),
    [
        (("casualty",), {"casualty": 0.9, "responsibility": 0.3, "attack": 0.1}, ("casualty", "responsibility")),
        (("casualty",), {"casualty": 0.9, "control": 0.3}, ("casualty",)),
        ((), {"attack": 0.3}, ()),
        (("attack",), {}, ("attack",)),
    ],
    ids=["blame that nearly was", "other types are decided", "no claim", "no probabilities"],
)
def test_what_a_claim_may_well_be_about(types, probabilities, expected):
    assert Tags(types, None, "asserts", probabilities, {}, {}, 0.0).about == expected
