"""Pages of figures for staff: what they say, what they lead to, and what they refuse."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import lxml.html
import pytest
import shapely
from applications import at_hand
from past_weeks import LAST, STILL_OPEN, USUAL, WEEKS, store_past_weeks
from sqlalchemy import delete, update
from staff_client import Person

from open311.database import db
from open311.jobs.places import keep_places
from open311.jobs.reports import publish_due
from open311.models import KeptPlaces
from open311.queries.insights.kept_places import find_kept_places
from open311.queries.jurisdictions import get_jurisdiction
from open311.web.insights import kept_places

ZONE = ZoneInfo("America/New_York")


@pytest.fixture(scope="module")
def reader(city: str, person: Callable[[str], Person]) -> Person:
    """A viewer of a Gridtown with half a year of requests."""
    store_past_weeks(city)
    return person("reader")


def shown(reader: Person, page: str, **filters: str) -> lxml.html.HtmlElement:
    answer = reader.get(f"/insights/{page}", **filters)
    assert answer.status_code == 200, answer.text
    return lxml.html.fromstring(answer.text)


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def rows_of(page: lxml.html.HtmlElement, key: str) -> list[list[str]]:
    return [
        [words(cell) for cell in row.cssselect("th, td")]
        for row in page.cssselect(f"#{key} tbody tr")
    ]


def monday() -> datetime:
    """The first day of the last whole week."""
    now = datetime.now(ZONE)
    return now - timedelta(days=now.weekday() + 7)


def test_the_week_is_said_in_five_sentences(reader: Person) -> None:
    page = shown(reader, "", service_code="POTHOLE")
    sentences = [words(one) for one in page.cssselect(".sentences li")]
    received, closed, opened, half, kept = sentences
    usual = "than in an average week of the eight before ("
    assert f"{LAST} requests were received, 300% more {usual}" in received
    assert closed.startswith(f"{LAST - STILL_OPEN} requests were closed, 200% more {usual}")
    assert opened == f"Open requests grew by {STILL_OPEN} to {STILL_OPEN}."
    assert "half are closed within 24 hours (24 to 24)" in half
    due = 3 * USUAL + LAST
    assert f"Of {due} requests due in the last four weeks, " in kept
    assert f"{100 * (due - STILL_OPEN) / due:.1f}% (" in kept
    assert kept.endswith(f"Overdue and open: {STILL_OPEN}.")


def test_each_number_leads_to_its_requests_and_to_its_definition(reader: Person) -> None:
    page = shown(reader, "", service_code="POTHOLE")
    numbers = page.cssselect(".key-numbers li")
    assert len(numbers) == 6
    found = {words(one.cssselect("p")[0]): one.cssselect("a") for one in numbers}
    received, how = found[f"{LAST} received"]
    asked = parse_qs(urlsplit(received.get("href")).query)
    first = monday()
    assert asked == {
        "service_code": ["POTHOLE"],
        "since": [f"{first:%F}"],
        "until": [f"{first + timedelta(days=6):%F}"],
        "work": ["true"],
    }
    for number, label in (
        (LAST, "received"),
        (LAST - STILL_OPEN, "closed"),
        (STILL_OPEN, "open at the end"),
        (STILL_OPEN, "overdue now"),
    ):
        assert listed(reader, found[f"{number} {label}"][0]) == number
    [due] = [one for one in page.cssselect(".key-numbers a") if "Requests due" in words(one)]
    assert listed(reader, due) == 3 * USUAL + LAST
    definition = urlsplit(how.get("href"))
    definitions = lxml.html.fromstring(reader.get("/insights/how").text)
    assert definition.path == "/staff/insights/how"
    for link in page.cssselect("a[href*='insights/how#']"):
        assert definitions.cssselect(f"dt#{urlsplit(link.get('href')).fragment}")


def listed(reader: Person, link: lxml.html.HtmlElement) -> int:
    """Return how many requests the list has that a number leads to."""
    address = urlsplit(link.get("href"))
    answer = reader.get(address.path.removeprefix("/staff"), **parse_qs(address.query))
    assert answer.status_code == 200, answer.text
    [number] = lxml.html.fromstring(answer.text).cssselect("#count strong")
    return int(words(number).replace(",", ""))


@pytest.mark.parametrize(
    ("section", "numbers"),
    [("", 3), ("flow", 4), ("promises", 12), ("areas", 2), ("places", 1)],
)
def test_numbers_of_tables_lead_to_exactly_the_requests_that_they_count(
    reader: Person, section: str, numbers: int
) -> None:
    """Of each table, in its last row, where the last week of requests is not like the others."""
    seen = 0
    page = shown(reader, section, group="Streets", layer="ward")
    for figure in page.cssselect("figure:has(tbody)"):
        for cell in figure.cssselect("tbody tr:last-child td:has(a)"):
            text = words(cell)
            if text.isdecimal():
                seen += 1
                assert listed(reader, cell.cssselect("a")[0]) == int(text), figure.get("id")
    assert seen >= numbers


def flat(asked: dict[str, list[str]]) -> dict[str, str]:
    return {name: values[0] for name, values in asked.items()}


def test_only_what_changed_by_more_than_chance_is_named(reader: Person) -> None:
    [row] = rows_of(shown(reader, "", group="Streets"), "changes")
    assert row[:2] == ["Pothole", f"{LAST}"]
    assert row[2].startswith("300% more")


def test_the_table_of_a_chart_is_its_csv_file(reader: Person) -> None:
    page = shown(reader, "flow", service_code="POTHOLE")
    for figure in page.cssselect("figure:not(#compared)"):  # in words, with its interval
        for part in figure.cssselect("svg[role=img]"):
            assert {one.tag for one in part.cssselect("title, desc")} == {"title", "desc"}
        [link] = [one for one in figure.cssselect("a") if ".csv" in one.get("href")]
        address = urlsplit(link.get("href"))
        path = address.path.removeprefix("/staff")
        answer = reader.get(path, **flat(parse_qs(address.query)))
        assert answer.headers["Content-Type"].startswith("text/csv")
        in_file = list(csv.reader(io.StringIO(answer.text)))[1:]
        in_table = rows_of(page, figure.get("id"))
        assert [row[1:] for row in in_file] == [row[1:] for row in in_table]
        assert in_file
    week = rows_of(page, "received-and-closed")[-1]
    assert week[1:] == [f"{LAST}", f"{LAST - STILL_OPEN}", "0", f"{STILL_OPEN}"]


def test_flows_add_up(reader: Person) -> None:
    rows = rows_of(shown(reader, "flow"), "flow-by-department")
    assert rows
    for _name, *cells in rows:
        before, received, reopened, came, closed, left, after = map(int, cells)
        assert before + received + reopened + came - closed - left == after


def test_below_twenty_no_time_and_no_share_is_given(reader: Person) -> None:
    times = {row[0]: row[3] for row in rows_of(shown(reader, "time"), "time-by-service")}
    assert times["Pothole"] == "24 hours (24 to 24)"
    assert times["Lamp"].startswith("too few to say (")
    kept = {row[0]: row[-1] for row in rows_of(shown(reader, "promises"), "promises-by-service")}
    assert kept["Lamp"].startswith("too few to say (")
    received = 25 * USUAL + LAST
    assert kept["Pothole"].startswith(f"{100 * (received - STILL_OPEN) / received:.1f}% (")


def test_a_period_is_compared_with_the_weeks_before_and_with_last_year(reader: Person) -> None:
    [received, closed] = rows_of(shown(reader, "", service_code="POTHOLE"), "compared")
    assert received[:2] == ["Received", f"{LAST}.0"]
    assert received[2].startswith("4.00 (")
    assert closed[2].startswith("3.00 (")
    assert (received[3], closed[3]) == ("too few to say", "too few to say")
    first, last = monday() - timedelta(weeks=4), monday() - timedelta(days=1)
    page = shown(reader, "flow", since=f"{first:%F}", until=f"{last:%F}")
    assert rows_of(page, "compared")[0][2] == "1.00 (0.68 to 1.46)"
    assert "4 whole weeks are compared" in words(page.cssselect("#compared")[0])


def test_tables_are_cut_by_groups_and_areas(reader: Person) -> None:
    groups = {one[0]: one for one in rows_of(shown(reader, "time", by="group"), "time-by-group")}
    assert groups["Streets"][-1] == "Fixed or closed: 100%"
    page = shown(reader, "time", by="layer:ward")
    assert [row[0] for row in rows_of(page, "time-by-area")] == ["West", "East"]
    assert "do not mean few problems" in words(page)
    page = shown(reader, "promises", by="layer:ward")
    assert [row[0] for row in rows_of(page, "promises-by-area")] == ["West", "East"]
    assert "do not mean few problems" in words(page)
    refused = reader.get("/insights/time", by="layer:none")
    assert refused.status_code == 400
    assert "Figures cannot be compared by layer:none." in refused.text


def test_first_actions_and_handling_are_shown(reader: Person) -> None:
    acted = {
        one[0]: one for one in rows_of(shown(reader, "first-action"), "first-action-by-service")
    }
    assert acted["Pothole"][3] == "24 hours (24 to 24)"
    assert acted["Lamp"][3].startswith("too few to say (")
    page = shown(reader, "handling", by="service")
    received = 25 * USUAL + LAST
    [channel] = rows_of(page, "channels")
    assert channel[:2] == ["Not recorded", f"{received + 1}"]
    moved = {row[0]: row for row in rows_of(page, "transferred-by-service")}
    assert moved["Pothole"][1] == f"{received}"
    assert moved["Pothole"][2].startswith("0% (0 to ")
    assert moved["Lamp"][2].startswith("too few to say (")
    again = {row[0]: row for row in rows_of(page, "reopened-by-service")}
    assert again["Pothole"][2].startswith("0% (0 to ")
    repeated = {row[0]: row for row in rows_of(page, "duplicates-by-service")}
    assert repeated["Pothole"][2].startswith("0% (0 to ")
    assert not rows_of(page, "closed-at-entry-by-service")


def test_staff_read_the_report_of_the_city_and_of_departments(reader: Person, city: str) -> None:
    published = datetime.combine(datetime.now(ZONE).date(), time(6), ZONE)
    published -= timedelta(days=published.weekday())
    with at_hand(city):
        assert publish_due(published.astimezone(UTC)) == 1
    weeks = reader.get("/insights/reports")
    [link] = lxml.html.fromstring(weeks.text).cssselect(".week-list a")
    path = link.get("href").removeprefix("/staff")
    page = lxml.html.fromstring(reader.get(path).text)
    assert f"{LAST + 1} requests were received" in words(page.cssselect(".sentences li")[0])
    west = lxml.html.fromstring(reader.get(path, department="WEST").text)
    assert f"{LAST + 1} requests were received" in words(west.cssselect(".sentences li")[0])
    [received] = [one for one in west.cssselect(".key-numbers a") if "since=" in one.get("href")][
        :1
    ]
    assert "agency_responsible=" in received.get("href")
    [due] = [one for one in west.cssselect(".key-numbers a") if "Requests due" in words(one)]
    assert listed(reader, due) == 3 * USUAL + LAST + 1
    assert "nothing to report" in reader.get(path, department="EAST").text
    table = reader.get(f"{path}/compared.csv", department="WEST")
    assert table.text.splitlines()[1].startswith(f"Received,{LAST + 1}.0,")
    refused = reader.get("/insights/reports/2026-W99")
    assert refused.status_code == 404
    assert "2026-W99 is not a week." in refused.text


def test_a_place_is_named_where_more_came_in_than_is_normal_there(reader: Person) -> None:
    page = shown(reader, "places")
    [row] = rows_of(page, "places")
    assert row[:2] == ["Pothole", f"{LAST - USUAL}"]
    link = urlsplit(page.cssselect("#places tbody a")[0].get("href"))
    listed = reader.get(link.path.removeprefix("/staff"), **flat(parse_qs(link.query)))
    assert f"{LAST - USUAL} requests" in words(lxml.html.fromstring(listed.text))
    assert "do not mean few problems" in words(page)


def test_a_place_is_named_to_which_the_city_comes_again(reader: Person) -> None:
    """Each week at two of the three places; the third was only reported in the last week."""
    page = shown(reader, "places")
    often, less = rows_of(page, "repeated-places")
    assert often[:4] == ["Pothole", "Show on the map", f"{WEEKS}", f"{7 * WEEKS}"]
    assert less[:4] == ["Pothole", "Show on the map", f"{WEEKS}", f"{3 * WEEKS}"]
    finding = words(page.cssselect("#repeated-places")[0])
    assert f"Places found: 2. The most visits to one of them: {WEEKS}, for Pothole." in finding
    link = urlsplit(page.cssselect("#repeated-places tbody a")[0].get("href"))
    listed = reader.get(link.path.removeprefix("/staff"), **flat(parse_qs(link.query)))
    assert f"{7 * WEEKS} requests" in words(lxml.html.fromstring(listed.text))
    link = urlsplit(page.cssselect("#repeated-places a[href*='.csv']")[0].get("href"))
    file = csv.DictReader(io.StringIO(reader.get(link.path.removeprefix("/staff")).text))
    assert [one["visits"] for one in file] == [f"{WEEKS}", f"{WEEKS}"]


def test_places_of_last_night_are_those_that_are_found_at_once(reader: Person, city: str) -> None:
    filters = {"service_code": "POTHOLE"}
    found = {
        key: rows_of(shown(reader, "places", **filters), key)
        for key in ("places", "repeated-places")
    }
    with at_hand(city):
        assert keep_places() == 1
        stored = find_kept_places(get_jurisdiction(None), public=False)
        assert stored is not None
        assert len(stored.document["repeated"]) == 2
        kept = dict(stored.document)
        kept["repeated"] = kept["repeated"][:1]
        db.session.execute(update(KeptPlaces).values(document=kept))
        db.session.commit()
    page = shown(reader, "places")
    assert rows_of(page, "places") == found["places"]
    assert rows_of(page, "repeated-places") == found["repeated-places"][:1]
    # A filter finds them at once, also those that are not kept.
    assert (
        rows_of(shown(reader, "places", **filters), "repeated-places") == found["repeated-places"]
    )


def test_the_public_sees_no_square_that_shows_a_home(
    reader: Person, city: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nearly all requests of both squares are at one place."""
    with at_hand(city):
        here = get_jurisdiction(None)
        assert keep_places() == 1
        public = find_kept_places(here, public=True)
        assert public is not None
        assert (len(public.document["repeated"]), public.document["squares"]) == (2, [])
        monkeypatch.setattr(kept_places, "OTHERS", 0)
        assert keep_places() == 1
        shown_now = find_kept_places(here, public=True)
        assert shown_now is not None
        squares = shown_now.document["squares"]
        assert sum(one["places"] for one in squares) == 2
        assert sum(one["visits"] for one in squares) == 2 * WEEKS
        db.session.execute(delete(KeptPlaces))
        db.session.commit()


