"""The list of service requests, as the database sees it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event, update

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.public import get_service_request, list_service_requests
from open311.queries.search.criteria import EVERYTHING
from schemas.requests.documents import ServiceRequestSchema


@pytest.fixture
def statements(app: Flask) -> list[str]:
    """All statements that reach the database during a test."""
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    return seen


def test_rows_are_the_documents_that_the_schema_declares(app: Flask) -> None:
    rows = list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING).rows
    assert len(rows) == 5
    for row in rows:
        assert list(row) == list(ServiceRequestSchema().fields)
        as_sent = ServiceRequestSchema().dump(row)
        assert ServiceRequestSchema().load(as_sent) == row


def test_a_list_takes_one_statement_however_long_it_is(app: Flask, statements: list[str]) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    statements.clear()
    list_service_requests(jurisdiction, EVERYTHING, extensions=True)
    assert len(statements) == 1


def test_no_statement_of_the_public_reads_the_reporters(app: Flask, statements: list[str]) -> None:
    list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING, extensions=True)
    get_service_request(get_jurisdiction("gridtown.example"), "26-0000003", extensions=True)
    assert statements
    assert not any("reporters" in statement for statement in statements)


def test_equal_times_are_ordered_by_when_they_were_stored(app: Flask) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    times = ServiceRequest.requested_datetime, ServiceRequest.updated_datetime
    db.session.execute(update(ServiceRequest).values(dict.fromkeys(times, moment)))
    rows = list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING).rows
    ids = [row["service_request_id"] for row in rows]
    assert ids == ["26-0000006", "26-0000004", "26-0000003", "26-0000002", "20-0000001"]


def test_a_link_from_before_there_were_media_is_among_the_media_urls(app: Flask) -> None:
    """EXT-04"""
    link = "https://photos.example/1.jpg"
    old = ServiceRequest.service_request_id == "26-0000003"
    db.session.execute(update(ServiceRequest).where(old).values(media_url=link))
    jurisdiction = replace(get_jurisdiction("gridtown.example"), public_url="https://311.example")
    row = get_service_request(jurisdiction, "26-0000003", extensions=True)
    assert row["media_url"] == link
    assert row["extended_attributes"]["media_urls"] == [link]
    assert row["extended_attributes"]["photos"] == []
