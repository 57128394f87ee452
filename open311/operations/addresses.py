"""Import of a city's address register, which replaces the previous one."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import cast, delete, func, insert, select

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


@operation
def import_addresses(jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow]) -> int:
    """Store addresses in place of the register; return how many are outside.

    Outside means outside the service area. Raises Conflict if all of them are, as when lon and lat
    are swapped.
    """
    return _store(jurisdiction, register, rows)


@trial
def try_addresses(jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow]) -> int:
    """Return the same number as import_addresses, and store nothing."""
    return _store(jurisdiction, register, rows)


def _store(jurisdiction: Scope, register: NewRegister, rows: Sequence[AddressRow]) -> int:
    lift_time_limit()
    mine = {"jurisdiction_id": jurisdiction.jurisdiction_id}
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
    outside = _count_outside(jurisdiction.jurisdiction_id)
    if outside == len(rows):
        raise Conflict(ADDRESSES_OUTSIDE, number=len(rows))
    return outside


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


def _count_outside(jurisdiction_id: str) -> int:
    """Count the addresses outside the service area; 0 without a service area."""
    inside = func.ST_Covers(Jurisdiction.service_area, cast(AddressPoint.location, Geometry))
    statement = (
        select(func.count())
        .select_from(AddressPoint)
        .join(Jurisdiction, Jurisdiction.id == AddressPoint.jurisdiction_id)
        .where(AddressPoint.jurisdiction_id == jurisdiction_id, ~inside)
    )
    return db.session.scalar(statement) or 0
