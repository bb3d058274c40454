"""The program as its user meets it: real files, the shipped model, exit statuses, one clear line for what is wrong."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from annotate import assets
from annotate.cli import main

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
TEXT = "UPDATE 0900 GMT: The ministry said that nine people were killed in the market on Tuesday. Activists denied it."


@pytest.fixture
def tag(tmp_path, capsys):
    """Run `annotate tag` into tmp_path/out; gives the exit status, what it printed, and the lines it wrote."""

    def run(*arguments):
        status = main(["tag", *map(str, arguments), "-o", str(tmp_path / "out")])
        printed = capsys.readouterr()
        files = {path.stem: path for path in (tmp_path / "out").glob("*.jsonl")}
        lines = {
            name: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
            for name, path in files.items()
        }
        return status, printed.out, printed.err, lines

    return run


def test_the_seed_reports_from_end_to_end(tag):
    status, out, err, lines = tag(*sorted(SEEDS.glob("0*.txt")))
    assert (status, err) == (0, "")
    assert [(r["report"], r["outlet"], r["date"]) for r in lines["reports"]] == [
        ("seed-000", "EA WorldView", "2016-12-07"),
        ("seed-004", "EA WorldView", "2016-11-29"),
    ]
    assert len(lines["claims"]) == 151
    assert "CONTESTED" in out
    assert "UNCONFIRMED" in out
    assert "Mezzeh" in out


def test_every_span_is_its_own_words(tag):
    _, _, _, lines = tag(*sorted(SEEDS.glob("0*.txt")))
    texts = {report["report"]: report["text"] for report in lines["reports"]}
    for claim in lines["claims"]:
        spans = [claim, claim["source"], claim["cue"], *claim["agents"], *claim["places"], *claim["counts"]]
        for span in filter(None, spans):
            assert texts[claim["report"]][span["start"] : span["end"]] == span["text"]


def test_events_and_claims_point_at_each_other(tag):
    _, _, _, lines = tag(*sorted(SEEDS.glob("0*.txt")))
    claims = {(c["report"], c["sentence"]): c for c in lines["claims"]}
    events = {event["event"] for event in lines["events"]}
    for event in lines["events"]:
        assert len(event["claims"]) > 1 or event["level"] != "none"
        for report, sentence in event["claims"]:
            assert claims[report, sentence]["event"] == event["event"]
    assert {claim["event"] for claim in claims.values()} - {None} == events


def test_emoji_and_arabic_keep_their_offsets(tag, tmp_path):
    (tmp_path / "a.txt").write_text(
        "🔥 قالت الوزارة: A missile hit the base 🇸🇾 near Ḥimṣ, the ministry said.\n", encoding="utf-8"
    )
    status, _, _, lines = tag(tmp_path / "a.txt")
    (report,) = lines["reports"]
    assert status == 0
    assert all(report["text"][c["start"] : c["end"]] == c["text"] for c in lines["claims"])


def _broken_feed(path):
    rows = [json.dumps({"text": TEXT, "id": f"r{n}"}) for n in range(10)]
    rows[6] = '{"text": "half'
    path.write_text("\n".join(rows), encoding="utf-8")


BAD = {
    "an empty file": (lambda p: p.write_text(""), "bad.txt", "bad.txt"),
    "binary": (lambda p: p.write_bytes(bytes(range(256)) * 20), "bad.txt", "bad.txt"),
    "broken JSON in line 7 of 10": (_broken_feed, "bad.jsonl", "bad.jsonl:7"),
    "no such column": (lambda p: p.write_text("when,who\n2016,me\n"), "bad.csv", "bad.csv"),
    "no such file": (lambda p: None, "bad.txt", "bad.txt"),
}


@pytest.mark.parametrize(("make", "name", "named"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named_and_the_rest_goes_on(tag, tmp_path, make, name, named):
    (tmp_path / "good.txt").write_text(TEXT, encoding="utf-8")
    make(tmp_path / name)
    status, _, err, lines = tag(tmp_path / name, tmp_path / "good.txt")
    assert status == 2
    assert named in err.splitlines()[0]
    assert "good" in {report["report"] for report in lines["reports"]}


def test_nine_good_lines_of_ten_are_kept(tag, tmp_path):
    _broken_feed(tmp_path / "feed.jsonl")
    _, _, _, lines = tag(tmp_path / "feed.jsonl")
    assert len(lines["reports"]) == 9


@pytest.mark.parametrize(
    "text", ["a " * 500_000, "Shells fell.\n" * 100_000], ids=["a million characters", "100,000 lines"]
)
@pytest.mark.slow
def test_large_input_is_only_large(tag, tmp_path, text):
    # A tenth of the size in the suite; the whole of it by hand: the time is the model's, not the reader's.
    (tmp_path / "large.txt").write_text(text[: len(text) // 10], encoding="utf-8")
    status, _, _, lines = tag(tmp_path / "large.txt", "-q")
    assert status == 0
    assert lines["claims"]


def test_an_unwritable_folder_is_one_line_before_any_work(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["tag", str(SEEDS / "index.csv"), "-o", str(tmp_path / "file" / "out")]) == 2
    assert "cannot be written to" in capsys.readouterr().err


def test_a_missing_model_is_one_line(tmp_path, capsys):
    assert main(["tag", str(tmp_path), "--model", str(tmp_path / "nowhere")]) == 2
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["model.safetensors", "model.onnx", "tokenizer.json", "config.json"])
@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_damaged_model_is_one_line_that_names_the_file(tmp_path, capsys, name, damage):
    model = tmp_path / "model"
    shutil.copytree(assets.MODEL, model)
    if damage == "gone":
        (model / name).unlink()
    else:
        whole = (model / name).read_bytes()
        (model / name).write_bytes(whole[: len(whole) // 2])
    assert main(["tag", str(tmp_path), "--model", str(model)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert name in line


def test_a_table_with_its_own_names_for_columns(tag, tmp_path):
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["nr", "story", "paper", "day"], ["7", TEXT, "The Courier", "2016-12-07"]])
    _, _, _, lines = tag(
        tmp_path / "t.csv", "--text-key", "story", "--id-key", "nr", "--outlet-key", "paper", "--date-key", "day"
    )
    (report,) = lines["reports"]
    assert (report["report"], report["outlet"], report["date"]) == ("7", "The Courier", "2016-12-07")


def test_the_same_run_gives_the_same_files(tag, tmp_path):
    tag(SEEDS / "000_060b8275ecc95bc6.txt")
    first = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    tag(SEEDS / "000_060b8275ecc95bc6.txt")
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == first


def test_plain_text_where_there_is_no_terminal(tag):
    _, out, _, _ = tag(SEEDS / "000_060b8275ecc95bc6.txt")
    assert "\x1b" not in out


def test_the_program_runs_from_any_folder(tmp_path):
    command = [sys.executable, "-m", "annotate", "tag", str(SEEDS / "000_060b8275ecc95bc6.txt"), "-o", "here"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "here" / "claims.jsonl").exists()


class TestEvaluate:
    """The program against the annotators' labels of the seeds."""

    GOLD = SEEDS / "gold.json"

    def evaluate(self, capsys, *arguments):
        status = main(["evaluate", *map(str, arguments)])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    def test_the_whole_program_over_the_golds_own_texts(self, capsys, tmp_path):
        status, out, err = self.evaluate(
            capsys, self.GOLD, "--json", tmp_path / "scores.json", "--svg", tmp_path / "sure.svg"
        )
        assert (status, err) == (0, "")
        assert out.startswith("2 reports, 151 sentences")
        assert {"stance accuracy", "speaker is: carried", "form"} <= {
            line[:19].split("  ")[0] for line in out.split("\n")
        }
        scores = json.loads((tmp_path / "scores.json").read_text(encoding="utf-8"))["scores"]
        assert scores["headline"]["stance_accuracy"]["value"] > 0.7
        assert (tmp_path / "sure.svg").read_text(encoding="utf-8").startswith("<svg")

    def test_what_was_written_scores_like_what_was_made(self, tag, capsys, tmp_path):
        tag(*sorted(SEEDS.glob("0*.txt")))
        made, read = tmp_path / "made.json", tmp_path / "read.json"
        self.evaluate(capsys, self.GOLD, "-q", "--json", made)
        status, out, err = self.evaluate(capsys, self.GOLD, "--pred", tmp_path / "out", "-q", "--json", read)
        assert (status, out, len(err.splitlines())) == (0, "", 1)  # that only one source a sentence is written
        first, second = (json.loads(path.read_text(encoding="utf-8"))["scores"] for path in (made, read))
        for part in ("types", "stance", "assertion", "states"):
            assert first[part]["labels"] == second[part]["labels"]
        for part in ("speaker", "boundaries"):
            assert first[part] == second[part]

    def test_a_report_that_is_missing_is_one_line(self, tag, capsys, tmp_path):
        tag(SEEDS / "000_060b8275ecc95bc6.txt")
        status, out, err = self.evaluate(capsys, self.GOLD, "--pred", tmp_path / "out")
        assert (status, out) == (2, "")
        assert err == f"annotate: {tmp_path / 'out' / 'claims.jsonl'}: report seed-004 of the gold is not in it\n"

    @pytest.mark.parametrize("option", ["--json", "--svg"])
    def test_an_unwritable_file_is_one_line_before_any_work(self, capsys, tmp_path, option):
        (tmp_path / "file").write_text("")
        status, out, err = self.evaluate(capsys, self.GOLD, option, tmp_path / "file" / "x")
        assert (status, out) == (2, "")
        assert "cannot be written to" in err

    def test_a_gold_file_that_is_none_is_one_line(self, capsys):
        status, _, err = self.evaluate(capsys, SEEDS / "labels.toml")
        assert status == 2
        assert err.startswith(f"annotate: {SEEDS / 'labels.toml'}:1: not JSON")

    def test_help_has_examples(self, capsys):
        with pytest.raises(SystemExit):
            main(["evaluate", "--help"])
        assert "annotate evaluate labelled.json --pred out" in capsys.readouterr().out
