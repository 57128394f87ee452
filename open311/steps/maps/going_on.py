"""Rules of a boundary set that go on because the next set, where they ended, is withdrawn."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import select, update

from geo.routing.carrying import earliest
from open311.database import db
from open311.models import RoutingRule
from open311.queries.maps.sets import StoredSet
from open311.queries.routing.carried import CarriedRows, read_carried
from open311.queries.routing.rule_parts import find_same_case
from open311.steps.maps.carried_rules import lock_rules, read_rule


def let_rules_go_on(stored: StoredSet, day: date) -> None:
    """Let the rules that a set began go on beyond a day on which it ended and no longer ends.

    Rules that returned on that day, with the codes of before, return when the set ends now. The
    caller commits.
    """
    rows = read_carried(stored.id)
    if not rows.begun:
        return
    lock_rules(stored.layer_id)
    found = [row for row in map(read_rule, sorted(rows.begun)) if row["active"]]
    for row in found:
        if row["effective_from"] == day:
            _return_later(row, stored.in_force_until)
    for row in found:
        if row["effective_until"] == day:
            _write(row, effective_until=_end(row, rows, stored))


def _return_later(row: dict[str, Any], day: date | None) -> None:
    until = row["effective_until"]
    if day is None or (until is not None and until <= day):
        _write(row, active=False)
    else:
        _write(row, effective_from=day)


def _end(row: dict[str, Any], rows: CarriedRows, stored: StoredSet) -> date | None:
    """Return when a rule ends now: with the set, as its origin does, or before another begins."""
    end = earliest(stored.in_force_until, *_end_of_origin(row, rows))
    here, code = row["jurisdiction_id"], row["code"]
    while (other := find_same_case(here, code, {**row, "effective_until": end})) is not None:
        begins = select(RoutingRule.effective_from).where(
            RoutingRule.jurisdiction_id == here, RoutingRule.code == other
        )
        end = db.session.execute(begins).scalar_one()
    return end


def _end_of_origin(row: dict[str, Any], rows: CarriedRows) -> Iterator[date | None]:
    """Yield when the rule that this one continues would have ended; nothing if it is not there.

    Codes of begun rules are those of their origins with the new boundary, and maybe a number.
    """
    last = f"-{row['boundary_code']}"
    codes = [row["code"], re.sub(r"-\d+\Z", "", row["code"])]
    origins = [code.removesuffix(last) for code in codes if code.endswith(last)]
    statement = select(RoutingRule.id, RoutingRule.effective_until).where(
        RoutingRule.jurisdiction_id == row["jurisdiction_id"],
        RoutingRule.layer_id == row["layer_id"],
        RoutingRule.code.in_(origins),
    )
    for origin in db.session.execute(statement):
        yield rows.ended.get(origin.id, origin.effective_until)


def _write(row: dict[str, Any], **values: Any) -> None:
    """Change a rule, whose code is the only one of the jurisdiction."""
    db.session.execute(
        update(RoutingRule)
        .where(
            RoutingRule.jurisdiction_id == row["jurisdiction_id"], RoutingRule.code == row["code"]
        )
        .values(**values)
    )
