"""Files for people, columns, print pages, and searches of the whole city: without scripts."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import lxml.html
import psycopg
import pyogrio
import pytest
import requests
from georeport_client import Api
from servers import PATIENCE
from staff_client import Person

from open311.web import sheets
from open311.web.sheets import Sheet, as_workbook

Sign = Callable[[str], Person]
FORMULA = '=HYPERLINK("https://bad.example","look")'


@pytest.fixture(scope="module")
def surveyed(api: Api) -> str:
    """A request with answers and with a text that looks like a formula."""
    return api.report(
        **{
            "service_code": "SURVEY",
            "description": FORMULA,
            "address_string": "1 Main Street",
            "lat": 0.5,
            "long": 0.52,
            "attribute[WHO]": "CREW",
            "attribute[LINE]": "-5 degrees",
        }
    )


def rows_of(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_is_for_a_spreadsheet(person: Sign, api: Api, surveyed: str) -> None:
    dispatch = person("dispatch")
    rows = rows_of(dispatch.get("/requests/export", f="csv", q="Main Street").content)
    [row] = [one for one in rows if one["Request number"] == surveyed]
    assert row["Description"] == f"'{FORMULA}"
    assert row["Status"] == row["Open or closed"] == "open"
    assert (row["Who should come?"], row["Received by"]) == ("A crew", "App")
    sent = datetime.fromisoformat(api.one(surveyed)["requested_datetime"])
    local = sent.astimezone(ZoneInfo("America/New_York"))
    assert row["Submitted"] == f"{local:%Y-%m-%d %H:%M}"
    dispatch.post("/requests", "/language", language="es", next="/staff/requests")
    translated = rows_of(dispatch.get("/requests/export", f="csv", q="Main Street").content)
    assert {one["Estado"] for one in translated} == {"abierta"}


def test_a_workbook_opens_in_gdal_with_dates_and_texts(
    person: Sign, surveyed: str, tmp_path: Path
) -> None:
    answer = person("dispatch").get("/requests/export", f="xlsx", q="Main Street")
    assert answer.headers["Content-Disposition"].endswith('filename="requests.xlsx"')
    file = tmp_path / "requests.xlsx"
    file.write_bytes(answer.content)
    meta, _, _, columns = pyogrio.raw.read(file)
    found = dict(zip(meta["fields"], columns, strict=True))
    place = list(found["Request number"]).index(surveyed)
    assert found["Submitted"].dtype.kind == "M"
    assert found["Latitude"][place] == 0.5
    assert found["Description"][place] == FORMULA  # a text, which nothing runs
    assert found["Who should come?"][place] == "A crew"


def test_a_workbook_is_written_row_by_row_and_goes_on_on_the_next_sheet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 3_000)
    rows = ([number, f"{number} " * 400] for number in range(4_000))
    file = tmp_path / "long.xlsx"
    tracemalloc.start()
    with file.open("wb") as written:
        for piece in as_workbook(Sheet("Requests", ["Number", "Text"], rows)):
            written.write(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000  # the texts alone are 8 MB
    layers = [name for name, _kind in pyogrio.list_layers(file)]
    assert layers == ["Requests", "Requests 2"]
    assert [pyogrio.read_info(file, layer=one)["features"] for one in layers] == [3_000, 1_000]


def test_a_search_on_a_part_of_the_map_says_what_is_elsewhere(person: Sign, api: Api) -> None:
    dispatch, wanted = person("dispatch"), {"q": "Wherever", "status": "open"}
    east, *west = (
        api.report(lat=0.5, long=long, description="Wherever") for long in (0.5, -0.5, -0.6)
    )
    nothing = dispatch.get("/requests", bbox="0.9,0.9,1,1", **wanted).text
    assert found_ids(nothing) == []
    [link] = links(nothing, "3 more outside the map")
    everywhere = dispatch.session.get(f"{dispatch.address}{link}", timeout=PATIENCE).text
    assert set(found_ids(everywhere)) == {east, *west}
    assert "outside the map" not in everywhere
    half = dispatch.get("/requests/list", bbox="0,0,1,1", **wanted).text
    assert found_ids(half) == [east]
    assert links(half, "2 more outside the map")
    kept = dispatch.get("/requests", bbox="0.9,0.9,1,1", status="closed").text  # from kept totals
    assert links(kept, "2 more outside the map")


def found_ids(page: str) -> list[str]:
    return [one.get("data-id") for one in lxml.html.fromstring(page).cssselect("tr[data-id]")]


def links(page: str, text: str) -> list[str]:
    """Return the targets of the links with a text."""
    found = lxml.html.fromstring(page).xpath("//a[normalize-space()=$text]", text=text)
    return [one.get("href") for one in found]


def headings(page: str) -> list[str]:
    return [
        " ".join(one.text_content().split())
        for one in lxml.html.fromstring(page).cssselect("thead th")
    ]


def test_each_user_and_each_view_has_columns_of_its_own(person: Sign, surveyed: str) -> None:
    reader, query = person("reader"), "q=Main%20Street&sort=due"
    usual = ["Request", "Location", "Department", "Submitted", "Due date"]
    page = reader.get("/requests", q="Main Street", sort="due").text
    assert headings(page) == usual
    [choose] = links(page, "Choose columns")
    form = "/columns/?query=" + choose.partition("query=")[2]
    chosen = {"column": ["updated", "in:ward", "", "updated", "nothing"], "density": "compact"}
    answer = reader.post(form, "/columns/", **chosen)  # type: ignore[arg-type]
    assert answer.url.endswith("/staff/requests?q=Main+Street&sort=due")
    assert "Columns saved." in answer.text
    assert headings(answer.text) == ["Request", "Updated", "Ward"]
    [row] = lxml.html.fromstring(answer.text).cssselect(f"tr[data-id='{surveyed}']")
    assert row.cssselect("td[data-column='in:ward']")[0].text_content().strip() == "10"
    assert row.getparent().getparent().get("class") == "compact"
    assert headings(person("guest").get("/requests").text) == usual
    saved = reader.post(
        f"/saved/?query={query}", "/saved/views", name="Wards", look="true", query=query
    )
    assert headings(saved.text) == ["Request", "Updated", "Ward"]
    reset = reader.post(form, "/columns/", reset="true", density="comfortable")
    assert headings(reset.text) == usual
    view = links(reader.get("/saved/").text, "Wards")[0]
    again = reader.session.get(f"{reader.address}{view}", timeout=PATIENCE).text
    assert headings(again) == ["Request", "Updated", "Ward"]
    [form_of_filters] = lxml.html.fromstring(again).xpath("//form[@id='filters']")
    assert form_of_filters.fields["columns"] == "updated,in:ward"


def test_headings_sort(person: Sign) -> None:
    reader = person("reader")
    page = reader.get("/requests", status="open", columns="submitted,due,gone").text
    assert headings(page) == ["Request", "Submitted", "Due date"]
    [submitted, due] = lxml.html.fromstring(page).cssselect("thead th a")
    assert submitted.getparent().get("aria-sort") == "descending"
    assert due.getparent().get("aria-sort") is None
    assert "sort=requested_datetime" in submitted.get("href")
    assert "status=open" in due.get("href")
    assert "sort=due" in due.get("href")


def test_a_list_is_printed_with_public_data_unless_asked_otherwise(
    person: Sign, api: Api, city: str
) -> None:
    dispatch = person("dispatch")
    shown, hidden = (
        api.report(lat=0.5, long=0.4, description="Printed", email="printed77@mail.example")
        for _ in range(2)
    )
    dispatch.post(f"/requests/{shown}", f"/requests/{shown}/assign", name="dispatch")
    with psycopg.connect(city) as connection:
        hide = "UPDATE service_requests SET public = false WHERE service_request_id = %s"
        connection.execute(hide, [hidden])
    search = {"q": "Printed", "status": "open", "columns": "assignee,channel,submitted,in:ward"}
    [link] = links(dispatch.get("/requests", **search).text, "Print this list")
    page = dispatch.session.get(f"{dispatch.address}{link}", timeout=PATIENCE).text
    assert found_ids(page) == [shown]
    assert headings(page) == ["No.", "Request", "Submitted", "Ward"]
    assert "1 request." in page
    [heading] = lxml.html.fromstring(page).xpath("//h1")
    assert heading.text_content() == "“Printed”; open"
    rows = lxml.html.fromstring(page).cssselect("tbody")[0].text_content()
    assert "dispatch" not in rows
    [internal] = links(page, "Include internal data")
    page = dispatch.session.get(f"{dispatch.address}{internal}", timeout=PATIENCE).text
    assert set(found_ids(page)) == {shown, hidden}
    assert headings(page) == ["No.", "Request", "Assigned to", "Received by", "Submitted", "Ward"]
    assert "printed77" not in page
    assert links(page, "Public data only")
    [alone] = lxml.html.fromstring(dispatch.get(f"/requests/{shown}").text).xpath(
        "//dt[.='Coordinates']/following-sibling::dd[1]"
    )
    assert alone.text_content() == "0.5, 0.4"


def test_the_heading_of_a_printed_list_is_the_search_in_words(person: Sign) -> None:
    asked = {
        "service_code": "POTHOLE",
        "boundary": "ward:2",
        "since": "2020-03-01",
        "older_than": "14",
        "overdue": "true",
        "circle": "0.5,0.5,100",
    }
    page = person("reader").get("/requests/print", **asked).text
    [heading] = lxml.html.fromstring(page).xpath("//h1")
    assert heading.text_content() == (
        "Pothole; Ward West; An area drawn on the map; submitted since Mar 1, 2020; "
        "older than 14 days; overdue"
    )
    assert "No requests match." in page


TODAY = datetime.now(ZoneInfo("America/New_York")).date()


def make_link(maker: Person, query: str, **fields: str) -> requests.Response:
    named = {"name": "For the council", "expires": f"{TODAY + timedelta(days=30):%F}", **fields}
    return maker.post(f"/links/?{urlencode({'query': query})}", "/links/", **named)


def newest_link(page: str) -> str:
    """Return the address of the first link of the list."""
    return str(lxml.html.fromstring(page).xpath("//input[@readonly]/@value")[0])


def read(address: str, path: str = "") -> requests.Response:
    """Open a link without an account; what is read sets no cookie and is kept nowhere."""
    answer = requests.get(f"{address}{path}", timeout=PATIENCE)
    headers = {name: answer.headers.get(name) for name in KEPT_NOWHERE}
    assert headers == KEPT_NOWHERE
    assert "Set-Cookie" not in answer.headers
    return answer


KEPT_NOWHERE = {
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def test_a_link_shows_public_data_to_those_who_have_it(person: Sign, api: Api, city: str) -> None:
    shown, hidden = (api.report(lat=0.5, long=0.3, description="For all") for _ in range(2))
    maker = person("reader")
    [share] = links(maker.get("/requests", q="For all").text, "Share by link")
    assert "Search: “For all”" in maker.get(share.removeprefix("/staff")).text
    made = make_link(maker, "q=For+all&columns=assignee,location&at=1/2/3")
    assert "Link made. Copy it from the list." in made.text
    assert "not used yet" in made.text
    address = newest_link(made.text)
    run(city, "UPDATE service_requests SET public = false WHERE service_request_id = %s", hidden)
    page = read(address).text
    assert found_ids(page) == [shown]
    assert headings(page) == ["No.", "Request", "Location"]
    assert "reader" not in page
    [row] = rows_of(read(address, "/file?f=csv").content)
    assert row["Request number"] == shown
    assert "Assigned to" not in row
    assert read(address, "/file?f=xlsx").content.startswith(b"PK")
    for other in (address[:-1], f"{address[:-22]}{'x' * 22}"):
        answer = read(other)
        assert answer.status_code == 404
        assert "This link does not exist, has expired, or was revoked." in answer.text


def run(city: str, statement: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(city) as connection:
        cursor = connection.execute(statement, values)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def test_reading_a_link_writes_once_a_day_at_most(person: Sign, city: str) -> None:
    address = newest_link(make_link(person("guest"), "").text)
    used = "SELECT max(used_at) FROM view_links WHERE query = ''"
    read(address)
    [(first,)] = run(city, used)
    assert first is not None
    for ago, is_noted in (("1 hour", False), ("2 days", True)):
        run(city, f"UPDATE view_links SET used_at = now() - interval '{ago}' WHERE query = ''")
        before = run(city, used)
        assert read(address).status_code == 200
        assert (run(city, used) != before) == is_noted


def test_a_link_ends_when_it_is_revoked_or_over(person: Sign, chief: Person, city: str) -> None:
    maker = person("west")
    address = newest_link(make_link(maker, "status=open").text)
    id_ = run(city, "SELECT max(id) FROM view_links")[0][0]
    assert person("guest").post("/links/", f"/links/{id_}/revoke").status_code == 404
    assert read(address).status_code == 200
    assert "by west" in chief.get("/links/").text
    assert "by west" not in person("guest").get("/links/").text
    assert "Link revoked." in maker.post("/links/", f"/links/{id_}/revoke").text
    assert read(address).status_code == read(address, "/file").status_code == 404
    other = newest_link(make_link(maker, "status=open").text)
    over = "UPDATE view_links SET created_at = now() - interval '2 days',"
    run(city, f"{over} expires_at = now() - interval '1 day' WHERE revoked_at IS NULL")
    assert read(other).status_code == 404
    assert "expired" in maker.get("/links/").text


@pytest.mark.parametrize(
    ("query", "fields", "sentence"),
    [
        ("mine=true", {}, "A link has public data only."),
        ("assigned_to=dispatch&q=x", {}, "A link has public data only."),
        ("held=true", {}, "A link has public data only."),
        ("q=x", {"name": " "}, "Enter a name."),
        ("q=x", {"expires": f"{TODAY - timedelta(days=1):%F}"}, "Choose a last day from today"),
        ("q=x", {"expires": f"{TODAY + timedelta(days=400):%F}"}, "Choose a last day from today"),
        ("polygon=0,0;1,1", {}, "A polygon needs at least three corners."),
        ("area=999", {}, "Area 999 does not exist"),
    ],
)
def test_a_link_that_would_tell_too_much_is_refused(
    person: Sign, query: str, fields: dict[str, str], sentence: str
) -> None:
    answer = make_link(person("reader"), query, **fields)
    assert answer.status_code in (400, 404)
    assert sentence in answer.text


def test_a_link_keeps_the_saved_area_as_it_was(person: Sign, api: Api, city: str) -> None:
    maker = person("dispatch")
    inside, _outside = (api.report(lat=lat, long=0.35, description="Around") for lat in (0.7, 0.8))
    query = "q=Around&circle=0.7,0.35,100"
    page = f"/saved/?{urlencode({'query': query})}"
    maker.post(page, "/saved/areas", name="Around it", query=query)
    [[area]] = run(city, "SELECT id FROM saved_areas WHERE name = 'Around it'")
    address = newest_link(make_link(maker, f"q=Around&area={area}").text)
    maker.post("/saved/", f"/saved/areas/{area}/drop")
    page = read(address).text
    assert found_ids(page) == [inside]
    assert "An area drawn on the map" in page


def test_the_results_are_beside_the_request(person: Sign, api: Api) -> None:
    reader = person("reader")
    ids = [api.report(lat=0.5, long=0.25, description="Beside") for _ in range(3)][::-1]
    search = {"search": "q=Beside"}
    page = lxml.html.fromstring(reader.get(f"/requests/{ids[1]}", **search).text)
    [beside] = page.cssselect("nav.beside")
    items = [" ".join(one.text_content().split()) for one in beside.cssselect("li")]
    assert items == [f"Pothole {id_}, open" for id_ in ids]
    assert [one.get("aria-current") for one in beside.cssselect("li")] == [None, "true", None]
    first, last = (one.get("href") for one in beside.cssselect("a"))
    assert f"/staff/requests/{ids[0]}?search=" in first
    assert f"/staff/requests/{ids[2]}?search=" in last
    assert "nav" not in reader.get(f"/requests/{ids[1]}").text.partition("<main")[2]
