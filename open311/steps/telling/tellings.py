"""Occasions for messages, stored by the step itself; the caller commits.

Where no mail is configured, nothing is stored.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, literal

from open311.database import db, table, tells
from open311.models import Telling
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.telling.texts import delay_of_statuses
from open311.steps.values.submissions import Submission
from schemas.vocabulary.telling import CONFIRM, RECEIVED, STATUS


def store_telling(
    jurisdiction: Scope, pk: int, kind: str, change_id: int, now: datetime | None = None
) -> None:
    """Store that messages about a step of a service request are due, unless in the sandbox.

    kind is one of TELLING_KINDS with a step. now is aware.
    """
    store_tellings(jurisdiction, {pk: change_id}, kind, now)


def store_tellings(
    jurisdiction: Scope, changes: dict[int, int], kind: str, now: datetime | None = None
) -> None:
    """Store the same for several service requests: the step of each, by primary key."""
    if jurisdiction.sandbox or not changes or not tells():
        return
    moment: Any = now or _now()
    if kind == STATUS:  # staff correct themselves, and one message tells all
        moment = literal(moment) + delay_of_statuses(jurisdiction.jurisdiction_id)
    rows = [
        {"kind": kind, "service_request_pk": pk, "status_change_id": change_id}
        for pk, change_id in changes.items()
    ]
    db.session.execute(insert(table(Telling)).values(due_at=moment), rows)


def store_confirmation(pk: int, subscription_id: int) -> None:
    """Store that the owner of an address has to be asked for a confirmation."""
    if tells():
        row = {"kind": CONFIRM, "service_request_pk": pk, "subscription_id": subscription_id}
        db.session.execute(insert(table(Telling)), {**row, "due_at": _now()})


def received_rows(city: City, submission: Submission) -> dict[str, Any]:
    """Return the occasion for a receipt by email, for the statement that stores a submission.

    There is nothing without an address, or without a website that links could lead to.
    """
    wants = submission.site is None or submission.site.wants_updates
    is_told = submission.reporter.get("email") and wants and city.site is not None
    if not is_told or submission.jurisdiction.sandbox or not tells():
        return {}
    return {"tellings": [{"kind": RECEIVED, "due_at": _now()}]}


def _now() -> datetime:
    """Return the time without its fraction: rounded, it might be later than now."""
    return datetime.now(UTC).replace(microsecond=0)
