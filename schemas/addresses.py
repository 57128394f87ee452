"""Parameters of GET /addresses, an extension to find address_id and address_string."""

from typing import Any

from marshmallow import post_load

from schemas.base import ParametersSchema, check_together
from schemas.errors import Invalid
from schemas.fields import Degrees, says
from schemas.search.fields import SearchWords, WholeNumber

MOST_ADDRESSES = 50
"""Addresses in one response."""


class AddressSearchSchema(ParametersSchema):
    """A text or a point to find addresses for, in degrees on WGS 84; the other is None."""

    q = SearchWords(
        200,
        load_default=None,
        **says("All or part of an address. Results contain all its words."),
    )
    lat = Degrees(
        90, load_default=None, **says("Latitude, to list the nearest addresses; with long.")
    )
    long = Degrees(
        180, load_default=None, **says("Longitude, to list the nearest addresses; with lat.")
    )
    page_size = WholeNumber(
        1, load_default=10, **says(f"Number of addresses, {MOST_ADDRESSES} at most.")
    )

    @post_load
    def decide(self, asked: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Require a text or a point."""
        check_together(asked, ("lat", "long"))
        if (asked["q"] is None) == (asked["lat"] is None):
            raise Invalid("address.text_or_place", "q")
        return {**asked, "page_size": min(asked["page_size"], MOST_ADDRESSES)}
