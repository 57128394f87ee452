"""Requests to other servers: never into the city's own network."""

import pytest
import requests

from open311.outgoing import is_public, outgoing_session


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::"),
    ],
)
def test_all_others_are_not(address: str) -> None:
    assert not is_public(address)


def test_a_session_does_not_connect_to_this_machine_unless_it_may(server: str) -> None:
    url = f"{server}/health"
    with pytest.raises(requests.ConnectionError, match="no public address"):
        outgoing_session().get(url, timeout=5)
    with outgoing_session(allow_private=True) as session:
        assert session.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/"])
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(requests.exceptions.InvalidSchema):
        outgoing_session().get(url, timeout=5)
