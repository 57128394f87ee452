"""The JSON Schemas that validate.open311.org checks servers with, as spec 1.7 describes them."""

from typing import Any

import pytest
from georeport_client import KEYS, Api
from jsonschema import Draft202012Validator, FormatChecker

TEXT = {"type": "string"}
CODE = {"type": "string", "minLength": 1}
TEXT_OR_NULL = {"type": ["string", "null"]}
NUMBER_OR_NULL = {"type": ["number", "null"]}
TIME = {"type": "string", "format": "date-time"}
TIME_OR_NULL = {"type": ["string", "null"], "format": "date-time"}


def rows(required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "object", "required": required, "properties": properties},
    }


SERVICES = rows(
    ["service_code", "service_name", "metadata", "type"],
    {
        "service_code": CODE,
        "service_name": CODE,
        "description": TEXT_OR_NULL,
        "metadata": {"type": "boolean"},
        "type": {"enum": ["realtime", "batch", "blackbox"]},
        "keywords": TEXT_OR_NULL,
        "group": TEXT_OR_NULL,
    },
)
DEFINITION = {
    "type": "object",
    "required": ["service_code", "attributes"],
    "properties": {
        "service_code": CODE,
        "attributes": rows(
            ["variable", "code", "datatype", "required", "order", "description"],
            {
                "variable": {"type": "boolean"},
                "code": CODE,
                "datatype": {
                    "enum": [
                        *("string", "number", "datetime", "text"),
                        *("singlevaluelist", "multivaluelist"),
                    ]
                },
                "required": {"type": "boolean"},
                "datatype_description": TEXT_OR_NULL,
                "order": {"type": ["integer", "null"]},
                "description": TEXT_OR_NULL,
                "values": rows(["key", "name"], {"key": TEXT, "name": TEXT}),
            },
        ),
    },
}
SERVICE_REQUESTS = rows(
    ["service_request_id", "status", "service_code", "requested_datetime"],
    {
        "service_request_id": CODE,
        "status": {"enum": ["open", "closed"]},
        "status_notes": TEXT_OR_NULL,
        "service_name": TEXT_OR_NULL,
        "service_code": CODE,
        "description": TEXT_OR_NULL,
        "agency_responsible": TEXT_OR_NULL,
        "service_notice": TEXT_OR_NULL,
        "requested_datetime": TIME,
        "updated_datetime": TIME_OR_NULL,
        "expected_datetime": TIME_OR_NULL,
        "address": TEXT_OR_NULL,
        "address_id": TEXT_OR_NULL,
        "zipcode": TEXT_OR_NULL,
        "lat": NUMBER_OR_NULL,
        "long": NUMBER_OR_NULL,
        "media_url": TEXT_OR_NULL,
    },
)


@pytest.fixture
def api(server: str) -> Api:
    """The JSON of one city: the schemas are for it alone."""
    return Api(server, "json", KEYS["gridtown.example"])


def complaints(schema: dict[str, Any], document: Any) -> list[str]:
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [error.message for error in validator.iter_errors(document)]


def test_the_services_and_all_their_definitions_pass(api: Api) -> None:
    """LST-21, SVC-04, DEF-05, DEF-06, DEF-10"""
    services = api.get("v2/services").document
    assert complaints(SERVICES, services) == []
    for service in services:
        code = service["service_code"].replace("/", "%2F")
        assert complaints(DEFINITION, api.get(f"v2/services/{code}").document) == []


def test_the_list_and_each_service_request_pass(api: Api) -> None:
    """LST-02, LST-21, GEN-19"""
    api.report(address_string="1 Long Street", zipcode="00100")
    listed = api.get("v2/requests").document
    assert len(listed) >= 5
    assert complaints(SERVICE_REQUESTS, listed) == []
    for row in listed[:5]:
        one = api.get(f"v2/requests/{row['service_request_id']}").document
        assert complaints(SERVICE_REQUESTS, one) == []


def test_the_schemas_find_what_is_wrong() -> None:
    """Numbers for ids, words for booleans, null for a list: what servers in the field send."""
    row = {"service_request_id": 7, "status": "lost", "service_code": "", "lat": "0.5"}
    assert len(complaints(SERVICE_REQUESTS, [row])) == 5
    assert complaints(DEFINITION, {"service_code": "A", "attributes": None})
    service = {"service_code": "A", "service_name": "A", "metadata": "true", "type": "realtime"}
    assert complaints(SERVICES, [service]) == ["'true' is not of type 'boolean'"]
