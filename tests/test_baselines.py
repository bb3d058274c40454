import pytest
from labelled import Row, labelled

from annotate.baselines import CarryOver, CueWords, Majority, TfidfLogistic, stance_of
from annotate.evaluate import score

# The same few sentences in two reports, and put differently in a third that is only tagged.
ROWS = (
    Row("Shells hit the mill at dawn.", ("attack",)),
    Row("The ministry said that shells hit the mill.", ("attack",), "official", source="The ministry", cue="said"),
    Row("The ministry denied that its guns hit the mill.", ("attack",), "official", "denies", source="The ministry"),
    Row("A baker said that nine people died.", ("casualty",), "witness", source="A baker", cue="said"),
    Row("A baker said that nine people died there.", ("casualty",), "witness", source="A baker", cue="said"),
    Row("Nine people died at the mill."),
)
TRAIN = [labelled("one", *ROWS), labelled("two", *reversed(ROWS))]
TEST = [labelled("three", Row("The ministry denied that shells hit a school."), Row("A baker said that six died."))]


def test_majority_says_the_same_of_every_sentence():
    tags = Majority().fit(TRAIN).predict(TEST)[0]
    assert [(t.types, t.stance, t.assertion) for t in tags] == [((), "unattributed", "asserts")] * 2
    assert tags[0].assertion_scores["denies"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("context", [False, True])
def test_tfidf_learns_from_the_given_reports(context):
    tags = TfidfLogistic(context=context).fit(TRAIN).predict(TEST)[0]
    assert [t.stance for t in tags] == ["official", "witness"]
    assert tags[0].types == ("attack",)
    assert max(tags[0].stance_scores.values()) <= 1


def test_tfidf_is_reproducible():
    first, second = (TfidfLogistic(seed=4).fit(TRAIN).predict(TEST) for _ in range(2))
    assert first == second


def test_no_baseline_looks_at_the_labels_that_it_has_to_guess():
    blank = [labelled("one", *(Row(row.text) for row in ROWS))]
    for model in (Majority().fit(TRAIN), CueWords(), TfidfLogistic().fit(TRAIN)):
        assert model.predict(blank) == model.predict(TRAIN[:1])


@pytest.mark.parametrize(
    ("text", "source", "cue", "stance", "assertion", "types"),
    [
        (
            "The army command said that a rocket fell.",
            "The army command",
            "said that",
            "official",
            "asserts",
            ("attack",),
        ),
        ("Nine died, according to rebels.", "rebels", "according to", "pro-opposition", "asserts", ("casualty",)),
        ("The spokesman denied the report.", "The spokesman", "denied", "official", "denies", ()),
        ("On Friday, residents said the road was reportedly closed.", "residents", "said", "witness", "hedges", ()),
        ("The envoy has urged a ceasefire.", "The envoy", "has urged", "official", "calls", ("diplomacy",)),
        ("The port was quiet.", None, None, "unattributed", "asserts", ()),
    ],
)
def test_cue_words(text, source, cue, stance, assertion, types):
    tags = CueWords().predict([labelled("one", Row(text))])[0][0]
    assert [span.text for span in tags.sources] == ([source] if source else [])
    assert [span.text for span in tags.cues] == ([cue] if cue else [])
    assert (tags.stance, tags.assertion, tags.types) == (stance, assertion, types)


@pytest.mark.parametrize(
    ("source", "stance"),
    [
        ("pro-opposition activists", "pro-opposition"),
        ("state television", "pro-regime"),
        ("a military source", "pro-regime"),
        ("the army command", "official"),
        ("a Reuters reporter", "media"),
        ("White Helmets", "ngo"),
        ("John Smith", "official"),
    ],
)
def test_stance_by_the_words_of_a_source(source, stance):
    assert stance_of(source) == stance


def test_carry_over_follows_colons_and_quotation_marks():
    gold = labelled(
        "siege",
        Row("A teacher told us:", source="A teacher"),
        Row("We have no bread.", stance="witness", from_=0),
        Row("“The wells are dry,” said a doctor.", stance="witness", source="a doctor"),
        Row("The siege began in May."),
        Row("The army command said: “It is over.", stance="official", source="The army command"),
        Row("All roads are open.”", stance="official", from_=4),
        Row("It added nothing.", stance="official", source="It", from_=4),
        Row("Rain fell."),
    )
    claims = CarryOver().predict([gold])[0]
    states = "named carried named author named carried carried author"
    assert [c.speaker.state for c in claims] == states.split()
    assert [c.speaker.from_ for c in claims] == [None, 0, None, None, None, 4, 4, None]
    scores = score([gold], [claims])
    assert scores.headline["carried_accuracy"].value == 1
    assert scores.headline["stance_accuracy"].value == 1


@pytest.mark.xfail(strict=True, reason="a quotation without marks has no end that punctuation shows")
def test_carry_over_returns_to_the_writer_after_an_unmarked_quotation():
    gold = labelled(
        "siege",
        Row("A teacher told us:", source="A teacher"),
        Row("We have no bread.", stance="witness", from_=0),
        Row("The siege began in May."),
    )
    assert CarryOver().predict([gold])[0][2].speaker.state == "author"


def test_words_learn_from_reports_of_a_single_label():
    one = [labelled("r", Row("The army said it was quiet."), Row("The army said that bread ran out."))]
    [[tags, _]] = TfidfLogistic().fit(one).predict(one)
    assert (tags.types, tags.stance, tags.assertion) == ((), "unattributed", "asserts")
