"""A primary and its standby: two PostgreSQL servers on this machine, copied from that of a run."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from servers import wait_until

from local.cluster import MEMORY, Cluster, running_cluster
from local.postgresql import ACCOUNT, as_account, make_directory, programs, run

SETTINGS = ("fsync=off", "max_connections=100", "autovacuum=off")


@dataclass(frozen=True)
class Node:
    """One of both servers."""

    cluster: Cluster
    data: Path

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows."""
        with psycopg.connect(self.cluster.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description is not None else []

    def change(self, setting: str, value: str) -> None:
        """Change a setting of the running server."""
        self.execute(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.execute("SELECT pg_reload_conf()")

    def kill(self) -> None:
        """Kill the server and all of its processes, none of which can say anything any more."""
        server = int((self.data / "postmaster.pid").read_text().partition("\n")[0])
        os.kill(server, signal.SIGSTOP)  # it would replace its processes
        for process in [*_children(server), server]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def promote(self) -> None:
        """Make a standby the primary, and return when it is."""
        assert self.execute("SELECT pg_promote(true, 120)") == [(True,)]


def _children(process: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == process:
                yield int(stat.parent.name)


@dataclass(frozen=True)
class Pair:
    """A primary, and a standby that receives what it commits."""

    primary: Node
    standby: Node

    def url(self, database: str) -> str:
        """Return the URL of a database that names both."""
        hosts = "&".join(f"host={one.cluster.sockets}" for one in (self.primary, self.standby))
        return f"postgresql://{ACCOUNT}@/{database}?{hosts}"

    def wait_for_each_commit(self) -> None:
        """Let a commit end only when the standby has it on disk, too."""
        self.primary.change("synchronous_standby_names", "*")
        asked = "SELECT pid FROM pg_stat_replication WHERE sync_state = 'sync'"
        assert wait_until(lambda: bool(self.primary.execute(asked)))


@contextlib.contextmanager
def replicated(source: Cluster) -> Iterator[Pair]:
    """Yield a pair with the databases of a running server."""
    folder = Path(MEMORY if Path(MEMORY).is_dir() else tempfile.gettempdir())
    with tempfile.TemporaryDirectory(prefix="open311-", dir=folder) as made:
        Path(made).chmod(0o755)  # the server's account needs access
        first, second = Path(made, "first"), Path(made, "second")
        _copy(source, first)
        with running_cluster(first, settings=SETTINGS) as primary:
            _copy(primary, second, "--write-recovery-conf")
            with running_cluster(second, settings=SETTINGS) as standby:
                yield Pair(Node(primary, first), Node(standby, second))


def _copy(source: Cluster, data: Path, *options: str) -> None:
    make_directory(data)
    where = ["-h", str(source.sockets), "-U", ACCOUNT, "-D", str(data)]
    copy = [str(programs() / "pg_basebackup"), *where, "--checkpoint=fast", "--no-sync", *options]
    prefix = as_account()
    run(*prefix, *copy) if prefix else run(*copy)
