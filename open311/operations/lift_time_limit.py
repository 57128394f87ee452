"""More time for work that nobody waits for."""

from sqlalchemy import func, select

from open311.database import db

LONGEST_ON_A_PAGE = 50
"""Seconds that a statement may take for a page that an administrator waits for."""


def lift_time_limit(seconds: int = 0) -> None:
    """Let the statements of this transaction take so many seconds; 0: as long as they need."""
    limit = f"{seconds}s" if seconds else "0"
    db.session.execute(select(func.set_config("statement_timeout", limit, True)))
