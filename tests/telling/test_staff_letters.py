"""Each kind of email to staff in each language, for the longest and the emptiest request."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import lxml.html
import pytest
from applications import in_context
from browsing import barriers_of_letters
from playwright.sync_api import Browser
from report_samples import MONDAY, emptiest_report, report_of, stored

from open311.letters import staff_texts
from open311.letters.staff_letters import MOST_LISTED, write_staff_letter
from open311.mail.envelope import Letter
from open311.mail.markup import names_in
from open311.operations.telling.send_staff import StaffOutgoing
from open311.queries.city import City
from open311.queries.insights.reports import StoredReport
from open311.queries.telling.staff import StaffFacts, StaffRecipient
from open311.web.freshness import snapshots
from open311.web.languages import read_messages
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.notices import (
    DAY,
    OF_A_DAY,
    STAFF_MESSAGE_KINDS,
    USUAL_OF_DEPARTMENTS,
    USUAL_OF_USERS,
    WEEKLY,
)
from tests.residents.reported import SECRET

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LONGEST = StaffFacts(
    kind="assigned",
    name="26-" + "9" * 18,
    service_code="NOT_TRANSLATED",
    service_name="A service with a name ((who)) " * 8,
    service_type="realtime",
    address="1234567 Long Street Name Boulevard Northwest, Apartment 12345 " * 4,
    due=NOW,
    who="A person with a name " * 4,
    reason="Ünbreakable" * 9
    + " [x](http://x.example) <b>&amp;</b>\n\n# no\n1. list "
    + "word " * 700,
)
EMPTIEST = replace(LONGEST, service_name="S", address=None, due=None, who="", reason="")


@pytest.fixture(scope="module")
def city(site_database: str) -> Iterator[City]:
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_PUBLIC_URL": "https://311.example"}
    for _app in in_context(site_database, settings):
        yield snapshots().current().cities["gridtown.example"]


def outgoing(
    city: City, kind: str, language: str, items: list[StaffFacts], *, is_user: bool = True
) -> StaffOutgoing:
    department = next(iter(city.department_names))
    to = StaffRecipient(
        jurisdiction_id="gridtown.example",
        id=1 if is_user else department,
        is_user=is_user,
        name="ann",
        role="department" if is_user else None,
        department_id=department,
        email="ann@staff.example",
        language=language,
        notices={},
    )
    return StaffOutgoing(
        id=7,
        kind=kind,
        made_at=NOW,
        to=to,
        day=date(2026, 3, 4) if kind in OF_A_DAY else None,
        items=[replace(one, kind=kind, from_department=department) for one in items],
        hosts=["hooks.example.org", "other.example.org"],
        report=report_for(city, items),
        token="t" * 22,
        valid_until=NOW,
    )


def report_for(city: City, items: list[StaffFacts]) -> StoredReport:
    """A report of the city and of each department, short for the emptiest case."""
    report = emptiest_report(MONDAY) if items == [EMPTIEST] else report_of(MONDAY)
    return stored(report, **dict.fromkeys(dict(city.departments), report))


def written(city: City, kind: str, language: str, items: list[StaffFacts], **to: bool) -> Letter:
    if kind == DAY:
        items = [replace(one, kind=event) for one in items for event in staff_texts.NEWS_NAMES]
        day = outgoing(city, kind, language, [], **to)
        letter = write_staff_letter(replace(day, items=items), city)
    else:
        letter = write_staff_letter(outgoing(city, kind, language, items, **to), city)
    assert letter is not None
    return letter


CASES = {
    "longest": [LONGEST],
    "emptiest": [EMPTIEST],
    "confidential": [replace(LONGEST, service_type="blackbox")],
    "many": [replace(LONGEST, name=f"26-{number}") for number in range(MOST_LISTED + 5)],
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", STAFF_MESSAGE_KINDS)
def test_each_email_is_whole(city: City, kind: str, language: str) -> None:
    for items in CASES.values():
        for is_user in (kind not in USUAL_OF_DEPARTMENTS, True):
            check(written(city, kind, language, items, is_user=is_user), language)


def check(letter: Letter, language: str) -> None:
    html = lxml.html.fromstring(letter.html)
    assert html.get("lang") == language
    assert [one.text_content() for one in html.iter("h1")] == [letter.subject]
    assert {one.tag for one in html.iter("script", "iframe", "form", "img", "b")} == set()
    targets = {one.get("href") for one in html.iter("a")}
    assert all(target.startswith("https://311.example/staff/") for target in targets)
    for target in targets:
        assert target in letter.plain
    for text in (letter.subject, letter.plain, html.text_content()):
        assert "??" not in text
        assert "((" not in text.replace("((who))", "")  # which the name of a service says
    assert letter.subject == " ".join(letter.subject.split())


def test_placeholders_of_translations_are_those_of_the_texts() -> None:
    whole = [
        *staff_texts.TEXTS.values(),
        *(staff_texts.INVITATION, staff_texts.PASSWORD_RESET, staff_texts.TEST),
        staff_texts.WEBHOOK_PAUSED,
    ]
    texts = [one for text in whole for one in (text.subject, text.subject_of_many, *text.body)]
    texts += [staff_texts.DAY_SUBJECT, staff_texts.MORE, staff_texts.DUE, staff_texts.BY]
    texts += [staff_texts.WEEKLY_SUBJECT, staff_texts.WEEKLY_NOTE, staff_texts.WEEKLY_LINK]
    texts += [staff_texts.FROM, *staff_texts.FOOT_OF_USER, *staff_texts.FOOT_OF_MAILBOX]
    for language in LANGUAGES:
        say = read_messages(language).gettext
        for english in filter(None, texts):
            assert names_in(say(english)) == names_in(english)
    assert {*staff_texts.TEXTS, WEEKLY} == {*USUAL_OF_USERS, *USUAL_OF_DEPARTMENTS}


def test_emails_have_no_barrier_in_any_color_scheme(
    browser: Browser, city: City, complaints: list[str]
) -> None:
    letters = (
        (kind, written(city, kind, "es", CASES["many"][:3]).html)
        for kind in ("handed_over", DAY, WEEKLY, "invitation")
    )
    assert barriers_of_letters(browser, letters, complaints) == {}
    assert complaints == []
