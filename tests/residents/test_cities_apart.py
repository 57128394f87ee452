"""Two cities on one server: no page, form, or secret of one is in the other."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from applications import application, close, in_context
from georeport_client import KEYS
from servers import PATIENCE, running_server
from website_forms import opened

from open311.operations.residents.site import change_site
from tests.residents.reported import SECRET, Reported, Town, browser

HILL = {"jurisdiction_id": "hilltown.example", "api_key": KEYS["hilltown.example"]}
GRID = {"jurisdiction_id": "gridtown.example"}
HOSTS = {"gridtown.example": "grid.example", "hilltown.example": "hill.example"}
OF_GRID, OF_HILL = "gridwords of a resident", "hillwords of a resident"


@pytest.fixture(scope="module")
def cities(
    fresh_database: Callable[[str], str], two_towns: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Town]:
    url, folder = fresh_database(two_towns), tmp_path_factory.mktemp("cities")
    (folder / "media").mkdir()
    for _app in in_context(url):
        for jurisdiction_id, host in HOSTS.items():
            change_site(jurisdiction_id, {"host": host, "languages": ["en", "es"]})
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MEDIA_STORE": str(folder / "media")}
    with running_server(url, folder / "log", settings) as address:
        yield Town(address, url)


@pytest.fixture(scope="module")
def grid(cities: Town) -> Reported:
    return cities.report(photos=1, description=OF_GRID, **GRID)


@pytest.fixture(scope="module")
def hill(cities: Town) -> Reported:
    return cities.report(photos=1, description=OF_HILL, lat="0.5", long="10.5", **HILL)


def send(
    town: Town, host: str, path: str, session: requests.Session | None = None, **fields: str
) -> requests.Response:
    """Send a form to a city, without following where the answer leads."""
    return (session or browser()).post(
        f"{town.address}{path}",
        data=fields,
        headers={"Host": host},
        timeout=PATIENCE,
        allow_redirects=False,
    )


def begun(town: Town, host: str) -> str:
    """Open a draft in a city, and return its path."""
    answer = send(town, host, "/report/draft", description=OF_GRID, opened=opened(SECRET))
    assert answer.status_code == 303
    found = re.search(r"/report/[^/]+", answer.headers["Location"])
    assert found is not None
    return found[0]


def filled(rule: str, values: dict[str, str]) -> str:
    """Return the path of a rule with values for its variables."""
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: values[part[1]], rule)


def test_no_page_of_a_city_shows_another(cities: Town, grid: Reported, hill: Reported) -> None:
    app = application(cities.database)
    rules = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint.removeprefix("in_language_").startswith("site_")
    ]
    close(app)
    for host, other, own in (("hill.example", grid, hill), ("grid.example", hill, grid)):
        draft = begun(cities, host).rpartition("/")[2]
        name = cities.value("SELECT name FROM media WHERE service_request_pk = %s", own.pk)
        values = {
            "language": "es",
            "secret": own.secret,
            "service_request_id": own.id,
            "service_code": "POTHOLE",
            "name": draft,
            "photo": name,
            "step": "check",
            "key": "time-by-service",
            "week": "2026-W09",
        }
        strange = (OF_GRID, "Gridtown") if own is hill else (OF_HILL, "Hilltown")
        strange = (*strange, HOSTS["gridtown.example" if own is hill else "hilltown.example"])
        pages = 0
        for rule in rules:
            path = filled(rule, values)
            answer = cities.get(f"{path}?start_date=2000-01-01&lat=0.5&long=0.5", Host=host)
            assert answer.status_code < 500, path
            pages += answer.status_code == 200
            if "/report/" in path and draft in path:
                continue  # its own text is that of the other city, to see that it stays here
            assert [one for one in strange if one in answer.text] == [], path
        assert pages > 20
        for path in (f"/r/{other.id}", f"/es/r/{other.id}", f"/track/{other.secret}"):
            assert cities.get(path, Host=host).status_code == 404, path
        assert cities.get(f"/report/sent/{other.secret}", Host=host).status_code == 404


def test_forms_of_a_city_change_nothing_in_another(
    cities: Town, grid: Reported, hill: Reported
) -> None:
    assert hill.id
    draft = begun(cities, "grid.example")
    before = cities.counts()
    for path, fields in (
        *((f"/track/{grid.secret}/{act}", {"description": "x", "text": "hide"}) for act in _ACTS),
        (f"/r/{grid.id}/me-too", {}),
        (f"/r/{grid.id}/flag", {"reason": "other", "text": "x"}),
        (f"/r/{grid.id}/follow", {"email": "kim@mail.example"}),
        (f"{draft}/place", {"address_string": "1 Main Street"}),
        ("/report", {"draft": draft.rpartition("/")[2], "opened": opened(SECRET)}),
    ):
        answer = send(cities, "hill.example", path, **fields)
        assert answer.status_code in (404, 410), (path, answer.status_code, answer.text)
    assert cities.counts() == before


_ACTS = ("add", "answer", "fixed", "reopen", "hide", "email", "new-link", "withdraw")


def test_a_report_is_stored_in_the_city_of_its_host(cities: Town) -> None:
    fields: dict[str, Any] = {
        "service_code": "POTHOLE",
        "lat": "0.5",
        "long": "10.5",
        "sending": "the same key in both cities",
        "jurisdiction_id": "gridtown.example",
        "description": "Whose?",
    }
    places = {}
    for host, long in (("hill.example", "10.5"), ("grid.example", "0.5")):
        sent = {**fields, "long": long, "opened": opened(SECRET)}
        answer = send(cities, host, "/report", **sent)
        assert answer.status_code == 303, answer.text
        places[host] = answer.headers["Location"]
    assert len(set(places.values())) == 2
    stored = cities.rows(
        "SELECT jurisdiction_id FROM service_requests WHERE description = 'Whose?' ORDER BY pk"
    )
    assert stored == [("hilltown.example",), ("gridtown.example",)]


def test_what_a_browser_keeps_is_for_one_host(cities: Town, grid: Reported) -> None:
    answer = send(cities, "grid.example", f"/r/{grid.id}/me-too")
    cookie = answer.headers["Set-Cookie"]
    assert "domain=" not in cookie.lower()
    assert "httponly" in cookie.lower()
    for path in ("/sw.js", "/site.webmanifest", "/site.css"):
        assert "https://" not in cities.get(path, Host="grid.example").text
