"""Erasure of personal data in batches, and by several at once."""

import threading
from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.operations.people.erasure import (
    BATCH,
    PersonKey,
    anonymize_batch,
    erase_personal_data,
    preview_erasure,
)
from open311.queries.jurisdictions import Scope, get_jurisdiction

COLUMNS = """
    jurisdiction_id, public, sandbox, service_id, department_id, routing_reason, pinned,
    near_border, address_string, address_id, zipcode, description, media_url, answers, status,
    detailed_status, status_notes, location, location_from
"""
MANY = f"""
    WITH new AS (
        INSERT INTO service_requests ({COLUMNS}, service_request_id, requested_datetime,
            updated_datetime)
        SELECT {COLUMNS}, 'OLD-' || number, now() - interval '900 days', now() - interval '800 days'
        FROM service_requests, generate_series(1, :number) AS number
        WHERE service_request_id = '26-0000002'
        RETURNING pk
    )
    INSERT INTO reporters
    SELECT pk, 'kim@mail.example', '', '', 'Kim', 'Lee', '' FROM new
"""


def town() -> Scope:
    return get_jurisdiction("gridtown.example")


def add_old_ones(number: int) -> None:
    """Add closed requests of one person, and set the period of the city."""
    db.session.execute(text(MANY), {"number": number})
    db.session.execute(
        text(
            "UPDATE service_requests SET status = 'closed',"
            " detailed_status = 'closed' WHERE service_request_id LIKE 'OLD-%'"
        )
    )
    db.session.execute(text("UPDATE jurisdictions SET anonymize_after_days = 700"))
    db.session.commit()


def reporters() -> int:
    rows = db.session.scalar(text("SELECT count(*) FROM reporters WHERE last_name = 'Lee'"))
    db.session.rollback()
    return int(rows)


def test_old_requests_are_anonymized_in_batches_that_end(app: Flask) -> None:
    add_old_ones(2 * BATCH + 1)
    now = datetime.now(UTC)
    numbers, last = [], 0
    while True:
        batch = anonymize_batch(town(), now, last)
        if batch.last is None:
            break
        numbers.append(batch.number)
        assert reporters() == 2 * BATCH + 1 - sum(numbers)  # each batch is committed
        last = batch.last
    assert numbers == [BATCH, BATCH, 1]
    assert anonymize_batch(town(), now, 0).last is None


def test_a_preview_finds_what_an_erasure_erases_and_changes_nothing(app: Flask) -> None:
    add_old_ones(3)
    key = PersonKey(basis="email", value="KIM@mail.example")
    found = preview_erasure(town(), key, texts=False, erased_by="tests")
    assert reporters() == 3
    assert db.session.scalar(text("SELECT count(*) FROM erasures")) == 0
    db.session.rollback()
    assert erase_personal_data(town(), key, texts=False, erased_by="tests") == found
    assert reporters() == 0


def test_two_erasures_at_once_erase_once(app: Flask) -> None:
    add_old_ones(5)
    key = PersonKey(basis="email", value="kim@mail.example")
    counts: list[int] = []

    def erase() -> None:
        with app.app_context():
            done = erase_personal_data(town(), key, texts=False, erased_by="tests")
            counts.append(len(done.requests))

    threads = [threading.Thread(target=erase) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 5]
