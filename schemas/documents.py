"""What leaves the API: the documents of GeoReport v2, field by field (spec 2 and 3).

Lists of service requests are selected under these very names and not passed through a schema
row by row, which would cost more than the query; a test holds the two together.
"""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import W3CDateTime


class DocumentSchema(Schema):
    """Base of all documents: of a mapping it takes the keys, never methods such as values."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """Get the value of a field."""
        return obj.get(attr, default) if isinstance(obj, Mapping) else getattr(obj, attr, default)


class EndpointSchema(DocumentSchema):
    """One endpoint of a discovery document."""

    specification = fields.String()
    url = fields.String()
    changeset = W3CDateTime()
    type = fields.String()
    formats = fields.List(fields.String())


class DiscoverySchema(DocumentSchema):
    """Service discovery. service_area is an addition to the standard: GeoJSON, ready to be sent."""

    changeset = W3CDateTime()
    contact = fields.String()
    key_service = fields.String()
    endpoints = fields.List(fields.Nested(EndpointSchema))
    service_area = fields.Raw()


class ServiceSchema(DocumentSchema):
    """One service of the service list."""

    service_code = fields.String()
    service_name = fields.String()
    description = fields.String()
    metadata = fields.Boolean()
    type = fields.String()
    keywords = fields.String()
    group = fields.String()


class ValueSchema(DocumentSchema):
    """One option of a list question."""

    key = fields.String()
    name = fields.String()


class AttributeSchema(DocumentSchema):
    """One question of a service definition; values is there for lists only."""

    variable = fields.Boolean()
    code = fields.String()
    datatype = fields.String()
    required = fields.Boolean()
    datatype_description = fields.String()
    order = fields.Integer()
    description = fields.String()
    values = fields.List(fields.Nested(ValueSchema))


class ServiceDefinitionSchema(DocumentSchema):
    """The questions of a service."""

    service_code = fields.String()
    attributes = fields.List(fields.Nested(AttributeSchema))


class ReceiptSchema(DocumentSchema):
    """The answer to a POST, and to a token: what has no value is left out."""

    service_request_id = fields.String()
    token = fields.String()
    service_notice = fields.String()


class ServiceRequestSchema(DocumentSchema):
    """One service request, as all may see it."""

    service_request_id = fields.String()
    status = fields.String()
    status_notes = fields.String(allow_none=True)
    service_name = fields.String()
    service_code = fields.String()
    description = fields.String(allow_none=True)
    agency_responsible = fields.String()
    service_notice = fields.String(allow_none=True)
    requested_datetime = W3CDateTime()
    updated_datetime = W3CDateTime()
    expected_datetime = W3CDateTime(allow_none=True)
    address = fields.String(allow_none=True)
    address_id = fields.String(allow_none=True)
    zipcode = fields.String(allow_none=True)
    lat = fields.Float(allow_none=True)
    long = fields.Float(allow_none=True)
    media_url = fields.String(allow_none=True)


class UpdateSchema(DocumentSchema):
    """One update of a service request (spec 5.6): a step of its history. No value is null."""

    update_id = fields.String()
    service_request_id = fields.String()
    status = fields.String()
    updated_datetime = W3CDateTime()
    description = fields.String()
    media_url = fields.String()


class UpdateReceiptSchema(DocumentSchema):
    """The answer to an update that was sent, and to its token: what has no value is left out."""

    update_id = fields.String()
    token = fields.String()


class ErrorSchema(DocumentSchema):
    """One error."""

    code = fields.Integer()
    description = fields.String()
