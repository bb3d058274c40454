"""What training starts from: a trained model of ours, or a bare encoder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.utils import logging

from annotate.engine import GRAPH, TOKENIZER, WEIGHTS, read_settings
from annotate.engine.torch import ClaimsNetwork, open_network
from annotate.errors import AnnotateError
from annotate.windows import Marks, open_tokenizer

logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Start:
    """What training starts from.

    ``encoder`` is its Hugging Face configuration, ``name`` goes on the card, and ``history`` is the training.toml of a
    model of ours, which itself may tell of an earlier one.
    """

    network: ClaimsNetwork
    tokenizer: Tokenizer
    marks: Marks
    encoder: dict[str, Any]
    name: str
    history: dict[str, Any] = field(default_factory=dict)


def is_ours(folder: Path) -> bool:
    """Whether a folder holds a trained model of ours: an encoder's has weights of the same name, but no graph."""
    return (folder / WEIGHTS).is_file() and (folder / GRAPH).is_file()


def open_start(where: str, *, window: int, neighbours: bool, dropout: float) -> Start:
    """A model folder of ours, or a Hugging Face encoder by name, by folder, or as a Python package with ``model/``.

    ``window`` (word pieces) must fit the encoder; ``neighbours`` and ``dropout`` shape the heads put on an encoder.

    Raises:
        AnnotateError: nothing of the kind is there, or it cannot read windows.
    """
    folder = Path(where)
    if is_ours(folder):
        settings = read_settings(folder)
        network = open_network(folder, settings)
        tokenizer = open_tokenizer(Tokenizer.from_file(str(folder / TOKENIZER)))
        told = folder / "training.toml"
        history = tomllib.loads(told.read_text(encoding="utf-8")) if told.is_file() else {}
        return Start(network, tokenizer, settings.marks, settings.encoder, folder.name, history)
    package = find_spec(where) if where.isidentifier() else None
    if package is not None and package.origin and not folder.is_dir():
        where = str(Path(package.origin).parent / "model")
    try:
        config = AutoConfig.from_pretrained(where)
        if hasattr(config, "attention_probs_dropout_prob"):
            config.attention_probs_dropout_prob = 0.0  # dropout elsewhere does; without it attention is twice as fast
        encoder = AutoModel.from_pretrained(where, config=config)
        words = AutoTokenizer.from_pretrained(where, use_fast=True)
    except (OSError, ValueError) as error:
        raise AnnotateError(f"{where}: no encoder there ({str(error).splitlines()[0]})") from error
    ids = words.cls_token_id, words.sep_token_id, words.pad_token_id
    if None in ids or window > config.max_position_embeddings:
        raise AnnotateError(f"{where}: needs [CLS], [SEP] and [PAD] pieces and room for {window} of them")
    network = ClaimsNetwork(encoder, neighbours=neighbours, dropout=dropout)
    known = {key: value for key, value in config.to_diff_dict().items() if key not in ("transformers_version", "dtype")}
    name = package.name if package is not None else folder.name
    tokenizer = Tokenizer.from_str(words.backend_tokenizer.to_str())
    return Start(network, open_tokenizer(tokenizer), Marks(*ids), known, name)
