"""Ways in which service requests come in. Only staff read them."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

PHONE, EMAIL, LETTER, DESK, STAFF = "phone", "email", "letter", "desk", "staff"
WEBSITE, API, UNKNOWN = "website", "api", "unknown"

ENTERED_BY_STAFF = (PHONE, EMAIL, LETTER, DESK, STAFF)
"""Channels that staff choose from. staff is a problem that they have seen themselves."""

INTAKE_CHANNELS = (*ENTERED_BY_STAFF, WEBSITE, API, UNKNOWN)
"""unknown are requests from before the channel was recorded, and those from other servers."""

INTAKE_NAMES: Mapping[str, str] = {
    PHONE: N_("Phone"),
    EMAIL: N_("Email"),
    LETTER: N_("Letter"),
    DESK: N_("Service desk"),
    STAFF: N_("Seen by staff"),
    WEBSITE: N_("Website"),
    API: N_("App"),
    UNKNOWN: N_("Not recorded"),
}
