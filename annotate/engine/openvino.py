"""The default door: OpenVINO on the ONNX graph. The only file that imports openvino."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openvino as ov

from annotate.engine import Logits, Precision
from annotate.errors import AnnotateError
from annotate.windows import Batch


class OpenVinoEngine:
    """Runs the graph on the CPU, one stream a core: a core never waits for the others within a batch."""

    def __init__(self, graph: Path, precision: Precision = "auto") -> None:
        core = ov.Core()
        half = precision == "bf16" or (
            precision == "auto" and "BF16" in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        )
        try:
            self._compiled = core.compile_model(
                core.read_model(str(graph)),
                "CPU",
                {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "bf16" if half else "f32"},
            )
        except RuntimeError as error:
            raise AnnotateError(f"{graph}: damaged, or not a model of ours ({_first_line(error)})") from error
        self._queue = ov.AsyncInferQueue(self._compiled)
        self._found: dict[int, Logits] = {}
        self._queue.set_callback(self._keep)
        self.name = f"openvino {'bf16' if half else 'float32'}"

    def run(self, batches: Sequence[Batch]) -> list[Logits]:
        """Logits of each batch, in order."""
        self._found.clear()
        for number, batch in enumerate(batches):
            feed = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
            self._queue.start_async(feed, number)
        self._queue.wait_all()
        return [self._found.pop(number) for number in range(len(batches))]

    def _keep(self, request: ov.InferRequest, number: int) -> None:
        self._found[number] = Logits(
            np.array(request.get_tensor("sentences").data, np.float32),
            np.array(request.get_tensor("tokens").data, np.float32),
        )


def _first_line(error: Exception) -> str:
    """OpenVINO's messages are traces: the last line says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
