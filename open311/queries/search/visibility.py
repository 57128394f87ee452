"""Who may see which service requests: the one place that decides it."""

from enum import Enum

from sqlalchemy import ColumnElement, and_

from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction


class Audience(Enum):
    """Who reads. A copy that is kept up to date also reads that a request was withdrawn."""

    PUBLIC = "public"
    COPY = "copy"
    STAFF = "staff"


def visible_to(audience: Audience, jurisdiction: Scope) -> ColumnElement[bool]:
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
