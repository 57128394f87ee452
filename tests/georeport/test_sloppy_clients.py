"""Old, sloppy, or broken clients over HTTP: accepted, or refused with a clear error."""

import json
import random
import socket
from urllib.parse import quote, urlsplit

import psycopg
import pytest
import requests
from georeport_client import CONTENT_TYPES, Answer, Api
from servers import PATIENCE

PATHS = [
    *("v2/services", "v2/services/{}", "v2/requests", "v2/requests/{}", "v2/tokens/{}"),
    *("discovery", "test/v2/requests", "v2/{}"),
]


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/open311//v2///services", "/open311/v2/services"),
        ("/open311/v2services", "/open311/v2/services"),
        ("//open311/v2requests/26-0000003", "/open311/v2/requests/26-0000003"),
        ("/open311/test/v2services", "/open311/test/v2/services"),
    ],
)
def test_doubled_and_missing_slashes_are_answered_in_place(
    server: str, format: str, asked: str, meant: str
) -> None:
    there = requests.get(f"{server}{asked}.{format}", allow_redirects=False, timeout=PATIENCE)
    assert there.status_code == 200
    assert there.content == requests.get(f"{server}{meant}.{format}", timeout=PATIENCE).content


@pytest.mark.both_formats
@pytest.mark.parametrize("content_type", ["application/json", "text/xml", "text/plain", "x", None])
@pytest.mark.parametrize("accept", ["text/html", "application/json", "text/xml", "image/*", "x"])
def test_the_suffix_decides_whatever_the_headers_say(
    api: Api, content_type: str | None, accept: str
) -> None:
    headers = {"Accept": accept, "Content-Type": content_type}
    listed = api.send("GET", "v2/services", headers=headers)
    assert listed.response.headers["Content-Type"] == CONTENT_TYPES[api.format]
    body = f"api_key={api.key}&service_code=POTHOLE&lat=0.5&long=0.5"
    posted = api.send("POST", "v2/requests", headers=headers, data=body.encode())
    assert posted.response.headers["Content-Type"] == CONTENT_TYPES[api.format]
    assert posted.ids()


def test_parameters_come_in_the_body_the_query_or_both(api: Api) -> None:
    everything = {"api_key": api.key, "service_code": "POTHOLE", "lat": "0.5", "long": "0.25"}
    in_query = api.send("POST", "v2/requests", params=everything)
    assert api.one(in_query.ids()[0])["long"] in (0.25, "0.25")
    in_both = api.send(
        "POST", "v2/requests", params={**everything, "long": "0.75"}, data={"long": "0.5"}
    )
    assert api.one(in_both.ids()[0])["long"] in (0.5, "0.5")


@pytest.mark.parametrize("name", ["lon", "lng"])
def test_other_names_of_the_longitude_are_taken(api: Api, name: str) -> None:
    answer = api.post(service_code="POTHOLE", lat="0.5", **{name: "0.25"})
    assert api.one(answer.ids()[0])["long"] in (0.25, "0.25")


def test_text_in_latin_1_arrives_as_it_was_meant(api: Api) -> None:
    text = "Schlagloch in der Königsstraße"
    head = f"api_key={api.key}&service_code=POTHOLE&lat=0.5&long=0.5&description="
    encoded = "Schlagloch+in+der+K%F6nigsstra%DFe"
    for body in (head + encoded, (head + text).encode("latin-1")):
        answer = api.send("POST", "v2/requests", data=body)
        assert api.one(answer.ids()[0])["description"] == text


def test_text_cut_inside_a_character_loses_that_character(api: Api) -> None:
    text = "Schlagloch in der Königsstraße"
    head = f"api_key={api.key}&service_code=POTHOLE&lat=0.5&long=0.5&description="
    for encoded in (quote(text) + "%C3", quote(text) + "%F0%9F", quote(text)[:-1] + "e%E6%97"):
        answer = api.send("POST", "v2/requests", data=head + encoded)
        assert api.one(answer.ids()[0])["description"] == text


@pytest.mark.both_formats
def test_a_body_in_json_is_read_as_a_form(api: Api, database: str) -> None:
    answers = {"WHO": "CREW", "WHAT": ["A", "01"], "COUNT": 12.50, "SINCE": "11/27/2026"}
    survey = {"api_key": api.key, "service_code": "SURVEY", "lat": 0.5, "long": -0.5}
    flat = {f"attribute[{code}]": value for code, value in answers.items()}
    bodies = [
        {"attribute": answers},
        flat,
        {**flat, "attribute[WHAT]": None, "attribute[WHAT][]": ["A", "01"]},
    ]
    for body in bodies:
        sent = {**survey, **body, "description": "Straße 🚧", "email": None}
        answer = api.send("POST", "v2/requests", json=sent)
        row = api.one(answer.ids()[0])
        assert (float(row["lat"]), row["description"]) == (0.5, "Straße 🚧")
        with psycopg.connect(database) as connection:
            stored = connection.execute(
                "SELECT answers FROM service_requests WHERE service_request_id = %s", answer.ids()
            ).fetchone()
        assert stored == (
            {"WHO": "CREW", "WHAT": ["A", "01"], "COUNT": "12.5", "SINCE": "2026-11-27T05:00:00Z"},
        )


