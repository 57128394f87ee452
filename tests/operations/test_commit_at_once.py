"""Statements that are sent together, as one transaction."""

import pytest
from flask import Flask
from sqlalchemy import Integer, bindparam, func, literal, select, update
from sqlalchemy.exc import DataError

from open311.database import db
from open311.models import Service
from open311.statements import Call, Statement, commit_at_once

RENAME = Statement(
    update(Service)
    .where(Service.service_code == "POTHOLE")
    .values(service_name=bindparam("new_name")),
    prepared=True,
)
NAME = Statement(
    select(Service.service_name).where(Service.service_code == "POTHOLE"), prepared=True
)
DIVIDE = Statement(select(literal(1) / bindparam("divisor", type_=Integer)), prepared=True)


def name() -> str:
    return str(NAME.read({})[0][0])


def test_each_statement_sees_those_before_it_and_all_is_committed(app: Flask) -> None:
    rows = commit_at_once([Call(RENAME, {"new_name": "Hole"}), Call(NAME, {})])
    assert rows == [[], [("Hole",)]]
    assert (
        db.session.scalar(select(Service.service_name).where(Service.service_code == "POTHOLE"))
        == "Hole"
    )


@pytest.mark.parametrize("first", [False, True])
def test_a_failure_stores_nothing_and_is_the_one_that_is_raised(app: Flask, first: bool) -> None:
    before, calls = name(), [Call(RENAME, {"new_name": "Hole"})]
    calls.insert(0 if first else 1, Call(DIVIDE, {"divisor": 0}))
    for _attempt in range(2):  # also where the statements are prepared already
        with pytest.raises(DataError, match="division by zero"):
            commit_at_once(calls)
        assert name() == before
    assert db.engine.pool.checkedout() == 0
    assert commit_at_once([Call(DIVIDE, {"divisor": 1}), calls[int(first)]])[1] == []
    assert name() == "Hole"


def test_a_thread_takes_no_second_connection(app: Flask) -> None:
    db.session.scalar(select(func.count()).select_from(Service))
    assert db.engine.pool.checkedout() == 1
    commit_at_once([Call(NAME, {})])
    assert db.engine.pool.checkedout() == 0


def test_a_transaction_on_the_same_connection_can_be_rolled_back(app: Flask) -> None:
    before = name()
    db.session.execute(update(Service).values(service_name="Hole"))
    db.session.rollback()
    assert name() == before
    RENAME.read({"new_name": "Hole"})  # outside of transactions, each statement is one
    assert name() == "Hole"


def test_a_connection_with_autocommit_for_sqlalchemy_keeps_it(app: Flask) -> None:
    name()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(update(Service).values(service_name="Hole"))
        connection.rollback()
    assert name() == "Hole"
    db.session.execute(update(Service).values(service_name="Pit"))
    db.session.rollback()
    assert name() == "Hole"
