"""DIS: service discovery."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from flask import Flask
from georeport_client import KEYS, Api
from servers import CITIES, PATIENCE, running_server
from sqlalchemy import text

from open311.database import db
from open311.operations.imports.seed import load_seed_data
from open311.seed_folder.read import read_seed_folder


def test_both_documents_hold_all_that_is_required(api: Api) -> None:
    """DIS-01, DIS-02, DIS-03"""
    document = api.get("discovery").document
    assert set(document) == {"changeset", "contact", "key_service", "endpoints"}
    assert document["contact"] == "Write to Gridtown."
    assert document["key_service"].startswith("Ask Gridtown. ")
    for endpoint in document["endpoints"]:
        assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
        assert all(endpoint.values())


def test_the_endpoints_are_of_georeport_v2_one_of_them_for_tests(api: Api) -> None:
    """DIS-04, DIS-05, DIS-06"""
    endpoints = api.get("discovery").document["endpoints"]
    assert [endpoint["type"] for endpoint in endpoints] == ["production", "test"]
    for endpoint in endpoints:
        assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
        assert endpoint["formats"] == ["text/xml", "application/json"]


def test_discovery_tells_the_key_that_everyone_may_use_for_tests(api: Api) -> None:
    assert (
        "Everyone can use the api_key 'sandbox' at the test endpoint"
        in api.get("discovery").document["key_service"]
    )


def test_json_has_no_wrapper_and_real_arrays(server: str) -> None:
    """DIS-07"""
    document = requests.get(f"{server}/open311/discovery.json", timeout=PATIENCE).json()
    assert "discovery" not in document
    assert isinstance(document["endpoints"], list)
    assert all(isinstance(format, str) for format in document["endpoints"][0]["formats"])


def test_each_url_leads_to_the_services(api: Api) -> None:
    """DIS-08"""
    production, test = (
        requests.get(f"{endpoint['url']}/services.xml", timeout=PATIENCE)
        for endpoint in api.get("discovery").document["endpoints"]
    )
    assert (production.status_code, test.status_code) == (200, 200)
    assert test.content == production.content


def test_the_url_is_the_public_one_where_it_is_set(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    """DIS-08, behind a proxy"""
    settings = {"OPEN311_PUBLIC_URL": "https://311.gridtown.example/"}
    with running_server(fresh_database(gridtown), tmp_path / "log", settings) as address:
        document = requests.get(f"{address}/open311/discovery.json", timeout=PATIENCE).json()
    assert [endpoint["url"] for endpoint in document["endpoints"]] == [
        "https://311.gridtown.example/open311/v2",
        "https://311.gridtown.example/open311/test/v2",
    ]


def test_the_changeset_is_a_moment_of_the_past(api: Api) -> None:
    """DIS-09"""
    changeset = datetime.fromisoformat(api.get("discovery").document["changeset"])
    assert changeset <= datetime.now(UTC)


def test_the_changeset_grows_when_a_service_changes(app: Flask, tmp_path: Path) -> None:
    """DIS-10"""
    client = app.test_client()

    def changeset() -> str:
        document = client.get("/open311/discovery.json").get_json()
        changesets = {endpoint["changeset"] for endpoint in document["endpoints"]}
        assert changesets == {document["changeset"]}
        return document["changeset"]

    before = changeset()
    folder = tmp_path / "gridtown"
    shutil.copytree(CITIES / "gridtown", folder)
    load_seed_data(read_seed_folder(folder))
    assert changeset() == before
    services = (folder / "services.csv").read_text()
    (folder / "services.csv").write_text(services.replace("A dark lamp.", "A flickering lamp."))
    load_seed_data(read_seed_folder(folder))
    assert changeset() > before


def test_each_of_several_cities_has_its_own(two_towns_api: Api) -> None:
    """GEN-12, DIS-02"""
    for city in KEYS:
        document = two_towns_api.get("discovery", jurisdiction_id=city).document
        assert document["contact"].removeprefix("Write to ") == f"{city.split('.')[0].title()}."
        assert [endpoint["type"] for endpoint in document["endpoints"]] == ["production", "test"]


@pytest.mark.both_formats
def test_several_cities_are_all_described_without_a_jurisdiction_id(two_towns_api: Api) -> None:
    own = [two_towns_api.get("discovery", jurisdiction_id=city).document for city in KEYS]
    for asked in ({}, {"jurisdiction_id": ""}, {"extensions": "true"}):
        document = two_towns_api.get("discovery", **asked).document
        assert set(document) == {"changeset", "contact", "key_service", "endpoints"}
        assert document["changeset"] == max(one["changeset"] for one in own)
        assert document["contact"] == (
            "Gridtown (jurisdiction_id gridtown.example): Write to Gridtown. "
            "Hilltown (jurisdiction_id hilltown.example): Write to Hilltown."
        )
        assert "Hilltown (jurisdiction_id hilltown.example): Ask" in document["key_service"]
        assert [one["url"] for one in document["endpoints"]] == [
            one["url"] for one in own[0]["endpoints"]
        ]


@pytest.mark.both_formats
def test_discovery_is_also_below_each_endpoint(api: Api, two_towns_api: Api) -> None:
    for one in (api, two_towns_api):
        expected = one.get("discovery").document
        assert one.get("v2/discovery").document == expected
        assert one.get("test/v2/discovery").document == expected


@pytest.mark.both_formats
def test_the_content_type_is_one_of_the_formats_without_a_charset(api: Api) -> None:
    answer = api.get("discovery")
    kind = answer.response.headers["Content-Type"]
    assert kind == {"xml": "text/xml", "json": "application/json"}[api.format]
    assert kind in answer.document["endpoints"][0]["formats"]


@pytest.mark.both_formats
def test_the_service_area_is_added_when_asked_for(api: Api) -> None:
    """JSON has the GeoJSON itself, XML its text."""
    document = api.get("discovery", extensions="true").document
    area = document["service_area"]
    if api.format == "xml":
        area = json.loads(area)
    ring = [[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]
    assert area == {"type": "MultiPolygon", "coordinates": [[ring]]}
    del document["service_area"]
    assert document == api.get("discovery").document


def test_a_city_without_a_service_area_leaves_it_out(two_towns_api: Api) -> None:
    parameters = {"jurisdiction_id": "hilltown.example", "extensions": "true"}
    assert "service_area" not in two_towns_api.get("discovery", **parameters).document


def test_degrees_of_the_service_area_have_six_decimals_at_most(app: Flask) -> None:
    db.session.execute(
        text(
            "UPDATE jurisdictions "
            "SET service_area = ST_Multi(ST_MakeEnvelope(0, 0, 1.0 / 3, 1, 4326))"
        )
    )
    db.session.commit()
    answer = app.test_client().get("/open311/discovery.json?extensions=true")
    assert "[0.333333,1]" in answer.text


def test_what_extensions_cannot_be_is_an_error(api: Api) -> None:
    answer = api.get("discovery", extensions="perhaps")
    assert answer.status == 400
    assert "extensions" in answer.sentences[0]
