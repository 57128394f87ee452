"""How a user wants to work."""

from datetime import UTC, datetime

from sqlalchemy import func, update

from open311.database import db
from open311.models import User
from open311.operations.transaction import operation


@operation
def choose_preferences(user_id: int, after_action: str, *, shortcuts: bool) -> None:
    """Store one of AFTER_ACTION, and whether single keys are shortcuts."""
    values = {"after_action": after_action, "shortcuts": shortcuts}
    db.session.execute(update(User).where(User.id == user_id).values(values))


@operation
def choose_queue(user_id: int, *, whole_city: bool) -> None:
    """Store whether the work queue of a user of a department shows the whole city."""
    db.session.execute(update(User).where(User.id == user_id).values(whole_city=whole_city))


@operation
def mark_queue_seen(user_id: int, until: datetime) -> None:
    """Store that a user has seen the changes in the work queue up to a moment (aware).

    It never goes back, as another page of the user may be older, and is never in the future.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    seen = func.greatest(User.queue_seen_at, min(until, now))
    db.session.execute(update(User).where(User.id == user_id).values(queue_seen_at=seen))
