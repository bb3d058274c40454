"""Who speaks, scored: by the sentence that names the speaker, and by how he is known."""

from dataclasses import replace

import pytest
from labelled import Row, claim, labelled, tags

from annotate.document import Speaker
from annotate.evaluate import score
from annotate.evaluate_speakers import state_of


class TestSpeaker:
    """Judged by the sentence that names the speaker."""

    GOLD = labelled(
        "siege",
        Row("A baker spoke to us by telephone.", source="A baker", stance="witness"),
        Row("There is no flour left.", stance="witness", from_=0),
        Row("She has four children.", stance="witness", source="She", from_=1),  # by way of the sentence before
        Row("The siege began in May."),
        Row("One resident said:", source="One resident"),  # a bare lead-in is nobody's claim
    )
    NAMED, AUTHOR = Speaker("baker", "named"), Speaker("author", "author")

    def tallies(self, *speakers):
        claims = [claim(s, speaker) for s, speaker in zip(self.GOLD.sentences, speakers, strict=True)]
        found = score([self.GOLD], [claims]).speaker
        return {kind: (tally.right, tally.predicted, tally.gold) for kind, tally in found.items()}

    def test_all_right_straight_or_by_a_chain(self):
        carried, straight = (Speaker("baker", "carried", from_=number) for number in (1, 0))
        for second in (carried, straight):
            found = self.tallies(self.NAMED, straight, second, self.AUTHOR, self.AUTHOR)
            assert found == {"named": (1, 1, 1), "carried": (2, 2, 2), "nobody": (1, 1, 1)}

    def test_one_swallowed_and_one_lost(self):
        straight = Speaker("baker", "carried", from_=0)
        found = self.tallies(self.NAMED, Speaker("?", "missing"), straight, straight, self.AUTHOR)
        assert found == {"named": (1, 1, 1), "carried": (1, 2, 2), "nobody": (0, 1, 1)}

    def test_carried_from_the_wrong_sentence(self):
        wrong = Speaker("siege", "carried", from_=3)
        gold = labelled("x", *(Row("It fell.", source="It", stance="ngo") for _ in range(4)), Row("So.", from_=0))
        claims = [*(claim(s, self.NAMED) for s in gold.sentences[:4]), claim(gold.sentences[4], wrong)]
        carried = score([gold], [claims]).speaker["carried"]
        assert (carried.right, carried.predicted, carried.gold) == (0, 1, 1)

    def test_tags_alone_name_nobody(self):
        assert score([self.GOLD], [tags(self.GOLD)]).speaker is None


def spoken(gold, *names, outlet=None):
    """The same report with what the annotator wrote into the speaker's field."""
    said = tuple(replace(one, speaker=name) for one, name in zip(gold.sentences, names, strict=True))
    return replace(gold, report=replace(gold.report, outlet=outlet), sentences=said)


class TestHowTheSpeakerIsKnown:
    """The state that the gold gives, and the score of each state by itself."""

    @pytest.mark.parametrize(
        ("row", "speaker", "state"),
        [
            (Row("The army said it fell.", stance="official", source="The army"), "army", "named"),
            (Row("It fell.", stance="official", from_=0), "army", "carried"),
            (Row("It said so.", stance="official", source="It", from_=0), "army", "carried"),
            (Row("Rebels told AP so.", stance="media", source="Rebels"), "rebels (via AP)", "relayed"),
            (Row("It fell."), "author", "author"),
            (Row("It fell.", stance="official"), "army", "publisher"),  # the army's own statement
            (Row("It fell.", stance="witness"), "unknown", "missing"),
            (Row("It is believed that it fell."), "unknown", "missing"),
            (Row("The army said:", source="The army"), "author", None),  # a bare lead-in is nobody's claim
            (Row("Reports say it fell.", source="Reports"), "unknown", None),
            (Row("It fell."), None, None),  # left blank
        ],
    )
    def test_state_of_a_gold_sentence(self, row, speaker, state):
        gold = spoken(labelled("x", Row("One spoke.", source="One"), row), "one", speaker)
        assert state_of(gold, gold.sentences[1]) == state

    @pytest.mark.parametrize(("outlet", "state"), [("Courier", None), ("Ministry of Health", "publisher")])
    def test_a_quotation_named_behind_is_not_the_publishers(self, outlet, state):
        rows = Row("“It fell.", stance="official"), Row("So it did,” the Ministry said.", source="the Ministry")
        gold = spoken(labelled("x", *rows), "Health Ministry", "Health Ministry", outlet=outlet)
        assert state_of(gold, gold.sentences[0]) == state

    GOLD = spoken(
        labelled(
            "fire",
            Row("The army said that it burned.", stance="official", source="The army"),
            Row("A monk told Radio Orm of smoke.", stance="witness", source="A monk"),
            Row("Our guns were silent.", stance="official"),
            Row("Nobody slept.", stance="witness"),
            Row("The town is old."),
        ),
        "army", "monk (via Radio Orm)", "army", "unknown", "author",
        outlet="Army",
    )  # fmt: skip
    SAID = ("named", "relayed", "publisher", "missing", "author")

    def scores(self, *states, **changes):
        speakers = [Speaker("x", state, **changes.get(state, {})) for state in states]
        return score([self.GOLD], [[claim(s, who) for s, who in zip(self.GOLD.sentences, speakers, strict=True)]])

    def test_all_right(self):
        scores = self.scores(*self.SAID)
        assert scores.states.accuracy.value == 1
        rare = ("relayed_accuracy", "publisher_accuracy", "missing_accuracy")
        assert [scores.headline[name].value for name in rare] == [1, 1, 1]

    def test_each_state_by_itself(self):
        scores = self.scores("named", "named", "author", "author", "author")
        assert scores.states.confusion == {
            "named": {"named": 1},
            "relayed": {"named": 1},
            "publisher": {"author": 1},
            "author": {"author": 1},
            "missing": {"author": 1},
        }
        assert scores.states.labels["author"].precision.value == pytest.approx(1 / 3)
        assert scores.headline["relayed_accuracy"].value == 0

    def test_a_relay_taken_for_a_named_source_still_names_the_speaker(self):
        assert self.scores("named", "named", "author", "author", "author").headline["named_accuracy"].value == 1

    def test_a_relay_found_in_another_sentence_is_none(self):
        scores = self.scores(*self.SAID, relayed={"from_": 0})
        assert scores.states.confusion["relayed"] == {"carried": 1}

    def test_no_figure_where_the_gold_has_no_such_speaker(self):
        gold = labelled("bridge", Row("The army denied it.", stance="official", source="The army"))
        headline = score([gold], [[claim(gold.sentences[0])]]).headline
        assert "named_accuracy" in headline
        assert not {"relayed_accuracy", "publisher_accuracy", "missing_accuracy"} & headline.keys()
