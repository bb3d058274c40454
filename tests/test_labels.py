"""The labels stand in one place, and every other place agrees with it."""

import tomllib
import xml.etree.ElementTree as ET

import pytest

from annotate import assets, contest, labels

TABLE = tomllib.loads(assets.LABELS.read_text(encoding="utf-8"))
REPORT = ET.parse(assets.LABEL_CONFIG).getroot()
PAIRS = ET.parse(assets.LABEL_CONFIG_PAIRS).getroot()


def given(config, control):
    """The children of a control: label and what shows when it is pointed at."""
    tag = config.find(f".//*[@name='{control}']")
    assert tag is not None
    return {child.attrib["value"]: child.attrib.get("hint") for child in tag}


@pytest.mark.parametrize(
    ("config", "control", "kind", "expected"),
    [
        (REPORT, "claim_type", "type", labels.TYPES),
        (REPORT, "stance", "stance", labels.STANCES),
        (REPORT, "assertion", "assertion", labels.ASSERTIONS),
        (REPORT, "span", "span", labels.SPANS),
        (PAIRS, "relation", "relation", labels.RELATIONS[1:]),  # `continues` stays within a report
        (PAIRS, "facet", "facet", labels.FACETS),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_configs_list_the_labels_with_their_definitions(config, control, kind, expected):
    hints = {value.lower(): hint for value, hint in given(config, control).items() if value != "none"}
    assert tuple(hints) == expected
    for label, hint in hints.items():
        assert hint == "{definition} Example: {example}".format(**TABLE[kind][label])


def test_relations_within_a_report_are_explained_beside_the_text():
    assert tuple(tag.attrib["value"] for tag in REPORT.iter("Relation")) == labels.RELATIONS
    beside = "".join(tag.text or "" for tag in REPORT.iter("Markdown"))
    for label in labels.RELATIONS:
        assert f"**{label}**: {TABLE['relation'][label]['definition']}" in beside


def test_the_program_knows_no_facet_that_annotators_do_not():
    assert set(contest.FACETS) <= set(labels.FACETS)


def test_sentences_are_the_only_units():
    assert tuple(given(REPORT, "unit")) == ("Sentence",)
