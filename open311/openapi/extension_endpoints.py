"""The endpoints beyond the standard: maps, updates, photos."""

from open311.formats import CONTENT_TYPES
from open311.openapi.endpoint import PHOTOS, Endpoint, Shape
from schemas.extension_documents import (
    ExtendedServiceRequestSchema,
    FeatureCollectionSchema,
    FeatureSchema,
    UpdateReceiptSchema,
    UpdateSchema,
)
from schemas.request_filters import ExtensionsSchema, ServiceRequestFiltersSchema
from schemas.updates import UpdateFiltersSchema, UpdateSubmissionSchema

GEOJSON = {"geojson": CONTENT_TYPES["geojson"]}

EXTENSIONS = (
    Endpoint(
        name="mapServiceRequests",
        method="get",
        path="/requests",
        summary="The same list as a map layer",
        topic="Service requests",
        document=FeatureCollectionSchema,
        query=ServiceRequestFiltersSchema,
        suffixes=GEOJSON,
    ),
    Endpoint(
        name="mapServiceRequest",
        method="get",
        path="/requests/{service_request_id}",
        summary="One service request on a map",
        topic="Service requests",
        document=FeatureSchema,
        query=ExtensionsSchema,
        errors=(410,),
        suffixes=GEOJSON,
    ),
    Endpoint(
        name="getServiceRequestInTheSingular",
        method="get",
        path="/request/{service_request_id}",
        summary="One service request, for clients that ask in the singular",
        topic="Service requests",
        root="service_requests",
        document=ExtendedServiceRequestSchema,
        shape=Shape.LIST_OF_ONE,
        query=ExtensionsSchema,
        errors=(410,),
    ),
    Endpoint(
        name="mapServiceRequestInTheSingular",
        method="get",
        path="/request/{service_request_id}",
        summary="One service request on a map, for clients that ask in the singular",
        topic="Service requests",
        document=FeatureSchema,
        query=ExtensionsSchema,
        errors=(410,),
        suffixes=GEOJSON,
    ),
    Endpoint(
        name="listUpdates",
        method="get",
        path="/servicerequestupdates",
        summary="Updates of service requests, oldest first",
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
        summary="Update a service request; the answer is an id, or a token until staff accept it",
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
        summary="The id of an update that waited for staff; until there is one, the token alone",
        topic="Updates",
        root="service_request_updates",
        document=UpdateReceiptSchema,
        shape=Shape.LIST_OF_ONE,
        errors=(410,),
    ),
    Endpoint(
        name="getPhoto",
        method="get",
        path="/media/{name}",
        summary="A photo of a service request, or its thumbnail",
        topic="Photos",
        base="/open311",
        suffixes={"": "image/jpeg"},
    ),
)
