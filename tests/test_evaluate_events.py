import pytest
from labelled import Row, claim, labelled

from annotate.document import FacetContest
from annotate.errors import AnnotateError
from annotate.evaluate_events import Relation, read_relations, score_disputes, score_events

# Two papers on one night: the army denies in the second what the rescuers say in both.
MORNING = labelled(
    "morning",
    Row("Rescuers said jets hit the mill.", event="mill"),
    Row("A monitor put the dead at nine.", event="mill"),
    Row("Rain is expected."),
    Row("Trucks reached the port.", event="port"),
)
EVENING = labelled(
    "evening",
    Row("Rescuers blamed the jets.", event="mill"),
    Row("The army denied that it flew.", event="mill"),
    Row("The port is open.", event="port"),
)
DENIED = Relation(("evening", 1), ("morning", 0), "contradicts", "agent")
ALSO = Relation(("evening", 1), ("evening", 0), "contradicts", "agent")
SAME = Relation(("evening", 0), ("morning", 0), "corroborates", "agent")


def contested(facet, *against):
    return FacetContest(facet, "contested", ("denied",), against)


def unconfirmed(*reasons):
    return FacetContest("casualties", "unconfirmed", reasons)


def disputes(found, relations=(DENIED, ALSO, SAME)):
    """``found``: {(report, sentence): what was flagged}."""
    claims = [
        [claim(s, contest=found.get((report.report.id, n), ())) for n, s in enumerate(report.sentences)]
        for report in (MORNING, EVENING)
    ]
    return score_disputes([MORNING, EVENING], claims, relations)


def counts(tally):
    return tally.right, tally.predicted, tally.gold


# What was flagged -> right, predicted, gold by sentence; false flags a hundred sentences.
@pytest.mark.parametrize(
    ("found", "by_sentence", "false_flags"),
    [
        ({}, (0, 0, 3), 0),
        ({("evening", 1): (contested("agent"),)}, (1, 1, 3), 0),
        ({("morning", 2): (contested("agent"),)}, (0, 1, 3), 100 / 7),
        ({("morning", 1): (unconfirmed("single-side"),)}, (0, 0, 3), 0),
        (
            {ref: (contested("agent"),) for ref in [("evening", 0), ("evening", 1), ("morning", 0), ("morning", 1)]},
            (3, 4, 3),
            100 / 7,
        ),
    ],
)
def test_disputes_by_sentence(found, by_sentence, false_flags):
    scores = disputes(found)
    assert counts(scores.contested) == by_sentence
    assert scores.false_flags.value == pytest.approx(false_flags)


@pytest.mark.parametrize(
    ("related", "undisputed"),
    [
        ([], 100 / 7),  # nothing is contradicted in either report
        ([ALSO], 100 / 4),  # the evening's sentences do not count
        ([DENIED], None),  # no report left to ask
    ],
)
def test_flags_in_reports_in_which_nothing_is_contradicted(related, undisputed):
    found = disputes({("morning", 2): (contested("agent"),)}, related).undisputed.value
    assert found == (undisputed if undisputed is None else pytest.approx(undisputed))


def test_the_right_sentence_on_the_wrong_facet():
    scores = disputes({("evening", 1): (contested("target"),)})
    assert counts(scores.contested) == (1, 1, 3)
    assert {facet: counts(tally) for facet, tally in scores.facets.items()} == {"agent": (0, 0, 3), "target": (0, 1, 0)}


def test_pairs_among_sentences_that_are_related():
    flagged = {
        ("evening", 1): (contested("agent", ("morning", 0)),),  # right, said from one end
        ("evening", 0): (contested("agent", ("morning", 0)),),  # wrong: they agree
        ("morning", 3): (contested("control", ("evening", 2)),),  # in no relation: not asked
    }
    assert counts(disputes(flagged).pairs) == (1, 2, 2)


def test_unconfirmed_by_reason_a_hundred_sentences():
    flagged = {
        ("morning", 0): (unconfirmed("single-side", "hedged"),),
        ("morning", 1): (unconfirmed("single-side"),),
    }
    found = {reason: figure.value for reason, figure in disputes(flagged).unconfirmed.items()}
    assert found == pytest.approx({"any": 200 / 7, "single-side": 200 / 7, "unattributed": 0, "hedged": 100 / 7})


def test_a_relation_to_a_report_that_is_not_scored_is_left_out():
    elsewhere = Relation(("morning", 3), ("weekly", 0), "contradicts", "control")
    assert disputes({}, (elsewhere,)).contested.gold == 0


def test_a_relation_past_the_end_of_its_report_is_refused():
    with pytest.raises(ValueError, match="sentence 9 of morning, which has 4"):
        disputes({}, (Relation(("morning", 9), ("evening", 0), "contradicts", "agent"),))


def events(morning, evening, groups):
    claims = [
        [claim(s, event=event) for s, event in zip(report.sentences, found, strict=True)]
        for report, found in ((MORNING, morning), (EVENING, evening))
    ]
    scores = score_events([MORNING, EVENING], claims, groups)
    return counts(scores.within), counts(scores.across), counts(scores.all)


TOGETHER = {"night": ["morning", "evening", "never seen"]}


# Gold pairs in one report: the mill twice (1 + 1); across: the mill 2 x 2, the port 1 x 1.
@pytest.mark.parametrize(
    ("morning", "evening", "groups", "within", "across"),
    [
        (("a", "a", None, "b"), ("a", "a", "b"), TOGETHER, (2, 2, 2), (5, 5, 5)),
        (("a", "a", None, "b"), ("c", "c", "d"), TOGETHER, (2, 2, 2), (0, 0, 5)),
        ((None,) * 4, (None,) * 3, TOGETHER, (0, 0, 2), (0, 0, 5)),
        (("a", "a", "a", "a"), ("a", "a", "a"), TOGETHER, (2, 6, 2), (5, 9, 5)),  # the rain has no event: not asked
        (("a", "a", None, "b"), ("a", "a", "b"), None, (2, 2, 2), (0, 0, 0)),  # not read together
    ],
)
def test_events_by_pairs_of_sentences(morning, evening, groups, within, across):
    assert events(morning, evening, groups) == (
        within,
        across,
        tuple(a + b for a, b in zip(within, across, strict=True)),
    )


class TestReadRelations:
    GOOD = '{"a": ["morning", 0], "b": ["evening", 1], "rel": "contradicts", "facet": "agent", "why": "a denial"}'

    def test_one_a_line(self, tmp_path):
        path = tmp_path / "relations.jsonl"
        path.write_text(self.GOOD + "\n\n" + self.GOOD.replace(', "facet": "agent"', "") + "\n", encoding="utf-8")
        found = read_relations([path])
        assert found[0] == Relation(("morning", 0), ("evening", 1), "contradicts", "agent")
        assert found[1].facet is None

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            ("{", "not JSON"),
            ("[]", "not a JSON object"),
            ('{"a": ["x", "0"], "b": ["y", 1], "rel": "updates"}', "have to be"),
            ('{"a": ["x", 0], "b": ["y", 1], "rel": "rebuts"}', "unknown relation 'rebuts'"),
        ],
    )
    def test_a_bad_line_is_named(self, tmp_path, line, message):
        path = tmp_path / "relations.jsonl"
        path.write_text(self.GOOD + "\n" + line + "\n", encoding="utf-8")
        with pytest.raises(AnnotateError, match=r"relations\.jsonl:2: .*" + message):
            read_relations([path])

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(AnnotateError, match="cannot be read"):
            read_relations([tmp_path / "none.jsonl"])
