"""Messages about boundary and address files, which geo raises by key."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

MESSAGES = (
    Message(
        "file.missing",
        everywhere=N_("The file %(file)s does not exist."),
    ),
    Message(
        "file.unreadable",
        api="%(file)s cannot be read (%(error)s).",
        page=N_("%(file)s cannot be read. It may be damaged. Export the file again."),
    ),
    Message(
        "file.invalid_where",
        api="The condition %(where)s is not valid for %(file)s. Write it as in WARD <> '0'.",
        page=N_("The filter “%(where)s” is not valid for %(file)s. Write it as in WARD <> '0'."),
        command=(
            "The condition %(where)s is not valid for %(file)s. Write it as in "
            "%(field)s \"WARD <> '0'\"."
        ),
    ),
    Message(
        "file.no_boundaries",
        everywhere=N_(
            "%(file)s contains no boundaries. Use a GeoJSON file, a zipped Shapefile with all its "
            "parts, a GeoPackage, or a KML file."
        ),
    ),
    Message(
        "file.unknown_layer",
        api="%(file)s has no layer %(wanted)s. Available: %(layers)s.",
        page=N_("%(file)s has no layer %(wanted)s. Enter one of these in “%(field)s”: %(layers)s."),
        command="%(file)s has no layer %(wanted)s. Use one of these with %(field)s: %(layers)s.",
    ),
    Message(
        "file.several_layers",
        api="%(file)s contains several layers (%(layers)s). Choose one.",
        page=N_("%(file)s contains several layers (%(layers)s). Enter one in “%(field)s”."),
        command="%(file)s contains several layers (%(layers)s). Choose one with %(field)s.",
    ),
    Message(
        "file.no_fields",
        everywhere=N_("%(file)s has no field %(wanted)s, and no other fields."),
    ),
    Message(
        "file.unknown_field",
        everywhere=N_("%(file)s has no field %(wanted)s. Available: %(fields)s."),
    ),
    Message(
        "file.unknown_crs",
        api="'%(crs)s' is not a coordinate system. Use a code such as EPSG:2249.",
        page=N_(
            "“%(crs)s” is not a coordinate system. Enter a code such as EPSG:2249 in “%(field)s”."
        ),
        command=(
            "'%(crs)s' is not a coordinate system. Use a code such as EPSG:2249 with %(field)s."
        ),
    ),
    Message(
        "file.no_crs",
        api="%(file)s does not name its coordinate system, and its coordinates are not degrees.",
        page=N_(
            "%(file)s does not name its coordinate system, and its coordinates are not degrees. "
            "Enter a code such as EPSG:2249 in “%(field)s”."
        ),
        command=(
            "%(file)s does not name its coordinate system, and its coordinates are not degrees. "
            "Add %(field)s, such as %(field)s EPSG:2249."
        ),
    ),
    Message(
        "file.wrong_crs",
        api="%(file)s declares %(declared)s, but its coordinates are not degrees.",
        page=N_(
            "%(file)s declares %(declared)s, but its coordinates are not degrees. Enter a code "
            "such as EPSG:2249 in “%(field)s”."
        ),
        command=(
            "%(file)s declares %(declared)s, but its coordinates are not degrees. Add %(field)s, "
            "such as %(field)s EPSG:2249."
        ),
    ),
    Message(
        "file.degrees",
        api="%(file)s declares %(declared)s, but its coordinates look like degrees.",
        page=N_(
            "%(file)s declares %(declared)s, but its coordinates look like degrees. If they are, "
            "enter EPSG:4326 in “%(field)s”."
        ),
        command=(
            "%(file)s declares %(declared)s, but its coordinates look like degrees. If they are, "
            "add %(field)s EPSG:4326."
        ),
    ),
    Message(
        "file.axes_swapped",
        everywhere=N_(
            "In %(file)s, latitude and longitude seem to be swapped. Export the file with the "
            "longitude first."
        ),
    ),
    Message(
        "file.not_convertible",
        api="The coordinate system of %(file)s cannot be converted to WGS 84 (%(error)s).",
        page=N_(
            "The coordinate system of %(file)s cannot be converted to WGS 84. Export the file in "
            "WGS 84."
        ),
    ),
    Message(
        "file.entities",
        everywhere=N_(
            "%(file)s declares entities, which could refer to other files. Save it without them."
        ),
    ),
    Message(
        "file.not_csv",
        api="%(file)s is not CSV in UTF-8 (%(error)s).",
    ),
    Message(
        "archive.several_files",
        api="%(file)s contains several boundary files (%(found)s). Choose one.",
        page=N_("%(file)s contains several boundary files (%(found)s). Enter one in “%(field)s”."),
        command="%(file)s contains several boundary files (%(found)s). Choose one with %(field)s.",
    ),
    Message(
        "file.incomplete",
        everywhere=N_(
            "%(file)s is incomplete. The server that it comes from has more features. Download all "
            "of them, page by page or as a file."
        ),
    ),
    Message(
        "archive.too_many_files",
        everywhere=N_("%(file)s contains more than %(limit)s files."),
    ),
    Message(
        "archive.too_large",
        everywhere=N_("%(file)s is larger than %(limit)s MB when unpacked."),
    ),
    Message(
        "archive.unreadable",
        api="%(file)s cannot be unpacked (%(error)s).",
        page=N_("%(file)s cannot be unpacked. It may be damaged. Create the archive again."),
    ),
    Message(
        "archive.unsafe_path",
        everywhere=N_("%(file)s contains “%(entry)s”, which points outside the archive."),
    ),
    Message(
        "archive.encrypted",
        everywhere=N_("%(file)s is encrypted. Save it without a password."),
    ),
    Message(
        "address_file.no_column",
        everywhere=N_(
            "%(file)s has no column %(missing)s. Its first line must contain %(needed)s, and can "
            "contain %(others)s."
        ),
    ),
    Message(
        "address_file.empty",
        everywhere=N_("%(file)s contains no addresses."),
    ),
    Message(
        "address_file.unusable",
        everywhere=N_("%(file)s contains no usable addresses. In line %(line)s, %(problem)s"),
    ),
    Message(
        "address.repeated",
        everywhere=N_("an earlier line has the same address at the same place."),
    ),
    Message(
        "address.no_id",
        everywhere=N_("the ID is missing, or an earlier line uses it."),
    ),
    Message(
        "address.no_number_or_street",
        everywhere=N_("the number or the street is missing."),
    ),
    Message(
        "address.cell_too_long",
        everywhere=N_("a cell has %(length)s characters. The limit is %(limit)s."),
    ),
    Message(
        "address.not_numbers",
        everywhere=N_("lon and lat are not numbers."),
    ),
    Message(
        "address.not_degrees",
        everywhere=N_("lon and lat are not degrees on WGS 84."),
    ),
)
