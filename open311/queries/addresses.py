"""Reads of address registers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Float,
    Numeric,
    Text,
    and_,
    any_,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from geo.addresses.crossings import TwoStreets, find_crossing, two_streets
from geo.addresses.numbers import LONGEST_RANGE, ends_of_range
from geo.addresses.words import (
    AddressPoint,
    HouseNumber,
    Meant,
    address_words,
    choose_address,
    house_numbers,
    is_named,
    only_place,
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


def count_addresses(jurisdiction_id: str) -> int:
    """Count the addresses of a jurisdiction's register."""
    mine = Stored.jurisdiction_id == jurisdiction_id
    return db.session.scalar(select(func.count()).where(mine)) or 0


def find_address(jurisdiction_id: str, address_id: str) -> AddressPoint | None:
    """Find an address by its id in the register, or a crossing by the id that it was given."""
    [*found] = _list_addresses(jurisdiction_id, Stored.address_id == address_id)
    if found:
        return found[0]
    if not address_id.startswith(_CROSSING):
        return None
    return _find_crossing(jurisdiction_id, address_id[len(_CROSSING) :]).address


def find_meant(jurisdiction_id: str, text: str) -> Meant:
    """Find the addresses that a text can mean: houses, or else the crossing of two streets.

    A house with another number is never one of them.
    """
    words = address_words(text)
    meant = choose_address(words, _list_houses(jurisdiction_id, house_numbers(words)))
    if meant.candidates:
        return meant
    return _find_crossing(jurisdiction_id, text)


def _list_houses(jurisdiction_id: str, wanted: Collection[HouseNumber]) -> list[AddressPoint]:
    """List houses on the streets wanted that have a number wanted, or a range of numbers."""
    if not wanted:
        return []
    numbers = {number for house in wanted for number in (house.number, *_ends(house.number))}
    # A range begins with its lower number.
    begins = [
        Stored.number_value.between(int(number) - LONGEST_RANGE, int(number))
        for number in numbers
        if number.isdigit() and len(number) < _MOST_DIGITS
    ]
    ranges = and_(Stored.number_words.like("%-%"), or_(false(), *begins))
    return _list_addresses(
        jurisdiction_id,
        Stored.street_words.in_({house.street for house in wanted}),
        Stored.number_words.in_(numbers) | ranges,
    )


def _ends(number: str) -> Sequence[str]:
    """Return the numbers on one side of a street that a range of a text means."""
    ends = ends_of_range(number)
    return () if ends is None else [str(one) for one in range(ends[0], ends[1] + 1)]


_LONGEST_ID = 200

_MOST_DIGITS = 10

_CROSSING = "crossing of "
"""Beginning of the ids of crossings; the rest is a text that means it."""

_MOST_HOUSES = 20_000
"""Houses on the streets whose crossing is looked for."""


def _find_crossing(jurisdiction_id: str, text: str) -> Meant:
    """Find the crossing of the two streets in a text, by the houses on them.

    Streets of the same names may cross in several cities of a register.
    """
    streets = two_streets(text)
    if streets is None:
        return Meant(None, [])
    rows = db.session.execute(
        select(Stored.street_words, Stored.city, *_lat_long())
        .where(
            Stored.jurisdiction_id == jurisdiction_id,
            Stored.street_words == any_(literal(sorted(streets.all), ARRAY(Text))),
        )
        .order_by(*_IN_ORDER)
        .limit(_MOST_HOUSES)
    ).all()
    words = address_words(text)
    cities = {row.city for row in rows}
    named = {city for city in cities if is_named(city, words)} or cities
    found = [(city, _cross(streets, [row for row in rows if row.city == city])) for city in named]
    known = sorted((city, point) for city, point in found if point is not None)
    if not known:  # the streets are of different cities
        point = _cross(streets, rows)
        known = [] if point is None else [("", point)]
    return only_place([_crossing(text, city, point) for city, point in known])


def _cross(streets: TwoStreets, rows: Sequence[Any]) -> Point | None:
    houses: dict[str, list[Point]] = {}
    for row in rows:
        houses.setdefault(row.street_words, []).append(Point(lat=row.lat, long=row.long))
    return find_crossing(streets, houses)


def _crossing(text: str, city: str, point: Point) -> AddressPoint:
    name = " ".join(text.split())
    if city and not is_named(city, address_words(name)):
        name = f"{name}, {city}"
    return AddressPoint(
        address_id=f"{_CROSSING}{name}"[:_LONGEST_ID],
        address=name,
        house=HouseNumber("", name),
        unit="",
        city=city,
        zipcode="",
        point=point,
    )


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

    Ordered by street and house. Without a match, what find_meant finds, or else the most similar
    addresses, which have the number of the text if it has one. Rows have the fields of
    AddressPointSchema.
    """
    words = address_words(text)
    begun = [Stored.words.contains(f" {word}", autoescape=True) for word in words]
    mine = Stored.jurisdiction_id == jurisdiction_id
    statement = select(*_columns()).where(mine, *begun).order_by(*_IN_ORDER)
    return (
        _rows(statement, limit)
        or [_row(one) for one in find_meant(jurisdiction_id, text).candidates[:limit]]
        or _rows(_alike(mine, words), limit)
    )


def _row(one: AddressPoint) -> dict[str, Any]:
    return {
        "address_id": one.address_id,
        "address": one.address,
        "zipcode": one.zipcode or None,
        "lat": one.point.lat,
        "long": one.point.long,
    }


def _alike(mine: ColumnElement[bool], words: Sequence[str]) -> Any:
    """Select addresses by their trigram similarity to a text (pg_trgm).

    A text with a number means no house with another one.
    """
    text = " ".join(words)
    alike = func.word_similarity(text, Stored.words)
    near = Stored.words.bool_op("%>")(text)
    numbers = {house.number for house in house_numbers(words)}
    same = [Stored.number_words.in_(numbers)] if numbers else []
    return select(*_columns()).where(mine, near, *same).order_by(alike.desc(), *_IN_ORDER)


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
