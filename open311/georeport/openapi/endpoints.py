"""The API's endpoints, one entry each: the source of the OpenAPI description."""

from dataclasses import replace

from open311.georeport.openapi.endpoint import PHOTOS, Endpoint, Shape
from open311.georeport.openapi.stats import STATS
from open311.georeport.openapi.webhooks import WEBHOOKS
from open311.web.formats import CONTENT_TYPES
from open311.web.parameters import ENDPOINT
from schemas.addresses import AddressSearchSchema
from schemas.catalog.forms import LocaleSchema, ServiceFiltersSchema
from schemas.requests.documents import DiscoverySchema, ReceiptSchema, ServiceDefinitionSchema
from schemas.requests.extension_documents import (
    AddressPointSchema,
    ExtendedServiceRequestSchema,
    FeatureCollectionSchema,
    FeatureSchema,
    ServiceAtPlaceSchema,
    UpdateReceiptSchema,
    UpdateSchema,
)
from schemas.requests.submission import SubmissionSchema
from schemas.requests.updates import UpdateFiltersSchema, UpdateSubmissionSchema
from schemas.routing.explanation import AnswerSchema, ExplainSchema
from schemas.search.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema

GEOJSON = {"geojson": CONTENT_TYPES["geojson"]}

IN_LANGUAGE = {
    "Accept-Language": "Languages of the reader (RFC 9110, 12.5.4). Content-Language of the "
    "response says which one it has."
}

_SERVICE = Endpoint(
    name="getServiceDefinition",
    method="get",
    path="/services/{service_code}",
    summary="Get the questions of a service",
    topic="Services",
    root="service_definition",
    document=ServiceDefinitionSchema,
    query=LocaleSchema,
    headers=IN_LANGUAGE,
)

_REQUEST = Endpoint(
    name="getServiceRequest",
    method="get",
    path="/requests/{service_request_id}",
    summary="Get one service request of any age",
    topic="Service requests",
    root="service_requests",
    document=ExtendedServiceRequestSchema,
    shape=Shape.LIST_OF_ONE,
    query=ExtensionsSchema,
    errors=(410,),
)

_REQUEST_ON_MAP = Endpoint(
    name="mapServiceRequest",
    method="get",
    path="/requests/{service_request_id}",
    summary="Get one service request as GeoJSON",
    topic="Service requests",
    document=FeatureSchema,
    query=ExtensionsSchema,
    errors=(410,),
    suffixes=GEOJSON,
)


