"""Windows of whole sentences: each sentence owned once, edges read again, nothing that a text can do breaks it."""

import time
from random import Random

import pytest
import tiny

from annotate.document import Block, Report, Sentence
from annotate.windows import PREFIX, Marks, collate, cut, open_tokenizer, plan, prefix, windows

MARKS = Marks(cls=2, sep=3, pad=0)


@pytest.fixture(scope="module")
def tokenizer():
    return open_tokenizer(tiny.tokenizer())


def sentences(*texts):
    out, start = [], 0
    for index, text in enumerate(texts):
        out.append(Sentence("r", index, start, start + len(text), text, Block("text")))
        start += len(text) + 1
    return out


@pytest.mark.parametrize(
    ("lengths", "room", "overlap", "expected"),
    [
        ([], 10, 4, []),
        ([3, 3, 3], 10, 4, [(0, 3, 0, 3)]),
        # The third sentence is read twice, and stays where more stands before it: who speaks is said before, not after.
        ([3, 3, 3, 3, 3], 10, 4, [(0, 3, 0, 3), (2, 5, 3, 5)]),
        # Four are read twice: two have more after them in the first window, two more before them in the second.
        ([2] * 8, 12, 8, [(0, 6, 0, 4), (2, 8, 4, 8)]),
        # A sentence that fills a window stands alone.
        ([10, 10, 10], 10, 4, [(0, 1, 0, 1), (1, 2, 1, 2), (2, 3, 2, 3)]),
    ],
)
def test_plan(lengths, room, overlap, expected):
    assert list(plan(lengths, room, overlap)) == expected


def test_every_sentence_is_owned_once_and_every_window_fits():
    random = Random(1)
    for _ in range(2000):
        room = random.randint(20, 260)
        lengths = [random.randint(1, random.choice([40, room])) for _ in range(random.randint(0, 40))]
        lengths = [min(length, room) for length in lengths]
        owned = []
        for first, stop, own, end in plan(lengths, room):
            assert first <= own <= end <= stop
            assert sum(lengths[first:stop]) <= room
            owned += range(own, end)
        assert owned == list(range(len(lengths)))


def test_a_window_frames_its_sentences(tokenizer):
    report = Report("r", "", title="Bread", outlet="Town")
    pieces = list(cut(tokenizer, sentences("The army", "Rebels fled.")))
    [window] = windows(prefix(tokenizer, report), pieces, MARKS)
    words = [tokenizer.id_to_token(i) for i in window.ids]
    assert words == "[CLS] town : bread [SEP] the army [SEP] rebels fled . [SEP]".split()
    assert [words[a:b] for a, b in window.bounds] == [["the", "army", "[SEP]"], ["rebels", "fled", ".", "[SEP]"]]


def test_no_outlet_and_no_title_is_no_prefix(tokenizer):
    assert prefix(tokenizer, Report("r", "text")) == []
    assert len(prefix(tokenizer, Report("r", "", title="road " * 500))) == PREFIX


def test_a_long_sentence_is_cut_to_the_room_and_a_short_one_is_not(tokenizer):
    long, short = cut(tokenizer, sentences("road " * 400, "road " * 40))
    assert (len(long.ids), len(short.ids)) == (256 - PREFIX - 3, 40)
    assert all(len(w.ids) <= 256 for w in windows([5] * PREFIX, [long, short], MARKS))


@pytest.mark.parametrize("text", ["x" * 1_000_000, "road " * 200_000, "\u200b" * 1000, "", "\ud7ff\U0001f4a5"])
def test_odd_sentences_still_make_a_window(tokenizer, text):
    began = time.monotonic()
    [window] = windows([], list(cut(tokenizer, sentences(text))), MARKS)
    assert window.own == range(1)
    assert time.monotonic() - began < 1


def test_pool_averages_over_a_sentence_and_leaves_absent_ones_empty(tokenizer):
    one, two = sentences("The army", "Rebels fled.")
    group = [next(windows([], list(cut(tokenizer, part)), MARKS)) for part in ([one, two], [one])]
    batch = collate(group, MARKS, step=8)
    assert batch.input_ids.shape == batch.attention_mask.shape == (2, 8)
    assert batch.pool.shape == (2, 4, 8)
    assert batch.pool.sum(-1).round(5).tolist() == [[1, 1, 0, 0], [1, 0, 0, 0]]
    assert batch.pool[0, 0].nonzero()[0].tolist() == [1, 2, 3]
    assert batch.attention_mask[1].tolist() == [1, 1, 1, 1, 0, 0, 0, 0]
