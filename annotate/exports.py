"""Label Studio exports -> tasks, and the annotations of each that count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from annotate.errors import AnnotateError

UNKNOWN = "unknown"  # an annotator whom the export does not name

Task = dict[str, Any]


def tasks_of(path: Path) -> list[Task]:
    """The tasks of an export.

    Raises:
        AnnotateError: the file cannot be read or is no export; names the file.
    """
    try:
        tasks = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise AnnotateError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise AnnotateError(f"{path}: not UTF-8") from error
    except json.JSONDecodeError as error:
        raise AnnotateError(f"{path}:{error.lineno}: not JSON ({error.msg})") from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) and "data" in task for task in tasks):
        raise AnnotateError(f"{path}: not a Label Studio export (a list of tasks with 'data')")
    return tasks


def counted(task: Task) -> list[dict[str, Any]]:
    """The annotations that count, the latest last: not the skipped ones, and where some are ground truth, only they."""
    found = given(task)
    return [a for a in found if a.get("ground_truth")] or found


def given(task: Task) -> list[dict[str, Any]]:
    """All annotations but the skipped ones, the latest last."""
    found = [a for a in task.get("annotations") or [] if not a.get("was_cancelled")]
    return sorted(found, key=lambda a: str(a.get("updated_at") or a.get("created_at") or ""))


def annotator(annotation: dict[str, Any]) -> str:
    """Who annotated: an export has his number, or an object about him; nothing where that was taken out."""
    who = annotation.get("completed_by")
    if isinstance(who, dict):
        who = who.get("email") or who.get("id")
    return UNKNOWN if who is None else str(who)
