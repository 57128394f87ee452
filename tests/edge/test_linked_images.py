"""Fetching what links lead to: limits on time and size for every behavior of the other server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from open311.media.linked_images import fetch_linked

MOST = 100_000


class Other(BaseHTTPRequestHandler):
    """Another server, with all kinds of manners."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        getattr(self, self.path.strip("/"), self.missing)()

    def image(self, content: bytes = b"content", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def missing(self) -> None:
        self.image(b"no", 404)

    def redirected(self, target: str = "/image") -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def circle(self) -> None:
        self.redirected("/circle")

    def to_a_file(self) -> None:
        self.redirected("file:///etc/passwd")

    def large(self) -> None:
        self.image(bytes(MOST + 1))

    def drop_by_drop(self) -> None:
        self.send_response(200)
        self.end_headers()
        self._drip()

    def headers_drop_by_drop(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        self._drip()

    def _drip(self) -> None:
        while not self.server.ending.wait(0.1):  # type: ignore[attr-defined]
            self.wfile.write(b"x")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """A client that hangs up is no news."""


@pytest.fixture
def other() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Other) as server:
        server.asked = []  # type: ignore[attr-defined]
        server.ending = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.ending.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


def address(server: Server, path: str) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}/{path}"


def test_what_can_be_had_is_given_by_its_link(other: Server) -> None:
    paths = ["image", "redirected", "missing", "circle", "to_a_file", "large"]
    links = [address(other, path) for path in paths]
    found = fetch_linked([*links, "http://no-such-host.invalid/"], MOST, allow_private=True)
    assert found == dict.fromkeys(links[:2], b"content")


@pytest.mark.parametrize("path", ["drop_by_drop", "headers_drop_by_drop"])
def test_a_slow_server_does_not_keep_others_waiting(other: Server, path: str) -> None:
    links = [address(other, path), address(other, "image")]
    assert fetch_linked(links, MOST, allow_private=True) == {links[1]: b"content"}


def test_a_private_address_is_not_even_asked(other: Server) -> None:
    assert fetch_linked([address(other, "image")], MOST) == {}
    assert other.asked == []  # type: ignore[attr-defined]
