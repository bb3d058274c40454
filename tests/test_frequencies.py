"""How rare a word is: a fixed table, and how words are told apart."""

import pytest

from annotate.frequencies import frequencies, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The ministry's jets hit Khan Sheikhoun.", ["the", "ministry", "jets", "hit", "khan", "sheikhoun"]),
        ("The ministry’s jets", ["the", "ministry", "jets"]),
        ("1,200 people, 58 of them in al-Bab.", ["1200", "people", "58", "of", "them", "in", "al-bab"]),
        ("A 9", ["9"]),
    ],
)
def test_words_are_told_without_case_owner_and_commas(text, found):
    assert list(words(text)) == found


@pytest.mark.parametrize(("rare", "frequent"), [("bakery", "army"), ("zzyzx", "bakery"), ("army", "the")])
def test_the_rarer_word_counts_more(rare, frequent):
    assert frequencies().rarity(rare) > frequencies().rarity(frequent)


def test_numbers_that_no_report_had_are_as_rare_as_such_words():
    assert frequencies().rarity("48317") == frequencies().rarity("zzyzx")
