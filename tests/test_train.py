"""Training from a Label Studio export to a model folder that tags: with a tiny encoder, in seconds."""

import gzip
import hashlib
import json
import re
import shutil
import tomllib

import pytest
import tiny

import train
from annotate import learn
from annotate.document import Block, Report, Sentence
from annotate.engine import WEIGHTS, load
from annotate.errors import AnnotateError
from annotate.examples import IGNORE, lessons, read_attributions, repeats
from annotate.gold import read_exports
from annotate.tag import Tagger
from annotate.windows import open_tokenizer

QUICK = "--epochs 10 --window 64 --batch 64 --encoder-rate 1e-3 --head-rate 3e-3 --average 0.8 --bf16 false"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    made = tmp_path_factory.mktemp("training")
    tiny.encoder(made / "encoder")
    tiny.export(made / "labelled.json")
    return made


def run(home, out, *more, settings=QUICK):
    words = [
        "--data",
        home / "labelled.json",
        "--from",
        home / "encoder",
        "--out",
        home / out,
        *settings.split(),
        *more,
    ]
    return train.run(train.options().parse_args([str(word) for word in words]))


@pytest.fixture(scope="module")
def trained(home):
    return run(home, "model", "--note", "made for a test"), home / "model"


def test_the_folder_is_whole(trained):
    scores, folder = trained
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "README.md",
        "config.json",
        "metrics.json",
        "reliability.svg",
        "model.onnx",
        "model.safetensors",
        "tokenizer.json",
        "training.toml",
    }
    assert not list(folder.parent.glob(".model*"))
    table = tomllib.loads((folder / "training.toml").read_text())
    assert table["recipe"]["epochs"] == 10
    digest = hashlib.sha256((folder.parent / "labelled.json").read_bytes()).hexdigest()
    assert table["data"]["labelled.json"]["sha256"] == digest
    assert json.loads((folder / "metrics.json").read_text())["scores"] == scores.to_json()
    assert "made for a test" in (folder / "README.md").read_text()


def test_it_has_learned_what_there_was_to_learn(trained):
    scores, folder = trained
    assert scores.headline["stance_accuracy"].value == 1
    text = "Rebels reportedly killed two people. The ministry denied that jets hit the bridge."
    first, second = text[:36], text[37:]
    sentences = [Sentence("r", 0, 0, 36, first, Block("text")), Sentence("r", 1, 37, len(text), second, Block("text"))]
    [[one, two]] = Tagger(load(folder, "openvino")).tag([(Report("r", text), sentences)])
    assert (one.types, one.stance, one.assertion) == (("casualty",), "unattributed", "hedges")
    assert (two.stance, two.assertion) == ("official", "denies")
    assert [span.text for span in two.sources] == ["The ministry"]


def test_the_same_seed_gives_the_same_weights(home, trained):
    run(home, "again")
    assert (home / "again" / WEIGHTS).read_bytes() == (home / "model" / WEIGHTS).read_bytes()


# --- a researcher goes on from a model of ours ---


def rows(spoken):
    """Twelve reports in which the army speaks as ``spoken``."""
    texts = ["The army said it was quiet.", "Residents said that bread ran out."]
    return [
        {
            "data": {"report": f"new{number}", "text": " ".join(texts)},
            "annotations": [{"result": [*sentence(0, texts[0], spoken), *sentence(1, texts[1], "witness", 28)]}],
        }
        for number in range(12)
    ]


def sentence(number, text, stance, start=0):
    value = {"start": start, "end": start + len(text)}
    yield {"id": f"s{number}", "from_name": "unit", "value": {**value, "labels": ["Sentence"]}}
    yield {"id": f"s{number}", "from_name": "stance", "value": {**value, "choices": [stance]}}
    yield {"id": f"s{number}", "from_name": "assertion", "value": {**value, "choices": ["asserts"]}}


@pytest.fixture
def shipped(home, trained, monkeypatch):
    """The tiny model stands for the shipped one, and the reports that it learned from for the written ones."""
    tiny.export(home / "written-kept.json", reports=5)
    monkeypatch.setattr(train, "WRITTEN", home / "labelled.json")
    monkeypatch.setattr(train, "KEPT", home / "written-kept.json")
    return home / "model"


def go_on(shipped, home, spoken, *more):
    export = home / f"{spoken}.json"
    export.write_text(json.dumps(rows(spoken)))
    words = ["--data", export, "--from", shipped, "--settings", shipped / "training.toml", *more]
    return train.run(train.options().parse_args([str(word) for word in words]))


def test_going_on_learns_the_new_keeps_the_old_and_says_both(shipped, home, capsys):
    scores = go_on(shipped, home, "pro-regime", "--out", home / "next", "--epochs", "6")
    assert scores.headline["stance_accuracy"].value == 1
    told = capsys.readouterr().err
    assert all(words in told for words in ("reports held back", "written-kept.json", "before", "after"))
    table = tomllib.loads((home / "next" / "training.toml").read_text())
    assert table["run"]["start"] == "model"
    assert table["data"]["labelled.json"]["for"] == "rehearsal"
    assert table["before"]["recipe"]["epochs"] == 10


