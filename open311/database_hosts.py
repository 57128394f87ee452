"""The address of the database, which may name several hosts: one primary and its standbys."""

import re
from typing import Any

from sqlalchemy import URL, make_url
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import ArgumentError

_URL_FORM = "it must look like postgresql://user:password@host/database"

_SEVERAL = re.compile(
    r"(?P<user>(?:[^/?#]*@)?)(?P<hosts>[^/?#@]*,[^/?#@]*)(?P<path>[^?#]*)(?:\?(?P<query>.*))?"
)
_ONE = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::(?P<port>\d+))?")

WRITABLE, STANDBY_FIRST = "read-write", "prefer-standby"
"""Values of libpq's target_session_attrs: which of the hosts to connect to."""

CONNECTION_LOSS: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
}
"""Parameters of libpq that notice a dead host: in seconds, and milliseconds without an answer."""


def database_url(text: str) -> str:
    """Return the URL of a PostgreSQL database in the form that SQLAlchemy expects.

    Hosts are separated by commas, as in libpq, or are several parameters of the query, as in
    SQLAlchemy. Of several hosts, the one that can be written to is wanted, unless the URL has its
    own target_session_attrs.
    """
    return _url(text, WRITABLE)


def read_database_url(text: str) -> str:
    """Return the URL of a database that is only read, of whose hosts a standby is preferred."""
    return _url(text, STANDBY_FIRST)


def _url(text: str, wanted: str) -> str:
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in ("postgresql", "postgres", "postgresql+psycopg"):
        raise ValueError(_URL_FORM)
    written = f"postgresql+psycopg://{_hosts_in_query(rest)}"
    try:
        url = make_url(written)
        hosts = _several_hosts(url)
    except (ArgumentError, ValueError):
        raise ValueError(_URL_FORM) from None
    if not hosts:
        return written
    query = {"target_session_attrs": wanted, **url.query, **hosts}
    return url.set(query=query).render_as_string(hide_password=False)


def _hosts_in_query(rest: str) -> str:
    """Return what follows the scheme of a URL, with several hosts as parameters of the query."""
    match = _SEVERAL.fullmatch(rest)
    if match is None:
        return rest
    hosts = [_ONE.fullmatch(one) for one in match["hosts"].split(",")]
    if None in hosts:
        raise ValueError(_URL_FORM)
    found = [(one["host"].strip("[]"), one["port"] or "5432") for one in hosts if one]
    names, ports = (",".join(part) for part in zip(*found, strict=True))
    query = f"&{match['query']}" if match["query"] else ""
    return f"{match['user']}{match['path'] or '/'}?host={names}&port={ports}{query}"


def _several_hosts(url: URL) -> dict[str, str]:
    """Return the parameters of libpq for several hosts; an empty dictionary for a single one."""
    dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call]
    _none, arguments = dialect.create_connect_args(url)  # type: ignore[no-untyped-call]
    found = {name: str(arguments[name]) for name in ("host", "port") if arguments.get(name)}
    return found if "," in found.get("host", "") else {}


def has_several_hosts(url: str) -> bool:
    """Return whether the URL of a setting names several hosts."""
    return bool(_several_hosts(make_url(url)))
