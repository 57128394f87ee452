"""POST: creating service requests."""

from typing import Any

import psycopg
import pytest
import requests
from georeport_client import Api
from servers import PATIENCE, running_server

PLACE = {"lat": 0.5, "long": 0.5}
SURVEY = {"service_code": "SURVEY", **PLACE, "attribute[WHO]": "CREW"}


def refused(answer: Any, status: int, *words: str) -> None:
    """Check an error, and that its first sentences name what is wrong."""
    assert answer.status == status, answer.response.text
    for word, sentence in zip(words, answer.sentences, strict=True):
        assert word in sentence


def stored_answers(database: str, service_request_id: str) -> dict[str, Any]:
    statement = "SELECT answers FROM service_requests WHERE service_request_id = %s"
    with psycopg.connect(database) as connection:
        row = connection.execute(statement, [service_request_id]).fetchone()
    assert row is not None
    return row[0]


def test_a_form_in_utf_8_is_taken(api: Api) -> None:
    """POST-01, ERR-03"""
    answer = api.send(
        "POST",
        "v2/requests",
        data=f"api_key={api.key}&service_code=POTHOLE&lat=0.5&long=0.5&description=Stra%C3%9Fe",
        headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
    )
    assert api.one(answer.ids()[0])["description"] == "Straße"


@pytest.mark.parametrize("key", [None, "", "  ", "wrong", "\x00", "key-of-hilltown"])
def test_without_a_valid_key_nothing_is_taken(api: Api, key: str | None) -> None:
    """POST-02, ERR-04"""
    fields = {} if key is None else {"api_key": key}
    answer = api.post(_with_key=False, service_code="POTHOLE", **PLACE, **fields)
    refused(answer, 403, "api_key")


def test_the_key_of_another_city_is_refused(two_towns_api: Api) -> None:
    """POST-02"""
    answer = two_towns_api.post(
        jurisdiction_id="hilltown.example", service_code="POTHOLE", address_string="Up"
    )
    refused(answer, 403, "api_key")


@pytest.mark.parametrize("fields", [{}, {"service_code": ""}, {"service_code": "  "}])
def test_a_missing_service_code_is_an_error(api: Api, fields: dict[str, str]) -> None:
    """POST-03, ERR-05"""
    refused(api.post(**PLACE, **fields), 400, "service_code")


def test_an_unknown_service_code_is_not_found(api: Api) -> None:
    """POST-04"""
    refused(api.post(service_code="NOTHING", **PLACE), 404, "service_code 'NOTHING'")


def test_a_report_from_nowhere_is_refused(api: Api) -> None:
    """POST-05"""
    refused(api.post(service_code="POTHOLE"), 400, "lat")
    refused(api.post(service_code="POTHOLE", lat="", long="", address_string=" "), 400, "lat")


def test_coordinates_suffice(api: Api) -> None:
    """POST-06, LST-18"""
    row = api.one(api.report(lat="0.25", long="-0.125"))
    assert (float(row["lat"]), float(row["long"])) == (0.25, -0.125)
    assert row["address"] is None


def test_latitude_and_longitude_zero_are_a_place(api: Api) -> None:
    """POST-06"""
    row = api.one(api.report(lat="0", long="0"))
    assert (float(row["lat"]), float(row["long"])) == (0, 0)


def test_an_address_suffices(api: Api) -> None:
    """POST-07"""
    row = api.one(api.report(address_string="12 Long Street"))
    assert row["address"] == "12 Long Street"
    assert (row["lat"], row["long"]) == (None, None)
    assert row["agency_responsible"] == "Town Hall"


def test_an_address_id_alone_is_refused_as_there_is_no_register(api: Api) -> None:
    """POST-08"""
    refused(api.post(service_code="POTHOLE", address_id="77"), 400, "address_id")


@pytest.mark.parametrize(("sent", "missing"), [("lat", "long"), ("long", "lat")])
def test_half_a_pair_of_coordinates_is_refused(api: Api, sent: str, missing: str) -> None:
    """POST-09"""
    answer = api.post(service_code="POTHOLE", **{sent: "0.5"})
    refused(answer, 400, f"{missing} is required")


def test_all_forms_of_a_place_together_are_taken(api: Api) -> None:
    """POST-10"""
    row = api.one(api.report(**PLACE, address_string="12 Long Street", address_id="77"))
    assert (row["address"], row["address_id"]) == ("12 Long Street", "77")
    assert float(row["lat"]) == 0.5


