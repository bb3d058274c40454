"""The reliability diagram: a well-formed picture that says the figures it draws."""

import re
from xml.etree import ElementTree

import pytest
from labelled import Row, labelled, tags

from annotate.diagram import reliability
from annotate.evaluate import score

SVG = "{http://www.w3.org/2000/svg}"
SMOKE = labelled("smoke", *(Row("Smoke rose.", ("attack",), "witness") for _ in range(20)))


def drawn(**changes):
    return ElementTree.fromstring(reliability(score([SMOKE], [tags(SMOKE, **changes)])))


def words(root):
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def dots(root):
    """Centre and class of the dots, in order."""
    return [(float(c.get("cx")), float(c.get("cy")), c.get("class")) for c in root.iter(f"{SVG}circle")]


def test_a_panel_a_head_with_its_calibration_error():
    # witness is right each time, and the model 0.8 sure of it
    said = words(drawn(stance_scores={"witness": 0.8, "media": 0.2}))
    assert [word for word in said if word in ("types", "stance", "assertion")] == ["types", "stance", "assertion"]
    assert [word for word in said if word.startswith("calibration")] == [
        "calibration error 0.000",
        "calibration error 0.200",
        "calibration error 0.000",
    ]


def test_a_dot_stands_as_far_right_as_sure_and_as_high_as_right():
    root = drawn(type_scores={}, assertion_scores={}, stance_scores={"media": 0.75, "witness": 0.25})
    frame = [r for r in root.iter(f"{SVG}rect") if r.get("class") == "frame"][1]
    left, top, side = (float(frame.get(name)) for name in ("x", "y", "width"))
    assert dots(root) == [(left + 0.75 * side, top + side, "dot")]  # three quarters sure, never right


def test_what_lies_on_the_diagonal_is_not_marked_as_off():
    off = [line for line in drawn().iter(f"{SVG}line") if line.get("class") == "off"]
    assert all(line.get("y1") == line.get("y2") for line in off)


@pytest.mark.parametrize(("sentences", "kind"), [(9, "dot few"), (10, "dot")])
def test_few_decisions_are_drawn_hollow(sentences, kind):
    gold = labelled("x", *(Row("Smoke rose.") for _ in range(sentences)))
    root = ElementTree.fromstring(reliability(score([gold], [tags(gold, type_scores={}, stance_scores={})])))
    assert [dot[2] for dot in dots(root)] == [kind]


def test_a_head_without_probabilities_says_so():
    root = drawn(type_scores={}, stance_scores={}, assertion_scores={})
    assert words(root).count("no probabilities") == 3
    assert dots(root) == []


def test_everything_lies_inside_the_picture():
    root = drawn(stance_scores={"witness": 0.8})
    _, _, width, height = map(float, root.get("viewBox").split())
    for node in root.iter():
        for name, most in (("x", width), ("y", height), ("cx", width), ("cy", height), ("x2", width), ("y2", height)):
            assert 0 <= float(node.get(name, 0)) <= most


def test_nothing_is_loaded_from_elsewhere_and_dark_pages_are_thought_of():
    text = reliability(score([SMOKE], [tags(SMOKE)]))
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text