def test_a_better_model_is_not_overwritten(shipped, home):
    """Labels that contradict all it knows, learned without rehearsal: the kept reports suffer."""
    before = (shipped / WEIGHTS).read_bytes()
    worse = ["--out", home / "stays", "--rehearse", "false", "--dev", home / "labelled.json", "--epochs", "6"]
    shutil.copytree(shipped, home / "stays")
    with pytest.raises(AnnotateError, match="stays: left as it is, since it does better on the reports held back"):
        go_on(shipped, home, "witness", *worse, "--encoder-rate", "3e-3")
    assert (home / "stays" / WEIGHTS).read_bytes() == before
    go_on(shipped, home, "witness", *worse, "--resume", "--replace")
    assert (home / "stays" / WEIGHTS).read_bytes() != before


def test_folds_write_scores_and_doubts_and_no_model(home, trained):
    scores = run(home, "folds", "--folds", "2")
    made = json.loads((home / "folds" / "crossvalidation.json").read_text())
    assert made["reports"] == 24
    assert made["scores"] == scores.to_json()
    assert len(made["by_fold"]) == 2
    assert not (home / "folds" / WEIGHTS).exists()
    doubts = [json.loads(line) for line in (home / "folds" / "doubts.jsonl").read_text().splitlines()]
    assert [d["quality"] for d in doubts] == sorted(d["quality"] for d in doubts)


def test_an_unfinished_run_goes_on(home, trained, monkeypatch):
    """Broken off in the third epoch, it ends where the unbroken run ended."""
    real, seen = learn.save, []

    def breaks(path, *state):
        real(path, *state)
        seen.append(state[-1])
        if state[-1] == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(learn, "save", breaks)
    with pytest.raises(KeyboardInterrupt):
        run(home, "broken")
    monkeypatch.setattr(learn, "save", real)
    run(home, "broken", "--resume")
    assert seen == [1, 2, 3]
    assert (home / "broken" / WEIGHTS).read_bytes() == (home / "model" / WEIGHTS).read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--data", "nowhere.json"], "nowhere.json: cannot be read"),
        (["--from", "seeds"], "seeds: no encoder there"),
        (["--window", "500"], "room for 500"),
    ],
)
def test_what_the_user_can_mend_is_one_line(home, options, message):
    with pytest.raises(AnnotateError, match=re.escape(message)) as caught:
        run(home, "never", *options)
    assert "\n" not in str(caught.value)
    assert not (home / "never").exists()


def test_a_misspelt_setting_is_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("[recipe]\nepoch = 3\n")
    with pytest.raises(AnnotateError, match=r"mine\.toml: unknown setting 'epoch'"):
        train.read_recipe(path, {})


# --- attributions for pre-training ---


ARTICLE = {
    "text": "The council said bread ran out. It was quiet.\n\nRebels denied that.",
    "sentences": [[0, 31], [32, 45], [47, 66]],
    "attributions": [{"source": [[0, 11]], "cue": [[12, 16]]}, {"source": [[47, 53]], "cue": [[54, 60]]}],
}


def attributions(tmp_path, *articles):
    path = tmp_path / "articles.jsonl.gz"
    path.write_bytes(gzip.compress("\n".join(json.dumps(a) for a in articles).encode()))
    return path


def test_attributions_teach_source_and_cue_and_nothing_else(tmp_path):
    [article] = read_attributions(attributions(tmp_path, ARTICLE), open_tokenizer(tiny.tokenizer()))
    first, second, third = article.sentences
    assert first.spans[:, :2].tolist() == [[1, 0], [2, 0], [0, 1], [0, 0], [0, 0], [0, 0], [0, 0]]
    assert not second.spans[:, :2].any()
    assert third.spans[0, 0] == 1
    assert (first.spans[:, 2:] == IGNORE).all()
    assert (first.stance, first.assertion, first.continues) == (IGNORE, IGNORE, IGNORE)


def test_only_the_train_compartment_is_read(tmp_path):
    path = attributions(tmp_path, ARTICLE, {**ARTICLE, "compartment": "test"})
    assert len(read_attributions(path, open_tokenizer(tiny.tokenizer()))) == 1


def test_a_paragraph_that_repeats_a_barred_text_is_left_out():
    said = "the army said on sunday that the road to the town was open again"
    words = said.split()
    grams = {" ".join(words[i : i + 8]) for i in range(len(words) - 7)}
    barred = frozenset(hashlib.blake2b(g.encode(), digest_size=6).hexdigest() for g in grams)
    assert repeats(said.upper() + "!", barred)
    assert repeats(f"{said}, and nobody used it", barred)
    assert not repeats("the army said on monday that the bridge to the town was shut", barred)
    assert not repeats("too short", barred)


def test_pre_training_runs_before_training(home, tmp_path):
    path = attributions(tmp_path, *[ARTICLE] * 5)
    run(home, "both", "--pretrain", path, settings="--epochs 1 --window 64 --batch 512 --bf16 false")
    assert tomllib.loads((home / "both" / "training.toml").read_text())["data"][path.name]["for"] == "pre-training"


def test_a_broken_line_of_attributions_is_named(tmp_path):
    path = tmp_path / "articles.jsonl"
    path.write_text(json.dumps(ARTICLE) + '\n{"text": "no more')
    with pytest.raises(AnnotateError, match=r"articles\.jsonl:2: not attributions"):
        read_attributions(path, open_tokenizer(tiny.tokenizer()))


def test_labels_follow_the_words_into_pieces(tmp_path):
    [first, *_] = lessons(read_exports([tiny.export(tmp_path / "labelled.json")]), open_tokenizer(tiny.tokenizer()))
    assert [len(s.ids) for s in first.sentences] == [6, 9, 7, 6]
    assert first.sentences[1].spans[:, 0].tolist() == [1, 2, 0, 0, 0, 0, 0, 0, 0]
    assert first.sentences[0].types.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
