"""Messages about base maps; geo and schemas raise those with a key by it."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

BASE_MAP_FILE_REQUIRED = Message(
    "base_map.file_required",
    page=N_("Choose a PMTiles file."),
)
BASE_MAP_ELSEWHERE = Message(
    "base_map.elsewhere",
    page=N_(
        "This file covers another place. Its bounds are %(west)s, %(south)s, %(east)s, and "
        "%(north)s. Make one that includes your service area."
    ),
)
BASE_MAP_NOT_STORED = Message(
    "base_map.not_stored",
    page=N_("The file could not be stored. Ask the people who run this server to check its log."),
)
MESSAGES = (
    Message(
        "base_map.not_pmtiles",
        page=N_("This is not a PMTiles file. Make one as described on this page."),
    ),
    Message(
        "base_map.version",
        page=N_("The file has an old version of PMTiles. Convert it to version 3."),
    ),
    Message(
        "base_map.cut_off",
        page=N_("The file is incomplete. Copy or download it again."),
    ),
    Message(
        "base_map.damaged",
        page=N_("The file is damaged: its directory cannot be read. Make it again."),
    ),
    Message(
        "base_map.empty",
        page=N_("The file contains no tiles. Make it again, for the area of your city."),
    ),
    Message(
        "base_map.bounds",
        page=N_("The file does not say which area it covers. Make it again."),
    ),
    Message(
        "base_map.tile_type",
        page=N_("Maps cannot show these tiles. Use vector tiles (MVT), PNG, JPEG, WebP, or AVIF."),
    ),
    Message(
        "base_map.compression",
        page=N_("Browsers cannot decompress these tiles. Make the file with gzip compression."),
    ),
    Message(
        "base_map.template",
        page=N_("%(field)s must contain {z}, {x}, and {y}."),
    ),
)
