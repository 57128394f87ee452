"""Reads of the files of open data."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from open311.database import db
from open311.models import DataFile


@dataclass(frozen=True)
class DataFileInfo:
    """The current file of a format: its name in the store, and what it holds.

    rows are its requests, and made_at is when they were read.
    """

    format: str
    name: str
    bytes: int
    rows: int
    made_at: datetime


def list_data_files(jurisdiction_id: str) -> Sequence[DataFileInfo]:
    """List the current files of a city, by format."""
    statement = (
        select(DataFile.format, DataFile.name, DataFile.bytes, DataFile.rows, DataFile.made_at)
        .where(DataFile.jurisdiction_id == jurisdiction_id)
        .order_by(DataFile.format)
    )
    return [DataFileInfo(*row) for row in db.session.execute(statement)]


def all_data_names() -> Collection[str]:
    """Return the names of the current files of all cities."""
    return set(db.session.scalars(select(DataFile.name)))
