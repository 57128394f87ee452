"""The address under which scripts of pages search the city's own addresses."""

from urllib.parse import urlencode

from open311.queries.jurisdictions import Scope
from open311.web.parameters import ENDPOINT


def addresses_url(jurisdiction: Scope) -> str:
    """Return where scripts find addresses; empty without a register."""
    if not jurisdiction.has_addresses:
        return ""
    city = urlencode({"jurisdiction_id": jurisdiction.jurisdiction_id})
    return f"{ENDPOINT}/addresses.json?{city}"
