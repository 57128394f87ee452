"""Rows that are stored in one statement, however many they are; the caller commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Text, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from open311.database import db, table
from open311.statements import Call, Row, Statement, rows_as_json, sent_rows, sent_table


def add_rows(
    model: type[Any], rows: Sequence[Mapping[str, Any]], *, unless_known: bool = False
) -> None:
    """Insert rows with the same columns into the table of a model, in one statement.

    With unless_known, a row that is there already stays as it is.
    """
    if rows:
        new = insert(table(model)).from_select(list(rows[0]), select(*_sent(model, rows).c))
        db.session.execute(new.on_conflict_do_nothing() if unless_known else new)


class AddedRows:
    """An insertion into the table of a model that is made so often that it is built only once.

    All rows have the columns names. With unless_known, a row that is there already stays as it is.
    """

    def __init__(
        self,
        model: type[Any],
        names: Sequence[str],
        *,
        unless_known: bool = False,
        returning: Sequence[str] = (),
    ) -> None:
        columns = table(model).c
        sent = sent_table([columns[name] for name in names], bindparam("rows", type_=Text))
        new = insert(table(model)).from_select(list(names), select(*sent.c))
        if unless_known:
            new = new.on_conflict_do_nothing()
        made = new.returning(*(columns[name] for name in returning)) if returning else new
        self._statement = Statement(made, prepared=True)

    def add(self, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Insert rows, and return the columns returning of those that are new."""
        return Call(self._statement, {"rows": rows_as_json(rows)}).run() if rows else []


def change_rows(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows of the table of a model by their column pk, in one statement."""
    if rows:
        new = _sent(model, rows)
        changes = {name: new.c[name] for name in rows[0] if name != "pk"}
        statement = update(table(model)).where(table(model).c.pk == new.c.pk)
        db.session.execute(statement.values(changes))


def _sent(model: type[Any], rows: Sequence[Mapping[str, Any]]) -> Any:
    return sent_rows([table(model).c[name] for name in rows[0]], rows)
