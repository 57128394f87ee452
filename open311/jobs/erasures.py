"""Erasures are added to the log outside of the database."""

from open311.jobs.registry import task
from open311.web.erasure_log import log_erasures


@task("log_erasures")
def add_to_erasure_log() -> None:
    """Add what is not in the log yet."""
    log_erasures()
