"""Counts of lists, exact up to a limit."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from open311.database import db

MOST_COUNTED = 10_000
"""Maximum rows that APIs count."""


@dataclass(frozen=True)
class Total:
    """The number of rows of a list; if not exact, there are more."""

    number: int
    exact: bool


def known_total(counted: int) -> Total:
    """Return the total for a count that stops after MOST_COUNTED."""
    return Total(min(counted, MOST_COUNTED), exact=counted <= MOST_COUNTED)


def count_rows(rows: Select[Any]) -> int:
    """Count the rows of a list, up to one more than MOST_COUNTED."""
    some = rows.limit(MOST_COUNTED + 1).subquery()
    statement = select(func.count()).select_from(some)
    return int(db.session.connection().execute(statement).scalar_one())
