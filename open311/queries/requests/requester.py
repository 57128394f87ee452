"""The requester of a service request, for staff who work on it only."""

from dataclasses import dataclass

from sqlalchemy import select

from open311.database import db
from open311.models import Reporter


@dataclass(frozen=True, kw_only=True)
class ReporterInfo:
    """Contact data of a requester; empty where they gave none."""

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
