"""Held reports: staff work on them at once, and the public sees them once staff publish them."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from current_city import city_of
from flask import Flask
from sqlalchemy import func, select, text, update

from geo.coordinates import Point
from open311.database import db
from open311.errors import ChangedMeanwhile, Conflict, Gone, NotFound, Open311Error
from open311.models import Hold, Media, ServiceRequest, SiteReport, SpentChallenge
from open311.operations.maintenance import forget_challenges, forget_senders
from open311.operations.people.erasure import PersonKey, erase_personal_data
from open311.operations.requests.holds import settle_hold
from open311.operations.requests.status import change_status
from open311.operations.requests.submit import submit_service_request
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.media import is_published
from open311.queries.requests.receipts import Sending
from open311.queries.routing.stored import get_routed
from open311.steps.requests.lock import lock_service_request
from open311.steps.values.submissions import Proof, SiteSubmission, StoredPhoto, Submission
from schemas.vocabulary.holds import HOLD_OUTCOMES

_numbers = itertools.count()
HOLDS = [("link", "spam.example"), ("phone", "…00")]


def town() -> Scope:
    return get_jurisdiction("gridtown.example")


def photo() -> StoredPhoto:
    return StoredPhoto(f"{next(_numbers):032x}.jpg", 60, 40, 1000, b"d" * 32)


def submit(holds: Any = HOLDS, proof: Proof | None = None, **differing: Any) -> str:
    """Submit a report with two photos; return its id, which its receipt keeps back if held."""
    city, number = city_of(town()), next(_numbers)
    assert city.site is not None
    sending = Sending(
        jurisdiction_id="gridtown.example",
        sandbox=False,
        api_key_id=city.site.api_key_id,
        idempotency_key=f"{number}",
        fingerprint=f"{number}".encode(),
        repeat_window=timedelta(0),
    )
    site = SiteSubmission(
        language="en",
        secret_key="k",
        sender_digest=b"s" * 32,
        text_digest=b"t" * 32,
        photo_digests=[b"d" * 32],
        holds=holds,
        proof=proof,
    )
    submission = Submission(
        jurisdiction=town(),
        service=city.services["POTHOLE"],
        api_key_id=city.site.api_key_id,
        point=Point(lat=0.5, long=0.5),
        description=f"Report {number}",
        media=[photo(), photo()],
        site=site,
        **differing,
    )
    submit_service_request(city, submission, sending)
    return (
        db.session.scalars(
            select(ServiceRequest.service_request_id).where(
                ServiceRequest.description == f"Report {number}"
            )
        ).one()
        or ""
    )


@pytest.fixture
def read(site_app: Flask) -> Callable[..., Any]:
    """Return a function that reads a list of the API, and the cursor at its end."""
    client = site_app.test_client()

    def get(**query: str) -> tuple[list[str], str]:
        answer = client.get("/open311/v2/requests.json", query_string=query)
        assert answer.status_code == 200, answer.text
        ids = [one["service_request_id"] for one in answer.json or []]
        return ids, answer.headers.get("X-Next-After", "")

    return get


def holds_of(id_: str) -> list[tuple[str, str, str | None, str | None]]:
    rows = db.session.execute(
        select(Hold.rule, Hold.seen, Hold.outcome, Hold.settled_by)
        .join(ServiceRequest, ServiceRequest.pk == Hold.service_request_pk)
        .where(ServiceRequest.service_request_id == id_)
        .order_by(Hold.rule)
    )
    return [tuple(row) for row in rows]


def photos_of(id_: str) -> list[str]:
    pk = select(ServiceRequest.pk).where(ServiceRequest.service_request_id == id_)
    names = select(Media.name).where(Media.service_request_pk == pk.scalar_subquery())
    return [name or "" for name in db.session.scalars(names.order_by(Media.position))]


def test_a_held_report_is_worked_on_and_the_public_sees_nothing_of_it(
    site_app: Flask, read: Callable[..., Any]
) -> None:
    id_ = submit()
    client = site_app.test_client()
    assert client.get(f"/open311/v2/requests/{id_}.json").status_code == 404
    assert id_ not in read(page_size="200")[0]
    assert not any(is_published(name) for name in photos_of(id_))
    assert get_routed(town(), id_).department_id
    change_status(town(), id_, "in_progress", "A crew is there.", made_by="chief")
    assert client.get(f"/open311/v2/requests/{id_}.json").status_code == 404
    with pytest.raises(NotFound):
        lock_service_request(town(), id_, only_public=True)  # as an update of the public does
    settle_hold(town(), id_, "published", "chief")
    [document] = client.get(f"/open311/v2/requests/{id_}.json").json or []
    assert document["status_notes"] == "A crew is there."
    assert document["status"] == "open"


@pytest.mark.parametrize("outcome", ["published", "published_without_photo"])
@pytest.mark.usefixtures("site_app")
def test_a_published_report_comes_to_all_who_read_what_is_new(
    outcome: str, read: Callable[..., Any]
) -> None:
    id_, later = submit(), submit(holds=())
    db.session.execute(
        update(ServiceRequest)
        .where(ServiceRequest.service_request_id == id_)
        .values(requested_datetime=func.now() - text("interval '2 hours'"))
    )
    db.session.commit()
    ends = {sort: read(sort=sort, page_size="200")[1] for sort in ("added", "changed")}
    polled = datetime.now(UTC) - timedelta(hours=1)
    assert later in read(sort="added", page_size="200")[0]
    photos = photos_of(id_)
    removed = settle_hold(town(), id_, outcome, "chief")
    for sort, end in ends.items():
        assert read(sort=sort, after=end)[0] == [id_]
    assert id_ in read(start_date=polled.isoformat())[0]
    assert id_ in read(updated_after=polled.isoformat())[0]
    row = db.session.execute(
        select(ServiceRequest).where(ServiceRequest.service_request_id == id_)
    ).scalar_one()
    assert row.submitted_at
    assert row.submitted_at < row.requested_datetime
    assert [(outcome, "chief")] * 2 == [one[2:] for one in holds_of(id_)]
    if outcome == "published":
        assert removed == []
        assert photos_of(id_) == photos
        assert all(map(is_published, photos))
    else:
        assert removed == sorted(photos)
        assert photos_of(id_) == []
        assert row.media_url == ""


@pytest.mark.usefixtures("site_app")
def test_a_photo_that_staff_added_stays_when_those_of_the_report_go() -> None:
    id_ = submit()
    change_status(town(), id_, "in_progress", "See the photo.", made_by="chief", media=[photo()])
    *sent, of_staff = photos_of(id_)
    assert settle_hold(town(), id_, "published_without_photo", "chief") == sorted(sent)
    assert photos_of(id_) == [of_staff]


def test_a_hidden_report_goes_on_and_may_be_published_later(
    site_app: Flask, read: Callable[..., Any]
) -> None:
    id_ = submit()
    before = get_routed(town(), id_).change_number
    assert settle_hold(town(), id_, "hidden", "chief", seen=before) == []
    assert get_routed(town(), id_).change_number > before
    assert id_ not in read(page_size="200")[0]
    change_status(town(), id_, "fixed", "Done.", made_by="chief")
    with pytest.raises(Conflict):
        settle_hold(town(), id_, "hidden", "chief")
    settle_hold(town(), id_, "published", "clerk")
    assert {one[2:] for one in holds_of(id_)} == {("published", "clerk")}
    assert id_ in read(page_size="200")[0]


def test_spam_is_withdrawn_and_leaves_nothing(site_app: Flask, read: Callable[..., Any]) -> None:
    id_ = submit(reporter={"email": "spam@spam.example"})
    photos = photos_of(id_)
    assert settle_hold(town(), id_, "withdrawn", "chief") == sorted(photos)
    assert id_ not in read(page_size="200", extensions="true", tombstones="true")[0]
    assert holds_of(id_) == [(rule, "", "withdrawn", "chief") for rule, _seen in HOLDS]
    for outcome in HOLD_OUTCOMES:
        with pytest.raises(Gone):
            settle_hold(town(), id_, outcome, "chief")


@pytest.mark.usefixtures("site_app")
def test_only_a_held_report_is_settled_and_once() -> None:
    with pytest.raises(NotFound):
        settle_hold(town(), "26-9999999", "published", "chief")
    for outcome in HOLD_OUTCOMES:
        with pytest.raises(Conflict):
            settle_hold(town(), submit(holds=()), outcome, "chief")
    id_ = submit()
    seen = get_routed(town(), id_).change_number
    change_status(town(), id_, "in_progress", "", made_by="another")
    with pytest.raises(ChangedMeanwhile):
        settle_hold(town(), id_, "published", "chief", seen=seen)
    settle_hold(town(), id_, "published", "chief")
    for outcome in HOLD_OUTCOMES:
        with pytest.raises(Conflict):
            settle_hold(town(), id_, outcome, "chief")


def test_of_all_outcomes_at_once_one_counts(site_app: Flask) -> None:
    ids = [submit() for _ in range(4)]
    outcomes: list[str] = []
    starts = Barrier(2)

    def settle(outcome: str) -> None:
        with site_app.app_context():
            for id_ in ids:
                starts.wait()
                try:
                    settle_hold(town(), id_, outcome, "chief")
                    outcomes.append(f"{id_} {outcome}")
                except Open311Error:
                    pass
            db.session.remove()

    threads = [Thread(target=settle, args=[one]) for one in ("published", "withdrawn")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for id_ in ids:
        [outcome] = {one[2] for one in holds_of(id_)}
        row = db.session.execute(
            select(ServiceRequest.public, ServiceRequest.withdrawn_at).where(
                ServiceRequest.service_request_id == id_
            )
        ).one()
        assert (row.public, row.withdrawn_at is None) == (
            (True, True) if outcome == "published" else (False, False)
        )
        assert [one for one in outcomes if one.startswith(id_)] == [f"{id_} {outcome}"]


@pytest.mark.usefixtures("site_app")
def test_what_a_rule_saw_is_erased_with_the_requester() -> None:
    id_ = submit(reporter={"email": "jo@mail.example"})
    key = PersonKey(basis="email", value="jo@mail.example")
    erase_personal_data(town(), key, texts=False, erased_by="chief")
    assert holds_of(id_) == [(rule, "", None, None) for rule, _seen in HOLDS]


@pytest.mark.usefixtures("site_app")
def test_what_tells_senders_apart_is_forgotten_after_a_day() -> None:
    old, young = submit(), submit()
    pk = select(ServiceRequest.pk).where(ServiceRequest.service_request_id == old)
    mine = SiteReport.service_request_pk == pk.scalar_subquery()
    before = datetime.now(UTC) - timedelta(hours=24, minutes=1)
    db.session.execute(update(SiteReport).where(mine).values(made_at=before))
    db.session.commit()
    assert [forget_senders(), forget_senders()] == [1, 0]
    rows = db.session.execute(
        select(
            ServiceRequest.service_request_id,
            SiteReport.sender_digest,
            SiteReport.text_digest,
            SiteReport.photo_digests,
        )
        .join(SiteReport)
        .order_by(ServiceRequest.pk)
    ).all()
    assert [tuple(row) for row in rows] == [
        (old, None, None, []),
        (young, b"s" * 32, b"t" * 32, [b"d" * 32]),
    ]


@pytest.mark.usefixtures("site_app")
def test_spent_challenges_are_forgotten_when_they_have_expired() -> None:
    now = datetime.now(UTC)
    submit(proof=Proof("expired", now - timedelta(seconds=1)))
    submit(proof=Proof("valid", now + timedelta(hours=1)))
    assert [forget_challenges(), forget_challenges()] == [1, 0]
    assert db.session.scalars(select(SpentChallenge.signature)).all() == ["valid"]