@pytest.mark.both_formats
def test_an_update_in_json_is_read_as_a_form(api: Api) -> None:
    update = {
        "api_key": api.key,
        "service_request_id": api.report(),
        "update_id": 7,
        "updated_datetime": "2026-03-10t07:30:00z",
        "status": "IN_PROGRESS",
        "description": "A crew is there.",
    }
    answer = api.send("POST", "v2/servicerequestupdates", json=update)
    assert answer.status == 200, answer.response.text
    assert answer.document[0]["update_id"]


@pytest.mark.both_formats
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"api_key": ', "The request body is not a valid JSON object."),
        ("api_key", "The request body is not a valid JSON object."),
        ("[1, 2]", "The request body is not a valid JSON object."),
        ('{"attribute": {"SIZE": {"key": 1}}}', "attribute is nested too deeply."),
        ("[" * 100_000, "The request body is not a valid JSON object."),
        ('{"x": [' + "1," * 20_000 + "1]}", "The request has too many parameters."),
    ],
)
@pytest.mark.parametrize("path", ["v2/requests", "v2/servicerequestupdates"])
def test_json_that_is_no_form_is_told(api: Api, path: str, body: str, words: str) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    answer = api.send("POST", path, data=body, headers=headers)
    assert answer.status == 400
    assert answer.sentences[0].startswith(words)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_json_may_be_in_latin_1_or_have_a_byte_order_mark(api: Api, encoding: str) -> None:
    sent = {"api_key": api.key, "service_code": "POTHOLE", "lat": 0.5, "long": 0.5}
    body = json.dumps({**sent, "description": "Straße"}, ensure_ascii=False).encode(encoding)
    headers = {"Content-Type": "application/json"}
    answer = api.send("POST", "v2/requests", data=body, headers=headers)
    assert api.one(answer.ids()[0])["description"] == "Straße"


def test_json_has_the_size_limit_of_a_form(api: Api) -> None:
    answer = api.send("POST", "v2/requests", json={"description": "x" * 1_000_000})
    assert answer.status == 413


@pytest.mark.both_formats
def test_a_service_is_also_found_in_the_singular(api: Api) -> None:
    assert api.get("v2/service/SURVEY").document == api.get("v2/services/SURVEY").document
    assert api.get("test/v2/service/SURVEY").status == 200
    assert api.get("v2/service/NOTHING").status == 404


def test_latin_1_in_a_path_is_the_same_as_utf_8(api: Api) -> None:
    sentences = [api.get(f"v2/services/{code}").sentences for code in ("Stra%DFe", "Stra%C3%9Fe")]
    assert sentences[0] == sentences[1]
    assert "Straße" in sentences[0][0]


