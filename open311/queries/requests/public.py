"""Reads of service requests for the public: only rows with public=True.

Withdrawn requests are excluded, or returned as tombstones.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Float,
    Select,
    bindparam,
    func,
    select,
)

from open311.errors import NotFound
from open311.messages.requests import REQUEST_UNKNOWN
from open311.models import (
    BoundaryLayer,
    Department,
    Service,
    ServiceRequest,
)
from open311.queries.city import City, Stale
from open311.queries.imports import find_current_ids
from open311.queries.jurisdictions import Scope
from open311.queries.media import absolute, media_attributes
from open311.queries.requests.conditions import deleted, gone, or_null, or_tombstone
from open311.queries.requests.history import notes
from open311.queries.requests.last_change import (
    Head,
    head_of_list,
    head_of_one,
    settled_change,
)
from open311.queries.requests.places import boundaries, near_border, others_at
from open311.queries.search.counts import known_total
from open311.queries.search.criteria import Criteria
from open311.queries.search.kept import (
    Selection,
    count_some,
    read_page,
    read_rows,
    values_of,
)
from open311.queries.search.orders import ORDERS
from open311.queries.search.pages import FIRST_PAGE, KEY, Page, Paging, cut
from open311.queries.search.terms import Term, terms
from open311.queries.search.visibility import Audience, visible_to
from open311.statements import Row


@dataclass(frozen=True)
class Listing:
    """A page of a list, and the times of its last changes (see Head.changes).

    There are no times with extensions, which have changes of their own that are not known here,
    without rows, as their head is read later, or where time alone changes the list.
    """

    page: Page
    changes: list[datetime]


def list_service_requests(
    city: City,
    jurisdiction: Scope,
    criteria: Criteria,
    asked: Paging = FIRST_PAGE,
    *,
    extensions: bool = False,
    tombstones: bool = False,
    window_moves: bool = False,
) -> Listing:
    """Return one page of service requests; rows are named as in the standard.

    With tombstones, withdrawn requests are included as tombstones. A list by number of change ends
    before the first number that may still be missing. window_moves says that the period of criteria
    moves with the clock. Raises Stale.
    """
    audience = Audience.COPY if tombstones else Audience.PUBLIC
    wanted = terms(jurisdiction, criteria)
    if ORDERS[asked.sort].by_change:
        wanted.append(_is_settled(ORDERS[asked.sort].key))
    by_clock = any(term.by_clock for term in wanted)
    selection = _selection(jurisdiction, audience, extensions=extensions, moves=window_moves)
    found = read_page(selection, wanted, asked)
    head = _head(jurisdiction, found, wanted, moves=window_moves)
    if head.version != city.version:
        raise Stale
    names = _names(audience, extensions=extensions)
    page = cut(found, names, asked)
    if tombstones:
        page = replace(page, rows=[or_tombstone(row) for row in page.rows])
    if page.total is None and asked.with_total:
        contents = None if by_clock else _contents(head, wanted, moves=window_moves)
        page = replace(page, total=known_total(count_some(selection, wanted, contents)))
    is_told = found and not extensions and not by_clock
    return Listing(page, head.changes(jurisdiction) if is_told else [])


def _selection(
    jurisdiction: Scope, audience: Audience, *, extensions: bool, moves: bool
) -> Selection:
    return Selection(
        ("list", *_key(jurisdiction), audience, extensions, moves),
        lambda: _public(jurisdiction, audience, extensions=extensions).add_columns(
            head_of_list(jurisdiction, window_moves=moves)
        ),
        lambda: select(ServiceRequest.pk).where(visible_to(audience, jurisdiction)),
    )


def _key(jurisdiction: Scope) -> tuple[str, bool, str]:
    return jurisdiction.jurisdiction_id, jurisdiction.sandbox, jurisdiction.public_url


def _is_settled(key: Any) -> Term:
    number = bindparam("settled", settled_change(), BigInteger)
    return Term("settled", (number,), lambda: key <= number)


def _head(jurisdiction: Scope, rows: Sequence[Row], wanted: Sequence[Term], *, moves: bool) -> Head:
    """Return the head of a list, from any of its rows, or else read alone."""
    if rows:
        return Head.read(rows[0][-len(KEY) - 1])
    alone = Selection(
        ("head", *_key(jurisdiction), moves),
        lambda: select(head_of_list(jurisdiction, window_moves=moves)),
    )
    [[text]] = read_rows(alone, values_of(wanted))
    return Head.read(text)


def _contents(head: Head, wanted: Sequence[Term], *, moves: bool) -> Hashable | None:
    """Return a value that is equal only for lists with the same rows on all pages.

    A moving window has the same rows until the next one leaves it. None where that is not known,
    because a service request of the future will enter it.
    """
    if not moves:
        return head.snapshot, str(values_of(wanted))
    window = values_of([term for term in wanted if term.name.startswith("requested_")])
    if head.newest is not None and head.newest > window["requested_until"]:
        return None
    others = values_of([term for term in wanted if not term.name.startswith("requested_")])
    return head.snapshot, head.last_departure, str(others)


def get_service_request(
    city: City, jurisdiction: Scope, service_request_id: str, *, extensions: bool = False
) -> tuple[dict[str, Any], list[datetime]]:
    """Get one service request of any age, and the times of its last changes (see Listing).

    The id of an imported request on its former server is accepted as well. Raises NotFound, also
    for a nonpublic request, Gone for a withdrawn one, and Stale.
    """
    one = Selection(
        ("one", *_key(jurisdiction), extensions),
        lambda: (
            _public(jurisdiction, Audience.COPY, extensions=extensions)
            .add_columns(head_of_one())
            .where(ServiceRequest.service_request_id == bindparam("id"))
        ),
    )
    rows = read_rows(one, {"id": service_request_id})
    if not rows and (current := find_current_ids(jurisdiction, [service_request_id])):
        rows = read_rows(one, {"id": next(iter(current.values()))})
    if not rows:
        raise NotFound(REQUEST_UNKNOWN, id=service_request_id)
    [row] = rows
    head = Head.read(row[-1])
    if head.version != city.version:
        raise Stale
    found = dict(zip(_names(Audience.COPY, extensions=extensions), row, strict=False))
    if found["deleted"]:
        raise gone(service_request_id)
    return or_tombstone(found), [] if extensions else head.changes(jurisdiction)


def find_for_copies(jurisdiction: Scope, pk: int) -> dict[str, Any] | None:
    """Find a public service request with its extensions, or its tombstone, by its primary key."""
    one = Selection(
        ("copy", *_key(jurisdiction)),
        lambda: _public(jurisdiction, Audience.COPY, extensions=True).where(
            ServiceRequest.pk == bindparam("pk", type_=BigInteger)
        ),
    )
    names = _names(Audience.COPY, extensions=True)
    for row in read_rows(one, {"pk": pk}):
        return or_tombstone(dict(zip(names, row, strict=True)))
    return None


def _public(jurisdiction: Scope, audience: Audience, *, extensions: bool) -> Select[Any]:
    """Select exactly the columns of the standard, of the rows that the audience can read.

    For copies, also whether each was withdrawn.
    """
    return (
        select(*_columns(jurisdiction.public_url, audience, extensions=extensions))
        .join(Service, Service.id == ServiceRequest.service_id)
        .join(Department, Department.id == ServiceRequest.department_id)
        .where(visible_to(audience, jurisdiction))
    )


@cache
def _names(audience: Audience, *, extensions: bool) -> Sequence[str]:
    """Return the names of the columns of _public."""
    return [column.key for column in _columns("", audience, extensions=extensions)]


def _columns(public_url: str, audience: Audience, *, extensions: bool) -> list[Any]:
    columns: list[Any] = [
        ServiceRequest.service_request_id,
        ServiceRequest.status,
        or_null(ServiceRequest.status_notes).label("status_notes"),
        Service.service_name,
        Service.service_code,
        or_null(ServiceRequest.description).label("description"),
        Department.name.label("agency_responsible"),
        or_null(Service.service_notice).label("service_notice"),
        ServiceRequest.requested_datetime,
        ServiceRequest.updated_datetime,
        ServiceRequest.expected_datetime,
        or_null(ServiceRequest.address_string).label("address"),
        or_null(ServiceRequest.address_id).label("address_id"),
        or_null(ServiceRequest.zipcode).label("zipcode"),
        func.ST_Y(ServiceRequest.location, type_=Float).label("lat"),
        func.ST_X(ServiceRequest.location, type_=Float).label("long"),
        absolute(ServiceRequest.media_url, public_url).label("media_url"),
    ]
    if extensions:
        columns.append(_extended_attributes(public_url).label("extended_attributes"))
    if audience is Audience.COPY:
        columns.append(deleted())
    return columns


def _extended_attributes(public_url: str) -> ColumnElement[Any]:
    """Build the additions to the standard's fields (spec 5.4)."""
    additions = {
        "boundaries": boundaries(),
        "near_border": near_border(),
        "also_in": others_at(BoundaryLayer.overlapping.is_(True)),
        "in_overlap": others_at(BoundaryLayer.overlapping.is_(False)),
        "detailed_status": ServiceRequest.detailed_status,
        "notes": notes(),
        **media_attributes(public_url),
    }
    return func.json_build_object(*chain(*additions.items()))
