"""Database session, declarative base, and PostgreSQL connection options."""

import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from enum import IntEnum
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, MetaData, Table, func, make_url, select
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, registry

from open311.database_hosts import CONNECTION_LOSS
from open311.database_settings import DIRECT_URL
from open311.replica import HAS_REPLICA, RoutedSession

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables. Times are aware, in UTC, and in whole seconds, as in the API."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={datetime: TIMESTAMP(timezone=True, precision=0)},
    )


db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession})


def table(model: type[Base]) -> Table:
    """Return the table of a model. An INSERT into it costs half of one through the model."""
    return Base.metadata.tables[model.__tablename__]


TELLS = "open311_tells"
"""The execution option of an engine whose application sends messages about what is stored."""

POOLED = "open311_pooled"
"""The execution option of an engine whose transactions each have another connection."""


def tells() -> bool:
    """Return whether messages are sent about what is stored, as the settings say."""
    return bool(db.engine.get_execution_options().get(TELLS))


def end_reads() -> None:
    """End the transaction and release the connection before slow work that needs no database."""
    if db.session.registry.has():  # or it would make a session first
        db.session.close()


LONGEST_WAIT = 5
"""Maximum seconds to wait for a connection of the pool."""

CONNECT_SECONDS = 5
"""Maximum seconds until a host of the database accepts a connection; then comes the next host."""

IDLE_SECONDS = 10
"""Maximum seconds between two statements of a transaction in a worker; see allow_pauses."""

QUEUE_SECONDS = 10
"""Maximum seconds of a statement about the queue of jobs."""

LOCK_MILLISECONDS = 200
"""Maximum time that a statement of a worker waits for a lock; an operation then tries again."""


NEVER = 1 << 62
"""Number of executions after which psycopg prepares a statement that does not ask for it."""


_POOL: Mapping[str, Any] = {
    "pool_size": 8,
    "max_overflow": 0,
    "pool_timeout": LONGEST_WAIT,
    "skip_autocommit_rollback": True,  # such a connection has nothing to roll back
}


def session_settings(statement_seconds: int, *, serving: bool = False) -> dict[str, str]:
    """Return the settings of PostgreSQL for each connection; serving adds the limits of a worker.

    Parallel workers and JIT cost more than they save on small spatial queries. A statement must end
    before gunicorn kills its worker, because the statement would continue to run.
    The similarity threshold is below PostgreSQL's default, so that "brod stret" finds S Broad St.
    A worker waits for a lock less than for a statement, so that the error tells the two apart, and
    that those who wait for one row leave connections to others. Lists by number of change need each
    statement to see what was committed before it.
    """
    settings = {
        "TimeZone": "UTC",
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        "statement_timeout": f"{statement_seconds}s",
        "pg_trgm.word_similarity_threshold": "0.45",
        "default_transaction_isolation": "read committed",
    }
    if serving:
        settings["lock_timeout"] = f"{LOCK_MILLISECONDS}ms"
        settings["idle_in_transaction_session_timeout"] = f"{IDLE_SECONDS}s"
    return settings


def engine_options(
    settings: Mapping[str, str],
    *,
    telling: bool = False,
    has_replica: bool = False,
    pooled: bool = False,
) -> dict[str, Any]:
    """Return options for create_engine; settings are those of session_settings.

    telling lets steps store what has to be told. has_replica lets commits note their positions.
    pooled is whether PgBouncer gives each transaction another connection: then nothing is kept in
    one, and the settings are those of the role, as PgBouncer passes none on.

    A generic plan for a map area can be a thousand times slower than one for the actual area, so
    nothing is prepared but what statements.Statement asks for. hide_parameters keeps the
    requester's data out of exception texts.
    """
    arguments = (
        {"prepare_threshold": None}
        if pooled
        else {"prepare_threshold": NEVER, "options": _as_options(settings)}
    )
    return {
        "connect_args": {**arguments, "connect_timeout": CONNECT_SECONDS, **CONNECTION_LOSS},
        "execution_options": {TELLS: telling, HAS_REPLICA: has_replica, POOLED: pooled},
        "hide_parameters": True,
        **_POOL,
    }


def _as_options(settings: Mapping[str, str]) -> str:
    return " ".join(f"-c {key}=" + value.replace(" ", r"\ ") for key, value in settings.items())


def driver_arguments(app: Flask) -> dict[str, Any]:
    """Return arguments for psycopg to connect to the database of app, for the queue of jobs.

    Its statements are short, and wait for locks as long as for anything else. It listens, so it
    never connects through PgBouncer.
    """
    url = make_url(app.config[DIRECT_URL] or app.config["DATABASE_URL"])
    with app.app_context():
        _none, arguments = db.engine.dialect.create_connect_args(url)
    return {
        **arguments,
        "options": f"-c TimeZone=UTC -c statement_timeout={QUEUE_SECONDS}s",
        "connect_timeout": CONNECT_SECONDS,
        "prepare_threshold": None,
        **CONNECTION_LOSS,
    }


LONGEST_ON_A_PAGE = 50
"""Maximum seconds of a statement for a page that an administrator waits for."""

_LIFTED = "lifted"
"""Where a session keeps the transaction whose limits were lifted, and how far."""


def lift_time_limit(seconds: int = 0) -> None:
    """Set the limits of this transaction for a statement and between two, in seconds.

    0 means no limit, for work that nobody waits for. Both mean more patience with locks, as a new
    attempt of long work is expensive. The new attempt of an operation that began with these limits
    has them, too.
    """
    limit = f"{seconds}s" if seconds else "0"
    limits = {
        "statement_timeout": limit,
        "idle_in_transaction_session_timeout": limit,
        "lock_timeout": "3s" if seconds else "10s",
    }
    db.session.execute(select(*(func.set_config(name, one, True) for name, one in limits.items())))
    session = db.session()
    transaction = session.get_transaction()
    if transaction is not None:
        session.info[_LIFTED] = weakref.ref(transaction), seconds


def find_lifted_limit() -> int | None:
    """Return the seconds that lift_time_limit set for this transaction; None if it did not."""
    if not db.session.registry.has():  # or it would make a session first
        return None
    session = db.session()
    transaction, lifted = session.get_transaction(), session.info.get(_LIFTED)
    if transaction is None or lifted is None:
        return None
    lifted_in, seconds = lifted
    return seconds if lifted_in() is transaction else None


def prefer_indexes() -> None:
    """Let this transaction look up rows by index, for bulk work that begins with small tables.

    A connection keeps the plans of its triggers and foreign keys. One that was made for a few rows
    reads the whole table for each new row, until statistics of the table are collected again.
    """
    db.session.execute(select(func.set_config("enable_seqscan", "off", True)))


def allow_pauses(connection: Connection) -> None:
    """Let the transaction of a connection pause, as it reads for a file or only holds a lock."""
    limit = func.set_config("idle_in_transaction_session_timeout", "0", True)
    connection.execute(select(limit))


class Lock(IntEnum):
    """What one process does at a time, by the numbers of advisory locks."""

    MAINTENANCE = 311_0330
    SENDER = 311_0926
    INBOX = 311_0993
    OPEN_DATA = 311_0357


@contextmanager
def only_process(lock: Lock) -> Iterator[bool]:
    """Yield whether this process alone holds a lock during the block.

    It has a connection of its own, and ends with its process.
    """
    with db.engine.connect() as connection:
        allow_pauses(connection)
        yield bool(connection.scalar(select(func.pg_try_advisory_xact_lock(lock))))
