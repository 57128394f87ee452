"""Messages about boundaries that are read from other servers."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

STEP_DESCRIPTION = Message("remote.step_description", everywhere=N_("at the description"))
STEP_COUNT = Message("remote.step_count", everywhere=N_("at the count of features"))
STEP_PAGE = Message("remote.step_page", everywhere=N_("at page %(page)s"))
STEP_FILE = Message("remote.step_file", everywhere=N_("at the file"))

REMOTE_URL = Message(
    "remote.url",
    everywhere=N_(
        "Enter an address that begins with https://: of an ArcGIS layer, of an OGC API "
        "collection, or of a file."
    ),
    command=(
        "Use an address that begins with https://: of an ArcGIS layer, of an OGC API collection, "
        "or of a file. OPEN311_BOUNDARY_PRIVATE names hosts of your own network, also for http://."
    ),
)
REMOTE_PRIVATE = Message(
    "remote.private",
    everywhere=N_(
        "%(host)s is not an address on the public internet. The system administrator can allow it."
    ),
    command=(
        "%(host)s is not an address on the public internet. Add it to OPEN311_BOUNDARY_PRIVATE to "
        "read from it."
    ),
)
REMOTE_REDIRECT = Message(
    "remote.redirect",
    everywhere=N_(
        "%(host)s redirects to an address that may not be read, %(step)s. Nothing was stored. "
        "Enter the address that it redirects to."
    ),
)
REMOTE_UNREACHABLE = Message(
    "remote.unreachable",
    everywhere=N_("%(host)s cannot be reached, %(step)s. Nothing was stored."),
)
REMOTE_UNTRUSTED = Message(
    "remote.untrusted",
    everywhere=N_("The certificate of %(host)s is not valid. Nothing was stored."),
)
REMOTE_SLOW = Message(
    "remote.slow",
    api="%(host)s did not answer in time, %(step)s. Nothing was stored.",
    page=N_(
        "%(host)s did not answer in time, %(step)s. Nothing was stored. If the layer is large, "
        "ask the system administrator to import it."
    ),
)
REMOTE_STATUS = Message(
    "remote.status",
    everywhere=N_("%(host)s answered with status %(number)s, %(step)s. Nothing was stored."),
)
REMOTE_REFUSED = Message(
    "remote.refused",
    everywhere=N_("%(host)s answered “%(text)s”, %(step)s. Nothing was stored."),
)
REMOTE_UNREADABLE = Message(
    "remote.unreadable",
    everywhere=N_(
        "The answer of %(host)s cannot be read, %(step)s. Nothing was stored. Check the address."
    ),
)
REMOTE_TOO_LARGE = Message(
    "remote.too_large",
    everywhere=N_(
        "The answers of %(host)s are larger than %(limit)s MB, %(step)s. Nothing was stored."
    ),
)
REMOTE_COUNT = Message(
    "remote.count",
    everywhere=N_(
        "%(host)s says that it has %(expected)s features, but sent %(found)s different ones. "
        "Nothing was stored. Try again."
    ),
)
REMOTE_NOT_FEATURES = Message(
    "remote.not_features",
    everywhere=N_(
        "The address at %(host)s is not that of a layer with features (type: %(kind)s). Use that "
        "of one of its layers."
    ),
)
REMOTE_LAYERS = Message(
    "remote.layers",
    everywhere=N_(
        "The address at %(host)s is that of a service. Add a slash and the number of one of its "
        "layers: %(layers)s."
    ),
)
FILE_OR_URL = Message(
    "remote.file_or_url",
    page=N_("Choose a file or enter an address, but not both."),
)
