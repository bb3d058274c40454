"""The model behind Label Studio: health, setup, predict, versions and webhook, as Label Studio 1.23 calls them.

Whoever asks must know the user and the password; only the webhook takes anybody's word, as a hint to look. Bodies hold
tokens, so that none is ever logged.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
import logging
import re
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from annotate.errors import AnnotateError
from annotate.studio.predict import Predictor
from annotate.studio.trainer import Trainer
from annotate.studio.versions import Versions

SECRET = "X-Annotate-Secret"  # the header of our own webhook
LIMIT = 32 << 20  # bytes of a request: all tasks of a project may come in one
AT_ONCE = 8  # reports predicted at a time: an annotator who opens one waits no longer than that for a long request
_CONTROLS = ("unit", "claim_type", "stance", "assertion", "speaker", "span")
_CHANGES = ("ANNOTATION_CREATED", "ANNOTATIONS_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED")
_log = logging.getLogger("annotate.studio")


class Gate:
    """Who may ask: user and password by basic authentication, and the secret that our own webhook brings."""

    def __init__(self, user: str, password: str, secret: str) -> None:
        self._basic = b"Basic " + base64.b64encode(f"{user}:{password}".encode())
        self._secret = secret.encode()

    def knows(self, request: Request) -> bool:
        """Whether it brings user and password; takes as long for a wrong one that is nearly right."""
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), self._basic)

    def is_hook(self, request: Request) -> bool:
        """Whether it is our own webhook."""
        return hmac.compare_digest(request.headers.get(SECRET, "").encode(), self._secret)


class Served:
    """The predictor of the version in use; follows when another is put in use."""

    def __init__(self, versions: Versions, opening: Callable[[str], Predictor] | None = None) -> None:
        """Open the version in use.

        Raises:
            AnnotateError: it cannot be opened.
        """
        self.versions = versions
        self._open = opening or (lambda name: Predictor.open(versions.path(name), versions.id(name)))
        self._lock = threading.Lock()
        self._refused: str | None = None
        self.name = versions.current()
        self.predictor = self._open(self.name)

    def behind(self) -> bool:
        """Whether another version was put in use; quick."""
        try:
            name = self.versions.current()
        except AnnotateError as error:
            if self._refused != str(error):
                _log.error("%s; %s is served still", error, self.name)
            self._refused = str(error)
            return False
        return name not in (self.name, self._refused)

    def follow(self) -> None:
        """Open the version in use; what is served stays as it is where that fails."""
        with self._lock:
            if not self.behind():
                return
            name = self.versions.current()
            try:
                self.predictor, self.name, self._refused = self._open(name), name, None
                _log.info("%s is served now", self.predictor.version)
            except AnnotateError as error:
                self._refused = name
                _log.error("%s cannot be served: %s; %s is served still", name, error, self.name)


Handler = Callable[[Request], Awaitable[Response]]


class App:
    """What the routes do."""

    def __init__(self, served: Served, gate: Gate, trainer: Trainer | None, limit: int = LIMIT) -> None:
        self.served, self.gate, self.trainer, self.limit = served, gate, trainer, limit
        self._predicting = asyncio.Lock()

    def starlette(self) -> Starlette:
        """The ASGI application; its end ends a training."""
        return Starlette(
            routes=[
                Route("/", self._known(self.health)),
                Route("/health", self._known(self.health)),
                Route("/setup", self._known(self.setup), methods=["POST"]),
                Route("/predict", self._known(self.predict), methods=["POST"]),
                Route("/versions", self._known(self.versions)),
                Route("/status", self._known(self.status)),
                Route("/webhook", _safe(self.webhook), methods=["POST"]),
            ],
            lifespan=self._lifespan,
            exception_handlers={HTTPException: _told},
        )

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        if self.trainer is not None:
            self.trainer.begin()
        try:
            yield
        finally:
            if self.trainer is not None:
                await asyncio.to_thread(self.trainer.stop)

    def _known(self, handler: Handler) -> Handler:
        """Only for those who bring user and password."""

        async def guarded(request: Request) -> Response:
            if not self.gate.knows(request):
                raise HTTPException(401, "user or password is wrong", {"WWW-Authenticate": "Basic"})
            self._follow()
            return await handler(request)

        return _safe(guarded)

    def _follow(self) -> None:
        """Have another version opened beside the requests."""
        if self.served.behind():
            threading.Thread(target=self.served.follow, daemon=True).start()

    async def health(self, _: Request) -> Response:
        """That we are here."""
        return JSONResponse({"status": "UP", "model_class": "annotate"})

    async def setup(self, request: Request) -> Response:
        """Which version predicts; refused where a project has other controls than ours."""
        body = await self._json(request)
        schema = str(body.get("schema") or "")
        missing = [name for name in _CONTROLS if not re.search(rf"""\bname\s*=\s*["']{name}["']""", schema)]
        if missing:
            told = f"the labelling interface has no {', '.join(missing)}; give the project that of label_config.xml"
            _log.error("project %s: %s", _number_of(body.get("project")), told)
            raise HTTPException(400, told)
        return JSONResponse({"model_version": self.served.predictor.version})

    async def predict(self, request: Request) -> Response:
        """One prediction a task, or suggestions beside the region that is being drawn in one."""
        body = await self._json(request)
        tasks, params = body.get("tasks"), body.get("params")
        if not isinstance(tasks, list):
            raise HTTPException(400, "there is no list of tasks")
        context = params.get("context") if isinstance(params, dict) else None
        drawn = context.get("result") if isinstance(context, dict) else None
        predictor = self.served.predictor
        found: list[bytes] = []
        if isinstance(drawn, list) and len(tasks) == 1:
            found.append(await self._working(lambda: predictor.suggest(tasks[0], drawn)))
        else:
            for begin in range(0, len(tasks), AT_ONCE):
                some = tasks[begin : begin + AT_ONCE]
                found += await self._working(lambda some=some: predictor.predict(some))  # type: ignore[misc]
        version = json.dumps(predictor.version).encode()
        content = b'{"model_version":' + version + b',"results":[' + b",".join(found) + b"]}"
        return Response(content, media_type="application/json")

    async def versions(self, _: Request) -> Response:
        """All versions; which one is used is chosen with ``annotate studio use``."""
        return JSONResponse({"versions": await asyncio.to_thread(self.served.versions.ids)})

    async def status(self, _: Request) -> Response:
        """What is served, what training does, and how the last one ended."""
        training = self.trainer.status() if self.trainer is not None else None
        return JSONResponse({"version": self.served.predictor.version, "name": self.served.name, "training": training})

    async def webhook(self, request: Request) -> Response:
        """Start a training for those who may; from anybody else, and for any change, only look at the project."""
        known, ours = self.gate.knows(request), self.gate.is_hook(request)
        if not (known or ours):
            await self._body(request)
            self._hint()
            return JSONResponse({"status": "noted"})
        action = (await self._json(request)).get("action")
        if action == "START_TRAINING":
            if self.trainer is None:
                raise HTTPException(409, "this server does not train: it was started without --project or training")
            started = self.trainer.start()
            return JSONResponse({"status": "started" if started else "running already"}, 201 if started else 200)
        if action in _CHANGES:
            self._hint()
        return JSONResponse({"status": "noted"})

    def _hint(self) -> None:
        if self.trainer is not None:
            self.trainer.hint()

    async def _working(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401
        """The model in a thread, one piece of work at a time, in the order asked."""
        async with self._predicting:
            return await asyncio.to_thread(work)

    async def _body(self, request: Request) -> bytes:
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > self.limit:
                _log.error("%s: a request of over %d MB is refused", request.url.path, self.limit >> 20)
                raise HTTPException(413, f"more than {self.limit >> 20} MB; ask for fewer reports at once")
            parts.append(part)
        return b"".join(parts)

    async def _json(self, request: Request) -> dict[str, Any]:
        try:
            body = json.loads(await self._body(request))
        except (ValueError, RecursionError):
            raise HTTPException(400, "no JSON") from None
        if not isinstance(body, dict):
            raise HTTPException(400, "no JSON object")
        return body


def _number_of(project: object) -> str:
    """Label Studio names a project by its number and a time."""
    match = re.match(r"\d{1,9}", str(project))
    return match[0] if match else "?"


def _safe(handler: Handler) -> Handler:
    """An error inside is told by its kind alone, since its message may quote what was sent."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except HTTPException:
            raise
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as error:
            _log.error("%s failed (%s)", request.url.path, type(error).__name__)
            raise HTTPException(500, "an error inside; the log has its kind") from None

    return guarded


async def _told(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)
