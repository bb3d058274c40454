"""The page for readers: everything in it, nothing run but its own script; opened in a Chromium where there is one."""

import json
import os
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from marked import story
from told import together

from annotate.cli import main
from annotate.document import Maybe
from annotate.errors import AnnotateError
from annotate.report import page, pieces, written
from annotate.write import write

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
MEZZEH = (
    "[attack|pro-regime|denies] {S A “military source”} {Q denied} that {P Hama air base} was hit.",
    "[attack|pro-regime] {S Al Mayadeen} {Q said} that rockets hit {P Hama air base}.",
    "[attack,responsibility|pro-opposition] {S Activists} {Q say} {A Israeli jets} hit {P Hama air base}.",
    "[humanitarian|witness] {S Residents} {Q said} the water was cut in {P Hama}.",
)
EVIL = "<script>document.title = 'caught'</script><img src=x onerror=\"document.title='caught'\">"


@pytest.fixture
def folder(tmp_path):
    """A batch of two reports, one of them hostile, as ``annotate tag -o`` writes it."""
    return tell(
        tmp_path,
        story(*MEZZEH, id="plain", date="2016-12-07", title="Blasts at Hama", url="https://example.org/1"),
        story(
            f"[attack|witness] {{S {EVIL}}} {{Q said}} shells hit {{P {EVIL}}} & more.",
            id=f"evil {EVIL}",
            date="2016-12-08",
            title=EVIL,
            outlet=EVIL,
            url="javascript:document.title='caught'",
        ),
    )


def tell(folder, *stories):
    batch = together(*stories).batch
    write(folder, batch.reports, batch.claims, batch.events)
    return folder


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.text = [], []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)


def parsed(html):
    tags = Tags()
    tags.feed(html)
    return tags


def test_the_page_holds_the_dispute_and_both_sides_words(folder):
    html = page(written(folder), "Today")
    tags = parsed(html)
    assert any("contested" in a.get("class", "") for t, a in tags.found if t == "article")
    words = "".join(tags.text)
    assert "target: contested" in words and "not hit" in words
    for said in ("military source", "Al Mayadeen", "Activists"):
        assert said in words


def test_an_event_that_may_be_the_same_is_a_link_away(tmp_path):
    batch = together(story(*MEZZEH, id="plain", date="2016-12-07")).batch
    one, other = batch.events[0], replace(batch.events[0], id="e9", title="Hama, bombing", level="unconfirmed")
    doubted = replace(one, maybe=(Maybe(other.id, 0.283),))
    write(tmp_path, batch.reports, batch.claims, [doubted, other])
    html = page(written(tmp_path), "Today")
    assert '<p class="maybe">may be one with <a href="#e9">Hama, bombing, 2016-12-07</a> (28 %)</p>' in html
    assert html.count("may be one with") == 1


def test_text_from_reports_stays_text(folder):
    tags = parsed(page(written(folder), EVIL))
    assert [a for t, a in tags.found if t == "script"] == [{}]  # the page's own, and no other
    assert not [t for t, a in tags.found if t == "img" or any(name.startswith("on") for name in a)]
    links = [a["href"] for t, a in tags.found if t == "a"]
    assert {link.split(":")[0] for link in links if not link.startswith("#")} == {"https"}


def test_every_link_inside_the_page_leads_somewhere_and_no_id_stands_twice(folder):
    tags = parsed(page(written(folder), "Today"))
    ids = [a["id"] for _, a in tags.found if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["href"][1:] for t, a in tags.found if t == "a" and a["href"].startswith("#")} <= set(ids)


def test_the_page_asks_no_network(folder):
    tags = parsed(page(written(folder), "Today"))
    assert not [t for t, a in tags.found if t in ("link", "iframe", "object", "embed") or "src" in a]
    assert next(a["content"] for t, a in tags.found if a.get("http-equiv")).startswith("default-src 'none'")


def test_a_sentence_is_cut_at_the_ends_of_its_spans():
    span = lambda start, end: {"start": start, "end": end, "text": "…"}  # noqa: E731
    sentence = {
        "start": 10, "end": 24, "text": "The army fired", "source": span(10, 18), "cue": None,
        "agents": [span(14, 18)], "places": [],
    }  # fmt: skip
    assert [(p.text, p.kinds) for p in pieces(sentence)] == [
        ("The ", ("source",)),
        ("army", ("source", "agent")),
        (" fired", ()),
    ]


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("claims.jsonl", lambda line: "{" + line, "claims.jsonl:1: not JSON"),
        ("claims.jsonl", lambda line: "[1]", "claims.jsonl:1: not a JSON object"),
        (
            "claims.jsonl",
            lambda line: json.dumps({**json.loads(line), "start": 3}),
            "claims.jsonl:1: from another text",
        ),
        ("reports.jsonl", lambda line: "{}", "reports.jsonl:1: not as `annotate tag -o` writes it"),
        ("events.jsonl", lambda line: line.replace('["plain", 1]', '["plain", 99]'), "events.jsonl:1: not as"),
        ("events.jsonl", None, "events.jsonl: cannot be read"),
    ],
    ids=["no JSON", "no object", "another text", "no report", "a claim that is not there", "no file"],
)
def test_what_is_wrong_is_named_by_file_and_line(folder, file, change, told, capsys):
    path = folder / file
    if change is None:
        path.unlink()
    else:
        first, rest = path.read_text(encoding="utf-8").split("\n", 1)
        path.write_text(change(first) + "\n" + rest, encoding="utf-8")
    with pytest.raises(AnnotateError, match=re.escape(told)):
        written(folder)
    assert main(["report", str(folder)]) == 2
    assert told in capsys.readouterr().err
    assert not (folder / "report.html").exists()


