"""A database server that ends as in a crash, and is started again."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from servers import wait_until

from local.cluster import THROWAWAY, Cluster, running_cluster

DURABLE = ("synchronous_commit=on",)
"""Or PostgreSQL itself would forget the last transactions."""


def crash(cluster: Cluster) -> None:
    """Stop a server at once: it recovers at the next start."""
    pid_file = _data_of(cluster) / "postmaster.pid"
    os.kill(int(pid_file.read_text().partition("\n")[0]), signal.SIGQUIT)
    assert wait_until(lambda: not pid_file.exists())


@contextlib.contextmanager
def started_again(cluster: Cluster) -> Iterator[None]:
    """Run the server of a cluster that has crashed, at the same address, until the block ends."""
    with running_cluster(_data_of(cluster), settings=(*THROWAWAY, *DURABLE)):
        yield


def _data_of(cluster: Cluster) -> Path:
    return cluster.sockets.with_name(cluster.sockets.name.removesuffix("-socket"))
