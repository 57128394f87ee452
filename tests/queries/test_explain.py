"""Explaining a stored service request reads what it needs once."""

from datetime import UTC, datetime

import pytest
from current_city import submit
from flask import Flask
from statements import statements

from geo.coordinates import Point
from open311.database import db
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.explain import look_back
from open311.queries.routing.stored import get_routed
from open311.queries.routing.stored_places import list_stored_places
from open311.steps.values.submissions import Submission

pytestmark = pytest.mark.usefixtures("app")


def test_looking_back_reads_rules_once(app: Flask) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    service = get_service(jurisdiction.jurisdiction_id, "POTHOLE")
    submission = Submission(
        jurisdiction=jurisdiction, service=service, point=Point(lat=0.5, long=0.5)
    )
    receipt = submit(submission).receipt
    routed = get_routed(jurisdiction, receipt["service_request_id"])
    places = list_stored_places(routed.pk)
    with statements(db.engine) as sent:
        then, today = look_back(jurisdiction, routed, places, None, datetime.now(UTC))
    assert then.found is not None
    assert today.found is not None
    assert then.differences == today.differences == ()
    assert sum("FROM routing_rules" in one for one in sent) == 1
    # Jurisdiction, rules, departments, layers; boundaries, neighbors; the sets of both days.
    assert len(sent) == 4 + 2 + 2, sent
