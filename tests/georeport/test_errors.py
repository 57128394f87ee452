"""ERR: errors of every kind."""

import pytest
from georeport_client import CONTENT_TYPES, Api

from schemas.search.cursors import Cursor, encode
from schemas.vocabulary.statuses import DETAILED_STATUSES


@pytest.mark.both_formats
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("v2/services/NOTHING", 404),
        ("v2/requests/NOTHING", 404),
        ("v2/tokens/NOTHING", 404),
        ("v2/update_tokens/NOTHING", 404),
        ("v2/no/such/place", 404),
        ("v2/%01%00%ff", 404),
        ("nowhere", 404),
        ("v2/requests", 400),
    ],
)
def test_an_error_is_a_list_in_the_format_of_the_url(api: Api, path: str, status: int) -> None:
    """ERR-01, ERR-02, ERR-03, ERR-04, ERR-05"""
    answer = api.get(path, status="nonsense")
    assert answer.status == status
    assert answer.response.headers["Content-Type"] == CONTENT_TYPES[api.format]
    if api.format == "xml":
        assert answer.root.tag == "errors"
        assert [element.tag for element in answer.root] == ["error"]
    [error] = answer.document
    assert str(error["code"]) == str(status)
    assert error["description"].endswith(".")


def test_another_method_is_an_error_of_the_same_form(api: Api) -> None:
    """ERR-01, ERR-02"""
    answer = api.send("DELETE", "v2/requests")
    assert answer.status == 405
    assert "DELETE" in answer.sentences[0]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe",
        b"%",
        b"api_key=%ff%fe&service_code=%00",
        b"&&&===",
        b'--x\r\nContent-Disposition: form-data; name="api_key"\r\n\r\nunfinished',
        b"a=1&" * 50_000,
    ],
)
@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "application/json",
        "nonsense",
    ],
)
def test_no_body_brings_the_server_down(api: Api, body: bytes, content_type: str) -> None:
    answer = api.send("POST", "v2/requests", data=body, headers={"Content-Type": content_type})
    assert answer.status in {400, 403, 413}
    assert answer.sentences


@pytest.mark.parametrize("value", ["\x00", "\ud800", "9" * 100_000, "%", "' OR 1=1 --", "\u202e"])
@pytest.mark.parametrize(
    "name", ["service_request_id", "service_code", "status", "start_date", "jurisdiction_id"]
)
def test_no_filter_brings_the_server_down(api: Api, name: str, value: str) -> None:
    encoded = value.encode("utf-8", "surrogatepass")[:3_000]
    answer = api.get("v2/requests", **{name: encoded})
    assert answer.status in {200, 400, 404}
    if answer.status != 200:
        assert answer.sentences


@pytest.mark.parametrize(
    ("path", "asked", "sentences"),
    [
        ("v2/requests/NOTHING", {}, ["Service request 'NOTHING' does not exist."]),
        ("v2/services/NOTHING", {}, ["service_code 'NOTHING' does not exist. See services.json."]),
        ("v2/tokens/NOTHING", {}, ["Token 'NOTHING' does not exist or has expired."]),
        (
            "v2/requests",
            {"status": "lost"},
            [f"status must be one of {', '.join(DETAILED_STATUSES)}. 'lost' is not a status."],
        ),
        (
            "v2/requests",
            {"start_date": "soon", "bbox": "1,2,3"},
            [
                (
                    "start_date must be an ISO 8601 date and time, such as 2026-03-09T14:05:00Z, "
                    "or a date such as 11/27/2026."
                ),
                "bbox must be minlong,minlat,maxlong,maxlat in decimal degrees.",
            ],
        ),
        (
            "v2/requests",
            {"lat": "0.5", "radius": "5"},
            ["long is required with lat and radius."],
        ),
        (
            "v2/requests",
            {
                "lat": "0.5",
                "radius": "far",
                "status": "lost",
                "start_date": "2026-03-09",
                "end_date": "2026-03-01",
                "sort": "added",
                "after": encode(Cursor("changed", 1, 1)),
            },
            [
                "after is valid for sort=changed only. Keep sort as it was, or remove after.",
                f"status must be one of {', '.join(DETAILED_STATUSES)}. 'lost' is not a status.",
                "end_date must not be before start_date.",
                "long is required with lat and radius.",
                "radius must be a number, such as 12.5.",
            ],
        ),
        (
            "v2/requests",
            {"after": "x"},
            ["after is not valid. Copy it from the Link header of the previous response."],
        ),
    ],
)
@pytest.mark.both_formats
def test_sentences_name_the_parameter_and_what_to_do(
    api: Api, path: str, asked: dict[str, str], sentences: list[str]
) -> None:
    assert api.get(path, **asked).sentences == sentences


def test_what_no_view_takes_is_told_in_the_same_words(api: Api) -> None:
    path = f"/open311/v2/nowhere.{api.format}"
    assert api.get("v2/nowhere").sentences == [
        f"{path} does not exist. The API is at /open311/v2; paths end in .json or .xml."
    ]
    [sentence] = api.send("DELETE", "v2/services").sentences
    assert sentence.startswith(f"DELETE is not allowed for /open311/v2/services.{api.format}. Use ")


def test_a_post_lists_all_its_problems(api: Api) -> None:
    answer = api.post(lat="north", email="x" * 321)
    assert answer.sentences == [
        "service_code is required.",
        "lat must be decimal degrees from -90 to 90, such as 39.7137.",
        "long is required when lat is sent.",
        "email must be 320 characters or fewer; you sent 321.",
    ]
