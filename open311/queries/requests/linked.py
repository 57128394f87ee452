"""Service requests that repeat texts of others: duplicates, originals, and continuations."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from open311.database import db
from open311.models import ServiceRequest


class Link(NamedTuple):
    """A service request and another that repeats some of its texts.

    same_requester: one continues the other, directly or through others between them. is_duplicate:
    the other is a duplicate of the first.
    """

    pk: int
    other: int
    same_requester: bool
    is_duplicate: bool


def list_linked(pks: Collection[int]) -> list[Link]:
    """List the links of service requests, direct and through others, in the order of their keys.

    They lead to originals, duplicates, other duplicates of an original, requests that continue
    these, and those that these continue. Several may lead to the same.
    """
    one, near = aliased(ServiceRequest), aliased(ServiceRequest)
    repeats = or_(near.duplicate_of_pk == one.pk, near.pk == one.duplicate_of_pk)
    continues = or_(near.continues_pk == one.pk, near.pk == one.continues_pk)
    linked = (
        select(
            ServiceRequest.pk.label("pk"),
            ServiceRequest.pk.label("other"),
            literal(True).label("same_requester"),
        )
        .where(ServiceRequest.pk.in_(pks))
        .cte("linked", recursive=True)
    )
    linked = linked.union(
        select(linked.c.pk, near.pk, and_(linked.c.same_requester, func.coalesce(continues, False)))
        .join(one, one.pk == linked.c.other)
        .join(near, or_(repeats, continues))
    )
    is_duplicate = func.coalesce(ServiceRequest.duplicate_of_pk == linked.c.pk, False)
    statement = (
        select(*linked.c, is_duplicate)
        .join(ServiceRequest, ServiceRequest.pk == linked.c.other)
        .where(linked.c.other != linked.c.pk)
        .order_by(*linked.c)
    )
    return [Link._make(row) for row in db.session.execute(statement)]
