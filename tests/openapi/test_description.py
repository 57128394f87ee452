"""The OpenAPI description: valid, complete, and made from the schemas that run."""

import importlib
import re
from typing import Any

import pytest
from apispec import APISpec
from apispec.ext.marshmallow.common import get_fields
from flask import Flask
from jsonschema import Draft202012Validator

from open311.app import create_app
from open311.georeport.openapi.converter import PROPERTIES_OF, Plugin
from open311.georeport.openapi.description import describe
from open311.georeport.openapi.endpoints import ENDPOINTS, Endpoint
from open311.georeport.openapi.operations import Operations
from open311.georeport.openapi.prose import ANSWERS_PATTERN, TOPICS
from open311.web.parameters import ENDPOINT, TEST_ENDPOINT
from schemas.requests.submission import SubmissionSchema
from schemas.search.request_filters import ServiceRequestFiltersSchema

ADDRESS = "https://311.gridtown.example"
ABOUT_ITSELF = ("/open311/openapi.json", "/open311/docs", "/open311/static/")


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return describe(ADDRESS)


def operations(description: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    """All operations by method and whole path."""
    return {
        (method.upper(), server["url"].removeprefix(ADDRESS) + path): operation
        for path, item in description["paths"].items()
        for method, operation in item.items()
        for server in operation.get("servers", [{"url": f"{ADDRESS}{ENDPOINT}"}])
    }


def served(app: Flask, at: str) -> set[tuple[str, str]]:
    """All methods and paths below an address that a client may ask for, as OpenAPI writes them."""
    return {
        (method, re.sub(r"<(?:[^<>]+:)?(\w+)>", r"{\1}", path))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(at) and not rule.rule.startswith(ABOUT_ITSELF)
        for path in with_each_suffix(app, rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def with_each_suffix(app: Flask, path: str) -> list[str]:
    placeholder = re.search(r"<(\w+):format>", path)
    if placeholder is None:
        return [path]
    suffixes = app.url_map.converters[placeholder[1]].regex.split("|")
    return [path.replace(placeholder[0], suffix) for suffix in suffixes]


def test_it_is_valid(description: dict[str, Any]) -> None:
    # At the top, every worker of the tests would import it: that takes longer than this test.
    schemathesis = importlib.import_module("schemathesis")
    schemathesis.openapi.from_dict(description).validate()
    for schema in description["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_it_describes_all_that_is_served_and_nothing_else(description: dict[str, Any]) -> None:
    app = create_app({"DATABASE_URL": "postgresql://nowhere/city"})
    at_test_endpoint = served(app, TEST_ENDPOINT)
    bases = ("/open311/", "/routing/", "/stats/")
    everywhere_else = set[tuple[str, str]]().union(*(served(app, one) for one in bases))
    everywhere_else -= at_test_endpoint
    assert set(operations(description)) == everywhere_else
    assert at_test_endpoint == {
        (method, path.replace(ENDPOINT, TEST_ENDPOINT))
        for method, path in everywhere_else
        if path.startswith(f"{ENDPOINT}/") and "/webhooks" not in path
    }


def test_every_parameter_that_is_taken_is_described(description: dict[str, Any]) -> None:
    by_name = operations(description)
    sent = by_name["GET", "/open311/v2/requests.json"]["parameters"]
    assert {parameter["name"] for parameter in sent} == {
        *ServiceRequestFiltersSchema._declared_fields,
        "jurisdiction_id",
    }
    posted = description["components"]["schemas"]["PostServiceRequest"]["properties"]
    assert set(posted) == {*SubmissionSchema().fields, "api_key", "jurisdiction_id"}
    for parameter in [*posted.values(), *(p for o in by_name.values() for p in o["parameters"])]:
        assert parameter["description"].endswith(".")


def test_every_type_of_field_of_ours_is_described() -> None:
    used = {
        type(field)
        for endpoint in ENDPOINTS
        for schema in (endpoint.query, endpoint.body)
        if schema is not None
        for field in get_fields(schema).values()
    }
    ours = {kind for kind in used if kind.__module__.startswith("schemas.")}
    assert len(ours) > 8
    assert [kind for kind in ours if not set(kind.__mro__) & set(PROPERTIES_OF)] == []


def test_limits_and_forms_of_values_are_those_of_the_fields(description: dict[str, Any]) -> None:
    posted = description["components"]["schemas"]["PostServiceRequest"]["properties"]
    assert (posted["lat"]["minimum"], posted["lat"]["maximum"]) == (-90, 90)
    assert posted["description"]["maxLength"] == 4000
    assert posted["media_url"]["items"]["format"] == "uri"
    sent = operations(description)["GET", "/open311/v2/requests.xml"]["parameters"]
    by_name = {parameter["name"]: parameter for parameter in sent}
    assert by_name["start_date"]["schema"] == {"type": "string", "format": "date-time"}
    assert by_name["extensions"]["schema"] == {"type": "boolean", "default": False}
    assert (by_name["status"]["style"], by_name["status"]["explode"]) == ("form", False)
    assert by_name["status"]["schema"]["items"]["enum"][0] == "open"
    assert by_name["agency_responsible"]["style"] == "pipeDelimited"
    assert by_name["bbox"]["schema"] == {"type": "string"}


@pytest.mark.parametrize("name", ["attribute[C]", "attribute[C][]", "attribute[C][0]"])
def test_answers_are_described_in_all_their_spellings(name: str) -> None:
    """POST-13, POST-14, POST-15"""
    assert re.search(ANSWERS_PATTERN, name)
    assert not re.search(ANSWERS_PATTERN, f"x{name}")


def test_documents_have_their_names_in_xml(description: dict[str, Any]) -> None:
    by_name = operations(description)
    for operation in by_name.values():
        [content] = operation["responses"]["400"]["content"].values()
        assert content["schema"]["xml"] == {"name": "errors", "wrapped": True}
        assert content["schema"]["items"]["xml"] == {"name": "error"}
    attribute = description["components"]["schemas"]["Attribute"]["properties"]["values"]
    assert attribute["xml"] == {"name": "values", "wrapped": True}
    assert attribute["items"]["xml"] == {"name": "value"}


def test_errors_are_described_in_the_format_they_come_in(description: dict[str, Any]) -> None:
    by_name = operations(description)
    for path, kind in (
        ("/routing/explain", "application/json"),
        ("/open311/v2/requests.xml", "text/xml"),
    ):
        assert list(by_name["GET", path]["responses"]["400"]["content"]) == [kind]


def test_what_may_be_left_out_is_not_required(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]
    assert schemas["Receipt"]["required"] == []
    assert "values" not in schemas["Attribute"]["required"]
    assert "lat" in schemas["ExtendedServiceRequest"]["required"]


def test_every_endpoint_has_a_name_of_its_own_and_a_known_topic() -> None:
    assert len({endpoint.name for endpoint in ENDPOINTS}) == len(ENDPOINTS)
    assert {endpoint.topic for endpoint in ENDPOINTS} <= set(TOPICS)


def test_files_headers_and_answers_that_are_no_document_can_be_described() -> None:
    endpoint = Endpoint(
        name="sendPicture",
        method="post",
        path="/pictures",
        summary="A picture for a picture",
        topic="Service requests",
        headers={"Idempotency-Key": "The same for the same."},
        body=SubmissionSchema,
        files={"media": "A picture."},
        suffixes={"": "image/png"},
    )
    plugin = Plugin()
    APISpec("A test", "1", "3.1.1", [plugin])
    operation = Operations(plugin.converter).describe(endpoint, "")
    assert [parameter["in"] for parameter in operation["parameters"]] == ["header"]
    assert operation["responses"]["200"]["content"] == {"image/png": {"schema": {}}}
    assert list(operation["responses"]["404"]["content"]) == ["text/xml"]
    form, multipart, _json = operation["requestBody"]["content"].values()
    assert form["schema"] == {"$ref": "#/components/schemas/SendPicture"}
    assert multipart["schema"] == {"$ref": "#/components/schemas/SendPictureWithFiles"}
