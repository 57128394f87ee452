"""Another city's GeoReport server, defined by a test and served over HTTP on this machine."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Reply:
    """A response of the server: a raw body, or a document sent as JSON."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def octets(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


NOT_FOUND = Reply(b"<html>There is nothing here.</html>", 404)
Asked = tuple[str, dict[str, str]]
Answerer = Callable[[str, dict[str, str]], Reply]


@dataclass
class ForeignServer:
    """A running server: its address, and the (path, parameters) of the requests received.

    posted has those of the forms, keys their headers Idempotency-Key.
    """

    address: str
    asked: list[Asked] = field(default_factory=list)
    posted: list[Asked] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    @property
    def asked_for_rows(self) -> list[dict[str, str]]:
        return [parameters for path, parameters in self.asked if "/requests." in path]


@contextlib.contextmanager
def foreign_server(
    answer: Answerer, take: Callable[[dict[str, str]], Reply | None] = lambda _form: NOT_FOUND
) -> Iterator[ForeignServer]:
    """Serve the result of a function of the path and the query parameters.

    take answers forms; None cuts the connection without an answer.
    """

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet, without a delay

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            parameters = dict(parse_qsl(parts.query, keep_blank_values=True))
            served.asked.append((parts.path, parameters))
            self.reply(parts.path, answer(parts.path, parameters))

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            form = dict(parse_qsl(self.rfile.read(size).decode(), keep_blank_values=True))
            served.posted.append((self.path, form))
            served.keys.append(self.headers["Idempotency-Key"])
            reply = take(form)
            if reply is None:
                self.close_connection = True
            else:
                self.reply(self.path, reply)

        def reply(self, path: str, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Length", str(len(reply.octets)))
            self.send_header("Content-Type", _content_type(path))
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.octets)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served = ForeignServer(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()


def _content_type(path: str) -> str:
    types = {".json": "application/json", ".xml": "text/xml"}
    return next((types[suffix] for suffix in types if path.endswith(suffix)), "text/html")


def files(documents: Mapping[str, Reply]) -> Answerer:
    """Return the same documents for any parameters; any other path is not found."""
    return lambda path, _parameters: documents.get(path, NOT_FOUND)