def test_the_api_has_the_same_places(reader: Person) -> None:
    week = monday()
    asked = {"to": f"{week + timedelta(days=9):%F}"}
    answer = reader.session.get(f"{reader.address}/stats/hot-spots.geojson", params=asked)
    document = answer.json()
    assert answer.headers["Content-Type"] == "application/geo+json"
    assert (document["begin"], document["measure"]) == (f"{week:%F}", "hot_places")
    [place] = document["features"]
    assert place["properties"]["service_code"] == "POTHOLE"
    assert place["properties"]["observed"] == LAST - USUAL
    ring = shapely.from_geojson(json.dumps(place["geometry"]))
    assert ring.contains(shapely.Point(-0.6, 0.5))
    assert ring.exterior.is_ccw
    before = {"to": f"{week - timedelta(days=1):%F}"}
    earlier = reader.session.get(f"{reader.address}/stats/hot-spots.geojson", params=before)
    assert earlier.json()["features"] == []


def test_areas_are_compared_in_their_order_and_with_a_caution(reader: Person) -> None:
    page = shown(reader, "areas", layer="ward")
    assert [row[0] for row in rows_of(page, "closings-by-area")] == ["West", "East"]
    assert [row[0] for row in rows_of(page, "promises-by-area")] == ["West", "East"]
    assert "do not mean few problems" in words(page)
    rates = words(page.cssselect("#reporting-rates")[0])
    assert "No service has the 30 further reports that this needs." in rates
    without = shown(reader, "areas")
    assert rows_of(without, "closings-by-area") == rows_of(page, "closings-by-area")


