"""Which columns a user wants in the list of requests."""

from collections.abc import Sequence

from sqlalchemy import update

from open311.database import db
from open311.models import User
from open311.operations.transaction import operation


@operation
def choose_list(user_id: int, columns: Sequence[str], density: str) -> None:
    """Store the columns in their order, none for the usual ones, and one of DENSITIES."""
    values = {"list_columns": list(columns), "list_density": density}
    db.session.execute(update(User).where(User.id == user_id).values(values))
