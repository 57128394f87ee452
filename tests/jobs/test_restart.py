"""Jobs and a database server that stops and starts again."""

import os
import signal
from pathlib import Path

import flask_migrate
import sample_jobs
from applications import in_context
from sample_jobs import add_jobs, noted, waiting
from servers import running_server, wait_until

from local.cluster import THROWAWAY, Cluster, running_cluster, throwaway_cluster

DURABLE = ("synchronous_commit=on",)
"""Or PostgreSQL itself would forget the last transactions."""


def data_of(cluster: Cluster) -> Path:
    return cluster.sockets.with_name(cluster.sockets.name.removesuffix("-socket"))


def stop(cluster: Cluster) -> None:
    """Stop a server at once, as a crash does: it recovers at the next start."""
    pid_file = data_of(cluster) / "postmaster.pid"
    os.kill(int(pid_file.read_text().partition("\n")[0]), signal.SIGQUIT)
    assert wait_until(lambda: not pid_file.exists())


def test_jobs_go_on_when_the_database_is_back(tmp_path: Path) -> None:
    """Nothing is lost, and nothing runs twice, as no job was running when it crashed."""
    log = tmp_path / "log"
    with throwaway_cluster(DURABLE) as cluster:
        url = cluster.create_database("open311")
        for _app in in_context(url):
            flask_migrate.upgrade()
            sample_jobs.make_table()
        with running_server(url, log, {"OPEN311_JOBS": "inside"}):
            for _app in in_context(url):
                add_jobs("sample.chain", [3])
                assert wait_until(lambda: waiting() == [])
            stop(cluster)
            assert wait_until(lambda: "The worker of jobs failed" in log.read_text())
            with running_cluster(data_of(cluster), settings=(*THROWAWAY, *DURABLE)):
                for _app in in_context(url):
                    add_jobs("sample.note", [7])
                    assert wait_until(lambda: waiting() == [])
                    assert noted() == [3, 2, 1, 7]
