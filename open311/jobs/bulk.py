"""Bulk actions, and their undo."""

from open311.jobs.registry import task
from open311.operations.requests.bulk import RUN, UNDO
from open311.web.bulk_running import run_bulk_change, undo_bulk_change

WAITS = (5, 60, 600)
"""Seconds before each retry. Only the database can be in the way: a request that fails is noted."""


@task(RUN, retry=WAITS)
def run_bulk(bulk_change_id: int) -> None:
    run_bulk_change(bulk_change_id)


@task(UNDO, retry=WAITS)
def undo_bulk(bulk_change_id: int) -> None:
    undo_bulk_change(bulk_change_id)
