"""Messages about CQL2 filters and drawn areas; geo raises those without a name by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

MESSAGES = (
    Message(
        "filter.too_long",
        api="filter must be %(limit)s characters or fewer; you sent %(length)s.",
    ),
    Message(
        "filter.too_deep",
        api="filter is nested too deeply. Use %(limit)s levels or fewer.",
    ),
    Message(
        "filter.too_many_parts",
        api="filter has too many parts. Use %(limit)s or fewer.",
    ),
    Message(
        "filter.not_json",
        api="filter is not valid JSON (%(error)s).",
    ),
    Message(
        "filter.not_cql2",
        api="filter is not valid CQL2. Each part must be an object or a value.",
    ),
    Message(
        "filter.not_cql2_text",
        api="filter is not valid cql2-text.",
    ),
    Message(
        "filter.syntax",
        api=(
            "filter is not valid cql2-text at character %(column)s. Write it as in status = 'open'"
            " AND requested_datetime > TIMESTAMP('2026-01-01T00:00:00Z')."
        ),
    ),
    Message(
        "filter.incomplete",
        api=(
            "filter is not complete cql2-text. Write it as in status = 'open' AND "
            "requested_datetime > TIMESTAMP('2026-01-01T00:00:00Z')."
        ),
    ),
    Message(
        "filter.unknown_part",
        api="filter is not valid CQL2. It uses unknown members: '%(part)s'.",
    ),
    Message(
        "filter.unknown_operator",
        api="filter uses unknown operator '%(operator)s'.",
    ),
    Message(
        "filter.arguments",
        api="filter has the wrong number of arguments. %(operator)s needs %(number)s.",
    ),
    Message(
        "filter.in_without_list",
        api="filter has the operator 'in' without a list of values.",
    ),
    Message(
        "filter.interval",
        api="filter has an invalid interval. It needs a start and an end, each a time or '..'.",
    ),
    Message(
        "filter.bbox",
        api="filter has an invalid bbox. It needs four numbers.",
    ),
    Message(
        "filter.geometry_collection",
        api=(
            "filter cannot compare a GeometryCollection. Use a MultiPolygon, or a condition for "
            "each part."
        ),
    ),
    Message(
        "filter.invalid_geometry",
        api="filter has an invalid geometry.",
    ),
    Message(
        "filter.empty_geometry",
        api="filter has an empty geometry, or one without a location.",
    ),
    Message(
        "filter.too_many_vertices",
        api="filter has geometries of more than %(limit)s vertices. Simplify them.",
    ),
    Message(
        "filter.number",
        api="filter has or computes a number that is too large.",
    ),
    Message(
        "filter.character",
        api="filter has a character that cannot be searched for: U+0000, or half a surrogate pair.",
    ),
    Message(
        "filter.like",
        api="filter has a LIKE pattern that ends in a single backslash. Write two for a backslash.",
    ),
    Message(
        "filter.date",
        api="filter has an invalid date. Write dates as 2026-03-09.",
    ),
    Message(
        "filter.timestamp",
        api="filter has an invalid timestamp. Write timestamps as 2026-03-09T14:05:00Z.",
    ),
    Message(
        "filter.arithmetic",
        api="filter uses + - * or / with a value that is not a number.",
    ),
    Message(
        "filter.unknown_property",
        api="filter uses unknown property '%(name)s'. Available: geometry, %(known)s.",
    ),
    Message(
        "filter.geometry_as_value",
        api="filter uses '%(name)s' as a value. Use it in a function such as S_INTERSECTS.",
    ),
    Message(
        "filter.not_a_value",
        api="filter compares something that is not a value. Use functions for times and locations.",
    ),
    Message(
        "filter.kinds",
        api="filter compares a %(left)s with a %(right)s.",
    ),
    Message(
        "filter.not_a_time",
        api="filter compares a time with '%(text)s'. Write TIMESTAMP('2026-03-09T14:05:00Z').",
    ),
    Message(
        "filter.text_expected",
        api="filter uses a %(kind)s where a text is required.",
    ),
    Message(
        "filter.time_expected",
        api="filter uses a %(kind)s where a time is required.",
    ),
    Message(
        "filter.geometry_expected",
        api="filter has a spatial function that does not compare a geometry with a geometry.",
    ),
    Message(
        "filter.condition_expected",
        api="filter is not a condition. Compare a property with a value.",
    ),
    Message(
        "area.too_few_corners",
        api="polygon needs at least three corners.",
        page=N_("A polygon needs at least three corners."),
    ),
    Message(
        "area.no_area",
        api="polygon has no area. Its corners are on one line.",
        page=N_("The polygon has no area. Its corners are on one line. Draw it again."),
    ),
    Message(
        "area.too_wide",
        api="polygon must not cross a pole or the 180° meridian.",
        page=N_("The polygon cannot cross a pole or the 180° meridian. Draw it again."),
    ),
    Message(
        "area.over_pole",
        api="circle must not cross a pole or the 180° meridian.",
        page=N_("The circle cannot cross a pole or the 180° meridian. Draw a smaller circle."),
    ),
    Message(
        "area.too_few_points",
        api="along needs at least two points.",
        page=N_("A line needs at least two points."),
    ),
    Message(
        "area.line_too_long",
        api="along must be %(limit)s kilometers or shorter.",
        page=N_("The line is too long. Draw a shorter line."),
    ),
)
