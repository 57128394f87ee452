"""Upkeep of the facts and daily flows that figures are made from (open311/models/insights.py)."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, delete, except_, func, or_, select, union, union_all
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, lift_time_limit, table
from open311.models import FigureDay, FigureState, RequestFact, ServiceRequest
from open311.models.insights import DAY_NAMES
from open311.operations.transaction import operation
from open311.queries.insights.days import entries_of, kept_facts
from open311.queries.insights.made_facts import COLUMNS, facts_of
from open311.queries.insights.population import is_one_of
from open311.queries.jurisdictions import Scope
from open311.queries.requests.last_change import settled_change

_LOCK = 311_0351  # any number that no other lock uses

BATCH = 20_000
"""Requests whose facts one transaction makes."""

_DAY_KEYS = tuple(column.name for column in table(FigureDay).primary_key)


@operation
def fold_facts(jurisdiction: Scope) -> int:
    """Make the facts of requests that have changed, BATCH at most, and return their number.

    Returns 0 if there are none, or if another process is doing it. Changes of transactions that
    have not ended are left for the next time.
    """
    lift_time_limit()
    if not db.session.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
        return 0
    one = ServiceRequest
    settled = settled_change()
    changed = db.session.execute(
        select(one.pk, one.change_number)
        .where(
            one.jurisdiction_id == jurisdiction.jurisdiction_id,
            one.change_number > _folded(jurisdiction),
            one.change_number <= settled,
        )
        .order_by(one.change_number)
        .limit(BATCH)
    ).all()
    if changed:
        _replace(jurisdiction, [row.pk for row in changed])
        _note_folded(jurisdiction, changed[-1].change_number)
    return len(changed)


def _folded(jurisdiction: Scope) -> int:
    state = FigureState
    statement = select(state.change_number).where(
        state.jurisdiction_id == jurisdiction.jurisdiction_id
    )
    return db.session.scalar(statement) or 0


def _note_folded(jurisdiction: Scope, number: int) -> None:
    values = {"change_number": number}
    key = {"jurisdiction_id": jurisdiction.jurisdiction_id}
    statement = insert(FigureState).values(**key, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))


def _replace(jurisdiction: Scope, pks: Sequence[int]) -> None:
    """Make the facts of requests again, and correct the days on which they are counted."""
    zone = jurisdiction.zone.key
    _add_to_days(entries_of(kept_facts(pks), zone, -1))
    db.session.execute(delete(RequestFact).where(is_one_of(RequestFact.service_request_pk, pks)))
    made = facts_of(is_one_of(ServiceRequest.pk, pks))
    db.session.execute(insert(table(RequestFact)).from_select(COLUMNS, made))
    _add_to_days(entries_of(kept_facts(pks), zone))


def _add_to_days(rows: Any) -> int:
    """Add sums to the days, and return the number of rows."""
    statement = insert(table(FigureDay)).from_select([*_DAY_KEYS, *DAY_NAMES], rows)
    added = {name: table(FigureDay).c[name] + statement.excluded[name] for name in DAY_NAMES}
    changing = statement.on_conflict_do_update(index_elements=_DAY_KEYS, set_=added)
    options = {"preserve_rowcount": True}
    return db.session.connection().execute(changing, execution_options=options).rowcount


@operation
def check_facts(jurisdiction: Scope, begin: date, end: date) -> int:
    """Compare the facts of requests received in a period with their tables, and correct them.

    Returns the number of wrong ones. What has changed since the last fold is not compared. begin
    and end are days in UTC; end is not included.
    """
    lift_time_limit()
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    one, fact = ServiceRequest, RequestFact
    id_, folded = jurisdiction.jurisdiction_id, _folded(jurisdiction)
    made = facts_of(
        and_(
            one.jurisdiction_id == id_,
            one.requested_datetime >= begin,
            one.requested_datetime < end,
            one.change_number <= folded,
        )
    )
    changing = select(one.pk).where(one.jurisdiction_id == id_, one.change_number > folded)
    kept = select(*(getattr(fact, name) for name in COLUMNS)).where(
        fact.jurisdiction_id == id_,
        fact.requested_at >= begin,
        fact.requested_at < end,
        fact.service_request_pk.not_in(changing),
    )
    both = made.cte("made_now"), kept.cte("kept_now")
    rows = [select(*(part.c[name] for name in COLUMNS)) for part in both]
    wrong = union(except_(*rows), except_(*reversed(rows))).subquery("wrong")
    pks = db.session.scalars(select(wrong.c.service_request_pk).distinct()).all()
    if pks:
        _replace(jurisdiction, pks)
    return len(pks)


@operation
def check_days(jurisdiction: Scope, begin: date, end: date) -> int:
    """Compare the sums of days with the facts, and correct them; return the number of wrong ones.

    Days are those of the city, until before end.
    """
    lift_time_limit()
    db.session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    id_, days, fact = jurisdiction.jurisdiction_id, table(FigureDay), RequestFact
    last_flow = fact.flow_times[func.cardinality(fact.flow_times)]
    first, last = (
        of(fact.requested_at, fact.due_at, last_flow) for of in (func.least, func.greatest)
    )
    # Days of the city begin up to a day earlier or later than those of UTC.
    around = first < end + timedelta(days=2), last >= begin - timedelta(days=2)
    facts = select(*(getattr(fact, name) for name in COLUMNS)).where(
        fact.jurisdiction_id == id_, *around
    )
    expected = entries_of(facts.subquery("counted"), jurisdiction.zone.key).subquery("expected")
    kept = select(
        *(days.c[name] for name in _DAY_KEYS), *(-days.c[name] for name in DAY_NAMES)
    ).where(days.c.jurisdiction_id == id_, days.c.day >= begin, days.c.day < end)
    own = select(expected).where(expected.c.day >= begin, expected.c.day < end)
    both = union_all(own, kept).subquery("both")
    keys = [both.c[name] for name in _DAY_KEYS]
    sums = [func.sum(both.c[name]) for name in DAY_NAMES]
    wrong = select(*keys, *sums).group_by(*keys).having(or_(*(total != 0 for total in sums)))
    number = _add_to_days(wrong)
    nothing = and_(*(days.c[name] == 0 for name in DAY_NAMES))
    db.session.execute(delete(days).where(days.c.jurisdiction_id == id_, nothing))
    return number
