"""The website of a seed folder, synchronized; the caller commits."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import CatalogText, Site, SiteText
from open311.steps.imports.catalog import synchronize
from open311.steps.residents.site import store_site
from open311.steps.values.imports import SeedData


def store_seed_site(data: SeedData) -> Iterator[str]:
    """Store the website and all translations; yield a sentence for each change.

    A website that the folder does not have stays as it is.
    """
    here, site = {"jurisdiction_id": data.jurisdiction_id}, data.site
    if site.settings is not None:
        yield from _store_settings(data.jurisdiction_id, site.settings)
        texts = synchronize(
            SiteText,
            SiteText.jurisdiction_id == data.jurisdiction_id,
            ["key", "language"],
            [
                {**here, "key": key, "language": language, "text": text}
                for (key, language), text in site.texts.items()
            ],
            retired=None,
        )
        yield from texts.in_words("texts of the website")
    translations = synchronize(
        CatalogText,
        CatalogText.jurisdiction_id == data.jurisdiction_id,
        ["kind", "code", "field", "language"],
        [
            {**here, "kind": kind, "code": code, "field": name, "language": language, "text": text}
            for (kind, code, name, language), text in site.translations.items()
        ],
        retired=None,
    )
    yield from translations.in_words("translations")


def _store_settings(jurisdiction_id: str, settings: Any) -> Iterator[str]:
    mine = select(*Site.__table__.columns).where(Site.jurisdiction_id == jurisdiction_id)
    before = db.session.execute(mine).one_or_none()
    store_site(jurisdiction_id, settings)
    if before != db.session.execute(mine).one_or_none():
        yield f"website: {'new' if before is None else 'changed'}"
