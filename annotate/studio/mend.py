"""One annotation as the server has it -> what training may read. The server checks nothing, so all is checked here.

What an annotator plainly meant is mended; what says nothing is dropped, with a line that names it; an annotation that
breaks the codebook is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from annotate.labels import ASSERTIONS, SPANS, STANCES, TYPES
from annotate.studio.tasks import SENTENCE, name_of

RELATIONS = ("continues", "contradicts", "corroborates", "updates")
_CHOICES = {"claim_type": TYPES, "stance": STANCES, "assertion": ASSERTIONS}
_SPACE = re.compile(r"(?:\s|\\n)+")  # the page writes a line break as a backslash and an n
_SOLID = re.compile(r"\w")
_SHOWN = 40  # characters of a region's words in a message


@dataclass(slots=True)
class Mended:
    """What is left of an annotation, and a line for every change; ``result`` None: refused."""

    result: list[dict[str, Any]] | None = None
    mended: list[str] = field(default_factory=list)  # put right: nothing of the annotator's is lost
    dropped: list[str] = field(default_factory=list)  # could not be used
    refused: list[str] = field(default_factory=list)  # why the whole annotation could not


def mend(text: str, sentences: Sequence[Sequence[int]], result: Sequence[Any]) -> Mended:
    """Check an annotation's result items against the codebook and the text.

    Args:
        text: of the task.
        sentences: start and end of the sentences that the task came with; empty where that is not known.
        result: the items as exported.

    Returns:
        The items in their order, those untouched that were right.
    """
    work = _Work(text, [(int(start), int(end)) for start, end in sentences], Mended())
    kept = work.items(result)
    work.sentences_kept()
    if not work.units and not work.out.refused:
        work.out.refused.append("no sentence is left in it")
    if not work.out.refused:
        work.out.result = kept
    return work.out


@dataclass(slots=True)
class _Work:
    text: str
    given: list[tuple[int, int]]
    out: Mended
    units: dict[str, tuple[int, int]] = field(default_factory=dict)  # sentence regions by id

    def items(self, result: Sequence[Any]) -> list[dict[str, Any]]:
        """Everything that stays, sentences checked first since all else hangs on them."""
        items = [item for item in result if isinstance(item, dict)]
        if len(items) < len(result):
            self.out.refused.append("a result item is no object")
        checked: dict[int, dict[str, Any] | None] = {}
        for number, item in enumerate(items):
            if item.get("from_name") == "unit":
                checked[number] = self._unit(item)
        self._apart()
        for number, item in enumerate(items):
            if item.get("type") != "relation" and item.get("from_name") != "unit":
                checked[number] = self._region(item)
        self._complete(list(filter(None, checked.values())))
        same: set[tuple[Any, ...]] = set()
        kept = []
        for number in range(len(items)):
            if (found := checked.get(number)) is not None and (key := _key(found)) not in same:
                same.add(key)
                kept.append(found)
        return kept + self._relations([item for item in items if item.get("type") == "relation"])

    def sentences_kept(self) -> None:
        """Tell of sentences that the task came with and that nothing covers any more."""
        for number, (start, end) in enumerate(self.given):
            left = end
            for begin, stop in sorted(self.units.values()):
                if begin < end and start < stop and _SOLID.search(self.text, max(begin, start), min(stop, end)):
                    left = start
            if left == end and _SOLID.search(self.text, start, end):
                self.out.dropped.append(f"region {name_of(number)} was deleted: {self._words(start, end)}")

    def _unit(self, item: dict[str, Any]) -> dict[str, Any] | None:
        name, value = str(item.get("id")), item.get("value") or {}
        if value.get("labels") != [SENTENCE]:
            self.out.refused.append(f"region {name} has the unknown unit {value.get('labels')!r}")
            return None
        place = self._anchored(name, value)
        if place is None:
            self.out.refused.append(f"region {name} is a sentence whose words do not stand in the text just once")
            return None
        place = self._snapped(place)
        if _SOLID.search(self.text, *place) is None and place not in self.given:
            self.out.refused.append(f"region {name} is a sentence without words")
            return None
        if self.given and place not in self.given:
            self.out.mended.append(f"region {name} was redrawn and stays so: {self._words(*place)}")
        self.units[name] = place
        return self._placed(item, place)

    def _apart(self) -> None:
        """Two sentences never share characters."""
        order = sorted((place, name) for name, place in self.units.items())
        for (one, first), (other, second) in pairwise(order):
            if other[0] < one[1]:
                self.out.refused.append(f"region {second} overlaps region {first}: {self._words(*other)}")

    def _region(self, item: dict[str, Any]) -> dict[str, Any] | None:
        name, control, value = str(item.get("id")), item.get("from_name"), item.get("value")
        value = value if isinstance(value, dict) else {}
        if control == "span":
            return self._span(name, item, value)
        if control not in (*_CHOICES, "speaker", "event"):
            self.out.refused.append(f"region {name} comes from the unknown control {control!r}")
            return None
        if name not in self.units:
            self.out.dropped.append(f"region {name} has {control} and no sentence")
            return None
        start, end = self.units[name]
        value = {**value, "start": start, "end": end}
        if control in _CHOICES:
            unknown = [c for c in value.get("choices") or [] if c not in _CHOICES[control]]
            for choice in unknown:
                self.out.refused.append(f"region {name} has the unknown {control} {choice!r}")
            return {**item, "value": value} if value.get("choices") else None
        words = value.get("text")
        words = [words] if isinstance(words, str) else words
        if not (isinstance(words, list) and all(isinstance(word, str) for word in words)):
            self.out.refused.append(f"region {name} has a {control} that is no text")
            return None
        words = [" ".join(word.split()) for word in words if word.strip()]
        if len(set(words)) > 1:
            self.out.dropped.append(f"region {name} has more than one {control}; the first stands: {words[0]}")
        words = words[:1]
        return {**item, "value": {**value, "text": words}} if words else None

    def _span(self, name: str, item: dict[str, Any], value: Mapping[str, Any]) -> dict[str, Any] | None:
        labels = value.get("labels")
        label = labels[0] if isinstance(labels, list) and len(labels) == 1 else None
        if name in self.units:
            self.out.dropped.append(f"region {name} is a sentence and was also marked as {label}")
            return None
        if not isinstance(label, str) or label.lower() not in SPANS:
            self.out.refused.append(f"region {name} has the unknown span label {labels!r}")
            return None
        place = self._anchored(name, value)
        if place is None:
            self.out.dropped.append(f"region {name} ({label}): its words do not stand in the text just once")
            return None
        home = [unit for unit in self.units.values() if unit[0] <= place[0] < unit[1]]
        if not home or place[1] > home[0][1]:
            where = "in no sentence" if not home else "across the end of a sentence"
            self.out.dropped.append(f"region {name} ({label}) stands {where}: {self._words(*place)}")
            return None
        return self._placed(item, place)

    def _complete(self, items: Sequence[Mapping[str, Any]]) -> None:
        """Every sentence has one stance and one assertion."""
        for name, place in self.units.items():
            for control in ("stance", "assertion"):
                found = [
                    choice
                    for item in items
                    if str(item.get("id")) == name and item["from_name"] == control
                    for choice in item["value"]["choices"]
                ]
                if len(found) != 1:
                    said = "no" if not found else "more than one"
                    self.out.refused.append(f"region {name} has {said} {control}: {self._words(*place)}")
            if sum(str(item.get("id")) == name and item["from_name"] == "claim_type" for item in items) > 1:
                self.out.refused.append(f"region {name} has claim_type twice: {self._words(*place)}")

    def _relations(self, links: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """One item an ordered pair, pointing right, with all its labels."""
        pairs: dict[tuple[str, str], list[str]] = {}
        origins: dict[str, str] = {}
        for link in links:
            for ends, label in self._said(link):
                if label == "continues" and origins.setdefault(ends[0], ends[1]) != ends[1]:
                    self.out.dropped.append(
                        f"region {ends[0]} continues two sentences; the one of {ends[1]} is left out"
                    )
                elif label not in pairs.setdefault(ends, []):
                    pairs[ends].append(label)
        return [
            {"type": "relation", "from_id": ends[0], "to_id": ends[1], "direction": "right", "labels": labels}
            for ends, labels in pairs.items()
            if labels
        ]

    def _said(self, link: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
        """The ends, in the direction that the arrow has, and label of all that a relation item says."""
        ends = str(link.get("from_id")), str(link.get("to_id"))
        if link.get("direction") == "left":
            ends = ends[1], ends[0]
        arrow = f"the relation from {ends[0]} to {ends[1]}"
        if ends[0] not in self.units or ends[1] not in self.units or ends[0] == ends[1]:
            self.out.dropped.append(f"{arrow} does not lead from one sentence to another")
            return
        if not link.get("labels"):
            self.out.dropped.append(f"{arrow} has no label")
        for label in link.get("labels") or []:
            if label not in RELATIONS:
                self.out.refused.append(f"{arrow} has the unknown label {label!r}")
            elif label in ("continues", "updates") and link.get("direction") == "bi":
                self.out.dropped.append(f"{arrow}, {label}, points both ways")
            elif label == "continues" and self.units[ends[1]] > self.units[ends[0]]:
                self.out.dropped.append(f"{arrow} continues a later sentence")
            else:
                yield ends, label

    def _anchored(self, name: str, value: Mapping[str, Any]) -> tuple[int, int] | None:
        """Where a region stands: at its offsets if its words are there, else at the only place where they are.

        Its words are compared without white space, which the page does not keep. The ends are drawn in from it.
        """
        start, end, words = value.get("start"), value.get("end"), value.get("text")
        wanted = [part for part in _SPACE.split(words) if part] if isinstance(words, str) else []
        if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(self.text):
            if not wanted or _SPACE.sub("", self.text[start:end]) == "".join(wanted):
                return self._drawn_in(start, end)
        parts = [re.escape(part) for part in wanted]
        found = list(re.finditer(r"\s+".join(parts), self.text)) if parts else []
        if len(found) != 1:
            return None
        self.out.mended.append(f"region {name} was moved to where its words are: {self._words(*found[0].span())}")
        return found[0].span()

    def _drawn_in(self, start: int, end: int) -> tuple[int, int]:
        words = self.text[start:end]
        if not words.strip():
            return start, end
        return start + len(words) - len(words.lstrip()), start + len(words.rstrip())

    def _snapped(self, place: tuple[int, int]) -> tuple[int, int]:
        """The given sentence, if no letter or digit makes the difference to it."""
        for start, end in self.given:
            if start < place[1] and place[0] < end:
                edges = ((min(start, place[0]), max(start, place[0])), (min(end, place[1]), max(end, place[1])))
                if not any(_SOLID.search(self.text, *edge) for edge in edges):
                    return start, end
        return place

    def _placed(self, item: dict[str, Any], place: tuple[int, int]) -> dict[str, Any]:
        start, end = place
        return {**item, "value": {**item["value"], "start": start, "end": end, "text": self.text[start:end]}}

    def _words(self, start: int, end: int) -> str:
        words = " ".join(self.text[start:end].split())
        return f"“{words}”" if len(words) <= _SHOWN else f"“{words[:_SHOWN].rstrip()}…”"


def _key(item: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two items the same: a span drawn twice over the same words, or one control given twice alike."""
    value = item["value"]
    if item["from_name"] == "span":
        return "span", value["start"], value["end"], str(value["labels"][0]).lower()
    return str(item.get("id")), item["from_name"], str(value.get("choices") or value.get("text") or value.get("labels"))
