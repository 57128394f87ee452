"""A form with one large file, which is never in memory as a whole."""

from io import SEEK_END
from tempfile import TemporaryFile
from typing import IO

from flask import g, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.messages.access import BODY_INCOMPLETE, BODY_WITHOUT_BOUNDARY
from open311.web.bodies import PROBLEM, READ, Sent, parse_form, receive

_AT_ONCE = 1_000_000  # bytes
_MOST_TEXT = 100_000  # bytes of the fields beside the file
_MOST_PARTS = 100


def take_large_file(limit: int) -> None:
    """Read a multipart form (RFC 7578) of this HTTP request: its fields, and its file.

    limit is that of the body in bytes. Raises InvalidParameters if it is malformed.
    """
    request.max_content_length = limit
    _type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if not options.get("boundary"):
        raise InvalidParameters(BODY_WITHOUT_BOUNDARY)
    g.large_file = TemporaryFile()  # noqa: SIM115 - release_large_file closes it
    g.large_file_name = None
    parser = MultiPartParser(
        _write_to,
        max_form_memory_size=_MOST_TEXT,
        max_form_parts=_MOST_PARTS,
        buffer_size=_AT_ONCE,
    )
    with TemporaryFile() as body:
        size = _receive(body)
        body.seek(0)
        try:
            fields, _files = parser.parse(body, options["boundary"].encode("latin-1"), size)
        except (ValueError, RequestEntityTooLarge):
            raise InvalidParameters(BODY_INCOMPLETE) from None
    request.form = ImmutableMultiDict(fields)  # where Flask-WTF looks for its token
    values = parse_form(request.query_string) | dict(fields.lists())
    request.environ[READ] = Sent(values)


def _receive(body: IO[bytes]) -> int:
    """Copy the body to a file, and return its bytes; later readers get its HTTPException, too."""
    end_reads()
    try:
        return receive(body)
    except HTTPException as error:
        request.environ[PROBLEM] = error
        raise


def _write_to(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    """Return where the content of the file goes; raises ValueError for a second one."""
    if g.large_file_name is not None:
        raise ValueError(filename)
    g.large_file_name = filename or ""
    file: IO[bytes] = g.large_file
    return file


def large_file() -> tuple[IO[bytes], int]:
    """Return the file that take_large_file read, and its size in bytes; 0 if none was sent."""
    file: IO[bytes] = g.large_file
    return file, file.seek(0, SEEK_END)


def release_large_file(_error: BaseException | None = None) -> None:
    """Close the file of this HTTP request, if there is one."""
    if "large_file" in g:
        g.large_file.close()
