"""Messages about the texts and the features of boundary files, which geo raises by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

MESSAGES = (
    Message(
        "file.unknown_encoding",
        api="'%(encoding)s' is not a text encoding. Use a name such as UTF-8 or windows-1252.",
        page=N_(
            "“%(encoding)s” is not a text encoding. Enter a name such as UTF-8 or windows-1252 in "
            "“%(field)s”."
        ),
    ),
    Message(
        "file.encoding_fixed",
        everywhere=N_("%(file)s itself declares its text encoding. Leave “%(field)s” blank."),
        command="%(file)s itself declares its text encoding. Remove %(field)s.",
    ),
    Message(
        "file.bad_text",
        api=(
            "%(file)s contains text that is not %(encoding)s, in feature %(number)s, field "
            "%(column)s."
        ),
        page=N_(
            "%(file)s contains text that is not %(encoding)s, in feature %(number)s, field "
            "%(column)s. Save the file as UTF-8, or enter its encoding in “%(field)s”."
        ),
        command=(
            "%(file)s contains text that is not %(encoding)s, in feature %(number)s, field "
            "%(column)s. Save the file as UTF-8, or add %(field)s, such as %(field)s windows-1252."
        ),
    ),
    Message(
        "file.unclear_encoding",
        api="The text encoding is not declared, and the text is too short to detect it.",
        page=N_(
            "The text encoding is not declared, and the text is too short to detect it. Enter it "
            "in “%(field)s”, such as windows-1252."
        ),
        command=(
            "The text encoding is not declared, and the text is too short to detect it. Add "
            "%(field)s, such as %(field)s windows-1252."
        ),
    ),
    Message(
        "file.bad_field_name",
        api="The name of the field %(column)s in %(file)s is not %(encoding)s.",
        page=N_(
            "The name of the field %(column)s in %(file)s is not %(encoding)s. Rename the field, "
            "or enter the encoding in “%(field)s”."
        ),
        command=(
            "The name of the field %(column)s in %(file)s is not %(encoding)s. Rename the field, "
            "or add %(field)s, such as %(field)s windows-1252."
        ),
    ),
    Message(
        "file.encoding",
        everywhere=N_("The text encoding is %(encoding)s (%(origin)s). Names: %(names)s."),
    ),
    Message("encoding.cpg", everywhere=N_("declared in the .cpg file")),
    Message("encoding.dbf", everywhere=N_("declared in the .dbf file")),
    Message("encoding.detected", everywhere=N_("detected")),
    Message("encoding.given", everywhere=N_("as you entered")),
    Message(
        "file.wrong_cpg",
        everywhere=N_(
            "The .cpg file declares the text encoding %(declared)s, but the text is %(encoding)s."
        ),
    ),
    Message(
        "file.list_field",
        everywhere=N_(
            "The field %(column)s of %(file)s contains lists. Choose a field with texts or numbers."
        ),
    ),
    Message(
        "file.codes_become_equal",
        everywhere=N_(
            "Features %(numbers)s of %(file)s have different codes that become equal without "
            "invisible characters: %(code)s. Correct them in the file."
        ),
    ),
    Message(
        "codes.alike",
        everywhere=N_("The codes %(one)s and %(other)s may be the same. Check the code field."),
    ),
    Message(
        "feature.text_cut",
        everywhere=N_(
            "Feature %(number)s has a text that is too long for the field %(column)s. Its last "
            "character was cut in the file."
        ),
    ),
    Message(
        "feature.cut",
        everywhere=N_(
            "Feature %(number)s (%(code)s) crosses the 180th meridian. It was cut there."
        ),
    ),
    Message(
        "feature.ring_closed",
        everywhere=N_(
            "A ring of feature %(number)s (%(code)s) was not closed. It was closed with a straight "
            "line."
        ),
    ),
    Message(
        "feature.no_code",
        everywhere=N_("Feature %(number)s cannot be used. Its code is missing."),
    ),
    Message(
        "feature.refused",
        everywhere=N_("Feature %(number)s (%(code)s) cannot be used. %(problem)s"),
    ),
    Message(
        "geometry.missing",
        everywhere=N_("It has no geometry."),
    ),
    Message(
        "geometry.not_degrees",
        everywhere=N_("Its coordinates are not degrees of latitude and longitude."),
    ),
    Message(
        "geometry.bad_vertex",
        everywhere=N_("Its vertex %(vertex)s is not at a latitude and longitude in degrees."),
    ),
    Message(
        "geometry.no_area",
        everywhere=N_("It is a %(kind)s without an area."),
    ),
    Message(
        "feature.repaired",
        everywhere=N_(
            "Feature %(number)s (%(code)s) was repaired (%(problem)s). Its area changed by "
            "%(change)s."
        ),
    ),
    Message(
        "feature.merged",
        everywhere=N_("Features %(numbers)s were merged into boundary %(code)s."),
    ),
    Message("geometry.self_intersection", everywhere=N_("self-intersection")),
    Message("geometry.ring_self_intersection", everywhere=N_("ring self-intersection")),
    Message("geometry.hole_outside", everywhere=N_("hole outside the polygon")),
    Message("geometry.nested_holes", everywhere=N_("nested holes")),
    Message("geometry.nested_shells", everywhere=N_("nested polygons")),
    Message("geometry.disconnected", everywhere=N_("disconnected interior")),
    Message("geometry.duplicate_rings", everywhere=N_("duplicate rings")),
    Message("geometry.too_few_points", everywhere=N_("too few points")),
    Message("geometry.invalid", everywhere=N_("invalid geometry")),
)
