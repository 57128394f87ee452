"""Import of services and service requests from another GeoReport server."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as insert_if_new
from sqlalchemy.dialects.postgresql import insert as insert_or_update

from open311.database import db, prefer_indexes, table
from open311.errors import Busy, OutsideServiceArea
from open311.messages.access import LOCKED_BY_OTHERS
from open311.messages.sentences import api_sentences
from open311.models import AttributeValue, FormerId, ImportProgress, Service, ServiceAttribute
from open311.operations.transaction import operation
from open311.personal_data import ERASED
from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City, Stale, is_current, load_city
from open311.queries.imports import KnownRow, list_imported, list_services_by_code
from open311.queries.jurisdictions import Scope
from open311.steps.analyze import REQUESTS, store_statistics
from open311.steps.catalog import move_changeset
from open311.steps.imports.seen import store_seen
from open311.steps.requests.add import (
    RoutedSubmission,
    StatusSince,
    request_row,
    route_by_snapshot,
)
from open311.steps.requests.handles import id_prefix
from open311.steps.requests.history import status_of, store_status
from open311.steps.requests.store import write_requests
from open311.steps.values.imports import (
    ImportedAttribute,
    ImportedService,
    ImportedServiceRequest,
    ImportRun,
    Skipped,
    WindowResult,
)
from open311.steps.values.submissions import Handles, Submission


@operation
def import_catalog(jurisdiction_id: str, services: Sequence[ImportedService]) -> list[str]:
    """Add services with new codes and their questions; return the added codes.

    They are of type realtime, so that their service requests have a public id, imported or
    submitted.
    """
    added = [
        str(service.columns["service_code"])
        for service in services
        if _add_service(jurisdiction_id, service)
    ]
    if added:
        move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
    return added


def _add_service(jurisdiction_id: str, service: ImportedService) -> bool:
    statement = (
        insert_if_new(Service)
        .values(
            jurisdiction_id=jurisdiction_id,
            type="realtime",
            service_notice="",
            active=True,
            **service.columns,
        )
        .on_conflict_do_nothing(index_elements=["jurisdiction_id", "service_code"])
        .returning(Service.id)
    )
    service_id = db.session.execute(statement).scalar_one_or_none()
    if service_id is None:
        return False
    for attribute in service.attributes:
        _add_attribute(service_id, attribute)
    return True


def _add_attribute(service_id: int, attribute: ImportedAttribute) -> None:
    statement = insert(ServiceAttribute).values(service_id=service_id, **attribute.columns)
    id_ = db.session.execute(statement.returning(ServiceAttribute.id)).scalar_one()
    values = [
        {"attribute_id": id_, "key": key, "name": name, "position": position}
        for position, (key, name) in enumerate(attribute.values, start=1)
    ]
    if values:
        db.session.execute(insert(AttributeValue), values)


ATTEMPTS = 5
"""Attempts to store rows before changes of the city are too frequent for it."""


class RunningImport:
    """An import run that routes by the city as it is when each batch of rows is stored."""

    def __init__(self, jurisdiction: Scope, run: ImportRun) -> None:
        self._jurisdiction = jurisdiction
        self._run = run
        self._city: City | None = None

    def store(
        self, rows: Sequence[ImportedServiceRequest], done_until: datetime | None
    ) -> WindowResult:
        """Import rows as import_window does; raises Busy if the city changes again and again."""
        for _attempt in range(ATTEMPTS):
            if self._city is None:
                first = self._run.requested_from.astimezone(self._jurisdiction.zone).date()
                self._city = load_city(self._jurisdiction, first)
            try:
                return import_window(self._city, self._run, rows, done_until)
            except Stale:
                self._city = None
        raise Busy(LOCKED_BY_OTHERS)


@operation
def import_window(
    city: City,
    run: ImportRun,
    rows: Sequence[ImportedServiceRequest],
    done_until: datetime | None,
) -> WindowResult:
    """Import rows, and record that the import is complete until done_until.

    done_until of None marks the run as finished.

    A new row is routed with the boundaries of its date, which the city must have. It gets a local
    service_request_id and keeps its old one as a former id. A known row gets a status change if the
    other server has made one since. Changes of known rows wait for the transaction: pass few rows
    at a time. Raises Stale if the city has changed since it was read, and then stores nothing.
    """
    jurisdiction = city.scope
    prefer_indexes()
    _lock_imports(jurisdiction)
    if not is_current(city):
        raise Stale
    services = list_services_by_code(jurisdiction.jurisdiction_id)
    known = list_imported(jurisdiction, run.source, [row.service_request_id for row in rows])
    now = datetime.now(UTC).replace(microsecond=0)
    store_seen(jurisdiction, run.source, list(known), now)
    changed = 0
    new: dict[str, RoutedSubmission] = {}
    skipped = []
    for row in rows:
        if row.service_request_id in known:
            changed += _follow(jurisdiction, known[row.service_request_id], row)
            continue
        try:
            new[row.service_request_id] = _routed(city, row, services)
        except _Unfit as error:
            skipped.append(Skipped(row.service_request_id, *error.args))
    _add(city, run, new, now)
    _note_progress(jurisdiction, run, done_until)
    return WindowResult(len(new), changed, skipped)


@operation
def analyze_imported() -> None:
    """Update the statistics that PostgreSQL plans with, after an import of service requests."""
    store_statistics(*REQUESTS)


def _lock_imports(jurisdiction: Scope) -> None:
    """Let another import into the same jurisdiction wait until the commit."""
    name = func.hashtextextended(jurisdiction.jurisdiction_id, 311)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))


class _Unfit(Exception):
    """A row that cannot be stored: the reason, and a sentence with details."""


def _routed(
    city: City, row: ImportedServiceRequest, services: dict[str, ServiceInfo]
) -> RoutedSubmission:
    jurisdiction = city.scope
    service = services.get(row.service_code)
    if service is None:
        detail = f"service_code {row.service_code!r} does not exist on either server."
        raise _Unfit("unknown service", detail)
    submission = Submission(
        jurisdiction=jurisdiction,
        service=service,
        **{name: getattr(row, name) for name in _KEPT},
    )
    handles = Handles(
        id_prefix=id_prefix(jurisdiction, row.requested),
        public=service.type != "blackbox",
        sandbox=jurisdiction.sandbox,
    )
    try:
        return route_by_snapshot(city, submission, handles, row.requested, _since(row))
    except OutsideServiceArea as error:
        raise _Unfit("outside the service area", api_sentences(error.problems)) from None


_KEPT = ("point", "address_string", "address_id", "zipcode", "description", "media")


def _since(row: ImportedServiceRequest) -> StatusSince | None:
    updated = row.updated or row.requested
    if (row.detailed_status, row.status_notes, updated) == ("open", "", row.requested):
        return None
    return StatusSince(row.detailed_status, row.status_notes, updated)


def _add(
    city: City, run: ImportRun, new: Mapping[str, RoutedSubmission], seen_at: datetime
) -> None:
    """Store service requests by their ids on the other server."""
    if not new:
        return
    rows = [request_row(one) for one in new.values()]
    written = write_requests(rows, version=city.version)
    if not written.requests:
        raise Stale
    names = {
        "jurisdiction_id": city.scope.jurisdiction_id,
        "source": run.source,
        "seen_at": seen_at,
    }
    former = [
        {**names, "former_id": former_id, "service_request_pk": pk}
        for former_id, (pk, _id) in zip(new, written.requests, strict=True)
    ]
    db.session.execute(insert(table(FormerId)), former)


def _follow(jurisdiction: Scope, known: KnownRow, row: ImportedServiceRequest) -> bool:
    """Add the other server's newer status change, if any; return whether one was added.

    A later local change stays. A server that sends no update time can close a service request, but
    it cannot undo a local change. A note that was erased here does not return.
    """
    _former_id, pk, detailed_status, status_notes, updated, withdrawn_at = known
    same = (detailed_status, status_notes) == (row.detailed_status, row.status_notes)
    erased = ERASED in status_notes and row.updated is not None and row.updated <= updated
    if same or erased or withdrawn_at is not None:
        return False
    if row.updated is None:
        closes = (status_of(detailed_status), status_of(row.detailed_status)) == ("open", "closed")
        changed_at = datetime.now(UTC).replace(microsecond=0) if closes else None
    else:
        changed_at = row.updated if row.updated >= updated else None
    if changed_at is None:
        return False
    store_status(
        jurisdiction,
        pk,
        row.detailed_status,
        row.status_notes,
        current=detailed_status,
        at=changed_at,
        telling=None,
    )
    return True


def _note_progress(jurisdiction: Scope, run: ImportRun, done_until: datetime | None) -> None:
    key = {"jurisdiction_id": jurisdiction.jurisdiction_id, "source": run.source}
    if done_until is None:
        db.session.execute(delete(ImportProgress).filter_by(**key))
        return
    progress = {"requested_from": run.requested_from, "done_until": done_until}
    statement = insert_or_update(ImportProgress).values(**key, **progress)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=progress))
