"""A trained network -> the weights and the graph of a model folder.

The weights are stored once, in half precision, as safetensors. The ONNX graph refers to them as external data by byte
offset and casts them to float32, so that a runtime without torch reads the very numbers that torch reads.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, external_data_helper, helper, numpy_helper
from safetensors.torch import save_file

from annotate.engine import GRAPH, WEIGHTS
from annotate.engine.torch import ClaimsNetwork

_OPSET = 18
_INLINE = 64  # initialisers of fewer elements stay in the graph


@contextmanager
def whole(out: Path) -> Iterator[Path]:
    """A folder to fill, which takes the place of ``out`` when all is in it, and vanishes if anything goes wrong."""
    fresh, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        yield fresh
        if out.exists():
            out.rename(old)
        fresh.rename(out)
    finally:
        if old.exists() and not out.exists():
            old.rename(out)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def export(network: ClaimsNetwork, folder: Path) -> None:
    """Write model.safetensors and model.onnx into ``folder``; rounds the network's weights to half precision."""
    network = network.cpu().float().eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(parameter.half().float())
    weights = {name: tensor.detach().half().contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    (folder / WEIGHTS).chmod(0o644)  # the library makes files that only their owner may read
    graph = _trace(network)
    _refer(graph, {name: tensor.float().numpy() for name, tensor in weights.items()}, _offsets(folder / WEIGHTS))
    (folder / GRAPH).write_bytes(graph.SerializeToString())


def _trace(network: ClaimsNetwork) -> onnx.ModelProto:
    """The network as an ONNX graph whose batch, sentences and pieces may be of any number."""
    batch, sentences, pieces = 2, 3, 16
    pool = torch.zeros(batch, sentences, pieces)
    pool[:, 0, 1:5], pool[:, 1, 5:8] = 1 / 4, 1 / 3
    ids = torch.ones(batch, pieces, dtype=torch.int64)
    dim = torch.export.Dim
    b, s, t = dim("B", min=1, max=4096), dim("S", min=1, max=4096), dim("T", min=2, max=8192)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's own deprecations
        program = torch.onnx.export(
            network,
            (ids, torch.ones_like(ids), pool),
            dynamo=True,
            input_names=["input_ids", "attention_mask", "pool"],
            output_names=["sentences", "tokens"],
            dynamic_shapes=({0: b, 1: t}, {0: b, 1: t}, {0: b, 1: s, 2: t}),
            opset_version=_OPSET,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("the exporter returned nothing")
    return program.model_proto


def _refer(
    model: onnx.ModelProto, weights: dict[str, NDArray[np.float32]], offsets: dict[str, tuple[int, int]]
) -> None:
    """Replace each weight in the graph by a half precision one that lies in the safetensors.

    The exporter transposes and renames weights, so they are found again by their values.
    """
    graph = model.graph
    straight = {_key(array): name for name, array in weights.items()}
    turned = {_key(array.T): name for name, array in weights.items() if array.ndim == 2}
    kept: list[TensorProto] = []
    nodes: list[onnx.NodeProto] = []
    stored: dict[str, TensorProto] = {}
    for tensor in graph.initializer:
        array = numpy_helper.to_array(tensor)
        key = _key(array) if array.dtype == np.float32 and array.size >= _INLINE else None
        name = straight.get(key) or turned.get(key) if key else None
        if name is None:
            kept.append(tensor)
            continue
        stored.setdefault(name, _external(name, weights[name].shape, offsets[name]))
        if key in straight:
            nodes.append(helper.make_node("Cast", [name + ":half"], [tensor.name], to=TensorProto.FLOAT))
        else:
            nodes.append(helper.make_node("Cast", [name + ":half"], [tensor.name + ":full"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Transpose", [tensor.name + ":full"], [tensor.name], perm=[1, 0]))
    body = list(graph.node)
    for node in body:
        del node.metadata_props[:]  # the exporter's notes on where each node comes from: most of the file
    del graph.initializer[:], graph.node[:], graph.value_info[:]
    graph.initializer.extend([*kept, *stored.values()])
    graph.node.extend([*nodes, *body])


def _key(array: NDArray[np.float32]) -> tuple[tuple[int, ...], bytes]:
    return array.shape, np.ascontiguousarray(array).tobytes()


def _external(name: str, shape: tuple[int, ...], where: tuple[int, int]) -> TensorProto:
    tensor = TensorProto(name=name + ":half", data_type=TensorProto.FLOAT16, dims=shape, raw_data=b"\0")
    external_data_helper.set_external_data(tensor, location=WEIGHTS, offset=where[0], length=where[1])
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    return tensor


def _offsets(path: Path) -> dict[str, tuple[int, int]]:
    """Where each tensor of a safetensors file begins, in bytes from the file's start, and how long it is."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    return {
        name: (8 + size + entry["data_offsets"][0], entry["data_offsets"][1] - entry["data_offsets"][0])
        for name, entry in header.items()
        if name != "__metadata__"
    }
