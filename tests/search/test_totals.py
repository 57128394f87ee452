"""Kept totals are the numbers of service requests, wherever these are and whatever changes."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select, text

from open311.database import db
from open311.models import Service, ServiceRequest
from open311.operations.grid import fold_grid
from open311.queries.catalog.services import list_service_names
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.criteria import Criteria, Period, is_kept
from open311.queries.search.staff_counts import read_totals

GRIDTOWN = "gridtown.example"

CHANGE = "UPDATE service_requests SET {} WHERE service_request_id = '{}'"
CHANGES = [
    CHANGE.format(what, id_)
    for id_, what in (
        ("26-0000002", "location = NULL, location_from = NULL"),
        ("26-0000003", "location = ST_Point(1, 89, 4326)"),
        ("26-0000005", "sandbox = true"),
        ("26-0000002", "location = ST_Point(0.5, 0.5, 4326), location_from = 'staff'"),
        ("26-0000003", "location = ST_Point(0.5, 0.5, 4326)"),
    )
]


def counted(criteria: Criteria) -> Counter[tuple[str, int]]:
    rows = db.session.execute(
        select(ServiceRequest.status, ServiceRequest.service_id, Service.service_code)
        .join(Service, Service.id == ServiceRequest.service_id)
        .where(ServiceRequest.withdrawn_at.is_(None), ServiceRequest.sandbox.is_(False))
    )
    return Counter(
        (status, service_id)
        for status, service_id, code in rows
        if status in (criteria.statuses or (status,)) and code in (criteria.services or (code,))
    )


def test_totals_agree_after_each_change_folded_or_not(app: Flask) -> None:
    jurisdiction, services = get_jurisdiction(GRIDTOWN), list_service_names(GRIDTOWN)
    searches = (
        Criteria(),
        Criteria(statuses=("open",)),
        Criteria(services=("POTHOLE", "0042", "UNKNOWN")),
        Criteria(statuses=("closed",), services=("TIP",)),
    )
    assert len(counted(Criteria())) > 3
    for change in ("SELECT 1", *CHANGES):
        db.session.execute(text(change))
        db.session.commit()
        for fold in (lambda: 0, fold_grid):
            fold()
            for criteria in searches:
                rows = read_totals(jurisdiction, criteria, services)
                found = {(status, service_id): number for status, service_id, number in rows}
                assert found == counted(criteria)


@pytest.mark.parametrize(
    ("criteria", "kept"),
    [
        (Criteria(), True),
        (Criteria(statuses=("open", "closed"), services=("TIP",)), True),
        (Criteria(statuses=("fixed",)), False),
        (Criteria(groups=("streets",)), False),
        (Criteria(overdue=False), False),
        (Criteria(requested=Period()), True),
    ],
)
def test_other_criteria_are_not_in_the_totals(criteria: Criteria, kept: bool) -> None:
    assert is_kept(criteria) is kept
