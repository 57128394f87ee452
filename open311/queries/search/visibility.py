"""Who may see which service requests: the one place that decides it."""

from enum import Enum

from sqlalchemy import ColumnElement, and_, or_

from open311.models import ServiceRequest
from open311.queries.jurisdictions import JurisdictionInfo


class Audience(Enum):
    """Who reads. A copy that is kept up to date also reads that a request was withdrawn."""

    PUBLIC = "public"
    COPY = "copy"
    STAFF = "staff"


def visible_to(audience: Audience, jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    """Return the condition that a service request may be seen.

    All see those of their jurisdiction, or those of its sandbox. The public sees what is public
    and was not withdrawn, a copy also what was withdrawn (as a tombstone, see withdrawn.py), staff
    all that was not withdrawn.
    """
    mine = of_jurisdiction(jurisdiction)
    if audience is Audience.STAFF:
        return and_(mine, not_withdrawn())
    public = and_(mine, ServiceRequest.public)
    return public if audience is Audience.COPY else and_(public, not_withdrawn())


def of_jurisdiction(jurisdiction: JurisdictionInfo) -> ColumnElement[bool]:
    """Return the condition that a service request is a jurisdiction's own, or its sandbox's."""
    return and_(
        ServiceRequest.jurisdiction_id == jurisdiction.jurisdiction_id,
        ServiceRequest.sandbox == jurisdiction.sandbox,
    )


def not_withdrawn() -> ColumnElement[bool]:
    """Return the condition that a service request has not been withdrawn."""
    return ServiceRequest.withdrawn_at.is_(None)


def known_as(name: str) -> ColumnElement[bool]:
    """Return the condition that a service request has this id, or this token while it has none.

    For staff, who also work on what awaits approval.
    """
    return or_(ServiceRequest.service_request_id == name, ServiceRequest.token == name)
