"""The location of a submission: as sent, or geocoded, with doubts for staff."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app

from geo.addresses.doubts import Doubt, mismatch, no_place, odd_place, why_not_found
from geo.addresses.words import AddressPoint, Meant, in_one
from geo.coordinates import Point
from open311.database import end_reads
from open311.errors import InvalidParameters
from open311.geocoders import locate
from open311.messages.submissions import ADDRESS_ID_UNKNOWN, NO_ADDRESS_REGISTER_FOR_ID
from open311.queries.addresses import find_address, find_meant
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.routing.snapshot import facts_outside, is_outside

_UNKNOWN = Meant(None, ())


@dataclass(frozen=True)
class SentPlace:
    """The location of a submission, named as in Submission; doubts go to the triage queue."""

    point: Point | None
    location_from: str
    address_string: str
    doubts: tuple[Doubt, ...]


def sent_place(city: City, jurisdiction: Scope, sent: Mapping[str, Any]) -> SentPlace:
    """Return the location of a submission from values that load_submission returned.

    lat and long take precedence over an address. An address alone is looked up in the register,
    then by the geocoder, which may take seconds, so the transaction ends before that. Raises
    InvalidParameters for an address_id without a location.
    """
    meant = _meant(jurisdiction, sent)
    address = sent["address_string"] or (meant.address.address if meant.address else "")
    if "lat" in sent:
        point = Point(lat=sent["lat"], long=sent["long"])
        return SentPlace(point, "client", address, tuple(_doubts(city, jurisdiction, point, meant)))
    if meant.address and not is_outside(city, meant.address.point):
        return SentPlace(meant.address.point, "address_point", address, ())
    return _geocoded(city, jurisdiction, address, _why(jurisdiction, meant))


def _meant(jurisdiction: Scope, sent: Mapping[str, Any]) -> Meant:
    """Look an address up in the register: by its id, otherwise by its text."""
    by_id = _by_id(jurisdiction, sent)
    if by_id is not None:
        return Meant(by_id, (by_id,))
    if "lat" not in sent and not sent["address_string"]:
        raise _not_enough(jurisdiction, sent["address_id"])
    if not jurisdiction.has_addresses or not sent["address_string"]:
        return _UNKNOWN
    text = " ".join((sent["address_string"], sent["zipcode"]))
    return find_meant(jurisdiction.jurisdiction_id, text)


def _by_id(jurisdiction: Scope, sent: Mapping[str, Any]) -> AddressPoint | None:
    if not jurisdiction.has_addresses or not sent["address_id"]:
        return None
    return find_address(jurisdiction.jurisdiction_id, sent["address_id"])


def _not_enough(jurisdiction: Scope, address_id: str) -> InvalidParameters:
    if jurisdiction.has_addresses:
        return InvalidParameters(ADDRESS_ID_UNKNOWN, field="address_id", address_id=address_id)
    return InvalidParameters(NO_ADDRESS_REGISTER_FOR_ID, field="address_id")


def _doubts(city: City, jurisdiction: Scope, point: Point, meant: Meant) -> list[Doubt]:
    tolerance = current_app.config["OPEN311_ADDRESS_TOLERANCE"]
    found = [mismatch(point, meant, tolerance, jurisdiction.units)]
    if jurisdiction.takes_from_outside:
        facts = facts_outside(city, point)
        found.append(odd_place(point, facts, jurisdiction.units) if facts else None)
    return [doubt for doubt in found if doubt is not None]


def _why(jurisdiction: Scope, meant: Meant) -> str:
    if meant.address:
        return "the address is outside the service area"
    return why_not_found(meant) if jurisdiction.has_addresses else "no address register"


def _geocoded(city: City, jurisdiction: Scope, address: str, why: str) -> SentPlace:
    """Return the geocoder's location, if any; one outside the service area is discarded."""
    geocoder = current_app.config["OPEN311_GEOCODER"]
    if geocoder is None:
        return SentPlace(None, "", address, (no_place(f"{why}, and no geocoder"),))
    end_reads()
    asked = with_locality(address, jurisdiction.locality)
    for point in locate(geocoder, asked, current_app.config["OPEN311_GEOCODER_SECONDS"]):
        if not is_outside(city, point):
            return SentPlace(point, "geocoder", address, ())
    return SentPlace(None, "", address, (no_place(f"{why}, and the geocoder found no location"),))


def with_locality(address: str, locality: str) -> str:
    """Append the city to an address without it, as in 111 S Broad St, Lancaster, Ohio."""
    city = locality.partition(",")[0]
    named = not city or f" {in_one(city)} " in f" {in_one(address)} "
    return address if named else f"{address}, {locality}"
