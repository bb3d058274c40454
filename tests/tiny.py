"""A real but tiny encoder, and reports so plain that it learns them in seconds."""

import json

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
WORDS = """the a an army rebels residents council ministry said denied reportedly that jets hit shelled killed fled
bread ran out town market bridge road and of in on near two nine people it was quiet , . : \" 's""".split()


def tokenizer():
    """One piece a known word; any other word falls into letters."""
    letters = [f"{mark}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz0123456789" for mark in ("", "##")]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys([*SPECIAL, *WORDS, *letters]))}
    made = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return made


def encoder(folder):
    """A folder as the hub has them, with two random layers of 32 numbers."""
    made = tokenizer()
    config = BertConfig(
        vocab_size=made.get_vocab_size(),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    BertModel(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=made, cls_token="[CLS]", sep_token="[SEP]", pad_token="[PAD]", unk_token="[UNK]"
    ).save_pretrained(folder)
    return folder


# sentence, types, stance, assertion, source
PLAIN = [
    ("The army shelled the town.", ["attack", "responsibility"], "unattributed", "asserts", None),
    (
        "The ministry denied that jets hit the market.",
        ["attack", "responsibility"],
        "official",
        "denies",
        "The ministry",
    ),
    ("Residents said that bread ran out.", ["humanitarian"], "witness", "asserts", "Residents"),
    ("Rebels reportedly killed nine people.", ["casualty"], "unattributed", "hedges", None),
    ("It was quiet on the road.", [], "unattributed", "asserts", None),
]


def export(path, reports=24):
    """A Label Studio export of reports that say these sentences in turn."""
    tasks = []
    for number in range(reports):
        rows = [PLAIN[(number + step) % len(PLAIN)] for step in range(4)]
        tasks.append(
            {
                "data": {"report": f"r{number}", "text": " ".join(row[0] for row in rows)},
                "annotations": [{"result": [item for at, row in enumerate(rows) for item in _result(at, rows, row)]}],
            }
        )
    path.write_text(json.dumps(tasks))
    return path


def _result(at, rows, row):
    text, types, stance, assertion, source = row
    start = sum(len(r[0]) + 1 for r in rows[:at])
    name, place = f"s{at:03}", {"start": start, "end": start + len(text)}
    yield {"id": name, "from_name": "unit", "value": {**place, "labels": ["Sentence"]}}
    for control, choices in (("claim_type", types), ("stance", [stance]), ("assertion", [assertion])):
        if choices:
            yield {"id": name, "from_name": control, "value": {**place, "choices": choices}}
    if source:
        found = {"start": start, "end": start + len(source), "labels": ["Source"]}
        yield {"id": f"{name}-0", "from_name": "span", "value": found}
