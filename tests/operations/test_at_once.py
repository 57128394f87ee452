"""Operations that wait for another transaction act on what it has committed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import psycopg
import pytest
from flask import Flask
from servers import wait_until
from sqlalchemy import func, select

from open311.database import db
from open311.errors import ChangedMeanwhile, Conflict, Open311Error
from open311.models import ServiceRequest
from open311.operations.people.users import create_user
from open311.operations.requests.assign import assign
from open311.operations.requests.duplicates import link_duplicate
from open311.operations.requests.status import change_status
from open311.operations.requests.updates import SentUpdate, accept_update, receive_update
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.routing.stored import get_routed

FIRST, SECOND, THIRD = "26-0000003", "26-0000004", "26-0000006"

WAITING = "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"


def town() -> Scope:
    return get_jurisdiction("gridtown.example")


def pk_of(id_: str) -> str:
    return f"(SELECT pk FROM service_requests WHERE service_request_id = '{id_}')"


CLOSES = (
    "INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes, "
    "changed_at, opening) VALUES ({pk}, 'closed', 'fixed', 'Done.', now(), false)"
)
LINKS = "UPDATE service_requests SET duplicate_of_pk = {other} WHERE pk = {pk}"
UNLINKS = "UPDATE service_requests SET duplicate_of_pk = NULL WHERE pk = {pk}"
CHANGES_SERVICE = (
    "UPDATE service_requests SET service_id = services.id FROM services "
    "WHERE service_code = 'POTHOLE' AND pk = {pk}"
)
LOCKS = "SELECT FROM service_requests WHERE pk = {pk} FOR UPDATE"
DISABLES = "UPDATE users SET disabled_at = now() WHERE name = 'streets'"


def done_after(
    app: Flask, statement: str, work: Callable[[], object], then: str = "SELECT"
) -> object:
    """Do something while a transaction is open that commits once it is waited for.

    then is the last statement of that transaction.
    """

    def do() -> object:
        with app.app_context():
            try:
                return work()
            except Open311Error as error:
                return error
            finally:
                db.session.remove()

    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    with (
        psycopg.connect(url) as other,
        psycopg.connect(url, autocommit=True) as watch,
        ThreadPoolExecutor(1) as pool,
    ):
        other.execute(statement)
        running = pool.submit(do)
        name = [other.info.dbname]
        assert wait_until(lambda: running.done() or bool(watch.execute(WAITING, name).rowcount))
        assert not running.done()
        other.execute(then)
        other.commit()
        return running.result()


def close(id_: str) -> None:
    change_status(town(), id_, "closed", "Filled.")


def link(id_: str, main: str) -> object:
    return link_duplicate(town(), id_, main, "clerk")


def test_a_request_whose_service_changes_meanwhile_is_found(app: Flask) -> None:
    statement = CHANGES_SERVICE.format(pk=pk_of(FIRST))
    assert done_after(app, statement, lambda: close(FIRST)) is None
    assert get_routed(town(), FIRST).status == "closed"


def test_a_change_that_was_not_seen_is_noticed(app: Flask) -> None:
    seen = get_routed(town(), FIRST).change_number
    db.session.remove()
    done = done_after(
        app,
        UNLINKS.format(pk=pk_of(FIRST)),
        lambda: change_status(town(), FIRST, "closed", "Filled.", seen=seen),
    )
    assert isinstance(done, ChangedMeanwhile)


def test_nothing_is_linked_to_an_original_that_closes_meanwhile(app: Flask) -> None:
    done = done_after(app, CLOSES.format(pk=pk_of(SECOND)), lambda: link(FIRST, SECOND))
    assert isinstance(done, Conflict)
    assert get_routed(town(), FIRST).duplicate_of_pk is None


def test_an_original_that_becomes_a_duplicate_meanwhile_is_followed(app: Flask) -> None:
    statement = LINKS.format(pk=pk_of(SECOND), other=pk_of(THIRD))
    assert done_after(app, statement, lambda: link(FIRST, SECOND)) == THIRD


def test_a_duplicate_that_is_unlinked_meanwhile_stays_open(app: Flask) -> None:
    link(FIRST, SECOND)
    db.session.remove()
    statement = UNLINKS.format(pk=pk_of(FIRST))
    assert done_after(app, statement, lambda: close(SECOND)) is None
    assert [get_routed(town(), id_).status for id_ in (FIRST, SECOND)] == ["open", "closed"]


def test_nobody_is_assigned_to_who_is_disabled_meanwhile(app: Flask) -> None:
    create_user("gridtown.example", "streets", "a long enough password", "dispatcher")
    db.session.remove()
    done = done_after(app, DISABLES, lambda: assign(town(), FIRST, "STREETS", "clerk"))
    assert isinstance(done, Conflict)


def test_a_held_update_is_not_locked_before_its_request(app: Flask) -> None:
    """Everything else locks the request first: another order can end in a deadlock"""
    sent = SentUpdate(
        jurisdiction=town(),
        api_key_id=None,
        service_request_id=THIRD,
        update_id="u-1",
        status="fixed",
        description="Done.",
        rights=["status"],
        sent_at=datetime.now(UTC),
    )
    token = receive_update(sent).receipt["token"]
    db.session.remove()
    locks = LOCKS.format(pk=pk_of(THIRD))
    free = "SELECT FROM received_updates FOR UPDATE NOWAIT"
    done = done_after(app, locks, lambda: accept_update(town(), token), then=free)
    assert isinstance(done, str)


@pytest.mark.parametrize("attempt", range(3))
def test_two_that_are_linked_to_each_other_at_once_have_one_original(
    app: Flask, attempt: int
) -> None:
    """Each transaction locks what the other wants: PostgreSQL ends one, and it runs again."""
    together = Barrier(2)

    def do(pair: tuple[str, str]) -> object:
        with app.app_context():
            together.wait()
            try:
                return link(*pair)
            except Conflict as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(do, [(FIRST, SECOND), (SECOND, FIRST)]))
    assert sum(isinstance(one, Conflict) for one in done) == 1
    linked = select(func.count()).where(ServiceRequest.duplicate_of_pk.is_not(None))
    assert db.session.scalar(linked) == 1
