"""Changes of a city, each with its opposite, and what a client sees before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from georeport_client import Answer, Api
from shapely.geometry import MultiPolygon, Polygon, box
from sqlalchemy import text

from geo.maps.boundaries import CleanBoundary
from open311.database import db
from open311.operations.catalog import (
    add_service,
    change_service_of_catalog,
    drop_question,
    rename_department,
    save_question,
)
from open311.operations.maps.sets import (
    import_draft,
    publish_boundary_set,
    withdraw_boundary_set,
)
from open311.operations.people.api_keys import change_rights, create_api_key, revoke_api_key
from open311.operations.routing.rules import RuleChange, change_rule
from open311.queries.catalog.editing import get_stored_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.rules import get_stored_rule
from open311.steps.values.boundary_sets import NewBoundarySet

GRIDTOWN = "gridtown.example"
HILLTOWN = "hilltown.example"
EAST = {"lat": 0.5, "long": 0.5}
FAR = {"lat": 5, "long": 5}
AT_THE_BORDER = {"lat": 0.5, "long": 0.00001}  # 1.1 m from ward 2


def post(api: Api, **fields: Any) -> Answer:
    sent = {"jurisdiction_id": GRIDTOWN, "service_code": "POTHOLE", **EAST, **fields}
    return api.post(**sent)


def status(**fields: Any) -> Callable[[Api], int]:
    return lambda api: post(api, **fields).status


def accepted(api: Api, **fields: Any) -> dict[str, Any]:
    answer = post(api, **fields)
    assert answer.status == 200, answer.response.text
    id_ = answer.document[0]["service_request_id"]
    return api.one(id_, jurisdiction_id=GRIDTOWN, extensions="true")


def department(**fields: Any) -> Callable[[Api], str]:
    return lambda api: accepted(api, **fields)["agency_responsible"]


def is_due_in_a_week(api: Api) -> bool:
    row = accepted(api)
    requested, due = (
        datetime.fromisoformat(row[f"{name}_datetime"]) for name in ("requested", "expected")
    )
    return due - requested < timedelta(days=7)


def neighbor_at_the_border(api: Api) -> str:
    id_ = accepted(api, **AT_THE_BORDER)["service_request_id"]
    detail = db.session.scalar(
        text(
            "SELECT detail FROM triage_entries JOIN service_requests "
            "ON pk = service_request_pk WHERE service_request_id = :id"
        ),
        {"id": id_},
    )
    db.session.rollback()
    return str(detail).rpartition(" would go to ")[2]


def list_of(**parameters: Any) -> Callable[[Api], int]:
    return lambda api: api.get("v2/requests", **{"jurisdiction_id": GRIDTOWN, **parameters}).status


def executes(*statements: str) -> Callable[[], None]:
    def change() -> None:
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()

    return change


def rule(**values: Any) -> Callable[[], None]:
    def change() -> None:
        stored = get_stored_rule(GRIDTOWN, "pothole-east")
        row = {**stored.values, **values}
        change_rule(get_jurisdiction(GRIDTOWN), RuleChange(row=row, active=True, seen=stored.stamp))

    return change


def service(*, active: bool) -> Callable[[], None]:
    def change() -> None:
        row = get_stored_service(GRIDTOWN, "POTHOLE").values
        change_service_of_catalog(GRIDTOWN, "POTHOLE", row, active=active)

    return change


QUESTION = {
    "code": "DEEP",
    "datatype": "string",
    "required": True,
    "variable": True,
    "description": "How deep?",
    "datatype_description": "",
    "automated": "",
}
NEW_SERVICE = {
    "service_code": "BENCH",
    "service_name": "Bench",
    "description": "A broken bench.",
    "group": "",
    "keywords": "",
    "type": "realtime",
    "expected_days": None,
    "service_notice": "",
}


def exchanged_wards() -> NewBoundarySet:
    def ward(code: str, area: Polygon) -> CleanBoundary:
        return CleanBoundary(code=code, name="", geometry=MultiPolygon([area]))

    wards = [ward("10", box(-1, -1, 0, 1)), ward("2", box(0, -1, 1, 1))]
    return NewBoundarySet(jurisdiction_id=GRIDTOWN, layer="ward", source="tests", boundaries=wards)


def publish() -> None:
    town = get_jurisdiction(GRIDTOWN)
    number = import_draft(exchanged_wards())
    publish_boundary_set(town, number, first=town.today(), until=None, made_by="tests")


def withdraw() -> None:
    number = db.session.scalar(text("SELECT max(id) FROM boundary_sets"))
    db.session.rollback()
    withdraw_boundary_set(get_jurisdiction(GRIDTOWN), number, made_by="tests")


RESTORE = "UPDATE api_keys SET revoked_at = NULL WHERE name = '{}'"
MONTH = (
    "INSERT INTO holidays (jurisdiction_id, day, name) SELECT 'gridtown.example', "
    "current_date + n, 'Closed' FROM generate_series(-1, 30) AS n"
)
EVERY_DAY = (
    "INSERT INTO business_hours (jurisdiction_id, weekday, opens, closes) "
    "SELECT 'gridtown.example', n, '00:00', '23:59' FROM generate_series(1, 7) AS n"
)
SET_AREA = "UPDATE jurisdictions SET service_area = {} WHERE id = 'gridtown.example'"
SQUARE = "ST_Multi(ST_MakeEnvelope({0}, {0}, {1}, {1}, 4326))"
OUTSIDE = "UPDATE jurisdictions SET outside_department = {} WHERE id = 'gridtown.example'"


@dataclass(frozen=True)
class Flip:
    """A change and its opposite, and what a client sees before and after it."""

    change: Callable[[], object]
    back: Callable[[], object]
    seen: Callable[[Api], object]
    before: object
    after: object


ENDPOINT = (
    "INSERT INTO foreign_endpoints (jurisdiction_id, code, name, url, encrypted_key, state)"
    " VALUES ('gridtown.example', 'county', 'Grid County', 'https://county.example', 'x', 'on')"
    " ON CONFLICT (jurisdiction_id, code) DO UPDATE SET state = 'on'"
)
EAST_FORWARDS = (
    "UPDATE departments SET foreign_endpoint_id = foreign_endpoints.id FROM foreign_endpoints"
    " WHERE departments.code = 'EAST'"
)


def is_forwarded(api: Api) -> bool:
    id_ = accepted(api)["service_request_id"]
    found = db.session.scalar(
        text(
            "SELECT count(*) FROM forwardings JOIN service_requests "
            "ON pk = service_request_pk WHERE service_request_id = :id"
        ),
        {"id": id_},
    )
    db.session.rollback()
    return bool(found)


FLIPS = {
    "forwarding": Flip(
        executes(ENDPOINT, EAST_FORWARDS),
        executes("UPDATE foreign_endpoints SET state = 'off'"),
        is_forwarded,
        False,
        True,
    ),
    "rule": Flip(
        rule(department="CORE"), rule(department="EAST"), department(), "East Yard", "Core Crew"
    ),
    "business hours": Flip(
        executes("DELETE FROM business_hours WHERE weekday <> 7"),
        executes(f"{EVERY_DAY} ON CONFLICT DO NOTHING"),
        is_due_in_a_week,
        True,
        False,
    ),
    "key": Flip(
        lambda: revoke_api_key(GRIDTOWN, "tests"),
        executes(RESTORE.format("tests")),
        status(),
        200,
        403,
    ),
    "rights": Flip(
        lambda: change_rights(GRIDTOWN, "tests", ["comment"]),
        lambda: change_rights(GRIDTOWN, "tests", ["report"]),
        status(),
        200,
        403,
    ),
    "new key": Flip(
        lambda: create_api_key(GRIDTOWN, "new", "a-new-key"),
        executes(
            "DELETE FROM receipts",
            "UPDATE service_requests SET api_key_id = NULL",
            "DELETE FROM api_keys WHERE name = 'new'",
        ),
        status(api_key="a-new-key"),
        403,
        200,
    ),
    "service": Flip(service(active=False), service(active=True), status(), 200, 404),
    "new service": Flip(
        lambda: add_service(GRIDTOWN, NEW_SERVICE),
        executes("UPDATE services SET active = false WHERE service_code = 'BENCH'"),
        status(service_code="BENCH"),
        404,
        200,
    ),
    "question": Flip(
        lambda: save_question(GRIDTOWN, "POTHOLE", QUESTION, []),
        lambda: drop_question(GRIDTOWN, "POTHOLE", "DEEP"),
        status(),
        200,
        400,
    ),
    "boundary set": Flip(publish, withdraw, department(), "East Yard", "West Yard"),
    "holidays": Flip(
        executes(MONTH), executes("DELETE FROM holidays"), is_due_in_a_week, True, False
    ),
    "smaller area": Flip(
        executes(SET_AREA.format(SQUARE.format(-0.2, 0.2))),
        executes(SET_AREA.format(SQUARE.format(-1, 1))),
        status(),
        200,
        400,
    ),
    "no area": Flip(
        executes(SET_AREA.format("NULL")),
        executes(SET_AREA.format(SQUARE.format(-1, 1))),
        status(**FAR),
        400,
        200,
    ),
    "outside department": Flip(
        executes(OUTSIDE.format("'HALL'")),
        executes(OUTSIDE.format("NULL")),
        status(**FAR),
        400,
        200,
    ),
    "department": Flip(
        lambda: rename_department(GRIDTOWN, "WEST", "Other Yard"),
        lambda: rename_department(GRIDTOWN, "WEST", "West Yard"),
        neighbor_at_the_border,
        "West Yard",
        "Other Yard",
    ),
}
