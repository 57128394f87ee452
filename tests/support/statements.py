"""SQL statements that an application sends."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any
from unittest.mock import patch

from psycopg import Connection, RawCursor
from sqlalchemy import Engine, event

from open311.statements import Row, Statement


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """The SQL with its values that is sent to PostgreSQL inside the block.

    Through SQLAlchemy, and as a compiled Statement.
    """
    sent: list[str] = []
    send = Statement.send

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        sent.append(f"{statement} {values}")

    def note_and_send(
        self: Statement, connection: Connection[Any], values: Mapping[str, Any]
    ) -> RawCursor[Row]:
        sent.append(f"{self} {values}")
        return send(self, connection, values)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with patch.object(Statement, "send", note_and_send):
            yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def kinds_of(sent: list[str], kinds: Mapping[str, str]) -> list[str]:
    """Return what each statement is, by the first word of kinds that it has, or else itself."""
    plain = [" ".join(one.split()) for one in sent]
    return [next((kind for word, kind in kinds.items() if word in one), one) for one in plain]


@contextmanager
def plans() -> Iterator[list[str]]:
    """The plans of compiled Statements inside the block, as if each table were large."""
    found: list[str] = []
    run = Statement.run

    def explain_and_run(
        self: Statement, connection: Connection[Any], values: Mapping[str, Any]
    ) -> list[Row]:
        connection.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        explained = copy(self)
        explained.text = b"EXPLAIN " + self.text
        found.append("\n".join(line for (line,) in run(explained, connection, values)))
        connection.execute("RESET enable_seqscan; RESET enable_bitmapscan")
        return run(self, connection, values)

    with patch.object(Statement, "run", explain_and_run):
        yield found
