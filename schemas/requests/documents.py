"""Documents of GeoReport v2, field by field (spec 2 and 3).

Lists of service requests are selected with these names in SQL. Serializing each row with a schema
would cost more than the query. A test compares the two.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from schemas.fields import W3CDateTime, says
from schemas.vocabulary.datatypes import AUTOMATED, DATATYPE_CODES
from schemas.vocabulary.statuses import STANDARD_STATUSES


class DocumentSchema(Schema):
    """Base of all documents; reads the keys of a mapping, never methods such as values."""

    left_out: Sequence[str] = ()
    """Fields that are left out if they have no value; all others are always present."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        return obj.get(attr, default) if isinstance(obj, Mapping) else getattr(obj, attr, default)


class EndpointSchema(DocumentSchema):
    """One endpoint of a discovery document."""

    specification = fields.String()
    url = fields.String(**says("Base URL of the API."))
    changeset = W3CDateTime(**says("Time of the last change of the services."))
    type = fields.String(metadata={"enum": ["production", "test"]})
    formats = fields.List(fields.String())


class DiscoverySchema(DocumentSchema):
    """The service discovery document; service_area is an extension: GeoJSON, already encoded."""

    left_out = ("service_area",)

    changeset = W3CDateTime()
    contact = fields.String(**says("How to contact the city."))
    key_service = fields.String(**says("How to get an api_key."))
    endpoints = fields.List(fields.Nested(EndpointSchema))
    service_area = fields.Raw(**says("GeoJSON, with extensions=true."))


class ServiceSchema(DocumentSchema):
    """One service of the service list."""

    service_code = fields.String()
    service_name = fields.String()
    description = fields.String()
    metadata = fields.Boolean(**says("Whether the service has questions; see its definition."))
    type = fields.String(
        metadata={
            "description": "Whether the response to a submission has an ID, a token, or neither.",
            "enum": ["realtime", "batch", "blackbox"],
        }
    )
    keywords = fields.String(**says("Separated by commas; can be empty."))
    group = fields.String(**says("Can be empty."))


class ValueSchema(DocumentSchema):
    """One option of a list question."""

    key = fields.String(**says("The answer to send."))
    name = fields.String(**says("The text to show."))


class AttributeSchema(DocumentSchema):
    """One question of a service definition; values is present for lists only.

    automated is present for a question that apps answer and residents do not (spec 5.6).
    """

    left_out = ("automated", "values")

    variable = fields.Boolean(**says("false: only show description; there is nothing to answer."))
    code = fields.String(**says("Send the answer as attribute[code]."))
    datatype = fields.String(metadata={"enum": list(DATATYPE_CODES)})
    required = fields.Boolean()
    datatype_description = fields.String()
    order = fields.Integer(metadata={"minimum": 1})
    description = fields.String()
    automated = fields.String(
        metadata={
            "description": "The app answers this question, in a hidden field or on its server.",
            "enum": list(AUTOMATED),
        }
    )
    values = fields.List(fields.Nested(ValueSchema))


class ServiceDefinitionSchema(DocumentSchema):
    """The questions of a service."""

    service_code = fields.String()
    attributes = fields.List(fields.Nested(AttributeSchema))


class ReceiptSchema(DocumentSchema):
    """The response to a POST, or for a token; fields without a value are left out."""

    left_out = ("service_request_id", "update_id", "token", "service_notice")

    service_request_id = fields.String(**says("Present for a realtime service."))
    update_id = fields.String(
        **says("For the token of an update: its ID, which is also in service_request_id.")
    )
    token = fields.String(**says("Present for a batch service; exchange it for the ID."))
    service_notice = fields.String(**says("What happens next."))


class ServiceRequestSchema(DocumentSchema):
    """One service request with its public fields."""

    service_request_id = fields.String()
    status = fields.String(metadata={"enum": list(STANDARD_STATUSES)})
    status_notes = fields.String(allow_none=True, **says("Public note on the status."))
    service_name = fields.String()
    service_code = fields.String()
    description = fields.String(allow_none=True)
    agency_responsible = fields.String()
    service_notice = fields.String(allow_none=True)
    requested_datetime = W3CDateTime()
    updated_datetime = W3CDateTime(**says("Time of the last change."))
    expected_datetime = W3CDateTime(allow_none=True)
    address = fields.String(allow_none=True)
    address_id = fields.String(allow_none=True)
    zipcode = fields.String(allow_none=True)
    lat = fields.Float(allow_none=True)
    long = fields.Float(allow_none=True)
    media_url = fields.String(allow_none=True)


class ErrorSchema(DocumentSchema):
    """One error."""

    code = fields.Integer(**says("The HTTP status."))
    description = fields.String(**says("What is wrong and how to fix it."))
