"""Callers that staff add to a request: what is stored of them, who is asked, and what is erased."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.operations.people.erasure import PersonKey, erase_personal_data
from open311.operations.requests.callers import add_caller
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.updates import list_pending_updates
from open311.steps.values.callers import Caller

HERE, REQUEST, SECRET = "gridtown.example", "26-0000003", "a secret of the tests"
CONTACT = {"first_name": "Xaviera", "phone": "(740) 555-0123", "email": "XQ@mail.example"}
PEOPLE = """
    SELECT first_name, phone FROM update_reporters ORDER BY received_update_id
"""
ASKED = """
    SELECT kind, address, contacts.language, state, is_reporter FROM subscriptions
    JOIN contacts ON contacts.id = contact_id ORDER BY kind
"""


def rows(statement: str) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


def called(**more: Any) -> Caller:
    given = {"sending": "one", "channel": "phone", "language": "es", "contact": CONTACT}
    return Caller(**{**given, **more})


def test_addresses_and_numbers_are_asked_before_they_get_updates(app: Flask) -> None:
    city = get_jurisdiction(HERE)
    caller = called(wants_updates=True, texts_to="+17405550123")
    assert add_caller(city, REQUEST, caller, "ann", SECRET)
    assert rows(ASKED) == [
        ("email", "xq@mail.example", "es", "unconfirmed", False),
        ("sms", "+17405550123", "es", "unconfirmed", False),
    ]


def test_a_caller_follows_only_what_is_public(app: Flask) -> None:
    caller = called(wants_updates=True)
    assert not add_caller(get_jurisdiction(HERE), "26-0000005", caller, "ann", SECRET)
    assert rows(ASKED) == []
    assert rows(PEOPLE) == [("Xaviera", "(740) 555-0123")]


@pytest.mark.parametrize(
    ("contact", "number"),
    [
        (CONTACT, 1),
        ({"phone": "+1 740-555-0123"}, 1),
        ({"email": "xq@MAIL.example"}, 1),
        ({"phone": "740 555 9999"}, 2),
        ({}, 2),
    ],
)
def test_the_same_caller_counts_once(app: Flask, contact: dict[str, str], number: int) -> None:
    city = get_jurisdiction(HERE)
    for sending, one in (("one", CONTACT), ("two", contact), ("two", contact)):
        add_caller(city, REQUEST, called(sending=sending, contact=one), "ann", SECRET)
    assert rows("SELECT count(*) FROM supports") == [(number,)]
    assert rows("SELECT count(*) FROM received_updates") == [(2,)]


def test_a_caller_awaits_no_approval(app: Flask) -> None:
    city = get_jurisdiction(HERE)
    add_caller(city, REQUEST, called(text="It grew."), "ann", SECRET)
    assert list_pending_updates(city) == []


@pytest.mark.parametrize(
    ("basis", "value"),
    [("email", "xq@mail.example"), ("phone", "7405550123"), ("request", REQUEST)],
)
def test_a_caller_is_erased_like_everyone(app: Flask, basis: str, value: str) -> None:
    city = get_jurisdiction(HERE)
    caller = called(text="Call Xaviera at 740-555-0123", wants_updates=True)
    add_caller(city, REQUEST, caller, "ann", SECRET)
    erase_personal_data(
        city, PersonKey(basis=basis, value=value), texts=False, erased_by="ann", reason=""
    )
    assert rows(PEOPLE) == rows(ASKED) == []
    assert rows("SELECT description FROM received_updates") == [("Call [erased] at [erased]",)]
