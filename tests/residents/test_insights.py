"""The public page of figures: what it says, what it leaves out, and how long it may be kept."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import lxml.etree
import lxml.html
import pytest
import requests
from applications import at_hand
from past_weeks import LAST, STILL_OPEN, USUAL, store_past_weeks
from servers import PATIENCE
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from open311.database import db
from open311.jobs import reports
from open311.jobs.reports import publish_due, weeks_due
from open311.queries.insights.reports import find_report
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.web.freshness import snapshots
from open311.web.insights.frozen import from_document, to_document
from open311.web.insights.report import make_documents

ZONE = ZoneInfo("America/New_York")

MOST_BYTES = 150_000


@pytest.fixture(scope="module")
def get(website: str, site_database: str) -> Callable[[str], requests.Response]:
    """Reads a page of a Gridtown with half a year of requests."""
    store_past_weeks(site_database)
    return lambda path: requests.get(website + path, timeout=PATIENCE)


def words(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_the_public_page_counts_public_requests_and_says_how_many_are_not(
    get: Callable[[str], requests.Response],
) -> None:
    page = lxml.html.fromstring(get("/en/insights").text)
    sentences = [words(one) for one in page.cssselect(".sentences li")]
    assert f"{LAST} requests were received" in sentences[0]
    assert f"to {STILL_OPEN}." in sentences[2]
    assert "Requests not included, as they are not public: 1 in 26 weeks." in words(page)
    assert "Lamp" not in [words(one) for one in page.cssselect("tbody th")]


def test_the_public_page_may_be_kept_and_needs_no_script_or_cookie(
    get: Callable[[str], requests.Response],
) -> None:
    answer = get("/insights")
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in answer.headers
    page = lxml.html.fromstring(answer.text)
    assert not page.cssselect("script")
    styles = sum(
        len(get(one.get("href")).content) for one in page.cssselect("link[rel=stylesheet]")
    )
    assert len(answer.content) + styles < MOST_BYTES
    assert not page.cssselect("[style], style")


def test_figures_lead_to_public_lists_files_and_definitions(
    get: Callable[[str], requests.Response],
) -> None:
    page = lxml.html.fromstring(get("/insights").text)
    [received] = [
        one
        for one in page.cssselect(".key-numbers a")
        if words(one) == "Requests received in this week"
    ]
    assert f"{LAST} requests" in words(lxml.html.fromstring(get(received.get("href")).text))
    definitions = lxml.html.fromstring(get("/insights/how").text)
    for link in page.cssselect("a[href*='/how#']"):
        assert definitions.cssselect(f"dt#{urlsplit(link.get('href')).fragment}")
    files = [one.get("href") for one in page.cssselect("figure a[href$='.csv']")]
    assert len(files) == len(page.cssselect("figure"))
    for path in files:
        answer = get(path)
        assert answer.headers["Content-Type"].startswith("text/csv")
        assert len(answer.text.splitlines()) > 1
    assert get("/insights/none.csv").status_code == 404


def test_the_website_leads_to_the_figures_in_its_languages(
    get: Callable[[str], requests.Response],
) -> None:
    start = lxml.html.fromstring(get("/es/services").text)
    [link] = start.cssselect("footer a[href='/es/insights']")
    page = lxml.html.fromstring(get(link.get("href")).text)
    assert words(page.cssselect("h1")[0]) == words(link) == "Cifras"
    assert "se recibieron" in words(page)


def monday(weeks: int = 0) -> date:
    """Return the first day of this week in the city, or of one some weeks ago."""
    today = datetime.now(ZONE).date()
    return today - timedelta(days=today.weekday(), weeks=weeks)


def at_six(day: date) -> datetime:
    return datetime.combine(day, time(6), ZONE).astimezone(UTC)


def code(day: date) -> str:
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02}"


@pytest.fixture(scope="module")
def published(get: Callable[[str], requests.Response], site_database: str) -> list[int]:
    """How many reports were published: a week ago, this week, and then again.

    After the first one, a request of its week was withdrawn.
    """
    with at_hand(site_database):
        numbers = [publish_due(at_six(monday(1)))]
        withdrawn = "UPDATE service_requests SET withdrawn_at = now() WHERE service_request_id = "
        db.session.execute(text(f"{withdrawn}'P-2-1'"))
        db.session.commit()
        return [*numbers, *(publish_due(at_six(monday())) for _again in range(2))]


def test_a_report_is_published_once_and_stays_as_it_was(
    get: Callable[[str], requests.Response], published: list[int]
) -> None:
    assert published == [1, 1, 0]
    answer = get(f"/en/insights/{code(monday(1))}")
    page = lxml.html.fromstring(answer.text)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert f"{LAST} requests were received" in words(page.cssselect(".sentences li")[0])
    assert len(page.cssselect(".sentences li")) == 5
    assert len(page.cssselect("svg[role=img]")) == 2
    rows = [[words(one) for one in row.cssselect("th, td")] for row in page.cssselect("tr")]
    assert ["Received", f"{USUAL}", f"{USUAL - 1}"] in rows
    assert "2 changed since they were published" in words(page.cssselect("#revision")[0])
    former = lxml.html.fromstring(get(f"/insights/{code(monday(2))}").text)
    assert f"{USUAL} requests were received" in words(former.cssselect(".sentences li")[0])
    table = get(f"/insights/{code(monday(1))}/revision.csv").text.splitlines()
    assert table[:2] == ["requests,published,revised", f"Received,{USUAL},{USUAL - 1}"]
    assert get(f"/insights/{code(monday(1))}/none.csv").status_code == 404


def test_a_week_that_is_not_as_it_was_published_is_flagged(
    get: Callable[[str], requests.Response], published: list[int]
) -> None:
    assert published
    days = f"from={monday(3):%F}&to={monday() - timedelta(days=1):%F}"
    rows = get(f"/stats/flow.json?period=week&{days}").json()["rows"]
    flags = {row["begin"]: row["flag"] for row in rows}
    expected = {monday(3): None, monday(2): "revised", monday(1): None}
    assert flags == {f"{day:%F}": flag for day, flag in expected.items()}
    by_service = get(f"/stats/flow.json?period=week&by=service&{days}").json()["rows"]
    assert {row["flag"] for row in by_service} == {None}


def test_a_city_without_public_requests_reports_how_many_there_are(
    site_database: str, published: list[int]
) -> None:
    assert published
    with at_hand(site_database):
        city = snapshots().current().cities["gridtown.example"]
        db.session.execute(text("UPDATE service_requests SET public = false"))
        documents = make_documents(city, monday(1), datetime.now(UTC))
        db.session.rollback()
    assert documents is not None
    public, whole = (from_document(one) for one in (documents[0], documents[1]["city"]))
    assert (len(public.week.weeks), public.flow.received, public.hidden > 0) == (26, 0, True)
    assert whole.flow.received > 0


def test_reports_are_listed_and_in_a_feed(
    get: Callable[[str], requests.Response], published: list[int]
) -> None:
    assert published
    listed = lxml.html.fromstring(get("/es/insights/reports").text)
    links = [one.get("href") for one in listed.cssselect(".week-list a")]
    assert links == [f"/es/insights/{code(monday(weeks))}" for weeks in (1, 2)]
    assert "se recibieron" in words(lxml.html.fromstring(get(links[0]).text))
    answer = get("/insights/reports.atom")
    feed = lxml.etree.fromstring(answer.content)
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    entries = feed.findall("{*}entry")
    assert [one.findtext("{*}id").rpartition("/")[2] for one in entries] == [
        code(monday(weeks)) for weeks in (1, 2)
    ]
    assert f"{LAST} requests were received" in entries[0].findtext("{*}summary")


def test_weeks_without_a_report_are_refused_in_a_sentence(
    get: Callable[[str], requests.Response], published: list[int]
) -> None:
    assert published
    no_report = f"There is no report of the week {code(monday(3))}."
    for week, sentence in {
        "2026-W99": "2026-W99 is not a week. Write a week as 2026-W48.",
        "2025-W53": "2025-W53 is not a week.",
        "2026-48": "2026-48 is not a week.",
        "9999-W52": "9999-W52 is not a week.",
        code(monday()): f"The week {code(monday())} is not over. Its report is published on ",
        code(monday(3)): no_report,
    }.items():
        answer = get(f"/en/insights/{week}")
        assert answer.status_code == 404, week
        assert sentence in words(lxml.html.fromstring(answer.text)), week


def test_missed_weeks_are_due_when_a_server_runs_again(
    site_database: str, published: list[int]
) -> None:
    assert published
    minute = timedelta(minutes=1)
    with at_hand(site_database):
        here = get_jurisdiction("gridtown.example")
        assert weeks_due(here, at_six(monday(-1)) - minute) == []
        assert weeks_due(here, at_six(monday(-1))) == [monday()]
        assert weeks_due(here, at_six(monday(-3)) - minute) == [monday(), monday(-1)]
        assert weeks_due(here, at_six(monday(-30))) == [
            monday(week) for week in range(-26, -30, -1)
        ]
        db.session.remove()
        refused = text("UPDATE published_reports SET document = '{}'")
        with pytest.raises(IntegrityError, match="only ever added"):
            db.session.execute(refused)
        db.session.rollback()
        stored = find_report("gridtown.example", monday(1))
        assert stored is not None
        assert to_document(from_document(stored.document)) == stored.document


def test_a_city_that_fails_keeps_no_report_from_the_others(
    site_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_hand(site_database):
        city = snapshots().current().cities["gridtown.example"]
        both = SimpleNamespace(cities={"broken.example": None, "gridtown.example": city})
        monkeypatch.setattr(reports, "snapshots", lambda: SimpleNamespace(current=lambda: both))
        tried: list[str] = []

        def due(scope: Scope, now: datetime) -> list[date]:
            tried.append(scope.jurisdiction_id)
            return []

        monkeypatch.setattr(reports, "weeks_due", due)
        with pytest.raises(ExceptionGroup) as raised:
            publish_due(at_six(monday()))
    assert len(raised.value.exceptions) == 1
    assert tried == ["gridtown.example"]
