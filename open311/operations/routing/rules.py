"""Changes of single routing rules, and previews of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from sqlalchemy import insert, update

from open311.database import LONGEST_ON_A_PAGE, db, lift_time_limit
from open311.errors import ChangedMeanwhile, Conflict, InvalidParameters
from open311.messages.routing import RULE_CHANGED_SINCE, RULE_EXISTS, SAME_RULE
from open311.models import RoutingRule
from open311.models.routing import RULE_DATES
from open311.operations.transaction import operation, trial
from open311.queries.jurisdictions import Scope
from open311.queries.maps.preview import Moves
from open311.queries.maps.sets import Maps
from open311.queries.requests.conditions import still_open
from open311.queries.routing.objections import Objection, check_overrides, list_canary_objections
from open311.queries.routing.reroute import reroute
from open311.queries.routing.rule_parts import find_same_case, rule_columns
from open311.queries.routing.rules import COLUMNS, StoredRule, find_stored_rule
from open311.steps.lock import lock_city


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """The new state of a rule: its values in routing_rules.csv, and whether it is active.

    seen is the stamp of the rule that was edited; None for a new rule.
    """

    row: Mapping[str, Any]
    active: bool
    seen: str | None

    @property
    def stamp(self) -> str:
        """A string that identifies this change."""
        state = repr((sorted(self.row.items()), self.active, self.seen))
        return sha256(state.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class RuleEffect:
    """The routing tests that a change breaks, and each open service request before and after it."""

    objections: list[Objection]
    preview: Moves


@trial
def try_rule(jurisdiction: Scope, change: RuleChange) -> RuleEffect:
    """Return the effect of a rule change on the first day, from today on, that it changes.

    The routing tests are those of all days on which the rule begins or ends. Nothing is stored;
    raises as change_rule.
    """
    lift_time_limit(LONGEST_ON_A_PAGE)
    stored = find_stored_rule(jurisdiction.jurisdiction_id, change.row["rule"])
    days = _days(jurisdiction, stored, change)
    maps = Maps(_first_changed(stored, change, days))
    broken = _broken(jurisdiction, days)
    before = reroute(jurisdiction, maps, still_open())
    _store(jurisdiction, change)
    after = reroute(jurisdiction, maps, still_open())
    objections = _new_objections(jurisdiction, days, broken)
    return RuleEffect(objections, Moves(before=before, after=after))


@operation
def change_rule(jurisdiction: Scope, change: RuleChange, overrides: Collection[str] = ()) -> None:
    """Add or change a routing rule; stored service requests do not move.

    Raises InvalidParameters for unknown names, Conflict if the code or the case is taken,
    ChangedMeanwhile, and Objected if a routing test that passed before would fail, today or on a
    day on which the rule begins or ends.
    """
    stored = find_stored_rule(jurisdiction.jurisdiction_id, change.row["rule"])
    days = _days(jurisdiction, stored, change)
    broken = _broken(jurisdiction, days)
    _store(jurisdiction, change)
    check_overrides(_new_objections(jurisdiction, days, broken), overrides)


def _days(jurisdiction: Scope, stored: StoredRule | None, change: RuleChange) -> list[date]:
    """List the days from which on the change may matter: today, and when a rule begins or ends."""
    today = jurisdiction.today()
    rows = [change.row] if stored is None else [stored.values, change.row]
    bounds = [row[name] for row in rows for name in RULE_DATES]
    return sorted({today, *(day for day in bounds if day is not None and day > today)})


def _first_changed(stored: StoredRule | None, change: RuleChange, days: Sequence[date]) -> date:
    """Return the first of some days on which the rule differs, or the first of all."""
    for day in days:
        before = _as_of(stored.values, day, active=stored.active) if stored else None
        if before != _as_of(change.row, day, active=change.active):
            return day
    return days[0]


def _as_of(row: Mapping[str, Any], day: date, *, active: bool) -> Mapping[str, Any] | None:
    """Return what a rule says on a day, or None if it does not count then."""
    begin, end = (row[name] for name in RULE_DATES)
    if not active or (begin is not None and begin > day) or (end is not None and end <= day):
        return None
    return {name: row[name] for name in COLUMNS if name not in RULE_DATES}


def _broken(jurisdiction: Scope, days: Sequence[date]) -> set[tuple[date, str]]:
    return {
        (day, one.name) for day in days for one in list_canary_objections(jurisdiction, Maps(day))
    }


def _new_objections(
    jurisdiction: Scope, days: Sequence[date], broken: set[tuple[date, str]]
) -> list[Objection]:
    """List the routing tests that fail and did not, each on its first such day."""
    found: dict[str, Objection] = {}
    for day in days:
        for one in list_canary_objections(jurisdiction, Maps(day)):
            if (day, one.name) not in broken:
                found.setdefault(one.name, one)
    return list(found.values())


def _store(jurisdiction: Scope, change: RuleChange) -> None:
    here, code = jurisdiction.jurisdiction_id, change.row["rule"]
    lock_city(here)
    stored = find_stored_rule(here, code)
    if (stored.stamp if stored else None) != change.seen:
        _refuse(code, is_new=change.seen is None)
    columns, problems = rule_columns(jurisdiction, change.row, in_use=change.active)
    if problems:
        raise InvalidParameters.of(problems)
    same = find_same_case(here, code, columns) if change.active else None
    if same is not None:
        raise Conflict(SAME_RULE, rule=same)
    _write(here, code, stored.id if stored else None, columns | {"active": change.active})


def _refuse(code: str, *, is_new: bool) -> None:
    if is_new:
        raise Conflict(RULE_EXISTS, field="rule", rule=code)
    raise ChangedMeanwhile(RULE_CHANGED_SINCE, rule=code)


def _write(jurisdiction_id: str, code: str, id_: int | None, columns: dict[str, Any]) -> None:
    if id_ is None:
        row = {"jurisdiction_id": jurisdiction_id, "code": code, **columns}
        db.session.execute(insert(RoutingRule).values(**row))
    else:
        db.session.execute(update(RoutingRule).where(RoutingRule.id == id_).values(**columns))
