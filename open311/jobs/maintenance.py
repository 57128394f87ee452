"""Upkeep by the clock: nightly cleanup, rerouting, and the totals for maps."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from flask import Flask, current_app

from open311.database import Lock, db, end_reads, only_process
from open311.jobs.insights import check_figures, fold_figures
from open311.jobs.registry import periodic
from open311.logs import log_failure
from open311.operations.grid import check_grid, fold_grid
from open311.operations.jobs import forget_failed_jobs
from open311.operations.maintenance import (
    empty_sandbox,
    forget_bulk_changes,
    forget_challenges,
    forget_drafts,
    forget_originals,
    forget_receipts,
    forget_senders,
    forget_sessions,
    forget_shifts,
    forget_webhook_attempts,
    sweep_media,
)
from open311.operations.people.retention import anonymize_batch
from open311.operations.residents.alerts import forget_alerts
from open311.operations.routing.reroute import carry_over_due
from open311.operations.telling.manage import forget_messages
from open311.operations.telling.receive import forget_mails
from open311.queries.jurisdictions import Scope, list_jurisdictions
from open311.queries.media import list_sandbox_photos
from open311.signals import maintained
from open311.web.erasure_log import log_erasures
from open311.web.retention import apply_rules, run_batches
from open311.web.sent_media import media_store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Cleanup:
    """A function that runs in its own transaction and returns the number removed."""

    run: Callable[[], int]
    sentence: str


def clear_sandbox() -> int:
    """Empty the test endpoint, and return the number of its requests."""
    photos = list_sandbox_photos()
    end_reads()
    number = empty_sandbox()
    media_store().remove_photos(photos)
    return number


def sweep_photos() -> int:
    """Remove photo files that no request has used for a while, and return their number."""
    days = timedelta(days=current_app.config["OPEN311_MEDIA_GRACE_DAYS"])
    return sweep_media(media_store(), datetime.now(UTC), days)


def anonymize() -> int:
    """Anonymize old requests in all jurisdictions, and return the number of changed ones.

    A failure in one is logged, and raised after the others.
    """
    return _in_each("Anonymization", _anonymize_in)


def _in_each(what: str, run: Callable[[Scope], int]) -> int:
    total = 0
    failures: list[Exception] = []
    for jurisdiction in list_jurisdictions():
        try:
            total += run(jurisdiction)
        except Exception as error:
            log_failure(log, f"{what} in {jurisdiction.jurisdiction_id}", error)
            failures.append(error)
    if failures:
        raise ExceptionGroup(what, failures)
    return total


def _anonymize_in(jurisdiction: Scope) -> int:
    now = datetime.now(UTC)
    return run_batches(lambda last: anonymize_batch(jurisdiction, now, last))


def follow_schedules() -> int:
    """Apply the retention rules of all jurisdictions; return how often one changed a request.

    A failure in one is logged, and raised after the others.
    """
    return _in_each("Retention rules", apply_rules)


CLEANUPS = (
    Cleanup(clear_sandbox, "Service requests deleted from the sandbox: {:,}."),
    Cleanup(forget_receipts, "Expired receipts deleted: {:,}."),
    Cleanup(forget_drafts, "Expired drafts of reports deleted: {:,}."),
    Cleanup(forget_sessions, "Expired sessions deleted: {:,}."),
    Cleanup(forget_challenges, "Expired proofs of work deleted: {:,}."),
    Cleanup(forget_shifts, "Old stops of shift lists and keys of staff actions deleted: {:,}."),
    Cleanup(forget_senders, "Website reports whose sender was forgotten: {:,}."),
    Cleanup(forget_originals, "Originals of hidden texts and photos erased: {:,}."),
    Cleanup(forget_messages, "Old emails forgotten: {:,}."),
    Cleanup(forget_alerts, "Unconfirmed and ended alerts deleted: {:,}."),
    Cleanup(forget_mails, "Notes about emails received deleted: {:,}."),
    Cleanup(forget_webhook_attempts, "Entries deleted from the log of webhooks: {:,}."),
    Cleanup(forget_bulk_changes, "Old bulk actions deleted: {:,}."),
    Cleanup(forget_failed_jobs, "Old failed jobs deleted: {:,}."),
    Cleanup(anonymize, "Requests anonymized: {:,}."),
    Cleanup(follow_schedules, "Changes of requests by retention rules: {:,}."),
    Cleanup(log_erasures, "Erasures added to their log: {:,}."),
    Cleanup(sweep_photos, "Unused photo files deleted: {:,}."),
    Cleanup(fold_grid, "Map cells updated: {:,}."),
    Cleanup(check_grid, "Map cells corrected: {:,}."),
    Cleanup(fold_figures, "Requests whose figures were updated: {:,}."),
    Cleanup(check_figures, "Figures corrected: {:,}."),
)
"""Order matters: files are removed after the rows that name them, and rows leave maps and figures
last.
"""


@dataclass(frozen=True)
class CleanupResult:
    """The outcome of a cleanup."""

    sentence: str
    failed: bool = False


def run_maintenance(cleanups: Sequence[Cleanup] = CLEANUPS) -> list[CleanupResult] | None:
    """Run all cleanups in order, and return their results; None if another process runs them.

    One that fails is logged, and the next ones still run.
    """
    with only_process(Lock.MAINTENANCE) as is_mine:
        return [_outcome(cleanup) for cleanup in cleanups] if is_mine else None


def _outcome(cleanup: Cleanup) -> CleanupResult:
    try:
        return CleanupResult(cleanup.sentence.format(cleanup.run()))
    except Exception as error:
        db.session.rollback()
        name = cleanup.run.__name__
        reference = log_failure(log, f"Cleanup {name}", error)
        return CleanupResult(f"{name} failed. For details, see the log at {reference}.", True)


def carry_over_all() -> int:
    """Run all reroutes that are due, and return the number of requests with a new department.

    Returns 0 if another process is running them.
    """
    with only_process(Lock.MAINTENANCE) as is_mine:
        if not is_mine:
            return 0
        return sum(carry_over_due(jurisdiction) for jurisdiction in list_jurisdictions())


def _maintenance_time(app: Flask) -> str | None:
    at: time | None = app.config["OPEN311_MAINTENANCE_AT"]
    return None if at is None else f"{at.minute} {at.hour} * * * {at.second}"


@periodic(_maintenance_time)
def maintain() -> None:
    """Run the cleanup and log the results."""
    outcomes = run_maintenance() or ()
    for outcome in outcomes:
        log.info(outcome.sentence)
    if outcomes and not any(outcome.failed for outcome in outcomes):
        maintained.send()


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
