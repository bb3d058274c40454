"""The only door to Label Studio: projects, tasks, predictions and exports of one server.

Whatever goes wrong is an AnnotateError of one line in which no token ever stands.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from annotate.errors import AnnotateError

URL = "http://localhost:8080"
URL_ENV, TOKEN_ENV = "LABEL_STUDIO_URL", "LABEL_STUDIO_API_KEY"
_WANTED = "id,data,is_labeled,predictions_model_versions"  # of a task: its predictions whole would be ten times as much
BACKEND = "annotate"  # our model server: a project that shows this version shows what the server predicts
_HOOKED = ["ANNOTATION_CREATED", "ANNOTATION_UPDATED", "ANNOTATIONS_DELETED"]
_BLOCKED = "reserved network address"  # how the server puts it that it may not call an address
PATIENCE = 120.0  # seconds for one request: a bulk import of long reports takes some


class Unreachable(AnnotateError):
    """The server does not answer, or no longer: what was asked may or may not have been done."""


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it is on the server."""

    id: int
    title: str
    config: str
    model_version: str


@dataclass(frozen=True, slots=True)
class Held:
    """A task that the server has: its data, the versions that predicted it, and whether it is labelled in full."""

    id: int
    data: Mapping[str, Any]
    versions: frozenset[str]
    labelled: bool


