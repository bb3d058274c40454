"""Label Studio's tasks -> predictions, as the bytes of JSON objects; suggestions while a region is drawn."""

from __future__ import annotations

import hashlib
import json
import logging
import uuid
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from annotate.document import Claim, Report, Sentence
from annotate.engine import load
from annotate.pipeline import claims_of
from annotate.registry import Registry
from annotate.segment import locate, segment
from annotate.studio.tasks import prediction_of, related, report_of
from annotate.tag import Tagger

KEPT = 512  # predictions: Label Studio gives up on a long request and asks again, and a page asks twice
_log = logging.getLogger("annotate.studio")

Cut = tuple[Report, list[Sentence]]


class Predictor:
    """One version of the model at work; may be used by several threads, one at a time."""

    def __init__(self, version: str, tagger: Tagger, registry: Registry) -> None:
        self.version, self._tagger, self._registry = version, tagger, registry
        self._made: OrderedDict[bytes, bytes] = OrderedDict()

    @classmethod
    def open(cls, folder: Path, version: str) -> Predictor:
        """The model of a folder.

        Raises:
            AnnotateError: it is damaged or missing.
        """
        return cls(version, Tagger(load(folder)), Registry.load())

    def predict(self, tasks: Sequence[Any]) -> list[bytes]:
        """One prediction a task, in their order; an empty one for a task that has no text of ours.

        Sentences are those that the task came with, else they are cut here; a held-out task gets them and no labels.
        """
        found: list[bytes | None] = [self._kept(task) for task in tasks]
        new: list[tuple[int, Cut]] = []
        for number, task in enumerate(tasks):
            if found[number] is None:
                if (cut := _cut(task)) is not None:
                    new.append((number, cut))
                else:
                    _log.warning("%s has no text; its prediction is empty", _name(task))
        try:
            made = self._claims([cut for _, cut in new])
        except Exception as error:  # one odd report must not cost the others their predictions
            _log.error("predicting failed (%s); each report is tried by itself", type(error).__name__)
            made = [self._alone(tasks[number], cut) for number, cut in new]
        for (number, _), claims in zip(new, made, strict=True):
            if claims is not None:
                found[number] = self._keep(tasks[number], claims)
        return [one if one is not None else self._json([]) for one in found]

    def suggest(self, task: Any, drawn: Sequence[Any]) -> bytes:  # noqa: ANN401 (whatever was sent)
        """What to show beside a region that an annotator is drawing in a task: regions with ids never used before.

        Beside a span come the words that the model would mark with that label there, if they are others, and the other
        spans of its sentence; a sentence gets its answers and spans. What stands on the page is not said again, and
        never a relation: the page breaks on an id or a relation that it has.
        """
        cut, region = _cut(task), next((r for r in map(_drawn, drawn) if r is not None), None)
        if cut is None or region is None or _held_out(task) or not 0 <= region[0] < region[1] <= len(cut[0].text):
            return self._json([])
        start, end, label = region
        report, sentences = cut
        if label == "Sentence":
            apart = [(s.start, s.end) for s in sentences if s.end <= start or end <= s.start]
            sentences = locate(report, sorted([*apart, (start, end)]))
        [claims] = self._claims([(report, sentences)])
        within = [c for c in claims or () if c.sentence.start < end and start < c.sentence.end]
        items = prediction_of(within, self.version)["result"] if within else []
        items = [item for item in items if item.get("type") != "relation"]
        there = {_place(item) for item in _shown(task)}
        spans = [item for item in items if item["from_name"] == "span" and _place(item) not in there]
        if label == "Sentence":
            return self._json(_renamed([*(item for item in items if item["from_name"] != "span"), *spans]))
        over = [item for item in spans if _place(item)[2] == label and _meet(item, start, end)]
        over = [item for item in over if _place(item) != region]  # what was drawn stays on the page by itself
        taken = [(start, end), *(_place(item)[:2] for item in over)]
        others = [item for item in spans if not any(_meet(item, *place) for place in taken)]
        return self._json(_renamed([*over, *others]))

    def _claims(self, cuts: Sequence[Cut]) -> list[list[Claim] | None]:
        found: list[list[Claim] | None] = []
        for (report, sentences), tags in zip(cuts, self._tagger.tag(cuts), strict=True):
            claims = claims_of(report, sentences, tags, self._registry)
            found += related([(report, claims)], self._registry)  # each by itself: the same whoever asks beside it
        return found

    def _alone(self, task: Any, cut: Cut) -> list[Claim] | None:  # noqa: ANN401
        try:
            return self._claims([cut])[0]
        except Exception as error:
            _log.error("%s cannot be predicted (%s); its prediction is empty", _name(task), type(error).__name__)
            return None

    def _kept(self, task: Any) -> bytes | None:  # noqa: ANN401
        key = _key(task)
        if key in self._made:
            self._made.move_to_end(key)
        return self._made.get(key)

    def _keep(self, task: Any, claims: Sequence[Claim]) -> bytes:  # noqa: ANN401
        made = json.dumps(prediction_of(claims, self.version, bare=_held_out(task))).encode()
        self._made[_key(task)] = made
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        return made

    def _json(self, result: Sequence[Any]) -> bytes:
        return json.dumps({"model_version": self.version, "score": 0.0, "result": result}).encode()


