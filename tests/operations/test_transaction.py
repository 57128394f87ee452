"""@operation: one commit, or nothing; again where PostgreSQL asks for it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import OperationalError

from open311.database import LONGEST_ON_A_PAGE, db, end_reads, lift_time_limit
from open311.errors import Busy
from open311.models import ApiKey
from open311.operations.transaction import ATTEMPTS, PAUSES, NestedOperation, operation, trial

pytestmark = pytest.mark.usefixtures("app")


def add_key(name: str) -> None:
    row = {
        "jurisdiction_id": "gridtown.example",
        "name": name,
        "key_hash": name.encode().ljust(32),
        "rights": ["report"],
        "created_at": datetime.now(UTC),
    }
    db.session.execute(insert(ApiKey), row)


def stored_keys(app: Flask) -> set[str]:
    """Names as another connection sees them."""
    with db.engine.connect() as other:
        return set(other.execute(select(ApiKey.name)).scalars())


def fail_in_postgresql(sqlstate: str) -> None:
    db.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"))


def limits() -> tuple[str, str]:
    """How long a statement may take, and how long it waits for a lock."""
    settings = ("statement_timeout", "lock_timeout")
    one, other = (db.session.scalar(select(func.current_setting(name))) for name in settings)
    return str(one), str(other)


def test_an_operation_is_committed_when_it_returns(app: Flask) -> None:
    operation(add_key)("kept")
    assert "kept" in stored_keys(app)


def test_nothing_is_kept_of_an_operation_that_raises(app: Flask) -> None:
    @operation
    def add_and_fail() -> None:
        add_key("lost")
        raise LookupError

    with pytest.raises(LookupError):
        add_and_fail()
    db.session.commit()
    assert "lost" not in stored_keys(app)


def test_nothing_is_kept_of_a_trial(app: Flask) -> None:
    @trial
    def try_key() -> int:
        add_key("tried")
        return len(db.session.execute(select(ApiKey.name)).all())

    assert try_key() == len(stored_keys(app)) + 1
    db.session.commit()
    assert "tried" not in stored_keys(app)


@pytest.mark.parametrize("sqlstate", ["40001", "40P01"])
def test_an_operation_runs_again_after_a_conflict(app: Flask, sqlstate: str) -> None:
    runs = []

    @operation
    def add() -> None:
        runs.append(None)
        add_key("again")
        if len(runs) < ATTEMPTS:
            fail_in_postgresql(sqlstate)

    add()
    assert len(runs) == ATTEMPTS
    assert "again" in stored_keys(app)


@pytest.mark.parametrize("around", [operation, trial])
@pytest.mark.parametrize(
    ("seconds", "statement", "lock"), [(LONGEST_ON_A_PAGE, "50s", "3s"), (0, "0", "10s")]
)
def test_limits_that_the_caller_lifted_are_lifted_in_each_attempt(
    around: Callable[[Callable[[], None]], Callable[[], None]],
    seconds: int,
    statement: str,
    lock: str,
) -> None:
    seen = []

    def look() -> None:
        seen.append(limits())
        if len(seen) < ATTEMPTS:
            fail_in_postgresql("40001")

    usual = limits()
    lift_time_limit(seconds)
    around(look)()
    assert seen == [(statement, lock)] * ATTEMPTS
    assert limits() == usual


@pytest.mark.parametrize("end", [db.session.commit, db.session.rollback, end_reads])
def test_limits_that_ended_with_their_transaction_do_not_come_back(
    end: Callable[[], None],
) -> None:
    seen = []

    @operation
    def look() -> None:
        seen.append(limits())
        if len(seen) < ATTEMPTS:
            fail_in_postgresql("40001")

    usual = limits()
    lift_time_limit()
    end()
    look()
    assert seen == [usual] * ATTEMPTS


def test_a_conflict_that_stays_is_an_error_and_nothing_is_kept(app: Flask) -> None:
    runs = []

    @operation
    def add() -> None:
        runs.append(None)
        add_key("never")
        fail_in_postgresql("40001")

    with pytest.raises(Busy):
        add()
    assert len(runs) == ATTEMPTS
    assert "never" not in stored_keys(app)


@pytest.mark.parametrize(
    ("sqlstate", "error", "attempts"),
    [("57014", Busy, 1), ("55P03", Busy, len(PAUSES) + 1), ("57P01", OperationalError, 1)],
)
def test_only_what_waits_for_a_lock_is_tried_again(
    app: Flask, sqlstate: str, error: type[Exception], attempts: int
) -> None:
    runs = []

    @operation
    def fail() -> None:
        runs.append(None)
        fail_in_postgresql(sqlstate)

    with pytest.raises(error):
        fail()
    assert len(runs) == attempts


def test_an_operation_cannot_call_another_one() -> None:
    inner = operation(add_key)

    @operation
    def outer() -> None:
        inner("inner")

    with pytest.raises(NestedOperation, match="add_key was called by outer"):
        outer()
