"""Bodies as old and sloppy clients make them."""

import pytest
from many_cases import failing

from open311.errors import InvalidParameters
from open311.web.bodies import MOST_FIELDS, decode, parse_form, parse_json, read_multipart

PHOTO = b"\xff\xd8\r\n\n\r--not the boundary\r\n\xff\xd9"


def body(boundary: str, end_of_line: bytes = b"\r\n") -> bytes:
    """Two texts, of which one is in Latin-1, and a file under the name of a text."""
    separator = b"--" + boundary.encode()
    lines = [
        separator,
        b'Content-Disposition: form-data; name="description"',
        b"",
        b"Stra\xdfe",
        separator,
        b'Content-Disposition: form-data; name="media"',
        b"",
        "Łódź".encode(),
        separator,
        b'Content-Disposition: form-data; name="media"; filename="photo.png"',
        b"Content-Type: image/png",
        b"",
        PHOTO,
        separator + b"--",
    ]
    return end_of_line.join(lines)


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/form-data; boundary=xyz",
        'multipart/form-data; boundary="xyz"',
        "multipart/form-data; charset=utf-8; boundary=xyz",
        "multipart/form-data; boundary=xyz; charset=ISO-8859-1",
        "multipart/form-data;boundary=xyz;",
        "multipart/form-data, boundary=xyz",
        "multipart/form-data; BOUNDARY=xyz",
    ],
)
def test_multipart_is_read_whatever_surrounds_it(content_type: str) -> None:
    def is_read(octets: bytes) -> None:
        sent = read_multipart(content_type, octets)
        assert sent.values == {"description": ["Straße"], "media": ["Łódź"]}
        [file] = sent.files
        assert (file.parameter, file.file_name, file.content) == ("media", "photo.png", PHOTO)

    cases = [
        before + body("xyz", end_of_line) + after
        for end_of_line in (b"\r\n", b"\n")
        for before in (b"", b"\r\n", b"\r\n\r\nA preamble.\r\n")
        for after in (b"", b"\r\n", b"\n\n", b"\r\nAn epilogue.")
    ]
    assert failing(is_read, cases) == []


@pytest.mark.parametrize(
    "boundary",
    ["----=_Part_1_23.45", "xx=yy==", "a:b/c?d", "'()+_-./:=?", "-" * 60 + "1", "==", "0xKhTmL"],
)
@pytest.mark.parametrize("quoted", ["{}", '"{}"'])
def test_a_boundary_may_hold_what_should_be_quoted(boundary: str, quoted: str) -> None:
    header = f"multipart/form-data; boundary={quoted.format(boundary)}"
    assert read_multipart(header, body(boundary)).values["description"] == ["Straße"]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'form-data; name="attribute[SIZE][]"', "attribute[SIZE][]"),
        (b"form-data; name=attribute[SIZE][]", "attribute[SIZE][]"),
        (b"form-data;name=attribute[SIZE]", "attribute[SIZE]"),
        (b"form-data; name=plain", "plain"),
    ],
)
def test_names_are_read_with_and_without_quotes(disposition: bytes, name: str) -> None:
    octets = b"--x\r\nContent-Disposition: " + disposition + b"\r\n\r\nBIG\r\n--x--\r\n"
    assert read_multipart("multipart/form-data; boundary=x", octets).values == {name: ["BIG"]}


def test_a_file_field_without_a_file_is_none() -> None:
    octets = (
        b'--x\r\nContent-Disposition: form-data; name="media"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    )
    sent = read_multipart("multipart/form-data; boundary=x", octets)
    assert (sent.values, sent.files) == ({}, [])


@pytest.mark.parametrize("end", range(1, 300, 23))
def test_a_body_that_is_cut_off_is_told(end: int) -> None:
    with pytest.raises(InvalidParameters, match="The request body is incomplete"):
        read_multipart("multipart/form-data; boundary=xyz", body("xyz")[:-end])


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data;"],
)
def test_a_boundary_must_be_named(content_type: str) -> None:
    with pytest.raises(InvalidParameters, match="boundary"):
        read_multipart(content_type, body("xyz"))


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        ("Łódź 🚧".encode(), "Łódź 🚧"),
        (b"Stra\xdfe", "Straße"),
        (b"\x93quoted\x94 \x80 5", "“quoted” € 5"),
        (b"half a letter \xc3", "half a letter Ã"),
        ("Königsstraße in Köl".encode() + b"\xc3", "Königsstraße in Köl"),
        ("東京".encode()[:-1], "東"),
        ("Straße 🚧".encode()[:-2], "Straße "),
        (b"K\xc3\xb6ln\xc3 and K\xc3\xb6ln", "Köln and Köln"),
        (b"K\xf6nigsstra\xdfe \xc3\xbc", "Königsstraße Ã¼"),
        (b"", ""),
    ],
)
def test_text_is_utf_8_or_else_latin_1(octets: bytes, text: str) -> None:
    assert decode(octets) == text


@pytest.mark.parametrize(
    ("octets", "values"),
    [
        (b"a=1&b=2&a=3", {"a": ["1", "3"], "b": ["2"]}),
        (b"a=&b", {"a": [""], "b": [""]}),
        (b"a=Stra%DFe", {"a": ["Straße"]}),
        (b"a=Stra%C3%9Fe", {"a": ["Straße"]}),
        (b"a=Stra\xdfe+1", {"a": ["Straße 1"]}),
        (b"attribute%5BSIZE%5D=BIG", {"attribute[SIZE]": ["BIG"]}),
        (b"a=%zz&b=100%", {"a": ["%zz"], "b": ["100%"]}),
        (b"a=1=2", {"a": ["1=2"]}),
        (b"&&&", {}),
    ],
)
def test_a_form_is_read(octets: bytes, values: dict[str, list[str]]) -> None:
    assert parse_form(octets) == values


def test_far_too_many_parameters_are_refused() -> None:
    assert len(parse_form(b"&".join([b"a=1"] * MOST_FIELDS))["a"]) == MOST_FIELDS
    with pytest.raises(InvalidParameters, match="too many"):
        parse_form(b"&".join([b"a=1"] * (MOST_FIELDS + 1)))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("{}", {}),
        (
            '{"lat": 39.71370, "long": -8e1, "open": true, "a": [1, null, "x"], "b": null}',
            {"lat": ["39.71370"], "long": ["-8e1"], "open": ["true"], "a": ["1", "x"]},
        ),
        (
            '{"attribute": {"SIZE": "BIG", "WHAT": ["A", "01"]}, "attribute[COUNT]": 2}',
            {
                "attribute[SIZE]": ["BIG"],
                "attribute[WHAT]": ["A", "01"],
                "attribute[COUNT]": ["2"],
            },
        ),
        ('{"a": "\\ud800x\\u0000", "\\udfffb": NaN}', {"a": ["x"], "b": ["NaN"]}),
    ],
)
def test_an_object_in_json_is_read_as_a_form(text: str, values: dict[str, list[str]]) -> None:
    assert parse_json(text) == values


@pytest.mark.parametrize(
    ("text", "words"),
    [
        *((text, "not a valid JSON object") for text in ("[]", '"a"', '{"a":', "{'a': 1}")),
        ("[" * 900_000, "not a valid JSON object"),
        ('{"a":' * 100_000, "not a valid JSON object"),
        ('{"a": [[1]]}', "a is nested too deeply"),
        ('{"attribute": {"SIZE": {"key": "BIG"}}}', "attribute is nested too deeply"),
        ('{"a": [{}]}', "a is nested too deeply"),
    ],
)
def test_json_that_is_no_form_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidParameters, match=words):
        parse_json(text)
