"""A model server without Label Studio, and with something plain in place of its model."""

import asyncio
import base64
import json
import shutil
import time

import httpx

from annotate import assets
from annotate.document import Span, Tags
from annotate.labels import ASSERTIONS, STANCES, TYPES
from annotate.registry import Registry
from annotate.studio.predict import Predictor
from annotate.studio.serve import Served

TEXT = "The army shelled the ford. Residents said that bread ran out."
CONFIG = assets.LABEL_CONFIG.read_text(encoding="utf-8")
PASSWORD, HOOK, TOKEN = "a long password", "the hook's secret", "0123456789abcdef0123456789abcdef"
KNOWN = {"Authorization": "Basic " + base64.b64encode(f"annotate:{PASSWORD}".encode()).decode()}
REGISTRY = Registry.load()


class Plain:
    """In place of a model: everything is an attack that the ministry denies, and the first word is the source."""

    def __init__(self, breaks_on="\0"):
        self.breaks_on, self.seen = breaks_on, 0

    def tag(self, reports):
        for report, sentences in reports:
            self.seen += 1
            if self.breaks_on in report.text:
                raise RuntimeError(report.text)
            yield tuple(self.tags(sentence) for sentence in sentences)

    def tags(self, sentence):
        word = sentence.text.split()[0]
        return Tags(
            types=("attack",),
            stance="official",
            assertion="denies",
            type_scores={label: 0.9 if label == "attack" else 0.1 for label in TYPES},
            stance_scores={label: float(label == "official") for label in STANCES},
            assertion_scores={label: float(label == "denies") for label in ASSERTIONS},
            continues=0.0,
            sources=(Span(sentence.start, sentence.start + len(word), word),),
        )


def served(versions, tagger=None):
    return Served(versions, lambda name: Predictor(f"{name}-id", tagger or Plain(), REGISTRY))


def ask(app, path, body=None, headers=KNOWN, content=None):
    async def go():
        transport = httpx.ASGITransport(app.starlette())
        async with httpx.AsyncClient(transport=transport, base_url="http://here", headers=headers) as client:
            if body is None and content is None:
                return await client.get(path)
            return await client.post(path, content=content if content is not None else json.dumps(body))

    return asyncio.run(go())


def copy(versions, name):
    """The shipped model as another version."""
    shutil.copytree(assets.MODEL, versions.folder / name)


def until(done, seconds=60):
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end
        time.sleep(0.02)
