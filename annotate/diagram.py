"""Scores -> a reliability diagram as one self-contained SVG: how sure the model was against how often it was right."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from annotate.scores import Bin, HeadScores, Scores

FEW = 10  # decisions: a bin with fewer is drawn hollow
_SIDE = 220  # of the square of each panel; all lengths in pixels
_BARS = 56  # height of the counts below it
_LEFT, _TOP, _GAP, _PANEL = 58, 112, 40, 312  # _PANEL: from one panel to the next
_WIDTH, _HEIGHT = 3 * _PANEL + 10, _TOP + _SIDE + _GAP + _BARS + 60
_STYLE = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; fill: #1f2328 }
  .title { font-size: 16px; font-weight: 600 } .head { font-size: 14px; font-weight: 600 } .faint { fill: #59636e }
  .paper { fill: #ffffff } .frame { fill: none; stroke: #8c959f } .grid { stroke: #e3e7eb }
  .even { stroke: #59636e; stroke-dasharray: 4 4 } .line { fill: none; stroke: #0757ba; stroke-width: 1.5 }
  .off { stroke: #c2410c; stroke-width: 2 } .dot { fill: #0757ba; stroke: #0757ba; stroke-width: 1.5 }
  .few { fill: #ffffff } .bar { fill: #8fb4e3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .faint { fill: #9da7b3 } .paper { fill: #0d1117 } .frame { stroke: #6e7681 }
    .grid { stroke: #262c36 } .even { stroke: #9da7b3 } .line { stroke: #6cb0ff } .off { stroke: #ff9d5c }
    .dot { fill: #6cb0ff; stroke: #6cb0ff } .few { fill: #0d1117 } .bar { fill: #2f5d94 }
  }
"""


def reliability(scores: Scores) -> str:
    """One panel a head: a dot for each bin of decisions, the diagonal of an honest model, and the counts below."""
    heads = (("types", scores.types), ("stance", scores.stance), ("assertion", scores.assertion))
    panels = "".join(_panel(name, head, _LEFT + place * _PANEL) for place, (name, head) in enumerate(heads))
    said = "; ".join(f"{name}: {_error(head)}" for name, head in heads)
    about = f"{scores.reports} reports, {scores.sentences} sentences. Dots on the dashed line: as often right as sure."
    few = f"Hollow: fewer than {FEW} decisions. A decision is the first choice, or for types each label."
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="t d">\n'
        f'<title id="t">Reliability diagram</title>\n<desc id="d">{escape(said)}</desc>\n<style>{_STYLE}</style>\n'
        f'<rect class="paper" width="{_WIDTH}" height="{_HEIGHT}"/>\n'
        f"{_text(16, 28, 'How sure, and how often right', 'title', 'start')}"
        f"{_text(16, 48, about, 'faint', 'start')}{_text(16, 66, few, 'faint', 'start')}"
        f"{panels}</svg>\n"
    )


def _panel(name: str, head: HeadScores, left: float) -> str:
    floor = _TOP + _SIDE
    base = floor + _GAP + _BARS
    parts = [
        _text(left, _TOP - 12, name, "head", "start"),
        _text(left + _SIDE, _TOP - 12, _error(head), "faint", "end"),
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + tick * _SIDE, floor - tick * _SIDE
        parts += [_line("grid", left, y, left + _SIDE, y), _line("grid", x, _TOP, x, floor)]
        parts += [_text(left - 6, y + 4, f"{tick:g}", "faint", "end"), _text(x, base + 16, f"{tick:g}", "faint")]
    parts.append(_line("even", left, floor, left + _SIDE, _TOP))
    parts.append(f'<rect class="frame" x="{left:g}" y="{_TOP}" width="{_SIDE}" height="{_SIDE}"/>\n')
    parts.append(_dots(head.bins, left, floor))
    parts.append(_bars(head.bins, left, base))
    parts.append(_line("frame", left, base, left + _SIDE, base))
    parts.append(_text(left + _SIDE / 2, base + 34, "how sure", "faint"))
    middle = _TOP + _SIDE / 2
    parts.append(_text(left - 40, middle, "share right", "faint", turn=True))
    return "".join(parts)


def _dots(bins: Sequence[Bin], left: float, floor: float) -> str:
    """The bins, each joined to the diagonal by how far it is off."""
    places = [(left + one.sure * _SIDE, floor - one.right * _SIDE) for one in bins]
    joined = [place for one, place in zip(bins, places, strict=True) if one.decisions >= FEW]
    parts = [
        _line("off", x, y, x, floor - one.sure * _SIDE)
        for one, (x, y) in zip(bins, places, strict=True)
        if one.decisions >= FEW
    ]
    if len(joined) > 1:
        parts.append(f'<polyline class="line" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in joined)}"/>\n')
    for one, (x, y) in zip(bins, places, strict=True):
        kind = "dot few" if one.decisions < FEW else "dot"
        parts.append(f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="4"><title>{_told(one)}</title></circle>\n')
    return "".join(parts)


def _bars(bins: Sequence[Bin], left: float, base: float) -> str:
    """How many decisions each bin holds, the largest with its number."""
    most = max((one.decisions for one in bins), default=0)
    parts = []
    for one in bins:
        tall = max(1.0, _BARS * one.decisions / most)
        x, wide = left + one.low * _SIDE, (one.high - one.low) * _SIDE
        parts.append(
            f'<rect class="bar" x="{x + 0.5:.1f}" y="{base - tall:.1f}" width="{wide - 1:.1f}" height="{tall:.1f}">'
            f"<title>{_told(one)}</title></rect>\n"
        )
    if bins:
        tallest = max(bins, key=lambda one: one.decisions)
        x = left + (tallest.low if tallest.low < 0.2 else tallest.high) * _SIDE
        anchor = "start" if tallest.low < 0.2 else "end"
        parts.append(_text(x, base - _BARS - 4, f"{tallest.decisions:,} decisions at most", "faint", anchor))
    return "".join(parts)


def _told(one: Bin) -> str:
    return escape(
        f"{one.low:.2f} to {one.high:.2f}: {one.decisions:,} decisions, {one.sure:.3f} sure, {one.right:.3f} right"
    )


def _error(head: HeadScores) -> str:
    if head.calibration_error is None:
        return "no probabilities"
    return f"calibration error {head.calibration_error:.3f}"


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>\n'


def _text(x: float, y: float, words: str, kind: str, anchor: str = "middle", *, turn: bool = False) -> str:
    turned = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turn else ""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(words)}</text>\n'
