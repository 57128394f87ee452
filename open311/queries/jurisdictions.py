"""Reads of jurisdictions."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select

from open311.database import db
from open311.errors import InvalidParameters, NotFound
from open311.messages.access import JURISDICTION_MISSING, JURISDICTION_UNKNOWN, NO_JURISDICTION
from open311.models import AddressRegister, Jurisdiction


@dataclass(frozen=True)
class Scope:
    """A jurisdiction, or its test endpoint. changed_at is the last change of its catalog.

    sandbox selects the service requests of the test endpoint. public_url is the address of this
    server in links, without a slash at its end, and empty in commands. locality is the city of
    addresses that do not name one. units, metric or us, are those of distances on pages.
    reopen_days is the number of days after closing in which a request can be reopened.
    """

    jurisdiction_id: str
    name: str
    zone: ZoneInfo
    contact: str
    key_service: str
    changed_at: datetime
    locality: str
    units: str
    reopen_days: int
    takes_from_outside: bool
    has_addresses: bool
    sandbox: bool = False
    public_url: str = ""

    def at(self, public_url: str) -> "Scope":
        """Return a copy with the address for links."""
        return replace(self, public_url=public_url)

    def today(self) -> date:
        """Return today's date in the jurisdiction's time zone."""
        return datetime.now(UTC).astimezone(self.zone).date()


def get_jurisdiction(jurisdiction_id: str | None) -> Scope:
    """Get a jurisdiction by id, or the only one without an id (spec 1.5).

    Raises NotFound for an unknown id, and InvalidParameters if an id is required.
    """
    known = {one.jurisdiction_id: one for one in list_jurisdictions()}
    return known[choose_jurisdiction(known, jurisdiction_id)]


def choose_jurisdiction(known: Collection[str], jurisdiction_id: str | None) -> str:
    """Return the id of one of the jurisdictions, or of the only one; raises as get_jurisdiction."""
    if jurisdiction_id is not None:
        if jurisdiction_id in known:
            return jurisdiction_id
        unknown = {"field": "jurisdiction_id", "jurisdiction_id": jurisdiction_id}
        raise NotFound(JURISDICTION_UNKNOWN, **unknown)
    if not known:
        raise NotFound(NO_JURISDICTION)
    if len(known) > 1:
        raise InvalidParameters(JURISDICTION_MISSING, field="jurisdiction_id", known=list(known))
    [only] = known
    return only


def list_jurisdictions() -> list[Scope]:
    """List all jurisdictions, by id."""
    rows = db.session.execute(
        select(
            Jurisdiction.id,
            Jurisdiction.name,
            Jurisdiction.time_zone,
            Jurisdiction.contact,
            Jurisdiction.key_service,
            Jurisdiction.catalog_changed_at,
            Jurisdiction.locality,
            Jurisdiction.units,
            Jurisdiction.reopen_days,
            Jurisdiction.outside_department.is_not(None),
            exists().where(AddressRegister.jurisdiction_id == Jurisdiction.id),
        ).order_by(Jurisdiction.id)
    )
    return [Scope(row.id, row.name, ZoneInfo(row.time_zone), *row[3:]) for row in rows]


SERVICE_AREA_DECIMALS = 6
"""Decimals of the degrees of a service area: about 0.1 m."""


def get_service_area(jurisdiction_id: str) -> str | None:
    """Get a jurisdiction's service area as a GeoJSON MultiPolygon (RFC 7946), None without one."""
    geojson = func.ST_AsGeoJSON(Jurisdiction.service_area, SERVICE_AREA_DECIMALS)
    area: str | None = db.session.scalar(select(geojson).where(Jurisdiction.id == jurisdiction_id))
    return area


def get_service_area_box(jurisdiction_id: str) -> tuple[float, float, float, float] | None:
    """Return the box of the service area: minlong, minlat, maxlong, maxlat in degrees."""
    area = Jurisdiction.service_area
    corners = (func.ST_XMin(area), func.ST_YMin(area), func.ST_XMax(area), func.ST_YMax(area))
    row = db.session.execute(
        select(*corners).where(Jurisdiction.id == jurisdiction_id, area.is_not(None))
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3])
