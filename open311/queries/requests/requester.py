"""Who reported: for those of the staff who work on it, and for nobody else."""

from dataclasses import dataclass

from sqlalchemy import select

from open311.database import db
from open311.models import Reporter


@dataclass(frozen=True, kw_only=True)
class ReporterInfo:
    """How who reported can be reached, as far as they said; empty where they did not."""

    first_name: str
    last_name: str
    email: str
    phone: str


def find_reporter(pk: int) -> ReporterInfo | None:
    """Find who reported a service request; None where nothing is known of them."""
    row = db.session.execute(
        select(Reporter.first_name, Reporter.last_name, Reporter.email, Reporter.phone).where(
            Reporter.service_request_pk == pk
        )
    ).one_or_none()
    return None if row is None or not any(row) else ReporterInfo(**row._mapping)
