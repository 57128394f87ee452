"""All that one city has in the database, to move it to another one, or to delete it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from psycopg import sql
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKeyConstraint,
    Table,
    func,
    select,
    text,
    true,
    union_all,
)

from open311.database import Base, db
from open311.media.store import files_of
from open311.models import (
    BaseMap,
    CityVersion,
    Media,
    Moderation,
    NotePhoto,
    ReportDraft,
    ServiceRequest,
    Site,
)
from open311.statements import transaction_connection

STAYS = frozenset(
    {
        "city_version",
        "data_files",
        "figure_days",
        "figure_states",
        "incoming_mails",
        "kept_places",
        "request_facts",
        "request_grid",
        "request_grid_log",
        "spent_challenges",
        "user_sessions",
    }
)
"""Tables that do not move: of all cities together, made from other tables, or soon expired."""

COUNTERS = ("change_numbers", "service_request_numbers")
"""Sequences of numbers that each city's rows contain, beside those of ids."""


Piece = bytes | bytearray | memoryview


class CityRows(NamedTuple):
    """The rows of a city in a table; select has the parameter jurisdiction_id."""

    table: str
    columns: Sequence[str]
    select: sql.Composed


def list_city_rows() -> list[CityRows]:
    """List the tables that move, in an order in which each refers only to earlier ones."""
    tables = Base.metadata.sorted_tables
    return [_rows(table) for table in tables if table.name not in STAYS]


def list_owned() -> list[tuple[str, sql.Composable]]:
    """List the tables with rows of cities, each with the condition for those of one.

    No table refers to an earlier one, so rows are deleted in this order. The condition has the
    parameter jurisdiction_id. Tables of all cities together are not among them.
    """
    tables = reversed(Base.metadata.sorted_tables)
    owned = (one for one in tables if _own_column(one) in one.columns or _owner_key(one))
    return [(table.name, _condition(table)) for table in owned]


def _rows(table: Table) -> CityRows:
    columns = [column.name for column in table.columns if column.computed is None]
    statement = sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {}").format(
        _names(columns),
        sql.Identifier(table.name),
        _condition(table),
        _names([column.name for column in table.primary_key.columns]),
    )
    return CityRows(table.name, columns, statement)


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _condition(table: Table) -> sql.Composable:
    """Return which rows of a table are of the city: by its id, or by the row they belong to."""
    own = _own_column(table)
    if own in table.columns:
        return sql.SQL("{} = %(jurisdiction_id)s").format(sql.Identifier(own))
    belongs = _owner_key(table)
    if belongs is None:
        raise ValueError(f"{table.name} belongs to no city")
    owner = belongs.referred_table
    return sql.SQL("({}) IN (SELECT {} FROM {} WHERE {})").format(
        _names([element.parent.name for element in belongs.elements]),
        _names([element.column.name for element in belongs.elements]),
        sql.Identifier(owner.name),
        _condition(owner),
    )


def _own_column(table: Table) -> str:
    return "id" if table.name == "jurisdictions" else "jurisdiction_id"


def _owner_key(table: Table) -> ForeignKeyConstraint | None:
    """Return the foreign key to the row that each row belongs to, if there is one."""
    keys = (key for key in _by_name(table) if not any(one.nullable for one in key.columns))
    return next(keys, None)


def _by_name(table: Table) -> list[ForeignKeyConstraint]:
    keys = [key for key in table.foreign_key_constraints if key.referred_table is not table]
    return sorted(keys, key=lambda key: str(key.name))


def copy_rows(rows: CityRows, jurisdiction_id: str) -> Iterator[Piece]:
    """Yield the rows of a city in PostgreSQL's text format, in pieces of one row or more."""
    statement = sql.SQL("COPY ({}) TO STDOUT").format(rows.select)
    cursor = transaction_connection().cursor()
    with cursor.copy(statement, {"jurisdiction_id": jurisdiction_id}) as pieces:
        yield from pieces


def begin_snapshot() -> None:
    """Let all reads of this transaction see one moment; it must be the first statement of it."""
    db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))


def read_counters() -> dict[str, int]:
    """Return the last number that each of COUNTERS has given; 0 for none."""
    return {name: db.session.scalar(select(last_value(name))) or 0 for name in COUNTERS}


def read_feed_epoch() -> str:
    """Return what positions in lists of changes have to be of here; empty without a restore."""
    return db.session.scalars(select(CityVersion.feed_epoch)).one()


def last_value(sequence: str) -> ColumnElement[int]:
    """Build the last number that a sequence has given; 0 for none."""
    return func.coalesce(func.pg_sequence_last_value(sequence), 0, type_=BigInteger)


def list_files(jurisdiction_id: str) -> list[str]:
    """List the files that rows of a city name: photos with thumbnails, logo, and base map."""
    of_request = ServiceRequest.jurisdiction_id == jurisdiction_id
    pk = ServiceRequest.pk
    staged = func.jsonb_array_elements(ReportDraft.photos).table_valued("value")
    photos = union_all(
        select(Media.name).join(ServiceRequest, Media.service_request_pk == pk).where(of_request),
        select(NotePhoto.name)
        .join(ServiceRequest, NotePhoto.service_request_pk == pk)
        .where(of_request),
        select(Moderation.original)
        .join(ServiceRequest, Moderation.service_request_pk == pk)
        .where(of_request, Moderation.target == "photo"),
        select(staged.c.value.op("->>")("name"))
        .select_from(ReportDraft)
        .join(staged, true())
        .where(ReportDraft.jurisdiction_id == jurisdiction_id),
        select(Site.logo).where(Site.jurisdiction_id == jurisdiction_id),
    )
    names = {name for name in db.session.scalars(photos) if name}  # empty once it is forgotten
    archive = select(BaseMap.file).where(BaseMap.jurisdiction_id == jurisdiction_id)
    archives = {name for name in db.session.scalars(archive) if name is not None}
    return sorted({*files_of(names), *archives})
