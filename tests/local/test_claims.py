"""What make run checks before it installs anything."""

import socket

import pytest

from local import claims


@pytest.mark.parametrize(
    ("bind", "host"), [("127.0.0.1:8311", "127.0.0.1"), ("[::1]:8311", "::1"), ("x:8311", "x")]
)
def test_addresses_of_both_kinds_can_be_listened_on(bind: str, host: str) -> None:
    assert claims.host_and_port(bind) == (host, 8311)


@pytest.mark.parametrize("bind", ["8311", "127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ":8311"])
def test_what_is_no_address_is_refused_at_once(bind: str) -> None:
    with pytest.raises(claims.CannotRun, match=r"it must look like 127\.0\.0\.1:8311"):
        claims.check_free(bind)


def test_a_port_of_ipv6_in_use_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "PREDECESSOR_SECONDS", 0)
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(claims.CannotRun, match=rf"OPEN311_BIND=\[::1\]:{port}"):
            claims.check_free(f"[::1]:{port}")
    claims.check_free(f"[::1]:{port}")