def test_a_forecast_is_shown_once_it_was_right_often_enough(reader: Person) -> None:
    """The weeks are all alike but the last of the six that were forecast; none had a backlog."""
    page = shown(reader, "ahead", crews="2", crews_planned="3")
    assert len(rows_of(page, "ahead")) == 26 + 4
    assert "Of the last 6 weeks, 83.3% were in it." in words(page)
    [department] = rows_of(page, "ahead-by-department")
    assert department[0] == "West Yard"
    assert department[-2:] == [f"{LAST + 1}", "83.3%"]
    assert "No week of the past year began with open requests." in words(page)
    assert "enter both numbers" in words(shown(reader, "ahead", crews="2"))


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"service_code": "NONE"}, "Service NONE does not exist."),
        ({"group": "NONE"}, "Service group NONE does not exist."),
        ({"agency_responsible": "NONE"}, "Department NONE does not exist."),
        ({"boundary": "ward:99"}, "Boundary ward:99 does not exist."),
        ({"boundary": "ward"}, "Boundary is not valid."),
        ({"channel": "NONE"}, "NONE is not a way in which requests are received."),
        ({"since": "yesterday"}, "valid date"),
        ({"since": "2026-02-01", "until": "2026-01-01"}, "must not be before the start date"),
        ({"since": "2001-01-01", "until": "2026-01-01"}, "longer than five years"),
        ({"since": "1900-01-01"}, "longer than five years"),
        ({"layer": "none"}, "There is no layer none."),
        ({"crews": "1001"}, "Enter 1,000 crews or fewer."),
    ],
)
def test_filters_that_cannot_be_used_are_named(
    reader: Person, filters: dict[str, str], sentence: str
) -> None:
    answer = reader.get("/insights/flow", **filters)
    page = lxml.html.fromstring(answer.text)
    assert answer.status_code == 400
    assert sentence in words(page.cssselect("[role=alert]")[0])
    assert not page.cssselect("figure")
    table = reader.get("/insights/flow/open.csv", **filters)
    assert table.status_code == 400


