"""The public page of a request: its states in words, and what anyone may do there."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy

import pytest
import requests
from administrators import says
from applications import application, close
from requests.cookies import RequestsCookieJar
from servers import PATIENCE
from statements import statements

from open311.database import db
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.routing.department import hand_over
from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.progress import OF_STATUS, PROGRESS
from schemas.vocabulary.statuses import DETAILED_STATUSES
from tests.residents.reported import SECRET, Reported, Town, browser


def public_page(town: Town, one: Reported, language: str = "en") -> str:
    page = town.get(f"/{language}/r/{one.id}")
    assert page.status_code == 200, page.text
    return says(page)


def test_every_status_and_entry_has_its_words_in_each_language() -> None:
    assert OF_STATUS.keys() == set(DETAILED_STATUSES)
    for language in LANGUAGES.keys() - {"en"}:
        messages = read_messages(language)
        texts = {text for one in PROGRESS.values() for text in (one.word, one.sentence) if text}
        assert {text for text in texts if messages.gettext(text) == text} == set()


@pytest.mark.parametrize("status", [one for one in DETAILED_STATUSES if one != "open"])
def test_each_status_is_said_in_a_resident_s_words(town: Town, status: str) -> None:
    one = town.report()
    town.change(one, status, "A note about it.")
    for language in LANGUAGES:
        say = read_messages(language).gettext
        text = public_page(town, one, language)
        assert say(OF_STATUS[status].word) in text
        assert say(OF_STATUS[status].sentence) % {"department": "East Yard"} in text
        assert text.count("A note about it.") == 1


def test_the_timeline_tells_what_happened_with_the_newest_last(town: Town) -> None:
    one = town.report()
    assert "East Yard because the place is in East" in public_page(town, one)
    town.rows("UPDATE routing_rules SET public_reason = 'it lies in the east'")
    town.change(one, "investigating", "We look at it.")
    with town.at_work() as city:
        hand_over(city, one.id, "WEST", "They are lazy in the east.", "tests")
    town.change(one, "fixed", "Filled.")
    town.change(one, "open", "It has opened again.")
    text = public_page(town, one)
    told = (
        *("What has happened", "Received", "East Yard has it.", "Being looked at"),
        *("We look at it.", "Moved", "Moved from East Yard to West Yard.", "Fixed", "Filled."),
        *("Opened again", "West Yard has it again.", "It has opened again."),
    )
    places = [text.index(words, text.index("What has happened")) for words in told]
    assert places == sorted(places)
    assert "lazy" not in text
    assert "in the east" not in text  # a person chose the department
    other = town.report()
    assert "East Yard because it lies in the east" in public_page(town, other)
    assert "in the east" not in public_page(town, other, "es")


def test_a_date_that_has_passed_or_moved_is_told(town: Town) -> None:
    one = town.report()
    [[due]] = town.rows("SELECT expected_datetime FROM service_requests WHERE pk = %s", one.pk)
    text = public_page(town, one)
    assert f"Expected by {due:%B}" in text
    assert "passed" not in text
    assert "At first" not in text
    for moved in ("2026-01-15 12:00:00-05", "2026-02-03 12:00:00-05"):
        town.rows("UPDATE service_requests SET expected_datetime = %s WHERE pk = %s", moved, one.pk)
    text = public_page(town, one)
    assert "Expected by February 3" in text
    assert "That has passed." in text
    assert f"At first it was {due:%B}" in text
    town.change(one, "fixed", "Filled.")
    assert "Expected by" not in public_page(town, one)


def test_a_question_to_the_requester_is_shown(town: Town) -> None:
    one = town.report()
    town.ask(one, "Which lane is it?")
    text = public_page(town, one)
    assert "We need to know something" in text
    assert "Which lane is it?" in text
    assert "Expected by" not in text


def test_linked_requests_lead_to_each_other(town: Town) -> None:
    main, other, held = town.report(), town.report(), town.report()
    town.join(other, main)
    town.join(held, main)
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", held.pk)
    text = public_page(town, other)
    assert f"Joined with {main.id}." in text
    text = public_page(town, main)
    assert f"Reported by others, too: {other.id}" in text
    assert held.id not in text


def test_what_is_not_public_looks_as_if_it_did_not_exist(town: Town) -> None:
    held, batch = town.report(), town.report(service="LAMP")
    town.rows("UPDATE service_requests SET public = false WHERE pk = %s", held.pk)
    texts = {says(town.get(f"/r/{id_}")).replace(id_, "") for id_ in (held.id, batch.id, "26-999")}
    assert len(texts) == 1
    for id_ in (held.id, batch.id, "26-999"):
        assert town.get(f"/r/{id_}").status_code == 404
        for act, fields in (
            ("me-too", {}),
            ("follow", {"email": "a@mail.example"}),
            ("flag", {"reason": "other"}),
        ):
            assert town.post(f"/r/{id_}/{act}", **fields).status_code == 404
    assert town.value("SELECT count(*) FROM supports WHERE service_request_pk = %s", held.pk) == 0


def test_the_number_of_an_imported_request_on_its_former_server_leads_to_it(town: Town) -> None:
    one = town.report()
    town.rows(
        "INSERT INTO former_ids (jurisdiction_id, source, former_id, service_request_pk)"
        " VALUES ('gridtown.example', 'old', 'OLD-1', %s)",
        one.pk,
    )
    page = town.get("/es/r/OLD-1")
    assert page.status_code == 200
    assert page.url == f"{town.address}/es/r/{one.id}"


def test_of_a_withdrawn_request_only_that_is_said(town: Town) -> None:
    one = town.report(description="My red house")
    with town.at_work() as city:
        withdraw_service_request(city, one.id, "tests", "Spam")
    page = town.get(f"/r/{one.id}")
    assert page.status_code == 410
    assert one.id in page.text
    assert "red house" not in page.text
    assert "Spam" not in page.text
    assert town.post(f"/r/{one.id}/me-too").status_code == 410


def test_the_page_names_no_person_and_no_answer(town: Town) -> None:
    one = town.report(
        service="SURVEY",
        email="robin@mail.example",
        first_name="Robin",
        phone="555-0199",
        **{"attribute[WHO]": "CREW", "attribute[LINE]": "I am Robin"},
    )
    page = town.get(f"/r/{one.id}").text
    for word in ("robin", "555-0199", one.secret):
        assert word not in page.lower()


def test_other_sites_show_its_picture_and_search_engines_do_not_list_it(town: Town) -> None:
    one = town.report(photos=2)
    page = town.get(f"/r/{one.id}")
    [image] = re.findall(r'property="og:image" content="([^"]+-small\.jpg)"', page.text)
    assert requests.get(image, timeout=PATIENCE).status_code == 200
    assert 'property="og:title" content="Pothole, request' in page.text
    assert "1 Main Street" in re.findall(r'og:description" content="([^"]+)"', page.text)[0]
    assert '<meta name="robots" content="noindex">' in page.text
    assert 'src="data:image/svg+xml' in page.text  # the QR code
    assert len(re.findall(r'<img src="/open311/media/[0-9a-f]{32}-small.jpg"', page.text)) == 2
    town.rows("UPDATE sites SET is_indexed = true")
    assert "noindex" not in town.get(f"/r/{one.id}").text
    town.rows("UPDATE sites SET is_indexed = false")


def test_a_reason_stands_where_the_city_has_removed_something(town: Town) -> None:
    one = town.report()
    town.rows(
        "INSERT INTO moderations (service_request_pk, target, kind, reason, original, made_by,"
        " made_at) VALUES (%s, 'description', 'hidden', 'Personal data removed', 'I am Kim', 'x',"
        " '2026-11-28 12:00Z')",
        one.pk,
    )
    text = public_page(town, one)
    assert "Personal data removed (the city, Nov 28, 2026)" in text
    assert "Kim" not in text


def test_reading_changes_nothing_and_sets_no_cookie(town: Town) -> None:
    one = town.report(photos=1)
    before = town.counts()
    for language in ("", "/en", "/es"):
        for query in ("", "?done=me-too", "?done=nothing"):
            page = town.get(f"{language}/r/{one.id}{query}")
            assert page.status_code == 200
            assert "Set-Cookie" not in page.headers
    assert town.get(f"/r/{one.id}/me-too").status_code == 404
    assert town.counts() == before


def test_a_page_takes_two_statements(
    renewed_database: Callable[[str], str], site_city: str
) -> None:
    """One for the version of the snapshot, and one for all the rest; five are the bound."""
    app = application(renewed_database(site_city), {"OPEN311_SECRET_KEY": SECRET})
    client = app.test_client()
    assert client.get("/r/26-0000002").status_code == 200
    with app.app_context():
        engine = db.engine
    with statements(engine) as sent:
        assert client.get("/r/26-0000002").status_code == 200
    close(app)
    assert len(sent) == 2, sent


def supports(town: Town, one: Reported) -> int:
    return int(town.value("SELECT count(*) FROM supports WHERE service_request_pk = %s", one.pk))


@pytest.mark.parametrize("known", [False, True])
def test_fifty_taps_of_one_device_at_once_count_once(town: Town, known: bool) -> None:
    one, other = town.report(), town.report()
    device = browser()
    if known:
        first = device.post(f"{town.address}/r/{other.id}/me-too", timeout=PATIENCE)
        assert first.status_code == 200
    cookie = dict(device.cookies)

    def tap(_number: int) -> tuple[int, str | None]:
        answer = requests.Session.post(
            device,
            f"{town.address}/r/{one.id}/me-too",
            allow_redirects=False,
            cookies=cookie,
            timeout=PATIENCE,
        )
        return answer.status_code, answer.headers.get("Location")

    with ThreadPoolExecutor(50) as taps:
        answers = set(taps.map(tap, range(50)))
    # All wait for the same row: on a slow machine, the last ones are told to come again.
    assert answers - {(503, None)} == {(303, f"/r/{one.id}?done=me-too")}
    assert supports(town, one) == 1
    assert "1 other has this, too." in public_page(town, one)


def test_devices_count_each_once_for_each_request(town: Town) -> None:
    one, other = town.report(), town.report()
    devices = [browser(), browser()]
    devices.append(copy(devices[1]))
    devices[2].cookies = RequestsCookieJar()
    devices[2].headers = {**devices[1].headers, "User-Agent": "another one of that network"}
    for _time in range(2):
        for device in devices:
            for which in (one, other):
                page = device.post(f"{town.address}/es/r/{which.id}/me-too", timeout=PATIENCE)
                assert page.status_code == 200
                assert "/es/r/" in page.url
    assert [supports(town, which) for which in (one, other)] == [3, 3]
    [cookie] = devices[0].cookies
    assert cookie.name == "device"
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert "3 others have this, too." in public_page(town, one)
    digests = town.rows("SELECT sender_digest FROM supports")
    assert len(digests) == len(set(digests))  # of one device, nothing is equal for two requests


def test_a_sentence_with_a_me_too_is_a_comment_and_doubtful_ones_wait(town: Town) -> None:
    one, device = town.report(), browser()

    def add(**fields: str) -> None:
        form = {"sending": "first", **fields}
        page = device.post(f"{town.address}/r/{one.id}/me-too", data=form, timeout=PATIENCE)
        assert page.status_code == 200

    add(description="My bike broke there.")
    add(description="My bike broke there.")  # sent twice
    add(description="Look at https://spam.example", sending="second")
    add(description="Call me: (740) 687-6600", sending="third")
    add(description="Eaten by the trap", website="spam", sending="fourth")
    answer = town.post(f"/r/{one.id}/me-too", photos=1, sending="fifth")
    assert answer.status_code == 200
    found = town.rows(
        "SELECT description, comment_id IS NULL, token IS NULL, by_city FROM received_updates"
        " WHERE service_request_pk = %s ORDER BY id",
        one.pk,
    )
    assert found == [
        ("My bike broke there.", False, True, False),
        ("Look at https://spam.example", True, False, False),
        ("Call me: (740) 687-6600", True, False, False),
        ("", True, False, False),
    ]
    text = public_page(town, one)
    assert text.count("My bike broke there.") == 1
    for word in ("spam", "687-6600", "Eaten"):
        assert word not in text
    photo = town.value("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    assert town.get(f"/open311/media/{photo}").status_code == 404


def test_nobody_joins_a_closed_request(town: Town) -> None:
    one = town.report()
    town.change(one, "fixed", "Filled.")
    assert "Do you have this, too?" not in public_page(town, one)
    answer = town.post(f"/r/{one.id}/me-too")
    assert answer.status_code == 400
    assert "is closed. If the problem is still there, report it again." in says(answer)
    assert supports(town, one) == 0


def test_a_flag_reaches_staff(town: Town) -> None:
    one = town.report()
    town.change(one, "fixed", "Filled.")
    assert "Choose an answer." in says(town.post(f"/r/{one.id}/flag", text="Bad"))
    page = town.post(f"/r/{one.id}/flag", reason="personal", text="It names my neighbor.")
    assert "Thank you. Staff will look at this page." in says(page)
    assert town.rows("SELECT text FROM flags WHERE service_request_pk = %s", one.pk) == [
        ("personal: It names my neighbor.",)
    ]
    entry = town.rows("SELECT reason FROM triage_entries WHERE service_request_pk = %s", one.pk)
    assert entry == [("flagged",)]
    assert "neighbor" not in public_page(town, one)
