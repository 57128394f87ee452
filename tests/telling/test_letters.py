"""Each kind of email in each language, for the longest and the emptiest request."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import lxml.html
import pytest
from applications import in_context
from browsing import barriers_of_letters
from playwright.sync_api import Browser

from open311.letters.texts import TEXTS
from open311.letters.values import Reading
from open311.letters.write import write_letter
from open311.mail.envelope import Letter
from open311.mail.markup import names_in
from open311.operations.telling.send import Outgoing
from open311.queries.city import City
from open311.queries.telling.facts import Facts, ToldStep
from open311.queries.telling.messages import Recipient
from open311.web.freshness import snapshots
from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.message_texts import PLACEHOLDERS_OF
from schemas.vocabulary.statuses import DETAILED_STATUSES
from schemas.vocabulary.telling import ALERT_MESSAGE_KINDS, CONFIRM, FOLLOWED, MESSAGE_KINDS
from tests.residents.reported import SECRET

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LONG = "Ünbreakable" * 9 + " [x](http://x.example) <b>&amp;</b>\n\n# no\n1. list " + "word " * 700
LONGEST = Facts(
    jurisdiction_id="gridtown.example",
    service_request_id="26-" + "9" * 18,
    public=True,
    service_code="POTHOLE",
    service_name="A service with a name " * 8,
    service_type="realtime",
    department_code="STREETS",
    department="A department with a name " * 8,
    address="1234567 Long Street Name Boulevard Northwest, Apartment 12345 " * 4,
    registered_address="1 Main Street",
    requested_at=NOW,
    expected_datetime=NOW,
    detailed_status="in_progress",
    main_id="26-" + "8" * 18,
    reopen_days=60,
    steps=tuple(ToldStep(NOW, status, LONG) for status in DETAILED_STATUSES),
    server="Another jurisdiction with a name " * 6,
    number="9" * 60,
)
EMPTIEST = replace(
    LONGEST,
    service_request_id=None,
    service_name="S",
    department="D",
    address="",
    registered_address=None,
    expected_datetime=None,
    main_id=None,
    steps=(),
    server="",
    number="",
)
CASES = {"longest": LONGEST, "emptiest": EMPTIEST}


@pytest.fixture(scope="module")
def city(site_database: str) -> Iterator[City]:
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_PUBLIC_URL": "https://311.example"}
    for _app in in_context(site_database, settings):
        yield snapshots().current().cities["gridtown.example"]


def outgoing(kind: str, facts: Facts, language: str, *, is_known: bool) -> Outgoing:
    is_reporter = kind not in (CONFIRM, FOLLOWED)
    recipient = Recipient(
        address="kim@mail.example",
        language=language,
        is_reporter=is_reporter,
        is_verified=is_known,
        is_confirmed=is_known,
        follow_token="f" * 22,
        track_token="t" * 22 if is_reporter else None,
    )
    return Outgoing(7, kind, NOW, recipient, facts, asks=True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MESSAGE_KINDS)
def test_each_email_is_whole(city: City, kind: str, language: str) -> None:
    for facts in (*CASES.values(), replace(LONGEST, service_type="blackbox", public=False)):
        for is_known in (True, False):
            check(write_letter(outgoing(kind, facts, language, is_known=is_known), city), language)


def check(letter: Letter, language: str) -> None:
    html = lxml.html.fromstring(letter.html)
    assert html.get("lang") == language
    assert [one.text_content() for one in html.iter("h1")] == [letter.subject]
    assert html.findtext(".//title") == letter.subject
    assert {one.tag for one in html.iter("script", "iframe", "form", "link", "img")} == set()
    targets = {one.get("href") for one in html.iter("a")}
    assert all(target.startswith(f"https://311.example/{language}/") for target in targets)
    for target in targets:
        assert target in letter.plain
    for text in (letter.subject, letter.plain, html.text_content()):
        assert "((" not in text
        assert "))" not in text
        assert "??" not in text
    assert letter.subject == " ".join(letter.subject.split())
    assert not re.search(r"\(\)| ,| \.|\n{3}", letter.plain)


def test_what_a_placeholder_means_is_known_for_each(city: City) -> None:
    known = set(Reading(outgoing("closed", LONGEST, "en", is_known=True), city).values())
    of_alerts = {name for kind in ALERT_MESSAGE_KINDS for name in PLACEHOLDERS_OF[kind]}
    for language in LANGUAGES:
        say = read_messages(language).gettext
        for kind, text in TEXTS.items():
            for english in (text.subject, *text.body, *text.foot):
                assert names_in(say(english)) == names_in(english)
                assert names_in(english) <= (of_alerts if kind in ALERT_MESSAGE_KINDS else known)
    assert set(TEXTS) == {*MESSAGE_KINDS, *ALERT_MESSAGE_KINDS}


def test_emails_have_no_barrier_in_any_color_scheme(
    browser: Browser, city: City, complaints: list[str]
) -> None:
    facts = replace(LONGEST, steps=LONGEST.steps[-3:])
    letters = (
        (kind, write_letter(outgoing(kind, facts, "es", is_known=True), city).html)
        for kind in MESSAGE_KINDS
    )
    assert barriers_of_letters(browser, letters, complaints) == {}
    assert complaints == []


def test_the_sheet_gives_colors_to_the_dark_scheme(browser: Browser, city: City) -> None:
    letter = write_letter(outgoing("closed", LONGEST, "en", is_known=True), city)
    page = browser.new_context(color_scheme="dark").new_page()
    page.set_content(letter.html)
    color = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert color == "rgb(20, 20, 20)"
