"""Published weekly reports."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select

from open311.database import db
from open311.models import PublishedReport
from open311.queries.jurisdictions import Scope


@dataclass(frozen=True)
class StoredReport:
    """A report as it was published; week is its Monday, and made_at is in UTC.

    document is that of the public or of staff, as it was asked for.
    """

    week: date
    made_at: datetime
    document: Mapping[str, Any]


def find_report(
    jurisdiction_id: str, week: date, *, for_staff: bool = False
) -> StoredReport | None:
    """Return the report of the week that begins on a Monday, or None."""
    one = PublishedReport
    document = one.staff_document if for_staff else one.document
    row = db.session.execute(
        select(one.week, one.made_at, document).where(
            one.jurisdiction_id == jurisdiction_id, one.week == week
        )
    ).one_or_none()
    return None if row is None else StoredReport(*row)


def list_reports(jurisdiction: Scope, most: int) -> Sequence[Row[date, datetime]]:
    """List the newest reports as rows (week, made_at), the newest first."""
    one = PublishedReport
    return db.session.execute(
        select(one.week, one.made_at)
        .where(one.jurisdiction_id == jurisdiction.jurisdiction_id)
        .order_by(one.week.desc())
        .limit(most)
    ).all()


def list_published_flows(
    jurisdiction: Scope, weeks: Sequence[date], *, for_staff: bool
) -> Mapping[date, Any]:
    """Return the flows of the city of weeks (Mondays) as their reports have them, by week."""
    one = PublishedReport
    document = one.staff_document["city"] if for_staff else one.document
    statement = select(one.week, document["weeks"][-1]).where(
        one.jurisdiction_id == jurisdiction.jurisdiction_id, one.week.in_(weeks)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def find_last_week(jurisdiction: Scope) -> date | None:
    """Return the Monday of the newest week with a report, or None."""
    newest = select(func.max(PublishedReport.week)).where(
        PublishedReport.jurisdiction_id == jurisdiction.jurisdiction_id
    )
    return db.session.scalar(newest)
