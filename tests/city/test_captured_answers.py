"""Imports from servers that give what those of real cities have answered."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from foreign_server import Reply, files, foreign_server
from georeport_client import Api
from servers import running_server

pytestmark = pytest.mark.city

HEADERS = {
    "departments.csv": "department,name\nRATHAUS,Rathaus\nLICHT,Straßenbeleuchtung\n",
    "services.csv": "service_code,service_name,group\n013,Laterne,Licht\n",
    "questions.csv": "service_code,order,code,datatype,required,variable,description\n",
    "answers.csv": "service_code,question,key,name\n",
    "layers.csv": "layer,name,file,code_field\nstadtteil,Stadtteil,,\n",
    "routing_rules.csv": "rule,group,department\nlicht,Licht,LICHT\n",
}
JURISDICTION = """
jurisdiction_id = "stadt-koeln.de"
name = "Köln"
time_zone = "Europe/Berlin"
contact = "115"
key_service = "115"
default_department = "RATHAUS"
"""


@pytest.fixture
def captured(city_data: Path) -> Callable[[str], bytes]:
    """Read one of the answers that were captured."""
    return lambda name: (city_data / "open311" / name).read_bytes()


@pytest.fixture
def koeln(
    tmp_path: Path,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    city_data: Path,
) -> str:
    """The database of a Köln with one service of its own, its districts and no service area."""
    folder = tmp_path / "koeln"
    folder.mkdir()
    (folder / "jurisdiction.toml").write_text(JURISDICTION)
    for name, text in HEADERS.items():
        (folder / name).write_text(text)
    database = fresh_database(empty)
    run_command(database, "seed", str(folder))
    return database


def import_from(run_command: Callable[..., str], database: str, *arguments: str) -> list[str]:
    """Import, and return the summary without the lines about each query, which go to the log."""
    lines = run_command(database, "import-requests", "--allow-private", *arguments).splitlines()
    return [line for line in lines if not re.match(r"\d{4}-\d\d-\d\d: ", line)]


def test_koeln_moves_in_with_all_its_requests(
    captured: Callable[[str], bytes],
    koeln: str,
    run_command: Callable[..., str],
    tmp_path: Path,
) -> None:
    recorded = json.loads(captured("koeln_2016_requests.json"))
    services = json.loads(captured("koeln_services.json"))
    documents = {
        "/georeport/v2/services.json": Reply(captured("koeln_services.json")),
        "/georeport/v2/requests.json": Reply(captured("koeln_2016_requests.json")),
    }
    with foreign_server(files(documents)) as server:
        url = f"{server.address}/georeport/v2/"
        period = ("--from", "2016-02-01", "--until", "2016-02-29")
        lines = import_from(run_command, koeln, url, *period)
        again = import_from(run_command, koeln, url, *period)
    assert lines[0] == f"Services: {len(services) - 1} added."
    assert lines[1].startswith("Service requests: 50 imported, 0 changed, 0 skipped")
    assert again[:2] == ["Services: 0 added.", lines[1].replace("50 imported", "0 imported")]
    with running_server(koeln, tmp_path / "log") as address:
        for api in (Api(address, "xml", ""), Api(address, "json", "")):
            for row in recorded:
                check_row(api.one(row["service_request_id"]), row)
        listed = {row["service_code"]: row for row in api.get("v2/services").document}
    assert listed["013"]["service_name"] == "Laterne"
    for service in services:
        if service["service_code"] != "013":
            assert listed[service["service_code"]]["description"] == service["description"]


def check_row(row: dict[str, Any], recorded: dict[str, Any]) -> None:
    """Compare a service request here with what it was there."""
    assert row["service_request_id"].startswith("16-")
    lights = recorded["service_code"] == "013"
    assert row["agency_responsible"] == ("Straßenbeleuchtung" if lights else "Rathaus")
    for name in ("service_code", "status", "address"):
        assert row[name] == recorded[name]
    for name in ("description", "status_notes", "media_url"):
        assert (row[name] or "") == (recorded.get(name) or "")
    for name in ("lat", "long"):
        assert float(row[name]) == recorded[name]
    for name in ("requested_datetime", "updated_datetime"):
        assert datetime.fromisoformat(row[name]) == datetime.fromisoformat(recorded[name])


def test_each_request_lies_in_the_district_that_its_address_names(
    captured: Callable[[str], bytes], koeln: str, run_command: Callable[..., str], city_data: Path
) -> None:
    districts = str(city_data / "koeln/stadtteile.geojson")
    options = ("--layer", "stadtteil", "--code-field", "name", "--commit")
    run_command(koeln, "boundaries", "import", districts, *options)
    documents = {
        "/services.json": Reply(captured("koeln_services.json")),
        "/requests.json": Reply(captured("koeln_2016_requests.json")),
    }
    with foreign_server(files(documents)) as server:
        period = ("--from", "2016-02-01", "--until", "2016-02-29")
        import_from(run_command, koeln, server.address, *period)
    with psycopg.connect(koeln) as connection:
        rows = connection.execute(DISTRICTS).fetchall()
    named = [(address.partition("Köln - ")[2], district) for address, district in rows]
    compared = [pair for pair in named if pair[0]]
    assert len(compared) >= 48
    assert [pair for pair in compared if pair[0] != pair[1]] == []


DISTRICTS = """
    SELECT address_string, boundaries.code FROM service_requests
    JOIN service_request_boundaries ON service_request_pk = pk
    JOIN boundaries ON boundaries.id = boundary_id
