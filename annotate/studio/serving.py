"""``annotate studio serve`` and ``use``: their command lines, and the life of the server."""

from __future__ import annotations

import argparse
import logging
import os
import secrets
import shlex
import signal
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from annotate import assets
from annotate.errors import AnnotateError
from annotate.options import add_server, address, number

if TYPE_CHECKING:
    import uvicorn

    from annotate.studio.pull import Pulled
    from annotate.studio.server import Project, Server
    from annotate.studio.trainer import Trainer
    from annotate.studio.versions import Versions

USER_ENV, PASSWORD_ENV = "ANNOTATE_STUDIO_USER", "ANNOTATE_STUDIO_PASSWORD"
MODELS = Path("studio-models")
_MINE = ("127.0.0.1", "localhost", "::1")
_log = logging.getLogger("annotate.studio")
_SERVE_EXAMPLES = f"""\
environment:
  {PASSWORD_ENV}   the password that Label Studio has to give (choose any; {USER_ENV}: the user, "annotate")
  LABEL_STUDIO_API_KEY       the token with which annotations are fetched

Training needs train.py and seeds/, which stand in a checkout and not in an installed package (--train says where), and
the extra `train`. Without --project the server only predicts.

examples:
  annotate studio serve --project "Week 12"                 predictions, and training from the button in Label Studio
  annotate studio serve --project "Week 12" --every 50      trains by itself when 50 annotations are new
  annotate studio serve --project 12 --models old/models --train-options "--epochs 2"
"""
_USE_EXAMPLES = """\
examples:
  annotate studio use              which versions there are
  annotate studio use v002         predict with this one; a running server follows
"""


