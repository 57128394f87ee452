"""Two cities on one server, each with a website at a host name of its own."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from applications import in_context
from georeport_client import KEYS
from servers import running_server
from site_pages import get, one, read

from geo.addresses.files import AddressRow
from geo.coordinates import Point
from open311.operations.addresses import NewRegister, import_addresses
from open311.operations.residents.site import change_site
from open311.queries.jurisdictions import get_jurisdiction
from tests.residents.reported import SECRET, Reported, Town

HILL = {"jurisdiction_id": "hilltown.example", "api_key": KEYS["hilltown.example"]}

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
    settings["OPEN311_MEDIA_STORE"] = str(tmp_path_factory.mktemp("media"))
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


@pytest.fixture(scope="module")
def on_the_hill(server: str, database: str) -> Reported:
    """A request in Hilltown."""
    return Town(server, database).report(photos=1, lat="0.5", long="10.5", **HILL)


def test_scripts_ask_for_addresses_of_this_city(server: str, database: str) -> None:
    for _app in in_context(database):
        for jurisdiction_id, long in (("gridtown.example", 0.5), ("hilltown.example", 10.5)):
            texts = {"number": "1", "street": "Main Street", "zipcode": ""}
            rest = dict.fromkeys(("unit", "city", "region"), "")
            row = AddressRow(address_id="1", point=Point(lat=0.5, long=long), **texts, **rest)
            register = NewRegister(source="x", license="x", vintage="x", imported_by="tests")
            import_addresses(get_jurisdiction(jurisdiction_id), register, [row])
    page = read(server, "/", Host="hill.example")
    address = one(page, "form#report").get("data-addresses")
    [found] = get(server, f"{address}&q=1 Main").json()
    assert found["long"] == 10.5


def test_links_lead_to_the_host_of_the_city(server: str, on_the_hill: Reported) -> None:
    of_city = "https://hill.example"
    page = get(server, f"/r/{on_the_hill.id}", Host="hill.example")
    assert f'rel="canonical" href="{of_city}/r/{on_the_hill.id}"' in page.text
    [image] = re.findall(r'property="og:image" content="([^"]+)"', page.text)
    assert image.startswith(f"{of_city}/open311/media/")
    confirmation = get(server, f"/es/report/sent/{on_the_hill.secret}", Host="hill.example")
    assert f'data-track="{of_city}/es/track/{on_the_hill.secret}"' in confirmation.text
    feed = get(server, "/es/reports.atom", Host="hill.example").text
    assert f'href="{of_city}/es/r/{on_the_hill.id}"' in feed
    assert f"<id>{of_city}/r/{on_the_hill.id}</id>" in feed
    assert "api.example" not in feed
    listed = get(server, "/reports.geojson", Host="hill.example")
    assert f"<{of_city}/reports.geojson>" in listed.headers["Link"]
    assert len(json.loads(listed.text)["features"]) == 1


def test_photos_of_cards_come_from_the_host_of_the_page(server: str, on_the_hill: Reported) -> None:
    asked = f"service_code=POTHOLE&lat=0.5&long=10.5&description={on_the_hill.id}"
    for path in ("/reports", f"/report/nearby?{asked}"):
        [image] = read(server, path, Host="hill.example").cssselect("article.request img")
        assert image.get("src").startswith("/open311/media/")
        assert get(server, image.get("src"), Host="hill.example").status_code == 200


def test_a_page_without_photos_shows_the_logo_to_other_sites(
    server: str, database: str, on_the_hill: Reported
) -> None:
    town = Town(server, database)
    name = town.value("SELECT name FROM media WHERE service_request_pk = %s", on_the_hill.pk)
    plain = town.report(lat="0.5", long="10.5", **HILL)
    town.rows("UPDATE sites SET logo = %s WHERE host = 'hill.example'", name)
    page = get(server, f"/r/{plain.id}", Host="hill.example")
    [image] = re.findall(r'property="og:image" content="([^"]+)"', page.text)
    shown = get(server, urlsplit(image).path, Host="hill.example")
    assert shown.headers["Content-Type"] == "image/jpeg"
