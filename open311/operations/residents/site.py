"""The settings of a city's website, and its texts."""

from collections.abc import Mapping
from typing import Any

from open311.operations.transaction import operation
from open311.steps.residents.site import store_site
from open311.steps.residents.texts import store_site_texts


@operation
def change_site(
    jurisdiction_id: str,
    settings: Mapping[str, Any],
    texts: Mapping[tuple[str, str], str] | None = None,
) -> None:
    """Open a website for a city, or change some of its settings, by column of Site.

    texts are those that change, by key and language; an empty one is removed.
    """
    store_site(jurisdiction_id, settings)
    store_site_texts(jurisdiction_id, texts or {})
