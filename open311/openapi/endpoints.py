"""The endpoints of the API, one entry for each: the table the OpenAPI description is made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from marshmallow import Schema

from open311.formats import CONTENT_TYPES
from open311.parameters import ENDPOINT
from schemas.documents import (
    DiscoverySchema,
    DocumentSchema,
    ExtendedServiceRequestSchema,
    ReceiptSchema,
    ServiceDefinitionSchema,
    ServiceSchema,
)
from schemas.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema
from schemas.submission import SubmissionSchema

GEOREPORT_SUFFIXES = {suffix: CONTENT_TYPES[suffix] for suffix in ("json", "xml")}


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
    alternatives: tuple[tuple[str, ...], ...] = ()  # fields of the form, one group is needed
    answers: bool = False  # whether the form holds attribute[CODE], too
    files: Mapping[str, str] = field(default_factory=dict)  # of a multipart form: name and use
    example: Mapping[str, Any] = field(default_factory=dict)  # of the form
    errors: tuple[int, ...] = ()  # statuses beside ERRORS_OF_ALL
    base: str = ENDPOINT
    # The content type of each suffix; the one of "" where the path has none.
    suffixes: Mapping[str, str] = field(default_factory=lambda: GEOREPORT_SUFFIXES)


ENDPOINTS = (
    Endpoint(
        name="discover",
        method="get",
        path="/discovery",
        summary="What this server offers and where, and how to get an api_key",
        topic="Discovery",
        root="discovery",
        document=DiscoverySchema,
        base="/open311",
    ),
    Endpoint(
        name="listServices",
        method="get",
        path="/services",
        summary="The services that can be asked for",
        topic="Services",
        root="services",
        document=ServiceSchema,
        shape=Shape.LIST,
    ),
    Endpoint(
        name="getServiceDefinition",
        method="get",
        path="/services/{service_code}",
        summary="The questions of a service",
        topic="Services",
        root="service_definition",
        document=ServiceDefinitionSchema,
    ),
    Endpoint(
        name="postServiceRequest",
        method="post",
        path="/requests",
        summary="Report something; the answer holds an id, a token or neither, as the service says",
        topic="Service requests",
        root="service_requests",
        document=ReceiptSchema,
        shape=Shape.LIST_OF_ONE,
        body=SubmissionSchema,
        alternatives=(("lat", "long"), ("address_string",)),
        answers=True,
        example={
            "api_key": "sandbox",
            "service_code": "POTHOLE",
            "lat": 39.7201,
            "long": -82.6003,
            "description": "Deep hole in the right lane",
        },
        errors=(403, 413),
    ),
    Endpoint(
        name="listServiceRequests",
        method="get",
        path="/requests",
        summary="Service requests, newest first",
        topic="Service requests",
        root="service_requests",
        document=ExtendedServiceRequestSchema,
        shape=Shape.LIST,
        query=ServiceRequestFiltersSchema,
    ),
    Endpoint(
        name="getServiceRequest",
        method="get",
        path="/requests/{service_request_id}",
        summary="One service request, whatever its age",
        topic="Service requests",
        root="service_requests",
        document=ExtendedServiceRequestSchema,
        shape=Shape.LIST_OF_ONE,
        query=ExtensionsSchema,
    ),
    Endpoint(
        name="getToken",
        method="get",
        path="/tokens/{token}",
        summary="The id that a token stands for; until there is one, the token alone",
        topic="Service requests",
        root="service_requests",
        document=ReceiptSchema,
        shape=Shape.LIST_OF_ONE,
    ),
)

ERRORS_OF_ALL = (400, 404)
"""Statuses that any endpoint may answer with."""
