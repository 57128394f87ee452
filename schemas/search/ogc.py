"""Parameters of OGC API Features, parts 1 to 3 (17-069r4, 18-058r1, 19-079r2)."""

import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from marshmallow import fields, validates_schema

from schemas.base import ParametersSchema, SearchSchema, Values, check_together, filled_in
from schemas.errors import Invalid
from schemas.fields import Choice, CommaSeparated, Degrees, Text, W3CDateTime, says
from schemas.search.fields import CIRCLE, LONGEST_RADIUS, Meters, SearchWords, WholeNumber
from schemas.search.figure_filters import ResultFiltersSchema
from schemas.search.paging import After
from schemas.vocabulary.file_formats import FILE_FORMAT_OF, FILE_FORMATS

MOST_FEATURES = 10_000

DEFAULT_FEATURES = 100

LONGEST_FILTER = 1_000_000


class Corners(fields.Field[tuple[float, float, float, float]]):
    """A box as four numbers, or six with heights, which are ignored."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> tuple[float, float, float, float]:
        try:
            numbers = [float(text) for text in str(value).split(",")]
        except ValueError:
            numbers = []
        if len(numbers) == 6:
            numbers = [*numbers[:2], *numbers[3:5]]
        if len(numbers) != 4 or not all(abs(number) < 1e9 for number in numbers):
            raise Invalid("corners.format")
        x_low, y_low, x_high, y_high = numbers
        return x_low, y_low, x_high, y_high


class Interval(fields.Field[tuple[datetime | None, datetime | None]]):
    """A moment or day, or two with a slash between them; .. is an open end (RFC 3339)."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> tuple[datetime | None, datetime | None]:
        parts = str(value).strip().split("/")
        if len(parts) > 2 or all(part in ("", "..") for part in parts):
            raise Invalid("interval.format")
        begin, end = parts[0], parts[-1]
        found = self._end(begin, attr, last=False), self._end(end, attr, last=True)
        if found[0] is not None and found[1] is not None and found[0] > found[1]:
            raise Invalid("interval.reversed")
        return found

    @staticmethod
    def _end(text: str, attr: str | None, *, last: bool) -> datetime | None:
        if text in ("", ".."):
            return None
        field = W3CDateTime(UTC, last_moment=last)
        moment: datetime = field.deserialize(text, attr)
        return moment


class CommonSchema(ParametersSchema):
    """Parameters of every endpoint."""

    f = Choice(["json", "geojson"], load_default="json", **says("Format of the response: json."))


class FeatureSchema(CommonSchema):
    """Parameters of a single feature."""

    crs = Text(200, load_default=None, **says("URI of the coordinate system of the response."))


class ItemsSchema(SearchSchema, FeatureSchema, ResultFiltersSchema):
    """Parameters of a list of features."""

    limit = WholeNumber(
        1, load_default=DEFAULT_FEATURES, **says(f"Features per page, {MOST_FEATURES:,} at most.")
    )
    bbox = Corners(load_default=None, **says("Only features in this box, edges included."))
    bbox_crs = Text(
        200, data_key="bbox-crs", load_default=None, **says("URI of the coordinate system of bbox.")
    )
    lat = Degrees(
        90, load_default=None, **says("Latitude of the center of a circle; with long and radius.")
    )
    long = Degrees(
        180, load_default=None, **says("Longitude of the center of a circle; with lat and radius.")
    )
    radius = Meters(
        LONGEST_RADIUS,
        load_default=None,
        **says(f"Radius of the circle in meters, {LONGEST_RADIUS:,} at most."),
    )
    datetime = Interval(
        load_default=(None, None),
        **says("Only requests submitted then, or the boundaries in effect then."),
    )
    closed = Interval(
        load_default=(None, None),
        **says("Only requests closed then, even if they were reopened since."),
    )
    due = Interval(load_default=(None, None), **says("Only requests whose due date is then."))
    q = SearchWords(
        200,
        load_default=None,
        **says('Words in service requests; "a phrase", -without, or. Only for requests.'),
    )
    properties = CommaSeparated(
        load_default=None, **says("The properties to return; by default, all.")
    )
    filter = Text(LONGEST_FILTER, load_default=None, **says("A condition in CQL2."))
    filter_lang = Choice(
        ["cql2-text", "cql2-json"],
        data_key="filter-lang",
        load_default="cql2-text",
        **says("Language of filter."),
    )
    filter_crs = Text(
        200,
        data_key="filter-crs",
        load_default=None,
        **says("URI of the coordinate system of the geometries in filter."),
    )
    after = After(load_default=None, **says("Cursor from the next link of the previous page."))

    @validates_schema(pass_original=True, skip_on_field_errors=False)
    def check_circle(self, _asked: dict[str, Any], sent: Values, **_: Any) -> None:
        """Check that a circle has both its center and its radius."""
        check_together({name: filled_in(sent).get(name) for name in CIRCLE}, CIRCLE)


class ExportSchema(ItemsSchema):
    """Parameters of a file export: those of a list, and a format."""

    f = Choice(tuple(FILE_FORMAT_OF), load_default=FILE_FORMATS[0].code, **says("File format."))


class TileSchema(ItemsSchema):
    """Parameters of a tile: those of a list, and how requests are grouped."""

    groups = Choice(
        ("small", "large"),
        load_default="small",
        **says("Size of groups of requests: of dots, or of marks with room for a number."),
    )


NAMES = tuple(field.data_key or name for name, field in ItemsSchema().fields.items())
"""Parameters of a list; any other name must be a property, and may be repeated."""

ELSEWHERE = {"api_key", "jurisdiction_id", "access_token"}
"""Parameters of the whole server."""


class SeenByMap(Corners):
    """The box of a map view, wrapped to one world if the view repeats the world."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> tuple[float, float, float, float]:
        west, south, east, north = super()._deserialize(value, attr, data, **options)
        if east - west >= 360:
            return -180, south, 180, north
        return _on_earth(west), south, _on_earth(east), north


def _on_earth(longitude: float) -> float:
    return longitude if abs(longitude) <= 180 else math.remainder(longitude, 360)


def named_like_properties(names: Iterable[str]) -> list[str]:
    """Return the parameters that are not those of a list, and so name properties."""
    return [name for name in names if name not in NAMES and name not in ELSEWHERE]