def test_a_period_without_requests_says_so(reader: Person) -> None:
    for section in ("flow", "time", "promises"):
        page = shown(reader, section, since="2020-01-06", until="2020-02-02")
        assert "There are no requests in this period" in words(page)
        assert not page.cssselect("figure")
    assert "There are no requests" in words(shown(reader, "", channel="letter"))
    areas = words(shown(reader, "areas", layer="ward", since="2020-01-06", until="2020-02-02"))
    assert "Areas are those of this layer: " in areas
    assert "There are no requests in them in this period" in areas


def test_a_period_without_a_whole_week_has_no_charts_of_weeks(reader: Person) -> None:
    """A week that is not over is not compared."""
    for since in (f"{datetime.now(ZONE):%F}", f"{datetime.now(ZONE) + timedelta(days=400):%F}"):
        assert rows_of(shown(reader, "flow", since=since), "flow-by-service")
        for section in ("time", "promises", "areas"):
            assert not shown(reader, section, since=since).cssselect("svg.chart")


def test_due_dates_are_shown_by_weeks_from_monday(reader: Person) -> None:
    first = monday() - timedelta(weeks=3, days=2)
    answer = reader.get("/insights/promises/promises-by-week.csv", since=f"{first:%F}")
    weeks = [row["week"] for row in csv.DictReader(io.StringIO(answer.text))]
    assert weeks == [f"{monday() - timedelta(weeks=week):%F}" for week in (3, 2, 1, 0)]


def test_unknown_pages_and_tables_are_not_found(reader: Person) -> None:
    assert reader.get("/insights/none").status_code == 404
    assert reader.get("/insights/none/open.csv").status_code == 404
    assert reader.get("/insights/flow/none.csv").status_code == 404


def test_figures_speak_spanish(reader: Person) -> None:
    reader.post("/insights/", "/language", language="es", next="/staff/insights/")
    page = shown(reader, "")
    assert "se recibieron" in words(page)
    assert "requests" not in words(page.cssselect("main")[0]).lower()
    assert f"{LAST - STILL_OPEN} cerradas" in [words(one) for one in page.cssselect("li p")]
    reader.post("/insights/", "/language", language="en", next="/staff/insights/")
