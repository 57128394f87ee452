"""Less work for tests: a statement is compiled once in a process, not for each application."""

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache

MOST = 2000
"""More than all tests of a file need; beyond that, the cache forgets what was not used."""

_compiled: LRUCache[Any, Any] = LRUCache(MOST)
_make_engine = SQLAlchemy._make_engine


def _engine(self: SQLAlchemy, *arguments: Any) -> Engine:
    engine = _make_engine(self, *arguments)
    engine._compiled_cache = _compiled
    return engine


def _is_equal(one: PGDialect_psycopg, other: object) -> bool:
    return isinstance(other, PGDialect_psycopg) and one.paramstyle == other.paramstyle


def _hash(one: PGDialect_psycopg) -> int:
    return hash(one.paramstyle)


def keep_compiled_statements() -> None:
    """Let applications of this process, and of those that are forked from it, share statements.

    A key of the cache has the dialect, of which each engine has its own: here all of one style of
    parameters are equal, as all are for the same PostgreSQL.
    """
    PGDialect_psycopg.__eq__ = _is_equal  # type: ignore[assignment,method-assign]
    PGDialect_psycopg.__hash__ = _hash  # type: ignore[assignment,method-assign]
    SQLAlchemy._make_engine = _engine  # type: ignore[method-assign]
