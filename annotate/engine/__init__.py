"""The model behind one protocol: windows in, logits out, whichever runtime does the work.

A model folder holds ``config.json``, ``tokenizer.json``, ``model.safetensors`` (all weights, half precision) and
``model.onnx`` (the graph, whose weights lie in the safetensors). Opening one imports neither torch nor transformers
unless the torch engine is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from annotate.errors import AnnotateError
from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.windows import Batch, Marks, open_tokenizer

EngineName = Literal["auto", "openvino", "torch"]
Precision = Literal["auto", "full", "bf16"]
LABELS = {"types": TYPES, "stance": STANCES, "assertion": ASSERTIONS, "spans": SPANS}
# Where each sentence head's logits lie in the network's output.
HEADS = {"types": slice(0, 8), "stance": slice(8, 16), "assertion": slice(16, 21), "continues": slice(21, 22)}
GRAPH, WEIGHTS, TOKENIZER, CONFIG = "model.onnx", "model.safetensors", "tokenizer.json", "config.json"


class Logits(NamedTuple):
    """What the network says of a batch.

    ``sentences`` [B, S, 22] float32, laid out as ``HEADS``; ``tokens`` [B, T, 12] float32: O, B, I for each span label.
    """

    sentences: NDArray[np.float32]
    tokens: NDArray[np.float32]


class Engine(Protocol):
    """Runs batches; ``name`` says how, for the log."""

    name: str

    def run(self, batches: Sequence[Batch]) -> list[Logits]:
        """Logits of each batch, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns logits into honest probabilities and decisions.

    Softmax heads are divided by their temperature; a type is given where its probability reaches its threshold;
    every span pays its label's cost in nats, so that few whole spans win over many fragments.
    """

    type_temperature: float = 1.0
    type_thresholds: tuple[float, ...] = (0.5,) * len(TYPES)
    stance_temperature: float = 1.0
    assertion_temperature: float = 1.0
    continues_temperature: float = 1.0
    span_costs: tuple[float, ...] = (1.0,) * len(SPANS)


@dataclass(frozen=True, slots=True)
class Abstain:
    """How sure a head must be to speak; 0 never abstains.

    ``stance`` and ``assertion``: the least probability of the best label. ``types``: how far above its threshold a
    type's probability must lie; below it the type is a candidate.
    """

    types: float = 0.0
    stance: float = 0.0
    assertion: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """config.json: what must be known to feed the network and to read its answers."""

    marks: Marks
    window: int
    encoder: dict[str, Any]
    network: dict[str, Any] = field(default_factory=dict)
    calibration: Calibration = Calibration()
    abstain: Abstain = Abstain()
    files: dict[str, int] = field(default_factory=dict)  # bytes of each file, to notice a truncated one

    def dump(self) -> str:
        """The text of config.json."""
        c, a = self.calibration, self.abstain
        return json.dumps(
            {
                "labels": {head: list(labels) for head, labels in LABELS.items()},
                "window": self.window,
                "pieces": {"cls": self.marks.cls, "sep": self.marks.sep, "pad": self.marks.pad},
                "calibration": {
                    "types": {
                        "temperature": c.type_temperature,
                        "thresholds": dict(zip(TYPES, c.type_thresholds, strict=True)),
                    },
                    "stance": {"temperature": c.stance_temperature},
                    "assertion": {"temperature": c.assertion_temperature},
                    "continues": {"temperature": c.continues_temperature},
                    "spans": {"costs": dict(zip(SPANS, c.span_costs, strict=True))},
                },
                "abstain": {"types": a.types, "stance": a.stance, "assertion": a.assertion},
                "network": self.network,
                "encoder": self.encoder,
                "files": self.files,
            },
            indent=2,
        )


@dataclass(frozen=True, slots=True)
class Model:
    """A trained model, ready to run."""

    engine: Engine
    tokenizer: Tokenizer
    settings: Settings
    folder: Path | None = None


def load(folder: Path, engine: EngineName = "auto", precision: Precision = "auto") -> Model:
    """Open a model folder.

    ``engine`` "auto" is torch where torch and CUDA are there, else openvino. ``precision`` "auto" is bf16 where the
    processor has it, "full" is float32.

    Raises:
        AnnotateError: a file is missing, damaged or of other labels; names the file.
    """
    settings = read_settings(folder)
    for name, size in settings.files.items():
        path = folder / name
        if not path.is_file():
            raise AnnotateError(f"{path}: missing from the model folder")
        if path.stat().st_size != size:
            raise AnnotateError(f"{path}: damaged ({path.stat().st_size} bytes instead of {size})")
    running: Engine
    if engine == "torch" or (engine == "auto" and _cuda()):
        if find_spec("torch") is None or find_spec("transformers") is None:
            raise AnnotateError("the torch engine needs torch and transformers: pip install 'annotate[train]'")
        from annotate.engine.torch import TorchEngine

        running = TorchEngine.open(folder, settings, precision)
    else:
        from annotate.engine.openvino import OpenVinoEngine

        running = OpenVinoEngine(folder / GRAPH, precision)
    return Model(running, _read_tokenizer(folder / TOKENIZER), settings, folder)


def read_settings(folder: Path) -> Settings:
    """Read config.json; refuse a model whose labels are not the codebook's."""
    path = folder / CONFIG
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        labels = {head: tuple(table["labels"][head]) for head in LABELS}
        types, calibration = table["calibration"]["types"], table["calibration"]
        settings = Settings(
            marks=Marks(**table["pieces"]),
            window=int(table["window"]),
            encoder=dict(table["encoder"]),
            network=dict(table["network"]),
            calibration=Calibration(
                type_temperature=float(types["temperature"]),
                type_thresholds=tuple(float(types["thresholds"][label]) for label in labels["types"]),
                stance_temperature=float(calibration["stance"]["temperature"]),
                assertion_temperature=float(calibration["assertion"]["temperature"]),
                continues_temperature=float(calibration["continues"]["temperature"]),
                span_costs=tuple(float(calibration["spans"]["costs"][label]) for label in labels["spans"]),
            ),
            abstain=Abstain(**table["abstain"]),
            files={str(name): int(size) for name, size in table["files"].items()},
        )
    except OSError as error:
        raise AnnotateError(f"{path}: no model there ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise AnnotateError(f"{path}: damaged ({type(error).__name__}: {error})") from error
    for head, expected in LABELS.items():
        if labels[head] != expected:
            raise AnnotateError(f"{path}: the model's {head} labels are not those of the codebook; train it anew")
    return settings


def _read_tokenizer(path: Path) -> Tokenizer:
    if not path.is_file():
        raise AnnotateError(f"{path}: missing from the model folder")
    try:
        return open_tokenizer(Tokenizer.from_file(str(path)))
    except Exception as error:  # the library raises bare Exception
        raise AnnotateError(f"{path}: damaged ({str(error).splitlines()[0]})") from error


def _cuda() -> bool:
    """Whether torch sees a CUDA device; the cheap signs come first, so that a CPU start never imports torch."""
    if find_spec("torch") is None or not Path("/dev/nvidiactl").exists():
        return False
    import torch

    return bool(torch.cuda.is_available())
