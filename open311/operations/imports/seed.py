"""Import of a whole jurisdiction from a seed folder, first or after an edit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from open311.database import db
from open311.models import Jurisdiction
from open311.operations.transaction import operation
from open311.steps.analyze import MAPS, REQUESTS, store_statistics
from open311.steps.catalog import move_changeset
from open311.steps.imports.catalog import store_catalog, synchronize
from open311.steps.imports.retention import store_seed_retention
from open311.steps.imports.seed import (
    store_canaries,
    store_past_service_requests,
    store_seed_boundaries,
)
from open311.steps.imports.servers import store_seed_servers
from open311.steps.imports.site import store_seed_site
from open311.steps.imports.templates import store_seed_templates
from open311.steps.values.imports import PastServiceRequest, SeedData

Watch = Callable[[Sequence[PastServiceRequest]], Iterable[PastServiceRequest]]
"""Iterates over service requests while they are stored, as a progress bar does."""


@operation
def load_seed_data(data: SeedData, watch: Watch = iter) -> list[str]:
    """Load a jurisdiction, all or nothing; return a sentence for each change.

    Services and rules that are missing from the data become inactive; departments and layers stay.
    Past service requests are loaded only into a jurisdiction that has none. Raises Open311Error if
    the data contradicts what is stored.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    today = now.astimezone(ZoneInfo(data.jurisdiction["time_zone"])).date()
    scope = Jurisdiction.id == data.jurisdiction_id
    changed_at = db.session.scalar(select(Jurisdiction.catalog_changed_at).where(scope))
    row = {**data.jurisdiction, "id": data.jurisdiction_id}
    if changed_at is None:
        row |= {"catalog_changed_at": now, "service_area_source": ""}
    jurisdiction = synchronize(Jurisdiction, scope, ["id"], [row], retired={})
    catalog, rules = store_catalog(data)
    if changed_at is not None and (jurisdiction or catalog):
        move_changeset(data.jurisdiction_id, now)
    before = [
        *jurisdiction.in_words("jurisdiction"),
        *catalog,
        *rules,
        *store_seed_servers(data),
        *store_seed_site(data),
        *store_seed_templates(data),
        *store_seed_retention(data),
    ]
    maps = list(store_seed_boundaries(data, today))
    if maps:
        store_statistics(*MAPS)
    tests = list(store_canaries(data, today))
    past = list(store_past_service_requests(data, watch))
    if past:
        store_statistics(*REQUESTS)
    return [*before, *maps, *tests, *past]
