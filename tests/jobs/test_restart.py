"""Jobs and a database server that stops and starts again."""

from pathlib import Path

import flask_migrate
import sample_jobs
from applications import in_context
from crashed import DURABLE, crash, started_again
from sample_jobs import add_jobs, noted, waiting
from servers import running_server, wait_until

from local.cluster import throwaway_cluster


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
            crash(cluster)
            assert wait_until(lambda: "The worker of jobs failed" in log.read_text())
            with started_again(cluster):
                for _app in in_context(url):
                    add_jobs("sample.note", [7])
                    assert wait_until(lambda: waiting() == [])
                    assert noted() == [3, 2, 1, 7]
