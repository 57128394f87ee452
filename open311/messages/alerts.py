"""Problems of alerts on the website."""

from open311.messages.message import Message
from schemas.vocabulary.marking import N_

CHOOSE_BOUNDARY = Message(
    "alert.boundary_required",
    page=N_("Choose a part of the city."),
)
ADDRESS_NOT_FOUND = Message(
    "alert.address_not_found",
    page=N_("We could not find this address. Check its spelling, or search for its street."),
)
ADDRESS_REQUIRED = Message(
    "alert.address_required",
    page=N_("Enter an address, or choose another place."),
)
ADDRESS_AMBIGUOUS = Message(
    "alert.address_ambiguous",
    page=N_("Choose one of these addresses."),
)
AREA_REQUIRED = Message(
    "alert.area_required",
    page=N_("Draw an area on the map, or choose another place."),
)
TOO_MANY_SERVICES = Message(
    "alert.too_many_services",
    page=N_("Choose %(limit)s services at most, or none for all services."),
)
