"""The API's endpoints, one entry each: the source of the OpenAPI description."""

from open311.georeport.openapi.endpoint import PHOTOS, Endpoint, Shape
from open311.georeport.openapi.extension_endpoints import EXTENSIONS
from open311.web.parameters import ENDPOINT
from schemas.catalog.forms import ServiceFiltersSchema
from schemas.requests.documents import DiscoverySchema, ReceiptSchema, ServiceDefinitionSchema
from schemas.requests.extension_documents import ExtendedServiceRequestSchema, ServiceAtPlaceSchema
from schemas.requests.submission import SubmissionSchema
from schemas.search.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema

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
    ),
    Endpoint(
        name="getServiceDefinition",
        method="get",
        path="/services/{service_code}",
        summary="Get the questions of a service",
        topic="Services",
        root="service_definition",
        document=ServiceDefinitionSchema,
    ),
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
    Endpoint(
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
    ),
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

ENDPOINTS = (*GEOREPORT, *EXTENSIONS)

ERRORS_OF_ALL = (400, 404, 429)
"""Error statuses that any endpoint may return."""
