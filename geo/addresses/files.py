"""Reader of a city's address points from CSV, in the columns of OpenAddresses."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from geo.coordinates import Point
from geo.errors import InvalidAddress, InvalidAddressFile

NEEDED = ("lon", "lat", "number", "street")

OTHERS = ("unit", "city", "region", "postcode", "id", "hash")

LONGEST = 200
"""Characters in a cell."""


@dataclass(frozen=True, kw_only=True)
class AddressRow:
    """A line of a register: a house, or a unit in it, and its location."""

    address_id: str
    number: str
    street: str
    unit: str
    city: str
    region: str
    zipcode: str
    point: Point


@dataclass
class AddressesRead:
    """The content of a file: its addresses, and a problem for each line that was left out."""

    rows: list[AddressRow] = field(default_factory=list)
    left_out: list[tuple[int, InvalidAddress]] = field(default_factory=list)


def read_addresses(path: Path) -> AddressesRead:
    """Read addresses from a CSV file in the OpenAddresses format, in the order of lines.

    Format: https://openaddresses.io. lon and lat are degrees on WGS 84. The address_id is the
    column id. If that is empty or used by an earlier line (units on one parcel), it is the column
    hash. Lines without a location, a street, or a unique id are left out. Raises
    InvalidAddressFile.
    """
    read = AddressesRead()
    taken: set[str] = set()
    for line, cells in _lines(path):
        try:
            row = _row(cells, taken)
        except InvalidAddress as problem:
            read.left_out.append((line, problem))
        else:
            taken.add(row.address_id)
            read.rows.append(row)
    if not read.rows:
        if not read.left_out:
            raise InvalidAddressFile("address_file.empty", file=path.name)
        line, why = read.left_out[0]
        raise InvalidAddressFile("address_file.unusable", file=path.name, line=line, problem=why)
    return read


def _lines(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    if not path.is_file():
        raise InvalidAddressFile("file.missing", file=str(path))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            columns = [name.strip().lower() for name in next(reader, [])]
            _check_columns(path, columns)
            for cells in reader:
                if cells:
                    yield reader.line_num, dict(zip(columns, map(_clean, cells), strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidAddressFile("file.not_csv", file=path.name, error=str(error)) from None


def _check_columns(path: Path, columns: list[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise InvalidAddressFile(
            "address_file.no_column", file=path.name, missing=missing, needed=NEEDED, others=OTHERS
        )


def _clean(cell: str) -> str:
    return "".join(letter for letter in cell if letter.isprintable()).strip()


def _row(cells: Mapping[str, str], taken: set[str]) -> AddressRow:
    """Return the address in a line's cells; raise InvalidAddress."""
    number, street = cells.get("number", ""), cells.get("street", "")
    if not number or not street:
        raise InvalidAddress("address.no_number_or_street")
    longest = max(map(len, cells.values()))
    if longest > LONGEST:
        raise InvalidAddress("address.cell_too_long", length=longest, limit=LONGEST)
    return AddressRow(
        address_id=_address_id(cells, taken),
        number=number,
        street=street,
        unit=cells.get("unit", ""),
        city=cells.get("city", ""),
        region=cells.get("region", ""),
        zipcode=cells.get("postcode", ""),
        point=_point(cells),
    )


def _address_id(cells: Mapping[str, str], taken: set[str]) -> str:
    for name in ("id", "hash"):
        own = cells.get(name, "")
        if own and own not in taken:
            return own
    raise InvalidAddress("address.no_id")


def _point(cells: Mapping[str, str]) -> Point:
    try:
        lat, long = float(cells["lat"]), float(cells["lon"])
    except (KeyError, ValueError):
        raise InvalidAddress("address.not_numbers") from None
    if not (abs(lat) <= 90 and abs(long) <= 180):  # also false for NaN
        raise InvalidAddress("address.not_degrees")
    return Point(lat=lat, long=long)
