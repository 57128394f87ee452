"""Parameters and files of an HTTP request, read leniently.

Old clients send text in Latin-1 or cut inside a character, multipart boundaries without the quotes
they need, and odd line ends. Werkzeug splits the parts; this module decides how to decode their
text. An object in JSON is read as the form with the same names.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any
from urllib.parse import unquote_to_bytes

from flask import current_app, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import ClientDisconnected, HTTPException, RequestEntityTooLarge
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder

from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.messages.access import (
    BODY_INCOMPLETE,
    BODY_WITHOUT_BOUNDARY,
    JSON_MALFORMED,
    JSON_TOO_DEEP,
    TOO_MANY_PARAMETERS,
)
from schemas.fields import printable

MOST_FIELDS = 20_000
MOST_FORM_BYTES = 1_000_000  # of a body without files

_FORM = "application/x-www-form-urlencoded"

_AT_ONCE = 65_536  # bytes
_LONGEST_NAME = 100  # characters that an error quotes

# Keys in the WSGI environment.
READ = "open311.sent"  # the values that were read
_RECEIVED = "open311.received"
PROBLEM = "open311.problem_of_body"
_IN_MEMORY = "open311.body_in_memory"

_in_memory = BoundedSemaphore(4)  # bodies larger than MOST_FORM_BYTES; others wait in files

BLANKS = b"\xef\xbb\xbf \t\r\n"  # with the byte order mark

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^";,\s]+))', re.IGNORECASE)

_NAME = re.compile(r"[;\s]name=([^;\"\s]+)")


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent. The client declares the content type, which may be wrong."""

    parameter: str
    file_name: str
    content: bytes


@dataclass(frozen=True)
class Sent:
    """Parameters with all their values, in order, and files."""

    values: dict[str, list[str]] = field(default_factory=dict)
    files: list[SentFile] = field(default_factory=list)


def decode(octets: bytes) -> str:
    """Return text decoded as UTF-8, or else as Windows-1252.

    UTF-8 that was cut inside a character loses that character: text is UTF-8 if it has at least as
    many complete characters beyond ASCII as broken ones.
    """
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    complete = sum(letter > "\x7f" for letter in text) - broken
    if complete >= broken:
        return text.replace("\ufffd", "")
    return octets.decode("cp1252", "ignore")


def sent() -> Sent:
    """Return the parameters and files of this HTTP request.

    A parameter of the body hides those with the same name in the query. Raises InvalidParameters
    if the body cannot be read.
    """
    environ = request.environ
    if READ not in environ:
        query = parse_form(request.query_string)
        body = _read_body()
        environ[READ] = Sent({**query, **body.values}, body.files)
    found: Sent = environ[READ]
    return found


def _read_body() -> Sent:
    has_body = _has_body()
    content_type = request.environ.get("CONTENT_TYPE")
    if not has_body and content_type is None:
        return Sent()
    is_form = content_type == _FORM  # as most are; to parse the type costs more than the form
    if not is_form and request.mimetype == "multipart/form-data":
        return read_multipart(request.headers.get("Content-Type", ""), received_body())
    if not has_body:
        return Sent()
    request.max_content_length = min(MOST_FORM_BYTES, current_app.config["OPEN311_MAX_BODY_BYTES"])
    octets = received_body()
    if not is_form and request.is_json and _is_json(octets):
        return _read_json(octets)
    return Sent(parse_form(octets))  # whatever its content type says


def _is_json(octets: bytes) -> bool:
    """Return whether a body is JSON: some clients say so and send a form."""
    text = octets.lstrip(BLANKS)
    return text[:1] in (b"{", b"[") or (bool(text) and b"=" not in text)


def _read_json(octets: bytes) -> Sent:
    values = parse_json(decode(octets.lstrip(BLANKS)))
    if sum(map(len, values.values())) > MOST_FIELDS:
        raise InvalidParameters(TOO_MANY_PARAMETERS, limit=MOST_FIELDS)
    return Sent(values)


def received_body() -> bytes:
    """Return the body of this HTTP request, which is complete before any query.

    While a slow client sends it, it takes no database connection and little memory. Raises
    HTTPException if it is too large, or if the client disconnects.
    """
    environ = request.environ
    if PROBLEM in environ:
        raise environ[PROBLEM]
    if _RECEIVED not in environ and _has_body():
        end_reads()
        is_small = 0 < (request.content_length or 0) <= MOST_FORM_BYTES
        with BytesIO() if is_small else SpooledTemporaryFile(MOST_FORM_BYTES) as file:
            try:
                length = receive(file)
            except HTTPException as error:
                environ[PROBLEM] = error
                raise
            if length > MOST_FORM_BYTES:
                _in_memory.acquire()
                environ[_IN_MEMORY] = True
            file.seek(0)
            environ[_RECEIVED] = octets = file.read()
            environ["wsgi.input"] = BytesIO(octets)  # the same bytes, for Flask's forms
            environ["wsgi.input_terminated"] = True
    received: bytes = environ.get(_RECEIVED, b"")
    return received


