"""Addresses of other servers, and of the photos that they link to."""

import pytest

from open311.forwarding.reach import host_of


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Photos.example:8443/x.jpg", "photos.example"),
        ("http://[bad/x.jpg", ""),
        ("no address", ""),
    ],
)
def test_a_malformed_link_has_no_host(url: str, host: str) -> None:
    assert host_of(url) == host
