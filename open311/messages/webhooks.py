"""Messages about webhooks."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

WEBHOOK_UNKNOWN = Message(
    "webhook.unknown",
    everywhere=N_("There is no webhook with the number %(number)s."),
)
WEBHOOK_URL = Message(
    "webhook.url",
    api=(
        "%(field)s must be an HTTPS URL on port 443 or 8443, without a user name, such as "
        "https://example.org/hook."
    ),
    page=N_(
        "Enter an HTTPS address without a user name and without a port, such as "
        "https://example.org/hook."
    ),
)
WEBHOOKS_TOO_MANY = Message(
    "webhook.too_many",
    everywhere=N_("There are already %(limit)s webhooks. Delete one before you add another."),
)
WEBHOOKS_CLOSED = Message(
    "webhook.closed",
    api="Webhooks are not set up on this server.",
    page=N_("Webhooks are not set up. Contact your system administrator."),
    command="Webhooks need a secret key. Set OPEN311_SECRET_KEY.",
)
WEBHOOK_SECRET_UNREADABLE = Message(
    "webhook.secret_unreadable",
    everywhere=N_("The secret of this webhook cannot be read. Rotate the secret."),
)
WEBHOOK_SERVICE_UNKNOWN = Message(
    "webhook.service_unknown",
    everywhere=N_("Service %(code)s does not exist. Choose from the list of services."),
)
REPLAY_NUMBER = Message(
    "webhook.replay_number",
    api="%(field)s must be a change number from 0 to %(newest)s.",
    page=N_("Enter a change number from 0 to %(newest)s."),
)
REPLAY_FROM = Message(
    "webhook.replay_from",
    api="Send after (a change number) or since (a date and time), and not both.",
    page=N_("Enter a change number or a date, and not both."),
    command="Use --after or --since, and not both.",
)
BOUNDARY_UNKNOWN = Message(
    "webhook.boundary_unknown",
    everywhere=N_("Layer %(layer)s has no boundary %(code)s. Choose an existing boundary."),
)
EVENT_UNKNOWN = Message(
    "webhook.event_unknown",
    api="%(field)s must list some of %(known)s, separated by commas.",
    page=N_("Select at least one event."),
)
BOUNDARY_FORM = Message(
    "webhook.boundary_form",
    api="%(field)s must be a layer and a code, such as ward:2.",
    page=N_("Enter a boundary as its layer and its code, such as ward:2."),
    command="--boundary must be a layer and a code, such as ward:2.",
)
