"""Upkeep by the clock: nightly cleanup, rerouting, and the totals for maps."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time

from flask import Flask

from open311.database import db
from open311.jobs.registry import periodic
from open311.logs import log_failure
from open311.operations.grid import check_grid, fold_grid
from open311.operations.maintenance import (
    empty_sandbox,
    forget_challenges,
    forget_drafts,
    forget_originals,
    forget_receipts,
    forget_senders,
    forget_sessions,
    forget_webhook_attempts,
    maintenance_lock,
    sweep_media,
)
from open311.operations.people.erasure import anonymize_batch
from open311.operations.routing.reroute import carry_over_due
from open311.queries.jurisdictions import Scope, list_jurisdictions
from open311.web.sent_media import media_store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """A cleanup function that runs in its own transaction and returns the number removed."""

    run: Callable[[], int]
    sentence: str


def _sweep() -> int:
    return sweep_media(media_store(), datetime.now(UTC))


def anonymize() -> int:
    """Anonymize old requests in all jurisdictions, and return the number of changed ones.

    A failure in one is logged, and raised after the others.
    """
    total = 0
    failures: list[Exception] = []
    for jurisdiction in list_jurisdictions():
        try:
            total += _anonymize_in(jurisdiction)
        except Exception as error:
            log_failure(log, f"Anonymization in {jurisdiction.jurisdiction_id}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup("anonymize", failures)
    return total


def _anonymize_in(jurisdiction: Scope) -> int:
    now, total = datetime.now(UTC), 0
    last: int | None = 0
    while last is not None:
        batch = anonymize_batch(jurisdiction, now, last)
        media_store().remove_photos(batch.photos)
        total, last = total + batch.number, batch.last
    return total


JOBS = (
    Job(empty_sandbox, "Service requests deleted from the sandbox: {:,}."),
    Job(forget_receipts, "Expired receipts deleted: {:,}."),
    Job(forget_drafts, "Expired drafts of reports deleted: {:,}."),
    Job(forget_sessions, "Expired sessions deleted: {:,}."),
    Job(forget_challenges, "Expired proofs of work deleted: {:,}."),
    Job(forget_senders, "Website reports whose sender was forgotten: {:,}."),
    Job(forget_originals, "Originals of hidden texts and photos erased: {:,}."),
    Job(forget_webhook_attempts, "Entries deleted from the log of webhooks: {:,}."),
    Job(anonymize, "Requests anonymized: {:,}."),
    Job(_sweep, "Unused photo files deleted: {:,}."),
    Job(fold_grid, "Map cells updated: {:,}."),
    Job(check_grid, "Map cells corrected: {:,}."),
)
"""Order matters: files are removed after the rows that name them, and rows leave the map last."""


@dataclass(frozen=True)
class JobResult:
    """The outcome of a job."""

    sentence: str
    failed: bool = False


def run_maintenance(jobs: Sequence[Job] = JOBS) -> list[JobResult] | None:
    """Run all jobs in order, and return their results; None if another process runs them.

    A job that fails is logged, and the next jobs still run.
    """
    with maintenance_lock() as is_mine:
        return [_outcome(job) for job in jobs] if is_mine else None


def _outcome(job: Job) -> JobResult:
    try:
        return JobResult(job.sentence.format(job.run()))
    except Exception as error:
        db.session.rollback()
        reference = log_failure(log, f"Nightly job {job.run.__name__}", error)
        return JobResult(
            f"{job.run.__name__} failed. For details, see the log at {reference}.", True
        )


def carry_over_all() -> int:
    """Run all reroutes that are due, and return the number of requests with a new department.

    Returns 0 if another process is running them.
    """
    with maintenance_lock() as is_mine:
        if not is_mine:
            return 0
        return sum(carry_over_due(jurisdiction) for jurisdiction in list_jurisdictions())


def _maintenance_time(app: Flask) -> str | None:
    at: time | None = app.config["OPEN311_MAINTENANCE_AT"]
    return None if at is None else f"{at.minute} {at.hour} * * * {at.second}"


@periodic(_maintenance_time)
def maintain() -> None:
    """Run the cleanup and log the results."""
    for outcome in run_maintenance() or ():
        log.info(outcome.sentence)


@periodic("1 * * * *")
def reroute() -> None:
    """Reroute after boundary sets that have reached their effective date."""
    moved = carry_over_all()
    if moved:
        log.info("Open service requests rerouted by new boundaries: %d.", moved)


@periodic("* * * * * 30")
def fold() -> None:
    """Move logged changes into the grid of the map."""
    fold_grid()