@pytest.mark.both_formats
def test_zero_and_zero_are_a_place_unless_there_is_an_address(api: Api) -> None:
    zero = {"lat": "0", "long": "0"}
    alone = api.one(api.report(**zero, address_id="0"))
    assert (float(alone["lat"]), float(alone["long"]), alone["address_id"]) == (0, 0, None)
    for name in ("address_string", "address"):
        row = api.one(api.report(**zero, **{name: "12 Long Street"}))
        assert (row["lat"], row["address"]) == (None, "12 Long Street")
    equator = api.one(api.report(lat="0", long="0.5", address_string="12 Long Street"))
    assert float(equator["lat"]) == 0


def test_an_address_id_of_zero_is_none(api: Api) -> None:
    answer = api.post(service_code="POTHOLE", address_id="0")
    refused(answer, 400, "A location is required")


@pytest.mark.parametrize(
    "value", ["north", "nan", "inf", "-inf", "1e309", "0x1", "91", "-90.000001", "4,5", "1_0", "٣"]
)
def test_what_is_no_latitude_is_refused(api: Api, value: str) -> None:
    """POST-11"""
    refused(api.post(service_code="POTHOLE", lat=value, long="0.5"), 400, "lat")


@pytest.mark.parametrize("answer", [{}, {"attribute[WHO]": ""}, {"attribute[WHO]": " "}])
def test_a_required_answer_must_be_there(api: Api, answer: dict[str, str]) -> None:
    """POST-12"""
    result = api.post(service_code="SURVEY", **PLACE, **answer)
    refused(result, 400, "attribute[WHO] is required. WHO required.")


def test_answers_are_stored_under_their_codes(api: Api, database: str) -> None:
    """POST-13, POST-14, POST-17"""
    answer = api.post(
        **SURVEY,
        **{
            "attribute[WHAT][]": ["A", "01"],
            "attribute[COUNT]": "12.50",
            "attribute[SINCE]": "2026-03-09T09:05:00-05:00",
            "attribute[LINE]": "a line",
            "attribute[STORY]": "one\ntwo",
            "attribute[OTHER]": "ignored",
        },
    )
    assert stored_answers(database, answer.ids()[0]) == {
        "WHO": "CREW",
        "WHAT": ["A", "01"],
        "COUNT": "12.50",
        "SINCE": "2026-03-09T14:05:00Z",
        "LINE": "a line",
        "STORY": "one\ntwo",
    }


@pytest.mark.parametrize(
    "spelling",
    [
        "attribute[WHAT]=A&attribute[WHAT]=B",
        "attribute[WHAT][]=A&attribute[WHAT][]=B",
        "attribute[WHAT][0]=A&attribute[WHAT][1]=B",
        "attribute%5BWHAT%5D%5B%5D=A&attribute%5BWHAT%5D%5B%5D=B",
    ],
)
def test_all_spellings_of_several_answers_are_taken(api: Api, database: str, spelling: str) -> None:
    """POST-15"""
    answer = api.send(
        "POST",
        "v2/requests",
        data=f"api_key={api.key}&service_code=SURVEY&lat=0.5&long=0.5"
        f"&attribute[WHO]=CREW&{spelling}",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert stored_answers(database, answer.ids()[0])["WHAT"] == ["A", "B"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("attribute[WHO]", "NOBODY"),
        ("attribute[WHAT][]", "C"),
        ("attribute[COUNT]", "many"),
        ("attribute[COUNT]", "nan"),
        ("attribute[SINCE]", "yesterday"),
    ],
)
def test_an_answer_that_cannot_be_one_is_refused(api: Api, parameter: str, value: str) -> None:
    """POST-16"""
    answer = api.post(**{**SURVEY, parameter: value})
    refused(answer, 400, parameter.removesuffix("[]"))


def test_nothing_about_the_reporter_is_needed_nor_the_description(api: Api) -> None:
    """POST-18"""
    assert api.post(service_code="POTHOLE", **PLACE).status == 200


def test_a_description_of_4000_characters_comes_back_whole(api: Api) -> None:
    """POST-19"""
    text = ("Zeile 1 ß\n" * 400)[:4000]
    assert len(text) == 4000
    assert api.one(api.report(description=text))["description"] == text


def test_a_longer_description_is_refused(api: Api) -> None:
    """POST-20"""
    answer = api.post(service_code="POTHOLE", **PLACE, description="ß" * 4001)
    refused(answer, 400, "description must be 4,000 characters or fewer; you sent 4,001.")


@pytest.mark.both_formats
def test_realtime_gives_an_id(api: Api) -> None:
    """POST-21, POST-24, POST-25"""
    answer = api.post(service_code="POTHOLE", **PLACE)
    if api.format == "xml":
        assert answer.root.tag == "service_requests"
    [receipt] = answer.document
    assert set(receipt) == {"service_request_id", "service_notice"}
    assert receipt["service_notice"] == "A crew will look at it."


