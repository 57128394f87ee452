"""Service requests beside a position in a list: the last one before it, and the first one after it.

A position is a key of the list's order, so that it stays where it was when a service request moves
in the list, or leaves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, bindparam, literal_column, select, tuple_

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.search.kept import MOST_KEPT, Selection, values_of
from open311.queries.search.orders import ORDERS
from open311.queries.search.pages import Key
from open311.queries.search.terms import Term
from open311.statements import Statement


@dataclass(frozen=True)
class Neighbors:
    """The ids of the service requests before and after a position; None where the list ends."""

    previous: str | None
    next: str | None


def find_neighbors(
    selection: Selection, terms: Sequence[Term], sort: str, position: Key
) -> Neighbors:
    """Find what is beside a position, which is the key of a row, by one statement.

    selection has one column, the id. The row of the position itself is left out, wherever it is.
    """
    key, pk = position
    values = {**values_of(terms), "at_key": key, "at_pk": pk}
    if all(term.name for term in terms):
        [row] = _kept(selection, tuple(terms), sort).read(values)
    else:
        row = db.session.connection().execute(_both(selection, terms, sort), values).one()
    return Neighbors(*row)


@lru_cache(maxsize=MOST_KEPT)
def _kept(selection: Selection, terms: tuple[Term, ...], sort: str) -> Statement:
    # Planned for the values at hand: one plan for all could not use the index of open requests.
    return Statement(_both(selection, terms, sort), prepared=False)


def _both(selection: Selection, terms: Sequence[Term], sort: str) -> Select[Any]:
    rows = selection.rows().where(*(term.build() for term in terms))
    return select(_nearest(rows, sort, before=True), _nearest(rows, sort, before=False))


def _nearest(rows: Select[Any], sort: str, *, before: bool) -> Any:
    """Return the id of the nearest row on one side; descending lists have greater keys before."""
    order = ORDERS[sort]
    columns = (order.key, order.pk)
    pk = bindparam("at_pk", type_=BigInteger)
    row, position = tuple_(*columns), tuple_(bindparam("at_key", type_=order.key.type), pk)
    is_greater = order.descending == before
    found = rows.where(
        row > position if is_greater else row < position,
        ServiceRequest.pk != pk,  # it may have moved there
    )
    in_order = found.order_by(*(one.asc() if is_greater else one.desc() for one in columns))
    return in_order.limit(literal_column("1", Integer)).scalar_subquery()
