"""Which files of open data are the current ones."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, insert

from open311.database import db, table
from open311.models import DataFile
from open311.operations.transaction import operation
from open311.queries.open_data import DataFileInfo


@operation
def replace_data_files(jurisdiction_id: str, files: Sequence[DataFileInfo]) -> list[str]:
    """Let files be the current ones of a city, and return the names of the former ones."""
    former = delete(DataFile).where(DataFile.jurisdiction_id == jurisdiction_id)
    names = list(db.session.scalars(former.returning(DataFile.name)))
    if files:
        rows = [{"jurisdiction_id": jurisdiction_id, **asdict(one)} for one in files]
        db.session.execute(insert(table(DataFile)), rows)
    return names
