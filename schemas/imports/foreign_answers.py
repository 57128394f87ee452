"""Answers of other GeoReport servers about what was forwarded to them, parsed leniently."""

from marshmallow import fields

from schemas.fields import Text
from schemas.imports.foreign import Code, ForeignSchema, WebAddresses
from schemas.vocabulary.limits import DESCRIPTION_LIMIT


class ForeignReceiptSchema(ForeignSchema):
    """The response to a POST, or for a token: an id, a token, or neither (spec 2.3 and 2.4)."""

    service_request_id = Code(200, load_default="")
    token = Code(200, load_default="")


class ForeignStatusSchema(ForeignSchema):
    """What a list of requests says of one: its status in any words, and the note."""

    service_request_id = Code(200, required=True)
    status = Text(100, required=True)
    status_notes = Text(DESCRIPTION_LIMIT, load_default="")


class ForeignUpdateSchema(ForeignSchema):
    """An update (spec 5.6), whose status may be missing."""

    update_id = Code(200, required=True)
    service_request_id = Code(200, required=True)
    status = Text(100, load_default="")
    description = Text(DESCRIPTION_LIMIT, load_default="")
    media_url: fields.Field[list[str]] = WebAddresses(load_default=[])
