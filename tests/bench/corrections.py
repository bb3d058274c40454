"""How much an annotator's corrections cost: keys and clicks of each kind, and a report from opened to submitted.

    ANNOTATE_STUDIO=.studio .venv/bin/python tests/bench/corrections.py

A real Label Studio and a real Chromium; a seed report pre-labelled by the shipped model; ten corrections by script. A
script neither reads nor thinks: its seconds are what the page itself takes, its counts what the hands of a person do.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "studio"))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from page import Page, browser
from real import Studio, free_port

from annotate.cli import main as annotate
from annotate.studio.start import running

SEED = next((Path(__file__).resolve().parents[2] / "seeds").glob("000_*.txt"))


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, metavar="DIR", help="of a Label Studio started before (default: fresh)")
    options = parser.parse_args()
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as folder:
        data, port = (options.data or Path(folder) / "data").resolve(), free_port()
        with running(data, port):
            studio = Studio(f"http://localhost:{port}", (data / "token").read_text().strip(), data)
            os.environ |= {"LABEL_STUDIO_URL": studio.url, "LABEL_STUDIO_API_KEY": studio.token}
            with browser(studio.url) as page:
                page.log_in(studio.user, studio.password)
                runs = [one(studio, page, f"round {number} of {os.getpid()}") for number in range(rounds)]
    print(f"\n{os.cpu_count()} cores, {rounds} rounds; seconds are medians, with the fastest and the slowest\n")
    kinds = ("keys", "letters", "clicks", "drags")
    print(f"{'':32}" + "".join(f"{kind:>9}" for kind in kinds) + "   seconds")
    for name in runs[0]:
        hands = runs[0][name][0]
        counts = "".join(f"{hands[kind] or '-':>9}" for kind in kinds)
        print(f"{name:32}{counts}   {spread([run[name][1] for run in runs])}")
    work = [name for name in runs[0] if name != "opening"]
    print(f"\nopened to submitted, {len(work) - 1} corrections: {spread([sum(r[n][1] for n in work) for r in runs])}")


def one(studio: Studio, page: Page, title: str) -> dict[str, tuple[Counter[str], float]]:
    """One report from opening to submitting: what the hands did and the seconds, step by step."""
    annotate(["studio", "push", str(SEED), "--project", title, "--date", "2016-12-07", "-q"])
    project = next(found.id for found in studio.api.projects.list(title=title) if found.title == title)
    done: dict[str, tuple[Counter[str], float]] = {}

    def step(name: str, work: Callable[[], object]) -> None:
        page.hands.clear()
        begun = time.perf_counter()
        work()
        done[name] = page.hands.copy(), time.perf_counter() - begun

    step("opening", lambda: page.open(project))
    told = [item for item in page.shown() if item.get("from_name") == "unit"]
    region = {words: next(i["id"] for i in told if words in i["value"]["text"]) for words in WORDS}
    leaders, disaster, cut_off, bombings, statement, denial, outlet, blast, last = (region[words] for words in WORDS)
    step("a relation with its label", lambda: page.relate(denial, outlet, "contradicts"))
    step("a span marked", lambda: page.mark(outlet, "Al Mayadeen", "s"))
    step("a span taken away", lambda: (page.select(f"{last}-0"), page.press("Backspace")))
    step("speaker", lambda: page.write(blast, "speaker", "residents"))
    step("event", lambda: page.write(denial, "event", "Mezzeh"))
    step("stance", lambda: page.choose(leaders, other(page, leaders, "stance")))
    step("assertion", lambda: page.choose(cut_off, other(page, cut_off, "assertion")))
    step("a type more", lambda: page.choose(disaster, "8"))
    step("a type less, another one more", lambda: page.choose(bombings, "1", "8"))
    both = [other(page, statement, control) for control in ("stance", "assertion")]
    step("stance and assertion", lambda: page.choose(statement, *both))
    step("submitting", page.submit)
    return done


WORDS = (
    "have issued a joint statement", "A humanitarian disaster is taking place", "are cut off from food and medicine",
    "daily bombings and artillery", "offered no answer", "denied that the base", "Al Mayadeen", "The blast occurred",
    "Last week,",
)  # fmt: skip


def other(page: Page, region: str, control: str) -> str:
    """The key of a choice that is not made yet: the key of one that is would take it back."""
    made = [i["value"]["choices"] for i in page.shown() if (i.get("id"), i.get("from_name")) == (region, control)]
    return {"stance": "qw", "assertion": "zx"}[control][made[0][0] in ("unattributed", "asserts")]


def spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


if __name__ == "__main__":
    main()
