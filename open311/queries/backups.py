"""What proves that a restored database is complete, and can be used."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select, text

from geo.coordinates import Point
from open311.database import db
from open311.models import Media, NotePhoto, ServiceRequest


def read_only() -> None:
    """Let this transaction store nothing; it must be the first statement of it."""
    db.session.execute(text("SET TRANSACTION READ ONLY"))


def count_requests() -> dict[str, int]:
    """Return the number of service requests of each jurisdiction, without those of sandboxes."""
    statement = (
        select(ServiceRequest.jurisdiction_id, func.count())
        .where(~ServiceRequest.sandbox)
        .group_by(ServiceRequest.jurisdiction_id)
        .order_by(ServiceRequest.jurisdiction_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def count_photos() -> int:
    """Return the number of stored photos, without those of sandboxes."""
    stored = db.session.scalar(
        select(func.count(Media.name))
        .join(ServiceRequest, ServiceRequest.pk == Media.service_request_pk)
        .where(~ServiceRequest.sandbox)
    )
    of_notes = db.session.scalar(select(func.count(NotePhoto.name)))
    return (stored or 0) + (of_notes or 0)


def newest_request() -> datetime | None:
    """Return when the newest service request was submitted; None if there is none."""
    statement = select(func.max(ServiceRequest.requested_datetime)).where(~ServiceRequest.sandbox)
    return db.session.scalar(statement)


def some_photos(number: int) -> Sequence[str]:
    """List the names of so many photos, chosen at random."""
    both = select(Media.name).where(Media.name.is_not(None)).union_all(select(NotePhoto.name))
    names = both.subquery()
    statement = select(names.c.name).order_by(func.random()).limit(number)
    return db.session.scalars(statement).all()


def some_requests(number: int) -> Sequence[tuple[str, str]]:
    """List so many public requests, chosen at random: their jurisdictions and ids."""
    statement = (
        select(ServiceRequest.jurisdiction_id, ServiceRequest.service_request_id)
        .where(ServiceRequest.public, ServiceRequest.withdrawn_at.is_(None))
        .where(~ServiceRequest.sandbox, ServiceRequest.service_request_id.is_not(None))
        .order_by(func.random())
        .limit(number)
    )
    return [(row[0], str(row[1])) for row in db.session.execute(statement)]


_POINTS = text(
    "SELECT layer, ST_Y(point) AS lat, ST_X(point) AS long FROM ("
    "  SELECT layers.code AS layer, chosen.* FROM boundary_layers AS layers"
    "  JOIN LATERAL ("
    "    SELECT ST_GeometryN(ST_GeneratePoints(geometry, 1), 1) AS point FROM boundaries"
    "    WHERE set_id = (SELECT id FROM boundary_sets WHERE layer_id = layers.id"
    "      AND published_at IS NOT NULL AND withdrawn_at IS NULL"
    "      AND daterange(in_force_from, in_force_until) @> CAST(:day AS date))"
    "    ORDER BY random() LIMIT :number) AS chosen ON true"
    "  WHERE layers.jurisdiction_id = :city) AS found"
    " JOIN jurisdictions ON jurisdictions.id = :city"
    " WHERE ST_Covers(coalesce(service_area, point), point) ORDER BY layer"
)


def some_points(jurisdiction_id: str, day: date, number: int) -> Sequence[tuple[str, Point]]:
    """List points in so many boundaries of each layer on a day, chosen at random, by layer.

    Those outside of the service area are left out.
    """
    values = {"city": jurisdiction_id, "day": day, "number": number}
    rows = db.session.execute(_POINTS, values)
    return [(row.layer, Point(lat=row.lat, long=row.long)) for row in rows]


def wal_position() -> str:
    """Return the position up to which the database has written its log (WAL)."""
    statement = text(
        "SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()"
        " ELSE pg_current_wal_lsn() END::text"
    )
    return str(db.session.scalar(statement))


class Behind(NamedTuple):
    """A sequence that would give a number again, which a column has already."""

    sequence: str
    column: str


_SEQUENCES = text(
    "SELECT sequence.oid::regclass::text, owner.oid::regclass::text, attname"
    " FROM pg_class AS sequence"
    " JOIN pg_depend ON objid = sequence.oid AND deptype IN ('a', 'i')"
    " JOIN pg_class AS owner ON owner.oid = refobjid"
    " JOIN pg_attribute ON attrelid = owner.oid AND attnum = refobjsubid"
    " WHERE sequence.relkind = 'S' AND owner.relnamespace = 'public'::regnamespace"
    " UNION ALL SELECT 'change_numbers', 'service_requests', 'change_number'"
    " ORDER BY 1"
)


def sequences_behind() -> Iterator[Behind]:
    """Yield the sequences that are behind their columns, as after a restore of data alone."""
    for sequence, table, column in db.session.execute(_SEQUENCES).all():
        # These names come from the catalog of PostgreSQL, which quotes them where needed.
        highest = f"SELECT coalesce(max({column}), 0) FROM {table}"  # noqa: S608
        last = "SELECT coalesce(pg_sequence_last_value(:sequence), 0)"
        given = db.session.scalar(text(last), {"sequence": sequence})
        if (db.session.scalar(text(highest)) or 0) > (given or 0):
            yield Behind(sequence, f"{table}.{column}")


_INACTIVE = text(
    "SELECT conrelid::regclass || '.' || conname FROM pg_constraint WHERE NOT convalidated"
    " UNION ALL SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE tgenabled = 'D'"
    " UNION ALL SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1"
)


def inactive_guards() -> Sequence[str]:
    """List constraints that were not checked, triggers that are off, and invalid indexes."""
    return db.session.scalars(_INACTIVE).all()
