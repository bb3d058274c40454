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
        self._running: list[ov.InferRequest] = []
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
        requests = self._requests()
        found: list[Logits] = []
        for number, batch in enumerate(batches):
            request = requests[number % len(requests)]
            if number >= len(requests):
                found.append(_logits(request))
            request.start_async(
                {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask, "pool": batch.pool}
            )
        found += [_logits(requests[number % len(requests)]) for number in range(len(found), len(batches))]
        return found

    def _requests(self) -> list[ov.InferRequest]:
        """What runs batches side by side: for each that the streams run one more that waits.

        They are taken in turn and call nothing back: a callback in Python holds the engine unseen by the garbage
        collector, and waits for the interpreter while that may be waiting for it to end.
        """
        if not self._running:
            try:
                compiled = self._compiled.result()
            except RuntimeError as error:
                raise AnnotateError(f"{self._graph}: cannot be compiled ({_last_line(error)})") from error
            side_by_side = int(compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
            self._running = [compiled.create_infer_request() for _ in range(2 * side_by_side)]
        return self._running


def _logits(request: ov.InferRequest) -> Logits:
    """What a request found, when it is done."""
    request.wait()
    return Logits(
        np.array(request.get_tensor("sentences").data, np.float32),
        np.array(request.get_tensor("tokens").data, np.float32),
    )


def _last_line(error: Exception) -> str:
    """OpenVINO's messages are traces: the last line says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else type(error).__name__
