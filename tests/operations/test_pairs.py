"""One statement stores what several did before: pairs of the same random submissions."""

import math
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import psycopg
import pytest
from applications import application, close
from current_city import city_of
from flask import Flask
from former_submission import submit_as_before
from psycopg.rows import dict_row
from sqlalchemy import text

from geo.addresses.doubts import no_place
from geo.coordinates import Point
from open311.database import db
from open311.errors import IdempotencyKeyReused, Open311Error, OutsideServiceArea
from open311.operations.requests import submit
from open311.operations.requests.submit import SubmissionResult
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.receipts import Sending
from open311.steps.values.submissions import StoredPhoto, Submission

PAIRS = 64
MANY = 160
START = datetime(2026, 3, 9, 14, 5, 0, 700_000, tzinfo=UTC)
TEN_METERS = 10 / 111_320  # degrees at the equator
LINES = (-1, -0.1, 0, 0.1, 1)
"""The borders of Gridtown, in both directions, in degrees."""

IDS = {"token", "service_request_id", "change_number", "listed_number", "changed_at"}
"""Columns of service requests that differ: numbers, secrets, and the time of the writing."""
TABLES = {
    "service_requests": ("pk", IDS),
    "status_changes": ("id", {"id"}),
    "service_request_boundaries": ("service_request_pk, layer_id", {"neighbor_meters"}),
    "triage_entries": ("service_request_pk, reason", {"id", "detail"}),
    "media": ("service_request_pk, position", {"id"}),
    "reporters": ("service_request_pk", set()),
    "receipts": ("service_request_pk", {"answer", "occurrence"}),
}
"""The order of the rows of each table, and the columns that are compared on their own."""


Outcome = tuple[object, ...]


@dataclass(frozen=True)
class Pairs:
    """Two applications on equal cities, and what they answered to the same submissions."""

    before: Flask
    now: Flask
    outcomes: list[tuple[Outcome, Outcome]]


@pytest.fixture(scope="module", params=[PAIRS, pytest.param(MANY, marks=pytest.mark.long)])
def pairs(
    request: pytest.FixtureRequest, fresh_database: Callable[[str], str], gridtown: str
) -> Iterator[Pairs]:
    before, now = (application(fresh_database(gridtown)) for _ in range(2))
    with pytest.MonkeyPatch.context() as clock:
        found = outcomes(before, now, clock, request.param)
    yield Pairs(before, now, found)
    for app in (before, now):
        close(app)


