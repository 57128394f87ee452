"""More time for work that nobody waits for."""

from sqlalchemy import func, select

from open311.database import db


def lift_time_limit() -> None:
    """Let the statements of this transaction take as long as they need."""
    db.session.execute(select(func.set_config("statement_timeout", "0", True)))
