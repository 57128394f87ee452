"""Messages about lists, maps, collections, saved views, and saved areas."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

AREA_TO_SAVE_MISSING = Message(
    "saved.no_area",
    page=N_("Draw an area on the map before you save."),
)
AREA_TOO_SMALL = Message(
    "saved.area_too_small",
    page=N_("This area is too small. Draw a larger area."),
)
AREA_UNKNOWN = Message(
    "saved.area_unknown",
    api="Area %(number)s does not exist or is not shared with you.",
    page=N_("Area %(number)s does not exist or is not shared with you. Choose another area."),
)
AREA_NOT_SHARED = Message(
    "saved.area_not_shared",
    page=N_(
        "The area “%(name)s” is not shared with %(department)s. Share the area with that "
        "department first, and then share the view."
    ),
)
SAVED_NAME_REQUIRED = Message(
    "saved.name_required",
    page=N_("Enter a name."),
)
SAVED_NAME_TAKEN = Message(
    "saved.name_taken",
    page=N_("You already have a saved item named %(name)s. Enter a different name."),
)
SAVED_UNKNOWN = Message(
    "saved.unknown",
    page=N_("Saved item %(number)s does not exist or is not yours."),
)
COLLECTION_UNKNOWN = Message(
    "collection.unknown",
    api="Collection '%(collection)s' does not exist. Available: %(known)s.",
)
FEATURE_UNKNOWN = Message(
    "feature.unknown",
    api="Feature '%(id)s' does not exist in this collection.",
    page=N_("There is no request with the number %(id)s."),
)
PROPERTY_UNKNOWN = Message(
    "property.unknown",
    api="properties uses unknown property %(unknown)s. Available: %(known)s.",
)
TILE_UNKNOWN = Message(
    "tile.unknown",
    api="Tile %(tile)s does not exist.",
    page=N_("This part of the map does not exist."),
)
TILE_MATRIX_SET_UNKNOWN = Message(
    "tile_matrix_set.unknown",
    api="Tile matrix set '%(name)s' does not exist. Available: %(known)s.",
)
BODY_NOT_JSON = Message(
    "body.not_json",
    api="The request body is not valid JSON (%(error)s).",
)
BODY_NOT_AN_OBJECT = Message(
    "body.not_an_object",
    api="The request body must be a JSON object with the parameters as its members.",
)
AFTER_OF_OTHER_COLLECTION = Message(
    "after.other_collection",
    api=(
        "after is not valid for this collection. Copy it from the next link of the previous "
        "response."
    ),
)
FEED_RESTORED = Message(
    "after.restored",
    api=(
        "The database was restored from a backup after this position was given. Read the whole "
        "list again, without %(field)s."
    ),
)
NO_NEXT_PAGE = Message(
    "page.no_next",
    api="There is no next page.",
)
CRS_UNKNOWN = Message(
    "crs.unknown",
    api="%(field)s '%(name)s' does not exist. Available: %(known)s.",
)
BBOX_NOT_DEGREES = Message(
    "bbox.not_degrees",
    api="bbox must be minlong,minlat,maxlong,maxlat in decimal degrees.",
    page=N_("The map area is not valid. Move the map and try again."),
)
CIRCLE_NOT_ON_EARTH = Message(
    "radius.not_on_earth",
    api="radius must be a number of meters greater than 0 around a place on earth.",
    page=N_("This circle is too small. Draw a larger circle."),
)
PERIOD_REVERSED = Message(
    "period.reversed",
    api="A period ends before it starts. Swap its dates.",
    page=N_("The end date must not be before the start date."),
)
BOUNDARY_LAYER_UNKNOWN = Message(
    "boundary.layer_unknown",
    api="boundary uses unknown layer '%(layer)s'. Available: %(known)s.",
)
SEARCH_OF_REQUESTS_ONLY = Message(
    "q.requests_only",
    api="%(field)s is available in the collection %(collection)s only.",
)
BBOX_REVERSED = Message(
    "bbox.reversed",
    api="bbox must start with its lower corner on both axes.",
)
PARAMETER_UNKNOWN = Message(
    "parameter.unknown",
    api=("Unknown parameter %(unknown)s. Available: %(parameters)s, and the properties %(known)s."),
)
VIEW_LINK_UNKNOWN = Message(
    "view_link.unknown",
    page=N_(
        "This link does not exist, has expired, or was revoked. Ask the person who sent it for a "
        "new one."
    ),
)
VIEW_LINK_DAYS = Message(
    "view_link.days",
    page=N_("Choose a last day from today on and within a year."),
)
VIEW_LINK_INTERNAL = Message(
    "view_link.internal",
    page=N_(
        "A link has public data only. Remove the filters about the work of staff, such as the "
        "assignee, and make the link again."
    ),
)
FORMAT_UNKNOWN = Message(
    "format.unknown",
    api="f must be one of %(choices)s.",
    page=N_("This file format does not exist. Choose one from the list."),
)

MESSAGES = (
    Message(
        "field.low",
        api="%(field)s must be a whole number of %(low)s or more.",
        page=N_("Enter a whole number of %(low)s or more for %(field)s."),
    ),
    Message(
        "field.meters",
        api="%(field)s must be a number of meters greater than 0 and no more than %(limit)s.",
    ),
    Message(
        "field.once",
        api="%(field)s was sent %(number)s times. Send it once.",
        page=N_("%(field)s can have one value only."),
    ),
    Message(
        "bbox.format",
        api="%(field)s must be minlong,minlat,maxlong,maxlat in decimal degrees.",
        page=N_("The map area is not valid. Move the map and try again."),
    ),
    Message(
        "bbox.latitudes",
        api="%(field)s has a minlat that is greater than maxlat. Swap them.",
        page=N_("The map area is not valid. Move the map and try again."),
    ),
    Message(
        "boundary.format",
        api="%(field)s must be a layer and a code, such as ward:2.",
    ),
    Message(
        "corners.format",
        api="%(field)s must be four numbers: lowest x and y, highest x and y.",
        page=N_("The map area is not valid. Move the map and try again."),
    ),
    Message(
        "q.no_words",
        api="%(field)s must contain at least one word.",
        page=N_("Enter at least one word to search for."),
    ),
    Message(
        "address.text_or_place",
        api="Send either q, an address as typed, or lat and long.",
    ),
    Message(
        "after.invalid",
        api="after is not valid. Copy it from the Link header of the previous response.",
        page=N_("This page link is out of date. Start again from the first page."),
    ),
    Message(
        "after.other_list",
        api="after is not valid for this list. Remove it to start from the first page.",
        page=N_("This page link is from a different search. Start again from the first page."),
    ),
    Message(
        "after.other_sort",
        api="after is valid for sort=%(sort)s only. Keep sort as it was, or remove after.",
        page=N_("This page link is from a different search. Start again from the first page."),
    ),
    Message(
        "page.with_after",
        api="Send either page or after, not both.",
    ),
    Message(
        "page.too_deep",
        api=(
            "page must not go beyond row %(limit)s. To continue, send after with the X-Next-After "
            "of the previous response."
        ),
    ),
    Message(
        "days.reversed",
        page=N_("%(field)s and the other dates leave no day. Change one of them."),
    ),
    Message(
        "dates.reversed",
        api="end_date must not be before start_date.",
        page=N_("The end date must not be before the start date."),
    ),
    Message(
        "dates.too_far_apart",
        api="start_date and end_date must be no more than 90 days apart.",
        page=N_("Choose a period of 90 days or less."),
    ),
    Message(
        "status.filter",
        api="status must be one of %(choices)s. '%(word)s' is not a status.",
        page=N_("Choose a status from the list."),
    ),
    Message(
        "interval.format",
        api="%(field)s must be a time, or two times with a slash between them.",
    ),
    Message(
        "interval.reversed",
        api="%(field)s ends before it starts.",
    ),
    Message(
        "points.format",
        api=(
            "%(field)s must be points such as 39.71,-82.60;39.72,-82.61. The maximum is %(limit)s "
            "points."
        ),
        page=N_(
            "Enter %(field)s as points such as 39.71,-82.60;39.72,-82.61. The maximum is %(limit)s"
            " points."
        ),
    ),
    Message(
        "circle.format",
        api="%(field)s must be lat,long,radius, such as 39.71,-82.60,250.",
        page=N_("Enter %(field)s as lat,long,radius, such as 39.71,-82.60,250."),
    ),
    Message(
        "circle.radius",
        everywhere=N_("%(field)s must have a radius from 1 to %(limit)s meters."),
    ),
    Message(
        "circle.radius_feet",
        everywhere=N_("%(field)s must have a radius from 1 to %(limit)s feet."),
    ),
    Message(
        "within.too_far",
        everywhere=N_("%(field)s must be %(limit)s meters or less."),
    ),
    Message(
        "within.too_far_feet",
        everywhere=N_("%(field)s must be %(limit)s feet or less."),
    ),
    Message(
        "area.several",
        api="Use only one of %(names)s.",
        page=N_("Use only one of: polygon, circle, line, or saved area."),
    ),
)
"""Messages that schemas and geo raise by key."""