def add(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``serve`` and ``use`` to the subcommands of ``annotate studio``."""
    _add_serve(kinds)
    use = kinds.add_parser(
        "use",
        help="choose the version that annotate studio serve predicts with",
        description="Choose the version that annotate studio serve predicts with; without VERSION, list them.",
        epilog=_USE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    use.add_argument("version", nargs="?", metavar="VERSION", help="its name, or what Label Studio calls it")
    _add_models(use)
    use.set_defaults(run=_use)


def _add_serve(kinds: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    serve = kinds.add_parser(
        "serve",
        help="predict for Label Studio, and learn from its annotators",
        description="Be the model behind a Label Studio project: label reports as they are opened, learn from what was "
        "annotated in the background, and change to the new model when it is not worse.",
        epilog=_SERVE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = serve.add_argument
    add("--project", metavar="TITLE", help="register as the model of this project (title or number), and learn from it")
    add_server(serve)
    add("--every", type=number(100_000), default=0, metavar="N", help="train when N annotations are new")
    add("--host", default="127.0.0.1", help="address to listen at (default: %(default)s, this machine alone)")
    add("--port", type=number(65_535), default=9090, metavar="N", help="default: %(default)s")
    add("--address", type=address, metavar="URL", help="where Label Studio finds this server (default: host and port)")
    _add_models(serve)
    add("--train", type=Path, default=assets.TRAIN, metavar="FILE", help="train.py (default: that of this checkout)")
    add("--train-options", type=shlex.split, default=[], metavar="WORDS", help="options handed on to train.py")
    add("--no-train", action="store_true", help="never train")
    add("--limit", type=number(1024), default=32, metavar="MB", help="largest request taken (default: %(default)s)")
    serve.set_defaults(run=_serve)


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--models", type=Path, default=MODELS, metavar="DIR", help="folder of the versions (default: %(default)s)"
    )
    parser.add_argument(
        "--model",
        type=Path,
        default=assets.MODEL,
        metavar="DIR",
        help="model to begin with (default: the shipped one)",
    )


def _use(options: argparse.Namespace) -> int:
    from annotate.studio.versions import Versions

    versions = Versions(options.models, options.model)
    if options.version is None:
        current = versions.current()
        for name in versions.names():
            print(f"{'*' if name == current else ' '} {name:12} {versions.id(name)}")
    else:
        print(f"{versions.use(options.version)} is used from now on")
    return 0


def _serve(options: argparse.Namespace) -> int:
    try:
        import starlette  # noqa: F401
        import uvicorn
    except ImportError as error:
        raise AnnotateError("serving needs starlette and uvicorn: pip install 'annotate[studio]'") from error
    from annotate.studio.serve import SECRET, App, Gate, Served
    from annotate.studio.server import Server
    from annotate.studio.versions import Versions
    from annotate.write import check

    user, password = credentials(os.environ)
    check(options.models)
    server = project = trainer = None
    if options.project is not None:
        server = Server.named(options.url, options.token_env)
        project = server.find(options.project)
    listening = _listen(options.host, options.port)
    logging.basicConfig(format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    _log.setLevel(logging.INFO)
    versions = Versions(options.models, options.model)
    served = Served(versions)
    if server is not None and project is not None and not options.no_train:
        trainer = _trainer(options, versions, server, project)
        trainer.changed = served.follow
    secret = secrets.token_urlsafe(32)
    here = options.address or f"http://{f'[{options.host}]' if ':' in options.host else options.host}:{options.port}"

    def register() -> None:
        _log.info("%s is served at %s, %s", served.predictor.version, here, _about(trainer))
        if options.host not in _MINE:
            _log.warning("other machines can reach this; what they send and get, passwords too, is not encrypted")
        if server is not None and project is not None:
            server.hook(project, f"{here.rstrip('/')}/webhook", {SECRET: secret})
            server.connect(project, here, user, password)
            _log.info("it is the model of %r, %s", project.title, server.address(project))

    app = App(served, Gate(user, password, secret), trainer, options.limit << 20).starlette()
    config = uvicorn.Config(
        app, log_config=None, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=10
    )
    try:
        _run(uvicorn.Server(config), listening, register)
    finally:
        if server is not None and project is not None:
            _leave(server, project, served.predictor.version)
    return 0


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except OSError as error:
        raise AnnotateError(f"{host}:{port}: cannot listen there ({error.strerror}); --port names another") from error


def _run(running: uvicorn.Server, listening: socket.socket, when_up: Callable[[], None]) -> None:
    """Serve until told to stop; ``when_up`` is called beside it once it answers, and ends it by an AnnotateError."""
    failed: list[AnnotateError] = []

    def wait() -> None:
        pause = threading.Event()
        while not running.started:
            if running.should_exit or pause.wait(0.05):
                return
        try:
            when_up()
        except AnnotateError as error:
            failed.append(error)
            running.should_exit = True

    threading.Thread(target=wait, daemon=True).start()
    # Once it has shut down, uvicorn raises the signal again; then this process has things to do still.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        running.run([listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listening.close()
    if failed:
        raise failed[0]


def credentials(environment: Mapping[str, str]) -> tuple[str, str]:
    """User and password that Label Studio has to give.

    Raises:
        AnnotateError: there is no password, or one that HTTP cannot carry.
    """
    user, password = environment.get(USER_ENV, "") or "annotate", environment.get(PASSWORD_ENV, "")
    if not password:
        raise AnnotateError(f"{PASSWORD_ENV} is not set: put a password there, any, which Label Studio is to give")
    for name, value in ((USER_ENV, user), (PASSWORD_ENV, password)):
        if not (value.isascii() and value.isprintable()):
            raise AnnotateError(f"{name}: only the letters and signs of ASCII can be used")
    if ":" in user:
        raise AnnotateError(f"{USER_ENV}: no colon can be in it")
    return user, password


def _trainer(options: argparse.Namespace, versions: Versions, server: Server, project: Project) -> Trainer:
    from annotate.studio.pull import checked
    from annotate.studio.trainer import Trainer, train_command

    def export() -> Pulled:
        return checked(server.export(project))

    secret = {options.token_env, USER_ENV, PASSWORD_ENV}
    environment = {name: value for name, value in os.environ.items() if name not in secret}
    command = train_command(options.train, options.train_options)
    return Trainer(versions, export, command, every=options.every, environment=environment)


def _leave(server: Server, project: Project, version: str) -> None:
    """Have tasks open with the predictions that are there, since none is fetched any more."""
    failed: AnnotateError | None = None
    for shown in dict.fromkeys((version, project.model_version)):  # refused where none of a version is there
        try:
            server.show_version(project, shown)
            return
        except AnnotateError as error:
            failed = error
    _log.warning("tasks will open without predictions: %s", failed)


def _about(trainer: Trainer | None) -> str:
    if trainer is None:
        return "without training"
    return f"trains every {trainer.every} annotations" if trainer.every else "trains when told to"
