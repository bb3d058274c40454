"""Logits to tags: spans, thresholds, abstention; reports stream through in order, many to a batch."""

from itertools import islice

import numpy as np
import pytest
import tiny

from annotate.document import Block, Report, Sentence
from annotate.engine import HEADS, Abstain, Calibration, Logits, Model, Settings
from annotate.labels import SPANS, STANCES, TYPES
from annotate.spans import best_path, read_spans
from annotate.tag import Tagger
from annotate.windows import Marks, cut, open_tokenizer

MARKS = Marks(cls=2, sep=3, pad=0)
TOKENIZER = open_tokenizer(tiny.tokenizer())


def sentence(text, start=0, index=0):
    return Sentence("r", index, start, start + len(text), text, Block("text"))


class WordEngine:
    """Stands in for a network: "shelled" makes an attack, "council" an official source."""

    name = "words"

    def __init__(self):
        self.sizes = []

    def run(self, batches):
        out = []
        for batch in batches:
            b, s, _ = batch.pool.shape
            self.sizes.append(b)
            shelled = batch.input_ids == TOKENIZER.token_to_id("shelled")
            council = batch.input_ids == TOKENIZER.token_to_id("council")
            sentences = np.zeros((b, s, 22), np.float32)
            sentences[..., HEADS["types"]] = -4
            sentences[..., HEADS["types"].start + TYPES.index("attack")] += 8 * _has(batch, shelled)
            sentences[..., HEADS["stance"].start + STANCES.index("official")] = 3 * _has(batch, council)
            tokens = np.zeros((*batch.input_ids.shape, 3 * len(SPANS)), np.float32)
            tokens[..., 0::3] = 1
            tokens[council, 1] = 5
            out.append(Logits(sentences, tokens))
        return out


def _has(batch, marks):
    return np.einsum("bst,bt->bs", batch.pool, marks.astype(np.float32)) > 0


def tagger(abstain=None, **calibration):
    settings = Settings(MARKS, 64, {}, calibration=Calibration(**calibration))
    return Tagger(Model(WordEngine(), TOKENIZER, settings), abstain or Abstain())


def report(number, *texts):
    out, start = [], 0
    for index, text in enumerate(texts):
        out.append(sentence(text, start, index))
        start += len(text) + 1
    return Report(f"r{number}", " ".join(texts)), out


@pytest.mark.parametrize(
    ("logits", "cost", "expected"),
    [
        # logits of B and I for each piece, against 0 for outside
        ([(2, -2), (-2, 2), (-2, 2), (-9, -9)], 0, "BII."),
        ([(2, -2), (-1, -1), (2, 0), (-9, -9)], 0, "B.B."),  # two spans, if a span is free
        ([(2, -2), (-1, -1), (2, 2), (-9, -9)], 2, "BII."),  # one whole span, where each has its price
        ([(1, -2), (-9, -9), (-9, -9), (-9, -9)], 3, "...."),  # not worth the price
        ([(-9, -9), (-1, 4), (-9, 4), (-9, -9)], 0, ".BI."),  # an inside must begin somewhere
    ],
)
def test_the_likeliest_row_of_labels(logits, cost, expected):
    tokens = np.zeros((1, 4, 3 * len(SPANS)), np.float32)
    tokens[0, :, 1:3] = logits
    labels = best_path(tokens, (cost,) * len(SPANS))
    assert labels.shape == (1, 4, len(SPANS))
    assert "".join(".BI"[label] for label in labels[0, :, 0]) == expected


