"""Documents beyond the standard, for clients that request them (spec 5)."""

from marshmallow import fields, validate

from schemas.fields import W3CDateTime, says
from schemas.requests.documents import DocumentSchema, ServiceRequestSchema, ServiceSchema
from schemas.vocabulary.statuses import DETAILED_STATUSES, UNCHANGED

OF_NOTES = ("submitted", "opened", "activity", "comment", "closed")
"""Types of notes (spec 5.5)."""


class AddressPointSchema(DocumentSchema):
    """An address of the city's register, and its location."""

    left_out = ("meters",)

    address_id = fields.String(**says("ID to submit instead of lat and long."))
    address = fields.String()
    zipcode = fields.String(allow_none=True)
    lat = fields.Float()
    long = fields.Float()
    meters = fields.Float(**says("Distance in meters, if lat and long were sent."))


class NoteSchema(DocumentSchema):
    """One entry of a service request's history."""

    datetime = W3CDateTime()
    type = fields.String(validate=validate.OneOf(OF_NOTES))
    status = fields.String(validate=validate.OneOf((*DETAILED_STATUSES, UNCHANGED)))
    description = fields.String(allow_none=True)


class PhotoSchema(DocumentSchema):
    """A stored photo and its thumbnail; width and height are in pixels."""

    media_url = fields.Url()
    thumbnail_url = fields.Url()
    width = fields.Integer()
    height = fields.Integer()


class PlaceNameSchema(DocumentSchema):
    """A boundary that contains a point."""

    code = fields.String()
    name = fields.String()


class LayerPlaceSchema(PlaceNameSchema):
    """A boundary of a layer that contains a point."""

    layer = fields.String()


class NeighborSchema(DocumentSchema):
    """A boundary near a point."""

    code = fields.String()
    name = fields.String()
    meters = fields.Float(**says("Distance in meters."))


class ExtendedAttributesSchema(DocumentSchema):
    """The fields of a service request beyond the standard."""

    boundaries = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        **says("Code of the boundary at the location, by layer."),
    )
    near_border = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(NeighborSchema),
        allow_none=True,
        **says("Other boundaries within the accuracy of the location, by layer."),
    )
    also_in = fields.List(
        fields.Nested(LayerPlaceSchema),
        **says("More boundaries at the location, of layers that overlap on purpose."),
    )
    in_overlap = fields.List(
        fields.Nested(LayerPlaceSchema),
        **says("Boundaries that overlap at the location with that of the same layer."),
    )
    detailed_status = fields.String(validate=validate.OneOf((*DETAILED_STATUSES, UNCHANGED)))
    notes = fields.List(fields.Nested(NoteSchema), **says("The history, oldest first."))
    media_urls = fields.List(fields.Url(), **says("All media URLs, in order."))
    photos = fields.List(fields.Nested(PhotoSchema), **says("Photos stored on this server."))


class ReasonSchema(DocumentSchema):
    """Why a department is responsible: in the city's words, or because of the boundaries."""

    text = fields.String(allow_none=True, **says("What the city says about it."))
    boundaries = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(PlaceNameSchema),
        **says("Without text: the boundaries that decided, by layer."),
    )


class UsualDaysSchema(DocumentSchema):
    """The days after which requests for a service are closed, counting those still open."""

    half = fields.Integer(allow_none=True, **says("Half are closed; null if fewer are, so far."))
    nine_in_ten = fields.Integer(
        allow_none=True, **says("Nine in ten are closed; null if fewer are, so far.")
    )


class PromiseSchema(DocumentSchema):
    """The expected handling of a request at a point, before any question is answered."""

    agency_responsible = fields.String()
    agency_reason = fields.Nested(
        ReasonSchema, allow_none=True, **says("null if the place does not matter.")
    )
    expected_datetime = W3CDateTime(allow_none=True)
    boundaries = fields.Dict(keys=fields.String(), values=fields.Nested(PlaceNameSchema))
    usual_days = fields.Nested(
        UsualDaysSchema,
        allow_none=True,
        **says("How long public requests of the last 180 days took; null for fewer than 20."),
    )


class ServiceAtPlaceSchema(ServiceSchema):
    """One service, with extended_attributes if extensions=true and a point were sent."""

    left_out = ("extended_attributes",)

    extended_attributes = fields.Nested(PromiseSchema)


class ExtendedServiceRequestSchema(ServiceRequestSchema):
    """One service request, with extended_attributes if extensions=true was sent."""

    left_out = ("extended_attributes", "deleted")

    extended_attributes = fields.Nested(ExtendedAttributesSchema, allow_none=True)
    deleted = fields.Boolean(**says("true if the request was withdrawn; otherwise absent."))


class PropertiesSchema(ExtendedServiceRequestSchema):
    """A service request as GeoJSON properties: all fields but its location."""

    class Meta:
        """Options of marshmallow."""

        exclude = ("lat", "long")


class GeometrySchema(DocumentSchema):
    """A GeoJSON point: longitude and latitude in degrees on WGS 84."""

    type = fields.Constant("Point")
    coordinates = fields.List(fields.Float(), validate=validate.Length(equal=2))


class FeatureSchema(DocumentSchema):
    """One service request as a GeoJSON feature (RFC 7946)."""

    type = fields.Constant("Feature")
    id = fields.String()
    geometry = fields.Nested(GeometrySchema, allow_none=True)
    properties = fields.Nested(PropertiesSchema)


class FeatureCollectionSchema(DocumentSchema):
    """Service requests as a GeoJSON feature collection (RFC 7946)."""

    type = fields.Constant("FeatureCollection")
    features = fields.List(fields.Nested(FeatureSchema))


class ExtrasSchema(DocumentSchema):
    """A change of the service, in FixMyStreet's words (spec 5.6)."""

    category = fields.String(**says("Name of the new service."))
    group = fields.String(**says("Group of the new service; can be empty."))
    original_service_code = fields.String(**says("Code of the new service."))


class UpdateSchema(DocumentSchema):
    """One update of a service request (spec 5.6): an entry of its history. No value is null."""

    left_out = ("extras",)

    update_id = fields.String()
    service_request_id = fields.String()
    status = fields.String(
        validate=validate.OneOf((*DETAILED_STATUSES, UNCHANGED)),
        **says("Detailed status, or unchanged; with extensions=false, open or closed."),
    )
    updated_datetime = W3CDateTime()
    description = fields.String(**says("Never empty."))
    media_url = fields.String()
    extras = fields.Nested(ExtrasSchema, **says("Present if the service was changed."))


class UpdateReceiptSchema(DocumentSchema):
    """The response to an update, or for its token; fields without a value are left out."""

    left_out = ("update_id", "token", "service_notice")

    update_id = fields.String()
    token = fields.String()
    service_notice = fields.String(**says("Present if a photo could not be stored."))
