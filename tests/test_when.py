"""Days named in a sentence. 2016-12-07, the date of these reports, was a Wednesday."""

import pytest

from annotate.document import Report
from annotate.segment import segment
from annotate.when import day_of, days_of, spans_time

DATED, UNDATED = Report("r", "", date="2016-12-07"), Report("r", "")

CASES = [
    ("Its guns fired on Monday, the army conceded on Tuesday.", "2016-12-05", "r/monday"),
    ("The army conceded on Tuesday that its guns had fired on Monday.", "2016-12-05", "r/monday"),
    ("Shells fell on the town, the army said on Tuesday.", "2016-12-06", "r/tuesday"),
    ("127 people were killed on Tuesday.", "2016-12-06", "r/tuesday"),
    ("On Wednesday it rained shells.", "2016-12-07", "r/wednesday"),
    ("It was hit last Wednesday.", "2016-11-30", "r/wednesday"),
    ("It vetoed the text yesterday.", "2016-12-06", "r/1 days before"),
    ("The ministers meet today.", "2016-12-07", "r/0 days before"),
    ("The town fell on November 26.", "2016-11-26", "--11-26"),
    ("The town fell on 26 November 2015.", "2015-11-26", "2015-11-26"),
    ("A strike on Dec. 30 hit the bridge.", "2016-12-30", "--12-30"),
    ("A strike on 18 March hit the bridge.", "2016-03-18", "--03-18"),
    ("It began on 2016-11-15.", "2016-11-15", "2016-11-15"),
    ("Since Saturday the advance has gone on.", None, None),
    ("They have held out since November 26.", None, None),
    ("The siege began in late August.", None, None),
    ("He has had no word from Tuesday on.", None, None),
    ("Seventy died from Tuesday's air strike.", "2016-12-06", "r/tuesday"),
    ("On 31 February nothing happened.", None, None),
    ("The army on Tuesday dismissed the report as a fable.", None, None),
    ("The army denied it on Tuesday.", None, None),
    ("The ministry, in its Tuesday briefing, denied that the dam had been hit.", None, None),
    ("A relief body wrote in its Monday bulletin that the mill was shelled.", None, None),
    ("The front claimed responsibility on Monday.", None, None),
    ("The army denied shelling the mill on Monday.", "2016-12-05", "r/monday"),
    ("The army denied the reports of Monday's raid.", "2016-12-05", "r/monday"),
    ("He denied on Tuesday that the mill was hit on Monday.", "2016-12-05", "r/monday"),
]


def test_the_day_before_that_of_an_answer():
    assert day_of("The army on Tuesday dismissed reports that it had fired the day before.", DATED) == "2016-12-05"


@pytest.mark.parametrize(("text", "dated", "undated"), CASES, ids=[text for text, *_ in CASES])
def test_day(text, dated, undated):
    assert day_of(text, DATED) == dated
    if text != "On 31 February nothing happened.":
        assert day_of(text, UNDATED) == undated


def test_a_month_day_ahead_of_the_report_was_last_year():
    assert day_of("They met on December 30.", Report("r", "", date="2016-01-05")) == "2015-12-30"


TABLE = """
| Day | What happened | Losses |
|---|---|---|
| 9 May 2013 | Shells fell near Qarna. The army denied it. | 2 hurt |
| 4 June 2013 | A drone came down. On 5 June its wreck was shown. | |
| 7 June 2013 | A patrol was shot at. | |
| | A shed burned on Monday. | |
"""
ENTRIES = """
Shelling went on.

9 May 2013 – Shells fell near Qarna. The army denied it.

4 June 2013: A drone came down.
It was an old one.

### 7 June 2013

A patrol was shot at.
"""
STATEMENT = """
9 May 2013 – The council met. It condemned the shelling.

It asked for a truce.
"""
HISTORY = """
In 2013 the town changed hands twice. On 9 May shells fell near Qarna.

On 4 June 2014 a drone came down. On 7 July a patrol was shot at. In May 2015 it was quiet. On 8 July it was not.
"""


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (
            TABLE,
            [None, "2013-05-09", "2013-05-09", "2013-05-09", "2013-06-04", "2013-06-05", "2013-06-04"]
            + ["2013-06-07"] * 2
            + ["r/monday", None],
        ),
        (ENTRIES, [None, "2013-05-09", "2013-05-09", "2013-06-04", "2013-06-04", "2013-06-07", "2013-06-07"]),
        (STATEMENT, ["2013-05-09", None, None]),
        (HISTORY, [None, "2013-05-09", "2014-06-04", "2014-07-07", None, "2015-07-08"]),
    ],
    ids=["the rows of a table", "entries and headings", "the dateline of a statement", "days of the year named last"],
)
def test_the_entries_of_a_chronicle_are_of_the_day_that_they_open_with(text, days):
    report = Report("r", text)
    assert days_of(segment(report).sentences, report) == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Israel has periodically carried out airstrikes.", True),
        ("Hospitals have been hit for months.", True),
        ("The town has changed hands three times since 2012.", True),
        ("The camp is shelled regularly.", True),
        ("The base was hit at dawn.", False),
    ],
)
def test_a_stretch_of_time_is_no_single_happening(text, expected):
    assert spans_time(text) is expected
