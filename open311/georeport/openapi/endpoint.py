"""Endpoints as data for the OpenAPI description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from marshmallow import Schema

from open311.web.formats import CONTENT_TYPES
from open311.web.parameters import ENDPOINT
from schemas.requests.documents import DocumentSchema

GEOREPORT_SUFFIXES = {suffix: CONTENT_TYPES[suffix] for suffix in ("json", "xml")}

PHOTOS = {"media": "Photos, one per file. A file with another name is a photo, too."}
"""File fields of a form that accepts photos."""


class Shape(Enum):
    """The nesting of documents in a response, in words."""

    ONE = "One document."
    LIST = "A list."
    LIST_OF_ONE = "A list with one entry."


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, described once with each suffix of its path. Defaults are omitted."""

    name: str  # start of the operationId
    method: str
    path: str  # below base, without its suffix
    summary: str
    topic: str  # one of TOPICS
    root: str = ""  # root element in XML
    document: type[DocumentSchema] | None = None  # None: bytes of the suffix's content type
    shape: Shape = Shape.ONE
    query: type[Schema] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # of the request: name and use
    body: type[Schema] | None = None  # a form, which requires an api_key
    staff: bool = False  # whether it requires an API key with a right
    alternatives: tuple[tuple[str, ...], ...] = ()  # fields of the form, one group is required
    answers: bool = False  # whether the form also accepts attribute[CODE]
    files: Mapping[str, str] = field(default_factory=dict)  # multipart form: name and use
    example: Mapping[str, Any] = field(default_factory=dict)  # of the form
    errors: tuple[int, ...] = ()  # statuses in addition to ERRORS_OF_ALL
    base: str = ENDPOINT
    other_bases: tuple[str, ...] = ()
    for_tests: bool = True  # whether the test endpoint has it as well, if base is ENDPOINT
    # Content type by suffix; "" for a path without a suffix.
    suffixes: Mapping[str, str] = field(default_factory=lambda: GEOREPORT_SUFFIXES)
