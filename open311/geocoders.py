"""Geocoders of other organizations, called through geopy."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from inspect import signature
from typing import Any
from urllib.parse import parse_qsl, urlencode

from geopy.exc import GeocoderNotFound
from geopy.geocoders import get_geocoder_for_service
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geo.coordinates import Point

USER_AGENT = "open311"
_NOT_OPTIONS = {"options", "proxies", "ssl_context", "adapter_factory", "user_agent"}

log = logging.getLogger(__name__)

# A slow geocoder can block one of these threads, but not the submission of a request.
_askers = ThreadPoolExecutor(4, thread_name_prefix="geocoder")


class Census(Geocoder):  # type: ignore[misc]  # geopy is not typed
    """Geocoder of the US Census Bureau: no key, addresses in the United States only.

    Source: https://geocoding.geo.census.gov/geocoder/Geocoding_Services_API.html
    """

    def __init__(
        self, *, domain: str = "geocoding.geo.census.gov", scheme: str = "https", **options: Any
    ) -> None:
        super().__init__(scheme=scheme, **options)
        self.api = f"{self.scheme}://{domain}/geocoder/locations/onelineaddress"

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: float) -> Any:
        """Return the locations of an address, best match first; None if there is none."""
        asked = {"address": query, "benchmark": "Public_AR_Current", "format": "json"}
        parse = partial(self._parse, exactly_one=exactly_one)
        return self._call_geocoder(f"{self.api}?{urlencode(asked)}", parse, timeout=timeout)

    def _parse(self, answer: dict[str, Any], *, exactly_one: bool) -> Any:
        found = [
            Location(match["matchedAddress"], _lat_long(match["coordinates"]), match)
            for match in answer["result"]["addressMatches"]
        ]
        if not found:
            return None
        return found[0] if exactly_one else found


def _lat_long(coordinates: dict[str, float]) -> tuple[float, float]:
    return coordinates["y"], coordinates["x"]


def make_geocoder(text: str) -> Geocoder:
    """Return a geopy geocoder, or Census, for a setting such as nominatim?domain=….

    Raises ValueError with the expected format.
    """
    name, _, options = text.partition("?")
    try:
        kind = Census if name == "census" else get_geocoder_for_service(name)
    except GeocoderNotFound:
        raise ValueError(
            f"there is no geocoder {name!r}. Use census, or one of geopy such as nominatim or "
            "photon, with its options, as in nominatim?domain=geo.example.org"
        ) from None
    try:
        return kind(**{"user_agent": USER_AGENT, **dict(parse_qsl(options))})
    except Exception:  # each geocoder validates its options differently
        raise ValueError(
            f"the geocoder {name} cannot be used with these options. It has the options "
            f"{', '.join(_options(kind))}"
        ) from None


def _options(kind: type[Geocoder]) -> list[str]:
    """List the options of a geocoder that a setting can contain."""
    return [name for name in signature(kind).parameters if name not in _NOT_OPTIONS]


def locate(geocoder: Geocoder, address: str, seconds: float) -> Sequence[Point]:
    """List the locations of an address, likeliest first; none if the geocoder fails.

    seconds limits the wait. Failures are logged without the address.
    """
    asked = _askers.submit(geocoder.geocode, address, exactly_one=False, timeout=seconds)
    try:
        found = asked.result(seconds) or ()
        return [Point(lat=float(one.latitude), long=float(one.longitude)) for one in found]
    except Exception as error:  # the service request is stored whatever error another server causes
        asked.cancel()
        log.warning("The geocoder %s failed: %s", type(geocoder).__name__, type(error).__name__)
        return ()
