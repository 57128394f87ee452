"""Bringing rows in line: what is compared, said, stored and left alone."""

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from open311.database import db
from open311.models import AttributeValue, Department, Service, ServiceAttribute
from open311.steps.imports.catalog import Changes, compare_rows, synchronize

OLD = {("a",): {"name": "A", "active": True}, ("b",): {"name": "B", "active": False}}
A, B, C = (("a",), ("b",), ("c",))


@pytest.mark.parametrize(
    ("new", "retired", "expected"),
    [
        (OLD, None, Changes()),
        (OLD, {"active": False}, Changes()),
        ({**OLD, C: {"name": "C", "active": True}}, None, Changes(added=[C])),
        ({**OLD, A: {"name": "X", "active": True}}, None, Changes(changed={A: ["name"]})),
        (
            {**OLD, A: {"name": "X", "active": False}},
            None,
            Changes(changed={A: ["name", "active"]}),
        ),
        ({B: OLD[B]}, None, Changes(retired=[A])),
        ({A: OLD[A]}, None, Changes(retired=[B])),
        ({B: OLD[B]}, {"active": False}, Changes(retired=[A])),
        ({A: OLD[A]}, {"active": False}, Changes()),  # retired already
        (
            {**OLD, B: {"name": "B", "active": True}},
            {"active": False},
            Changes(changed={B: ["active"]}),
        ),
        ({}, {}, Changes()),  # rows that no longer appear stay
    ],
)
def test_rows_are_compared_by_key(
    new: Mapping[tuple[Any, ...], Any], retired: Mapping[str, Any] | None, expected: Changes
) -> None:
    assert compare_rows(OLD, new, retired) == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (Changes(), []),
        (Changes(added=[(1, "a")]), ["things: 1 added: a"]),
        (Changes(added=[(n,) for n in range(5)]), ["things: 5 added: 0, 1, 2, 3, 4"]),
        (Changes(added=[(n,) for n in range(6)]), ["things: 6 added"]),
        (
            Changes(added=[A], changed={B: ["name", "note"]}, retired=[C]),
            ["things: 1 added: a", "things: 1 changed: b (name, note)", "things: 1 retired: c"],
        ),
    ],
)
def test_changes_are_named_where_they_are_few(changes: Changes, words: list[str]) -> None:
    assert changes.in_words("things") == words
    assert bool(changes) == bool(words)


def departments() -> dict[str, str]:
    return {row.code: row.name for row in db.session.scalars(select(Department))}


def test_rows_are_added_and_changed_and_those_without_retirement_stay(app: Flask) -> None:
    before = departments()
    wanted = [
        {"jurisdiction_id": "gridtown.example", "code": code, "name": name}
        for code, name in (("HALL", "Old Hall"), ("NEW", "New"))
    ]
    scope = Department.jurisdiction_id == "gridtown.example"
    changes = synchronize(Department, scope, ["code"], wanted, retired={})
    assert changes == Changes(added=[("NEW",)], changed={("HALL",): ["name"]})
    assert departments() == {**before, "HALL": "Old Hall", "NEW": "New"}
    again = synchronize(Department, scope, ["code"], wanted, retired={})
    assert not again


def test_nothing_is_committed(app: Flask) -> None:
    before = departments()
    row = {"jurisdiction_id": "gridtown.example", "code": "NEW", "name": "New"}
    scope = Department.jurisdiction_id == "gridtown.example"
    synchronize(Department, scope, ["code"], [row], retired={})
    db.session.rollback()
    assert departments() == before


def test_rows_out_of_scope_are_left_alone(app: Flask) -> None:
    scope = Service.service_code == "TIP"
    changes = synchronize(Service, scope, ["service_code"], [], retired={"active": False})
    assert changes == Changes(retired=[("TIP",)])
    inactive = select(Service.service_code).where(~Service.active)
    assert db.session.scalars(inactive).all() == ["TIP"]


def test_rows_are_deleted_where_none_may_stay(app: Flask) -> None:
    scope = ServiceAttribute.code.in_(["WHO", "COUNT"])
    changes = synchronize(ServiceAttribute, scope, ["code"], [], retired=None)
    assert changes == Changes(retired=[("COUNT",), ("WHO",)])
    left = set(db.session.scalars(select(ServiceAttribute.code)))
    assert left == {"WHAT", "SINCE", "LINE", "STORY", "NOTE"}
    assert set(db.session.scalars(select(AttributeValue.key))) == {"A", "B", "01"}
