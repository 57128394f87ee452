"""georeport from PyPI, as its users call it: it lists and looks up, and cannot post."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from georeport import GeoReport
from georeport_client import Api
from servers import PATIENCE

pytestmark = pytest.mark.both_formats


@pytest.fixture
def client(server: str, format: str) -> GeoReport:
    return GeoReport(f"{server}/open311/v2/", "gridtown.example", output_format=format)


def test_it_lists_the_services(client: GeoReport, api: Api) -> None:
    """GEN-16, SVC-01"""
    services = client.get_service_list()
    assert services == api.get("v2/services").document
    assert {service["service_code"] for service in services} >= {"POTHOLE", "0042", "A/B c.d"}


def test_it_gets_the_questions_of_a_service(client: GeoReport, format: str) -> None:
    """DEF-01, DEF-02"""
    definition = client.get_service_definition("SURVEY")
    attributes: Any = definition["attributes"]
    if format == "xml":  # where it unpacks nothing
        attributes = attributes["attribute"]
    assert definition["service_code"] == "SURVEY"
    assert [attribute["code"] for attribute in attributes][:2] == ["WHO", "WHAT"]


def test_it_lists_service_requests_by_every_filter_it_has(client: GeoReport, api: Api) -> None:
    """LST-12, LST-14"""
    first, second = api.report(description="One"), api.report(description="Another")
    listed = client.get_service_requests(service_request_id=f"{first},{second}")
    assert {row["service_request_id"] for row in listed} == {first, second}
    day = client.get_service_request(first)["requested_datetime"]
    filtered = client.get_service_requests(
        service_code="POTHOLE,0042", status="open", start_date=day, end_date=_tomorrow()
    )
    assert {first, second} <= {row["service_request_id"] for row in filtered}


def _tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_it_gets_one_service_request(client: GeoReport, api: Api) -> None:
    """ONE-01"""
    service_request_id = api.report(description="A hole")
    assert client.get_service_request(service_request_id) == api.one(service_request_id)


def test_it_follows_a_report_to_the_sandbox(server: str, format: str) -> None:
    form = {"api_key": "sandbox", "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    answer = requests.post(f"{server}/open311/test/v2/requests.json", data=form, timeout=PATIENCE)
    sandbox = GeoReport(f"{server}/open311/test/v2", output_format=format)
    row = sandbox.get_service_request(answer.json()[0]["service_request_id"])
    assert row["status"] == "open"


def test_it_raises_what_it_is_made_to_raise(client: GeoReport) -> None:
    """ERR-03"""
    with pytest.raises(requests.HTTPError, match="404"):
        client.get_service_definition("NONE")
    with pytest.raises(requests.HTTPError, match="400"):
        client.get_service_requests(status="lost")
