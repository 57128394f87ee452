"""The one statement that stores new service requests with all rows that belong to them."""

from collections import abc
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Sequence,
    Text,
    Uuid,
    bindparam,
    case,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy import cast as as_type
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert

from open311.database import table
from open311.models import (
    CityVersion,
    Forwarding,
    Media,
    Receipt,
    Reporter,
    ServiceRequest,
    ServiceRequestBoundary,
    StaffTelling,
    StatusChange,
    Telling,
    TriageEntry,
    service_request_numbers,
)
from open311.queries.requests.receipts import SENT, Sending, SendingForm, select_first
from open311.statements import Call, Row, Statement
from open311.steps.forwarding.store import FORWARDING_COLUMNS
from schemas.vocabulary.steps import STATUS

_GIVEN = (
    *("service_request_id", "token", "public", "sandbox", "api_key_id", "jurisdiction_id"),
    *("service_id", "department_id", "routing_rule_id", "routing_reason", "pinned"),
    *("location", "location_from", "accuracy_meters", "outside_meters", "near_border"),
    *("address_string", "address_id", "zipcode", "description", "media_url", "answers", "status"),
    *("detailed_status", "status_notes", "requested_datetime", "updated_datetime"),
    *("expected_datetime", "continues_pk", "channel", "priority"),
)
"""Columns of a new service request, with the last status of its history; its location is EWKT.

Without a service_request_id, id_prefix asks for the next number after it.
"""

REPORTER_COLUMNS = tuple(
    one.name for one in table(Reporter).columns if one.name != "service_request_pk"
)

_PKS = Sequence("service_requests_pk_seq")

_CHILDREN: Mapping[str, tuple[type[Any], abc.Sequence[str]]] = {
    "history": (
        StatusChange,
        ("status", "detailed_status", "status_notes", "changed_at", "opening", "made_by"),
    ),
    "places": (
        ServiceRequestBoundary,
        ("layer_id", "boundary_id", "others", "neighbor_id", "neighbor_meters", "near"),
    ),
    "triage": (TriageEntry, ("reason", "detail")),
    "media": (Media, ("position", "url", "name", "width", "height", "size")),
    "reporters": (Reporter, REPORTER_COLUMNS),
    "tellings": (Telling, ("kind", "due_at")),
    "forwardings": (Forwarding, FORWARDING_COLUMNS),
    "staff_tellings": (StaffTelling, ("kind", "department_id", "due_at")),
}
"""Lists of rows that a new service request comes with, by the name of the list.

They may be empty, except for the history, whose first step opens the service request.
"""


@dataclass(frozen=True)
class NewReceipt:
    """The response to a sending. The id of a published service request is added to its answer."""

    sending: Sending
    answer: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True)
class Written:
    """The result of a write.

    requests are (pk, service_request_id), in the order given. There are none if first has the
    fingerprint and the answer of an earlier attempt, if the version was no longer current, or if
    another attempt has just committed its receipt, which the next write sees.
    """

    first: tuple[bytes, dict[str, Any]] | None
    requests: list[tuple[int, str | None]]

    @property
    def is_decided(self) -> bool:
        return bool(self.first or self.requests)


def write_requests(
    rows: abc.Sequence[Mapping[str, Any]], *, version: UUID | None = None
) -> Written:
    """Store new service requests as write_call tells; the caller commits."""
    return written_in(write_call(rows, version=version).run())


def write_call(
    rows: abc.Sequence[Mapping[str, Any]],
    *,
    version: UUID | None = None,
    receipt: NewReceipt | None = None,
) -> Call:
    """Return what stores new service requests, each a row of _GIVEN and lists of _CHILDREN.

    Nothing is stored if version is given and is no longer that of the cities, or if the sending of
    the receipt has one already, even one of a transaction that ends only now. With a receipt, there
    is one row.
    """
    reports = orjson.dumps([{"n": n, **row} for n, row in enumerate(rows)]).decode()
    values: dict[str, Any] = {"reports": reports, "version": version}
    if receipt is not None:
        sent = receipt.sending.values(receipt.received_at)
        values |= {**sent, "answer": orjson.dumps(receipt.answer).decode()}
    lists = tuple(name for name in _CHILDREN if any(row.get(name) for row in rows))
    return Call(_write(None if receipt is None else receipt.sending.form, lists), values)


def written_in(rows: abc.Sequence[Row]) -> Written:
    """Return the result of a write from the rows of its statement."""
    fingerprint, first = rows[0][:2]
    return Written(
        first=None if fingerprint is None else (fingerprint, first),
        requests=[(pk, id_) for *_first, pk, id_ in rows if pk is not None],
    )