"""


def test_a_server_that_speaks_only_xml_is_found_through_its_discovery(
    captured: Callable[[str], bytes], koeln: str, run_command: Callable[..., str]
) -> None:
    """Washington's, of which one definition was captured; those of the others cannot be had."""
    documents = {
        "/cwi/Open311/v2/services.xml": Reply(captured("dc_services.xml")),
        "/cwi/Open311/v2/services/S0301.xml": Reply(captured("dc_service_definition_S0301.xml")),
        "/cwi/Open311/v2/requests.xml": Reply(b"<service_requests/>"),
    }
    with foreign_server(files(documents)) as server:
        discovery = captured("dc_discovery.xml").replace(
            b"http://app.311.dc.gov", server.address.encode()
        )
        documents["/discovery.xml"] = Reply(discovery)
        url = f"{server.address}/discovery.xml"
        lines = import_from(run_command, koeln, url, "--window-days", "90")
    assert {path[-4:] for path, _parameters in server.asked} == {".xml"}
    recorded = ET.fromstring(captured("dc_services.xml")).findall("service")
    assert lines[0] == f"Services: {len(recorded)} added."
    assert lines[1] == f"  Skipped: {len(recorded) - 1} with unreadable definition"
    with psycopg.connect(koeln) as connection:
        stored = {row[0]: row[1:] for row in connection.execute(SERVICES).fetchall()}
        questions = connection.execute(QUESTIONS).fetchall()
    for service in recorded:
        names = ("service_name", "description", "keywords", "group")
        texts = (service.findtext(name) or "" for name in names)
        name, *others = texts
        assert stored[service.findtext("service_code")] == (name.strip(), *others, "realtime")
    assert questions == [
        (1, "WHISPOLO", "singlevaluelist", True, True, 2),
        (2, "WHMAISAL", "singlevaluelist", True, False, 6),
        (3, "ISITHAZA", "singlevaluelist", True, False, 3),
        (4, "WATHPRDA", "singlevaluelist", True, False, 2),
        (5, "NOTE001", "text", False, False, 0),
        (6, "DSITR001", "text", False, False, 0),
    ]


SERVICES = """
    SELECT service_code, service_name, description, keywords, "group", type FROM services
"""
QUESTIONS = """
    SELECT "order", code, datatype, variable, required, count(key) FROM service_attributes
    LEFT JOIN attribute_values ON attribute_id = service_attributes.id
    GROUP BY service_attributes.id ORDER BY "order"
"""


def test_bloomingtons_catalog_arrives(
    captured: Callable[[str], bytes], koeln: str, run_command: Callable[..., str]
) -> None:
    documents = {
        "/v2/services.json": Reply(captured("bloomington_2012_services.json")),
        "/v2/requests.json": Reply([]),
    }
    with foreign_server(files(documents)) as server:
        lines = import_from(run_command, koeln, f"{server.address}/v2", "--window-days", "90")
    recorded = json.loads(captured("bloomington_2012_services.json"))
    assert lines[0] == f"Services: {len(recorded)} added."
    with psycopg.connect(koeln) as connection:
        stored = {row[0]: row[1:] for row in connection.execute(SERVICES).fetchall()}
    for service in recorded:
        names = ("service_name", "description", "keywords", "group", "type")
        assert stored[service["service_code"]] == tuple(service[name] or "" for name in names)
