"""Which claims meet, and that parts can be judged alone."""

import random

import pytest

from annotate import blocking
from annotate.blocking import Marks, join, meetings

DAY = "2016-12-06"


def mark(report, place=None, day=None, words=(), number=0, statuses=()):
    return Marks((report, number), place, day, tuple(words), frozenset(statuses))


def meet(*marks):
    return bool(meetings(marks))


@pytest.mark.parametrize(
    ("a", "b", "met"),
    [
        ({"place": "saraqib", "day": DAY}, {"place": "saraqib", "day": DAY}, True),
        ({"place": "saraqib", "day": DAY}, {"place": "saraqib", "day": "2016-12-08"}, True),
        ({"place": "saraqib", "day": DAY}, {"place": "saraqib", "day": "2016-12-09"}, False),
        ({"place": "saraqib", "day": DAY}, {"place": "daraya", "day": DAY}, False),
        ({"place": "~tall rifaat", "day": DAY}, {"place": "~tal rifat", "day": DAY}, True),
        ({"place": "saraqib"}, {"place": "saraqib"}, True),
        ({"place": "saraqib", "day": DAY}, {"place": "saraqib"}, False),
        ({"day": DAY, "words": ["bakery"]}, {"day": DAY, "words": ["bakery"]}, True),
        ({"day": DAY, "words": ["bakery"]}, {"words": ["bakery"]}, False),
        ({"day": DAY, "words": ["bakery", "silo"]}, {"words": ["silo", "bakery"]}, True),
        ({"day": DAY, "words": ["bakery", "silo"]}, {"day": "2016-12-13", "words": ["silo", "bakery"]}, True),
        ({"day": DAY, "words": ["bakery", "silo"]}, {"day": "2016-12-14", "words": ["silo", "bakery"]}, False),
        ({"place": "saraqib", "day": DAY, "words": ["bakery"]}, {"place": "saraqib", "words": ["bakery"]}, True),
        ({"place": "saraqib", "day": DAY, "words": ["bakery"]}, {"place": "daraya", "words": ["bakery"]}, False),
        ({"place": "saraqib", "day": "a/tuesday"}, {"place": "saraqib", "day": "b/monday"}, True),
    ],
    ids=[
        "place and day",
        "two days apart",
        "three days apart",
        "two places",
        "an unknown place in two spellings",
        "no day in either",
        "a day in one",
        "a word and a day",
        "a word, and a day in one",
        "two words, and a day in one",
        "two words and a week between",
        "two words and more than a week",
        "a place and a word, and a day in one",
        "a word and another place, and a day in one",
        "weekdays of undated reports",
    ],
)
def test_claims_of_two_reports_meet_under_a_key(a, b, met):
    assert meet(mark("a", **a), mark("b", **b)) is met


def test_claims_of_one_report_meet_near_by_or_under_a_key():
    assert meet(mark("a", number=0), mark("a", number=40))
    assert not meet(mark("a", number=0), mark("a", number=41))
    assert meet(mark("a", "saraqib", number=0), mark("a", "saraqib", number=400))


def test_a_crowded_block_says_nothing_between_reports():
    crowd = [mark(f"r{n:03}", "saraqib", DAY) for n in range(blocking.CROWD + 1)]
    assert meetings(crowd) == []
    assert meetings(crowd[1:])
    assert not meetings(crowd[:2], crowd[0].keys)


def test_meetings_grow_with_the_claims_and_not_with_their_square():
    def corpus(size):
        return [mark(f"r{n}", f"place{n // 5}", DAY, [f"word{n // 5}", f"name{n // 7}"]) for n in range(size)]

    assert len(meetings(corpus(4000))) <= 2.1 * len(meetings(corpus(2000)))


@pytest.mark.parametrize("seed", range(20))
def test_any_groups_can_be_judged_without_the_rest(seed):
    chance = random.Random(seed)
    size = 60
    reports = sorted(f"r{chance.randrange(12)}" for _ in range(size))
    chances = {(a, b): chance.random() ** 4 for a in range(size) for b in range(a + 1, size)}
    pairs = {pair: p for pair, p in chances.items() if chance.random() < 0.3}
    whole = join(pairs, lambda a, b: chances[a, b], reports, 0.5)
    home = {n: number for number, group in enumerate(whole.groups) for n in group}
    tied = {frozenset((home[a], home[b])) for a, b in whole.ties}
    assert all(len({home[n] for n in range(size) if whole.local[n] == first}) == 1 for first in whole.local)
    assert {frozenset((home[a], home[b])) for a, b in whole.doubts} <= tied
    for _ in range(5):
        chosen = [group for group in whole.groups if chance.random() < 0.5]
        members = sorted(n for group in chosen for n in group)
        new = {old: number for number, old in enumerate(members)}
        alone = join(
            {(new[a], new[b]): p for (a, b), p in pairs.items() if {a, b} <= new.keys()},
            lambda a, b, members=members: chances[members[a], members[b]],
            [reports[n] for n in members],
            0.5,
        )
        assert [[members[n] for n in group] for group in alone.groups] == chosen
        assert [members[n] for n in alone.local] == [whole.local[n] for n in members]
        assert {(members[a], members[b]) for a, b in alone.ties} == {
            (a, b) for a, b in whole.ties if {a, b} <= new.keys()
        }
        assert {(members[a], members[b]): p for (a, b), p in alone.doubts.items()} == {
            (a, b): p for (a, b), p in whole.doubts.items() if {a, b} <= new.keys()
        }


@pytest.mark.parametrize(
    ("reports", "pairs", "groups", "doubts"),
    [
        ("aa", {(0, 1): 0.9}, [[0, 1]], {}),
        ("aa", {(0, 1): 0.35}, [[0], [1]], {(0, 1): 0.35}),
        ("aa", {(0, 1): 0.1}, [[0], [1]], {}),
        ("ab", {(0, 1): 0.9}, [[0, 1]], {}),
        ("ab", {(0, 1): 0.35}, [[0], [1]], {}),
        ("abc", {(0, 1): 0.9, (0, 2): 0.75}, [[0, 1, 2]], {}),
        ("abc", {(0, 1): 0.9, (0, 2): 0.6}, [[0, 1], [2]], {(0, 2): 0.35}),
        ("aabb", {(0, 1): 0.9, (2, 3): 0.9, (0, 2): 0.8, (1, 3): 0.6}, [[0, 1], [2, 3]], {(0, 2): 0.35}),
        ("aabb", {(0, 1): 0.9, (2, 3): 0.9, (0, 2): 0.8, (1, 3): 0.1}, [[0, 1], [2, 3]], {}),
    ],
    ids=[
        "joined",
        "nearly joined",
        "apart",
        "joined across reports",
        "no likely pair across reports",
        "joined though two never met",
        "nearly joined where two never met",
        "nearly joined across reports",
        "apart across reports",
    ],
)
def test_what_nearly_joins_stays_apart_and_is_in_doubt(reports, pairs, groups, doubts):
    found = join(pairs, lambda a, b: pairs.get((a, b), 0.0), list(reports), 0.5)
    assert found.groups == groups
    assert found.doubts == pytest.approx(doubts)
