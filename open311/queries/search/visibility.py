"""Visibility of service requests. No other module decides it."""

from enum import Enum

from sqlalchemy import ColumnElement, Table, and_

from open311.models import ServiceRequest
from open311.queries.jurisdictions import Scope
from open311.queries.requests.conditions import not_withdrawn, of_jurisdiction


class Audience(Enum):
    """The audience of a read. Copies (replicas) also get tombstones of withdrawn requests."""

    PUBLIC = "public"
    COPY = "copy"
    STAFF = "staff"


def visible_to(audience: Audience, jurisdiction: Scope) -> ColumnElement[bool]:
    """Return the condition that an audience can read a service request.

    All audiences read one jurisdiction or its sandbox. The public reads public requests that were
    not withdrawn, copies also tombstones, and staff all requests that were not withdrawn.
    """
    mine = of_jurisdiction(jurisdiction)
    if audience is Audience.STAFF:
        return and_(mine, not_withdrawn())
    public = and_(mine, ServiceRequest.public)
    return public if audience is Audience.COPY else and_(public, not_withdrawn())


def visible_totals(audience: Audience, jurisdiction: Scope, totals: Table) -> ColumnElement[bool]:
    """Return the condition that an audience can read totals of requests that were not withdrawn."""
    mine = and_(
        totals.c.jurisdiction_id == jurisdiction.jurisdiction_id,
        totals.c.sandbox == jurisdiction.sandbox,
    )
    return mine if audience is Audience.STAFF else and_(mine, totals.c.public)
