"""What tests ask servers for most, asked once in the process that all of them are forked from.

Statements that were compiled for it, and templates and texts that were read, are there in each
server from its start.
"""

import os
import re
from pathlib import Path

import psycopg
from compiled_statements import keep_compiled_statements
from databases import Databases
from flask.testing import FlaskClient
from georeport_client import KEYS
from light_work import hash_lightly, keep_compiled_templates

from local.cluster import Cluster
from open311.app import create_app
from open311.database import db
from open311.operations.people.users import create_user
from open311.operations.residents.site import change_site

WHERE = "CLUSTER_OF_TESTS"
"""The environment variable with the place of the PostgreSQL of the tests."""

CITY, NAME, PASSWORD = "gridtown.example", "warm", "a password of the tests"
API = "/open311/v2"
PUBLIC = (
    *(f"{API}/services.json", f"{API}/services.xml", f"{API}/services/SURVEY.json"),
    *(f"{API}/requests.json", f"{API}/requests.xml", f"{API}/requests/20-0000001.json"),
    *(f"{API}/requests.json?q=deep&status=open&page_size=2", f"{API}/servicerequestupdates.json"),
    *("/ogc/collections/requests/items", "/ogc/collections/ward/items"),
    *("/", "/requests", "/reports", "/r/20-0000001", "/services", "/services/POTHOLE"),
)
OF_STAFF = (
    *("/", "/requests", "/requests?q=deep&status=open", "/requests/20-0000001", "/saved/"),
    *("/requests/20-0000001?search=status%3Dopen", "/requests/list?status=open", "/account"),
    *("/city", "/city/services", "/city/service/POTHOLE", "/city/rules", "/city/users"),
    *("/city/maps", "/city/site", "/city/keys", "/city/departments", "/new", "/city/audit"),
)


def warm_up() -> None:
    """Ask for all pages, if the tests have a database of Gridtown already."""
    sockets = os.environ.get(WHERE)
    if sockets is None or not _has_gridtown(Cluster(Path(sockets))):
        return
    keep_compiled_statements()
    keep_compiled_templates()
    hash_lightly()
    cluster = Cluster(Path(sockets))
    databases = Databases(cluster, "warm")
    _walk(cluster.url(databases.prepare("warm", "gridtown", _add)))
    databases.close()


def _has_gridtown(cluster: Cluster) -> bool:
    with psycopg.connect(cluster.url("postgres")) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'gridtown'")
        return found.fetchone() is not None


def _settings(url: str) -> dict[str, str]:
    """Return settings that keep this process quiet, and without threads of its own."""
    return {
        "DATABASE_URL": url,
        "OPEN311_SECRET_KEY": "a secret of the tests, long enough for it",
        "OPEN311_RATE_LIMIT": "none",
        "OPEN311_LOG_LEVEL": "ERROR",
    }


def _add(url: str) -> None:
    """Give a copy of Gridtown a website and an administrator."""
    app = create_app(_settings(url))
    with app.app_context():
        change_site(CITY, {"languages": ["en", "es"], "phone": "555-0100"})
        create_user(CITY, NAME, PASSWORD, "administrator")
        db.session.remove()
        db.engine.dispose()


def _walk(url: str) -> None:
    """Read all pages; a refusal is no failure here, as other tests tell what is answered."""
    app = create_app(_settings(url), serving=True)
    client = app.test_client()
    _report(client)
    for path in PUBLIC:
        client.get(path)
    _sign_in(client)
    for path in OF_STAFF:
        client.get(f"/staff{path}")
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _sign_in(client: FlaskClient) -> None:
    """Sign in as anyone does, with the token of the form; raise ValueError if that is refused."""
    form = client.get("/staff/sign-in").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', form)[0]
    sent = {"name": NAME, "password": PASSWORD, "csrf_token": token}
    answer = client.post("/staff/sign-in", data=sent)
    if answer.status_code not in (302, 303):
        raise ValueError(f"sign-in was answered with {answer.status}")


def _report(client: FlaskClient) -> None:
    report = {"api_key": KEYS[CITY], "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    client.post(f"{API}/requests.json", data=report)
