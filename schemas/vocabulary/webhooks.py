"""Events, states, and failures of webhooks."""

from schemas.vocabulary.marking import N_

CREATED, CHANGED, CLOSED, WITHDRAWN = EVENTS = ("created", "changed", "closed", "withdrawn")
"""Events of service requests, which an endpoint can choose from."""

PING = "ping"
"""The event of a test that somebody asked for."""

EVENT_NAMES = {
    CREATED: N_("New request"),
    CHANGED: N_("Changed request"),
    CLOSED: N_("Closed request"),
    WITHDRAWN: N_("Withdrawn request"),
    PING: N_("Test"),
}

ON, PAUSED, OFF = ENDPOINT_STATES = ("on", "paused", "off")

WAITING, DELIVERED, SKIPPED, DEAD = DELIVERY_STATES = ("waiting", "delivered", "skipped", "dead")
"""A dead delivery was tried for the last time. A skipped one is of no event that was chosen."""

LEFT = "left"

KNOWN = ("open", "closed", WITHDRAWN, LEFT)
"""What an endpoint knows of a service request: a status, or that it left the filters."""

UNREACHABLE, REDIRECT, STATUS, GONE = FAILURES = ("unreachable", "redirect", "status", "gone")

FAILURE_SENTENCES = {
    # One sentence for a closed port, a private address, and silence: it gives no hint which.
    UNREACHABLE: N_("The server could not be reached."),
    REDIRECT: N_("The server redirected the message. Enter the final address instead."),
    STATUS: N_("The server did not confirm the message with a status from 200 to 299."),
    GONE: N_("The server answered with status 410, so this webhook was turned off."),
}

BY_HAND, FAILING, UNREADABLE = "by_hand", "failing", "unreadable"

REASONS = (BY_HAND, FAILING, GONE, UNREADABLE)
"""Why an endpoint is not on."""

REASON_SENTENCES = {
    BY_HAND: N_("Paused by hand."),
    FAILING: N_("Paused, because no message was delivered for 3 days."),
    GONE: N_("Turned off, because the server answered with status 410."),
    UNREADABLE: N_("Paused, because the secret cannot be read. Rotate the secret."),
}

LONGEST_URL = 1_000
"""Characters of the address of an endpoint."""

MOST_ENDPOINTS = 10
"""Endpoints of one API key. Staff may add any number."""
