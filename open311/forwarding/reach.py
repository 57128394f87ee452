"""The connection to another server: its address is public, or one that the city allows."""

from urllib.parse import urlsplit

import requests
from flask import current_app

from open311.encryption import Unreadable, decrypt, encrypt
from open311.errors import InvalidParameters
from open311.georeport_source.endpoint import normalized_address
from open311.georeport_source.fetch import RemoteServer
from open311.messages.forwarding import SERVER_SECRET_KEY, SERVER_URL
from open311.outgoing import outgoing_session
from open311.queries.forwarding.endpoints import Endpoint

PURPOSE = "foreign endpoint"
"""What the keys of other servers are encrypted for."""


class Unreachable(Exception):
    """A server cannot be called as it is configured; the text is a sentence for staff."""


def is_private(url: str) -> bool:
    """Return whether the host of a URL is one of OPEN311_FORWARD_PRIVATE."""
    return host_of(url) in current_app.config["OPEN311_FORWARD_PRIVATE"]


def host_of(url: str) -> str:
    """Return the name or address of the host of a URL; empty without one, or if it is malformed."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_callable(url: str) -> bool:
    """Return whether a URL may be called: HTTPS, or any of OPEN311_FORWARD_PRIVATE."""
    return url.startswith("https://") or is_private(url)


def callable_address(url: str) -> str:
    """Return an address as it is stored; raises InvalidParameters unless it may be called."""
    try:
        address = normalized_address(url)
    except InvalidParameters:
        raise InvalidParameters(SERVER_URL, field="url") from None
    if not is_callable(address):
        raise InvalidParameters(SERVER_URL, field="url")
    return address


def session_for(url: str) -> requests.Session:
    """Return a session that may connect to the host of a URL; raises Unreachable."""
    if not is_callable(url):
        raise Unreachable("its address does not begin with https://")
    return outgoing_session(allow_private=is_private(url))


SECONDS = 60
"""Limit for each answer: one slow server must not hold back the others for long."""


def source_of(
    session: requests.Session, endpoint: Endpoint, seconds: float = SECONDS
) -> RemoteServer:
    """Return what reads an endpoint, without pauses: the next round asks again."""
    formats = ("xml", "json") if endpoint.format == "xml" else ("json", "xml")
    return RemoteServer(
        session,
        endpoint.url,
        endpoint.foreign_jurisdiction or None,
        formats=formats,
        wait=lambda _seconds: None,
        seconds=seconds,
    )


def key_of(endpoint: Endpoint) -> str:
    """Return our API key at an endpoint; raises Unreachable."""
    if endpoint.encrypted_key is None:
        raise Unreachable("its API key is not set")
    try:
        return decrypt(current_app.config["OPEN311_SECRET_KEY"], PURPOSE, endpoint.encrypted_key)
    except Unreadable:
        raise Unreachable(
            "its API key cannot be read, as OPEN311_SECRET_KEY has changed; set it again"
        ) from None


def encrypted(api_key: str) -> bytes:
    """Return our API key at another server as it is stored; raises InvalidParameters."""
    try:
        return encrypt(current_app.config["OPEN311_SECRET_KEY"], PURPOSE, api_key)
    except Unreadable:
        raise InvalidParameters(SERVER_SECRET_KEY, field="api_key") from None
