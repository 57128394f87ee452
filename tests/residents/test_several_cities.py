"""Two cities on one server, each with a website at a host name of its own."""

from collections.abc import Callable, Iterator

import pytest
from applications import in_context
from servers import running_server
from site_pages import get

from open311.operations.residents.site import change_site

SECRET = "a secret of the tests, long enough for it"

HOSTS = {"gridtown.example": "grid.example", "hilltown.example": "hill.example"}


@pytest.fixture(scope="module")
def database(fresh_database: Callable[[str], str], two_towns: str) -> str:
    """The URL of a database with two cities and their websites."""
    url = fresh_database(two_towns)
    for _app in in_context(url):
        for jurisdiction_id, host in HOSTS.items():
            change_site(jurisdiction_id, {"host": host})
    return url


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server, which has another name in public."""
    log = tmp_path_factory.mktemp("gunicorn") / "server.log"
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_PUBLIC_URL": "https://api.example"}
    with running_server(database, log, settings) as address:
        yield address


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/reports", "/reports.atom", "/es/reports", "/services", "/services/POTHOLE"),
        *("/embed/map", "/privacy", "/r/26-0000001", "/track/x", "/site.css", "/sw.js"),
    ],
)
def test_a_host_without_a_website_has_no_pages(server: str, path: str) -> None:
    answer = get(server, path, Host="other.example")
    assert answer.status_code == 404, answer.text
    assert "This server has no website for this address." in answer.text
