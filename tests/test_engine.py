"""Two doors to one model: what torch says, OpenVINO says too; a damaged folder is one clear line."""

import json
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from transformers import AutoConfig, AutoModel

from annotate.assets import MODEL
from annotate.document import Report
from annotate.engine import CONFIG, GRAPH, TOKENIZER, WEIGHTS, Settings, load
from annotate.engine.export import export
from annotate.engine.openvino import OpenVinoEngine
from annotate.engine.torch import ClaimsNetwork, TorchEngine, open_network
from annotate.errors import AnnotateError
from annotate.labels import SPANS
from annotate.segment import segment
from annotate.tag import Tagger
from annotate.windows import Batch, Marks

ROOT = Path(__file__).parent.parent


def batch(b, s, t, seed=0, pieces=60):
    """Random pieces; the last window is shorter and shows one sentence less."""
    random = np.random.default_rng(seed)
    ids = random.integers(4, pieces, (b, t))
    mask, pool = np.ones_like(ids), np.zeros((b, s, t), np.float32)
    mask[-1, t - 3 :] = 0
    for row in range(b):
        cuts = np.linspace(1, t - 3, s + 1).astype(int)
        for number in range(s - (row == b - 1 and s > 1)):
            pool[row, number, cuts[number] : cuts[number + 1]] = 1 / (cuts[number + 1] - cuts[number])
    return Batch(ids, mask, pool)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An untrained model as a whole folder."""
    home = tmp_path_factory.mktemp("model")
    start = tiny.encoder(tmp_path_factory.mktemp("start"))
    torch.manual_seed(1)
    config = AutoConfig.from_pretrained(start)
    export(ClaimsNetwork(AutoModel.from_pretrained(start)), home)
    tiny.tokenizer().save(str(home / TOKENIZER))
    sizes = {name: (home / name).stat().st_size for name in (GRAPH, WEIGHTS, TOKENIZER)}
    settings = Settings(Marks(2, 3, 0), 64, config.to_diff_dict(), {"neighbours": True}, files=sizes)
    (home / CONFIG).write_text(settings.dump())
    return home


@pytest.mark.parametrize("shape", [(1, 1, 8), (2, 3, 16), (5, 8, 64), (3, 40, 112)])
def test_both_doors_give_the_same_logits_for_any_shape(folder, shape):
    one = batch(*shape)
    [torches], [openvinos] = (load(folder, name, "full").engine.run([one]) for name in ("torch", "openvino"))
    there = one.pool.sum(-1) > 0
    assert np.abs(torches.sentences[there] - openvinos.sentences[there]).max() < 1e-4
    assert np.abs(torches.tokens - openvinos.tokens).max() < 1e-4
    assert torches.sentences.shape == (*one.pool.shape[:2], 22)
    assert torches.tokens.shape == (*one.input_ids.shape, 3 * len(SPANS))


def test_padding_and_neighbouring_windows_change_nothing(folder):
    engine = load(folder, "openvino", "full").engine
    both = batch(2, 4, 32)
    alone = Batch(both.input_ids[:1, :32], both.attention_mask[:1], both.pool[:1])
    wide = Batch(
        *(np.pad(a, [*[(0, 0)] * (a.ndim - 1), (0, 16)]) for a in (both.input_ids, both.attention_mask, both.pool))
    )
    [a], [b], [c] = (engine.run([x]) for x in (both, alone, wide))
    assert np.allclose(a.sentences[:1], b.sentences, atol=1e-4)
    assert np.allclose(a.sentences[0], c.sentences[0], atol=1e-4)


def test_batches_come_back_in_order(folder):
    engine = load(folder, "openvino", "full").engine
    many = [batch(1 + n % 3, 2, 16 + 8 * (n % 4), seed=n) for n in range(40)]
    for one, logits in zip(many, engine.run(many), strict=True):
        assert np.allclose(engine.run([one])[0].tokens, logits.tokens, atol=1e-5)


def test_an_engine_that_is_let_go_leaves_memory(folder):
    engine = load(folder, "openvino", "full").engine
    engine.run([batch(1, 1, 8)])
    left = weakref.ref(engine)
    del engine
    assert left() is None


def test_the_graph_holds_no_weights_of_its_own(folder):
    assert (folder / GRAPH).stat().st_size < 200_000
    network = open_network(folder, load(folder).settings)
    assert (folder / WEIGHTS).stat().st_size > 2 * sum(p.numel() for p in network.parameters())


def test_a_network_of_other_make_exports_too(tmp_path):
    """Nothing in the export knows BERT."""
    config = AutoConfig.for_model("distilbert", vocab_size=60, dim=32, n_layers=1, n_heads=2, hidden_dim=64)
    network = ClaimsNetwork(AutoModel.from_config(config), neighbours=False)
    export(network, tmp_path)
    one = batch(2, 3, 16)
    [a], [b] = (e.run([one]) for e in (TorchEngine(network, "full"), OpenVinoEngine(tmp_path / GRAPH, "full")))
    assert np.abs(a.tokens - b.tokens).max() < 1e-4


@pytest.mark.parametrize("name", [CONFIG, TOKENIZER, GRAPH, WEIGHTS])
@pytest.mark.parametrize("harm", ["gone", "cut short", "emptied"])
def test_a_damaged_folder_is_one_line_that_names_the_file(folder, tmp_path, name, harm):
    copy = shutil.copytree(folder, tmp_path / "model")
    path = copy / name
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 if harm == "cut short" else 0])
    with pytest.raises(AnnotateError) as caught:
        load(copy)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", [GRAPH, WEIGHTS])
def test_bytes_turned_to_nonsense_are_noticed(folder, tmp_path, name):
    copy = shutil.copytree(folder, tmp_path / "model")
    (copy / name).write_bytes(b"\x07" * (folder / name).stat().st_size)
    with pytest.raises(AnnotateError, match=name):
        load(copy, "torch" if name == WEIGHTS else "openvino")


def test_a_model_of_other_labels_is_refused(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "model")
    table = json.loads((copy / CONFIG).read_text())
    table["labels"]["stance"][0] = "nobody"
    (copy / CONFIG).write_text(json.dumps(table))
    with pytest.raises(AnnotateError, match="stance labels"):
        load(copy)


def test_no_folder_at_all(tmp_path):
    with pytest.raises(AnnotateError, match=r"config\.json: no model there"):
        load(tmp_path / "nowhere")


def test_tagging_imports_no_torch(folder):
    program = (
        "import sys; from pathlib import Path; from annotate.engine import load; from annotate.tag import Tagger;"
        "from annotate.document import *;"
        f"model = load(Path({str(folder)!r}), 'openvino');"
        "s = Sentence('r', 0, 0, 12, 'Rebels fled.', Block('text'));"
        "print(len(list(Tagger(model).tag([(Report('r', s.text), [s])]))[0]));"
        "print([name for name in ('torch', 'transformers', 'onnx', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT)
    assert done.stdout.split("\n")[:2] == ["1", "[]"], done.stderr


# --- the shipped model ---


@pytest.fixture(scope="module")
def work():
    """The two seed reports, and every third of the written ones: torch is slow."""
    paths = [*sorted(ROOT.glob("seeds/*.txt")), *sorted(ROOT.glob("seeds/reports/*.txt"))[::3]]
    reports = [Report(path.stem, path.read_text(encoding="utf-8")) for path in paths]
    return [(report, segment(report).sentences) for report in reports]


@pytest.fixture(scope="module")
def decisions(work):
    """Every decision of every sentence, by engine."""
    out = {}
    for name, engine, precision in (
        ("torch", "torch", "full"),
        ("openvino", "openvino", "full"),
        ("bf16", "openvino", "bf16"),
    ):
        out[name] = [tag for tags in Tagger(load(MODEL, engine, precision)).tag(work) for tag in tags]
    return out


HEADS = ("types", "stance", "assertion", "sources", "cues", "agents", "places")


def kept(one, other, head):
    return np.mean([getattr(a, head) == getattr(b, head) for a, b in zip(one, other, strict=True)])


def test_both_doors_tag_the_same_in_full_precision(decisions):
    same = [
        all(getattr(a, h) == getattr(b, h) for h in HEADS)
        for a, b in zip(decisions["torch"], decisions["openvino"], strict=True)
    ]
    assert len(same) > 800
    assert np.mean(same) >= 0.999


@pytest.mark.parametrize("head", HEADS)
def test_bf16_keeps_the_decisions(decisions, head):
    """Asked of whole sentences: one span that ends a word later counts as a change."""
    assert kept(decisions["openvino"], decisions["bf16"], head) >= 0.99


def test_the_shipped_folder_is_whole_and_light():
    names = {path.name for path in MODEL.iterdir()}
    assert names >= {WEIGHTS, GRAPH, TOKENIZER, CONFIG, "training.toml", "metrics.json", "README.md"}
    assert sum(path.stat().st_size for path in MODEL.iterdir() if path.is_file()) < 50_000_000


def test_the_shipped_model_reads_a_plain_sentence():
    text = "The defence ministry denied on Tuesday that its jets had bombed the hospital."
    report = Report("r", text)
    [[tags]] = Tagger(load(MODEL)).tag([(report, segment(report).sentences)])
    assert (tags.stance, tags.assertion) == ("official", "denies")
    assert {"attack", "responsibility"} <= set(tags.types)
    assert [span.text for span in tags.sources] == ["The defence ministry"]
    assert [span.text for span in tags.cues] == ["denied"]
