"""Facts and daily flows: equal to the tables, whatever happens to the requests."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from applications import in_context
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from open311.database import db
from open311.errors import Busy, Open311Error
from open311.jobs.insights import check_figures, fold_figures, rebuild_figures
from open311.models import RequestFact
from open311.models.insights import CLOSED, HANDED_IN, HANDED_OUT, RECEIVED, REOPENED
from open311.operations.insights import check_days, check_facts
from open311.operations.requests.change import change_service
from open311.operations.requests.status import change_status, resume, wait_for_reporter
from open311.operations.requests.withdraw import withdraw_service_request
from open311.operations.routing.department import hand_over
from open311.queries.insights import population
from open311.queries.insights.days import made_facts
from open311.queries.insights.flow import Flow, Span, list_flows
from open311.queries.insights.population import CITY, By, find_population
from open311.queries.jurisdictions import Scope, get_jurisdiction
from open311.queries.requests.history import find_closings
from open311.queries.search.criteria import BoundaryCode, Criteria
from open311.queries.search.visibility import Audience

NUMBER = 12
DEPARTMENTS = ("EAST", "WEST")

OPEN_NOW = """
    SELECT departments.code, count(*) FROM service_requests
    JOIN departments ON departments.id = department_id
    WHERE NOT sandbox AND withdrawn_at IS NULL AND status = 'open' {more} GROUP BY 1
