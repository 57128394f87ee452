"""Translations of the catalog by administrators."""

from collections.abc import Mapping
from datetime import UTC, datetime

from open311.operations.transaction import operation
from open311.steps.catalog import move_changeset
from open311.steps.residents.texts import store_translations


@operation
def change_translations(
    jurisdiction_id: str, texts: Mapping[tuple[str, str, str, str], str]
) -> None:
    """Store some translations, by (kind, code, field, language) as in CatalogText.

    An empty one is removed. Others stay.
    """
    # First, as it locks the jurisdiction: two administrators may add the same translation.
    move_changeset(jurisdiction_id, datetime.now(UTC).replace(microsecond=0))
    store_translations(jurisdiction_id, texts)
