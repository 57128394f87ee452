"""Parameters of GET /requests and GET /requests/{id}: GET Service Requests (spec 2.5)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import post_load, pre_load, validates_schema

from schemas.base import ParametersSchema, SearchSchema, Values, check_together, filled_in
from schemas.fields import BarSeparated, CommaSeparated, Degrees, Flag, LocalDateTime, says
from schemas.search.fields import (
    CIRCLE,
    DEFAULT_RADIUS,
    LONGEST_RADIUS,
    MOST_PLACES,
    BoundaryCodes,
    BoundingBox,
    Meters,
    Places,
    SearchWords,
    Statuses,
)
from schemas.search.figure_filters import OF_FIGURES, FigureFiltersSchema
from schemas.search.paging import MOST_IDS, MOST_ROWS, PagingSchema, requested_sort
from schemas.search.windows import WindowSchema
from schemas.vocabulary.statuses import DETAILED_STATUSES

STATUSES = ("open", "closed")
OF_COPIES = ("added", "changed")
"""The sort orders in which replicas follow a list, back to its beginning."""


class ExtensionsSchema(ParametersSchema):
    """The extensions flag: whether to add fields beyond the standard (spec 5.4)."""

    extensions = Flag(
        load_default=False,
        **says("true adds extended_attributes, such as the boundaries of the location."),
    )


class ServiceRequestFiltersSchema(
    SearchSchema, WindowSchema, PagingSchema, ExtensionsSchema, FigureFiltersSchema
):
    """The filters of a list (spec 2.5 and 5.3), its pages, and its sort order.

    All dates are aware, in UTC, and inclusive. start_date and end_date are None if there is no such
    limit. service_request_id overrides every other filter, whose values are not validated. status
    holds detailed statuses, in which open and closed include all statuses of that standard status.
    tombstones adds withdrawn requests, as gone.
    """

    window_fields: ClassVar[set[str]] = {
        "start_date",
        "end_date",
        "service_request_id",
        "updated_after",
        "updated_before",
        *OF_FIGURES,
        "sort",
        "after",
    }

    service_request_id = CommaSeparated(
        load_default=[], **says("Only these service requests; overrides all other filters.")
    )
    service_code = CommaSeparated(load_default=[], **says("Only requests for these services."))
    status = Statuses(
        load_default=[],
        **says(
            "Only requests with one of these statuses.",
            items={"type": "string", "enum": list(DETAILED_STATUSES)},
        ),
    )
    start_date = LocalDateTime(
        load_default=None,
        **says(
            "Only requests submitted at this time or later; at most 90 days before end_date. "
            "Alone: the 90 days from then; X-End-Date is the end."
        ),
    )
    end_date = LocalDateTime(
        load_default=None,
        last_moment=True,
        **says("Only requests submitted at this time or earlier; without dates, the last 90 days."),
    )
    tombstones = Flag(load_default=False, **says("true also lists withdrawn requests, as deleted."))
    updated_after = LocalDateTime(
        load_default=None, **says("Only requests changed at this time or later.")
    )
    updated_before = LocalDateTime(
        load_default=None,
        last_moment=True,
        **says("Only requests changed at this time or earlier."),
    )
    bbox = BoundingBox(
        load_default=None,
        **says("Only requests in this box: minlong,minlat,maxlong,maxlat in degrees on WGS 84."),
    )
    lat = Degrees(
        90, load_default=None, **says("Latitude of the center of a circle; together with long.")
    )
    long = Degrees(
        180, load_default=None, **says("Longitude of the center of a circle; together with lat.")
    )
    radius = Meters(
        LONGEST_RADIUS,
        load_default=None,
        **says(f"Radius of the circle in meters; {DEFAULT_RADIUS:,} without one."),
    )
    polygon = Places(
        load_default=None,
        **says(
            "Only requests in this polygon: its corners as lat,long;lat,long;lat,long in degrees "
            f"on WGS 84, at most {MOST_PLACES}.",
            example="39.71,-82.61;39.71,-82.59;39.73,-82.59",
        ),
    )
    q = SearchWords(
        200,
        load_default=None,
        **says("Only requests with these words in their texts, service name, or ID."),
    )
    agency_responsible = BarSeparated(
        load_default=[],
        **says("Only requests of these departments, by name or code, separated by |."),
    )
    group = BarSeparated(
        load_default=[],
        **says("Only requests for the services of these groups, separated by |."),
    )
    boundary = BoundaryCodes(
        load_default=[],
        **says(
            "Only requests in these boundaries, each as layer:code, separated by |. Boundaries of "
            "one layer are alternatives; each layer must match.",
            example=["ward:2", "ward:3"],
        ),
    )

    @pre_load
    def let_ids_override(self, values: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        """If service_request_id is sent, keep it and the parameters that are not filters."""
        ids = ",".join(filled_in(values).get("service_request_id", ()))
        if not ids.replace(",", " ").strip():
            return {name: sent for name, sent in values.items() if name != "service_request_id"}
        return {name: sent for name, sent in values.items() if name in _NO_FILTERS}

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_circle(self, filters: dict[str, Any], sent: Values, **_: Any) -> None:
        """Check that a circle has a center; its radius has a default."""
        if filters.get("service_request_id"):
            return
        circle = {name: filled_in(sent).get(name) for name in CIRCLE}
        if None in (circle["lat"], circle["long"]):
            check_together(circle, CIRCLE)

    def is_lifted(self, filters: Mapping[str, Any]) -> bool:
        """Return whether a list is exempt from the 90-day limit: by ids, changes, or due dates."""
        return bool(
            filters["service_request_id"]
            or filters["updated_after"]
            or filters["updated_before"]
            or any(filters[name] for name in OF_FIGURES)
            or requested_sort(filters["sort"], filters["after"]) in OF_COPIES
        )

    def rows_of_a_page(self, filters: Mapping[str, Any]) -> int:
        """Return enough for all requests of a list of ids."""
        return max(MOST_ROWS, min(len(filters.get("service_request_id", ())), MOST_IDS))

    @post_load
    def decide_circle(self, filters: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Set the radius around a center without one."""
        if filters["lat"] is None or filters["radius"] is not None:
            return filters
        return {**filters, "radius": float(DEFAULT_RADIUS)}


_NO_FILTERS = {
    "service_request_id",
    "tombstones",
    *PagingSchema().fields,
    *ExtensionsSchema().fields,
}