"""


@pytest.fixture(scope="module")
def town(fresh_database: Callable[[str], str], gridtown: str) -> Iterator[Flask]:
    """The application on a Gridtown of this module, with its context pushed."""
    yield from in_context(fresh_database(gridtown))


def report(app: Flask, number: int) -> str:
    place = {"lat": str(0.5 - number / 50), "long": str(number / 50 - 0.5)}
    form = {"api_key": "key-of-gridtown", "service_code": "POTHOLE", **place}
    [receipt] = app.test_client().post("/open311/v2/requests.json", data=form).json or [{}]
    return str(receipt["service_request_id"])


def flow_of_all(jurisdiction: Scope, by: By, **criteria: Any) -> dict[str, Flow]:
    """Return one flow for each key, of all days up to now."""
    of_public = bool(criteria.pop("public", False))
    audience = Audience.PUBLIC if of_public else Audience.STAFF
    now = datetime.now(UTC)
    asked = find_population(jurisdiction, audience, now, Criteria(**criteria))
    found = list_flows(asked, [Span(date(2020, 1, 1), now.date() + timedelta(days=2))], by)
    return {key: flow for key, [flow] in found.items()}


def counted(more: str = "") -> Counter[str]:
    rows = db.session.execute(text(OPEN_NOW.format(more=more)))
    return Counter({row[0]: row[1] for row in rows})


def check_flows(jurisdiction: Scope) -> None:
    """Compare what is open by the flows with the table, in several cuts, and both ways."""
    for more, public in (("", False), ("AND public", True)):
        opened = counted(more)
        by_department = flow_of_all(jurisdiction, By("department"), public=public)
        found = {key: one.open_at_end for key, one in by_department.items()}
        assert {key: one for key, one in found.items() if one} == dict(opened)
        [city] = flow_of_all(jurisdiction, CITY, public=public).values()
        assert city.open_at_end == opened.total()
        assert city.handed_in == city.handed_out
    by_channel = flow_of_all(jurisdiction, By("channel"))
    assert sum(one.open_at_end for one in by_channel.values()) == counted().total()
    of_api = flow_of_all(jurisdiction, By("department"), channels=("api",))
    of_staff = flow_of_all(jurisdiction, By("department"), departments=("WEST",))
    assert of_staff.get("WEST") == flow_of_all(jurisdiction, By("department")).get("WEST")
    assert sum(one.received for one in of_api.values()) <= sum(
        one.received for one in by_channel.values()
    )
    wards = flow_of_all(jurisdiction, By("layer", "ward"))
    for code, flow in wards.items():
        [own] = flow_of_all(jurisdiction, CITY, boundaries=(BoundaryCode("ward", code),)).values()
        assert (own.received, own.open_at_end) == (flow.received, flow.open_at_end)


def facts_now(jurisdiction: Scope) -> dict[int, tuple[Any, ...]]:
    """Return all facts, folded or not."""
    everyone = find_population(jurisdiction, Audience.STAFF, datetime.now(UTC))
    rows = db.session.execute(select(population.facts_in(everyone)))
    return {row[0]: tuple(row) for row in rows}


def test_figures_are_those_of_the_tables_whatever_is_done(town: Flask) -> None:
    """Folded, not folded, and made again from the beginning; a reopening shortens no time."""
    chosen = random.Random(7)
    jurisdiction = get_jurisdiction(None)
    ids = [report(town, number) for number in range(NUMBER)]
    fold_figures()
    lasted: dict[int, timedelta] = {}
    for step in range(60):
        try:
            do_something(chosen, jurisdiction, chosen.choice(ids))
        except Open311Error:
            continue
        if step % 12 == 5:
            check_flows(jurisdiction)
        if step % 15 == 7:
            fold_figures()
        if step % 4 == 3:
            lasted = check_times(jurisdiction, lasted)
    before = facts_now(jurisdiction)
    assert fold_figures() > 0
    assert facts_now(jurisdiction) == before
    check_flows(jurisdiction)
    assert check_figures() == 0
    with_history = [facts for facts in before.values() if len(facts[-1]) > 3]
    assert with_history
    for table in ("request_facts", "figure_days", "figure_states"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.commit()
    read, corrected = rebuild_figures(jurisdiction)
    assert (read >= len(before), corrected) == (True, 0)  # a withdrawn request has no facts
    assert facts_now(jurisdiction) == before


def do_something(chosen: random.Random, jurisdiction: Scope, id_: str) -> None:
    work = chosen.random()
    made_by = "kim"
    if work < 0.3:
        status = chosen.choice(("closed", "fixed", "no_further_action", "cancelled", "duplicate"))
        change_status(jurisdiction, id_, status, "Done.", made_by=made_by)
    elif work < 0.55:
        status = chosen.choice(("open", "in_progress", "planned"))
        change_status(jurisdiction, id_, status, "Again.", made_by=made_by)
    elif work < 0.75:
        hand_over(jurisdiction, id_, chosen.choice(DEPARTMENTS), "Theirs.", made_by)
    elif work < 0.82:
        wait_for_reporter(jurisdiction, id_, "Which side?", made_by)
    elif work < 0.88:
        resume(jurisdiction, id_, made_by)
    elif work < 0.97:
        change_service(jurisdiction, id_, chosen.choice(("LAMP", "POTHOLE")), "Other.", made_by)
    else:
        withdraw_service_request(jurisdiction, id_, made_by)


def check_times(jurisdiction: Scope, former: dict[int, timedelta]) -> dict[int, timedelta]:
    """Compare closings with the histories; return how long each request has lasted."""
    now = datetime.now(UTC).replace(microsecond=0)
    names = population.COLUMNS
    facts = [dict(zip(names, one, strict=True)) for one in facts_now(jurisdiction).values()]
    closed = [one for one in facts if one["closed_at"] is not None]
    found = {one["service_request_pk"]: one["closed_at"] for one in closed}
    assert found == find_closings(list(found))
    lasted = {
        one["service_request_pk"]: (one["closed_at"] or now) - one["requested_at"] for one in facts
    }
    assert all(lasted[pk] >= former[pk] for pk in lasted if pk in former)
    return lasted


def test_an_unfolded_change_is_not_lost_and_damage_is_corrected(app: Flask) -> None:
    """Also if the transaction of the change ends after the fold."""
    jurisdiction = get_jurisdiction(None)
    report(app, 1)
    fold_figures()
    url = app.config["DATABASE_URL"].replace("+psycopg", "")
    close = "UPDATE service_requests SET public = service_request_id IS NOT NULL AND NOT public"
    with psycopg.connect(url) as other:
        other.execute(close)
        assert fold_figures() == 0
    assert fold_figures() > 0
    first, end = date(2020, 1, 1), date.today() + timedelta(days=2)  # noqa: DTZ011
    assert check_facts(jurisdiction, first, end) == check_days(jurisdiction, first, end) == 0
    for damage, wrong in (
        ("UPDATE request_facts SET outcome = 'duplicate'", 0),
        ("UPDATE figure_days SET closed = closed + 1 WHERE boundary_id = 0", 1),
        ("DELETE FROM figure_days WHERE boundary_id <> 0", 1),
    ):
        db.session.execute(text(damage))
        db.session.commit()
        facts, days = (one(jurisdiction, first, end) for one in (check_facts, check_days))
        assert (facts > 0, days > 0) == (wrong == 0, True), damage
        assert check_facts(jurisdiction, first, end) == check_days(jurisdiction, first, end) == 0


def test_figures_wait_while_too_much_is_missing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(app, 1)
    monkeypatch.setattr(population, "MOST_CHANGED", 0)
    with pytest.raises(Busy):
        find_population(get_jurisdiction(None), Audience.PUBLIC, datetime.now(UTC))
    fold_figures()
    assert not find_population(get_jurisdiction(None), Audience.PUBLIC, datetime.now(UTC)).changed


START = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTES = st.integers(0, 30)
"""Few, so that several steps are of one moment; some go back, as a clock that is set does."""

HISTORIES = st.lists(
    st.tuples(
        st.lists(st.tuples(MINUTES, st.booleans()), max_size=5),
        st.lists(st.tuples(MINUTES, st.sampled_from((1, 2, 3))), max_size=4),
    ),
    min_size=1,
    max_size=4,
)


def expected(changes: list[tuple[int, bool]], moves: list[tuple[int, int]]) -> list[Any]:
    """Return the flows of a history as (minute, kind, department), by playing it."""
    steps, latest = [], 0
    for number, (minute, opens) in enumerate(changes):
        latest = max(latest, minute)
        steps.append((latest, 1, number, opens))
    latest, last = 0, 1
    for number, (minute, department) in enumerate(moves):
        if department != last:
            latest = max(latest, minute)
            steps.append((latest, 0, number, department))
        last = department
    flows, is_open, here = [(0, RECEIVED, 1)], True, 1
    for minute, source, _number, value in sorted(steps):
        if source == 1:
            if value != is_open:
                flows.append((minute, REOPENED if value else CLOSED, here))
            is_open = bool(value)
        else:
            if is_open and value != here:
                flows += [(minute, HANDED_OUT, here), (minute, HANDED_IN, value)]
            here = value
    return flows


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories=HISTORIES)
def test_flows_are_those_that_a_history_plays_out(town: Flask, histories: list[Any]) -> None:
    first = db.session.scalar(text("SELECT min(id) FROM departments"))
    model = db.session.scalar(text("SELECT min(pk) FROM service_requests"))
    pks = {}
    for history in histories:
        pk = copy_of(model, first)
        write(pk, first, history)
        pks[pk] = history
    made = made_facts(list(pks))
    found = {row.service_request_pk: row for row in db.session.execute(select(made))}
    for pk, (changes, moves) in pks.items():
        times = [int((at - START).total_seconds() // 60) for at in found[pk].flow_times]
        departments = [one - first + 1 for one in found[pk].flow_departments]
        flows = list(zip(times, found[pk].flow_kinds, departments, strict=True))
        assert flows == expected(changes, moves)
        closed = sum(kind == CLOSED for _at, kind, _department in flows)
        assert (found[pk].closed_at is None) == (
            closed == sum(kind == REOPENED for _at, kind, _department in flows)
        )
    db.session.rollback()


def copy_of(model: int, department: int) -> int:
    columns = [
        column.name
        for column in population.ServiceRequest.__table__.columns
        if column.computed is None
    ]
    own = {
        "pk": "nextval('service_requests_pk_seq')",
        "service_request_id": "'H-' || nextval('service_request_numbers')",
        "token": "NULL",
        "department_id": str(department),
        "requested_datetime": f"'{START}'",
        "submitted_at": "NULL",
        "updated_datetime": f"'{START}'",
        "withdrawn_at": "NULL",
        "status": "'open'",
        "detailed_status": "'open'",
        "continues_pk": "NULL",
        "duplicate_of_pk": "NULL",
    }
    values = ", ".join(own.get(name, name) for name in columns)
    statement = f"INSERT INTO service_requests ({', '.join(columns)}) SELECT {values}"
    one = text(f"{statement} FROM service_requests WHERE pk = :model RETURNING pk")
    return int(db.session.execute(one, {"model": model}).scalar_one())


STATUS = """
    INSERT INTO status_changes (service_request_pk, status, detailed_status, status_notes,
        changed_at, opening) VALUES (:pk, :status, :status, '', :at, :opening)
