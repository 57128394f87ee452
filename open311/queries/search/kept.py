"""Lists whose statements are kept: compiled once for each form of a search, and run many times."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

from cachetools import LRUCache
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    any_,
    bindparam,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from open311.database import db
from open311.models import ServiceRequest
from open311.queries.search.counts import MOST_COUNTED
from open311.queries.search.orders import ORDERS
from open311.queries.search.pages import Paging, one_page
from open311.queries.search.terms import Term
from open311.statements import Row, Statement

MOST_KEPT = 256
"""Maximum forms that a process keeps."""

FEW_BY_WORDS = 1_000
"""Rows with the words of a search that are sorted faster than they are looked for in order."""

NEWEST, COMMON = 200, 10
"""So many of so many newest requests have the words that a page of them is found in order."""

STEADY = {"requested_from", "requested_until", "statuses"}
"""Terms for whose values one plan is good: the list is read along its order."""


@dataclass(frozen=True)
class Selection:
    """What a list is about. Equal keys mean equal SQL.

    rows selects its columns from the rows that its reader can see; the list adds terms and order.
    counted selects the same rows without what only the columns need, to count them.
    """

    key: Hashable
    rows: Callable[[], Select[Any]] = field(compare=False)
    counted: Callable[[], Select[Any]] | None = field(compare=False, default=None)


def read_page(selection: Selection, terms: Sequence[Term], asked: Paging) -> Sequence[Row]:
    """Return the rows of a page, and one more if there are more; KEY is at the end of each."""
    has_name = all(term.name for term in terms)
    if not has_name:
        rows = selection.rows().where(*(_narrow(term) for term in terms))
        page = one_page(rows, ORDERS[asked.sort], asked.page_size, asked.after, asked.offset)
        return db.session.connection().execute(page, values_of(terms)).all()
    form = tuple(terms), asked.sort, asked.page_size, asked.after is not None, asked.offset > 0
    values = values_of(terms) | {"offset": asked.offset}
    if asked.after is not None:
        values |= dict(zip(_AFTER, asked.after, strict=True))
    return _page(selection, *form).read(values)


def _narrow(term: Term) -> ColumnElement[bool]:
    """Return the condition of a term; that of a search by words as keys, if it finds few.

    In texts of few different words, PostgreSQL expects each word in one row of 50. For one that no
    row has, it would read the list in its order, and make the words of each row.
    """
    condition = term.build()
    if not term.by_words or _is_common(condition):
        return condition
    found = select(ServiceRequest.pk).where(condition).limit(_number(FEW_BY_WORDS + 1))
    keys = list(db.session.connection().scalars(found))
    if len(keys) > FEW_BY_WORDS:
        return condition
    return ServiceRequest.pk == any_(literal(keys, ARRAY(BigInteger)))


def _is_common(condition: ColumnElement[bool]) -> bool:
    """Return whether some of the newest requests meet a condition; then the first page is near.

    To ask the text index takes as long for a common word as to read the rest of the list.
    """
    newest = select(condition.label("holds")).select_from(ServiceRequest)
    sample = newest.order_by(ServiceRequest.pk.desc()).limit(_number(NEWEST)).subquery()
    number = db.session.connection().scalar(select(func.count()).where(sample.c.holds))
    return int(number or 0) >= COMMON


def _number(value: int) -> ColumnElement[int]:
    return literal_column(str(value), Integer)


def read_rows(
    selection: Selection, values: Mapping[str, Any], *, prepared: bool = True
) -> list[Row]:
    """Return all rows of a selection that needs no order, for the values of its parameters.

    About a map area, it is not prepared.
    """
    return _rows(selection, prepared=prepared).read(values)


@lru_cache(maxsize=MOST_KEPT)
def _rows(selection: Selection, *, prepared: bool) -> Statement:
    return Statement(selection.rows(), prepared=prepared)


def read_all(selection: Selection, terms: Sequence[Term]) -> Sequence[Row]:
    """Return all rows of a selection, with terms, for the values of these."""
    if all(term.name for term in terms):
        return _all(selection, tuple(terms)).read(values_of(terms))
    rows = selection.rows().where(*(term.build() for term in terms))
    return db.session.connection().execute(rows, values_of(terms)).all()


@lru_cache(maxsize=MOST_KEPT)
def _all(selection: Selection, terms: tuple[Term, ...]) -> Statement:
    rows = selection.rows().where(*(term.build() for term in terms))
    return Statement(rows, prepared=not terms)


def count_some(
    selection: Selection, terms: Sequence[Term], contents: Hashable | None = None
) -> int:
    """Count the rows on all pages, up to one more than MOST_COUNTED.

    Lists of the same form with equal contents have the same rows: they are counted once. Terms
    without a name have no form: two of them may have different values.
    """
    if contents is None or not all(term.name for term in terms):
        return _count_now(selection, terms)
    key = (selection, tuple(terms), contents)
    with _LOCK:
        counted = _COUNTS.get(key)
    if counted is None:
        counted = _count_now(selection, terms)
        with _LOCK:
            _COUNTS[key] = counted
    return counted


_COUNTS: LRUCache[Hashable, int] = LRUCache(maxsize=64)
_LOCK = Lock()


def _count_now(selection: Selection, terms: Sequence[Term]) -> int:
    if all(term.name for term in terms):
        [[counted]] = _count(selection, tuple(terms)).read(values_of(terms))
    else:
        statement = _counting(selection, terms)
        counted = db.session.connection().execute(statement, values_of(terms)).scalar_one()
    return int(counted)


_AFTER = ("after_key", "after_pk")


def values_of(terms: Sequence[Term]) -> dict[str, Any]:
    """Return the values of the parameters of terms, by name."""
    return {one.key: one.value for term in terms for one in term.parameters}


def _is_steady(terms: Sequence[Term]) -> bool:
    return all(term.name in STEADY for term in terms)


@lru_cache(maxsize=MOST_KEPT)
def _page(
    selection: Selection,
    terms: tuple[Term, ...],
    sort: str,
    page_size: int,
    is_after: bool,
    is_offset: bool,
) -> Statement:
    order = ORDERS[sort]
    key, pk = _AFTER
    after: tuple[Any, Any] | None = None
    if is_after:
        after = bindparam(key, type_=order.key.type), bindparam(pk, type_=BigInteger)
    rows = selection.rows().where(*(term.build() for term in terms))
    # As a constant: PostgreSQL expects a tenth of all rows where it does not know the limit.
    limit = literal_column(str(page_size + 1), Integer)
    page = one_page(rows, order, page_size, after).limit(limit)
    if is_offset:
        page = page.offset(bindparam("offset", type_=Integer))
    is_steady = _is_steady(terms)
    is_range = sort.lstrip("-") == "requested_datetime"
    return Statement(page, prepared=is_steady, one_plan=is_steady and is_range)


@lru_cache(maxsize=MOST_KEPT)
def _count(selection: Selection, terms: tuple[Term, ...]) -> Statement:
    return Statement(_counting(selection, terms), prepared=_is_steady(terms))


def _counting(selection: Selection, terms: Sequence[Term]) -> Select[Any]:
    rows = (selection.counted or selection.rows)().where(*(term.build() for term in terms))
    limited = rows.limit(literal_column(str(MOST_COUNTED + 1), Integer)).subquery()
    return select(func.count()).select_from(limited)
