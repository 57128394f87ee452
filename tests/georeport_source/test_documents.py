"""Documents as servers send them, in both formats."""

from typing import Any

import pytest

from open311.georeport_source.catalog import list_questions, list_services
from open311.georeport_source.documents import ErrorList, Unreadable, parse_document
from open311.georeport_source.service_requests import list_rows

ROW = {"service_request_id": "7", "status": "open"}
XML_ROW = b"<request><service_request_id>7</service_request_id><status>open</status></request>"

LATIN_1 = (
    b'<?xml version="1.0" encoding="ISO-8859-1"?><service_requests><!-- one --><request>'
    b"<service_request_id>7</service_request_id><status>gel\xf6st</status>"
    b"<status_notes> </status_notes></request></service_requests>"
)


@pytest.mark.parametrize(
    ("format", "body", "rows"),
    [
        ("json", b'[{"service_request_id":"7","status":"open"}]', [ROW]),
        ("json", b'{"service_requests":[{"service_request_id":"7","status":"open"}]}', [ROW]),
        ("json", b'{"requests":[{"service_request_id":"7","status":"open"}],"meta":{}}', [ROW]),
        (
            "json",
            b'{"service_requests":{"request":{"service_request_id":"7","status":"open"}}}',
            [ROW],
        ),
        ("json", b'{"service_request_id":"7","status":"open"}', [ROW]),
        ("json", b'\xef\xbb\xbf[{"service_request_id":"7","status":"open"}]', [ROW]),
        (
            "json",
            b'[{"service_request_id":"7","status":"gel\xf6st"}]',
            [{**ROW, "status": "gelöst"}],
        ),
        (
            "json",
            b'[{"service_request_id":"7","lat":NaN}]',
            [{"service_request_id": "7", "lat": None}],
        ),
        ("json", b"[]", []),
        ("json", b"null", []),
        ("json", b'{"service_requests":null}', []),
        ("json", b'[[7], "x", null]', [[7], "x", None]),
        ("xml", b"<service_requests>" + XML_ROW + b"</service_requests>", [ROW]),
        ("xml", b"<service_requests>" + 2 * XML_ROW + b"</service_requests>", [ROW, ROW]),
        ("xml", b'<requests type="array">' + XML_ROW + b"</requests>", [ROW]),
        ("xml", XML_ROW, [ROW]),
        ("xml", b'<service_requests xmlns="http://wiki.open311.org/GeoReport_v2"/>', []),
        (
            "xml",
            LATIN_1,
            [{**ROW, "status": "gelöst", "status_notes": None}],
        ),
        (
            "xml",
            XML_ROW.replace(b"<status>open</status>", b"<media_url>a</media_url><media_url/>"),
            [{"service_request_id": "7", "media_url": ["a", None]}],
        ),
    ],
)
def test_rows_are_found_in_every_wrapping(format: str, body: bytes, rows: list[Any]) -> None:
    assert list_rows(parse_document(format, body)) == rows


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("json", b"<html>Welcome</html>"),
        ("json", b'[{"service_code":001}]'),
        ("json", b'[{"service_request_id":"7","account_id":null]'),
        ("json", b"[" * 100_000),
        ("json", b'{"n":' + b"9" * 5000 + b"}"),
        ("json", b'"text"'),
        ("json", b'{"message":"Hello"}'),
        ("json", b""),
        ("xml", b"<html><body><p>Welcome</p></body></html>"),
        ("xml", b"<service_requests><request>"),
        ("xml", b"<service_requests>\x00</service_requests>"),
        ("xml", b"<a>" * 5000 + b"</a>" * 5000),
        ("xml", b"[]"),
        ("xml", b""),
    ],
)
def test_anything_else_is_unreadable(format: str, body: bytes) -> None:
    with pytest.raises(Unreadable):
        list_rows(parse_document(format, body))


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("json", b'[{"code":"400","description":"jurisdiction_id is missing"}]'),
        ("json", b'{"errors":[{"code":400,"description":"jurisdiction_id is missing"}]}'),
        ("json", b'{"error":{"message":"jurisdiction_id is missing"}}'),
        (
            "xml",
            b"<errors><error><message>jurisdiction_id\n is missing</message></error></errors>",
        ),
    ],
)
def test_an_error_list_is_told_by_its_first_sentence(format: str, body: bytes) -> None:
    """Some servers send it with status 200."""
    for reader in (list_rows, list_services, list_questions):
        with pytest.raises(ErrorList, match="the error 'jurisdiction_id is missing'"):
            reader(parse_document(format, body))


def test_nothing_outside_of_a_document_is_looked_up() -> None:
    body = (
        b'<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        b"<service_requests><request><service_request_id>7</service_request_id>"
        b"<description>&file;</description></request></service_requests>"
    )
    assert list_rows(parse_document("xml", body)) == [
        {"service_request_id": "7", "description": None}
    ]


def test_entities_do_not_multiply() -> None:
    levels = b"".join(
        b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)
    )
    body = b'<!DOCTYPE x [<!ENTITY e0 "ten letter">' + levels + b"]><services>&e9;</services>"
    with pytest.raises(Unreadable):
        parse_document("xml", body)