"""
MOVE = """
    INSERT INTO routing_steps (service_request_pk, jurisdiction_id, kind, from_department_id,
        to_department_id, reason, before, made_at, made_by)
    VALUES (:pk, 'gridtown.example', 'carried_over', :old, :new, '', '{}', :at, 'kim')
"""


def write(pk: int, first: int, history: Any) -> None:
    changes, moves = history
    opening = {"pk": pk, "status": "open", "at": START, "opening": True}
    db.session.execute(text(STATUS), opening)
    for minute, opens in changes:
        status = "open" if opens else "closed"
        at = START + timedelta(minutes=minute)
        values = {"pk": pk, "status": status, "at": at, "opening": False}
        db.session.execute(text(STATUS), values)
    old = 1
    for minute, new in moves:
        at = START + timedelta(minutes=minute)
        values = {"pk": pk, "old": first + old - 1, "new": first + new - 1, "at": at}
        db.session.execute(text(MOVE), values)
        old = new


def test_facts_are_a_table_of_what_is_known(town: Flask) -> None:
    """All columns are made, in the order of the table."""
    assert tuple(column.name for column in RequestFact.__table__.columns) == population.COLUMNS


def test_the_first_evening_of_a_city_is_checked(app: Flask) -> None:
    """In UTC, it was the first of the next month."""
    jurisdiction = get_jurisdiction(None)
    report(app, 1)
    change = "UPDATE service_requests SET requested_datetime = '2024-03-01T02:00:00Z'"
    db.session.execute(text(change))
    db.session.commit()
    fold_figures()
    damage = "UPDATE figure_days SET received = received + 1 WHERE day = '2024-02-29'"
    assert db.session.execute(text(damage)).rowcount > 0
    db.session.commit()
    assert rebuild_figures(jurisdiction)[1] > 0
    assert rebuild_figures(jurisdiction) == (0, 0)
