"""Reads for holds: earlier reports like one, and whether one is held."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, LargeBinary, Row, and_, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import Hold, ServiceRequest, SiteReport
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import of_jurisdiction
from open311.queries.requests.hold_rules import MANY_WITHIN, SAME_WITHIN, Earlier
from open311.queries.together import Rows


def count_earlier(
    jurisdiction: Scope,
    *,
    text_digest: bytes | None,
    photo_digests: Sequence[bytes],
    sender_digests: Sequence[bytes],
    now: datetime,
) -> Earlier:
    """Count the earlier reports of a city that are like one, in one statement.

    sender_digests are those of the address, with the keys of today and of yesterday.
    """
    same_photo = SiteReport.photo_digests.overlap(_digests(photo_digests))
    same_address = SiteReport.sender_digest == any_(_digests(sender_digests))
    row = db.session.execute(
        select(
            func.count().filter(SiteReport.text_digest == literal(text_digest, LargeBinary)),
            func.count().filter(same_photo),
            func.count().filter(and_(same_address, SiteReport.made_at > now - MANY_WITHIN)),
        )
        .join(ServiceRequest, ServiceRequest.pk == SiteReport.service_request_pk)
        .where(of_jurisdiction(jurisdiction), SiteReport.made_at > now - SAME_WITHIN)
    ).one()
    return Earlier(*row)


def _digests(several: Sequence[bytes]) -> ColumnElement[list[bytes]]:
    return literal(list(several), ARRAY(LargeBinary))


def find_held(pk: int) -> Row[str | None, bool, str | None] | None:
    """Find (service_request_id, public, outcome) of a report that was held, settled or not.

    None for others.
    """
    return db.session.execute(
        select(ServiceRequest.service_request_id, ServiceRequest.public, Hold.outcome)
        .join(Hold, Hold.service_request_pk == ServiceRequest.pk)
        .where(ServiceRequest.pk == pk)
        .limit(1)
    ).one_or_none()


def select_holds(pk: Any) -> Rows:
    """Select why a report was held, for staff."""
    held = select(Hold.rule, Hold.seen, Hold.outcome).where(Hold.service_request_pk == pk)
    return held.order_by(Hold.rule)
