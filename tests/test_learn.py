"""What training does to its lessons, its networks and its thresholds."""

from random import Random

import pytest
import tiny
import torch
from labelled import Row, labelled, tags

from annotate.calibrate import abstentions
from annotate.crossval import parted
from annotate.doubts import doubts
from annotate.errors import AnnotateError
from annotate.examples import lessons, mentions, reformed, renamed
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.learn import mixed
from annotate.windows import open_tokenizer

TOKENIZER = open_tokenizer(tiny.tokenizer())


def taught(*rows):
    """The lessons of one report of these rows."""
    [made] = lessons([labelled("r", *rows)], TOKENIZER)
    return made


def words(lesson):
    return " ".join(TOKENIZER.id_to_token(piece) for piece in lesson.ids)


SAID = Row('The army said, "bread ran out".', stance="official", source="The army", cue="said")


@pytest.mark.parametrize(
    ("lost", "left"),
    [
        ((), 'the army said , " bread ran out " .'),
        ((1,), 'the army said " bread ran out " .'),
        ((2,), "the army said , bread ran out ."),
        ((1, 2), "the army said bread ran out ."),
    ],
)
def test_commas_and_quotation_marks_can_be_lost_like_in_some_archives(lost, left):
    [lesson] = taught(SAID).sentences
    found = reformed(lesson, lost)
    assert words(found) == left
    assert len(found.ids) == len(found.spans) == len(found.punctuation)
    assert found.spans[:3, 0].tolist() == [1, 2, 0]


def test_curly_marks_become_straight_ones():
    tokenizer = tiny.tokenizer()
    tokenizer.add_tokens(["“", "”"])
    [report] = lessons([labelled("r", Row("“bread ran out”."))], open_tokenizer(tokenizer))
    [lesson] = report.sentences
    assert tokenizer.id_to_token(lesson.ids[0]) == "“"
    assert tokenizer.id_to_token(reformed(lesson, ()).ids[0]) == '"'


RESIDENTS = Row("residents said that bread ran out.", stance="witness", source="residents", cue="said")
COUNCIL = Row("The council said it was quiet.", stance="official", source="The council", cue="said")
CARRIED = Row("It said bread ran out.", stance="official", source="It", cue="said", from_=0)


def test_a_source_gives_way_to_another_of_its_stance_only():
    report = taught(SAID, RESIDENTS, COUNCIL, CARRIED)
    names = mentions([report])
    seen = {words(renamed(report.sentences[0], names, Random(seed))).split(" said")[0] for seed in range(20)}
    assert seen == {"the army", "the council"}
    assert words(renamed(report.sentences[1], names, Random(1))).startswith("residents said")
    assert words(renamed(report.sentences[3], names, Random(1))).startswith("it said")


def test_labels_move_with_the_names():
    report = taught(SAID, Row("near the market road council said it.", stance="official", source="market road council"))
    names = mentions([report])
    for seed in range(10):
        found = renamed(report.sentences[0], names, Random(seed))
        assert len(found.ids) == len(found.straight) == len(found.spans) == len(found.punctuation)
        size = 3 if "market" in words(found) else 2
        assert found.spans[:, 0].tolist()[: size + 1] == [1] + [2] * (size - 1) + [0]


def test_the_mean_of_networks_lies_between_them():
    one, two = torch.nn.Linear(2, 1), torch.nn.Linear(2, 1)
    with torch.no_grad():
        one.weight.fill_(1.0)
        two.weight.fill_(3.0)
    assert mixed([one, two]).weight.tolist() == [[2.0, 2.0]]
    assert mixed([one, two], [0.75, 0.25]).weight.tolist() == [[1.5, 1.5]]
    assert one.weight.tolist() == [[1.0, 1.0]]


# --- silence ---


def answered(*cases):
    """Gold sentences and tags: (stance in the gold, how sure the model is of official)."""
    gold = labelled("r", *(Row(f"Bread ran out {n}.", stance=stance) for n, (stance, _) in enumerate(cases)))
    rest = len(STANCES) - 1
    found = [
        tags(
            gold,
            stance="official",
            stance_scores={label: sure if label == "official" else (1 - sure) / rest for label in STANCES},
            assertion_scores={label: float(label == "asserts") for label in ASSERTIONS},
            type_scores=dict.fromkeys(TYPES, 0.0),
        )[n]
        for n, (_, sure) in enumerate(cases)
    ]
    return found, gold.sentences


@pytest.mark.parametrize(
    ("cases", "least"),
    [
        ([("official", 0.9), ("official", 0.8), ("official", 0.4)], 0.0),  # all right: nothing to hold back
        ([("official", 0.9), ("official", 0.8), ("ngo", 0.4)], 0.8),
        ([("official", 0.9), ("ngo", 0.8), ("official", 0.7), ("official", 0.6)], 0.9),
    ],
)
def test_a_head_keeps_silent_below_the_certainty_that_makes_it_right(cases, least):
    assert abstentions(*answered(*cases), [0.5] * len(TYPES), precision=0.95).stance == least


# --- each report held out once ---


@pytest.mark.parametrize("folds", [2, 3])
def test_batches_stay_whole_and_parts_are_of_like_size(folds):
    gold = [labelled(f"r{n}", *[Row(f"Bread ran out {i}.") for i in range(3)]) for n in range(9)]
    batches = [{"r0", "r1", "r2"}, *({f"r{n}"} for n in range(3, 9))]
    parts = parted(gold, folds, batches)
    assert sorted(name for part in parts for name in part) == [f"r{n}" for n in range(9)]
    assert sum(batches[0] <= part for part in parts) == 1
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    assert parts == parted(gold, folds, batches[::-1])


def test_too_few_batches_are_named():
    with pytest.raises(AnnotateError, match="1 batches of reports cannot be parted into 2"):
        parted([labelled("r0", SAID)], 2, [{"r0"}])


def test_doubts_are_the_labels_that_a_model_would_not_have_given():
    found, _ = answered(("official", 0.9), ("ngo", 0.8))
    gold = labelled("r", *(Row(f"Bread ran out {n}.", stance=s, types=t) for n, (s, t) in enumerate(
        [("official", ()), ("ngo", ("humanitarian",))]
    )))  # fmt: skip
    seen = {(d.sentence, d.head, d.gold, d.model): d.quality for d in doubts([gold], [found])}
    assert seen == {
        (1, "stance", "ngo", "official"): pytest.approx(0.2 / 7, abs=1e-4),
        (1, "type", "humanitarian", "not humanitarian"): 0.0,
    }
