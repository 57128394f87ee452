"""Messages about imports from another GeoReport server."""

from open311.messages.message import Message

ENDPOINT_INVALID = Message(
    "source.endpoint_invalid",
    api=(
        "URL must be the HTTP or HTTPS address of an endpoint, such as "
        "https://311.example.org/open311/v2, or of its discovery document."
    ),
)
SOURCE_UNREADABLE = Message(
    "source.unreadable",
    api="%(answer)s.",
)
SOURCE_WITHOUT_SERVICES = Message(
    "source.without_services",
    api="%(answer)s. Enter the address that contains services.json or services.xml.",
)
SOURCE_WITHOUT_ENDPOINT = Message(
    "source.without_endpoint",
    api="%(discovery)s does not name a GeoReport v2 endpoint.",
)
SOURCE_PRIVATE = Message(
    "source.private",
    api="%(host)s is not an address on the public internet.",
    command="%(host)s is not an address on the public internet. Add --allow-private to use it.",
)
SOURCE_TOO_LARGE = Message(
    "source.too_large",
    api="The response of %(url)s is larger than %(limit)s bytes.",
)
SOURCE_UNTRUSTED = Message(
    "source.untrusted",
    api="The certificate of %(host)s is not valid.",
)
SOURCE_UNREACHABLE = Message(
    "source.unreachable",
    api="%(url)s cannot be reached (%(error)s).",
)
SOURCE_BUSY = Message(
    "source.busy",
    api="%(host)s asks to wait %(seconds)s seconds. Run this command again then.",
)

MESSAGES = (
    Message(
        "foreign.no_place",
        api="It has neither lat and long nor an address.",
    ),
    Message(
        "foreign.in_future",
        api="requested_datetime is in the future.",
    ),
)
"""Messages that schemas and geo raise by key."""
