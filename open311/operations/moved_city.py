"""Store a city that comes from another database, all or nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import psycopg
from psycopg import errors, sql
from sqlalchemy import BigInteger, Column, exists, func, literal, select, text, update

from open311.database import Base, db, lift_time_limit
from open311.errors import Conflict, InvalidParameters
from open311.messages.moved_city import CITY_EXISTS, REFUSED, TAKEN, UNKNOWN_TABLES
from open311.models import CityVersion, Jurisdiction
from open311.operations.transaction import operation
from open311.queries.moved_city import COUNTERS, last_value, list_city_rows
from open311.statements import transaction_connection

MARGIN = 1_000
"""Numbers that are skipped, as others may take some while a counter is being raised."""

RANGES = range(1, 100)
"""Ranges of ids that a database can have besides the first one, which begins with 1."""

_IDS_IN_RANGE = 20_000_000
_BIG_IDS_IN_RANGE = 10**13  # below 2^53 in all ranges, as JSON needs it


class MovedTable(NamedTuple):
    """The rows of a table in the text format of COPY; read yields them from the first on."""

    name: str
    columns: Sequence[str]
    read: Callable[[], Iterator[bytes]]


@operation
def store_city(
    jurisdiction_id: str,
    tables: Sequence[MovedTable],
    counters: Mapping[str, int],
    feed_epoch: str,
) -> Mapping[str, int]:
    """Store the rows of a city with their ids, and return their number by table.

    Triggers neither number the changes again nor add to the audit. Raises Conflict if the city or
    one of its ids is there, and InvalidParameters if the rows are not those of a city.

    feed_epoch is that of the city's database: positions from before its restore stay invalid here.
    """
    lift_time_limit()
    if db.session.scalar(select(exists().where(Jurisdiction.id == jurisdiction_id))):
        raise Conflict(CITY_EXISTS, jurisdiction_id=jurisdiction_id)
    by_name = {table.name: table for table in tables}
    expected = {rows.table: list(rows.columns) for rows in list_city_rows()}
    if expected != {table.name: list(table.columns) for table in tables}:
        raise InvalidParameters(UNKNOWN_TABLES)
    db.session.execute(select(func.set_config("open311.moving_city", "yes", True)))
    stored = {name: _copy(by_name[name]) for name in expected}
    for name in COUNTERS:
        _raise_counter(name, int(counters[name]))
    _take_over(feed_epoch)
    for counter in _id_counters():
        _raise_counter(counter.sequence, _highest_in_its_range(counter))
    db.session.execute(text(f"ANALYZE {', '.join(expected)}"))
    return stored


def _copy(table: MovedTable) -> int:
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    cursor = transaction_connection().cursor()
    try:
        with cursor.copy(statement) as copy:
            for piece in table.read():
                copy.write(piece)
    except errors.UniqueViolation as error:
        columns = (error.diag.message_detail or "").partition("(")[2].partition(")")[0]
        raise Conflict(TAKEN, table=table.name, columns=columns or "key") from None
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        why = error.diag.message_primary
        raise InvalidParameters(REFUSED, table=table.name, why=why) from None
    return cursor.rowcount


def _take_over(feed_epoch: str) -> None:
    """Begin an epoch of lists of changes, if this database has none and the other one had.

    Where both have one, they differ, and no position from there is valid.
    """
    none_yet = update(CityVersion).where(CityVersion.feed_epoch == "")
    db.session.execute(none_yet.values(feed_epoch=feed_epoch))


class _IdCounter(NamedTuple):
    """The sequence of the ids of a table, and how many ids a range of it has."""

    sequence: str
    column: Column[int]
    size: int


def _id_counters() -> Iterator[_IdCounter]:
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = db.session.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        if sequence is not None:
            is_big = isinstance(column.type, BigInteger)
            yield _IdCounter(sequence, column, _BIG_IDS_IN_RANGE if is_big else _IDS_IN_RANGE)


def _highest_in_its_range(counter: _IdCounter) -> int:
    """Return the highest id that the sequence itself can have given: others came with a city."""
    last = db.session.scalar(select(last_value(counter.sequence))) or 0
    end = (last // counter.size + 1) * counter.size
    highest = select(func.max(counter.column)).where(counter.column < end)
    return db.session.scalar(highest) or 0


def _raise_counter(sequence: str, least: int) -> None:
    """Let a sequence go on after a number, unless it is beyond it already."""
    goal = literal(least + MARGIN, BigInteger)
    is_behind = last_value(sequence) <= literal(least, BigInteger)
    db.session.execute(select(func.setval(sequence, goal)).where(is_behind))


@operation
def start_ids_in_range(number: int) -> None:
    """Let the ids of all tables go on in a range of their own, unless they are beyond its start.

    Cities can move between databases whose ranges differ, as their ids never meet.
    """
    for counter in _id_counters():
        _raise_counter(counter.sequence, number * counter.size)
