"""Clients that hang up: not answered, nothing stored, and not logged as a failure."""

import socket
import struct
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from georeport_client import KEYS, Api
from servers import running_server, wait_until

FORM = f"api_key={KEYS['gridtown.example']}&service_code=POTHOLE&lat=0.5&long=0.5"


def send_and_leave(address: str, request: str, *, reset: bool) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
        if reset:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.sendall(request.encode())
        time.sleep(0.3)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
def test_a_client_that_hangs_up_is_no_failure(
    fresh_database: object, gridtown: str, tmp_path: Path, kind: str
) -> None:
    log = tmp_path / "log"
    with running_server(fresh_database(gridtown), log) as address:  # type: ignore[operator]
        api = Api(address, "json", KEYS["gridtown.example"])
        before = api.get("v2/requests").ids()
        post = f"POST /open311/v2/requests.json HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n"
        chunked = f"{post}Transfer-Encoding: chunked\r\n\r\n400\r\n{FORM}"
        for request in (
            f"{post}Content-Length: 1000\r\n\r\n{FORM}",
            chunked,
            post,
            "GET /open311/v2/requests.json HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /ogc/collections/requests/items?f=csv HTTP/1.1\r\nHost: x\r\n\r\n",
        ):
            for reset in (False, True):
                send_and_leave(address, request, reset=reset)
        assert wait_until(lambda: "items" in log.read_text())
        assert api.get("v2/requests").ids() == before
        assert "failed" not in log.read_text()
        assert "Traceback" not in log.read_text()
        print(log.read_text())
