"""A real Label Studio of the pinned version, on loopback, with its data in a temporary folder."""

import pytest
from real import HOW, Studio, Wire, free_port, program

from annotate.studio.start import running


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    if not program().exists():
        pytest.skip(HOW)
    pytest.importorskip("label_studio_sdk", reason="pip install -e '.[studio]'")
    data, port = tmp_path_factory.mktemp("label-studio"), free_port()
    with running(data, port):
        yield Studio(f"http://127.0.0.1:{port}", (data / "token").read_text().strip(), data)


@pytest.fixture
def wire(studio):
    """A wire to the server that can be cut."""
    wire = Wire(int(studio.url.rsplit(":", 1)[1]))
    yield wire
    wire.close()
