"""Service requests beside a position in a list: the last ones before it, and the first ones after.

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
from open311.queries.together import RowsAsJson
from open311.statements import Statement

MOST_BESIDE = 12
"""Service requests on each side."""


@dataclass(frozen=True)
class Neighbors:
    """The service requests before and after a position, the nearest first, at most MOST_BESIDE.

    Each has id, service_id, detailed_status, address_string, and number, which is None without one.
    """

    before: Sequence[Any] = ()
    after: Sequence[Any] = ()

    @property
    def previous(self) -> str | None:
        """The id of the one before; None at the beginning of the list."""
        return self.before[0].id if self.before else None

    @property
    def next(self) -> str | None:
        """The id of the one after; None at the end of the list."""
        return self.after[0].id if self.after else None


def find_neighbors(
    selection: Selection, terms: Sequence[Term], sort: str, position: Key
) -> Neighbors:
    """Find what is beside a position, which is the key of a row, by one statement.

    selection has one column, id. The row of the position itself is left out, wherever it is.
    """
    key, pk = position
    values = {**values_of(terms), "at_key": key, "at_pk": pk}
    found: Sequence[Any]
    if all(term.name for term in terms):
        sides, statement = _kept(selection, tuple(terms), sort)
        [found] = statement.read(values)
    else:
        sides = _sides(selection, terms, sort)
        found = db.session.connection().execute(_both(sides), values).one()
    before, after = (side.rows(rows) for side, rows in zip(sides, found, strict=True))
    return Neighbors(before, after)


Sides = tuple[RowsAsJson, RowsAsJson]
"""The rows before and after a position."""


@lru_cache(maxsize=MOST_KEPT)
def _kept(selection: Selection, terms: tuple[Term, ...], sort: str) -> tuple[Sides, Statement]:
    # Planned for the values at hand: one plan for all could not use the index of open requests.
    sides = _sides(selection, terms, sort)
    return sides, Statement(_both(sides), prepared=False)


def _both(sides: Sides) -> Select[Any]:
    return select(*(one.column for one in sides))


def _sides(selection: Selection, terms: Sequence[Term], sort: str) -> Sides:
    rows = selection.rows().where(*(term.build() for term in terms)).add_columns(*_SHOWN)
    before, after = (_nearest(rows, sort, before=before) for before in (True, False))
    return RowsAsJson(before), RowsAsJson(after)


_SHOWN = (
    ServiceRequest.service_id,
    ServiceRequest.detailed_status,
    ServiceRequest.address_string,
    ServiceRequest.service_request_id.label("number"),
)


def _nearest(rows: Select[Any], sort: str, *, before: bool) -> Select[Any]:
    """Select the nearest rows on one side; descending lists have greater keys before."""
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
    return in_order.limit(literal_column(str(MOST_BESIDE), Integer))
