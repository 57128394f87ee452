"""Routing rules that end and begin with a boundary set, and their return when it is withdrawn."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from geo.routing.carrying import Continuation, earliest
from geo.routing.rules import Rule
from open311.database import db, table
from open311.errors import Conflict
from open311.messages.routing import SAME_RULE
from open311.models import BoundaryLayer, CarriedRule, Jurisdiction, RoutingRule
from open311.queries.maps.sets import StoredSet
from open311.queries.routing.carried import Heir, end_given_back, find_heir, read_carried
from open311.queries.routing.rule_parts import find_same_case


def store_continuations(
    stored: StoredSet, continuations: Iterable[Continuation], day: date, until: date | None
) -> None:
    """End rules on the day on which a set begins, and begin those that continue them.

    until is the day on which the set ends. Rules that would have counted beyond it return then,
    with the codes of before. The caller commits.
    """
    found = list(continuations)
    lock_rules(stored.layer_id)
    rows = {one.rule_id: read_rule(one.rule_id) for each in found for one in each.rules}
    for rule in (one for each in found for one in each.ended):
        statement = update(RoutingRule).where(RoutingRule.id == rule.rule_id)
        db.session.execute(statement.values(effective_until=day))
        _record(stored.id, rule.rule_id, "ended", rule.effective_until)
    for each in found:
        for rule in each.begun:
            end = earliest(rule.effective_until, until)
            _begin(stored.id, rows[rule.rule_id], rule, day, end)
        for rule in each.ended:
            if until is not None and (rule.effective_until or date.max) > until:
                _begin(stored.id, rows[rule.rule_id], rule, until, rule.effective_until)


def lock_rules(layer_id: int) -> None:
    """Serialize changes of rules, as operations on single rules do."""
    here = select(BoundaryLayer.jurisdiction_id).where(BoundaryLayer.id == layer_id)
    lock = select(Jurisdiction.id).where(Jurisdiction.id == here.scalar_subquery())
    db.session.execute(lock.with_for_update(key_share=True))


def read_rule(rule_id: int) -> dict[str, Any]:
    """Return the columns of a rule, without its id."""
    rules = table(RoutingRule)
    row = db.session.execute(select(rules).where(rules.c.id == rule_id)).mappings().one()
    return {name: value for name, value in row.items() if name != "id"}


def _begin(
    set_id: int, row: Mapping[str, Any], rule: Rule, first: date, until: date | None
) -> None:
    values = {
        **row,
        "code": _free_code(row["jurisdiction_id"], rule.code),
        "boundary_code": rule.boundary,
        "effective_from": first,
        "effective_until": until,
    }
    statement = insert(RoutingRule).values(values).returning(RoutingRule.id)
    _record(set_id, db.session.execute(statement).scalar_one(), "begun", None)


def _free_code(jurisdiction_id: str, wanted: str) -> str:
    """Return a code that no rule has, with a number at its end if need be."""
    named = RoutingRule.code.in_([wanted]) | RoutingRule.code.startswith(
        f"{wanted}-", autoescape=True
    )
    taken = set(
        db.session.scalars(
            select(RoutingRule.code).where(RoutingRule.jurisdiction_id == jurisdiction_id, named)
        )
    )
    numbered = (f"{wanted}-{number}" for number in range(2, len(taken) + 3))
    return next(one for one in (wanted, *numbered) if one not in taken)


def _record(set_id: int, rule_id: int, kind: str, until_before: date | None) -> None:
    row = {"set_id": set_id, "rule_id": rule_id, "kind": kind, "until_before": until_before}
    db.session.execute(insert(CarriedRule).values(row))


def take_back_rules(stored: StoredSet, following: StoredSet | None) -> None:
    """Undo what a set did to rules: those it began become inactive, those it ended go on.

    following is the set that begins where this one ends, if there is one. If that one did not
    change rules itself, those for its codes are handed on to it. Raises Conflict if a new rule for
    the same requests is in the way. The caller commits.
    """
    carried = read_carried(stored.id)
    if not carried:
        return
    lock_rules(stored.layer_id)
    db.session.execute(delete(CarriedRule).where(CarriedRule.set_id == stored.id))
    heir = find_heir(stored, following, carried.begun)
    kept = heir.rule_ids if heir else frozenset[int]()
    inactive = update(RoutingRule).where(RoutingRule.id.in_(carried.begun - kept))
    db.session.execute(inactive.values(active=False))
    for rule_id, until in sorted(carried.ended.items()):
        row = read_rule(rule_id)
        end = end_given_back(row["boundary_code"], until, heir)
        if _give_back(rule_id, row, stored.in_force_from, end) and heir and end != until:
            _record(heir.set_id, rule_id, "ended", until)
    if heir is not None:
        _take(heir)


def _take(heir: Heir) -> None:
    """Let the rules that are handed on begin with the set that takes them."""
    mine = update(RoutingRule).where(RoutingRule.id.in_(heir.rule_ids))
    db.session.execute(mine.values(effective_from=heir.day))
    for rule_id in sorted(heir.rule_ids):
        _record(heir.set_id, rule_id, "begun", None)


def _give_back(
    rule_id: int, row: Mapping[str, Any], ended: date | None, until: date | None
) -> bool:
    """Restore the end of a rule, or hand it to the set that ended the rule even earlier.

    Returns whether it was restored.
    """
    if row["effective_until"] != ended:
        later = update(CarriedRule).where(
            CarriedRule.rule_id == rule_id, CarriedRule.until_before == ended
        )
        db.session.execute(later.values(until_before=until))
        return False
    columns = {**row, "effective_until": until}
    same = find_same_case(row["jurisdiction_id"], row["code"], columns) if row["active"] else None
    if same is not None:
        raise Conflict(SAME_RULE, rule=same)
    statement = update(RoutingRule).where(RoutingRule.id == rule_id)
    db.session.execute(statement.values(effective_until=until))
    return True
