"""Rows of service requests that are forwarded; the caller commits."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, any_, exists, false, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from open311.database import db, table
from open311.models import (
    Department,
    ForeignEndpoint,
    Forwarding,
    ServiceRequest,
)
from open311.queries.city import City
from open311.queries.forwarding.targets import was_forwarded
from open311.queries.requests.conditions import still_open
from open311.steps.requests.triage import store_entries
from schemas.vocabulary.forwarding import ON, STOPPED, WAITING

FORWARDING_COLUMNS = ("endpoint_id", "state", "state_at", "due_at")

NOT_FORWARDED = "not_forwarded"


def with_forwarding(city: City, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the row of a new service request, forwarded if its department forwards.

    The row is one that write_requests takes. What is not published, and the sandbox, stay here.
    What came from another server is reviewed instead: one hop at most.
    """
    target = city.targets.by_department.get(row["department_id"])
    if target is None or row["sandbox"] or not row["public"]:
        return row
    if row["api_key_id"] in city.targets.keys or was_forwarded(row["description"]):
        review = {"reason": NOT_FORWARDED, "detail": sent_already(target.name)}
        return {**row, "triage": [*row["triage"], review]}
    moment = row["requested_datetime"]
    return {**row, "forwardings": [waiting_row(target.endpoint_id, moment)]}


def waiting_row(endpoint_id: int, now: datetime) -> dict[str, Any]:
    """Return the row of what is sent as soon as possible."""
    return {"endpoint_id": endpoint_id, "state": WAITING, "state_at": now, "due_at": now}


def sent_already(name: str) -> str:
    """Return what staff read about a service request that is not forwarded a second time."""
    return f"{name}: it came from another server and is not forwarded again"


def store_forwardings(pks: Sequence[int]) -> None:
    """Forward those of a city's service requests that are with a department that forwards.

    They are open and published. What was stopped is sent after all, unless it is found there: so it
    counts as tried. Nothing else is sent twice to the same endpoint. What came from another server
    is reviewed instead.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    rows = db.session.execute(_select_new(pks)).all()
    new = [
        {"service_request_pk": row.pk, **waiting_row(row.endpoint_id, now)}
        for row in rows
        if not (row.by_server or was_forwarded(row.description))
    ]
    stays = {
        row.pk: {NOT_FORWARDED: sent_already(row.name)}
        for row in rows
        if row.by_server or was_forwarded(row.description)
    }
    if new:
        statement = insert(table(Forwarding))
        again = {"state": WAITING, "state_at": now, "due_at": now, "attempts": 1, "sentence": ""}
        statement = statement.on_conflict_do_update(
            index_elements=["service_request_pk", "endpoint_id"],
            set_=again,
            where=Forwarding.state == STOPPED,
        )
        db.session.execute(statement, new)
    if stays:
        store_entries(rows[0].jurisdiction_id, stays, now)


def _select_new(pks: Sequence[int]) -> Any:
    servers = table(ForeignEndpoint).alias("servers")
    by_server = exists().where(
        servers.c.jurisdiction_id == ServiceRequest.jurisdiction_id,
        servers.c.api_key_id == ServiceRequest.api_key_id,
    )
    return (
        select(
            ServiceRequest.pk,
            ServiceRequest.jurisdiction_id,
            ServiceRequest.description,
            ForeignEndpoint.id.label("endpoint_id"),
            ForeignEndpoint.name,
            by_server.label("by_server"),
        )
        .join(Department, Department.id == ServiceRequest.department_id)
        .join(ForeignEndpoint, ForeignEndpoint.id == Department.foreign_endpoint_id)
        .where(
            ServiceRequest.pk == any_(literal(list(pks), ARRAY(BigInteger))),
            ForeignEndpoint.state == ON,
            ServiceRequest.public,
            ServiceRequest.sandbox == false(),
            still_open(),
        )
        .order_by(ServiceRequest.pk)
    )