def test_the_command_writes_the_page_beside_the_claims(folder, tmp_path):
    assert main(["report", str(folder)]) == 0
    assert (folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert main(["report", str(folder), "-o", str(tmp_path / "own.html"), "--title", "Own"]) == 0
    assert "<title>Own</title>" in (tmp_path / "own.html").read_text(encoding="utf-8")


# In the browser.


@pytest.fixture(scope="module")
def chromium():
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not path:
        pytest.skip("there is no Chromium: apt-get install chromium")
    with sync.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, folder):
    """The page as read from a file, with what it asked for and what went wrong in it."""
    main(["report", str(folder), "--title", "Today"])
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    tab = context.new_page()
    tab.asked, tab.wrong = [], []
    tab.on("request", lambda request: tab.asked.append(request.url))
    tab.on("pageerror", lambda error: tab.wrong.append(str(error)))
    tab.goto((folder / "report.html").as_uri())
    yield tab
    assert tab.asked == [(folder / "report.html").as_uri()] and not tab.wrong
    assert tab.title() == "Today"  # no text of a report has run
    context.close()


def test_context_is_one_click_away(opened):
    side = opened.locator(".card.contested .side", has_text="not hit")
    context = side.locator(".context .text")
    assert not context.is_visible()
    side.locator(".context summary").click()
    assert context.is_visible()
    assert "Al Mayadeen" in context.inner_text()  # the sentence after it
    assert "military source" in context.locator("mark").inner_text()


def test_a_link_goes_to_the_sentence_and_says_who_spoke(opened):
    opened.locator(".card.contested .side", has_text="not hit").locator("a.to").click()
    chosen = opened.locator(".s.chosen")
    assert "denied" in chosen.inner_text()
    assert "pro-regime: denies" in opened.locator("#look").inner_text()
    opened.locator("#look a").click()
    assert opened.evaluate("document.activeElement.className") == "card contested"


def test_filters_leave_what_was_asked_for(opened):
    opened.select_option("select[name=level]", "unconfirmed")
    assert not opened.locator(".card.contested").first.is_visible()
    opened.keyboard.press("Escape")
    assert opened.locator(".card.contested").first.is_visible()
    opened.select_option("select[name=stance]", "witness")
    dimmed = opened.locator(".s.claim.dim")
    assert {one.get_attribute("data-stance") for one in dimmed.all()} == {"pro-regime", "pro-opposition"}


def test_the_keyboard_is_enough(opened):
    opened.keyboard.press("n")
    assert opened.evaluate("document.activeElement.matches('.card')")
    opened.keyboard.press("f")
    assert opened.evaluate("document.activeElement.name") == "place"
    opened.locator(".s.claim").first.focus()
    opened.keyboard.press("ArrowRight")
    assert "Al Mayadeen" in opened.evaluate("document.activeElement.textContent")
    assert "Al Mayadeen" in opened.locator("#look").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_letters_can_be_read_in_both_schemes(opened, scheme):
    opened.emulate_media(color_scheme=scheme)
    ink, paper = (opened.evaluate(f"getComputedStyle(document.body).{name}") for name in ("color", "backgroundColor"))
    assert contrast(ink, paper) >= 7  # WCAG 2.2, level AAA


def test_the_text_stays_whole(opened, folder):
    """What is copied from the page is the report's text: marks stand beside it, not in it."""
    report = json.loads((folder / "reports.jsonl").read_text(encoding="utf-8").split("\n")[0])
    assert opened.locator(".report .text").first.text_content() == report["text"]


def test_it_prints_without_its_controls(opened):
    opened.emulate_media(media="print")
    assert not opened.locator("#filters").is_visible()
    assert opened.locator(".card.contested").first.is_visible()


def test_the_seed_reports_page_is_worth_a_picture(chromium, tmp_path):
    """The page of the two seed reports as the README shows it; PICTURE names where a new one is to be kept."""
    root = Path(__file__).resolve().parents[1]
    assert main(["tag", *map(str, sorted((root / "seeds").glob("*.txt"))), "-o", str(tmp_path), "-q"]) == 0
    assert main(["report", str(tmp_path), "--title", "Aleppo and Mezzeh, December 2016"]) == 0
    tab = chromium.new_page(viewport={"width": 1100, "height": 860}, color_scheme="light")
    tab.goto((tmp_path / "report.html").as_uri())
    first = tab.locator(".card.contested", has_text="Mezzeh").first
    assert "military source" in first.inner_text() and "Al Mayadeen" in first.inner_text()
    if picture := os.environ.get("PICTURE"):
        tab.screenshot(path=picture)
    tab.close()


def contrast(first, second):
    """The ratio of two CSS colours' luminance after WCAG 2.2, 1 to 21."""

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
