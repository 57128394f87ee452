"""Reader of a city's address points from a table in the columns of OpenAddresses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geo.addresses.numbers import is_missing, number_in_register, without_decimals
from geo.coordinates import Point
from geo.errors import InvalidAddress, InvalidAddressFile
from geo.tables.csv_files import read_csv
from geo.tables.rows import Table
from geo.tables.workbooks import is_workbook, read_workbook

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
    """Read addresses from a CSV file or a workbook in the OpenAddresses format, in their order.

    Format: https://openaddresses.io. lon and lat are degrees on WGS 84. The address_id is the
    column id. If that is empty or used by an earlier line (units on one parcel), it is the column
    hash. Lines without a location, a number, a street, or a unique id
    are left out, and so are repeated ones. Raises
    InvalidAddressFile, and InvalidTable if the file is not a table.
    """
    read = AddressesRead()
    taken: set[str] = set()
    houses: set[tuple[object, ...]] = set()
    for line, cells in _read_table(path).rows:
        try:
            row = _row({name: _clean(cell) for name, cell in cells.items()}, taken)
        except InvalidAddress as problem:
            read.left_out.append((line, problem))
            continue
        house = (row.number, row.street, row.unit, row.city, row.zipcode, row.point)
        if house in houses:
            read.left_out.append((line, InvalidAddress("address.repeated")))
            continue
        taken.add(row.address_id)
        houses.add(house)
        read.rows.append(row)
    if not read.rows:
        if not read.left_out:
            raise InvalidAddressFile("address_file.empty", file=path.name)
        line, why = read.left_out[0]
        raise InvalidAddressFile("address_file.unusable", file=path.name, line=line, problem=why)
    return read


def _read_table(path: Path) -> Table:
    """Read the file, or the first sheet of a workbook."""
    if not path.is_file():
        raise InvalidAddressFile("file.missing", file=str(path))
    if is_workbook(path):
        table = next(iter(read_workbook(path).values())).read()
    else:
        table = read_csv(path, (*NEEDED, *OTHERS))
    _check_columns(path, table.columns)
    return table


def _check_columns(path: Path, columns: Sequence[str]) -> None:
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise InvalidAddressFile(
            "address_file.no_column", file=path.name, missing=missing, needed=NEEDED, others=OTHERS
        )


def _clean(cell: str) -> str:
    """Return a cell with plain blanks for line breaks, and without control characters."""
    plain = " ".join(cell.split())
    return "".join(letter for letter in plain if letter.isprintable())


def _row(cells: Mapping[str, str], taken: set[str]) -> AddressRow:
    """Return the address in a line's cells; raise InvalidAddress."""
    number, street = cells.get("number", ""), cells.get("street", "")
    if is_missing(number) or is_missing(street):
        raise InvalidAddress("address.no_number_or_street")
    longest = max(map(len, cells.values()))
    if longest > LONGEST:
        raise InvalidAddress("address.cell_too_long", length=longest, limit=LONGEST)
    return AddressRow(
        address_id=_address_id(cells, taken),
        number=number_in_register(number),
        street=street,
        unit=_optional(cells, "unit"),
        city=_optional(cells, "city"),
        region=_optional(cells, "region"),
        zipcode=_optional(cells, "postcode"),
        point=_point(cells),
    )


def _optional(cells: Mapping[str, str], name: str) -> str:
    text = cells.get(name, "")
    return "" if is_missing(text) else without_decimals(text)


def _address_id(cells: Mapping[str, str], taken: set[str]) -> str:
    for name in ("id", "hash"):
        own = cells.get(name, "")
        if own and own not in taken:
            return own
    raise InvalidAddress("address.no_id")


def _point(cells: Mapping[str, str]) -> Point:
    try:
        lat, long = (float(cells[name].replace(",", ".")) for name in ("lat", "lon"))
    except (KeyError, ValueError):
        raise InvalidAddress("address.not_numbers") from None
    if not (abs(lat) <= 90 and abs(long) <= 180):  # also false for NaN
        raise InvalidAddress("address.not_degrees")
    if lat == 0 and long == 0:  # written where there is no location
        raise InvalidAddress("address.not_numbers")
    return Point(lat=lat, long=long)
