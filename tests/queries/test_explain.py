"""Explaining a stored service request reads what it needs once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from geo.coordinates import Point
from open311.database import db
from open311.operations.requests.submit import submit_service_request
from open311.queries.catalog.services import get_service
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.routing.explain import list_stored_places, look_back
from open311.queries.routing.stored import get_routed
from open311.steps.values.submissions import Submission

pytestmark = pytest.mark.usefixtures("app")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is sent to PostgreSQL inside the block."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_looking_back_reads_rules_once(app: Flask) -> None:
    jurisdiction = get_jurisdiction("gridtown.example")
    service = get_service(jurisdiction.jurisdiction_id, "POTHOLE")
    submission = Submission(
        jurisdiction=jurisdiction, service=service, point=Point(lat=0.5, long=0.5)
    )
    receipt = submit_service_request(submission).receipt
    routed = get_routed(jurisdiction, receipt["service_request_id"])
    places = list_stored_places(routed.pk)
    with statements() as sent:
        then, today = look_back(jurisdiction, routed, places, None, datetime.now(UTC))
    assert then.found is not None
    assert today.found is not None
    assert then.differences == today.differences == ()
    assert sum("FROM routing_rules" in one for one in sent) == 1
    # Jurisdiction, rules, departments, layers; and by each map boundaries, neighbors, sets.
    assert len(sent) == 4 + 2 * 3, sent