@pytest.mark.parametrize(
    ("text", "pieces", "label", "expected"),
    [
        ("The army shelled the town.", "BIOOOO", "source", ["The army"]),  # a source keeps its article
        ("The army shelled the town.", "BIOOOO", "agent", ["army"]),
        ("The army shelled the town.", "OOOBIO", "place", ["town"]),
        ("The army shelled the town.", "IIOOOO", "source", ["The army"]),  # a lost beginning
        ("army, rebels and residents", "BOBOB", "agent", ["army", "rebels", "residents"]),
        ("army, rebels", "BIO", "agent", ["army"]),  # a comma is no part of a span's end
        ("army rebels", "BB", "agent", ["army", "rebels"]),
        ('it said: "quiet', "OOOBI", "source", ["quiet"]),  # a quotation mark without its pair
        ('it said: "quiet"', "OOOBII", "source", ['"quiet"']),
        ("near qx road", "OBOB", "place", ["qx", "road"]),  # "qx" is two pieces; the second follows the first
        ("near qx road", "OOIO", "place", []),  # a later piece alone is none
        ("the", "B", "agent", ["the"]),
        (", .", "BO", "agent", []),
        ("quiet", "O", "agent", []),
    ],
)
def test_spans(text, pieces, label, expected):
    where = sentence(text, start=100)
    [read] = cut(TOKENIZER, [where])
    labels = np.zeros((len(read.ids), len(SPANS)), np.int64)
    labels[:, SPANS.index(label)] = ["OBI".index(c) for c in pieces]
    spans = read_spans(labels, read, where)
    assert [span.text for span in spans[label]] == expected
    assert all(text[span.start - 100 : span.end - 100] == span.text for span in spans[label])
    assert not any(spans[other] for other in SPANS if other != label)


def test_offsets_count_code_points():
    where = sentence("\U0001f4a5 é the council said", start=7)
    [tags] = tagger().tag([(Report("r", ""), [where])])
    [source] = tags[0].sources
    assert (source.start, source.end, source.text) == (15, 22, "council")


def test_reports_come_back_in_order_each_with_its_own_sentences():
    work = [report(n, *["Rebels fled."] * (n % 7), *(["The army shelled."] if n % 2 else [])) for n in range(200)]
    found = list(tagger().tag(work))
    assert [len(tags) for tags in found] == [len(sentences) for _, sentences in work]
    assert [any("attack" in t.types for t in tags) for tags in found] == [n % 2 == 1 for n in range(200)]


def test_windows_of_many_reports_share_a_batch():
    one = tagger()
    list(one.tag([report(n, "The army shelled.") for n in range(100)]))
    assert max(one.model.engine.sizes) > 20


def test_reports_stream_and_are_not_gathered():
    taken = []

    def endless():
        for n in range(10**9):
            taken.append(n)
            yield report(n, "The army shelled the town.")

    assert len(list(islice(tagger().tag(endless()), 10))) == 10
    assert len(taken) < 1000


def test_100_000_short_sentences_in_one_report():
    about, _ = report(0)
    many = [sentence("rebels", 7 * n, n) for n in range(100_000)]
    [tags] = tagger().tag([(about, many)])
    assert len(tags) == 100_000


def test_progress_counts_every_window():
    seen = []
    list(tagger().tag([report(n, "The army shelled.") for n in range(50)], progress=seen.append))
    assert sum(seen) == 50


def test_an_empty_report_has_no_tags():
    assert list(tagger().tag([report(0), report(1, "Rebels fled."), report(2)]))[::2] == [(), ()]


def test_a_threshold_decides_and_the_score_stays():
    [[tags]] = tagger(type_thresholds=(0.99,) * 8).tag([report(0, "The army shelled.")])
    assert tags.types == ()
    assert tags.type_scores["attack"] == pytest.approx(0.982, abs=0.001)


def test_a_temperature_flattens():
    [[sharp]] = tagger().tag([report(0, "The council said.")])
    [[flat]] = tagger(stance_temperature=2.0).tag([report(0, "The council said.")])
    assert sharp.stance == flat.stance == "official"
    assert sharp.stance_scores["official"] > flat.stance_scores["official"]


def test_an_unsure_head_abstains_and_names_its_candidates():
    work = [report(0, "The council said.", "Rebels fled.")]
    [[sure, unsure]] = tagger(Abstain(stance=0.6)).tag(work)
    assert (sure.stance, sure.abstained) == ("official", {})
    assert unsure.stance is None
    assert set(unsure.abstained["stance"]) <= set(STANCES)
    assert len(unsure.abstained["stance"]) >= 2


def test_an_unsure_type_is_a_candidate_and_not_given():
    [[tags]] = tagger(Abstain(types=0.49)).tag([report(0, "The army shelled.")])
    assert tags.types == ()
    assert "attack" in tags.abstained["types"]
