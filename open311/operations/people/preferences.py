"""How a user wants to work."""

from sqlalchemy import update

from open311.database import db
from open311.models import User
from open311.operations.transaction import operation


@operation
def choose_preferences(user_id: int, after_action: str, *, shortcuts: bool) -> None:
    """Store one of AFTER_ACTION, and whether single keys are shortcuts."""
    values = {"after_action": after_action, "shortcuts": shortcuts}
    db.session.execute(update(User).where(User.id == user_id).values(values))
