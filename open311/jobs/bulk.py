"""Bulk actions, and their undo."""

from open311.jobs.registry import task
from open311.operations.requests.bulk import RUN, UNDO
from open311.web.bulk_running import run_bulk_change, undo_bulk_change


@task(RUN)
def run_bulk(bulk_change_id: int) -> None:
    run_bulk_change(bulk_change_id)


@task(UNDO)
def undo_bulk(bulk_change_id: int) -> None:
    undo_bulk_change(bulk_change_id)
