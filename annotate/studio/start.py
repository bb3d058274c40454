"""Label Studio for annotators on this machine: heard by nobody else, and telling nobody.

The first start makes its user, password and access token; they are kept in the data folder, in files that only the
owner can read.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from annotate import assets
from annotate.errors import AnnotateError

VERSION = "1.23.2"
HOW = (
    "no Label Studio here; it is installed (1 GB) by make .studio/ready, or by pip install "
    f"label-studio=={VERSION} in a virtual environment of its own that ANNOTATE_STUDIO names"
)
USER = "annotator@example.org"
PATIENCE = 600  # seconds for the first start, which makes the tables of its database: 25 where nothing else runs

# Label Studio asks no reserved address for a model's predictions (block against forged requests): its own list, less
# 127.0.0.0/8, where `annotate studio serve` is.
BANNED = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16
198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 233.252.0.0/24 240.0.0.0/4 255.255.255.255/32 ::/128 ::1/128
::ffff:0:0/96 ::ffff:0:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001:0000::/32 2001:20::/28 2001:db8::/32 2002::/16
fc00::/7 fe80::/10 ff00::/8
""".split()


def program() -> Path:
    """The installed Label Studio: in the virtual environment that ANNOTATE_STUDIO names, else in .studio."""
    return Path(os.environ.get("ANNOTATE_STUDIO") or assets.STUDIO) / "bin" / "label-studio"


def settings(data: Path) -> dict[str, str]:
    """The environment of a server that keeps all it has in ``data`` and sends nothing anywhere."""
    return {
        "HOME": str(data / "home"),
        "XDG_CONFIG_HOME": str(data / "home"),
        "XDG_DATA_HOME": str(data / "home"),
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "LABEL_STUDIO_HOST": "",  # its pages then work at whatever address they were asked for
        # Its user, made on the first start. Nobody signs up without an invitation.
        "LABEL_STUDIO_USERNAME": USER,
        "LABEL_STUDIO_PASSWORD": kept(data / "password", lambda: secrets.token_urlsafe(12)),
        "LABEL_STUDIO_USER_TOKEN": kept(data / "token", lambda: secrets.token_hex(20)),
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        # Nothing leaves the machine. The two addresses must be empty: unset means those of its makers.
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "FEATURE_FLAGS_OFFLINE": "true",
        "LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS": "false",
        "LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS": ",".join(BANNED),
    }


def kept(path: Path, make: Callable[[], str]) -> str:
    """The secret in this file, which is made, readable by its owner alone, where there is none."""
    if not path.exists():
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(make() + "\n")
    return path.read_text(encoding="ascii").strip()


@contextmanager
def running(data: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A server that answers; it is stopped at the end. Its messages go to ``data/log``.

    Raises:
        AnnotateError: it cannot be started, the port or the folder is in use, or it did not answer in time.
    """
    if not program().exists():
        raise AnnotateError(HOW)
    (data / "home").mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # two that make the same tables would spoil the database
        except BlockingIOError as error:
            raise AnnotateError(f"a Label Studio that keeps its data in {data} is running already") from error
        _free(port)
        command = [str(program()), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
        with (data / "log").open("wb") as log:
            environment = os.environ | settings(data)
            server = subprocess.Popen(command, env=environment, cwd=data, stdout=log, stderr=log)
        try:
            _wait(server, f"http://127.0.0.1:{port}/health", data / "log")
            yield server
        finally:
            _stop(server)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _free(port: int) -> None:
    """Label Studio itself would silently take the next port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise AnnotateError(f"port {port} is taken (by another Label Studio?); --port names another") from error


def _wait(server: subprocess.Popen[bytes], health: str, log: Path) -> None:
    plain = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with plain.open(health, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AnnotateError(f"Label Studio did not start; the end of {log}:\n{log.read_text(errors='replace')[-2000:]}")
