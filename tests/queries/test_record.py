"""The record of each service in the past year."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from stored_requests import store_request

from open311.database import db
from open311.queries.city import City, read_city
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.record import NO_WORK, Record, list_records, records_of_city

SERVICE = "A/B c.d"
"""A service without any request in Gridtown's seed folder."""


@pytest.fixture
def city(app: Flask) -> City:
    scope = get_jurisdiction(None)
    return read_city(scope, scope.today())


@pytest.fixture
def record(city: City) -> Callable[[], Record | None]:
    """Return a function that reads the record of SERVICE."""

    def read() -> Record | None:
        db.session.commit()
        return list_records(city, datetime.now(UTC)).get(SERVICE)

    return read


class Store:
    """Stores requests for SERVICE."""

    number = 0

    def __call__(self, count: int = 1, **different: object) -> None:
        for _ in range(count):
            self.number += 1
            store_request(f"stored-{self.number}", SERVICE, **different)


@pytest.fixture
def store() -> Store:
    return Store()


def test_nine_of_ten_were_closed_within_the_days(
    record: Callable[[], Record | None], store: Store
) -> None:
    for took in range(1, 21):
        store(days=100, took=took)
    assert record() == Record(20, 20, 18, None)


def test_fewer_than_twenty_have_no_record(
    record: Callable[[], Record | None], store: Store
) -> None:
    store(19, days=100, took=1)
    assert record() is None
    store(days=100)
    assert record() == Record(20, 19, 1, None)


def test_days_are_rounded_up_and_are_at_least_one(
    record: Callable[[], Record | None], store: Store
) -> None:
    store(10, days=100, took=0)
    store(10, days=100, took=2.01)
    assert record() == Record(20, 20, 3, None)


def test_open_requests_count_as_long_as_they_have_been_open(
    record: Callable[[], Record | None], store: Store
) -> None:
    """Old ones keep nine of ten from being closed; new ones say nothing"""
    store(18, days=100, took=2)
    store(2, days=1.5)
    assert record() == Record(20, 18, 2, None)  # all of the 18 of which the second day is known
    store(10, days=1.5)
    assert record() == Record(30, 18, 2, None)
    store(2, days=50)
    assert record() == Record(32, 18, 2, None)  # 18 of 20
    store(1, days=50)
    assert record() == Record(33, 18, None, None)  # 18 of 21


def test_an_open_request_drops_out_after_its_days(
    record: Callable[[], Record | None], store: Store
) -> None:
    """Half are closed in 2 days. Of the rest, some are known for 10 days only, then all close"""
    store(20, days=100, took=2)
    store(10, days=10.5)
    store(10, days=100, took=20)
    # On day 2, 20 of 40 are closed; on day 20, 10 of the 10 that are known.
    assert record() == Record(40, 30, 20, None)


@pytest.mark.parametrize(
    "different",
    [
        *({"detailed_status": status} for status in NO_WORK),
        {"public": False},
        {"sandbox": True},
        {"withdrawn_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"days": 366},
        {"days": -1},
    ],
    ids=str,
)
def test_others_do_not_count(
    record: Callable[[], Record | None], store: Store, different: dict[str, object]
) -> None:
    store(20, days=100, took=2)
    before = record()
    store(20, **{"days": 300, "took": 200, **different})
    assert record() == before == Record(20, 20, 2, None)


def test_promises_are_kept_or_broken_or_not_yet_due(
    record: Callable[[], Record | None], store: Store
) -> None:
    store(12, days=100, took=2, due=3)
    store(3, days=100, took=4, due=3)
    store(4, days=100, due=3)
    store(9, days=1, due=3)
    store(5, days=100, took=1)
    found = record()
    assert found is not None
    assert (found.requests, found.kept_share) == (33, None)  # 19 were due
    store(days=100, took=3, due=3)  # exactly in time
    found = record()
    assert found is not None
    assert found.kept_share == pytest.approx(13 / 20)


def test_each_service_has_its_own(city: City, store: Store) -> None:
    store(20, days=100, took=2)
    for number in range(20):
        store_request(f"other-{number}", "SURVEY", days=50, took=5)
    db.session.commit()
    found = list_records(city, datetime.now(UTC))
    assert (found[SERVICE].nine_in_ten_days, found["SURVEY"].nine_in_ten_days) == (2, 5)


def test_a_process_reads_them_once_a_day(city: City, store: Store) -> None:
    records_of_city.cache_clear()
    now = datetime.now(UTC)
    assert SERVICE not in records_of_city(city, now)
    store(20, days=100, took=2)
    db.session.commit()
    assert SERVICE not in records_of_city(city, now)
    assert records_of_city(city, now + timedelta(days=1))[SERVICE].requests == 20


def test_a_service_that_is_newer_than_the_snapshot_is_left_out(city: City, store: Store) -> None:
    store(20, days=100, took=1)
    db.session.commit()
    others = [one for one in city.service_names if one.service_code != SERVICE]
    now = datetime.now(UTC)
    assert SERVICE in list_records(city, now)
    assert SERVICE not in list_records(replace(city, service_names=others), now)
