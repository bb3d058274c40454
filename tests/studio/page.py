"""What an annotator sees and does in Label Studio's page, in a real Chromium, with her keys and clicks counted."""

import contextlib
import shutil
import tempfile
from collections import Counter

NO_CHROMIUM = "no Chromium here: apt-get install chromium"
NO_PLAYWRIGHT = "no Playwright here: pip install -e '.[dev]'"
FLAGS = """--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync""".split()
SCREEN = {"width": 1600, "height": 1000}

# In the page: the elements of a region; a point of it that no other region covers; where words of it stand.
HELPERS = r"""
window.told = {
  work: () => window.Htx?.annotationStore?.selected,
  parts: (id) => {
    const name = new RegExp(`(^| )htx-highlight-${id}-\\d+( |$)`);
    return [...document.querySelectorAll('.htx-highlight')].filter((part) => name.test(part.className));
  },
  range: (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from); range.setEnd(node, to);
    return range;
  },
  bare: (id) => {
    for (const part of told.parts(id)) {
      part.scrollIntoView({block: 'center'});
      for (const node of part.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE) continue;
        for (let at = 0; at < node.length; at++) {
          const box = told.range(node, at, at + 1).getBoundingClientRect();
          const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
          if (box.width > 2 && document.elementFromPoint(x, y)?.closest('.htx-highlight') === part) return {x, y};
        }
      }
    }
    return null;
  },
  words: (id, words) => {
    for (const part of told.parts(id)) {
      const nodes = [], walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) nodes.push(walker.currentNode);
      const at = nodes.map((node) => node.data).join('').indexOf(words);
      if (at < 0) continue;
      part.scrollIntoView({block: 'center'});
      const corner = (offset) => {
        for (const node of nodes) {
          if (offset < node.length) return told.range(node, offset, offset + 1).getBoundingClientRect();
          offset -= node.length;
        }
      };
      const [first, last] = [corner(at), corner(at + words.length - 1)];
      const edge = (box, ahead) => [ahead ? box.left + 1 : box.right - 1, box.top + box.height / 2];
      const leftwards = first.top === last.top && first.left > last.left;  // Arabic
      return {from: edge(first, !leftwards), to: edge(last, leftwards)};
    }
    return null;
  },
};
"""


def chromium():
    """Where the system's Chromium is, if it has one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextlib.contextmanager
def browser(url):
    """A fresh Chromium of the system, and its page; whatever it asks of another host is kept in ``elsewhere``."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile, executable_path=chromium(), headless=True, viewport=SCREEN, args=FLAGS
        )
        context.add_init_script(HELPERS)
        context.set_default_timeout(120_000)  # a machine may have much else to do
        try:
            yield Page(context.pages[0], url)
        finally:
            context.close()


