"""Washington, DC, as a seed folder made from its published files and real requests."""

import csv
import shutil
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

HEADERS = {
    "questions.csv": "service_code,order,code,datatype,required,variable,description,"
    "datatype_description",
    "answers.csv": "service_code,question,key,name",
    "layers.csv": "layer,name,file,code_field,name_field",
}
JURISDICTION = """
jurisdiction_id = "dc.gov"
name = "Washington, DC"
time_zone = "America/New_York"
units = "us"
contact = "Call 311."
key_service = "Ask 311."
default_department = "311"
"""


@dataclass(frozen=True)
class RecordedRequest:
    """One request as the city recorded it; fields that the city left empty are empty."""

    number: int
    service_code: str
    department: str
    address: str
    zipcode: str
    lat: str
    long: str
    ward: str

    @property
    def form(self) -> dict[str, str]:
        return {
            "service_code": self.service_code,
            "lat": self.lat,
            "long": self.long,
            "address_string": self.address,
            "zipcode": self.zipcode,
            "description": f"Row {self.number}",
        }


def recorded_requests(data: Path) -> list[RecordedRequest]:
    """Return all recorded requests, in the order of the file."""
    with (data / "dc/dc_311_requests_2016_07_08.csv").open(newline="") as file:
        return [
            RecordedRequest(
                number=number,
                service_code=row["service_code"],
                department=row["department"],
                address=row["address"],
                zipcode=row["zipcode"],
                lat=row["lat"],
                long=row["lon"],
                ward=row["recorded_ward"],
            )
            for number, row in enumerate(csv.DictReader(file), start=1)
        ]


def write_seed_folder(data: Path, folder: Path) -> None:
    """Write the catalog, the departments, and a rule for each service; no boundaries."""
    with (data / "dc/dc_services_departments.csv").open(newline="") as file:
        responsible = list(csv.DictReader(file))
    (folder / "jurisdiction.toml").write_text(JURISDICTION)
    for name, header in HEADERS.items():
        (folder / name).write_text(f"{header}\n")
    agencies = sorted({row["department"] for row in responsible})
    _write(
        folder / "departments.csv",
        ["department", "name"],
        [["311", "311"], *([agency, agency] for agency in agencies)],
    )
    services = _catalog(data / "open311/dc_services.xml")
    for row in responsible:
        services.setdefault(row["service_code"], [row["service_name"], "", "", "", "realtime"])
    _write(
        folder / "services.csv",
        ["service_code", "service_name", "description", "group", "keywords", "type"],
        [[code, *texts] for code, texts in services.items()],
    )
    _write(
        folder / "routing_rules.csv",
        ["rule", "service_code", "department"],
        [[row["service_code"], row["service_code"], row["department"]] for row in responsible],
    )


LAYERS = (
    ("ward", "Ward", "wards_2012.geojson", "ward"),
    ("police_district", "Police district", "police_districts.geojson", "district"),
    ("anc", "Advisory neighborhood commission", "anc_2013.geojson", "anc"),
    ("cluster", "Neighborhood cluster", "neighborhood_clusters.geojson", "cluster"),
)
STATUSES = {
    "OPEN": "open",
    "IN-PROGRESS": "in_progress",
    "IN PROGRESS": "in_progress",
    "VOIDED": "cancelled",
    "DUPLICATE (OPENED)": "duplicate",
    "DUPLICATE (CLOSED)": "duplicate",
    "CLOSED - INCOMPLETE INFORMATION": "no_further_action",
}


def write_demo_folder(data: Path, folder: Path) -> None:
    """Write the city with its boundaries and all requests, shifted so that the newest is recent."""
    write_seed_folder(data, folder)
    area = "city_boundary.geojson"
    for name in (area, *(layer[2] for layer in LAYERS)):
        shutil.copy(data / "dc" / name, folder / name)
    with (folder / "jurisdiction.toml").open("a") as toml:
        toml.write(f'service_area = "{area}"\nlocality = "Washington, DC"\n')
    _write(
        folder / "layers.csv", ["layer", "name", "file", "code_field"], [[*one] for one in LAYERS]
    )
    with (data / "dc/dc_311_requests_2016_07_08.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["lat"]]
    _add_days(folder / "services.csv", rows)
    shift = _shift(rows)
    _write(
        folder / "service_requests.csv",
        [
            *("service_request_id", "service_code", "requested", "lat", "long", "address_string"),
            *("zipcode", "status", "updated"),
        ],
        [_past(row, shift) for row in rows],
    )


def _add_days(path: Path, rows: list[dict[str, str]]) -> None:
    """Add the expected days of each service: the median of the city's due dates."""
    promised: dict[str, list[float]] = {}
    for row in rows:
        if row["due"]:
            took = datetime.fromisoformat(row["due"]) - datetime.fromisoformat(row["requested"])
            promised.setdefault(row["service_code"], []).append(took / timedelta(days=1))
    with path.open(newline="") as file:
        header, *services = list(csv.reader(file))
    days = {code: median(several) for code, several in promised.items()}
    _write(
        path,
        [*header, "expected_days"],
        [[*one, f"{days[one[0]]:.2f}" if days.get(one[0], 0) > 0 else ""] for one in services],
    )


def _shift(rows: list[dict[str, str]]) -> timedelta:
    """Return the age of the rows in whole weeks, which preserves weekdays."""
    moments = sorted(datetime.fromisoformat(row["requested"]) for row in rows)
    newest = moments[-len(moments) // 1000]  # a few dates are years in the future
    return timedelta(weeks=(datetime.now(UTC) - newest) // timedelta(weeks=1))


def _past(row: dict[str, str], shift: timedelta) -> list[str]:
    now = datetime.now(UTC)
    requested = min(datetime.fromisoformat(row["requested"]) + shift, now)
    status = STATUSES.get(row["status"], "closed" if row["closed"] else "open")
    closed = datetime.fromisoformat(row["closed"]) + shift if row["closed"] else requested
    updated = "" if status == "open" else f"{min(max(closed, requested), now):%Y-%m-%dT%H:%M:%SZ}"
    return [
        *(row["service_request_id"], row["service_code"], f"{requested:%Y-%m-%dT%H:%M:%SZ}"),
        *(row["lat"], row["lon"], row["address"], row["zipcode"], status, updated),
    ]


def _catalog(path: Path) -> dict[str, list[str]]:
    names = ("service_name", "description", "group", "keywords", "type")
    return {
        service.findtext("service_code", ""): [service.findtext(name) or "" for name in names]
        for service in ET.parse(path).getroot()  # noqa: S314  # a file beside the project
    }


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
