"""Messages about boundary layers and their versions."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

NO_BOUNDARY_LEFT = Message(
    "version.no_boundary_left",
    everywhere=N_("%(file)s contains no usable boundaries."),
)
CORRECT_OR_LEAVE_OUT = Message(
    "version.correct_or_leave_out",
    page=N_("Correct the features that cannot be used, or choose to skip them."),
)
FILE_REQUIRED = Message(
    "version.file_required",
    page=N_("Choose a boundary file."),
)
VERSION_UNKNOWN = Message(
    "version.unknown",
    everywhere=N_("There is no boundary version %(number)s."),
    command="There is no boundary set %(number)s. To list them, run open311 boundaries list.",
)
VERSION_WITHDRAWN_ALREADY = Message(
    "version.withdrawn_already",
    everywhere=N_("Version %(number)s was already withdrawn."),
)
VERSION_PUBLISHED = Message(
    "version.published",
    everywhere=N_(
        "Version %(number)s is already published with the effective date %(day)s. Withdraw it "
        "first."
    ),
)
VERSION_NOT_CURRENT = Message(
    "version.not_current",
    everywhere=N_("Version %(number)s is not current."),
)
VERSION_LEAVES_GAP = Message(
    "version.leaves_gap",
    everywhere=N_(
        "The current version of the layer %(layer)s, effective since %(since)s, would end on "
        "%(first)s, and there would be none from %(until)s on. Remove the end date."
    ),
    command=(
        "The current version of the layer %(layer)s, effective since %(since)s, would end on "
        "%(first)s, and there would be none from %(until)s on. Remove --until."
    ),
)
REASON_NEEDED = Message(
    "version.reason_needed",
    everywhere=N_(
        "Nothing was changed. Correct the file, or enter in “%(field)s” why this version is right."
    ),
    command=(
        "Nothing was changed. Correct the file, or add %(field)s and the reason why this version "
        "is right."
    ),
)
REASON_NOT_NEEDED = Message(
    "version.reason_not_needed",
    everywhere=N_("This version is not doubtful. Leave “%(field)s” blank."),
    command="This version is not doubtful. Remove %(field)s.",
)
UNTIL_BEFORE_FIRST = Message(
    "version.until_before_first",
    everywhere=N_("The end date must be after the effective date, %(day)s."),
)
LAYER_UNKNOWN = Message(
    "layer.unknown",
    everywhere=N_("There is no layer %(layer)s."),
    command="There is no layer %(layer)s. To list layers, run open311 boundaries list.",
)
LAYER_ALIKE = Message(
    "layer.alike",
    everywhere=N_(
        "There is no layer %(layer)s yet, but there is %(other)s. Enter that one, or choose that "
        "this is another layer."
    ),
    command=(
        "There is no layer %(layer)s yet, but there is %(other)s. Use --layer %(other)s, or add "
        "%(field)s if this is another layer."
    ),
)
LAYER_HAS_VERSION = Message(
    "layer.has_version",
    everywhere=N_(
        "Layer %(layer)s still has version %(number)s, which is published. Withdraw it first."
    ),
)
LAYER_HAS_RULES = Message(
    "layer.has_rules",
    everywhere=N_("Routing rules use layer %(layer)s: %(rules)s. Change them first."),
)
LAYER_HAS_REQUESTS = Message(
    "layer.has_requests",
    everywhere=N_(
        "Layer %(layer)s cannot be deleted, because requests keep the boundaries that they were "
        "in. It is no longer shown."
    ),
)
NO_EARLIER_VERSION = Message(
    "layer.no_earlier_version",
    everywhere=N_("Layer %(layer)s has no earlier version to restore."),
)
MESSAGES = (
    Message("boundary.same_area", everywhere=N_("%(old)s is now %(new)s: same area.")),
    Message("boundary.split", everywhere=N_("%(old)s is now %(new)s.")),
    Message("boundary.merged", everywhere=N_("%(old)s are now %(new)s.")),
    Message("boundary.added", api="%(code)s: added"),
    Message("boundary.removed", api="%(code)s: removed"),
    Message("boundary.renamed", api="%(code)s: renamed to '%(name)s'"),
    Message("boundary.reshaped", api="%(code)s: %(area)s added or removed"),
    Message(
        "map.axes_swapped",
        everywhere=N_(
            "The boundaries are outside the service area. Latitude and longitude seem to be "
            "swapped. With the two exchanged, the boundaries would be inside."
        ),
    ),
    Message(
        "map.feet_as_meters",
        everywhere=N_(
            "The boundaries are outside the service area. Their coordinates seem to be feet that "
            "were read as meters. In the coordinate system %(crs)s, “%(name)s”, they would be "
            "inside. Give the file this coordinate system, and import it again."
        ),
    ),
    Message(
        "map.meters_as_feet",
        everywhere=N_(
            "The boundaries are outside the service area. Their coordinates seem to be meters that "
            "were read as feet. In the coordinate system %(crs)s, “%(name)s”, they would be "
            "inside. Give the file this coordinate system, and import it again."
        ),
    ),
    Message(
        "area.elsewhere",
        api=(
            "The new service area is not where the city is. It may be that of another city, or its "
            "coordinate system may be wrong, such as feet read as meters."
        ),
    ),
    Message(
        "area.axes_swapped",
        api=(
            "The new service area is not where the city is. Latitude and longitude seem to be "
            "swapped. With the two exchanged, it would be there."
        ),
    ),
    Message(
        "area.covers_less",
        api="The new service area covers only %(percent)s percent of the one before.",
    ),
    Message(
        "map.outside",
        everywhere=N_(
            "The boundaries are outside the service area. They may be those of another city, or "
            "their coordinate system may be wrong, such as feet read as meters."
        ),
    ),
    Message(
        "map.mostly_outside",
        everywhere=N_(
            "Only %(percent)s percent of the area of the boundaries is in the service area. They "
            "may be those of another city, or their coordinate system may be wrong, such as feet "
            "read as meters."
        ),
    ),
    Message(
        "map.covers_less",
        everywhere=N_(
            "The boundaries cover only %(percent)s percent of what the version before covers in "
            "the service area."
        ),
    ),
    Message("fault.one_overlap", everywhere=N_("Boundaries overlap in one place, %(area)s.")),
    Message("fault.one_gap", everywhere=N_("Boundaries leave one gap, %(area)s.")),
    Message(
        "fault.one_sliver",
        everywhere=N_("Boundaries overlap or leave a gap in one thin strip, %(area)s."),
    ),
    Message(
        "fault.overlaps",
        everywhere=N_("Boundaries overlap in %(count)s places, %(area)s in total."),
    ),
    Message(
        "fault.gaps",
        everywhere=N_("Boundaries leave %(count)s gaps, %(area)s in total."),
    ),
    Message(
        "fault.slivers",
        everywhere=N_(
            "Boundaries overlap or leave gaps in %(count)s thin strips, %(area)s in total."
        ),
    ),
    Message(
        "warning.missing",
        everywhere=N_("feature %(number)s without a code, %(area)s"),
    ),
    Message(
        "warning.duplicate",
        everywhere=N_("features %(numbers)s with the same code %(code)s, %(area)s"),
    ),
    Message(
        "warning.overlap",
        everywhere=N_("overlap of %(one)s and %(other)s, %(area)s"),
    ),
    Message(
        "warning.thin_overlap",
        everywhere=N_("thin overlap of %(one)s and %(other)s, %(area)s"),
    ),
    Message(
        "warning.gap",
        everywhere=N_("gap in the service area, %(area)s"),
    ),
    Message(
        "warning.thin_gap",
        everywhere=N_("thin gap in the service area, %(area)s"),
    ),
    Message(
        "warning.enclosed",
        everywhere=N_("gap between boundaries, %(area)s"),
    ),
    Message(
        "warning.thin_enclosed",
        everywhere=N_("thin gap between boundaries, %(area)s"),
    ),
    Message(
        "warning.hole",
        everywhere=N_("hole in %(code)s, %(area)s"),
    ),
    Message(
        "warning.outside",
        everywhere=N_("%(code)s outside the service area, %(area)s"),
    ),
    Message(
        "warning.thin_outside",
        everywhere=N_("thin strip of %(code)s outside the service area, %(area)s"),
    ),
)
"""Results of comparing and checking boundaries, which geo returns by key."""

ADDRESSES_OUTSIDE = Message(
    "addresses.outside",
    everywhere=N_(
        "All %(number)s addresses are outside the service area. Check whether lon and lat are "
        "swapped, or whether this is another city's file."
    ),
)
