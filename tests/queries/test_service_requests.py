"""The list of service requests, as the database sees it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from current_city import city_of, get_service_request, list_service_requests
from flask import Flask
from sqlalchemy import update
from statements import statements

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests import public
from open311.queries.search.counts import Total
from open311.queries.search.criteria import EVERYTHING, Criteria
from open311.queries.search.pages import Paging
from schemas.requests.documents import ServiceRequestSchema


def test_rows_are_the_documents_that_the_schema_declares(app: Flask) -> None:
    rows = list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING).rows
    assert len(rows) == 5
    for row in rows:
        assert list(row) == list(ServiceRequestSchema().fields)
        as_sent = ServiceRequestSchema().dump(row)
        assert ServiceRequestSchema().load(as_sent) == row


def test_a_list_takes_one_statement_however_long_it_is(app: Flask) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    city = city_of(jurisdiction)
    with statements(db.engine) as sent:
        public.list_service_requests(city, jurisdiction, EVERYTHING, extensions=True)
    assert len(sent) == 1


def test_one_service_request_takes_one_statement(app: Flask) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    city = city_of(jurisdiction)
    with statements(db.engine) as sent:
        public.get_service_request(city, jurisdiction, "26-0000003")
    assert len(sent) == 1


def test_no_statement_of_the_public_reads_the_reporters(app: Flask) -> None:
    with statements(db.engine) as sent:
        list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING, extensions=True)
        get_service_request(get_jurisdiction("gridtown.example"), "26-0000003", extensions=True)
    assert sent
    assert not any("reporters" in statement for statement in sent)


def test_equal_times_are_ordered_by_when_they_were_stored(app: Flask) -> None:
    moment = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    times = ServiceRequest.requested_datetime, ServiceRequest.updated_datetime
    db.session.execute(update(ServiceRequest).values(dict.fromkeys(times, moment)))
    db.session.commit()
    rows = list_service_requests(get_jurisdiction("gridtown.example"), EVERYTHING).rows
    ids = [row["service_request_id"] for row in rows]
    assert ids == ["26-0000006", "26-0000004", "26-0000003", "26-0000002", "20-0000001"]


def test_a_link_from_before_there_were_media_is_among_the_media_urls(app: Flask) -> None:
    """EXT-04"""
    link = "https://photos.example/1.jpg"
    old = ServiceRequest.service_request_id == "26-0000003"
    db.session.execute(update(ServiceRequest).where(old).values(media_url=link))
    db.session.commit()
    jurisdiction = replace(get_jurisdiction("gridtown.example"), public_url="https://311.example")
    row = get_service_request(jurisdiction, "26-0000003", extensions=True)
    assert row["media_url"] == link
    assert row["extended_attributes"]["media_urls"] == [link]
    assert row["extended_attributes"]["photos"] == []


def test_lists_of_different_texts_are_counted_apart(app: Flask) -> None:
    """The count of a list is kept while nothing changes"""
    jurisdiction = get_jurisdiction("gridtown.example")
    for words in ("street", "days", "street"):
        criteria = Criteria(text=words)
        whole = list_service_requests(jurisdiction, criteria)
        some = list_service_requests(jurisdiction, criteria, Paging(page_size=1))
        assert len(whole.rows) > 1
        assert some.total == Total(len(whole.rows), exact=True)
