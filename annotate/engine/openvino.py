"""The default door: OpenVINO on the ONNX graph. The only file that imports openvino."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
        self._graph = graph
        self._found: dict[int, Logits] = {}
        self._running: ov.AsyncInferQueue | None = None
        try:
            model = core.read_model(str(graph))
        except RuntimeError as error:
            raise AnnotateError(f"{graph}: damaged, or not a model of ours ({_last_line(error)})") from error
        hints = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": "bf16" if half else "f32"}
        # Compiling takes as long as all else that a short run does before its first window: it goes on beside it.
        pool = ThreadPoolExecutor(1, "compile")
        self._compiled = pool.submit(core.compile_model, model, "CPU", hints)
        pool.shutdown(wait=False)
        self.name = f"openvino {'bf16' if half else 'float32'}"

    def run(self, batches: Sequence[Batch]) -> list[Logits]:
        """Logits of each batch, in order.

        Raises:
            AnnotateError: the graph cannot be compiled.
        """
        queue = self._queue()
        self._found.clear()
        for number, batch in enumerate(batches):
            feed = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
            queue.start_async(feed, number)
        queue.wait_all()
        return [self._found.pop(number) for number in range(len(batches))]

    def _queue(self) -> ov.AsyncInferQueue:
        if self._running is None:
            try:
                self._running = ov.AsyncInferQueue(self._compiled.result())
            except RuntimeError as error:
                raise AnnotateError(f"{self._graph}: cannot be compiled ({_last_line(error)})") from error
            self._running.set_callback(self._keep)
        return self._running

    def _keep(self, request: ov.InferRequest, number: int) -> None:
        self._found[number] = Logits(
            np.array(request.get_tensor("sentences").data, np.float32),
            np.array(request.get_tensor("tokens").data, np.float32),
        )


def _last_line(error: Exception) -> str:
    """OpenVINO's messages are traces: the last line says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
