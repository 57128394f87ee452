"""Shares from the sums of days: equal to those counted in the facts, whatever happens."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from applications import in_context
from flask import Flask
from sqlalchemy import text

from open311.database import db
from open311.errors import Open311Error
from open311.jobs.insights import check_figures, fold_figures
from open311.operations.requests.change import change_service
from open311.operations.requests.status import change_status, wait_for_reporter
from open311.operations.routing.department import hand_over
from open311.queries.insights.counts import (
    list_at_entry,
    list_duplicates,
    list_outcomes,
    list_reopened,
    list_transfers,
)
from open311.queries.insights.flow import Span
from open311.queries.insights.population import By, Population, find_population
from open311.queries.insights.promises import list_promises, list_promises_by_week
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.search.criteria import BoundaryCode, Criteria
from open311.queries.search.visibility import Audience

SHARES: tuple[Callable[..., Any], ...] = (
    *(list_at_entry, list_duplicates, list_outcomes, list_reopened, list_transfers),
    list_promises,
)
CUTS = (By(), By("service"), By("group"), By("department"), By("layer", "ward"))
FILTERS = (
    Criteria(),
    Criteria(departments=("WEST",)),
    Criteria(services=("POTHOLE",)),
    Criteria(boundaries=(BoundaryCode("ward", "1"),)),
)

TIMES_OF_STEPS = {
    "status_changes": "changed_at",
    "routing_steps": "made_at",
    "work_steps": "made_at",
}


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    yield from in_context(fresh_database(gridtown))


def report(app: Flask, number: int) -> str:
    place = {"lat": str(0.5 - number / 50), "long": str(number / 50 - 0.5)}
    form = {"api_key": "key-of-gridtown", "service_code": "POTHOLE", **place}
    [receipt] = app.test_client().post("/open311/v2/requests.json", data=form).json or [{}]
    return str(receipt["service_request_id"])


def spread_over_months(chosen: random.Random) -> None:
    """Move each request with all of its steps back by up to 60 days, and set due dates."""
    for (pk,) in db.session.execute(text("SELECT pk FROM service_requests ORDER BY pk")).all():
        values = {
            "pk": pk,
            "by": timedelta(hours=chosen.randint(0, 60 * 24)),
            "due": timedelta(hours=chosen.randint(1, 50 * 24)),
        }
        # Triggers keep histories as they are.
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for table, at in TIMES_OF_STEPS.items():
            moved = f"UPDATE {table} SET {at} = {at} - :by WHERE service_request_pk = :pk"
            db.session.execute(text(moved), values)
        due = "NULL" if pk % 5 == 0 else "requested_datetime - :by + :due"
        moved = "requested_datetime = requested_datetime - :by, accepted_at = NULL"
        change = f"UPDATE service_requests SET {moved}, expected_datetime = {due} WHERE pk = :pk"
        db.session.execute(text("SET LOCAL session_replication_role = origin"))
        db.session.execute(text(change), values)
    db.session.commit()


def different(jurisdiction: Scope) -> list[str]:
    """Name what sums and facts count differently, in periods of whole days."""
    zone, today = jurisdiction.zone, jurisdiction.today()
    wrong = []
    for audience in (Audience.STAFF, Audience.PUBLIC):
        for criteria in FILTERS:
            kept = find_population(jurisdiction, audience, datetime.now(UTC), criteria)
            assert kept.is_current
            counted = replace(kept, is_current=False)
            for days in (70, 20):
                span = Span(today - timedelta(days=days), today + timedelta(days=days % 3))
                moments = span.moments(zone)
                for asked in asked_of(criteria):
                    found, expected = (asked(one, *moments) for one in (kept, counted))
                    if shown(found) != shown(expected):
                        wrong.append(f"{audience} {criteria} {days} {asked}: {found}, {expected}")
            wrong += different_weeks(kept, counted, today)
    return wrong


def asked_of(criteria: Criteria) -> Iterator[Callable[..., Any]]:
    """Yield all shares by all cuts; of a filter, those of the city and of services."""
    for by in CUTS if criteria == Criteria() else CUTS[:2]:
        yield from (partial(share, by=by) for share in SHARES)


def different_weeks(kept: Population, counted: Population, today: date) -> list[str]:
    monday = today - timedelta(days=today.weekday())
    span = Span(monday - timedelta(weeks=8), monday + timedelta(weeks=1))
    moments = span.moments(kept.jurisdiction.zone)
    found, expected = (shown(list_promises_by_week(one, *moments)) for one in (kept, counted))
    return [] if found == expected else [f"by week: {found}, {expected}"]


def shown(found: dict[Any, Any]) -> dict[Any, Any]:
    """Leave out keys of which nothing was counted."""
    return {key: one for key, one in found.items() if any(numbers_of(one))}


def numbers_of(one: Any) -> list[int]:
    return [*one.parts.values(), one.n] if hasattr(one, "parts") else list(vars(one).values())


def test_shares_are_those_of_the_facts_whatever_is_done(town: Flask) -> None:
    """Folded, and with changes that are not folded yet."""
    chosen, jurisdiction = random.Random(19), get_jurisdiction(None)
    ids = [report(town, number) for number in range(16)]
    for step in range(160):
        try:
            do_something(chosen, jurisdiction, chosen.choice(ids))
        except Open311Error:
            continue
        if step in (20, 50):
            spread_over_months(chosen)
        if step in (25, 55):
            assert different(jurisdiction) == []  # with what is not folded
            fold_figures()
            assert different(jurisdiction) == []
    fold_figures()
    assert different(jurisdiction) == []
    assert check_figures() == 0
    everyone = find_population(jurisdiction, Audience.STAFF, datetime.now(UTC))
    span = Span(date(2020, 1, 1), date(2100, 1, 1)).moments(jurisdiction.zone)
    [reopened], [promises] = (
        list(one(everyone, *span).values()) for one in (list_reopened, list_promises)
    )
    assert min(reopened.n, promises.kept, promises.late, promises.no_promise) > 0
    assert {"LAMP", "POTHOLE"} <= set(list_promises(everyone, *span, By("service")))


def do_something(chosen: random.Random, jurisdiction: Scope, id_: str) -> None:
    work, made_by = chosen.random(), "kim"
    if work < 0.4:
        status = chosen.choice(("closed", "fixed", "no_further_action", "cancelled", "duplicate"))
        change_status(jurisdiction, id_, status, "Done.", made_by=made_by)
    elif work < 0.7:
        change_status(jurisdiction, id_, "open", "Again.", made_by=made_by)
    elif work < 0.85:
        hand_over(jurisdiction, id_, chosen.choice(("EAST", "WEST")), "Theirs.", made_by)
    elif work < 0.95:
        change_service(jurisdiction, id_, chosen.choice(("LAMP", "POTHOLE")), made_by)
    else:
        wait_for_reporter(jurisdiction, id_, "Which side?", made_by)
