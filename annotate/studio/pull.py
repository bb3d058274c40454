"""A Label Studio project's annotations -> an export that train.py and the evaluation read, checked region by region."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError
from annotate.gold import read_exports
from annotate.studio.mend import mend
from annotate.studio.server import Server
from annotate.write import whole

_TASK = ("id", "inner_id", "project", "data")
_ANNOTATION = (
    "id", "unique_id", "completed_by", "ground_truth", "created_at", "updated_at", "lead_time", "parent_prediction",
)  # fmt: skip


@dataclass(slots=True)
class Pulled:
    """What came back: the tasks as they are written, and a line for all that was changed, dropped or refused."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    skipped: int = 0
    mended: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def tasks_of(self, held_out: bool | None = None) -> list[dict[str, Any]]:
        """Only those held out from labelling beforehand, only the others, or all."""
        return [task for task in self.tasks if held_out in (None, bool(task["data"].get("held_out")))]


def pull(server: Server, title: str) -> Pulled:
    """Fetch every submitted annotation of the project with this title.

    Raises:
        AnnotateError: there is no such project, or the server does not let us.
    """
    project = server.project(title)
    if project is None:
        raise AnnotateError(f"{server.url}: no project is called {title!r}")
    return checked(server.export(project))


def checked(exported: Sequence[Any]) -> Pulled:
    """An export without drafts, predictions and skipped tasks, and with nothing in it that breaks the codebook."""
    pulled = Pulled()
    for task in exported:
        data = task.get("data") if isinstance(task, dict) else None
        where = f"task {task.get('id') if isinstance(task, dict) else '?'}"
        if not isinstance(data, dict) or not isinstance(data.get("text"), str):
            pulled.refused.append(f"{where}: no report of ours (it has no text)")
            continue
        if data.get("report"):
            where += f" (report {data['report']})"
        annotations = []
        for annotation in task.get("annotations") or []:
            if annotation.get("was_cancelled"):
                pulled.skipped += 1
            elif (kept := _annotation(where, data, annotation, pulled)) is not None:
                annotations.append(kept)
        if annotations:
            pulled.tasks.append({name: task[name] for name in _TASK if name in task} | {"annotations": annotations})
    return pulled


def save(tasks: Sequence[dict[str, Any]], out: Path) -> None:
    """Write an export once training's own reader has read it; the file appears whole or not at all.

    Raises:
        AnnotateError: the file cannot be written.
    """
    text = json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"
    try:
        with tempfile.TemporaryDirectory() as folder:
            trial = Path(folder) / out.name
            trial.write_text(text, encoding="utf-8")
            read_exports([trial])
        out.parent.mkdir(parents=True, exist_ok=True)
        with whole(out) as file:
            file.write(text)
    except OSError as error:
        raise AnnotateError(f"{out}: cannot be written ({error.strerror})") from error


def _annotation(where: str, data: dict[str, Any], annotation: dict[str, Any], pulled: Pulled) -> dict[str, Any] | None:
    found = mend(data["text"], data.get("sentences") or [], annotation.get("result") or [])
    where = f"{where}, annotation {annotation.get('id')}"
    pulled.mended += [f"{where}: {line}" for line in found.mended]
    pulled.dropped += [f"{where}: {line}" for line in found.dropped]
    pulled.refused += [f"{where}: {line}" for line in found.refused]
    if found.result is None:
        return None
    return {name: annotation[name] for name in _ANNOTATION if name in annotation} | {"result": found.result}
