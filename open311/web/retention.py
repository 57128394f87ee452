"""Retention rules of a city, applied in batches whose photo files are removed after each commit."""

from collections.abc import Callable

from open311.operations.people.retention import (
    BATCH,
    BY_MAINTENANCE,
    ErasedBatch,
    apply_rule,
)
from open311.queries.jurisdictions import Scope
from open311.queries.requests.retention import list_retention_rules
from open311.web.sent_media import media_store


def run_batches(run: Callable[[int], ErasedBatch]) -> int:
    """Run batches until none is left, each after the last key of the one before; sum them up."""
    total = 0
    last: int | None = 0
    while last is not None:
        batch = run(last)
        media_store().remove_photos(batch.photos)
        total, last = total + batch.number, batch.last
    return total


def apply_rules(jurisdiction: Scope, by: str = BY_MAINTENANCE) -> int:
    """Apply all rules of a city, and return how often one changed a request."""
    rules = list_retention_rules(jurisdiction.jurisdiction_id)
    return sum(apply_one(jurisdiction, rule.series, by=by) for rule in rules)


def apply_one(
    jurisdiction: Scope, series: str, limit: int | None = None, by: str = BY_MAINTENANCE
) -> int:
    """Apply the rule for a series to all requests, or to a number; return how many changed."""
    left = limit

    def run(last: int) -> ErasedBatch:
        nonlocal left
        if left is None:
            return apply_rule(jurisdiction, series, last, by=by)
        most, left = min(left, BATCH), max(left - BATCH, 0)
        if not most:
            return ErasedBatch(0, [], None)
        return apply_rule(jurisdiction, series, last, most, by)

    return run_batches(run)
