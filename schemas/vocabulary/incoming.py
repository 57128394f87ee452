"""Mails in the mailbox of the server, and what became of them."""

from collections.abc import Mapping

REPLIED, HELD, CAME_BACK = "replied", "held", "came_back"
AUTOMATIC, EMPTY, UNKNOWN = "automatic", "empty", "unknown"
REFUSED, BROKEN, TOO_LARGE = "refused", "broken", "too_large"

INCOMING_OUTCOMES: Mapping[str, str] = {
    REPLIED: "replies of requesters",
    HELD: "replies from other addresses, which staff check",
    CAME_BACK: "emails that came back",
    AUTOMATIC: "automatic replies and reports of delays, ignored",
    EMPTY: "replies without text or photo, put aside",
    UNKNOWN: "mails to an unknown or expired address, put aside",
    REFUSED: "replies about withdrawn requests, or too many for one request, put aside",
    BROKEN: "mails that could not be read, put aside",
    TOO_LARGE: "mails that are too large, put aside",
}
"""What became of mails, in words of a list of numbers."""

PUT_ASIDE = (EMPTY, UNKNOWN, REFUSED, BROKEN, TOO_LARGE)
"""Those that a person should look at."""
