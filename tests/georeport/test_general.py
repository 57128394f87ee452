"""GEN: what holds for every endpoint."""

import re

import pytest
import requests
from georeport_client import CONTENT_TYPES, Api, as_text
from servers import PATIENCE

READABLE = [
    "discovery",
    "v2/services",
    "v2/services/SURVEY",
    "v2/requests",
    "v2/requests/26-0000003",
    "v2/servicerequestupdates",
]
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
FIELDS_OF_V2 = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code"),
    *("description", "agency_responsible", "service_notice", "requested_datetime"),
    *("updated_datetime", "expected_datetime", "address", "address_id", "zipcode"),
    *("lat", "long", "media_url"),
}

ANY_ADDRESS = [
    *READABLE,
    *("v2/services/TIP", "v2/requests/unknown", "v2/services/unknown"),
    *("v2/tokens/unknown", "v2/update_tokens/unknown", "test/v2/requests"),
    "test/v2/services/SURVEY",
]

pytestmark = pytest.mark.both_formats


def pending_token(api: Api) -> str:
    return api.post(service_code="LAMP", lat=0.5, long=0.5).document[0]["token"]


def test_every_endpoint_answers_with_its_suffix_and_content_type(api: Api) -> None:
    """GEN-01, GEN-02, GEN-03, GEN-04, GEN-15, GEN-16"""
    for path in [*READABLE, f"v2/tokens/{pending_token(api)}"]:
        answer = api.get(path)
        assert answer.status == 200, path
        if path != "discovery":  # see test_discovery.py
            assert answer.response.headers["Content-Type"] == CONTENT_TYPES[api.format]
    posted = api.post(service_code="POTHOLE", lat=0.5, long=0.5)
    assert posted.status == 200
    assert posted.response.headers["Content-Type"] == CONTENT_TYPES[api.format]


@pytest.mark.parametrize("format", ["xml"], indirect=True)
def test_xml_declares_utf_8_and_is_well_formed(api: Api) -> None:
    """GEN-05"""
    for path in [*READABLE, "v2/nothing"]:
        answer = api.get(path)
        assert answer.response.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<')
        assert answer.root.tag


@pytest.mark.parametrize("format", ["xml"], indirect=True)
def test_xml_has_no_namespace_no_attributes_and_only_v2_elements(api: Api) -> None:
    """GEN-07"""
    for path in READABLE:
        for element in api.get(path).root.iter():
            assert not element.attrib
            assert not element.tag.startswith("{")
    for row in api.get("v2/requests").root:
        assert {element.tag for element in row} == FIELDS_OF_V2


def test_text_beyond_ascii_survives(api: Api) -> None:
    """GEN-06"""
    text = "Straße, 東京, 🚧, Łódź"
    row = api.one(api.report(description=text, address_string=text))
    assert (row["description"], row["address"]) == (text, text)


def test_datetimes_are_w3c_with_zone_and_whole_seconds(api: Api) -> None:
    """GEN-08, GEN-09"""
    seen = 0
    for row in api.get("v2/requests").document:
        for name, value in row.items():
            if name.endswith("_datetime") and value:
                assert DATETIME.fullmatch(value)
                seen += 1
    assert seen > 5
    assert DATETIME.fullmatch(api.get("discovery").document["changeset"])


@pytest.mark.parametrize(
    "name",
    ["jurisdiction_id", "service_code", "status", "start_date", "end_date", "service_request_id"],
)
def test_an_empty_parameter_is_an_absent_one(api: Api, name: str) -> None:
    """GEN-10"""
    assert api.get("v2/requests", **{name: ""}).ids() == api.get("v2/requests").ids()


def test_an_empty_parameter_of_a_post_is_an_absent_one(api: Api) -> None:
    """GEN-10"""
    answer = api.post(service_code="POTHOLE", lat="", long=" ", address_string="Here", email="")
    assert answer.status == 200


def test_unknown_parameters_change_nothing(api: Api) -> None:
    """GEN-11"""
    expected = api.get("v2/requests").ids()
    assert api.get("v2/requests", legacy="false", api_key="x", deviceid="1").ids() == expected


def test_several_cities_need_a_jurisdiction_id_everywhere(two_towns_api: Api) -> None:
    """GEN-12; discovery describes all of them, see test_discovery.py"""
    for path in [*READABLE[1:], "v2/tokens/whatever"]:
        answer = two_towns_api.get(path)
        assert answer.status == 400, path
        assert "jurisdiction_id" in answer.sentences[0]
    posted = two_towns_api.post(service_code="POTHOLE", lat=0.5, long=0.5)
    assert posted.status == 400
    assert "jurisdiction_id" in posted.sentences[0]


