"""Who may import whom, and which files are the doors to which library."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the nouns to the edges: a file may import what stands in a row above its own, and in its own row only where the
# row is a small family, marked with *.
ROWS = [
    "document errors assets calendar",
    "labels names mentions metadata webpage decode scores frequencies wording exports",
    "blocking packed quantities",
    "* stamps blocks segment",
    "* slips phrases wars placetable tables gazetteer registry",
    "* records read",
    "gold windows",
    "spans doubts",
    "* engine engine.torch engine.openvino engine.export engine.start",
    "tag counts when clocks fates origins grounds antecedents states refusals",
    "actors losses",
    "facets places namings",
    "attribute",
    "looks",
    "likeness",
    "events voices",
    "denials tolls grade backing",
    "deeds rivals",
    "clash",
    "contest",
    "assemble",
    "pipeline store",
    "known",
    "write summary standoff align scoretable diagram readback baselines calibrate examples",
    "report faults trackrecord",
    "standing enter batches",
    "card",
    "* evaluate evaluate_speakers evaluate_events events_fit attribute_fit frequencies_fit",
    "denials_fit",
    "evaluate_disputes",
    "measure learn",
    "release",
    "crossval",
    "options",
    "studio studio.readings studio.printed studio.start",
    "studio.compared studio.tasks studio.server",
    "studio.order studio.mend",
    "studio.push studio.pull studio.review studio.pairs",
    "studio.push_pairs studio.pull_pairs",
    "studio.versions studio.predict",
    "studio.trainer",
    "studio.serve",
    "studio.serving",
    "studio.exchange",
    "studio.agreement",
    "studio.adjudicate",
    "studio.agreement_report studio.reviewing",
    "studio.commands",
    "sources disputes",
    "cli",
    "__main__",
]
DOORS = {
    "openvino": {"engine.openvino"},
    "duckdb": {"store"},
    "torch": {"engine", "engine.torch", "engine.export", "learn"},
    "transformers": {"engine.torch", "engine.start"},
    "datasets": {"examples"},
    "onnx": {"engine.export"},
    "safetensors": {"engine.torch", "engine.export"},
    "sklearn": {"baselines", "denials_fit", "events_fit"},
    "scipy": {"attribute_fit", "baselines"},
    "tokenizers": {"engine", "engine.start", "windows", "examples"},
    "charset_normalizer": {"decode"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "rapidfuzz": {"names", "voices"},
    "text_to_num": {"quantities"},
    "tomlkit": {"enter"},
    "rich": {
        "batches",
        "disputes",
        "cli",
        "learn",
        "standing",
        "studio.agreement_report",
        "studio.commands",
        "studio.printed",
        "studio.reviewing",
        "summary",
    },
    "label_studio_sdk": {"studio.server"},
    "httpx": {"studio.server"},
    "starlette": {"studio.serve", "studio.serving"},
    "uvicorn": {"studio.serving"},
    "regex": {
        "refusals",
        "actors",
        "wording",
        "losses",
        "attribute",
        "clash",
        "clocks",
        "counts",
        "quantities",
        "deeds",
        "denials",
        "facets",
        "fates",
        "states",
        "frequencies",
        "grounds",
        "looks",
        "mentions",
        "namings",
        "origins",
        "places",
        "voices",
        "when",
    },
}
RANK = {name: number for number, row in enumerate(ROWS) for name in row.split() if name != "*"}
FAMILY = {name for row in ROWS if row.startswith("*") for name in row.split()}


def modules():
    for path in sorted((ROOT / "annotate").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT / "annotate").with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":
            yield name, path.read_text(encoding="utf-8")


def imports(source):
    """Modules of the package and packages of others that a file names, anywhere in it."""
    own, foreign = set(), set()
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "annotate":
            names = [f"annotate.{alias.name}" for alias in node.names if not alias.name.startswith("__")]
        elif isinstance(node, ast.ImportFrom) and node.module == "annotate.studio":
            names = [f"annotate.studio.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module]
        for name in names:
            if name.split(".")[0] == "annotate":
                own.add(name.removeprefix("annotate."))
            elif name.split(".")[0] not in sys.stdlib_module_names:
                foreign.add(name.split(".")[0])
    return own, foreign


def wrong(name, source):
    own, foreign = imports(source)
    for other in sorted(own - {name}):
        if RANK[other] > RANK[name] or (RANK[other] == RANK[name] and name not in FAMILY):
            yield f"{name} imports {other}, which does not stand above it"
    for package in sorted(foreign & DOORS.keys()):
        if name not in DOORS[package]:
            yield f"{name} imports {package}, whose door is elsewhere"


@pytest.mark.parametrize(("name", "source"), list(modules()), ids=[name for name, _ in modules()])
def test_every_file_imports_only_what_stands_above_it(name, source):
    assert name in RANK, f"{name} has no row"
    assert not list(wrong(name, source))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("document", "from annotate.read import read"),
        ("counts", "from annotate import pipeline"),
        ("contest", "import openvino"),
        ("read", "def late():\n    from annotate.tag import Tagger"),
    ],
)
def test_a_wrong_import_is_seen(name, source):
    assert list(wrong(name, source))


def test_every_foreign_package_has_a_door_or_is_numpy():
    named = {package for _, source in modules() for package in imports(source)[1]}
    assert named <= DOORS.keys() | {"numpy"}


@pytest.mark.parametrize("module", ["annotate.cli", "annotate.pipeline", "annotate.evaluate", "annotate.read"])
def test_tagging_needs_no_heavy_package(module):
    import subprocess

    heavy = ("torch", "transformers", "sklearn", "datasets", "onnx", "pandas")
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
