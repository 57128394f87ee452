"""The map of streets that make run adds where it can be reached."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from servers import free_port

from local import base_map


@pytest.fixture
def style() -> Iterator[str]:
    """The address of a style that answers, as a free base map does."""

    class Style(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Style) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/style.json"
        server.shutdown()


def test_the_free_base_map_is_used_where_it_answers(
    style: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base_map, "STYLE", style)
    assert base_map.base_map_for({}) == ({"OPEN311_BASE_MAP": style}, "")
    for chosen in ("", "https://maps.example/style.json"):
        assert base_map.base_map_for({"OPEN311_BASE_MAP": chosen}) == ({}, "")


def test_without_it_make_run_says_how_to_set_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = free_port()
    monkeypatch.setattr(base_map, "STYLE", f"http://127.0.0.1:{port}/style.json")
    setting, hint = base_map.base_map_for({})
    assert setting == {}
    assert "Set OPEN311_BASE_MAP" in hint
