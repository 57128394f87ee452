"""HTTP requests to other servers: to public addresses only, unless more is allowed.

An address that somebody sends could point into the city's own network. The check is made on the
connection itself, before anything is sent, so that neither a redirect nor a name that resolves
differently the second time gets around it.
"""

import ipaddress
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

USER_AGENT = "open311"


class NotPublic(OSError):
    """The address lies in a private or otherwise special network."""


def is_public(address: str) -> bool:
    """Tell whether an IP address is one of the public internet (RFC 6890)."""
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or found
    return bool(mapped.is_global and not mapped.is_multicast)


def _checked(connected: socket.socket) -> socket.socket:
    address = connected.getpeername()[0]
    if not is_public(address):
        connected.close()
        raise NotPublic(f"{address} is no public address")
    return connected


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _checked(super()._new_conn())


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicHTTPPool,
            "https": _PublicHTTPSPool,
        }


def outgoing_session(*, allow_private: bool = False) -> requests.Session:
    """Give a session for http and https that connects to public addresses alone.

    Raises requests.ConnectionError, with NotPublic in its text, for other addresses, and
    requests.exceptions.InvalidSchema for other schemes.
    """
    session = requests.Session()
    session.trust_env = False  # neither a proxy nor a .netrc of the machine is used
    session.headers["User-Agent"] = USER_AGENT
    if not allow_private:
        for scheme in ("http://", "https://"):
            session.mount(scheme, _PublicAdapter())
    return session
