"""States of forwarding to other GeoReport servers."""

ON, OFF = "on", "off"

ENDPOINT_STATES = (ON, OFF)

WAITING, SENDING, TOKEN = "waiting", "sending", "token"
ACCEPTED, FOLLOWING, DONE = "accepted", "following", "done"
REFUSED, UNKNOWN, GIVEN_UP, STOPPED = "refused", "unknown", "given_up", "stopped"

FORWARDING_STATES = (
    *(WAITING, SENDING, TOKEN, ACCEPTED, FOLLOWING, DONE),
    *(REFUSED, UNKNOWN, GIVEN_UP, STOPPED),
)
"""From waiting to done, then what did not work, and what a person ended."""

THEIRS = (ACCEPTED, FOLLOWING, DONE)
"""The other server has it under a number; done means that it is closed there."""

STUCK = (REFUSED, UNKNOWN, GIVEN_UP)
"""A person decides what happens next."""

WIRE_FORMATS = ("xml", "json")
"""All servers have XML, some JSON as well (spec 1.2)."""

LONGEST_POLL_MINUTES = 1440