def test_batch_gives_a_token(api: Api) -> None:
    """POST-22, POST-24, POST-25"""
    [receipt] = api.post(service_code="LAMP", **PLACE).document
    assert set(receipt) == {"token", "service_notice"}
    assert len(receipt["token"]) >= 20


def test_blackbox_gives_neither(api: Api) -> None:
    """POST-23, POST-24, POST-25"""
    before = api.get("v2/requests").ids()
    [receipt] = api.post(service_code="TIP", **PLACE).document
    assert set(receipt) == {"service_notice"}
    assert api.get("v2/requests").ids() == before


def test_an_id_leads_to_an_open_service_request_at_once(api: Api) -> None:
    """POST-26"""
    row = api.one(api.report())
    assert row["status"] == "open"
    assert row["requested_datetime"] == row["updated_datetime"]
    assert row["agency_responsible"] == "East Yard"


def test_a_failing_back_end_is_an_error_400(
    app: Any, tmp_path: Any, format: str, caplog: Any
) -> None:
    """POST-27: a database that has lost its tables; nothing of it reaches the client or the log"""
    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("+psycopg", "")
    log = tmp_path / "log"
    with running_server(url, log) as address:
        with psycopg.connect(url) as connection:
            connection.execute("ALTER TABLE reporters ADD CHECK (email <> 'kim@mail.example')")
        api = Api(address, format, "key-of-gridtown")
        answer = api.post(service_code="POTHOLE", **PLACE, email="kim@mail.example")
        refused(answer, 400, "reference")
        assert "reporters" not in answer.response.text
        rows = api.get("v2/requests").document
        assert api.post(service_code="POTHOLE", **PLACE, email="other@mail.example").status == 200
        assert len(api.get("v2/requests").document) == len(rows) + 1
    reference = answer.sentences[0].rpartition(" ")[2].rstrip(".")
    assert f"reference {reference}" in log.read_text()
    assert "kim@mail.example" not in log.read_text()


def test_key_and_jurisdiction_may_come_in_the_query_or_as_a_bearer_token(
    two_towns_api: Api,
) -> None:
    """POST-28"""
    key = two_towns_api.key
    place = {"jurisdiction_id": "gridtown.example"}
    fields = {"service_code": "POTHOLE", **PLACE}
    for options in (
        {"params": {"api_key": key, **place}},
        {"params": place, "headers": {"Authorization": f"Bearer {key}"}},
    ):
        assert two_towns_api.send("POST", "v2/requests", data=fields, **options).status == 200


def test_markup_is_text(api: Api) -> None:
    """POST-29"""
    text = "</description><status>closed</status> <b>&amp; ]]> <!--"
    row = api.one(api.report(description=text))
    assert row["description"] == text
    assert row["status"] == "open"


def test_several_mistakes_are_told_at_once_the_first_ones_first(api: Api) -> None:
    """ERR-06"""
    answer = api.post(
        service_code="SURVEY", lat="north", description="x" * 4001, media_url="ftp://x"
    )
    refused(answer, 400, "lat", "long", "description", "media_url", "attribute[WHO]")


def test_a_place_outside_the_service_area_is_refused(api: Api) -> None:
    refused(api.post(service_code="POTHOLE", lat="45", long="7"), 400, "The location is")


def test_a_body_that_is_too_large_is_refused(api: Api) -> None:
    answer = api.post(service_code="POTHOLE", **PLACE, description="x" * 1_500_000)
    refused(answer, 413, "The request body is larger than 1 MB.")


def test_a_multipart_form_is_taken(api: Api) -> None:
    fields = {"api_key": api.key, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    answer = api.send(
        "POST", "v2/requests", files={name: (None, value) for name, value in fields.items()}
    )
    assert answer.status == 200


def test_what_the_reporter_says_of_themselves_is_never_shown(api: Api, server: str) -> None:
    """LST-19"""
    personal = {
        "email": "private-mail@example.org",
        "device_id": "private-device",
        "account_id": "private-account",
        "first_name": "Privatefirst",
        "last_name": "Privatelast",
        "phone": "+1 555 0100-private",
    }
    id_ = api.report(**personal)
    for path in (f"v2/requests/{id_}", "v2/requests"):
        for parameters in ({}, {"extensions": "true"}):
            text = requests.get(
                f"{server}/open311/{path}.{api.format}", params=parameters, timeout=PATIENCE
            ).text
            assert id_ in text
            assert "private" not in text.lower()
