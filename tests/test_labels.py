"""The labels stand in one place, and every other place agrees with it."""

import xml.etree.ElementTree as ET

import pytest

from annotate import assets, labels

CONFIG = ET.parse(assets.LABEL_CONFIG).getroot()


def values(control: str) -> tuple[str, ...]:
    tag = CONFIG.find(f".//*[@name='{control}']")
    assert tag is not None
    return tuple(child.attrib["value"] for child in tag)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        ("claim_type", labels.TYPES),
        ("stance", labels.STANCES),
        ("assertion", labels.ASSERTIONS),
        ("span", tuple(label.capitalize() for label in labels.SPANS)),
        ("unit", ("Sentence",)),
    ],
)
def test_label_config_lists_the_labels(control, expected):
    assert values(control) == expected


def test_every_hotkey_is_given_once():
    keys = [tag.attrib["hotkey"] for tag in CONFIG.iter() if "hotkey" in tag.attrib]
    assert len(keys) == len(set(keys))
    assert "u" not in keys  # the labelling page's own


def test_label_studio_accepts_the_config():
    interface = pytest.importorskip("label_studio_sdk.label_interface", reason="pip install 'annotate[studio]'")
    interface.LabelInterface(assets.LABEL_CONFIG.read_text(encoding="utf-8")).validate()
