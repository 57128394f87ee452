"""Washington, DC, as a seed folder made from its own published files, and its real requests."""

import csv
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

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
contact = "Call 311."
key_service = "Ask 311."
default_department = "311"
"""


@dataclass(frozen=True)
class RecordedRequest:
    """One request as the city recorded it; a row is empty where the city's is."""

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
    """Read all rows, in the order of the file."""
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
    """Write the catalogue, the departments and a rule for each service; no boundaries."""
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
    services = _catalogue(data / "open311/dc_services.xml")
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


def _catalogue(path: Path) -> dict[str, list[str]]:
    names = ("service_name", "description", "group", "keywords", "type")
    return {
        service.findtext("service_code", ""): [service.findtext(name) or "" for name in names]
        for service in ET.parse(path).getroot()
    }


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
