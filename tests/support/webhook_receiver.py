"""A receiver of webhooks on this machine, which verifies each message as another system would."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass
class Received:
    """A verified message: its headers in lower case, its raw body, and what that contains."""

    headers: Mapping[str, str]
    body: bytes
    message: Any

    @property
    def event(self) -> str:
        return self.message["type"].removeprefix("service_request.")

    @property
    def about(self) -> str:
        return self.message["data"]["service_request"]["service_request_id"]

    @property
    def number(self) -> int:
        return self.message["data"]["change_number"]


Answer = int | tuple[int, Mapping[str, str]]


@dataclass
class Inbox:
    """What one path of the receiver got; answer returns a status, perhaps with headers."""

    url: str
    secrets: list[str] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Answer] = lambda _message: 204

    @property
    def events(self) -> list[tuple[str, str]]:
        """The events about requests, in the order of messages."""
        return [(one.about, one.event) for one in self.received if one.event != "ping"]

    def take(self, headers: Mapping[str, str], body: bytes) -> Answer:
        for secret in self.secrets:
            message = Webhook(secret).verify(body, dict(headers))
        one = Received(headers, body, message)
        self.received.append(one)
        return self.answer(one)


@dataclass
class Receiver:
    """A running receiver, with an inbox for each path."""

    address: str
    inboxes: dict[str, Inbox] = field(default_factory=dict)

    def inbox(self) -> Inbox:
        path = f"/hooks/{len(self.inboxes)}"
        return self.inboxes.setdefault(path, Inbox(self.address + path))


@contextlib.contextmanager
def webhook_receiver(port: int = 0) -> Iterator[Receiver]:
    """Serve inboxes. A message that cannot be verified is answered with 400, and is in none."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            try:
                answer = receiver.inboxes[self.path].take(headers, body)
            except Exception as error:
                answer = 400, {"X-Error": json.dumps(str(error))}
            status, others = (answer, {}) if isinstance(answer, int) else answer
            self.send_response(status)
            for name, value in {"Content-Length": "0", **others}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Ignore clients that are killed."""

    with Server(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
