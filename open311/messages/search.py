"""Lists, maps, collections, saved views, and saved areas."""

from open311.messages.message import N_, Message

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
        "Area %(number)s is not shared with %(department)s. Share the area with that department "
        "first, and then share the view."
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
