"""The connection to another server: its address is public, or one that the city allows."""

from urllib.parse import urlsplit

import requests
from flask import current_app

from open311.georeport_source.fetch import RemoteServer
from open311.outgoing import outgoing_session
from open311.queries.forwarding.endpoints import Endpoint
from open311.sealed import Unsealable, unseal

PURPOSE = "foreign endpoint"
"""What the keys of other servers are sealed for."""


class Unreachable(Exception):
    """A server cannot be called as it is configured; the text is a sentence for staff."""


def is_private(url: str) -> bool:
    """Return whether the host of a URL is one of OPEN311_FORWARD_PRIVATE."""
    return (urlsplit(url).hostname or "") in current_app.config["OPEN311_FORWARD_PRIVATE"]


def is_callable(url: str) -> bool:
    """Return whether a URL may be called: HTTPS, or any of OPEN311_FORWARD_PRIVATE."""
    return url.startswith("https://") or is_private(url)


def session_for(url: str) -> requests.Session:
    """Return a session that may connect to the host of a URL; raises Unreachable."""
    if not is_callable(url):
        raise Unreachable("its address does not begin with https://")
    return outgoing_session(allow_private=is_private(url))


def source_of(session: requests.Session, endpoint: Endpoint) -> RemoteServer:
    """Return what reads an endpoint, without pauses: the next round asks again."""
    formats = ("xml", "json") if endpoint.format == "xml" else ("json", "xml")
    return RemoteServer(
        session,
        endpoint.url,
        endpoint.foreign_jurisdiction or None,
        formats=formats,
        wait=lambda _seconds: None,
    )


def key_of(endpoint: Endpoint) -> str:
    """Return our API key at an endpoint; raises Unreachable."""
    if endpoint.sealed_key is None:
        raise Unreachable("its API key is not set")
    try:
        return unseal(current_app.config["OPEN311_SECRET_KEY"], PURPOSE, endpoint.sealed_key)
    except Unsealable:
        raise Unreachable(
            "its API key cannot be read, as OPEN311_SECRET_KEY has changed; set it again"
        ) from None
