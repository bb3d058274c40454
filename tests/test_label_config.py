"""The screens of the annotators: keys that reach the right label, colours that everybody can tell apart."""

import itertools
import json
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from annotate import assets

FILES = [assets.LABEL_CONFIG, assets.LABEL_CONFIG_PAIRS]
REPORT, PAIRS = (ET.parse(path).getroot() for path in FILES)
ONE_CONFIG = pytest.mark.parametrize("config", [REPORT, PAIRS], ids=[path.stem for path in FILES])

# The page's own keys in Label Studio 1.23.2 (its keymap.json without the tools for images, which a page of text does
# not load), and their Mac twins.
OWN_KEYS = set(
    """
    ctrl+enter alt+enter ctrl+space ctrl+z ctrl+shift+z shift+up shift+down shift+left shift+right shift+.
    ctrl+backspace enter alt+r alt+h ctrl+h alt+l alt+m u escape backspace alt+. ctrl+d delete
    ctrl+b ctrl+p alt+a alt+d left right alt+left alt+right shift+alt+left shift+alt+right ctrl+alt+space
    ctrl+left ctrl+right ctrl+up ctrl+down ctrl+shift+a
    """.split()
)
OWN_KEYS |= {key.replace("ctrl", "command") for key in OWN_KEYS}


def choosable(config):
    return [tag for tag in config.iter() if tag.tag in ("Label", "Choice")]


def keys(config):
    return [tag.attrib["hotkey"].lower() for tag in config.iter() if "hotkey" in tag.attrib]


@ONE_CONFIG
def test_every_label_and_choice_has_a_key(config):
    assert [tag.attrib["value"] for tag in choosable(config) if not tag.get("hotkey")] == []


@ONE_CONFIG
def test_no_key_is_given_twice(config):
    assert [key for key, count in Counter(keys(config)).items() if count > 1] == []


@ONE_CONFIG
def test_no_key_is_the_pages_own(config):
    assert OWN_KEYS.intersection(keys(config)) == set()


@ONE_CONFIG
def test_what_is_given_a_hundred_times_takes_one_key(config):
    often = [tag for tag in choosable(config) if tag.attrib["value"] != "Sentence"]
    assert [tag.attrib["value"] for tag in often if len(tag.attrib["hotkey"]) > 1] == []


@ONE_CONFIG
def test_the_readme_tells_the_keys(config):
    readme = " ".join((Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8").split())
    told = readme[readme.index("## For annotators") :]
    wanted = [tag for tag in config.iter() if tag.tag in ("Label", "Choice", "Shortcut")]
    wanted = [f"`{tag.attrib['hotkey']}` {tag.attrib['value'].lower()}" for tag in wanted]
    assert [words for words in wanted if words not in told and "sentence" not in words] == []


# --- colours ---------------------------------------------------------------------------------------------------------

# What the colour-blind see, on linear RGB: Machado, Oliveira and Fernandes (2009), severity 1.0.
SIGHT = {
    "full": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# Linear RGB to XYZ, divided by the white of D65.
XYZ = np.array([[0.433953, 0.376219, 0.189828], [0.212673, 0.715152, 0.072175], [0.017758, 0.109477, 0.872766]])
PAINTED = 0.3  # the strength at which the page paints regions
WHITE = np.ones(3)


def rgb(code):
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255


def linear(colour):
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def paint(colour, ground, strength=PAINTED):
    return strength * colour + (1 - strength) * ground


def lab(colour, sight):
    """CIELAB of an sRGB colour in 0 to 1, as an eye with that sight sees it."""
    x, y, z = XYZ @ np.clip(SIGHT[sight] @ linear(colour), 0, 1)
    x, y, z = (np.cbrt(v) if v > 216 / 24389 else (24389 / 27 * v + 16) / 116 for v in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def nearest(colours, sight):
    """Distance of the two colours that lie closest to one another: 2.3 is just seen when they touch."""
    seen = [lab(colour, sight) for colour in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))


SPANS = [rgb(tag.attrib["background"]) for tag in REPORT.findall(".//*[@name='span']/Label")]
SENTENCE = paint(rgb(REPORT.find(".//*[@value='Sentence']").attrib["background"]), WHITE)


@pytest.mark.parametrize("sight", SIGHT)
class TestColours:
    def test_span_labels_can_be_told_apart(self, sight):
        assert nearest(SPANS, sight) > 20

    def test_painted_spans_can_be_told_apart_and_from_their_sentence(self, sight):
        assert nearest([SENTENCE, *(paint(colour, SENTENCE) for colour in SPANS)], sight) > 7


def test_red_and_green_alike_would_be_seen():
    red, green = (paint(rgb(code), WHITE) for code in ("#b3261e", "#2e7d32"))
    assert nearest([red, green], "full") > 20
    assert nearest([red, green], "deuteranopia") < 5


@pytest.mark.parametrize("label", [tag for tag in REPORT.iter("Label")], ids=lambda tag: tag.attrib["value"])
def test_words_on_a_chosen_label_can_be_read(label):
    light, dark = sorted(
        (float(XYZ[1] @ linear(rgb(label.attrib[name]))) + 0.05 for name in ("background", "selectedColor")),
        reverse=True,
    )
    assert light / dark >= 4.5  # WCAG 2.2, level AA


# --- what Label Studio makes of them ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def interfaces():
    sdk = pytest.importorskip("label_studio_sdk.label_interface", reason="pip install 'annotate[studio]'")
    return [sdk.LabelInterface(path.read_text(encoding="utf-8")) for path in FILES]


def test_label_studio_accepts_the_configs(interfaces):
    for interface in interfaces:
        interface.validate()


def test_the_labelled_seed_reports_fit_the_config(interfaces):
    gold = json.loads((assets.LABELS.parent / "gold.json").read_text(encoding="utf-8"))
    for task in gold:
        prediction = {"result": task["annotations"][0]["result"], "model_version": "seed"}
        assert interfaces[0].validate_prediction(prediction, return_errors=True) == []


@pytest.mark.parametrize(
    ("answers", "fits"),
    [
        ({"same_event": "different"}, True),
        ({"same_event": "same", "relation": "none"}, True),
        ({"same_event": "same", "relation": "contradicts", "facet": "target"}, True),
        ({"same_event": "same", "relation": "updates", "facet": "casualties", "later": "b"}, True),
        ({"same_event": "perhaps"}, False),
        ({"relation": "continues"}, False),
    ],
)
def test_answers_on_a_pair(interfaces, answers, fits):
    result = [
        {"id": name, "from_name": name, "to_name": "a", "type": "choices", "value": {"choices": [choice]}}
        for name, choice in answers.items()
    ]
    errors = interfaces[1].validate_prediction({"result": result, "model_version": "x"}, return_errors=True)
    assert (errors == []) is fits


def test_nothing_is_readonly():
    """A readonly region can be neither end of a new relation, and the page does not say why."""
    tags = [*REPORT.iter(), *PAIRS.iter()]
    assert [tag for tag in tags if "readonly" in map(str.lower, tag.attrib)] == []


def test_a_sentence_without_stance_or_assertion_is_not_submitted():
    required = {tag.attrib["name"] for tag in REPORT.iter("Choices") if tag.get("required") == "true"}
    assert required == {"stance", "assertion"}
