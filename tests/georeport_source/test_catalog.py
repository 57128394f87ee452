"""Services and questions as other servers describe them."""

from typing import Any

import pytest
from foreign_server import NOT_FOUND, Reply, files, foreign_server

from open311.errors import SourceFailed
from open311.georeport_source.catalog import list_questions, read_services
from open311.georeport_source.documents import parse_document
from open311.georeport_source.fetch import RemoteServer
from open311.outgoing import outgoing_session
from open311.steps.values.imports import ImportedService, Skipped

QUESTION = {"code": "Q", "variable": "true", "datatype": "string", "order": 1}
OLD_SHAPE = b"""<service_definition><service_code>1</service_code>
<attribute><variable>True</variable><code>A</code><datatype>singlevaluelist</datatype>
<required>TRUE</required><order>2</order><description>Which?</description>
<values><value><key>1</key><name>One</name></value></values></attribute>
<attribute><variable>false</variable><code>B</code><datatype>text</datatype><order>1</order>
<values/></attribute></service_definition>"""
NEW_SHAPE = (
    b'[{"service_code":1,"attributes":[{"code":"A","variable":true,"required":"true",'
    b'"datatype":"SingleValueList","order":"2","description":"Which?",'
    b'"values":[{"key":1,"name":"One"},{"key":1,"name":"Again"},{"name":"No key"},null]},'
    b'{"description":"No code"},'
    b'{"code":"B","variable":"false","datatype":"text","order":0,"values":null}]}]'
)


def read(
    known: set[str], documents: dict[str, Reply]
) -> tuple[list[ImportedService], list[Skipped]]:
    with (
        foreign_server(files(documents)) as server,
        outgoing_session(allow_private=True) as session,
    ):
        return read_services(RemoteServer(session, server.address), known, iter)


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        ({"service_code": 17}, {"service_code": "17", "service_name": "17"}),
        (
            {
                "service_code": " 001 ",
                "service_name": " Lamp ",
                "group": None,
                "keywords": ["a", "b"],
            },
            {"service_code": "001", "service_name": "Lamp", "keywords": "a, b"},
        ),
        (
            {
                "service_code": "a",
                "service_name": "A",
                "type": "batch",
                "group": "G",
                "description": "<p>",
            },
            {"service_code": "a", "service_name": "A", "group": "G", "description": "<p>"},
        ),
    ],
)
def test_services_are_read_with_what_they_have(
    sent: dict[str, Any], wanted: dict[str, Any]
) -> None:
    services, skipped = read(set(), {"/services.json": Reply([sent, sent])})
    empty = {"description": "", "keywords": "", "group": ""}
    assert services == [ImportedService({**empty, **wanted}, [])]
    assert skipped == []


def test_a_service_that_is_known_is_not_looked_at_again() -> None:
    sent = [{"service_code": "known", "metadata": True}, {"service_code": "new"}]
    services, skipped = read({"known"}, {"/services.json": Reply(sent)})
    assert [service.columns["service_code"] for service in services] == ["new"]
    assert skipped == []


def test_what_cannot_be_read_of_a_catalog_is_told() -> None:
    sent = [
        {"service_name": "No code"},
        "lamp",
        {"service_code": "X" * 201},
        {"service_code": "1", "metadata": "True"},
    ]
    services, skipped = read(set(), {"/services.json": Reply(sent)})
    assert [service.columns["service_code"] for service in services] == ["1"]
    assert [row.reason for row in skipped] == [*["unusable service"] * 3, "unreadable definition"]
    assert skipped[-1].service_request_id == "1"
    for format in ("json", "xml"):
        assert f"/services/1.{format} has status 404." in skipped[-1].detail


def test_the_code_in_the_address_of_a_definition_is_quoted() -> None:
    definition = {"service_code": "A/B c.d", "attributes": [QUESTION]}
    documents = {
        "/services.json": Reply({"services": [{"service_code": "A/B c.d", "metadata": True}]}),
        "/services/A%2FB%20c.d.json": Reply(definition),
    }
    [service], _skipped = read(set(), documents)
    assert [attribute.columns["code"] for attribute in service.attributes] == ["Q"]


@pytest.mark.parametrize(
    "documents",
    [
        {"/services.json": NOT_FOUND},
        {"/services.json": Reply(b"<html>"), "/services.xml": Reply(b"<html/>")},
        {"/services.json": Reply({"a": 1})},
    ],
)
def test_without_a_service_list_there_is_no_import(documents: dict[str, Reply]) -> None:
    with pytest.raises(SourceFailed, match=r"/services\.json .* Enter the address"):
        read(set(), documents)


@pytest.mark.parametrize(
    ("format", "body"),
    [
        ("xml", OLD_SHAPE),
        (
            "xml",
            OLD_SHAPE.replace(b"<attribute>", b"<attributes><attribute>", 1).replace(
                b"</service_d", b"</attributes></service_d"
            ),
        ),
        (
            "json",
            NEW_SHAPE,
        ),
    ],
)
def test_questions_are_read_in_their_order_from_every_shape(format: str, body: bytes) -> None:
    questions = list_questions(parse_document(format, body))
    assert [(q.columns["code"], q.columns["order"]) for q in questions] == [("B", 1), ("A", 2)]
    second, first = questions
    assert first.values == [("1", "One")]
    assert (first.columns["datatype"], first.columns["required"]) == ("singlevaluelist", True)
    assert (second.columns["variable"], second.values) == (False, ())


@pytest.mark.parametrize(
    ("attribute", "datatype"),
    [
        ({}, "string"),
        ({"datatype": "Informational"}, "string"),
        ({"datatype": "multivaluelist", "values": []}, "string"),
        ({"datatype": "multivaluelist", "values": {"value": {"key": "a"}}}, "multivaluelist"),
        ({"datatype": "datetime"}, "datetime"),
    ],
)
def test_a_question_of_a_type_that_cannot_be_asked_is_one_line_of_text(
    attribute: dict[str, Any], datatype: str
) -> None:
    [question] = list_questions({"attributes": [{"code": "Q", **attribute}]})
    assert question.columns["datatype"] == datatype


def test_questions_that_share_a_place_get_one_each() -> None:
    codes = ["C", "A", "B", "C"]
    questions = list_questions({"attributes": [{"code": code, "order": 1} for code in codes]})
    assert [(q.columns["code"], q.columns["order"]) for q in questions] == [
        ("C", 1),
        ("A", 2),
        ("B", 3),
    ]
