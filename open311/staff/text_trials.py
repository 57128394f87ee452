"""Texts of emails on a real request: previews, and tests to the address of an administrator."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from limits import RateLimitItemPerHour

from open311.errors import Conflict, NotFound
from open311.letters.mail_settings import mail_settings
from open311.letters.preview import preview_letter
from open311.letters.trial import send_test
from open311.mail.envelope import Letter
from open311.messages.telling import (
    MAIL_OFF_PAGE,
    NO_PREVIEW,
    NO_WEBSITE,
    TEST_NOT_ALLOWED,
    TOO_MANY_TESTS,
)
from open311.operations.telling.texts import check_test_address
from open311.queries.telling.texts import OwnText, find_sample
from open311.staff.pages import city, city_snapshot, user
from open311.web.counters import counters
from open311.web.languages import say as _

TESTS = RateLimitItemPerHour(20, namespace="test-email")
"""Test emails of one user."""


def sample_letter(
    kind: str, language: str, asked: Mapping[str, Any], own: OwnText | None
) -> Letter:
    """Return the email with a text about the request that the form names, or a fitting one.

    asked are values of TextForm. Raises NotFound if there is no such request, and Conflict without
    a website.
    """
    if city_snapshot().site is None:
        raise Conflict(NO_WEBSITE)
    jurisdiction = city()
    is_confirmed = asked["recipient"] == "confirmed"
    name = _request_of(kind, asked)
    return preview_letter(jurisdiction, name, kind, language, own, is_confirmed=is_confirmed)


def _request_of(kind: str, asked: Mapping[str, Any]) -> str:
    name = asked["service_request_id"].strip() or find_sample(city(), kind)
    if name is None:
        raise NotFound(NO_PREVIEW)
    return str(name)


def send_trial(kind: str, language: str, asked: Mapping[str, Any], own: OwnText | None) -> str:
    """Send the email with a text to the address of the form, and return that address.

    asked are values of TrialForm. Raises Conflict if it cannot be sent, or must not: nobody who
    gets emails about this request gets a test about it.
    """
    settings = mail_settings()
    if settings is None:
        raise Conflict(MAIL_OFF_PAGE)
    address: str = asked["email"]
    if not settings.rules.allow(address):
        raise Conflict(TEST_NOT_ALLOWED, field="email")
    name = _request_of(kind, asked)
    check_test_address(city(), name, address)
    letter = sample_letter(kind, language, {**asked, "service_request_id": name}, own)
    count_test()
    subject = _("Test: %(subject)s", subject=letter.subject)
    send_test(settings, replace(letter, subject=subject), address)
    return address


def count_test() -> None:
    """Count a test email of the user; raises Conflict if there were too many."""
    who = str(user().id)
    if not counters().count(TESTS, who):
        minutes = math.ceil(counters().seconds(TESTS, who) / 60)
        raise Conflict(TOO_MANY_TESTS, minutes=minutes)
