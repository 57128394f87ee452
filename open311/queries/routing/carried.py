"""Rules that a boundary set ended and began, as stored when it was published."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_, select

from geo.routing.carrying import earliest
from geo.routing.rules import Rule
from open311.database import db
from open311.models import Boundary, CarriedRule, RoutingRule
from open311.queries.maps.schedule import find_following
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


@dataclass(frozen=True)
class Heir:
    """The set that follows a withdrawn one, with its codes, and the rules for them.

    These rules were begun by the withdrawn set, and count beyond the day on which this one begins.
    """

    set_id: int
    day: date
    codes: frozenset[str]
    rule_ids: frozenset[int]


def find_heir(
    stored: StoredSet, following: StoredSet | None, begun: Collection[int]
) -> Heir | None:
    """Find the heir of a set; none if the set that follows changed rules, or has no such codes.

    begun are the ids of the rules that the set began.
    """
    day = None if following is None else following.in_force_from
    if following is None or day is None or read_carried(following.id):
        return None
    codes = frozenset(
        db.session.scalars(select(Boundary.code).where(Boundary.set_id == following.id))
    )
    found = select(RoutingRule.id).where(
        RoutingRule.id.in_(begun),
        RoutingRule.active,
        RoutingRule.boundary_code.in_(codes),
        RoutingRule.effective_from == stored.in_force_from,
        or_(RoutingRule.effective_until.is_(None), RoutingRule.effective_until > day),
    )
    rule_ids = frozenset(db.session.scalars(found))
    return Heir(following.id, day, codes, rule_ids) if rule_ids else None


def end_given_back(code: str | None, until: date | None, heir: Heir | None) -> date | None:
    """Return when a rule ends that a withdrawn set had ended.

    code is that of its boundary; until is when it would have ended. An heir without that code ends
    it in place of the withdrawn set.
    """
    return until if heir is None or code in heir.codes else earliest(until, heir.day)


def without(
    rules: Iterable[Rule], replaced: StoredSet, former: StoredSet, day: date
) -> tuple[list[Rule], frozenset[str]]:
    """Return rules as they are once a set that begins on a day is withdrawn, without storing it.

    former is the set in effect on the day before, whose own rules go on then; see
    store_withdrawal. Also returns the codes of the rules that are no longer there on that day.
    """
    taken, going_on = read_carried(replaced.id), read_carried(former.id).begun
    if not taken:
        return list(rules), frozenset()
    following = find_following(replaced)
    heir = find_heir(replaced, following, taken.begun)
    handed_on = heir.rule_ids if heir else frozenset[int]()
    ends = dict.fromkeys(going_on, following.in_force_from if following else None)
    found: list[Rule] = []
    gone: set[str] = set()
    for rule in rules:
        is_returning = rule.rule_id in going_on and rule.effective_from == day
        if rule.rule_id in taken.begun or is_returning:
            gone.add(rule.code)
            if heir and rule.rule_id in handed_on:
                found.append(replace(rule, effective_from=heir.day))
        elif rule.effective_until == day and rule.rule_id in taken.ended:
            end = end_given_back(rule.boundary, taken.ended[rule.rule_id], heir)
            found.append(replace(rule, effective_until=end))
        elif rule.effective_until == day and rule.rule_id in ends:
            found.append(replace(rule, effective_until=ends[rule.rule_id]))
        else:
            found.append(rule)
    return found, frozenset(gone)