def _has_body() -> bool:
    environ = request.environ
    has_length = "CONTENT_LENGTH" in environ and request.content_length
    return bool(has_length) or "HTTP_TRANSFER_ENCODING" in environ


def receive(file: IO[bytes]) -> int:
    """Copy the body to a file, and return its bytes."""
    declared, limit = request.content_length or 0, request.max_content_length or 0
    if declared > limit:
        raise RequestEntityTooLarge
    source, received = request.input_stream, 0
    while received <= limit:
        try:
            piece = source.read(_AT_ONCE)
        except Exception:  # whatever the server raises for a broken or closed connection
            raise ClientDisconnected from None
        if not piece:
            break
        received += file.write(piece)
    if received > limit:
        raise RequestEntityTooLarge
    if received < declared:
        raise ClientDisconnected
    return received


def release_memory(_error: BaseException | None = None) -> None:
    """Let the next large body into memory; called at the end of each HTTP request."""
    if request.environ.pop(_IN_MEMORY, False):
        _in_memory.release()


def parse_form(octets: bytes) -> dict[str, list[str]]:
    """Parse name=value&… of a query or form; raises InvalidParameters for too many pairs."""
    if octets.count(b"&") >= MOST_FIELDS:
        raise InvalidParameters(TOO_MANY_PARAMETERS, limit=MOST_FIELDS)
    pairs = (pair.partition(b"=") for pair in octets.replace(b"+", b" ").split(b"&") if pair)
    return _grouped((_as_sent(name), _as_sent(value)) for name, _, value in pairs)


def _as_sent(octets: bytes) -> str:
    return decode(unquote_to_bytes(octets) if b"%" in octets else octets)


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def read_multipart(content_type: str, body: bytes) -> Sent:
    """Parse multipart/form-data (RFC 7578); raises InvalidParameters if it is malformed."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise InvalidParameters(BODY_WITHOUT_BOUNDARY)
    try:
        parts = list(_parts((boundary[1] or boundary[2]).encode("latin-1", "ignore"), body))
    except ValueError:
        raise InvalidParameters(BODY_INCOMPLETE) from None
    texts = ((name, decode(content)) for name, file_name, content in parts if file_name is None)
    files = [
        SentFile(name, file_name, content)
        for name, file_name, content in parts
        if file_name is not None and (file_name or content)
    ]
    return Sent(_grouped(texts), files)


def _parts(boundary: bytes, body: bytes) -> Iterator[tuple[str, str | None, bytes]]:
    """Yield the parts as (name, file name or None, content); raises ValueError."""
    decoder = MultipartDecoder(boundary, max_parts=MOST_FIELDS)
    decoder.receive_data(body)
    decoder.receive_data(None)
    while not isinstance(event := decoder.next_event(), Epilogue):
        if isinstance(event, Field | File):
            name = _name(event.headers, event.name)
            file_name = event.filename if isinstance(event, File) else None
            yield name, file_name, _content(decoder)


def _content(decoder: MultipartDecoder) -> bytes:
    chunks = []
    while isinstance(event := decoder.next_event(), Data):
        chunks.append(event.data)
        if not event.more_data:
            return b"".join(chunks)
    raise ValueError("a part without an end")


def _name(headers: Headers, read: str) -> str:
    """Return the name of a part, even if it has brackets and lacks the quotes they need."""
    disposition = headers.get("Content-Disposition", "")
    _kind, options = parse_options_header(disposition)
    unquoted = _NAME.search(disposition)
    return unquoted[1] if unquoted else options.get("name", read)


def parse_json(text: str) -> dict[str, list[str]]:
    """Return an object in JSON as a form: {"a": {"b": 1, "c": [2, 3]}} as a[b]=1&a[c]=2&a[c]=3.

    null is an absent value. Raises InvalidParameters if it is malformed or nested deeper.
    """
    try:
        # Numbers stay text, as in a form: 39.7137 keeps its decimals, and 1e999 is never computed.
        document = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise InvalidParameters(JSON_MALFORMED) from None
    if not isinstance(document, dict):
        raise InvalidParameters(JSON_MALFORMED)
    return {name: texts for name, texts in _json_fields(document) if texts}


def _json_fields(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for name, value in document.items():
        if isinstance(value, dict):
            for key, inner in value.items():
                yield f"{printable(name)}[{printable(key)}]", _json_texts(inner, name)
        else:
            yield printable(name), _json_texts(value, name)


def _json_texts(value: Any, name: str) -> list[str]:
    """Return the values of a field; raises InvalidParameters for a value inside several others."""
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, dict | list) for text in texts):
        raise InvalidParameters(JSON_TOO_DEEP, field=printable(name)[:_LONGEST_NAME])
    return [_json_text(text) for text in texts if text is not None]


def _json_text(value: str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return printable(value)
