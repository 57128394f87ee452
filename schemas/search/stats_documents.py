"""Documents of figures."""

from marshmallow import fields

from schemas.fields import W3CDateTime, says
from schemas.requests.documents import DocumentSchema
from schemas.routing.explanation import Day

COUNTS = (
    *("open_before", "received", "reopened", "transferred_in", "closed", "transferred_out"),
    *("open_at_end", "kept", "late", "overdue", "waiting", "not_yet_due"),
    *("no_promise", "done", "no_further_action", "not_ours", "referred", "once_or_more"),
    *("twice_or_more", "returned", "too_recent", "came_back", "duplicates", "canceled"),
)
"""Numbers of requests in rows; each measure has some of them."""

QUARTILES = ("q25", "q75", "q90")

FLAGS = ("few", "unfinished", "moving", "revised")


class StatsRowSchema(DocumentSchema):
    """A figure of a period and a key. Fields that a measure does not have are left out."""

    left_out = (*COUNTS, *QUARTILES, "closed_at_entry")

    begin = Day(**says("First day of the period."))
    end = Day(**says("Last day of the period."))
    key = fields.String(**says("Code of the service, department, or boundary; empty for the city."))
    n = fields.Integer(**says("Number of requests that the value is of."))
    value = fields.Float(
        allow_none=True,
        **says(
            "The figure: a number, a median in hours, or a share from 0 to 1. null if there are "
            "too few requests, or if fewer than half are closed."
        ),
    )
    lower = fields.Float(allow_none=True, **says("Lower limit of the 95% interval."))
    upper = fields.Float(
        allow_none=True, **says("Upper limit of the 95% interval; null if it is infinite.")
    )
    flag = fields.String(
        allow_none=True,
        metadata={
            "description": "few: fewer than 20 requests. unfinished: the period has not ended. "
            "moving: many of its requests are still open, so the figure will change. revised: the "
            "flow of a week is not what its weekly report says, as requests were changed since.",
            "enum": [*FLAGS, None],
        },
    )
    closed_at_entry = fields.Integer(
        allow_none=True,
        **says(
            "Closed within ten minutes; left out of n if more than 5% of it. null for requests "
            "that were open in the period."
        ),
    )
    locals().update({name: fields.Integer() for name in COUNTS})
    locals().update({name: fields.Integer(allow_none=True, **says("Hours.")) for name in QUARTILES})


class StatsSchema(DocumentSchema):
    """Figures of a measure, with what they are of."""

    measure = fields.String(**says("Key of the measure in measures.json."))
    as_of = W3CDateTime(**says("When the figures were calculated."))
    definitions_version = fields.String()
    unit = fields.String(metadata={"enum": ["requests", "hours", "share"]})
    population = fields.String(metadata={"enum": ["public", "all"]})
    not_included = fields.Integer(
        allow_none=True,
        **says(
            "Number of requests of the range that are not public, and so not counted. null with a "
            "filter: then it could tell about a single nonpublic request."
        ),
    )
    note = fields.String(allow_none=True, **says("Says if the range has no requests."))
    rows = fields.List(fields.Nested(StatsRowSchema))


class CurveRowSchema(DocumentSchema):
    """A step of a curve."""

    hours = fields.Integer(**says("Whole hours since submission."))
    open = fields.Float(**says("Share of requests that are still open then, from 0 to 1."))
    lower = fields.Float(**says("Lower limit of the 95% interval."))
    upper = fields.Float(**says("Upper limit of the 95% interval."))
    at_risk = fields.Integer(**says("Number of requests that had been open up to then."))


class CurveSchema(StatsSchema):
    """The share of requests that are still open, by hours since submission."""

    n = fields.Integer(**says("Number of requests."))
    closed = fields.Integer(**says("How many of them are closed."))
    rows = fields.List(fields.Nested(CurveRowSchema))


class HotSpotSchema(DocumentSchema):
    """What came in at a place, and what is normal there."""

    service_code = fields.String()
    observed = fields.Integer(**says("Number of requests in the week."))
    expected = fields.Float(
        **says("Number expected by the past of the place, and by the city's total in the week.")
    )
    cells = fields.Integer(**says("Number of squares of 500 m that the place consists of."))


class HotSpotFeatureSchema(DocumentSchema):
    """A place (RFC 7946)."""

    type = fields.String()
    geometry = fields.Dict(**says("Polygon around the squares."))
    properties = fields.Nested(HotSpotSchema)


class HotSpotsSchema(StatsSchema):
    """Places at which more came in than is normal there, with what they are of."""

    class Meta:
        """Options of marshmallow."""

        exclude = ("rows",)

    type = fields.String()
    begin = Day(**says("First day of the week."))
    end = Day(**says("Last day of the week."))
    features = fields.List(fields.Nested(HotSpotFeatureSchema))


class MeasureSchema(DocumentSchema):
    """The definition of a measure."""

    key = fields.String()
    name = fields.String()
    sentence = fields.String(**says("What it says."))
    numerator = fields.String(**says("Empty for a number or a time."))
    denominator = fields.String(**says("Empty for a number or a time."))
    leaves_out = fields.String(attribute="left_out", **says("What is in neither."))


class MeasuresSchema(DocumentSchema):
    """The definitions of all measures."""

    definitions_version = fields.String()
    measures = fields.List(fields.Nested(MeasureSchema))
