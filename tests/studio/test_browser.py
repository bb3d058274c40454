"""An annotator at work in the page of a real Label Studio: what she sees, and what comes back of what she does."""

import itertools
import json
import os
import re
from pathlib import Path

import pytest
from page import NO_CHROMIUM, NO_PLAYWRIGHT, browser, chromium
from real import HOW, program

from annotate.cli import main
from annotate.document import Report
from annotate.gold import read_exports

if not program().exists():
    pytest.skip(HOW, allow_module_level=True)
if not chromium():
    pytest.skip(NO_CHROMIUM, allow_module_level=True)
pytest.importorskip("playwright", reason=NO_PLAYWRIGHT)
pytest.importorskip("label_studio_sdk", reason="no Label Studio SDK here: pip install -e '.[studio]'")

from annotate.engine import load
from annotate.studio.push import push
from annotate.studio.server import Server
from annotate.tag import Tagger

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SEED = next((ROOT / "seeds").glob("000_*.txt"))
SHOT = os.environ.get("ANNOTATE_SHOT")  # a file to put the README's picture into
NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def annotator(studio):
    with browser(studio.url) as page:
        page.log_in(studio.user, studio.password)
        yield page
        assert (page.elsewhere, page.broken) == (set(), [])  # nothing asked of other hosts, nothing broken


@pytest.fixture
def title():
    return f"First reports {next(NUMBERS)}"


@pytest.fixture
def opened(studio, annotator, title, monkeypatch):
    """The seed report, brought by the command with the shipped model and opened; its task and what was predicted."""
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token)
    assert main(["studio", "push", str(SEED), "--project", title, "--date", "2016-12-07", "-q"]) == 0
    [task] = studio.api.tasks.list(project=Server(studio.url, studio.token).project(title).id, fields="all")
    annotator.open(task.project)
    return task, [plain(item) for item in task.predictions[0].result]


@pytest.fixture(scope="module")
def tagger():
    from annotate.assets import MODEL

    return Tagger(load(MODEL))


def plain(item):
    """A result item without what says how it came about, and without a name where the page has made one up."""
    kept = {name: item[name] for name in item if name not in ("origin", "score", "meta", "parentID")}
    return kept if re.match(r"s\d{3}", item.get("id", "s000")) else kept | {"id": "new"}


def listed(items):
    return sorted(json.dumps(plain(item), sort_keys=True, ensure_ascii=False) for item in items)


def sentence(items, words):
    """The name of the sentence region in which these words stand."""
    [found] = [item["id"] for item in items if item.get("from_name") == "unit" and words in item["value"]["text"]]
    return found


def answer(items, region, control):
    [found] = [item for item in items if item.get("id") == region and item.get("from_name") == control]
    return found["value"]


def pulled(title, out):
    assert main(["studio", "pull", "--project", title, "-o", str(out), "-q"]) == 0
    [task] = json.loads(out.read_text(encoding="utf-8"))
    [annotation] = task["annotations"]
    return task["data"]["text"], annotation


def test_a_report_opens_with_the_labels_of_the_model(annotator, opened):
    _, predicted = opened
    assert listed(annotator.shown()) == listed(predicted)
    region = sentence(predicted, "Al Mayadeen")
    annotator.select(region)
    for control in ("stance", "assertion", "claim_type"):
        for choice in answer(predicted, region, control)["choices"]:
            assert annotator.page.get_by_label(choice).first.is_checked()
    assert annotator.page.get_by_text("source stance: whose claim is it?").is_visible()


def test_what_she_changes_comes_back_and_nothing_else(annotator, opened, title, tmp_path):
    _, predicted = opened
    denial, outlet = sentence(predicted, "denied that the base"), sentence(predicted, "Al Mayadeen")
    assert answer(predicted, outlet, "stance")["choices"] != ["media"]

    annotator.relate(denial, outlet, "contradicts")
    if SHOT:
        annotator.show(outlet, SHOT)
    annotator.choose(outlet, "i")
    annotator.mark(outlet, "Al Mayadeen", "s")
    made = annotator.submit()

    answer(predicted, outlet, "stance")["choices"] = ["media"]
    text = SEED.read_text(encoding="utf-8")
    start = text.index("Al Mayadeen")
    span = {"start": start, "end": start + 11, "text": "Al Mayadeen", "labels": ["Source"]}
    predicted += [
        {"id": "new", "from_name": "span", "to_name": "text", "type": "labels", "value": span},
        {"type": "relation", "from_id": denial, "to_id": outlet, "direction": "right", "labels": ["contradicts"]},
    ]
    back, annotation = pulled(title, tmp_path / "labelled.json")
    assert back == text
    assert annotation["id"] == made
    assert listed(annotation["result"]) == listed(predicted)

    [gold] = read_exports([tmp_path / "labelled.json"])
    numbers = int(denial[1:]), int(outlet[1:])
    assert (*numbers, "contradicts") in gold.relations
    assert gold.sentences[numbers[1]].stance == "media"


def test_a_report_is_not_submitted_while_a_sentence_lacks_its_stance(annotator, opened, studio):
    task, predicted = opened
    region = sentence(predicted, "Al Mayadeen")
    stance = answer(predicted, region, "stance")["choices"][0]
    key = dict(zip(("official", "pro-regime", "witness"), "wry", strict=True))[stance]
    annotator.choose(region, key)  # pressed again, it is taken back
    annotator.press("Control+Enter")
    annotator.page.get_by_text("Every sentence needs a stance").wait_for()
    assert studio.api.annotations.list(task.id) == []
    annotator.page.get_by_role("button", name="OK").click()
    assert annotator.selected() == [region]  # the page has gone to it
    annotator.press(key)
    annotator.submit()
    assert len(studio.api.annotations.list(task.id)) == 1


@pytest.mark.parametrize("words", ["strike", "المرصد", "Médecins"])
def test_words_marked_beside_emoji_and_arabic_stand_where_they_were_marked(
    studio, annotator, tagger, title, monkeypatch, tmp_path, words
):
    text = (
        "🔥 Rebels said 👨‍👩‍👧 that the strike killed 3.\r\n\r\nقال المرصد إن الغارة قتلت خمسة.\n"
        "\tMédecins denied it e\u0301 🚑 today. It was quiet."
    )
    done = push(Server(studio.url, studio.token), title, [Report("letters", text)], tagger, "one")
    annotator.open(done.project.id)
    annotator.mark(sentence(annotator.shown(), words), words, "g")
    annotator.submit()
    monkeypatch.setenv("LABEL_STUDIO_URL", studio.url)
    monkeypatch.setenv("LABEL_STUDIO_API_KEY", studio.token)
    back, annotation = pulled(title, tmp_path / "labelled.json")
    assert back == text.replace("\r\n", "\n")
    places = [item["value"] for item in annotation["result"] if item.get("value", {}).get("labels") == ["Place"]]
    assert words in [back[place["start"] : place["end"]] for place in places]