@cache
def _write(form: SendingForm | None, lists: tuple[str, ...]) -> Statement:
    """Build the statement: one WITH, whose parts all see the data of one moment.

    The moment is that of the version, and of the search for an earlier attempt of a sending. lists
    are those that are not empty: a part costs PostgreSQL as much as a row, even if it adds none.

    The receipt comes first, and all else only if it is stored. Where another attempt has just
    stored its own, PostgreSQL waits for the end of that transaction: if it commits, nothing is
    stored here.
    """
    seen = (_no_attempt() if form is None else select_first(form)).cte("seen")
    report = _numbered(seen, lists).cte("report")
    if form is not None:
        receipt = _receipts(report, form).returning(Receipt.service_request_pk).cte("receipt")
        with_receipt = report.join(receipt, receipt.c.service_request_pk == report.c.pk)
        report = select(report).select_from(with_receipt).cte("stored")
    parts = [_requests(report), *(_rows(report, name) for name in lists)]
    one_row = select(literal(1)).subquery("one_row")
    outcome = (
        select(seen.c.fingerprint, seen.c.answer, report.c.pk, report.c.id)
        .select_from(one_row.outerjoin(seen, true()).outerjoin(report, true()))
        .order_by(report.c.n)
        .add_cte(*(part.cte(f"part_{number}") for number, part in enumerate(parts)))
    )
    return Statement(outcome, prepared=True)


def _no_attempt() -> Select[Any]:
    columns: list[Any] = [null().label("fingerprint"), null().label("answer")]
    return select(*columns).where(false())


def _numbered(seen: CTE, lists: tuple[str, ...]) -> Select[Any]:
    """Select the reports with primary keys and ids, unless there is a reason to store nothing."""
    types = ServiceRequest.__table__.columns
    sent = _recordset(
        as_type(bindparam("reports", type_=Text), JSONB),
        "sent",
        column("n", Integer),
        column("id_prefix", Text),
        *(column(name, Text if name == "location" else types[name].type) for name in _GIVEN),
        *(column(name, JSONB) for name in lists),
    )
    number = func.to_char(service_request_numbers.next_value(), "FM999999999990000000")
    id_ = case((sent.c.id_prefix.is_not(None), sent.c.id_prefix.concat(number)))
    version = bindparam("version", type_=Uuid)
    return (
        select(
            _PKS.next_value().label("pk"),
            func.coalesce(sent.c.service_request_id, id_).label("id"),
            *sent.c,
        )
        .select_from(sent)
        .where(
            or_(version.is_(None), select(CityVersion.version).scalar_subquery() == version),
            ~select(seen).exists(),
        )
        .order_by(sent.c.n)
    )


def _recordset(json: ColumnElement[Any], name: str, *columns: ColumnElement[Any]) -> Any:
    rows = func.jsonb_to_recordset(json).table_valued(*columns, name=name)
    return rows.render_derived(name=name, with_types=True)


def _requests(report: CTE) -> Insert:
    given: dict[str, Any] = {name: report.c[name] for name in _GIVEN}
    given |= {
        "service_request_id": report.c.id,
        "location": func.ST_GeomFromEWKT(report.c.location),
        "pk": report.c.pk,
    }
    return _insert(ServiceRequest, report, given)


def _rows(report: CTE, name: str) -> Insert:
    """Insert the rows of a list that comes with each report."""
    model, names = _CHILDREN[name]
    types = model.__table__.columns
    row = _recordset(report.c[name], name, *(column(one, types[one].type) for one in names))
    given = {one: row.c[one] for one in names} | {"service_request_pk": report.c.pk}
    order: list[ColumnElement[Any]] = []
    if model is StatusChange:  # the ids tell the order of steps
        given["kind"] = literal(STATUS)
        order = [report.c.n, row.c.opening.desc()]
    if model is TriageEntry:
        given["jurisdiction_id"] = report.c.jurisdiction_id
        given["raised_at"] = report.c.requested_datetime
    return _insert(model, report.join(row, true()), given, order)


def _receipts(report: CTE, form: SendingForm) -> Insert:
    """Insert the receipt, whose answer has the id of a request that is published.

    It is the next one of its content. Another attempt that is stored at the same moment has the
    same number. What can be no retry by its content (see select_first) has no number, and is in
    nobody's way.
    """
    answer = as_type(bindparam("answer", type_=Text), JSONB)
    with_id = answer.concat(func.jsonb_build_object("service_request_id", report.c.id))
    names = ("jurisdiction_id", "sandbox", "api_key_id", "idempotency_key", "fingerprint")
    same = Receipt.fingerprint == SENT.fingerprint, Receipt.sandbox == SENT.sandbox
    latest = select(func.max(Receipt.occurrence)).where(*same).scalar_subquery()
    may_be_retry: ColumnElement[bool] = report.c.token.is_not(None)
    if not form.has_key:
        may_be_retry |= ~report.c.public | SENT.may_repeat
    given = {
        **{name: getattr(SENT, name) for name in names},
        "occurrence": case((may_be_retry, func.coalesce(latest + 1, 0))),
        "service_request_pk": report.c.pk,
        "answer": case((report.c.public, with_id), else_=answer),
        "received_at": SENT.received_at,
    }
    return _insert(Receipt, report, given).on_conflict_do_nothing()


def _insert(
    model: type[Any],
    rows: FromClause,
    given: Mapping[str, Any],
    order: abc.Sequence[ColumnElement[Any]] = (),
) -> Insert:
    columns = [value.label(name) for name, value in given.items()]
    found = select(*columns).select_from(rows).order_by(*order)
    return insert(table(model)).from_select(list(given), found)
