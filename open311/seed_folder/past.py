"""service_requests.csv: service requests of the past, checked as POST /requests checks them."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from open311.operations.seed_data import PastServiceRequest
from open311.seed_folder.tables import Problems, by_key, check_known, read_table
from schemas.answers import Question, parameter
from schemas.base import sentences
from schemas.seed_rows import PastServiceRequestRow
from schemas.submission import load_submission

Row = dict[str, Any]
_AS_POSTED = ("service_code", "lat", "long", "address_string", "zipcode", "description")
_KEPT = ("lat", "long", "address_string", "zipcode", "description", "answers")


def read_past(
    folder: Path,
    tables: Mapping[str, Mapping[Any, Row]],
    zone: ZoneInfo,
    now: datetime,
    problems: Problems,
) -> list[PastServiceRequest]:
    """Read the service requests; days ago count from now. A folder without the file has none."""
    path = folder / "service_requests.csv"
    if not path.exists():
        return []
    rows = read_table(path, PastServiceRequestRow(now=now, zone=zone), problems)
    check_known(rows, "service_code", set(tables["services"]), problems)
    with_id = [(place, row) for place, row in rows if row["service_request_id"]]
    by_key(with_id, lambda row: row["service_request_id"], problems)
    read = []
    for place, row in rows:
        try:
            read.append(_past(row, _questions(row["service_code"], tables), zone))
            _check_pending(row, tables, place, problems)
        except ValidationError as error:
            for sentence in sentences(error):
                problems.add(place, sentence)
    return read


def _check_pending(
    row: Row, tables: Mapping[str, Mapping[Any, Row]], place: str, problems: Problems
) -> None:
    service = tables["services"].get(row["service_code"])
    if row["status"] == "pending" and service and service["type"] != "batch":
        problems.add(place, "only a request to a batch service can be pending.")


def _past(row: Row, questions: list[Question], zone: ZoneInfo) -> PastServiceRequest:
    posted = {name: [row[name]] for name in _AS_POSTED} | _answers(row["answers"])
    loaded = load_submission(posted, questions, zone)
    return PastServiceRequest(
        service_request_id=row["service_request_id"],
        service_code=row["service_code"],
        requested=row["requested"],
        submission={name: loaded[name] for name in _KEPT if name in loaded},
        pending=row["status"] == "pending",
        status="closed" if row["status"] == "closed" else "open",
        status_notes=row["status_notes"],
        updated=row["updated"],
    )


def _answers(cell: str) -> dict[str, list[str]]:
    """Turn "SIZE=LARGE; POSITION=CURB|LANE" into parameters as they would be posted."""
    pairs = (pair.partition("=") for pair in cell.split(";") if pair.strip())
    return {parameter(code.strip()): value.strip().split("|") for code, _, value in pairs}


def _questions(service_code: str, tables: Mapping[str, Mapping[Any, Row]]) -> list[Question]:
    keys: dict[str, list[str]] = {}
    for code, question, key in tables["answers"]:
        if code == service_code:
            keys.setdefault(question, []).append(key)
    return [
        Question(code, row["datatype"], row["description"], row["required"], keys.get(code, ()))
        for (service, code), row in tables["questions"].items()
        if service == service_code and row["variable"]
    ]
