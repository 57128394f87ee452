"""Reporting on the website without scripts, over HTTP."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urljoin

import psycopg
import pytest
import requests
from georeport_client import KEYS, Api
from images import from_a_phone
from servers import PATIENCE
from visitor import Visitor
from website_forms import opened

from tests.residents.reported import SECRET

PHOTO = ("media", ("hole.jpg", from_a_phone(), "image/jpeg"))
PLACE = {"address_string": "1 Long Street"}
POTHOLE = {"service_code": "POTHOLE"}

Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def rows(site_database: str) -> Iterator[Rows]:
    """Return a function that runs a statement on the database of the website."""
    with psycopg.connect(site_database.replace("+psycopg", ""), autocommit=True) as connection:

        def run(statement: str, *values: object) -> list[tuple[Any, ...]]:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

        # So that the limits of one address, which have tests of their own, are not reached.
        run("UPDATE sites SET reports_per_hour = 9000, reports_per_day = 9000")
        yield run


@pytest.fixture
def visitor(website: str, rows: Rows) -> Visitor:
    return Visitor(website)


@pytest.fixture
def changed_service(rows: Rows) -> Iterator[Callable[[str], None]]:
    """Return a function that changes the service POTHOLE for one test."""
    [before] = rows("SELECT is_on_site, needs_contact FROM services WHERE service_code = 'POTHOLE'")
    yield (
        lambda change: rows(f"UPDATE services SET {change} WHERE service_code = 'POTHOLE'") and None
    )
    rows(
        "UPDATE services SET is_on_site = %s, needs_contact = %s WHERE service_code = 'POTHOLE'",
        *before,
    )


def stored(rows: Rows) -> int:
    return int(rows("SELECT count(*) FROM service_requests")[0][0])


def begun(visitor: Visitor, *answers: dict[str, Any]) -> Visitor:
    """A draft of someone who takes a minute, with the first questions answered."""
    visitor.open("/").send({"opened": opened(SECRET)})
    for answer in answers:
        visitor.send(answer)
    return visitor


@pytest.mark.parametrize("photos", [0, 2])
def test_one_question_after_the_other(visitor: Visitor, rows: Rows, photos: int) -> None:
    before = stored(rows)
    visitor.open("/").send(files=[PHOTO] * photos)
    assert (visitor.step, visitor.statuses) == ("place", [303, 200])
    visitor.send({"address_string": f"{photos} Long Street"})
    assert visitor.step == "service"
    visitor.send({"service_code": "SURVEY"})
    assert visitor.step == "details"
    answers = {"attribute[WHO]": "CREW", "attribute[WHAT]": ["A", "B"], "attribute[COUNT]": "3"}
    visitor.send({"description": "Everything is broken", **answers})
    assert visitor.step == "contact"
    visitor.send({"email": "robin@example.org", "phone": "555-0199", "wants_updates": "yes"})
    assert visitor.step == "check"
    for shown in ("Long Street", "Survey", "Everything is broken", "A crew", "robin@example.org"):
        assert shown in visitor.words
    assert stored(rows) == before
    visitor.send()
    assert (visitor.statuses, "/report/sent/" in visitor.url) == ([303, 200], True)
    assert stored(rows) == before + 1
    [(pk, id_, given)] = rows(
        "SELECT pk, service_request_id, answers FROM service_requests ORDER BY pk DESC LIMIT 1"
    )
    assert id_ in visitor.words
    assert given == {"WHO": "CREW", "WHAT": ["A", "B"], "COUNT": "3"}
    media = "SELECT count(*) FROM media WHERE service_request_pk = %s"
    assert rows(media, pk) == [(photos,)]
    wishes = "SELECT state FROM subscriptions WHERE service_request_pk = %s"
    assert rows(wishes, pk) == [("unconfirmed",)]
    first_time = visitor.text
    assert visitor.open(visitor.url).text == first_time


def test_whoever_takes_a_minute_is_not_held(visitor: Visitor, rows: Rows) -> None:
    rows("UPDATE site_reports SET sender_digest = NULL")  # of those who sent many
    begun(visitor, PLACE, POTHOLE, {"description": "A hole"}, {}).send()
    query = "SELECT public FROM service_requests ORDER BY pk DESC LIMIT 1"
    assert rows(query) == [(True,)]
    assert "after a look" not in visitor.words
    assert "East Yard" not in visitor.words  # an address without coordinates goes to the town hall
    assert "Town Hall has it." in visitor.words
    assert "Expected by" in visitor.words
    assert "A crew will look at it." in visitor.words


def test_back_keeps_everything_and_a_change_leads_back_to_the_check(visitor: Visitor) -> None:
    begun(visitor, PLACE, {"service_code": "SURVEY"})
    visitor.send({"description": "All of it", "attribute[WHO]": "CLERK", "attribute[WHAT]": "B"})
    visitor.send({"email": "robin@example.org"})
    assert visitor.step == "check"
    backwards = []
    while visitor.find("Back"):
        visitor.follow("Back")
        backwards.append((visitor.step, dict(visitor.fields())))
    values = {name: value for _step, fields in backwards for name, value in fields.items()}
    assert [step for step, _fields in backwards] == [
        *("contact", "details", "service", "place", "photo"),
    ]
    assert values["email"] == "robin@example.org"
    assert (values["attribute[WHO]"], values["attribute[WHAT]"]) == ("CLERK", "B")
    assert (values["service_code"], values["address_string"]) == ("SURVEY", "1 Long Street")
    visitor.open(visitor.url.replace("photo", "check")).follow("Change Place")
    visitor.send({"address_string": "2 Other Street"})
    assert visitor.step == "check"
    assert "2 Other Street" in visitor.words
    visitor.follow("Change Service").send(POTHOLE)
    assert visitor.step == "check"
    assert "A clerk" not in visitor.words


def test_photos_of_a_draft_are_seen_kept_and_removed(visitor: Visitor, rows: Rows) -> None:
    begun(visitor).follow("Back").send(files=[PHOTO, PHOTO])
    visitor.follow("Back")
    shown = [one.get("src") for one in visitor.document.xpath("//ul[@class='photos']//img")]
    assert len(shown) == 2
    photo = requests.get(urljoin(visitor.url, shown[0]), timeout=PATIENCE)
    assert photo.headers["Content-Type"] == "image/jpeg"
    assert photo.headers["Cache-Control"] == "private, no-store"
    name = shown[0].rpartition("/")[2]
    elsewhere = urljoin(visitor.url, f"/open311/media/{name}")
    assert requests.get(elsewhere, timeout=PATIENCE).status_code == 404
    visitor.send({"drop_photo": name})
    visitor.follow("Back")
    assert [one.get("src") for one in visitor.document.xpath("//ul[@class='photos']//img")] == [
        shown[1]
    ]
    for answer in ({}, PLACE, POTHOLE, {}, {}, {}):
        visitor.send(answer)
    assert "/report/sent/" in visitor.url
    kept = "SELECT name FROM media ORDER BY id DESC LIMIT 1"
    assert rows(kept) == [(shown[1].rpartition("/")[2],)]
    assert requests.get(urljoin(visitor.url, shown[1]), timeout=PATIENCE).status_code == 410


def test_a_draft_that_is_sent_twice_is_stored_once(visitor: Visitor, rows: Rows) -> None:
    begun(visitor, PLACE, POTHOLE, {"description": "Sent twice"}, {})
    before, check = stored(rows), Visitor(visitor.address, visitor.url, 200, visitor.text)
    with ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda one: one.send().url, (visitor, check)))
    assert "/report/sent/" in pages[0]
    assert pages[0] == pages[1]
    assert stored(rows) == before + 1
    again = Visitor(visitor.address).open(pages[0])
    assert again.status == 200


def test_a_whole_report_that_is_sent_twice_is_stored_once(website: str, rows: Rows) -> None:
    before = stored(rows)
    form = {**PLACE, **POTHOLE, "sending": "aa3e4567", "description": "Whole"}
    first, again = (send(website, form) for _ in range(2))
    assert first.url == again.url
    assert stored(rows) == before + 1
    changed = send(website, {**form, "description": "Another"})
    assert changed.status_code == 400
    assert "You sent this request before" in changed.text
    assert stored(rows) == before + 1
    page = Visitor(website, changed.url, 400, changed.text)
    page.send()
    assert "/report/sent/" in page.url
    assert page.url != first.url
    assert stored(rows) == before + 2


def test_the_same_words_of_another_give_nobody_the_link(website: str, rows: Rows) -> None:
    form = {**PLACE, "service_code": "LAMP", "description": "Dark"}
    one, other = (send(website, {**form, "sending": key}) for key in ("one", "other"))
    assert one.url != other.url


def send(address: str, form: dict[str, str], **headers: str) -> requests.Response:
    return requests.post(f"{address}/report", form, headers=headers, timeout=PATIENCE)


def test_a_draft_expires(visitor: Visitor, rows: Rows) -> None:
    begun(visitor, PLACE)
    url = visitor.url
    rows("UPDATE report_drafts SET expires_at = now() - interval '1 second'")
    assert visitor.send(POTHOLE).status == 410
    assert "older than 24 hours" in visitor.words
    assert visitor.open(url).status == 410
    assert visitor.open("/report/short/place").status == 410
    name = url.split("/")[-2]
    assert send(visitor.address, {"draft": name}).status_code == 410


DETAILS = {"description": "x", "attribute[WHO]": "CREW"}


@pytest.mark.parametrize(
    ("before", "wrong", "field", "sentence"),
    [
        ([], {}, "lat", "Choose a location on the map or enter an address."),
        ([], {"lat": "5", "long": "5"}, "lat", "outside Gridtown"),
        ([], {"lat": "91", "long": "5"}, "lat", "Enter the latitude"),
        ([PLACE], {}, "service_code", "Choose a service."),
        ([PLACE], {"service_code": "NONE"}, "service_code", "Choose one of the services"),
        (
            [PLACE, {"service_code": "SURVEY"}],
            {"description": "kept"},
            "attribute-WHO",
            "Answer this question: Who should come?",
        ),
        (
            [PLACE, {"service_code": "SURVEY"}],
            {**DETAILS, "attribute[COUNT]": "many"},
            "attribute-COUNT",
            "Enter How many? as a number",
        ),
        ([PLACE, POTHOLE], {"description": "x" * 4001}, "description", "is too long"),
        ([PLACE, POTHOLE, {}], {"email": "robin"}, "email", "such as name@example.com"),
        ([PLACE, POTHOLE, {}], {"wants_updates": "yes"}, "email", "updates should go to"),
    ],
)
def test_a_wrong_answer_is_asked_for_again_with_everything_kept(
    visitor: Visitor,
    before: list[dict[str, Any]],
    wrong: dict[str, Any],
    field: str,
    sentence: str,
) -> None:
    begun(visitor, *before)
    step = visitor.step
    visitor.send(wrong)
    assert (visitor.status, visitor.step) == (400, step)
    [problem] = visitor.document.xpath("//*[@id='problems']//li/a")
    assert sentence in problem.text_content()
    assert problem.get("href") == f"#{field}"
    assert len(visitor.document.xpath(f"//*[@id='{field}']")) == 1
    shown = dict(visitor.fields())
    assert {name: shown.get(name) for name in wrong if name != "service_code"} == {
        name: value for name, value in wrong.items() if name != "service_code"
    }
    assert visitor.document.xpath("//title")[0].text.startswith("Error:")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([("media", ("a.jpg", b"no photo", "image/jpeg"))], "is not a photo"),
        ([PHOTO] * 30, "You selected too many photos."),
    ],
)
def test_a_file_that_is_no_photo_is_refused_at_once_and_later(
    visitor: Visitor, files: list[Any], sentence: str
) -> None:
    visitor.open("/").send(files=files)
    assert visitor.status == 400
    assert sentence in visitor.words
    begun(visitor).follow("Back").send(files=files)
    assert (visitor.status, visitor.step) == (400, "photo")
    assert sentence in visitor.words


def test_a_service_that_is_not_on_the_website_is_refused(
    visitor: Visitor, rows: Rows, changed_service: Callable[[str], None]
) -> None:
    begun(visitor, PLACE)
    before = stored(rows)
    changed_service("is_on_site = false")
    assert visitor.send(POTHOLE).status == 400
    assert "Choose one of the services" in visitor.words
    assert 'data-service="POTHOLE"' not in visitor.open("/").text
    assert send(visitor.address, {**PLACE, **POTHOLE}).status_code == 400
    assert stored(rows) == before


def test_a_service_may_need_an_address_to_answer(
    visitor: Visitor, rows: Rows, changed_service: Callable[[str], None]
) -> None:
    changed_service("needs_contact = true")
    begun(visitor, PLACE, POTHOLE, {})
    assert "needs your email address or phone number" in visitor.words
    assert visitor.send().status == 400
    assert "This service needs it" in visitor.words
    before = stored(rows)
    assert send(visitor.address, {**PLACE, **POTHOLE}).status_code == 400
    assert stored(rows) == before
    visitor.send({"phone": "555-0100"})
    assert visitor.step == "check"


def test_what_is_wrong_when_it_is_sent_leads_to_its_question(
    visitor: Visitor, rows: Rows, changed_service: Callable[[str], None]
) -> None:
    begun(visitor, PLACE, POTHOLE, {"description": "kept"}, {})
    assert visitor.step == "check"
    changed_service("is_on_site = false")
    before = stored(rows)
    visitor.send()
    assert visitor.status == 400
    assert "What is it?" in visitor.words
    visitor.send({"service_code": "0042"})
    assert visitor.step == "details"
    assert dict(visitor.fields())["description"] == "kept"
    assert stored(rows) == before


def test_a_whole_form_with_problems_keeps_everything_also_the_photos(
    visitor: Visitor, rows: Rows
) -> None:
    form = {
        "service_code": "SURVEY",
        "description": "A story",
        "attribute[WHAT]": ["A", "01"],
        "lat": "5",
        "long": "5",
        "email": "robin",
        "sending": "with a photo",
    }
    parts = [
        (name, (None, one))
        for name, some in form.items()
        for one in (some if isinstance(some, list) else [some])
    ]
    answer = requests.post(f"{visitor.address}/report", files=[*parts, PHOTO], timeout=PATIENCE)
    assert answer.status_code == 400
    page = Visitor(visitor.address, answer.url, 400, answer.text)
    problems = [one.get("href") for one in page.document.xpath("//*[@id='problems']//a")]
    assert problems == ["#attribute-WHO", "#email"]
    kept = page.fields()
    assert ("attribute[WHAT]", "A") in kept
    assert ("attribute[WHAT]", "01") in kept
    assert dict(kept)["description"] == "A story"
    page.send({"attribute[WHO]": "CREW", "email": "robin@example.org"})
    assert page.status == 400
    assert "outside Gridtown" in page.words
    page.send({"lat": "0.5", "long": "0.5"})
    assert "/report/sent/" in page.url, page.words
    query = (
        "SELECT r.description, r.answers, m.width FROM service_requests r"
        " JOIN media m ON m.service_request_pk = r.pk ORDER BY r.pk DESC LIMIT 1"
    )
    assert rows(query) == [("A story", {"WHO": "CREW", "WHAT": ["A", "01"]}, 60)]


def test_danger_and_personal_data_are_pointed_out_before_sending(visitor: Visitor) -> None:
    text = "Strong gas smell. Call me: (740) 687-6600"
    begun(visitor, PLACE, POTHOLE, {"description": text}, {})
    assert "This may be an emergency. Call 911 now" in visitor.words
    assert "(740) 687-6600 from it?" in visitor.words
    visitor.follow("Change the description").send({"description": "Strong smell."})
    assert visitor.step == "check"
    assert "emergency. Call" not in visitor.words
    assert "from it?" not in visitor.words


def test_what_may_be_the_same_is_shown_and_blocks_nothing(visitor: Visitor) -> None:
    here = {"lat": "0.25", "long": "0.25"}
    api = Api(visitor.address, "json", KEYS["gridtown.example"])
    api.report(**here, description="First")
    begun(visitor, here, POTHOLE)
    assert visitor.step == "nearby"
    assert "First" in visitor.words
    visitor.send()
    assert visitor.step == "details"
    visitor.follow("Back")
    assert visitor.step == "nearby"


def test_a_form_of_another_site_is_refused(website: str, rows: Rows) -> None:
    before = stored(rows)
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "http://["},
    ):
        assert send(website, {**PLACE, **POTHOLE}, **headers).status_code == 403
    assert stored(rows) == before


def test_a_closed_site_says_so_and_takes_nothing(visitor: Visitor, rows: Rows) -> None:
    begun(visitor, PLACE)
    before = stored(rows)
    rows("UPDATE sites SET takes_reports = false")
    try:
        closed = Visitor(visitor.address).open("/")
        assert closed.status == 200
        assert "Reporting is closed" in closed.words
        assert visitor.send(POTHOLE).status == 403
        assert send(visitor.address, {**PLACE, **POTHOLE}).status_code == 403
        answer = requests.post(f"{visitor.address}/report/draft", timeout=PATIENCE)
        assert answer.status_code == 403
    finally:
        rows("UPDATE sites SET takes_reports = true")
    assert stored(rows) == before


def test_the_pages_are_in_the_language_of_their_address(visitor: Visitor, rows: Rows) -> None:
    visitor.open("/es/").send({"opened": opened(SECRET)})
    assert "/es/report/" in visitor.url
    for answer in (PLACE, POTHOLE, {}, {}, {}):
        visitor.send(answer)
        assert "/es/report/" in visitor.url
        assert visitor.document.get("lang") == "es"
    visitor.open("/es/").send()
    visitor.send(PLACE).send({"service_code": "SURVEY"})
    foreign = visitor.document.xpath("//legend//*[@lang='en']")  # not translated by the city
    assert "Who should come?" in [one.text_content() for one in foreign]
    language = "SELECT language FROM site_reports ORDER BY service_request_pk DESC LIMIT 1"
    assert rows(language) == [("es",)]


def test_a_wrong_link_or_path_is_an_error_and_no_failure(visitor: Visitor) -> None:
    for path in (f"/report/sent/{'x' * 22}", "/report/sent/é"):
        assert visitor.open(path).status == 404, path
    for path in ("/report", "/report/draft", "/es/report"):
        visitor.open(path)  # as from the links to other languages on a page with problems
        assert (visitor.statuses, visitor.step) == ([302, 200], ""), path
    for query in (
        "lat=x&long=1",
        "lat=91&long=0",
        "service_code=NONE",
        "lat=nan&long=nan",
        "q=%00",
    ):
        for name in ("suggestions", "outlook", "nearby", "questions"):
            assert visitor.open(f"/report/{name}?{query}").status == 200, (name, query)
