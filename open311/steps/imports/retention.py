"""The rules of the records schedule of a seed folder; the caller commits."""

from open311.models import RetentionRule
from open311.steps.imports.catalog import synchronize
from open311.steps.values.imports import SeedData


def store_seed_retention(data: SeedData) -> list[str]:
    """Add rules and change those of the same series; return a sentence for each kind of change.

    The others stay: a file that is missing by mistake must not end a schedule.
    """
    rules = synchronize(
        RetentionRule,
        RetentionRule.jurisdiction_id == data.jurisdiction_id,
        ["series"],
        [{"jurisdiction_id": data.jurisdiction_id, **row} for row in data.retention.values()],
        retired={},
    )
    return rules.in_words("retention rules")
