"""A server behind PgBouncer, whose clients share connections from transaction to transaction."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import requests
import sample_jobs
from applications import in_context
from georeport_client import KEYS
from pgbouncer import PooledCluster, needs_pgbouncer, running_pgbouncer
from programs import run_program
from servers import PATIENCE, free_port, running_server, wait_until
from settings import settings_for
from staff_client import Person

from local.cluster import Cluster
from local.postgresql import ACCOUNT

pytestmark = [pytest.mark.operations, needs_pgbouncer]

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
CLIENTS, POSTS, CONNECTIONS, JOBS = 8, 10, 2, 5


@pytest.fixture(scope="module")
def url(
    fresh_database: Callable[[str], str], run_command: Callable[..., str], gridtown: str
) -> str:
    url = fresh_database(gridtown)
    run_command(url, "maintenance")
    for _app in in_context(url):
        sample_jobs.make_table()
        sample_jobs.add_jobs("sample.note", range(JOBS))
    return url


def name_of(url: str) -> str:
    return psycopg.conninfo.conninfo_to_dict(url)["dbname"]


def asked(settings: dict[str, str], *command: str) -> str:
    """Run a command with settings, and return what it prints."""
    done = run_program([*command], {"PATH": "", **settings})
    return done.stdout + done.stderr


@pytest.fixture
def pooled(cluster: Cluster) -> Iterator[PooledCluster]:
    with running_pgbouncer(cluster, connections=CONNECTIONS) as pooled:
        yield pooled


@pytest.fixture
def password(url: str, run_command: Callable[..., str]) -> str:
    user = ("users", "create", "ada", "--role", "administrator", "--generate")
    return run_command(url, *user).split()[-1]


def test_clients_share_two_connections_and_each_gets_its_own_answers(
    url: str, pooled: PooledCluster, password: str, tmp_path: Path
) -> None:
    pooled_url = pooled.url(name_of(url))
    settings = settings_for(
        pooled_url,
        DATABASE_DIRECT_URL=url,
        OPEN311_POOLER="yes",
        OPEN311_SECRET_KEY=SECRET,
        OPEN311_JOBS="inside",
    )
    refused = asked(settings, "doctor")
    assert "has no setting max_parallel_workers_per_gather, jit, statement_timeout" in refused
    assert "open311 db role" in refused
    kept = asked(settings, "db", "role")
    assert f"the user {ACCOUNT} in the database {name_of(url)}" in kept
    pooled.reconnect()
    with running_server(pooled_url, tmp_path / "log", {**settings, "OPEN311_WORKERS": "2"}) as it:
        with ThreadPoolExecutor(CLIENTS) as clients:
            found = list(clients.map(lambda number: use(it, number), range(CLIENTS)))
        ids = [one for several in found for one in several]
        assert len(set(ids)) == CLIENTS * POSTS
        staff = Person(it)
        assert staff.sign_in("ada", password).status_code == 200
        for page in ("", "/requests", f"/requests/{ids[0]}", "/insights"):
            assert staff.get(page).status_code == 200, page
        assert wait_until(lambda: sorted(noted_in(url)) == [*range(JOBS)])
    with psycopg.connect(url) as connection:
        stored = "SELECT count(*) FROM service_requests WHERE service_request_id = ANY(%s)"
        assert connection.execute(stored, [ids]).fetchone() == (len(ids),)
    assert "Traceback" not in (tmp_path / "log").read_text()


def noted_in(url: str) -> list[int]:
    """Return which of the jobs have run."""
    with psycopg.connect(url) as connection:
        return [number for [number] in connection.execute("SELECT number FROM job_notes")]


def use(address: str, number: int) -> list[str]:
    """Submit and read requests as one client, and return their ids."""
    found = []
    with requests.Session() as client:
        for count in range(POSTS):
            values = {
                "api_key": KEYS["gridtown.example"],
                "service_code": "POTHOLE",
                "lat": "0.5",
                "long": f"0.{number}{count}",
                "description": f"Report {count} of client {number}",
                "email": f"client{number}@example.org",
            }
            sent = client.post(f"{address}/open311/v2/requests.json", values, timeout=PATIENCE)
            assert sent.status_code == 200, sent.text
            [answer] = sent.json()
            found.append(answer["service_request_id"])
            one = client.get(f"{address}/open311/v2/requests/{found[-1]}.json", timeout=PATIENCE)
            assert one.json()[0]["description"] == values["description"]
            for path in (
                "requests.json?bbox=0,0,1,1&page_size=50",
                "requests.json?status=open&sort=changed",
                "services.json",
            ):
                listed = client.get(f"{address}/open311/v2/{path}", timeout=PATIENCE)
                assert listed.status_code == 200, listed.text
                assert listed.json()
    return found


@pytest.mark.parametrize("more", ["", "ignore_startup_parameters = options"])
def test_without_the_setting_a_server_says_what_is_wrong_and_does_not_start(
    cluster: Cluster, fresh_database: Callable[[str], str], gridtown: str, more: str
) -> None:
    url = fresh_database(gridtown)  # whose settings nobody has kept
    with running_pgbouncer(cluster, connections=2, more=more) as pooled:
        bind = f"127.0.0.1:{free_port()}"
        settings = settings_for(pooled.url(name_of(url)), OPEN311_BIND=bind)
        for command in ("doctor", "serve"):
            assert "leads to PgBouncer" in asked(settings, command)
