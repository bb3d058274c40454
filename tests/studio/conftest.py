"""A real Label Studio of the pinned version, on loopback, with its data in a temporary folder."""

import os
import secrets
import subprocess

import pytest
from real import HOW, Studio, Wire, free_port, program, wait


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    if not program().exists():
        pytest.skip(HOW)
    pytest.importorskip("label_studio_sdk", reason="pip install -e '.[studio]'")
    data = tmp_path_factory.mktemp("label-studio")
    port, token = free_port(), secrets.token_hex(20)
    settings = {
        "HOME": data / "home",
        "XDG_CONFIG_HOME": data / "home",
        "XDG_DATA_HOME": data / "home",
        "LABEL_STUDIO_BASE_DATA_DIR": data,
        "LABEL_STUDIO_HOST": f"http://127.0.0.1:{port}",
        "LABEL_STUDIO_USERNAME": "first@example.org",
        "LABEL_STUDIO_PASSWORD": secrets.token_urlsafe(12),
        "LABEL_STUDIO_USER_TOKEN": token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        # Nothing leaves the machine.
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "FEATURE_FLAGS_OFFLINE": "true",
    }
    (data / "home").mkdir()
    command = [program(), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    with (data / "log").open("wb") as log:
        environment = os.environ | {name: str(value) for name, value in settings.items()}
        server = subprocess.Popen(command, env=environment, cwd=data, stdout=log, stderr=log)
    try:
        wait(server, f"http://127.0.0.1:{port}/health", data / "log")
        yield Studio(f"http://127.0.0.1:{port}", token)
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def wire(studio):
    """A wire to the server that can be cut."""
    wire = Wire(int(studio.url.rsplit(":", 1)[1]))
    yield wire
    wire.close()
