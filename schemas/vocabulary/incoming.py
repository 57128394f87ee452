"""Mails in the mailbox of the server, and what happened to them."""

from collections.abc import Mapping

REPLIED, HELD, BOUNCED = "replied", "held", "bounced"
AUTOMATIC, EMPTY, UNKNOWN = "automatic", "empty", "unknown"
REFUSED, BROKEN, TOO_LARGE = "refused", "broken", "too_large"

INCOMING_OUTCOMES: Mapping[str, str] = {
    REPLIED: "replies of requesters",
    HELD: "replies from other addresses, which staff check",
    BOUNCED: "bounced emails",
    AUTOMATIC: "automatic replies and reports of delays, ignored",
    EMPTY: "replies without text or photo, set aside",
    UNKNOWN: "emails to an unknown or expired address, set aside",
    REFUSED: "replies about withdrawn requests, or too many for one request, set aside",
    BROKEN: "emails that could not be read as a whole, set aside",
    TOO_LARGE: "emails that are too large, set aside",
}
"""What happened to mails, in words of a list of numbers."""

SET_ASIDE = (EMPTY, UNKNOWN, REFUSED, BROKEN, TOO_LARGE)
"""Those that a person should look at."""
