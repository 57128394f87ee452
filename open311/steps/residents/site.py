"""The website of a city with the key of its reports; the caller commits."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from open311.database import db
from open311.errors import Conflict
from open311.messages.people import KEY_NAME_TAKEN
from open311.models import ApiKey, Site
from schemas.vocabulary.rights import USUAL_RIGHTS, in_order

SITE_KEY_NAME = "Residents' website"
"""The name of the key that the reports of the website are submitted with."""

DEFAULTS: Mapping[str, Any] = {
    "host": None,
    "takes_reports": True,
    "color": "#1d5b8f",
    "logo": None,
    "languages": ["en"],
    "emergency_number": "911",
    "phone": "",
    "embed_origins": [],
    "reports_per_hour": 10,
    "reports_per_day": 30,
    "hold_words": [],
    "is_indexed": False,
}
"""Settings of a new website, by column of Site."""


def store_site(jurisdiction_id: str, settings: Mapping[str, Any]) -> None:
    """Open a website for a city, or change some of its settings, by column of Site.

    Nobody knows the key of its reports: it only names the sender. Raises Conflict if an app has a
    key with its name.
    """
    new = {**DEFAULTS, **settings, "jurisdiction_id": jurisdiction_id}
    change = insert(Site).values(new)
    db.session.execute(
        change.on_conflict_do_update(index_elements=["jurisdiction_id"], set_=dict(settings))
        if settings
        else change.on_conflict_do_nothing()
    )
    key = insert(ApiKey).values(
        jurisdiction_id=jurisdiction_id,
        name=SITE_KEY_NAME,
        kind="site",
        key_hash=secrets.token_bytes(32),
        rights=in_order(USUAL_RIGHTS),
        created_at=datetime.now(UTC),
    )
    unless_it_has_one = key.on_conflict_do_nothing(
        index_elements=["jurisdiction_id"], index_where=ApiKey.kind == "site"
    )
    try:
        db.session.execute(unless_it_has_one)
    except IntegrityError:
        raise Conflict(KEY_NAME_TAKEN, field="name", name=SITE_KEY_NAME) from None
