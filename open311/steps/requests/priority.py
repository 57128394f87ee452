"""The priority of a service request, for the operations that set it."""

from sqlalchemy import select, update

from open311.database import db
from open311.models import ServiceRequest
from open311.steps.requests.history import store_work_step
from schemas.vocabulary.priorities import RANK_OF


def store_priority(pk: int, priority: str, made_by: str) -> bool:
    """Set the priority, one of PRIORITIES, of a service request that is locked.

    Return whether it was another one. The caller commits.
    """
    rank, mine = RANK_OF[priority], ServiceRequest.pk == pk
    if db.session.scalar(select(ServiceRequest.priority).where(mine)) == rank:
        return False
    db.session.execute(update(ServiceRequest).where(mine).values(priority=rank))
    store_work_step(pk, "prioritized", priority, made_by)
    return True
