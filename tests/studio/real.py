"""A real Label Studio: its users, and a wire to it that can be cut."""

import re
import secrets
import socket
import threading

from annotate.studio.start import HOW, USER, program

__all__ = ["HOW", "Studio", "Wire", "free_port", "program"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Studio:
    """The running server, with the first user's token and a client of the SDK."""

    def __init__(self, url, token, data):
        from label_studio_sdk import LabelStudio

        self.url, self.token = url, token
        self.user, self.password = USER, (data / "password").read_text().strip()
        self.api = LabelStudio(base_url=url, api_key=token)

    def annotator(self, email):
        """A client that works as somebody else in the organization."""
        from label_studio_sdk import LabelStudio

        return LabelStudio(base_url=self.url, api_key=self.personal_token(email))

    def personal_token(self, email):
        """The personal access token of somebody who signs up by the invitation."""
        import httpx

        invitation = httpx.get(f"{self.url}/api/invite", headers={"Authorization": f"Token {self.token}"}).json()
        path = re.sub(r"^https?://[^/]+", "", invitation["invite_url"])
        with httpx.Client(base_url=self.url, headers={"Referer": self.url}) as browser:
            browser.get(path)
            form = {"email": email, "password": secrets.token_urlsafe(12)}
            browser.post(path, data=form | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]})
            made = browser.post("/api/token/", headers={"X-CSRFToken": browser.cookies["csrftoken"]})
        return made.json()["token"]


class Wire:
    """Hands bytes on between a client and the server.

    ``lose``: a request with this in it is handed on, and its answer never comes back; then the wire is as before, or
    ``dead`` for good.
    """

    def __init__(self, port):
        self.port, self.lose, self.dies, self.dead, self.lost = port, None, False, False, 0
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.listening.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        if self.dead:
            client.close()
            return
        with socket.create_connection(("127.0.0.1", self.port)) as server:
            losing = threading.Event()
            back = threading.Thread(target=self._back, args=(server, client, losing), daemon=True)
            back.start()
            try:
                while data := client.recv(1 << 16):
                    if self.lose and self.lose in data:
                        self.lose, self.dead = None, self.dies
                        losing.set()
                    server.sendall(data)
            except OSError:
                pass
            back.join(0 if not losing.is_set() else 60)

    def _back(self, server, client, losing):
        try:
            while data := server.recv(1 << 16):
                if losing.is_set():
                    self.lost += 1  # the server has answered, so that what was asked is done
                    break
                client.sendall(data)
        except OSError:
            pass
        # Both ends, at once: a client that waits must see that the wire is cut.
        for end in (client, server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