def _in_the_singular(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint of one entry at its other path."""
    return replace(
        endpoint,
        name=f"{endpoint.name}InTheSingular",
        path=endpoint.path.replace("s/", "/", 1),
        summary=f"{endpoint.summary}, for clients that use the singular path",
    )


GEOREPORT = (
    Endpoint(
        name="discover",
        method="get",
        path="/discovery",
        summary="Get the endpoints of this server, and how to get an api_key",
        topic="Discovery",
        root="discovery",
        document=DiscoverySchema,
        query=ExtensionsSchema,
        base="/open311",
        other_bases=(ENDPOINT,),
    ),
    Endpoint(
        name="listServices",
        method="get",
        path="/services",
        summary="List services",
        topic="Services",
        root="services",
        document=ServiceAtPlaceSchema,
        shape=Shape.LIST,
        query=ServiceFiltersSchema,
        headers=IN_LANGUAGE,
    ),
    _SERVICE,
    Endpoint(
        name="postServiceRequest",
        method="post",
        path="/requests",
        summary="Submit a service request; depending on the service, the response has an "
        "ID, a token, or neither",
        topic="Service requests",
        root="service_requests",
        document=ReceiptSchema,
        shape=Shape.LIST_OF_ONE,
        body=SubmissionSchema,
        alternatives=(("lat", "long"), ("address_string",), ("address_id",)),
        answers=True,
        files=PHOTOS,
        headers={
            "Idempotency-Key": "The same content with the same key gets the same response again."
        },
        example={
            "api_key": "sandbox",
            "service_code": "POTHOLE",
            "lat": 39.7201,
            "long": -82.6003,
            "description": "Deep hole in the right lane",
        },
        errors=(403, 409, 413),
    ),
    Endpoint(
        name="listServiceRequests",
        method="get",
        path="/requests",
        summary="List service requests, newest first",
        topic="Service requests",
        root="service_requests",
        document=ExtendedServiceRequestSchema,
        shape=Shape.LIST,
        query=ServiceRequestFiltersSchema,
    ),
    _REQUEST,
    Endpoint(
        name="getToken",
        method="get",
        path="/tokens/{token}",
        summary="Get the ID for a token; until there is one, only the token",
        topic="Service requests",
        root="service_requests",
        document=ReceiptSchema,
        shape=Shape.LIST_OF_ONE,
    ),
)
"""Endpoints of the standard, in its order."""

EXTENSIONS = (
    Endpoint(
        name="mapServiceRequests",
        method="get",
        path="/requests",
        summary="List service requests as GeoJSON",
        topic="Service requests",
        document=FeatureCollectionSchema,
        query=ServiceRequestFiltersSchema,
        suffixes=GEOJSON,
    ),
    _REQUEST_ON_MAP,
    _in_the_singular(_SERVICE),
    _in_the_singular(_REQUEST),
    _in_the_singular(_REQUEST_ON_MAP),
    Endpoint(
        name="listUpdates",
        method="get",
        path="/servicerequestupdates",
        summary="List updates of service requests, oldest first",
        topic="Updates",
        root="service_request_updates",
        document=UpdateSchema,
        shape=Shape.LIST,
        query=UpdateFiltersSchema,
    ),
    Endpoint(
        name="postUpdate",
        method="post",
        path="/servicerequestupdates",
        summary="Comment on a service request; the response has an ID, or a token until staff "
        "approve the update",
        topic="Updates",
        root="service_request_updates",
        document=UpdateReceiptSchema,
        shape=Shape.LIST_OF_ONE,
        body=UpdateSubmissionSchema,
        files=PHOTOS,
        example={
            "api_key": "sandbox",
            "service_request_id": "TEST-26-0000001",
            "update_id": "1",
            "updated_datetime": "2026-03-09T14:05:00Z",
            "status": "IN_PROGRESS",
        },
        errors=(403, 410, 413),
    ),
    Endpoint(
        name="getUpdateToken",
        method="get",
        path="/update_tokens/{token}",
        summary="Get the ID of an update that needed approval; until there is one, only the token",
        topic="Updates",
        root="service_request_updates",
        document=UpdateReceiptSchema,
        shape=Shape.LIST_OF_ONE,
        errors=(410,),
    ),
    Endpoint(
        name="searchAddresses",
        method="get",
        path="/addresses",
        summary="Find addresses in the address register, by text or near a location",
        topic="Addresses",
        root="addresses",
        document=AddressPointSchema,
        shape=Shape.LIST,
        query=AddressSearchSchema,
    ),
    Endpoint(
        name="getPhoto",
        method="get",
        path="/media/{name}",
        summary="Get a photo of a service request, or its thumbnail",
        topic="Photos",
        base="/open311",
        suffixes={"": "image/jpeg"},
    ),
    Endpoint(
        name="explainRouting",
        method="get",
        path="/routing/explain",
        summary="Explain the department of a service request, or of a location; for staff",
        topic="Routing",
        document=AnswerSchema,
        query=ExplainSchema,
        staff=True,
        errors=(403, 410),
        base="",
        suffixes={"": CONTENT_TYPES["json"]},
    ),
    *WEBHOOKS,
    *STATS,
)
"""Endpoints beyond the standard."""

ENDPOINTS = (*GEOREPORT, *EXTENSIONS)

ERRORS_OF_ALL = (400, 404, 429)
"""Error statuses that any endpoint may return."""
