"""Labels kept apart from texts that may not be passed on: an export without its words, and the way back.

    python -m annotate.standoff seeds/standoff.jsonl.gz fakes.csv pages/ --text-key article_content -o more.json

Each paragraph stands as its digest; whoever has the texts, in any form that ``annotate tag`` reads, gets the Label
Studio export back of all reports whose paragraphs are among them.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from annotate.document import Report
from annotate.errors import AnnotateError
from annotate.read import read

Task = dict[str, Any]


def stripped(task: Task) -> Task:
    """A task without a word of its text: ``data.parts`` has blanks and paragraph digests by turns."""
    data = {key: value for key, value in task["data"].items() if key not in ("text", "title")}
    parts = [_digest(part) if part.strip() else part for part in _parts(task["data"]["text"])]
    result = []
    for item in task["annotations"][0]["result"]:
        own = item.get("value", {}).get("text")
        if isinstance(own, str):  # the region's words; a list is what the annotator wrote himself
            item = {**item, "value": {key: value for key, value in item["value"].items() if key != "text"}}
        result.append(item)
    return {"data": {**data, "parts": parts}, "annotations": [{"result": result}]}


def joined(tasks: Iterable[Task], texts: Iterable[str]) -> Iterator[Task]:
    """The tasks whose paragraphs all stand in ``texts``, with their words."""
    known = {_digest(part): part for text in texts for part in _parts(text) if part.strip()}
    for task in tasks:
        data = dict(task["data"])
        parts = data.pop("parts")
        if any(part.strip() and part not in known for part in parts):
            continue
        data["text"] = "".join(known[part] if part.strip() else part for part in parts)
        yield {"data": data, "annotations": task["annotations"]}


def _parts(text: str) -> list[str]:
    """Paragraphs without the blanks at their ends, and those blanks with the line breaks, in order."""
    return [part for part in re.split(r"(^\s+|\s*\n\s*|\s+$)", text) if part]


def _digest(paragraph: str) -> str:
    return hashlib.blake2b(paragraph.encode(), digest_size=12).hexdigest()


def main() -> int:
    """Put words and labels together again; exit status 2 where a report's text was not given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labels", type=Path)
    parser.add_argument("texts", nargs="+", type=Path)
    parser.add_argument("--text-key", help="column or key that holds the text")
    parser.add_argument("-o", "--out", type=Path, required=True)
    options = parser.parse_args()
    try:
        raw = options.labels.read_bytes()
        lines = gzip.decompress(raw) if options.labels.suffix == ".gz" else raw
        tasks = [json.loads(line) for line in lines.decode("utf-8").splitlines()]
        reports = read(options.texts, text_key=options.text_key)
        found = list(joined(tasks, (one.text for one in reports if isinstance(one, Report))))
        options.out.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    except (OSError, ValueError, AnnotateError) as error:
        print(f"annotate: {error}", file=sys.stderr)
        return 2
    print(f"{len(found)} of {len(tasks)} reports found")
    return 0 if len(found) == len(tasks) else 2


if __name__ == "__main__":
    sys.exit(main())