def _data(task: Any) -> Mapping[str, Any]:  # noqa: ANN401
    data = task.get("data") if isinstance(task, dict) else None
    return data if isinstance(data, dict) else {}


def _name(task: Any) -> str:  # noqa: ANN401
    return f"task {task.get('id') if isinstance(task, dict) else '?'}"


def _held_out(task: Any) -> bool:  # noqa: ANN401
    return bool(_data(task).get("held_out"))


def _key(task: Any) -> bytes:  # noqa: ANN401
    return hashlib.sha256(json.dumps(_data(task), sort_keys=True).encode()).digest()


def _cut(task: Any) -> Cut | None:  # noqa: ANN401
    """A task's report and sentences; None where it has no text or no sentence."""
    data = _data(task)
    if not isinstance(data.get("text"), str):
        return None
    # Offsets must stay those of the task, so that a carriage return gives way to a character, not to nothing.
    text = data["text"].replace("\r\n", " \n").replace("\r", "\n")
    about = {name: str(data.get(name) or "") for name in ("title", "outlet", "date", "url")}
    report = report_of({"report": data.get("report") or _name(task), "text": text, **about})
    given = _given(data.get("sentences"), len(text))
    sentences = locate(report, given) if given else list(segment(report).sentences)
    return (report, sentences) if sentences else None


def _given(sentences: Any, length: int) -> list[tuple[int, int]]:  # noqa: ANN401
    """The sentences that a task came with, if they are what push writes: pairs in order, apart, inside the text."""
    if not isinstance(sentences, list):
        return []
    found, last = [], 0
    for pair in sentences:
        if not (isinstance(pair, list) and len(pair) == 2 and all(type(at) is int for at in pair)):
            return []
        if not last <= pair[0] < pair[1] <= length:
            return []
        last = pair[1]
        found.append((pair[0], pair[1]))
    return found


def _drawn(item: Any) -> tuple[int, int, str] | None:  # noqa: ANN401
    """Start, end and label of a region just drawn, if it is a sentence or a span."""
    value = item.get("value") if isinstance(item, dict) else None
    if not isinstance(value, dict) or item.get("from_name") not in ("unit", "span"):
        return None
    start, end, labels = value.get("start"), value.get("end"), value.get("labels")
    if type(start) is not int or type(end) is not int or not isinstance(labels, list) or not labels:
        return None
    return start, end, str(labels[0])


def _shown(task: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every region that the task has in a draft, an annotation or a prediction, which the page opens with."""
    for kind in ("drafts", "annotations", "predictions"):
        for one in task.get(kind) or []:
            result = one.get("result") if isinstance(one, dict) else None
            for item in result if isinstance(result, list) else []:
                if _drawn(item) is not None:
                    yield item


def _place(item: Mapping[str, Any]) -> tuple[int, int, str]:
    return item["value"]["start"], item["value"]["end"], item["value"]["labels"][0]


def _meet(item: Mapping[str, Any], start: int, end: int) -> bool:
    return bool(_place(item)[0] < end and start < _place(item)[1])


def _renamed(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same with fresh region ids; what belonged to one region still does."""
    fresh: dict[str, str] = {}
    return [{**item, "id": fresh.setdefault(item["id"], uuid.uuid4().hex[:10])} for item in items]
