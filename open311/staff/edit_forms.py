"""What the forms that edit a request show besides its own values."""

from collections.abc import Mapping
from typing import Any

from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.staff.address_offers import NEAR_METERS, offered_address
from open311.staff.service_questions import asked_in
from open311.web.address_search import addresses_url
from schemas.base import Values


def edit_values(
    known: City, jurisdiction: Scope, action: str, values: Values, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the questions of a chosen service, and the address near a chosen place.

    values are those of the form of the action. answers are those of the request by code.
    """
    of_service = values if action == "service" else {}
    return {
        "edited": asked_in(known, of_service, answers),
        "offered": offered_address(jurisdiction, values) if action == "move" else None,
        "addresses_url": addresses_url(jurisdiction),
        "near_meters": NEAR_METERS,
    }