def test_an_unknown_jurisdiction_id_is_not_found(api: Api, two_towns_api: Api) -> None:
    """GEN-13"""
    for endpoint in (api, two_towns_api):
        for path in [*READABLE, "v2/tokens/whatever"]:
            answer = endpoint.get(path, jurisdiction_id="nowhere.example")
            assert answer.status == 404, path
            assert "jurisdiction_id" in answer.sentences[0]
        posted = endpoint.post(jurisdiction_id="nowhere.example", service_code="POTHOLE")
        assert posted.status == 404


def test_one_city_needs_no_jurisdiction_id_and_takes_its_own(api: Api) -> None:
    """GEN-14"""
    assert api.get("v2/services").status == 200
    assert api.get("v2/services", jurisdiction_id="gridtown.example").status == 200


@pytest.mark.parametrize("parameters", [{}, {"extensions": "true"}, {"status": "nonsense"}])
def test_xml_and_json_are_one_document(server: str, parameters: dict[str, str]) -> None:
    """GEN-17, GEN-18, GEN-20; GeoJSON in the discovery is a text in XML, see test_discovery.py"""
    xml, json = (Api(server, format, "") for format in ("xml", "json"))
    for path in ANY_ADDRESS:
        if path == "discovery" and "extensions" in parameters:
            continue
        answers = [api.get(path, **parameters) for api in (xml, json)]
        assert answers[0].status == answers[1].status
        assert answers[0].document == as_text(answers[1].document), path


def test_ids_and_codes_are_strings_with_their_zeros(server: str) -> None:
    """GEN-19"""
    json = Api(server, "json", "")
    assert "0042" in [row["service_code"] for row in json.get("v2/services").document]
    assert json.one("26-0000003")["service_code"] == "0042"
    assert json.one("26-0000003")["zipcode"] == "00100"


def test_another_suffix_is_not_found_and_another_method_not_allowed(server: str) -> None:
    """GEN-21"""
    for suffix in ("", ".html", ".csv", ".xml.", ".JSON"):
        answer = requests.get(f"{server}/open311/v2/services{suffix}", timeout=PATIENCE)
        assert answer.status_code == 404, suffix
        assert answer.headers["Content-Type"] == CONTENT_TYPES["xml"]
    answer = requests.delete(f"{server}/open311/v2/services.json", timeout=PATIENCE)
    assert answer.status_code == 405
    assert answer.json()[0]["code"] == 405
    assert "GET" in answer.headers["Allow"]


def test_browsers_of_other_sites_may_read(api: Api) -> None:
    """GEN-22"""
    answer = api.send("GET", "v2/services", headers={"Origin": "https://map.example"})
    assert answer.response.headers["Access-Control-Allow-Origin"] == "*"


def test_control_characters_do_not_break_xml(api: Api) -> None:
    """GEN-23"""
    row = api.one(api.report(description="a\x00b\x0bc\ufffed\r\ne"))
    assert row["description"].replace("\r\n", "\n") == "abcd\ne"


def test_doubled_slashes_are_answered_in_place(server: str) -> None:
    answer = requests.get(
        f"{server}//open311//v2///services.json", timeout=PATIENCE, allow_redirects=False
    )
    assert answer.status_code == 200


def test_head_and_options_are_answered(server: str) -> None:
    assert requests.head(f"{server}/open311/v2/services.json", timeout=PATIENCE).status_code == 200
    preflight = {"Origin": "https://map.example", "Access-Control-Request-Method": "POST"}
    answer = requests.options(
        f"{server}/open311/v2/requests.json", headers=preflight, timeout=PATIENCE
    )
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Headers" not in answer.headers


def test_pages_of_other_sites_may_send_any_header_but_no_other_method(server: str) -> None:
    def ask(path: str, method: str) -> requests.structures.CaseInsensitiveDict[str]:
        preflight = {
            "Origin": "https://map.example",
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type, authorization",
            "Access-Control-Request-Private-Network": "true",
        }
        return requests.options(f"{server}{path}", headers=preflight, timeout=PATIENCE).headers

    posted = ask("/open311/v2/requests.json", "POST")
    assert posted["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert posted["Access-Control-Allow-Private-Network"] == "false"
    put = ask("/open311/v2/requests.json", "PUT")
    assert put["Access-Control-Allow-Origin"] == "*"
    assert not {"Access-Control-Allow-Methods", "Access-Control-Allow-Headers"} & put.keys()
    assert "Access-Control-Allow-Origin" not in ask("/staff/sign-in", "POST")
