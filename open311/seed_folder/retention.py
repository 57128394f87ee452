"""The rules of the records schedule in a seed folder: retention.csv."""

from collections.abc import Mapping
from typing import Any

from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import Problems, by_key, read_optional_table
from schemas.imports.seed_retention import RetentionRow


def read_retention(source: SeedSource, problems: Problems) -> Mapping[str, Mapping[str, Any]]:
    """Return the rules by record series; the file may be missing."""
    rows = read_optional_table(source, "retention", RetentionRow(), problems)
    return by_key(rows, lambda row: row["series"], problems)
