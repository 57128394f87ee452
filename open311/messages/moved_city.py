"""Messages about moving a city to another database."""

from open311.messages.message import Message

FOLDER_IN_USE = Message(
    "moved_city.folder_in_use",
    api="%(path)s contains files. Name a new folder.",
)
FOLDER_UNREADABLE = Message(
    "moved_city.folder_unreadable",
    api="%(path)s cannot be used as the folder of an exported city: %(why)s.",
)
FOLDER_DAMAGED = Message(
    "moved_city.folder_damaged",
    api="%(name)s is damaged or missing: %(why)s. Copy the folder again.",
)
CITY_EXISTS = Message(
    "moved_city.exists",
    api="This database has a jurisdiction %(jurisdiction_id)s already.",
)
OTHER_REVISION = Message(
    "moved_city.other_revision",
    api=(
        "The folder was exported at revision %(exported)s, and the tables here are at %(found)s. "
        "Upgrade both servers to the same version, and export again."
    ),
)
OTHER_SECRET_KEY = Message(
    "moved_city.other_secret_key",
    api=(
        "OPEN311_SECRET_KEY is another one than that of the exporting server, so second factors, "
        "keys of other servers, and links in emails could not be read. Use the same one."
    ),
)
UNKNOWN_TABLES = Message(
    "moved_city.unknown_tables",
    api="The folder does not have the tables and columns that this version moves.",
)
TAKEN = Message(
    "moved_city.taken",
    api=(
        "This database has a row with the same %(columns)s in %(table)s. Nothing was stored. "
        "The page Run in production says how to give each database its own range of ids."
    ),
)
REFUSED = Message(
    "moved_city.refused",
    api="The rows of %(table)s cannot be stored: %(why)s. Nothing was stored.",
)