class Server:
    """A Label Studio server and the token that opens it."""

    def __init__(self, url: str, token: str, *, timeout: float = PATIENCE) -> None:
        try:
            from label_studio_sdk import LabelStudio
        except ImportError as error:
            raise AnnotateError("Label Studio needs its SDK: pip install 'annotate[studio]'") from error
        self.url = url.rstrip("/")
        if not self.url.startswith(("http://", "https://")):
            raise AnnotateError(f"{self.url}: no address of a server (write it as {URL})")
        self._token = token
        with self._told():
            # No retries in there: they would import the same tasks again when only the answer was lost.
            self._api: Any = LabelStudio(base_url=self.url, api_key=token, timeout=timeout, max_retries=0)  # type: ignore[no-untyped-call]

    @classmethod
    def named(cls, url: str | None = None, token_env: str = TOKEN_ENV) -> Server:
        """The server that the user means: by option or environment; the token only ever from the environment."""
        token = os.environ.get(token_env, "").strip()
        if not token:
            raise AnnotateError(
                f"{token_env} is not set: put a Label Studio access token there (Account & Settings, Access Tokens)"
            )
        if not (token.isascii() and token.isprintable()):
            raise AnnotateError(f"{token_env} holds no access token: it has characters that none has")
        return cls(url or os.environ.get(URL_ENV) or URL, token)

    def project(self, title: str) -> Project | None:
        """The project with exactly this title, if there is one; two of one title are an error."""
        with self._told():
            found = [p for p in self._api.projects.list(title=title, page_size=100) if p.title == title]
        if len(found) > 1:
            raise AnnotateError(f"{self.url}: {len(found)} projects are called {title!r}; rename all but one")
        return _project(found[0]) if found else None

    def find(self, which: str) -> Project:
        """The project of this title, else of this number.

        Raises:
            AnnotateError: there is none.
        """
        if (found := self.project(which)) is not None:
            return found
        if which.isdecimal():
            try:
                with self._told():
                    return _project(self._api.projects.get(int(which)))
            except Unreachable:
                raise
            except AnnotateError:  # none of this number
                pass
        raise AnnotateError(f"{self.url}: no project is called {which!r}")

    def create_project(self, title: str, config: str) -> Project:
        """Make a project whose tasks open with their predictions filled in, one after another in the order pushed."""
        if not 3 <= len(title) <= 50:
            raise AnnotateError(f"{title!r}: a Label Studio project's title has 3 to 50 characters")
        with self._told():
            made = self._api.projects.create(
                title=title, label_config=config, show_collab_predictions=True, sampling="Sequential sampling",
                evaluate_predictions_automatically=False,
            )  # fmt: skip
            return _project(made)

    def ready(self, title: str, config: str, annotators: int | None) -> Project:
        """The project of this title, made where there is none, with this labelling interface.

        ``annotators``: how many are to label each task; None leaves that as it is (one, in a new project).
        """
        project = self.project(title) or self.create_project(title, config)
        if project.config.strip() != config:
            self.configure(project, config)
        if annotators is not None:
            self.overlap(project, annotators)
        return project

    def configure(self, project: Project, config: str) -> None:
        """Give the project another labelling interface; the server refuses one that drops a control in use."""
        with self._told():
            self._api.projects.update(project.id, label_config=config)

    def overlap(self, project: Project, annotators: int) -> None:
        """Have so many annotators label each task."""
        with self._told():
            self._api.projects.update(project.id, maximum_annotations=annotators)

    def show_version(self, project: Project, version: str) -> None:
        """Choose the model version whose predictions fill in the tasks."""
        with self._told():
            self._api.projects.update(project.id, model_version=version)

    def tasks(self, project: Project) -> Iterator[Held]:
        """Every task of the project, in order of their ids."""
        with self._told():
            for task in self._api.tasks.list(project=project.id, include=_WANTED, page_size=100):
                versions = frozenset(filter(None, str(task.predictions_model_versions or "").split(",")))
                yield Held(int(task.id), dict(task.data or {}), versions, bool(task.is_labeled))

    def add(self, project: Project, tasks: Sequence[Mapping[str, Any]]) -> None:
        """Import tasks with their predictions, all in one request."""
        with self._told():
            self._api.projects.import_tasks(project.id, request=list(tasks))

    def predict(self, project: Project, predictions: Sequence[Mapping[str, Any]]) -> None:
        """Import predictions of tasks that are there (``task`` names each), all in one request."""
        with self._told():
            self._api.projects.import_predictions(project.id, request=list(predictions))

    def export(self, project: Project) -> list[dict[str, Any]]:
        """Every task that somebody has annotated, as Label Studio's JSON export has it."""
        with self._told():
            parts = self._api.projects.exports.download_sync(project.id, export_type="JSON")
            try:
                tasks = json.loads(b"".join(parts))
            except ValueError as error:
                raise AnnotateError(f"{self.url}: the export of {project.title!r} is no JSON") from error
        if not isinstance(tasks, list):
            raise AnnotateError(f"{self.url}: the export of {project.title!r} is no list of tasks")
        return tasks

    def connect(self, project: Project, address: str, user: str, password: str) -> None:
        """Make our model server, which must be up, the project's; however often that is done, it is there once."""
        about = {
            "project": project.id, "url": address, "title": BACKEND, "description": "annotate studio serve",
            "is_interactive": True, "auth_method": "BASIC_AUTH", "basic_auth_user": user, "basic_auth_pass": password,
        }  # fmt: skip
        with self._told():
            there = [b for b in self._api.ml.list(project=project.id) if b.url == address or b.title == BACKEND]
            if there:
                self._api.ml.update(there[0].id, **about)
            else:
                self._api.ml.create(**about)
            for double in there[1:]:
                self._api.ml.delete(double.id)
        self.show_version(project, BACKEND)

    def hook(self, project: Project, address: str, headers: Mapping[str, str]) -> None:
        """Have changes of annotations told to this address with these headers, and without what was changed.

        Done before ``connect``, it is also what keeps the server from making a webhook of its own, without headers.
        """
        about = {
            "url": address, "headers": dict(headers), "actions": _HOOKED, "send_for_all_actions": False,
            "send_payload": False, "is_active": True,
        }  # fmt: skip
        with self._told():
            every = self._api.webhooks.list(project=str(project.id))
            there = [w for w in every if w.url == address or set(headers) & set(w.headers or ())]
            if there:
                self._api.webhooks.update(there[0].id, **about)
            else:
                self._api.webhooks.create(project=project.id, **about)
            for double in there[1:]:
                self._api.webhooks.delete(double.id)

    def address(self, project: Project, task: int | None = None) -> str:
        """Where a browser finds the project, or one task of it."""
        return f"{self.url}/projects/{project.id}/data" + ("" if task is None else f"?task={task}")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the SDK raises into one line for the user."""
        import httpx
        from label_studio_sdk.core.api_error import ApiError

        try:
            yield
        except ApiError as error:
            raise AnnotateError(self._line(error.status_code, error.body)) from None  # the cause may hold the token
        except (httpx.ReadTimeout, httpx.WriteTimeout):
            # Not unreachable: it may still be at work on what was asked, so that nothing is to be asked again.
            raise AnnotateError(f"{self.url}: no answer within {PATIENCE:.0f} seconds; try again later") from None
        except httpx.TransportError as error:
            raise Unreachable(f"{self.url}: no Label Studio answers there ({type(error).__name__})") from None
        except httpx.HTTPError as error:
            raise AnnotateError(f"{self.url}: {type(error).__name__}") from None
        except (httpx.InvalidURL, UnicodeError):
            raise AnnotateError(f"{self.url}: no address of a server") from None
        except ValueError as error:  # the SDK reads JSON where another server sends a page
            if isinstance(error, AnnotateError):
                raise
            raise AnnotateError(f"{self.url}: something else than Label Studio answers there") from None

    def _line(self, status: int | None, body: object) -> str:
        if status == 403 and _BLOCKED in str(body):
            return (
                f"{self.url}: Label Studio may not call the address of annotate studio serve, since it blocks its own "
                "machine and network; start it with make studio, or set LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS=false "
                "and LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS as `annotate studio start` does"
            )
        if status in (401, 403):
            return (
                f"{self.url}: the access token is refused (HTTP {status}); make a personal access token "
                "under Account & Settings, or have legacy tokens allowed for the organization"
            )
        if isinstance(body, dict):
            body = body.get("validation_errors") or body.get("detail") or body
        words = " ".join(str(body).split()).replace(self._token, "…")
        if status == 404 or "<html" in words.lower():
            words = "something else than Label Studio answers there, or the page is gone"
        return f"{self.url}: HTTP {status}: {words[:300]}"


def _project(found: Any) -> Project:  # noqa: ANN401 (a class of its own for every request)
    """The SDK has a class of its own for every request that answers with a project."""
    told = {name: getattr(found, name, None) or "" for name in ("title", "label_config", "model_version")}
    return Project(int(found.id), *map(str, told.values()))
