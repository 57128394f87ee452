"""service_requests.csv: past service requests, checked as POST /requests checks them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError
from shapely.geometry import MultiPolygon

from geo.coordinates import Point, covers
from open311.messages.problem import problems_in
from open311.messages.seeds import SEED_OUTSIDE, SEED_PENDING
from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import Problems, by_key, check_known, read_optional_table
from open311.steps.values.imports import PastServiceRequest
from schemas.imports.seed_rows import PastServiceRequestRow
from schemas.requests.answers import Question, parameter
from schemas.requests.submission import load_submission

Row = dict[str, Any]


@dataclass(frozen=True)
class City:
    """Context for reading service requests: days ago are relative to now.

    Without a service area, any location is accepted.
    """

    zone: ZoneInfo
    now: datetime
    service_area: MultiPolygon | None


_AS_POSTED = ("service_code", "lat", "long", "address_string", "zipcode", "description")
_KEPT = ("lat", "long", "address_string", "zipcode", "description", "answers")


def read_past(
    source: SeedSource,
    tables: Mapping[str, Mapping[Any, Row]],
    city: City,
    problems: Problems,
) -> list[PastServiceRequest]:
    """Return the past service requests; empty for a folder without the table."""
    schema = PastServiceRequestRow(now=city.now, zone=city.zone)
    rows = read_optional_table(source, "service_requests", schema, problems)
    check_known(rows, "service_code", tables["services"], "services", problems)
    with_id = [(place, row) for place, row in rows if row["service_request_id"]]
    by_key(with_id, lambda row: row["service_request_id"], problems)
    read = []
    for place, row in rows:
        try:
            read.append(_past(row, _questions(row["service_code"], tables), city.zone))
            _check_pending(row, tables, place, problems)
            _check_place(read[-1].submission, city.service_area, place, problems)
        except ValidationError as error:
            for problem in problems_in(error):
                problems.take(place, problem)
    return read


def _check_place(
    submission: Mapping[str, Any], service_area: MultiPolygon | None, place: str, problems: Problems
) -> None:
    if service_area is None or "lat" not in submission:
        return
    if not covers(service_area, Point(lat=submission["lat"], long=submission["long"])):
        problems.add(place, SEED_OUTSIDE)


def _check_pending(
    row: Row, tables: Mapping[str, Mapping[Any, Row]], place: str, problems: Problems
) -> None:
    service = tables["services"].get(row["service_code"])
    if row["status"] == "pending" and service and service["type"] != "batch":
        problems.add(place, SEED_PENDING)


def _past(row: Row, questions: list[Question], zone: ZoneInfo) -> PastServiceRequest:
    posted = {name: [row[name]] for name in _AS_POSTED} | _answers(row["answers"])
    loaded = load_submission(posted, questions, zone)
    return PastServiceRequest(
        service_request_id=row["service_request_id"],
        service_code=row["service_code"],
        requested=row["requested"],
        submission={name: loaded[name] for name in _KEPT if name in loaded},
        pending=row["status"] == "pending",
        status="open" if row["status"] == "pending" else row["status"],
        status_notes=row["status_notes"],
        updated=row["updated"],
    )


def _answers(cell: str) -> dict[str, list[str]]:
    """Return "SIZE=LARGE; POSITION=CURB|LANE" as parameters of a POST."""
    pairs = (pair.partition("=") for pair in cell.split(";") if pair.strip())
    return {parameter(code.strip()): value.strip().split("|") for code, _, value in pairs}


def _questions(service_code: str, tables: Mapping[str, Mapping[Any, Row]]) -> list[Question]:
    keys: dict[str, list[str]] = {}
    for code, question, key in tables["answers"]:
        if code == service_code:
            keys.setdefault(question, []).append(key)
    return [
        Question(
            code, row["datatype"], row["description"], row["required"], tuple(keys.get(code, ()))
        )
        for (service, code), row in tables["questions"].items()
        if service == service_code and row["variable"]
    ]
