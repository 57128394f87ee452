"""Publication of weekly reports, once each."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table, tells
from open311.models import PublishedReport, User
from open311.operations.transaction import operation
from open311.queries.jurisdictions import Scope
from open311.queries.telling.staff import list_users_to_tell
from open311.steps.telling.staff_messages import store_message_of_day
from schemas.vocabulary.notices import OFF, WEEKLY

WEEK = timedelta(weeks=1)


@operation
def publish_report(
    jurisdiction: Scope,
    week: date,
    made_at: datetime,
    version: str,
    documents: tuple[Mapping[str, Any], Mapping[str, Any]],
    *,
    tell: bool,
) -> bool:
    """Store the report of a week, with its emails to staff, unless it is published already.

    documents are those of the public and of staff; made_at is aware. Returns whether it was stored.
    """
    public, staff = documents
    values = {
        "jurisdiction_id": jurisdiction.jurisdiction_id,
        "week": week,
        "made_at": made_at,
        "definitions_version": version,
        "document": public,
        "staff_document": staff,
    }
    statement = insert(table(PublishedReport)).values(values).on_conflict_do_nothing()
    stored = db.session.execute(statement.returning(table(PublishedReport).c.week)).one_or_none()
    if stored is not None and tell and tells():
        here = User.jurisdiction_id == jurisdiction.jurisdiction_id
        for to in list_users_to_tell(here):
            if to.wish(WEEKLY) != OFF:
                store_message_of_day(to, WEEKLY, week + WEEK, made_at, made_at, ())
    return stored is not None
