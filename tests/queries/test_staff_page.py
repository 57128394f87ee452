"""What the staff page finds in memory is what others read from the database."""

from datetime import UTC, datetime

import pytest
from current_city import city_of
from sqlalchemy import func, select, text

from open311.database import db
from open311.models import ServiceRequest, StatusChange
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.requests.history import find_closing, last_closing
from open311.queries.routing.explain import look_back
from open311.queries.routing.snapshot import look_again
from open311.queries.routing.stored import get_routed
from open311.queries.routing.stored_places import list_stored_places

CHANGES = {
    "of no consequence": "",
    "boundaries that ended ten days ago": (
        "UPDATE boundary_sets SET in_force_until = current_date - 10"
    ),
    "boundaries that begin tomorrow": (
        "UPDATE boundary_sets SET in_force_from = current_date + 1, in_force_until = NULL"
    ),
    "a smaller area, whose outside is refused": (
        "UPDATE jurisdictions SET service_area = ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326)), "
        "outside_department = NULL"
    ),
    "an inactive rule": "UPDATE routing_rules SET active = false WHERE id % 2 = 0",
}


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_all_requests_are_routed_again_as_the_api_explains_them(change: str) -> None:
    if change:
        db.session.execute(text(change))
        db.session.commit()
    jurisdiction, now, explained = get_jurisdiction("gridtown.example"), datetime.now(UTC), 0
    name = func.coalesce(ServiceRequest.service_request_id, ServiceRequest.token)
    known = select(name).where(ServiceRequest.withdrawn_at.is_(None))
    for id_ in db.session.scalars(known).all():
        routed = get_routed(jurisdiction, id_)
        places = list_stored_places(routed.pk)
        looks = look_again(city_of(jurisdiction), routed, places, now)
        views = look_back(jurisdiction, routed, places, None, now)
        assert [one.differences for one in looks] == [one.differences for one in views]
        decisions = [one.found.decision if one.found else None for one in views]
        assert [one.decision for one in looks] == decisions
        explained += 1
    assert explained > 3


@pytest.mark.usefixtures("app")
def test_the_last_closing_is_that_of_the_stored_history() -> None:
    pk = db.session.scalars(select(ServiceRequest.pk).limit(1)).one()
    for number, status in enumerate(("closed", "open", "closed", "closed", "open"), start=1):
        db.session.add(
            StatusChange(
                service_request_pk=pk,
                status=status,
                detailed_status=status,
                status_notes="",
                changed_at=datetime(2026, 1, number, tzinfo=UTC),
                opening=False,
            )
        )
        db.session.flush()
        steps = select(StatusChange.status, StatusChange.changed_at)
        mine = steps.where(StatusChange.service_request_pk == pk).order_by(StatusChange.id)
        rows = db.session.execute(mine).all()
        assert last_closing((row.status, row.changed_at) for row in rows) == find_closing(pk)
    db.session.rollback()