class Submissions:
    """Random submissions of a city, the same for equal seeds."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._town = get_jurisdiction("gridtown.example")
        self._services = city_of(self._town).services
        self._sent: list[Sending] = []

    def next(self, number: int) -> tuple[Submission, Sending]:
        choose = self._random.choice
        town: Scope = replace(self._town, sandbox=self._random.random() < 0.2)
        point = self._point()
        submission = Submission(
            jurisdiction=town,
            service=self._services[choose(("POTHOLE", "SURVEY", "LAMP", "TIP", "0042"))],
            api_key_id=None if town.sandbox else 1,
            point=point,
            location_from=choose(("client", "geocoder")),
            accuracy_meters=choose((None, None, 5.0, 12.34)),
            doubts=() if point else (no_place("no address register"),),
            address_string=choose(("" if point else "3 Elm", "1 'Broad' St", "Straße 2\nback")),
            address_id=choose(("", "A-1")),
            zipcode=choose(("", "00100")),
            description=choose(("", "Deep. \\ \"quoted\" {'a': 1} 🕳", f"Number {number}")),
            media=choose(((), ("https://photos.example/1.jpg",), self._photos(number))),
            notice=choose(("", "A link was not fetched.")),
            answers=choose(({}, {"WHO": ["CREW"]}, {"WHAT": ["A", "01"], "STORY": ["a|b"]})),
            reporter=choose(({}, {"email": "a@b.example"}, {"first_name": "Zoë", "phone": "1"})),
        )
        return submission, self._sending(submission, number)

    def _point(self) -> Point | None:
        place = self._random.random()
        if place < 0.1:
            return None
        if place < 0.2:
            return Point(lat=self._coordinate(1.1, 2), long=self._coordinate(-2, 2))
        if place < 0.4:
            return Point(lat=self._coordinate(-1, 1), long=self._coordinate(-1, 1))
        lat, long = self._at_a_line(), self._coordinate(-1, 1)
        return Point(lat=lat, long=long) if place < 0.7 else Point(lat=long, long=lat)

    def _coordinate(self, least: float, most: float) -> float:
        return self._random.uniform(least, most)

    def _at_a_line(self) -> float:
        beside = self._random.choice((0, 1e-12, TEN_METERS)) * self._coordinate(-1, 1)
        return self._random.choice(LINES) + beside

    def _photos(self, number: int) -> tuple[StoredPhoto | str, ...]:
        photo = StoredPhoto(name=f"{number:032x}", width=4, height=3, size=100)
        return photo, "https://photos.example/2.jpg"

    def _sending(self, submission: Submission, number: int) -> Sending:
        """Describe the sending: a new one, an earlier one, or an earlier key with new content."""
        chance = self._random.random()
        if self._sent and chance < 0.15:
            return self._random.choice(self._sent)
        sending = Sending(
            jurisdiction_id=submission.jurisdiction.jurisdiction_id,
            sandbox=submission.jurisdiction.sandbox,
            api_key_id=submission.api_key_id,
            idempotency_key=f"key {number}" if chance < 0.6 else None,
            fingerprint=f"content {number}".encode(),
            repeat_window=timedelta(hours=1),
        )
        if self._sent and chance < 0.25:
            earlier = self._random.choice(self._sent)
            sending = replace(earlier, fingerprint=sending.fingerprint)
        self._sent.append(sending)
        return sending


def outcome(do: Callable[[], SubmissionResult]) -> Outcome:
    """Return the names and the notice of a receipt, or the problem."""
    try:
        result = do()
    except Open311Error as error:
        return type(error), _OUTSIDE_BY.sub("", str(error))
    notice = result.receipt.get("service_notice")
    return result.repeated, sorted(result.receipt), notice


# In memory, the edges of an area are straight in degrees, as ST_Covers takes them.
# As a geography, they were great circles: meters apart along the long edges of Gridtown.
_OUTSIDE_BY = re.compile(r"[\d.]+ k?m(?= outside)")


def rows(app: Flask, table: str, order: str) -> list[dict[str, Any]]:
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY {order}").fetchall()


def assert_alike(table: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    """Compare the columns of IDS and TABLES that need not be equal."""
    if table == "service_requests":
        assert shape(one["service_request_id"]) == shape(other["service_request_id"])
        assert len(one["token"] or "") == len(other["token"] or "")
    if table == "service_request_boundaries":
        meters, others = one["neighbor_meters"], other["neighbor_meters"]
        assert (meters is None) == (others is None)
        assert meters is None or math.isclose(meters, others, rel_tol=1e-5, abs_tol=0.005)
    if table == "triage_entries":
        texts = [_OUTSIDE_BY.sub("", row["detail"]) for row in (one, other)]
        details = [re.split(r"([\d.]+) m\b", text) for text in texts]
        assert details[0][::2] == details[1][::2]
        for meters, others in zip(details[0][1::2], details[1][1::2], strict=True):
            assert abs(float(meters) - float(others)) < 0.11
    if table == "receipts":
        ids = ("service_request_id", "token")
        texts = [{**row["answer"], **dict.fromkeys(ids)} for row in (one, other)]
        assert texts[0] == texts[1]
        assert one["answer"].keys() == other["answer"].keys()
        # No content is stored twice, and what a key of its own names needs no number.
        assert {one["occurrence"], other["occurrence"]} <= {None, 0}


def shape(id_: str | None) -> str:
    return re.sub(r"\d{7}$", "", id_ or "")


def outcomes(
    before: Flask, now: Flask, clock: pytest.MonkeyPatch, pairs: int
) -> list[tuple[Outcome, Outcome]]:
    """Submit all pairs; halfway, the city begins to accept requests from outside its area."""
    made = []
    for app in (before, now):
        with app.app_context():
            made.append(Submissions(seed=14))
    found = []
    for number in range(pairs):
        moment = START + timedelta(minutes=number)
        clock.setattr(submit, "datetime", at(moment))
        if number == pairs // 2:
            take_from_outside(before)
            take_from_outside(now)
        with before.app_context():
            sent = made[0].next(number)
            as_before = outcome(partial(submit_as_before, *sent, moment))
        with now.app_context():
            sent = made[1].next(number)
            city = city_of(sent[0].jurisdiction)
            found.append((as_before, outcome(partial(submit.submit_service_request, city, *sent))))
    return found


def test_one_statement_stores_what_several_did(pairs: Pairs) -> None:
    as_before, as_now = zip(*pairs.outcomes, strict=True)
    assert as_now == as_before
    kinds = {one[0] for one in as_now}
    assert kinds == {True, False, IdempotencyKeyReused, OutsideServiceArea}
    for table, (order, differing) in TABLES.items():
        former, new = (rows(app, table, order) for app in (pairs.before, pairs.now))
        assert len(former) == len(new)
        for one, other in zip(former, new, strict=True):
            assert without(other, differing) == without(one, differing)
            assert_alike(table, one, other)


def test_receipts_have_the_ids_that_are_stored(pairs: Pairs) -> None:
    requests = {row["pk"]: row for row in rows(pairs.now, "service_requests", "pk")}
    assert {row["near_border"] for row in requests.values()} == {True, False}
    types = set()
    for receipt in rows(pairs.now, "receipts", "1"):
        request, answer = requests[receipt["service_request_pk"]], receipt["answer"]
        expected = request["service_request_id"] if request["public"] else None
        assert answer.get("service_request_id") == expected
        assert answer.get("token") == request["token"]
        types.add((expected is None, request["token"] is None))
    assert types == {(False, True), (True, False), (True, True)}


def without(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def at(moment: datetime) -> type:
    """Return a class datetime whose present is a moment."""

    class Then(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return moment.astimezone(tz)

    return Then


def take_from_outside(app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("UPDATE jurisdictions SET outside_department = 'HALL'"))
        db.session.commit()
