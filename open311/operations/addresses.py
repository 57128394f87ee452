"""Import of a city's address register, which replaces the previous one."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import cast, delete, func, insert, select, text

from geo.addresses.files import AddressRow
from geo.addresses.words import in_one
from open311.database import db, lift_time_limit, table
from open311.errors import Conflict
from open311.messages.maps import ADDRESSES_OUTSIDE
from open311.models import AddressPoint, AddressRegister, Jurisdiction
from open311.operations.transaction import operation, trial
from open311.queries.jurisdictions import Scope

_AT_ONCE = 5_000

_MOST_DIGITS = 18


@dataclass(frozen=True, kw_only=True)
class NewRegister:
    """The source of an address register: its name, license, age, and importer."""

    source: str
    license: str
    vintage: str
    imported_by: str


@dataclass(frozen=True)
class AddressChanges:
    """What an import changes. swapped of those outside are inside with lat and long exchanged.

    is_first: there was no register before. An address is the same one if number, street, unit,
    city, and postal code are. It has moved if it is more than MOVED meters away.
    """

    outside: int
    swapped: int
    is_first: bool
    added: Sequence[str]
    removed: Sequence[str]
    moved: Sequence[str]


MOVED = 10


@operation
def import_addresses(
    jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow], longest: int = 0
) -> AddressChanges:
    """Store addresses in place of the register; return what has changed.

    longest is the limit of a statement in seconds, 0 for none. Raises Conflict if all of the
    addresses are outside the service area, as when lon and lat are swapped.
    """
    return _store(jurisdiction, register, rows, longest)


@trial
def try_addresses(
    jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow], longest: int = 0
) -> AddressChanges:
    """Return the same as import_addresses, and store nothing."""
    return _store(jurisdiction, register, rows, longest)


def _store(
    jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow], longest: int
) -> AddressChanges:
    lift_time_limit(longest)
    _wait_for_others(jurisdiction.jurisdiction_id)
    mine = {"jurisdiction_id": jurisdiction.jurisdiction_id}
    is_first = not _keep_former(jurisdiction.jurisdiction_id)
    db.session.execute(
        delete(AddressRegister).where(
            AddressRegister.jurisdiction_id == jurisdiction.jurisdiction_id
        )
    )
    now = datetime.now(UTC).replace(microsecond=0)
    row = {**mine, **asdict(register), "imported_at": now}
    db.session.execute(insert(table(AddressRegister)), row)
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        db.session.execute(insert(table(AddressPoint)), [{**mine, **_columns(one)} for one in some])
    outside, swapped = _count_outside(jurisdiction.jurisdiction_id)
    if outside == len(rows):
        raise Conflict(ADDRESSES_OUTSIDE, number=len(rows))
    return AddressChanges(outside, swapped, is_first, *_compare(jurisdiction.jurisdiction_id))


def _wait_for_others(jurisdiction_id: str) -> None:
    """Let another import or preview end first: both would insert the same register."""
    name = func.hashtextextended(f"addresses {jurisdiction_id}", 0)
    db.session.execute(select(func.pg_advisory_xact_lock(name)))


def _keep_former(jurisdiction_id: str) -> int:
    """Keep the addresses of the register in a table of this transaction; return their number."""
    db.session.execute(text("DROP TABLE IF EXISTS former_addresses"))
    db.session.execute(
        text(
            "CREATE TEMPORARY TABLE former_addresses ON COMMIT DROP AS"
            " SELECT words, address, location FROM address_points WHERE jurisdiction_id = :id"
        ),
        {"id": jurisdiction_id},
    )
    db.session.execute(text("CREATE INDEX ON former_addresses (words)"))
    return db.session.scalar(text("SELECT count(*) FROM former_addresses")) or 0


def _compare(jurisdiction_id: str) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Return the addresses that are new, those that are gone, and those that have moved."""

    def listed(statement: str) -> Sequence[str]:
        values = {"id": jurisdiction_id, "moved": MOVED}
        return [*db.session.scalars(text(statement), values)]

    db.session.execute(text("ANALYZE address_points"))
    db.session.execute(text("ANALYZE former_addresses"))
    return (
        listed(
            "SELECT DISTINCT address FROM address_points AS new WHERE jurisdiction_id = :id AND NOT"
            " EXISTS (SELECT FROM former_addresses AS old WHERE old.words = new.words)"
            " ORDER BY address"
        ),
        listed(
            "SELECT DISTINCT address FROM former_addresses AS old WHERE NOT EXISTS (SELECT FROM"
            " address_points AS new WHERE new.jurisdiction_id = :id AND new.words = old.words)"
            " ORDER BY address"
        ),
        listed(
            "SELECT new.address FROM address_points AS new JOIN former_addresses AS old"
            " USING (words) WHERE jurisdiction_id = :id GROUP BY new.address"
            " HAVING min(ST_Distance(new.location, old.location)) > :moved ORDER BY new.address"
        ),
    )


def _columns(row: AddressRow) -> dict[str, Any]:
    house = " ".join(part for part in (row.number, row.street, row.unit) if part)
    region = " ".join(part for part in (row.region, row.zipcode) if part)
    address = ", ".join(part for part in (house, row.city, region) if part)
    return {
        "address_id": row.address_id,
        "address": address,
        "number_words": in_one(row.number),
        "number_value": _leading_number(row.number),
        "street_words": in_one(row.street),
        "unit": row.unit,
        "city": row.city,
        "zipcode": row.zipcode,
        "words": f" {in_one(address)}",
        "location": row.point.ewkt,
    }


def _leading_number(number: str) -> int:
    found = re.match(r"\d+", number, re.ASCII)
    return int(found[0][:_MOST_DIGITS]) if found else 0


def _count_outside(jurisdiction_id: str) -> tuple[int, int]:
    """Count the addresses outside the service area, and those inside with exchanged degrees.

    There are none without a service area.
    """
    place = cast(AddressPoint.location, Geometry)
    inside = func.ST_Covers(Jurisdiction.service_area, place)
    exchanged = func.ST_Covers(Jurisdiction.service_area, func.ST_FlipCoordinates(place))
    statement = (
        select(func.count(), func.count().filter(exchanged))
        .select_from(AddressPoint)
        .join(Jurisdiction, Jurisdiction.id == AddressPoint.jurisdiction_id)
        .where(AddressPoint.jurisdiction_id == jurisdiction_id, ~inside)
    )
    outside, swapped = db.session.execute(statement).one()
    return outside, swapped
