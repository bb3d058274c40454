"""The README tells the truth about commands, files and packages."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from annotate.cli import _parser

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
COMMANDS = [line for block in BLOCKS for line in block.splitlines() if re.match(r"(?:\.venv/bin/)?annotate ", line)]


@pytest.mark.parametrize("line", COMMANDS)
def test_every_annotate_command_is_understood(line):
    words = shlex.split(line, comments=True)
    _parser().parse_args(words[1:])


def test_there_are_commands_to_check():
    assert len(COMMANDS) >= 3


def test_the_training_commands_are_understood():
    train = pytest.importorskip("train", reason="pip install -e '.[train]'")
    lines = [line for block in BLOCKS for line in block.splitlines() if "train.py --data" in line]
    assert len(lines) >= 3
    for line in lines:
        train.options().parse_args(shlex.split(line, comments=True)[2:])


def test_every_file_of_the_package_is_told_of():
    table = README[README.index("| file | what it does |") :]
    table = table[: table.index("\n\n")]
    named = set(re.findall(r"\b(\w+)\.py`", table))
    files = [*(ROOT / "annotate").glob("*.py"), *(ROOT / "annotate" / "studio").glob("*.py")]
    there = {path.stem for path in files} - {"__init__", "__main__", "errors", "assets"}
    beside = {"train"}
    assert there <= named, f"not in the README: {sorted(there - named)}"
    assert named - beside <= there, f"only in the README: {sorted(named - beside - there)}"


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra in ("train", "studio"):
        wanted += project["optional-dependencies"][extra]
    reasons = README[README.index("## Why each dependency") :]
    for requirement in wanted:
        name = re.match(r"[\w-]+", requirement)[0]
        assert re.search(rf"\b{name}\b", reasons), f"{name} has no reason in the README"


def test_what_the_readme_says_of_make_is_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make (\w+)", README)) - {"sure"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_the_printed_example_is_of_the_seeds():
    seeds = [path.read_text(encoding="utf-8") for path in (ROOT / "seeds").glob("0*.txt")]
    words = {" ".join(text.split()) for text in seeds}
    example = next(block for block in BLOCKS if "CONTESTED" in block)
    quoted = re.findall(r"^ {8}(\S.*?)(?:  seed-\d+:\d+)? *$", example, re.MULTILINE)
    quoted = [line.strip().removesuffix("…").strip() for line in quoted if not re.match(r"seed-\d+:\d+$", line)]
    assert quoted
    assert [line for line in quoted if not any(line in text for text in words)] == []
