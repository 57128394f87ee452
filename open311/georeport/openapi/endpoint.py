"""What the OpenAPI description says of one endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from marshmallow import Schema

from open311.web.formats import CONTENT_TYPES
from open311.web.parameters import ENDPOINT
from schemas.requests.documents import DocumentSchema

GEOREPORT_SUFFIXES = {suffix: CONTENT_TYPES[suffix] for suffix in ("json", "xml")}

PHOTOS = {"media": "Photos, each a file of its own."}
"""Files of a form that takes photos."""


class Shape(Enum):
    """How an answer holds its documents, in words."""

    ONE = "One document."
    LIST = "A list."
    LIST_OF_ONE = "A list with one entry."


@dataclass(frozen=True)
class Endpoint:
    """One endpoint, described once with each suffix of its path. What it has not is left out."""

    name: str  # begins the operationId
    method: str
    path: str  # below base, without its suffix
    summary: str
    topic: str  # one of TOPICS
    root: str = ""  # what XML calls the whole answer
    document: type[DocumentSchema] | None = None  # None: bytes of the suffix's content type
    shape: Shape = Shape.ONE
    query: type[Schema] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # of the request: name and use
    body: type[Schema] | None = None  # a form, which needs an api_key
    staff: bool = False  # whether it needs a key of the city's staff
    alternatives: tuple[tuple[str, ...], ...] = ()  # fields of the form, one group is needed
    answers: bool = False  # whether the form holds attribute[CODE], too
    files: Mapping[str, str] = field(default_factory=dict)  # of a multipart form: name and use
    example: Mapping[str, Any] = field(default_factory=dict)  # of the form
    errors: tuple[int, ...] = ()  # statuses beside ERRORS_OF_ALL
    base: str = ENDPOINT
    # The content type of each suffix; the one of "" where the path has none.
    suffixes: Mapping[str, str] = field(default_factory=lambda: GEOREPORT_SUFFIXES)
