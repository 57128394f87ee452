"""A gateway for text messages on loopback, which takes them as Apprise's json:// sends them."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote


@dataclass
class TextGateway:
    """A running gateway. taken are (number, text); answers are statuses, each used once.

    at_taking is called with each message before it is answered.
    """

    port: int = 0
    messages: list[tuple[str, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    at_taking: Callable[[], None] = lambda: None

    @property
    def setting(self) -> str:
        return f"json://127.0.0.1:{self.port}"

    def taken(self) -> list[tuple[str, str]]:
        """Return the messages that came since this was asked last."""
        found = list(self.messages)
        self.messages.clear()
        return found


@contextlib.contextmanager
def text_gateway() -> Iterator[TextGateway]:
    """Serve a gateway until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.messages.append((unquote(self.path.strip("/")), body["message"]))
            gateway.at_taking()
            self.send_response(gateway.answers.pop(0) if gateway.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    gateway = TextGateway()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        gateway.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield gateway
        finally:
            server.shutdown()
            thread.join()
