"""Parameters and documents of GET /routing/explain, for staff."""

from collections.abc import Mapping
from datetime import UTC, date, tzinfo
from typing import Any

from marshmallow import fields, validates_schema

from schemas.base import ParametersSchema
from schemas.errors import Invalid
from schemas.fields import Degrees, LocalDateTime, Text, W3CDateTime, says
from schemas.requests.documents import DocumentSchema
from schemas.written_dates import country_of


class Day(fields.Field[date]):
    """A day in the jurisdiction's time zone, such as 2026-11-25."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> date:
        try:
            return date.fromisoformat(str(value).strip())
        except ValueError:
            raise Invalid("field.day") from None

    def _serialize(self, value: Any, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else str(value)


class LocalDay(Day):
    """A day, also as written in the country of the zone; see Country.read."""

    zone: tzinfo = UTC

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> date:
        try:
            return super()._deserialize(value, attr, data, **options)
        except Invalid:
            return self._as_written(str(value).strip())

    def _as_written(self, text: str) -> date:
        country = country_of(self.zone)
        try:
            moment, has_time = country.read(text)
        except ValueError:
            has_time = True
        if has_time:
            raise Invalid("field.written_day", example=country.example())
        return moment.date()


class ExplainSchema(ParametersSchema):
    """A service request, or a service at a point, and the day whose boundary sets apply."""

    service_request_id = Text(200, load_default=None, **says("ID of a service request."))
    service_code = Text(
        200, load_default=None, **says("Or the code of a service, with lat and long.")
    )
    lat = Degrees(90, load_default=None, **says("Latitude; with long."))
    long = Degrees(180, load_default=None, **says("Longitude; with lat."))
    at = LocalDateTime(load_default=None, **says("Time of submission, for rules with a schedule."))
    on = LocalDay(load_default=None, **says("The day whose boundaries apply; by default, today."))

    def __init__(self, zone: tzinfo) -> None:
        """Set the zone of the dates."""
        super().__init__()
        for field in self.fields.values():
            if isinstance(field, LocalDateTime | LocalDay):
                field.zone = zone

    @validates_schema
    def require_case(self, asked: dict[str, Any], **_: Any) -> None:
        """Require a service request, or else a service and a point."""
        if asked["service_request_id"] is not None:
            return
        for name in ("service_code", "lat", "long"):
            if asked[name] is None:
                raise Invalid("explain.required", name)


class BoundarySetSchema(DocumentSchema):
    """The boundary set of a layer in effect on the day."""

    number = fields.Integer()
    source = fields.String()
    license = fields.String()
    vintage = fields.String()
    in_force_from = Day()
    in_force_until = Day(allow_none=True)


class NearestSchema(DocumentSchema):
    """The nearest other boundary of a layer."""

    code = fields.String()
    name = fields.String()
    meters = fields.Float()


class StoredLayerSchema(DocumentSchema):
    """The stored boundary of a layer at the location."""

    layer = fields.String()
    boundary = fields.String(allow_none=True, **says("The boundary that counts."))
    boundary_name = fields.String(allow_none=True)
    nearest_other = fields.Nested(NearestSchema, allow_none=True)


class StoredPlaceSchema(StoredLayerSchema):
    """The stored boundary of a service request in a layer."""

    others = fields.List(
        fields.String(), **says("Names of more boundaries of the layer that contain the location.")
    )


class LayerViewSchema(StoredLayerSchema):
    """The boundary of a layer at the location."""

    boundary_set = fields.Nested(BoundarySetSchema, allow_none=True)
    covering = fields.List(fields.String(), **says("All boundaries that cover the location."))
    tie_break = fields.String(
        allow_none=True, **says("Why this boundary counts, if several cover the location.")
    )


class RuleViewSchema(DocumentSchema):
    """A rule, and why it applies or not."""

    rule = fields.String()
    agency_responsible = fields.String()
    decides = fields.Boolean()
    applies = fields.Boolean()
    reason = fields.String()


class ExplanationSchema(DocumentSchema):
    """The department for a service at a point with the boundary sets of a day, and its reasons."""

    left_out = ("as_stored", "differences")

    on = Day()
    at = W3CDateTime(**says("Time that rules with a schedule are checked against."))
    service_code = fields.String()
    lat = fields.Float(allow_none=True)
    long = fields.Float(allow_none=True)
    agency_responsible = fields.String(allow_none=True, **says("null if the location is rejected."))
    reason = fields.String()
    layers = fields.List(fields.Nested(LayerViewSchema))
    rules = fields.List(fields.Nested(RuleViewSchema), **says("Highest priority first."))
    as_stored = fields.Boolean(
        **says("For a service request: whether the result is the same as stored.")
    )
    differences = fields.List(
        fields.String(), **says("Differences from the stored routing, as sentences.")
    )


class StepSchema(DocumentSchema):
    """One transfer between departments."""

    kind = fields.String()
    from_agency = fields.String()
    to_agency = fields.String()
    reason = fields.String()
    made_datetime = W3CDateTime()
    made_by = fields.String()


class RoutedSchema(DocumentSchema):
    """The stored routing of a service request."""

    service_request_id = fields.String()
    agency_responsible = fields.String()
    rule = fields.String(allow_none=True)
    reason = fields.String()
    pinned = fields.Boolean()
    near_border = fields.Boolean()
    accepted_datetime = W3CDateTime(allow_none=True)
    layers = fields.List(fields.Nested(StoredPlaceSchema), **says("As stored."))
    steps = fields.List(fields.Nested(StepSchema))


class AnswerSchema(DocumentSchema):
    """The stored routing of a service request, if one was requested, and the explanations.

    A service request has two explanations: with the boundary sets of its day and of today.
    """

    left_out = ("service_request",)

    service_request = fields.Nested(RoutedSchema)
    explanations = fields.List(fields.Nested(ExplanationSchema))
