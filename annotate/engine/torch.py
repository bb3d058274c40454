"""The network, and the torch door to it: for training, for CUDA, and to hold the other engine to."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel

from annotate.engine import HEADS, WEIGHTS, Logits, Precision, Settings
from annotate.errors import AnnotateError
from annotate.labels import SPANS
from annotate.windows import Batch


class ClaimsNetwork(nn.Module):
    """One encoder, several heads: sentence heads over pooled tokens, BIO heads over tokens.

    ``forward`` takes ``input_ids`` [B, T] and ``attention_mask`` [B, T] (int64) and ``pool`` [B, S, T] (float32: each
    row averages over one sentence's own tokens; rows of absent sentences are zero). It returns the sentence logits
    [B, S, 22], laid out as ``HEADS``, and the token logits [B, T, 12] (O, B, I for each of source, cue, agent, place:
    four heads, since spans of different labels may overlap).
    """

    def __init__(self, encoder: nn.Module, *, neighbours: bool = True, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        if getattr(encoder, "pooler", None) is not None:
            encoder.pooler = None  # type: ignore[assignment]  # never used here, and it would be shipped
        size = int(encoder.config.hidden_size)  # type: ignore[union-attr, arg-type]
        self.attend = nn.Linear(size, len(HEADS))  # each head looks for its own telling words ("reportedly")
        # Who speaks depends on the sentences around: one light layer over the window's sentence vectors.
        self.neighbours = (
            nn.TransformerEncoderLayer(size, 4, 2 * size, dropout, "gelu", batch_first=True, norm_first=True)
            if neighbours
            else None
        )
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleList(nn.Linear(2 * size, part.stop - part.start) for part in HEADS.values())
        self.spans = nn.Linear(size, 3 * len(SPANS))

    def forward(self, input_ids: Tensor, attention_mask: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
        """Sentence logits [B, S, 22] and token logits [B, T, 12]."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        hidden = self.dropout(hidden)
        own = pool > 0  # [B, S, T]
        context = pool.to(hidden.dtype) @ hidden  # [B, S, H]
        if self.neighbours is not None:
            context = self.neighbours(context, src_key_padding_mask=~own.any(-1))
        scores = self.attend(hidden).transpose(1, 2)  # [B, K, T]
        outputs = []
        for number, head in enumerate(self.heads):
            score = scores[:, number : number + 1, :].masked_fill(~own, -1e4)  # [B, S, T]
            seen = score.softmax(-1) @ hidden
            outputs.append(head(self.dropout(torch.cat([seen, context], -1))))
        return torch.cat(outputs, -1), self.spans(hidden)


class TorchEngine:
    """Runs a network on CUDA where there is one, else on the CPU."""

    def __init__(self, network: ClaimsNetwork, precision: Precision = "full") -> None:
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self._network = network.to(self._device).eval()
        self._half = precision == "bf16" or (precision == "auto" and self._device.type == "cuda")
        self.name = f"torch {self._device.type} {'bf16' if self._half else 'float32'}"

    @classmethod
    def open(cls, folder: Path, settings: Settings, precision: Precision = "auto") -> TorchEngine:
        """Read a model folder's weights."""
        return cls(open_network(folder, settings), precision)

    def run(self, batches: Sequence[Batch]) -> list[Logits]:
        """Logits of each batch, in order."""
        return [self._one(batch) for batch in batches]

    @torch.inference_mode()
    def _one(self, batch: Batch) -> Logits:
        inputs = [torch.from_numpy(a).to(self._device) for a in (batch.input_ids, batch.attention_mask, batch.pool)]
        context: Any = torch.autocast(self._device.type, torch.bfloat16) if self._half else nullcontext()
        with context:
            sentences, tokens = self._network(*inputs)
        return Logits(sentences.float().cpu().numpy(), tokens.float().cpu().numpy())


def open_network(folder: Path, settings: Settings) -> ClaimsNetwork:
    """Build the network of a model folder and load its weights, as float32."""
    path = folder / WEIGHTS
    kind = dict(settings.encoder)
    encoder = AutoModel.from_config(  # type: ignore[no-untyped-call]
        AutoConfig.for_model(kind.pop("model_type"), **kind)
    )
    network = ClaimsNetwork(encoder, **settings.network)
    try:
        weights = {name: tensor.float() for name, tensor in load_file(path).items()}
        network.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise AnnotateError(f"{path}: damaged ({str(error).splitlines()[0]})") from error
    return network
