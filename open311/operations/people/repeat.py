"""Erasures are added to a log outside of the database, and repeated in a restored backup."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select

from open311.database import db, lift_time_limit
from open311.media.erasure_log import LoggedErasure
from open311.models import ServiceRequest, UnloggedErasure
from open311.operations.people.erasure import ErasureResult, PersonKey, erase_person
from open311.operations.people.retention import erase_in_linked
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.requests.legal_holds import is_held
from open311.steps.requests.erasures import BY_RESTORE, Cause, store_erasure
from open311.steps.requests.lock import lock_all
from open311.steps.requests.reach import Reach, reach_all
from open311.steps.requests.series import erase_series, reach_series
from open311.steps.requests.withdraw import store_withdrawal
from open311.steps.residents.withdrawal import store_own_withdrawal


@operation
def forget_unlogged(ids: Collection[int]) -> None:
    """Store that erasures were added to the log."""
    db.session.execute(delete(UnloggedErasure).where(UnloggedErasure.erasure_id.in_(ids)))


class Repeated(NamedTuple):
    """The result of an erasure that was repeated: deleted photos, and requests with a hold."""

    photos: Sequence[str]
    held: Sequence[str] = ()


@operation
def repeat_erasure(jurisdiction: Scope, logged: LoggedErasure, person: str = "") -> Repeated | None:
    """Repeat an erasure of the log in a restored database; None if that has nothing of it.

    person is the email address or phone number whose digest the log has. The caller removes the
    files of the photos.
    """
    lift_time_limit()
    extent = logged.extent
    if extent["do"] in ("email", "phone"):
        return _erase_person(jurisdiction, logged, person)
    here = ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id
    if not lock_all(here, ServiceRequest.pk == extent["pk"]):
        return None
    pk: int = extent["pk"]
    if is_held(pk):
        return Repeated([], [_name_of(pk)])
    if extent["do"] == "request":
        key = PersonKey(basis="request", value=_name_of(pk))
        done = erase_person(
            jurisdiction, key, texts=extent["texts"], erased_by=BY_RESTORE, entry=logged.entry
        )
        return _of_result(done)
    if extent["do"] == "withdraw":
        is_withdrawn = ServiceRequest.withdrawn_at.is_not(None)
        if db.session.scalar(select(is_withdrawn).where(ServiceRequest.pk == pk)):
            return None
        return Repeated(store_withdrawal(jurisdiction, pk, BY_RESTORE, entry=logged.entry))
    if extent["do"] == "erase_own":
        return Repeated(
            store_own_withdrawal(jurisdiction, pk, BY_RESTORE, is_kept=True, entry=logged.entry)
        )
    return _erase_old(jurisdiction, pk, logged)


def _erase_person(jurisdiction: Scope, logged: LoggedErasure, person: str) -> Repeated | None:
    if not person:
        return None
    key = PersonKey(basis=logged.extent["do"], value=person, digest=logged.extent["digest"])
    done = erase_person(
        *(jurisdiction, key),
        texts=logged.extent["texts"],
        erased_by=BY_RESTORE,
        entry=logged.entry,
    )
    return _of_result(done)


def _of_result(done: ErasureResult) -> Repeated | None:
    found = done.requests or done.elsewhere or done.held
    return Repeated(done.photos, done.held) if found else None


def _erase_old(jurisdiction: Scope, pk: int, logged: LoggedErasure) -> Repeated | None:
    """Repeat what happened after a period, by a rule or by anonymize_after_days."""
    here, extent = jurisdiction.jurisdiction_id, logged.extent
    before = datetime.fromisoformat(extent["before"])
    reach = _reach_old(pk, extent, before)
    cause = Cause(
        basis=logged.basis,
        by=BY_RESTORE,
        series=extent.get("series"),
        action=extent.get("action"),
        extent=extent,
        entry=logged.entry,
    )
    done = erase_series(pk, reach, before)
    store_erasure(here, pk, cause, done.counts)
    erase_in_linked(here, {pk: reach}, BY_RESTORE)
    return Repeated(done.photos) if done.counts else None


def _reach_old(pk: int, extent: Mapping[str, Any], before: datetime) -> Reach:
    if extent["do"] == "series":
        return reach_series(pk, extent["series"], extent["action"], before)
    return reach_all(pk, texts=False, before=before)


def _name_of(pk: int) -> str:
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token, "")
    return db.session.scalars(select(name).where(ServiceRequest.pk == pk)).one()
