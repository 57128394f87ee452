"""Databases prepared once for all workers, and clones of them."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from local.cluster import Cluster


class Databases:
    """The databases of a run, in the cluster that all of its workers use."""

    def __init__(self, cluster: Cluster, worker: str) -> None:
        self._cluster = cluster
        self._worker = worker
        self._names = (f"{worker}_{number}" for number in itertools.count())
        self._kept: psycopg.Connection | None = None

    def prepare(self, name: str, template: str, fill: Callable[[str], None]) -> str:
        """Return the name of a database, filled by the first worker that needs it."""
        draft = f"{name}_draft"
        with self._connection() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            found = "SELECT 1 FROM pg_database WHERE datname = %s"
            if not connection.execute(found, [name]).fetchone():
                connection.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(draft))
                )
                self._create(draft, template)
                fill(self._cluster.url(draft))
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(draft), sql.Identifier(name)))
        return name

    def clone(self, template: str) -> str:
        """Clone a database, and return the URL of the clone."""
        name = next(self._names)
        self._create(name, template)
        return self._cluster.url(name)

    def renew(self, template: str) -> str:
        """Replace this worker's clone of a database by a new one, and return its URL."""
        name = f"{self._worker}_{template}"
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._at_hand().execute(drop.format(sql.Identifier(name)))
        self._create(name, template)
        return self._cluster.url(name)

    def _create(self, name: str, template: str) -> None:
        """Copy files instead of logging each page, which is much faster in memory."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        names = sql.Identifier(name), sql.Identifier(template)
        self._at_hand().execute(statement.format(*names))

    def _at_hand(self) -> psycopg.Connection:
        """Return a connection that stays open: PostgreSQL reads its catalog for each new one."""
        if self._kept is None:
            url = self._cluster.url("postgres")
            self._kept = psycopg.connect(url, autocommit=True, prepare_threshold=None)
        return self._kept

    def close(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @contextmanager
    def _connection(self) -> Iterator[psycopg.Connection]:
        """Yield a connection with which its locks end."""
        with psycopg.connect(self._cluster.url("postgres"), autocommit=True) as connection:
            yield connection
