"""The settings of a city's website."""

from collections.abc import Mapping
from typing import Any

from open311.operations.transaction import operation
from open311.steps.residents.site import store_site


@operation
def change_site(jurisdiction_id: str, settings: Mapping[str, Any]) -> None:
    """Give a city a website, or change some of its settings, by column of Site."""
    store_site(jurisdiction_id, settings)