class Page:
    """The page of one annotator.

    ``hands`` counts what she does: keys (a chord is one), letters of what she writes, clicks, drags. ``elsewhere``:
    addresses of other hosts that were asked for; ``broken``: errors that the page's own code raised.
    """

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.hands, self.elsewhere, self.broken = Counter(), set(), []
        page.on("request", lambda asked: self._asked(asked.url))
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def _asked(self, address):
        if address.startswith("http") and not address.startswith(self.url):
            self.elsewhere.add(address)

    def log_in(self, user, password):
        self.page.goto(f"{self.url}/user/login/")
        self.page.fill("input[name=email]", user)
        self.page.fill("input[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(lambda address: "/login" not in address)

    def open(self, project, task=None):
        """One task, or, without, the next one that is to be labelled; it is open once its regions can be clicked."""
        self.page.goto(f"{self.url}/projects/{project}/data?" + (f"task={task}" if task else "labeling=1"))
        self.page.wait_for_function(
            "() => told.work()?.regions.length && told.work().regions.every((region) => told.parts(region.cleanId)[0])"
        )
        # Its colours are set after its regions are there: before, the page still moves.
        self.page.wait_for_function(
            "() => getComputedStyle(told.parts('s000')[0]).backgroundColor !== 'rgba(0, 0, 0, 0)'"
        )

    def shown(self):
        """The result items that a submit would send."""
        return self.page.evaluate("told.work().serializeAnnotation()")

    def selected(self):
        return self.page.evaluate("told.work().selectedRegions.map((region) => region.cleanId)")

    def select(self, region):
        """Click on a region where nothing lies over it; a second click would take the choice back."""
        if region in self.selected():
            return
        self._click_bare(region)
        self.page.wait_for_function("(id) => told.work().selectedRegions.some((one) => one.cleanId === id)", arg=region)

    def press(self, *keys):
        for key in keys:
            self.hands["keys"] += 1
            self.page.keyboard.press(key)

    def choose(self, region, *keys):
        """Click on a sentence and press keys of its choices."""
        self.select(region)
        self.press(*keys)

    def mark(self, region, words, key):
        """With nothing selected, press the key of a span's label and draw over words of this sentence."""
        before = self.page.evaluate("told.work().regions.length")
        if self.selected():
            self.press("u")
        self.press(key)
        place = self.page.evaluate("([id, words]) => told.words(id, words)", [region, words])
        assert place, f"{words!r} is not in {region}"
        mouse = self.page.mouse
        mouse.move(*place["from"])
        mouse.down()
        mouse.move(*place["to"], steps=8)
        mouse.up()
        self.hands["drags"] += 1
        self.page.wait_for_function("(count) => told.work().regions.length === count + 1", arg=before)

    def relate(self, one, other, label):
        """Draw a relation from one sentence to another and give it its label in the tab Relations."""
        before = self.page.evaluate("told.work().relationStore.relations.length")
        self.select(one)
        self.press("Alt+r")
        self._click_bare(other)
        self.page.wait_for_function("(count) => told.work().relationStore.relations.length === count + 1", arg=before)
        tab = self.page.locator(".lsf-panel-tabs__tab:visible", has_text="Relations").first
        if "active" not in (tab.get_attribute("class") or ""):
            self._click(tab)
        row = self.page.locator(".lsf-relations__item").last
        row.hover()
        self._click(row.get_by_label("Show Relation Labels"))
        self._click(row.locator("[data-testid^=select-trigger]"))
        self._click(self.page.get_by_role("option", name=label, exact=True))
        self.page.keyboard.press("Escape")
        self.hands["keys"] += 1

    def unrelate(self, number):
        """Delete a relation in the tab Relations."""
        tab = self.page.locator(".lsf-panel-tabs__tab:visible", has_text="Relations").first
        if "active" not in (tab.get_attribute("class") or ""):
            self._click(tab)
        row = self.page.locator(".lsf-relations__item").nth(number)
        row.hover()
        self._click(row.get_by_label("Delete Relation"))

    def write(self, region, field, words):
        """Change what stands in a text field of a sentence."""
        self.select(region)
        place = self.page.locator(".report-panel [data-testid=textarea-control]").nth(("speaker", "event").index(field))
        if place.get_by_test_id("htx-textbox-view").count():
            place.hover()
            self._click(place.get_by_test_id("htx-textbox-edit-button"))
        else:
            self._click(place.locator("input, textarea").first)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")
        self.hands["keys"] += 2
        self.hands["letters"] += len(words)

    def submit(self):
        """Ctrl+Enter, until the server has the annotation; returns its number there."""
        with self.page.expect_response(lambda answer: self._made(answer), timeout=120_000) as answered:
            self.press("Control+Enter")
        return answered.value.json()["id"]

    def show(self, region, file):
        """Put a picture of the page into a file, with this sentence selected in the middle; few colours, few bytes."""
        from PIL import Image

        self.press("u")
        self.select(region)
        self.page.mouse.move(4, 400)
        self.page.wait_for_timeout(1000)  # menus fade
        self.page.screenshot(path=file)
        with Image.open(file) as picture:
            few = picture.convert("RGB").quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(file, optimize=True)

    @staticmethod
    def _made(answer):
        return answer.request.method == "POST" and "/annotations" in answer.url and answer.status == 201

    def _click_bare(self, region):
        place = self.page.evaluate("(id) => told.bare(id)", region)
        assert place, f"{region} is nowhere to be clicked"
        self.page.mouse.click(place["x"], place["y"])
        self.hands["clicks"] += 1

    def _click(self, place):
        place.click()
        self.hands["clicks"] += 1