def test_odd_multipart_is_taken(api: Api) -> None:
    boundary = "----=_Part_7_1.2=="
    fields = {"api_key": api.key, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    parts = [
        f'--{boundary}\nContent-Disposition: form-data; name="{name}"\n\n{value}\n'.encode()
        for name, value in fields.items()
    ]
    text = f'--{boundary}\nContent-Disposition: form-data; name="description"\n\n'.encode()
    body = b"\n\n" + b"".join(parts) + text + b"Stra\xdfe\n" + f"--{boundary}--".encode()
    answer = api.send(
        "POST",
        "v2/requests",
        data=body,
        headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    assert api.one(answer.ids()[0])["description"] == "Straße"


def test_a_truncated_multipart_body_stores_nothing_and_is_told(api: Api) -> None:
    body = f'--x\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n{api.key}'.encode()
    answer = api.send(
        "POST",
        "v2/requests",
        data=body,
        headers={"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert answer.status == 400
    assert "The request body is incomplete" in answer.sentences[0]


@pytest.mark.parametrize("name", ["lat", "long"])
@pytest.mark.parametrize(
    "value", ["nan", "inf", "-inf", "1e309", "1_0", "0x1", "\u0661", "9" * 400, "1,5", "\x00"]
)
def test_what_is_no_coordinate_is_told_with_its_name(api: Api, name: str, value: str) -> None:
    place = {"lat": "0.5", "long": "0.5", name: value}
    answer = api.post(service_code="POTHOLE", **place)
    assert answer.status == 400
    assert name in answer.sentences[0]


@pytest.mark.parametrize(
    "value",
    [
        *("\x00", "\ufffe", "a\x00b", "9" * 100_000, "é" * 50_000, "%00", "{}", "[]", "../../etc"),
        *("{0}", "%s%n", "<script>", "' OR 1=1 --", "\u202e", "\r\n\r\nX: y"),
    ],
)
def test_no_value_of_any_parameter_brings_the_server_down(api: Api, value: str) -> None:
    for name in (
        *("service_code", "jurisdiction_id", "api_key", "lat", "address_string", "address_id"),
        *("description", "media_url", "email", "attribute[SIZE]", "attribute[]", "attribute[[]]"),
    ):
        fields = {"service_code": "POTHOLE", "lat": "0.5", "long": "0.5", name: value}
        answer = api.post(**fields)
        assert answer.status in {200, 400, 403, 404}, name
        if answer.status != 200:
            assert answer.sentences


@pytest.mark.parametrize("octets", [b"%ED%A0%80", b"%FF%FE", b"%C0%AF", b"%F8%88%80%80%80"])
@pytest.mark.parametrize("path", PATHS)
def test_broken_utf_8_is_never_more_than_an_error(api: Api, path: str, octets: bytes) -> None:
    broken = octets.decode()
    answer = api.send("GET", f"{path.format(broken)}", params=f"status=open&q={broken}&{broken}=1")
    assert answer.status in {200, 400, 404}
    if answer.status != 200:
        assert answer.sentences


def raw(server: str, octets: bytes, format: str = "xml") -> Answer:
    """Send octets over a connection of its own, and read the answer as a client would."""
    address = urlsplit(server)
    with socket.create_connection((address.hostname, address.port), timeout=PATIENCE) as connection:
        connection.sendall(octets)
        received = b""
        while chunk := connection.recv(65_536):
            received += chunk
    head, _, content = received.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    response = requests.Response()
    response.status_code = int(status_line.split()[1])
    response.headers.update(line.split(": ", 1) for line in lines)
    response._content = content
    return Answer(format, response)


@pytest.mark.both_formats
@pytest.mark.parametrize("number_of_ids", [640, 5_900])
def test_thousands_of_ids_in_an_address_are_looked_up(
    server: str, format: str, number_of_ids: int
) -> None:
    """FixMyStreet asks for every request that it knows in one address."""
    ids = ",".join(f"26-{number:07}" for number in range(number_of_ids))
    line = f"GET /open311/v2/requests.{format}?service_request_id={ids} HTTP/1.1\r\n"
    assert len(line) < 65_536
    answer = raw(server, f"{line}Host: x\r\nConnection: close\r\n\r\n".encode(), format)
    assert "26-0000003" in answer.ids()


@pytest.mark.both_formats
@pytest.mark.parametrize(("length", "status"), [(65_536, 200), (65_537, 414), (1_000_000, 414)])
def test_an_address_of_more_than_64_kb_is_refused_and_it_is_told(
    server: str, format: str, length: int, status: int
) -> None:
    start, end = f"GET /open311/v2/requests.{format}?q=-lamp&x=", " HTTP/1.1"
    line = start + "x" * (length - len(start) - len(end)) + end
    answer = raw(server, f"{line}\r\nHost: x\r\nConnection: close\r\n\r\n".encode(), format)
    assert answer.status == status
    if status == 414:
        assert answer.sentences[0].startswith("The URL is longer than 65,536 bytes.")


def test_ten_thousand_ids_in_a_body_are_looked_up(api: Api) -> None:
    ids = ",".join(f"26-{number:07}" for number in range(10_000))
    answer = api.send("GET", "v2/requests", data={"service_request_id": ids})
    assert "26-0000003" in answer.ids()


@pytest.mark.parametrize(
    ("octets", "status"),
    [
        (b"NONSENSE\r\n\r\n", 400),
        (b"GET /open311/v2/services.xml HTTP/9.9\r\n\r\n", 400),
        (b"GET /open311/v2/services.xml HTTP/1.1\r\nno colon\r\n\r\n", 400),
        (b"GET /open311/v2/services.xml HTTP/1.1\r\nX: " + b"y" * 10_000 + b"\r\n\r\n", 431),
        (b"GET /open311/v2/services.xml HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"POST /open311/v2/requests.xml HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST /open311/v2/requests.xml HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n", 400),
    ],
)
def test_what_is_no_http_is_answered_with_an_error_list(
    server: str, octets: bytes, status: int
) -> None:
    answer = raw(server, octets)
    assert answer.status == status
    assert answer.sentences


def test_random_octets_never_bring_the_server_down(server: str) -> None:
    source = random.Random(311)
    for _number in range(40):
        body = source.randbytes(source.randrange(2_000))
        for content_type in (
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencoded",
        ):
            answer = requests.post(
                f"{server}/open311/v2/requests.json",
                data=b"--x\r\n" + body,
                headers={"Content-Type": content_type},
                timeout=PATIENCE,
            )
            assert answer.status_code in {400, 403}
            assert answer.json()[0]["description"]
    assert requests.get(f"{server}/health", timeout=PATIENCE).status_code == 200
