"""Messages about other servers, and about what is forwarded to them."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

SERVER_UNKNOWN = Message(
    "server.unknown",
    everywhere=N_("There is no server %(code)s."),
    command="There is no server %(code)s. To list them, run open311 forwarding servers.",
)
SERVER_URL = Message(
    "server.url",
    page=N_(
        "Enter the HTTPS address of a GeoReport endpoint, such as "
        "https://311.example.org/v2, or of its discovery document."
    ),
    command=(
        "%(field)s must be the HTTPS address of a GeoReport endpoint, such as "
        "https://311.example.org/open311/v2, or of its discovery document. HTTP is for hosts of "
        "OPEN311_FORWARD_PRIVATE only."
    ),
)
SERVER_WITHOUT_KEY = Message(
    "server.without_key",
    page=N_("Enter the API key of your city at this server before you turn it on."),
    command="Server %(code)s has no API key yet. Set one with open311 forwarding set-key.",
)
SERVER_SECRET_KEY = Message(
    "server.secret_key",
    api="API keys cannot be stored because OPEN311_SECRET_KEY is not set.",
)
SERVER_EXISTS = Message(
    "server.exists",
    everywhere=N_("The code %(code)s is already in use. Enter a different code."),
)
SERVER_API_KEY = Message(
    "server.api_key",
    everywhere=N_("There is no API key named %(name)s in use here."),
)
FORWARDING_UNKNOWN = Message(
    "forwarding.unknown",
    everywhere=N_("Request %(id)s was not forwarded to %(server)s."),
)
FORWARDING_NOT_STUCK = Message(
    "forwarding.not_stuck",
    everywhere=N_("Request %(id)s does not wait for a decision. Someone else may have made it."),
)
FORWARDING_NUMBER = Message(
    "forwarding.number",
    page=N_("Enter the number that the request has at the other server."),
    command="The number that the request has there is required. Add %(field)s.",
)
FORWARDING_NUMBER_TAKEN = Message(
    "forwarding.number_taken",
    everywhere=N_("Number %(number)s belongs to request %(id)s already."),
)

MESSAGES = (
    Message(
        "server.code",
        everywhere=N_("%(field)s may contain letters, digits, hyphens, and underscores."),
    ),
    Message(
        "server.minutes",
        everywhere=N_("%(field)s must be a whole number of minutes from 1 to 1440."),
    ),
    Message(
        "server.lines",
        everywhere=N_("%(field)s: line %(number)s must look like %(example)s."),
    ),
    Message(
        "server.answer",
        everywhere=N_("%(field)s: %(code)s must look like POTHOLE/SIZE or POTHOLE/SIZE/LARGE."),
    ),
    Message(
        "server.status",
        everywhere=N_("%(field)s: %(word)s is not a status of this city."),
    ),
)
"""Messages that schemas and geo raise by key."""
