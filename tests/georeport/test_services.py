"""SVC and DEF: the catalog."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from georeport_client import KEYS, Api
from servers import running_server

DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}
TRUE = {"xml": "true", "json": True}
FALSE = {"xml": "false", "json": False}


@pytest.mark.both_formats
def test_the_list_has_all_fields_of_each_service(api: Api) -> None:
    """SVC-01, SVC-02, SVC-03"""
    answer = api.get("v2/services")
    if api.format == "xml":
        assert answer.root.tag == "services"
        assert {element.tag for element in answer.root} == {"service"}
    services = answer.document
    assert isinstance(services, list)
    for service in services:
        assert set(service) == {
            *("service_code", "service_name", "description", "metadata"),
            *("type", "keywords", "group"),
        }
    codes = [service["service_code"] for service in services]
    assert sorted(codes) == ["0042", "A/B c.d", "LAMP", "POTHOLE", "SURVEY", "TIP"]


@pytest.mark.both_formats
def test_metadata_tells_whether_there_are_questions(api: Api) -> None:
    """SVC-04, DEF-12"""
    for service in api.get("v2/services").document:
        expected = service["service_code"] == "SURVEY"
        assert service["metadata"] == (TRUE if expected else FALSE)[api.format]
        attributes = api.get(f"v2/services/{service['service_code']}").document["attributes"]
        assert bool(attributes) == expected


def test_type_is_one_of_three(api: Api) -> None:
    """SVC-05"""
    types = {row["service_code"]: row["type"] for row in api.get("v2/services").document}
    assert types == {
        **dict.fromkeys(["POTHOLE", "SURVEY", "0042", "A/B c.d"], "realtime"),
        "LAMP": "batch",
        "TIP": "blackbox",
    }


def test_keywords_are_one_text_and_empty_ones_no_null(server: str) -> None:
    """SVC-06, SVC-07"""
    services = {
        row["service_code"]: row for row in Api(server, "json", "").get("v2/services").document
    }
    assert services["POTHOLE"]["keywords"] == "street,hole"
    assert services["SURVEY"]["keywords"] == ""
    assert services["TIP"]["group"] == ""


def test_a_confidential_service_is_private_to_clients(still_server: str) -> None:
    """FixMyStreet splits keywords without trimming, and hides requests for private services"""
    services = Api(still_server, "json", "").get("v2/services").document
    private = [row["service_code"] for row in services if "private" in row["keywords"].split(",")]
    assert private == [row["service_code"] for row in services if row["type"] == "blackbox"]
    assert private == ["TIP"]


def test_each_city_has_its_own_services_only(two_towns_api: Api) -> None:
    """SVC-09"""
    codes = {}
    for city in KEYS:
        services = two_towns_api.get("v2/services", jurisdiction_id=city).document
        codes[city] = {service["service_code"] for service in services}
    assert codes["hilltown.example"] == {"GOAT", "POTHOLE"}
    assert "GOAT" not in codes["gridtown.example"]
    answer = two_towns_api.get("v2/services/GOAT", jurisdiction_id="gridtown.example")
    assert answer.status == 404


def test_an_empty_catalog_is_an_empty_list(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path, format: str
) -> None:
    """SVC-08"""
    database = fresh_database(gridtown)
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE services SET active = false")
    with running_server(database, tmp_path / "log") as address:
        answer = Api(address, format, "").get("v2/services")
    assert (answer.status, answer.document) == (200, [])


@pytest.mark.both_formats
def test_a_definition_names_its_service_and_its_questions(api: Api) -> None:
    """DEF-01, DEF-02, DEF-03, DEF-04"""
    answer = api.get("v2/services/SURVEY")
    if api.format == "xml":
        assert answer.root.tag == "service_definition"
        assert [element.tag for element in answer.root] == ["service_code", "attributes"]
    assert set(answer.document) == {"service_code", "attributes"}
    assert answer.document["service_code"] == "SURVEY"
    for attribute in answer.document["attributes"]:
        assert {
            *("variable", "code", "datatype", "required"),
            *("datatype_description", "order", "description"),
        } == set(attribute) - {"values"}


@pytest.mark.both_formats
def test_questions_are_of_known_types_ordered_and_distinct(api: Api) -> None:
    """DEF-05, DEF-06, DEF-07, DEF-08"""
    attributes = api.get("v2/services/SURVEY").document["attributes"]
    assert {attribute["datatype"] for attribute in attributes} == DATATYPES
    flags = {TRUE[api.format], FALSE[api.format]}
    assert {attribute["variable"] for attribute in attributes} == flags
    assert {attribute["required"] for attribute in attributes} == flags
    assert [int(attribute["order"]) for attribute in attributes] == [1, 2, 3, 4, 5, 6, 7]
    assert len({attribute["code"] for attribute in attributes}) == len(attributes)


def test_lists_have_values_and_others_none(api: Api) -> None:
    """DEF-09, DEF-10"""
    attributes = {row["code"]: row for row in api.get("v2/services/SURVEY").document["attributes"]}
    assert attributes["WHO"]["values"] == [
        {"key": "CREW", "name": "A crew"},
        {"key": "CLERK", "name": "A clerk"},
    ]
    assert [value["key"] for value in attributes["WHAT"]["values"]] == ["A", "B", "01"]
    for code, attribute in attributes.items():
        assert ("values" in attribute) == (code in {"WHO", "WHAT"})


def test_an_unknown_service_is_not_found(api: Api) -> None:
    """DEF-11"""
    answer = api.get("v2/services/NOTHING")
    assert answer.status == 404
    assert "NOTHING" in answer.sentences[0]


@pytest.mark.parametrize("path", ["A%2FB%20c.d", "A/B c.d", "0042"])
def test_codes_with_slashes_blanks_and_dots_are_found(api: Api, path: str) -> None:
    """ONE-04"""
    answer = api.get(f"v2/services/{path}")
    assert answer.status == 200
    assert answer.document["attributes"] == []


def test_questions_that_apps_answer_say_so_and_are_stored(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """As FixMyStreet documents them: nobody else can answer what its server sets"""
    add = (
        'INSERT INTO service_attributes (service_id, code, datatype, required, variable, "order",'
        " description, datatype_description, automated) SELECT id, %s, 'string', true, true, %s,"
        " 'From the app', '', %s FROM services WHERE service_code = 'A/B c.d'"
    )
    rows = [
        *(("fixmystreet_id", 1, ""), ("easting", 2, "server_set")),
        *(("usrn", 3, "hidden_field"), ("STORY", 4, "")),
    ]
    with psycopg.connect(database) as connection:
        connection.cursor().executemany(add, rows)
    shown = Api(api.address, "json", "").get("v2/services/A%2FB c.d").document["attributes"]
    assert [(one["code"], one.get("automated"), one["required"]) for one in shown] == [
        ("fixmystreet_id", "server_set", False),
        ("easting", "server_set", False),
        ("usrn", "hidden_field", True),
        ("STORY", None, True),
    ]
    report = {"service_code": "A/B c.d", "lat": 0.5, "long": 0.5, "attribute[STORY]": "Long ago."}
    [refused] = api.post(**report).sentences
    assert "usrn" in refused
    answers = {"attribute[usrn]": "20", "attribute[fixmystreet_id]": "311"}
    id_ = api.post(**report, **answers).ids()[0]
    with psycopg.connect(database) as connection:
        [stored] = connection.execute(
            "SELECT answers FROM service_requests WHERE service_request_id = %s", [id_]
        ).fetchall()
        connection.execute("DELETE FROM service_attributes WHERE description = 'From the app'")
    assert stored[0] == {"usrn": "20", "fixmystreet_id": "311", "STORY": "Long ago."}
