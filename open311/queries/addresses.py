"""Reads of address registers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Float, Numeric, cast, func, select

from geo.addresses.words import (
    AddressPoint,
    HouseNumber,
    Meant,
    address_words,
    choose_address,
    house_numbers,
)
from geo.coordinates import Point
from open311.database import db
from open311.models import AddressPoint as Stored
from open311.models import AddressRegister

MOST_CANDIDATES = 500
"""Maximum candidates for one text: apartments of a house, and houses elsewhere."""

_IN_ORDER = (
    Stored.street_words,
    Stored.number_value,
    Stored.number_words,
    Stored.unit,
    Stored.id,
)


@dataclass(frozen=True)
class Register:
    """Source of a jurisdiction's addresses. imported_at is in UTC."""

    source: str
    license: str
    vintage: str
    imported_at: datetime
    imported_by: str


def find_register(jurisdiction_id: str) -> Register | None:
    """Find the register of a jurisdiction's addresses; None without one."""
    row = db.session.execute(
        select(
            AddressRegister.source,
            AddressRegister.license,
            AddressRegister.vintage,
            AddressRegister.imported_at,
            AddressRegister.imported_by,
        ).where(AddressRegister.jurisdiction_id == jurisdiction_id)
    ).one_or_none()
    return None if row is None else Register(*row)


def find_address(jurisdiction_id: str, address_id: str) -> AddressPoint | None:
    """Find an address by its id in the register."""
    [*found] = _list_addresses(jurisdiction_id, Stored.address_id == address_id)
    return found[0] if found else None


def find_meant(jurisdiction_id: str, text: str) -> Meant:
    """Find the addresses that a text can mean."""
    words = address_words(text)
    wanted = set(house_numbers(words))
    if not wanted:
        return Meant(None, [])
    addresses = _list_addresses(
        jurisdiction_id,
        Stored.street_words.in_({house.street for house in wanted}),
        Stored.number_words.in_({house.number for house in wanted}),
    )
    return choose_address(words, [one for one in addresses if one.house in wanted])


def _list_addresses(jurisdiction_id: str, *conditions: ColumnElement[bool]) -> list[AddressPoint]:
    rows = db.session.execute(
        select(
            Stored.address_id,
            Stored.address,
            Stored.number_words,
            Stored.street_words,
            Stored.unit,
            Stored.city,
            Stored.zipcode,
            *_lat_long(),
        )
        .where(Stored.jurisdiction_id == jurisdiction_id, *conditions)
        .order_by(*_IN_ORDER)
        .limit(MOST_CANDIDATES)
    )
    return [
        AddressPoint(
            address_id=row.address_id,
            address=row.address,
            house=HouseNumber(row.number_words, row.street_words),
            unit=row.unit,
            city=row.city,
            zipcode=row.zipcode,
            point=Point(lat=row.lat, long=row.long),
        )
        for row in rows
    ]


def search_addresses(jurisdiction_id: str, text: str, limit: int) -> list[dict[str, Any]]:
    """List addresses that contain all words of a text; the last word can be incomplete.

    Ordered by street and house. Without a match, the most similar addresses. Rows have the fields
    of AddressPointSchema.
    """
    words = address_words(text)
    begun = [Stored.words.contains(f" {word}", autoescape=True) for word in words]
    mine = Stored.jurisdiction_id == jurisdiction_id
    statement = select(*_columns()).where(mine, *begun).order_by(*_IN_ORDER)
    return _rows(statement, limit) or _rows(_alike(mine, " ".join(words)), limit)


def _alike(mine: ColumnElement[bool], text: str) -> Any:
    """Select addresses by their trigram similarity to a text (pg_trgm)."""
    alike = func.word_similarity(text, Stored.words)
    near = Stored.words.bool_op("%>")(text)
    return select(*_columns()).where(mine, near).order_by(alike.desc(), *_IN_ORDER)


def nearest_addresses(jurisdiction_id: str, point: Point, limit: int) -> list[dict[str, Any]]:
    """List the addresses nearest to a point, with their distance in meters.

    Rows have the fields of AddressPointSchema.
    """
    here = func.ST_GeogFromText(point.ewkt)
    away = Stored.location.op("<->")(here)
    # By distance alone, which the index has; those of one distance are put in order afterwards.
    nearest = (
        select(Stored.id)
        .where(Stored.jurisdiction_id == jurisdiction_id)
        .order_by(away)
        .fetch(limit, with_ties=True)
    )
    meters = func.round(cast(func.ST_Distance(Stored.location, here), Numeric), 1)
    statement = (
        select(*_columns(), cast(meters, Float).label("meters"))
        .where(Stored.id.in_(nearest))
        .order_by(away, Stored.id)
    )
    return _rows(statement, limit)


def _rows(statement: Any, limit: int) -> list[dict[str, Any]]:
    return [dict(row) for row in db.session.execute(statement.limit(limit)).mappings()]


def _columns() -> Sequence[ColumnElement[Any]]:
    zipcode = func.nullif(Stored.zipcode, "").label("zipcode")
    return (Stored.address_id, Stored.address, zipcode, *_lat_long())  # type: ignore[return-value]


def _lat_long() -> tuple[ColumnElement[float], ColumnElement[float]]:
    place = cast(Stored.location, Geometry)
    return func.ST_Y(place).label("lat"), func.ST_X(place).label("long")
