"""Rules that a boundary set ended and began, as stored when it was published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from geo.routing.rules import Rule
from open311.database import db
from open311.models import CarriedRule
from open311.queries.maps.sets import StoredSet


@dataclass(frozen=True)
class CarriedRows:
    """The ids of the rules that a set began, and when those that it ended would have ended."""

    begun: frozenset[int]
    ended: Mapping[int, date | None]

    def __bool__(self) -> bool:
        return bool(self.begun or self.ended)


def read_carried(set_id: int) -> CarriedRows:
    """Return the rules that changed with a set."""
    columns = (CarriedRule.rule_id, CarriedRule.kind, CarriedRule.until_before)
    rows = db.session.execute(select(*columns).where(CarriedRule.set_id == set_id)).all()
    return CarriedRows(
        frozenset(row.rule_id for row in rows if row.kind == "begun"),
        {row.rule_id: row.until_before for row in rows if row.kind == "ended"},
    )


def without(
    rules: Iterable[Rule], replaced: StoredSet, former: StoredSet, day: date
) -> tuple[list[Rule], frozenset[str]]:
    """Return rules as they are once a set that begins on a day is withdrawn, without storing it.

    former is the set in effect on the day before, whose own rules go on then; see
    store_withdrawal. Also returns the codes of the rules that are no longer there.
    """
    taken, going_on = read_carried(replaced.id), read_carried(former.id).begun
    if not taken:
        return list(rules), frozenset()
    ends = {**dict.fromkeys(going_on), **taken.ended}
    found: list[Rule] = []
    gone: set[str] = set()
    for rule in rules:
        is_returning = rule.rule_id in going_on and rule.effective_from == day
        if rule.rule_id in taken.begun or is_returning:
            gone.add(rule.code)
        elif rule.effective_until == day and rule.rule_id in ends:
            found.append(replace(rule, effective_until=ends[rule.rule_id]))
        else:
            found.append(rule)
    return found, frozenset(gone)
