"""Staff lists of a large city are counted from indexes alone."""

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import text
from statements import plans

from open311.database import db
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.criteria import EVERYTHING, Criteria, Period
from open311.queries.search.staff_counts import count_all, count_by_status_and_service

GRIDTOWN = "gridtown.example"
NOW = datetime.now(UTC).replace(microsecond=0)

MANY = """
    INSERT INTO service_requests (
        jurisdiction_id, service_request_id, public, sandbox, service_id, department_id,
        routing_reason, pinned, near_border, address_string, address_id, zipcode, description,
        media_url, answers, status, detailed_status, status_notes, requested_datetime,
        updated_datetime, expected_datetime
    )
    SELECT jurisdiction_id, 'many-' || number, true, false, service_id, department_id, '', false,
        false, 'Main Street', '', '', '', '', '{}', status, status, '', now(), now(), now()
    FROM generate_series(1, 3000) AS number, (
        SELECT jurisdiction_id, service_id, department_id FROM service_requests
        WHERE service_request_id = '26-0000003'
    ) AS pattern, LATERAL (
        SELECT CASE WHEN number % 10 = 0 THEN 'open' ELSE 'closed' END AS status
    ) AS state
"""

INDEX_OF = {
    "counts": [EVERYTHING, Criteria(statuses=("closed",)), Criteria(services=("0042",))],
    "open": [Criteria(new=True), Criteria(unassigned=True)],
    "due": [Criteria(overdue=True), Criteria(due=Period(NOW, NOW))],
}


def test_counts_read_only_an_index(app: Flask) -> None:
    jurisdiction = get_jurisdiction(GRIDTOWN)
    # VACUUM marks pages for scans of indexes alone only when their rows are in the log.
    db.session.execute(text("SET LOCAL synchronous_commit = on"))
    db.session.execute(text(MANY))
    db.session.commit()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE service_requests"))
    for index, searches in INDEX_OF.items():
        for criteria in searches:
            with plans() as found:
                count_all(jurisdiction, criteria)
            assert f"Index Only Scan using ix_service_requests_{index} " in found[0], found[0]
    services = list_service_names(GRIDTOWN)
    with plans() as found:
        count_all(jurisdiction, Criteria(statuses=("open",), on_hold=True))
        count_by_status_and_service(jurisdiction, Criteria(new=True), services)
        count_by_status_and_service(jurisdiction, EVERYTHING, services)
    assert "using ix_service_requests_waiting " in found[0]
    assert "Index Only Scan using ix_service_requests_open " in found[1]
    assert "Index Only Scan using ix_service_requests_unplaced " in found[2]
