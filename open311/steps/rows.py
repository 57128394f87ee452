"""Rows that are stored in one statement, however many they are; the caller commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.statements import sent_rows


def add_rows(
    model: type[Any], rows: Sequence[Mapping[str, Any]], *, unless_known: bool = False
) -> None:
    """Insert rows with the same columns into the table of a model, in one statement.

    With unless_known, a row that is there already stays as it is.
    """
    if rows:
        new = insert(table(model)).from_select(list(rows[0]), select(*_sent(model, rows).c))
        db.session.execute(new.on_conflict_do_nothing() if unless_known else new)


def change_rows(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows of the table of a model by their column pk, in one statement."""
    if rows:
        new = _sent(model, rows)
        changes = {name: new.c[name] for name in rows[0] if name != "pk"}
        statement = update(table(model)).where(table(model).c.pk == new.c.pk)
        db.session.execute(statement.values(changes))


def _sent(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    return sent_rows([table(model).c[name] for name in rows[0]], rows)
