"""The requester of a service request and the authors of its updates, for those who work on it."""

from dataclasses import dataclass

from sqlalchemy import select

from open311.database import db
from open311.models import ReceivedUpdate, Reporter, UpdateReporter


@dataclass(frozen=True, kw_only=True)
class ReporterInfo:
    """Contact data of a person; empty where they gave none."""

    first_name: str
    last_name: str
    email: str
    phone: str


def find_reporter(pk: int) -> ReporterInfo | None:
    """Find the requester of a service request; None without any contact data."""
    row = db.session.execute(
        select(Reporter.first_name, Reporter.last_name, Reporter.email, Reporter.phone).where(
            Reporter.service_request_pk == pk
        )
    ).one_or_none()
    return None if row is None or not any(row) else ReporterInfo(**row._mapping)


def find_commenters(pk: int) -> dict[int, ReporterInfo]:
    """Find the authors of updates of a service request, by the id of the received update."""
    rows = db.session.execute(
        select(
            UpdateReporter.received_update_id,
            UpdateReporter.first_name,
            UpdateReporter.last_name,
            UpdateReporter.email,
            UpdateReporter.phone,
        )
        .join(ReceivedUpdate, ReceivedUpdate.id == UpdateReporter.received_update_id)
        .where(ReceivedUpdate.service_request_pk == pk)
        .order_by(UpdateReporter.received_update_id)
    )
    return {
        row[0]: ReporterInfo(first_name=row[1], last_name=row[2], email=row[3], phone=row[4])
        for row in rows
        if any(row[1:])
    }
