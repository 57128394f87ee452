"""Debian's PgBouncer in front of the cluster of a run: each transaction gets any connection."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from servers import wait_until

from local.cluster import Cluster
from local.debian import SYSTEM_PATH
from local.postgresql import ACCOUNT, as_account, make_directory

PGBOUNCER = shutil.which("pgbouncer", path=SYSTEM_PATH)
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="no PgBouncer is installed here")

PORT = 6432  # part of the socket's name

CONFIGURATION = """
[databases]
* = host={server}
[pgbouncer]
unix_socket_dir = {folder}
listen_addr =
listen_port = {port}
auth_type = trust
auth_file = {folder}/users
admin_users = {account}
pool_mode = transaction
default_pool_size = {connections}
max_client_conn = 200
verbose = 0
pidfile = {folder}/pid
{more}
"""


@contextlib.contextmanager
def running_pgbouncer(
    cluster: Cluster, *, connections: int, more: str = ""
) -> Iterator["PooledCluster"]:
    """Yield the cluster as clients of PgBouncer reach it.

    All clients of a database share so many connections. more is further lines of its configuration.
    """
    with tempfile.TemporaryDirectory(prefix="open311-") as made:
        Path(made).chmod(0o755)  # the server's account needs access
        folder = Path(made, "pool")
        make_directory(folder)
        with _running(_configured(cluster, folder, connections, more)):
            yield PooledCluster(folder)


def _configured(cluster: Cluster, folder: Path, connections: int, more: str) -> Path:
    values = {"server": cluster.sockets, "folder": folder, "port": PORT, "account": ACCOUNT}
    text = CONFIGURATION.format(**values, connections=connections, more=more)
    (folder / "pgbouncer.ini").write_text(text)
    (folder / "users").write_text(f'"{ACCOUNT}" ""\n')
    return folder


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[None]:
    command = [*as_account("--pdeathsig=TERM"), str(PGBOUNCER), str(folder / "pgbouncer.ini")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, cwd="/") as process:
        try:
            pooled = PooledCluster(folder)
            assert wait_until(lambda: pooled.answers() or process.poll() is not None)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield
        finally:
            process.terminate()


class PooledCluster(Cluster):
    """The databases of a cluster, through PgBouncer."""

    def url(self, database: str) -> str:
        """Return the URL of a database, through PgBouncer."""
        return f"postgresql://{ACCOUNT}@/{database}?host={quote(str(self.sockets))}&port={PORT}"

    def reconnect(self) -> None:
        """Let it connect anew for each transaction from now on."""
        with psycopg.connect(self.url("pgbouncer"), autocommit=True) as console:
            console.execute("RECONNECT")

    def answers(self) -> bool:
        """Return whether it accepts connections."""
        with contextlib.suppress(psycopg.Error), psycopg.connect(self.url("postgres")):
            return True
        return False
