"""Texts of a city's website, and translations of its catalog; the caller commits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, tuple_

from open311.database import Base
from open311.models import CatalogText, SiteText
from open311.steps.imports.catalog import synchronize


def store_site_texts(jurisdiction_id: str, texts: Mapping[tuple[str, str], str]) -> None:
    """Store some texts of a website, by key and language; an empty one is removed."""
    _store(SiteText, jurisdiction_id, ("key", "language"), texts)


def store_translations(
    jurisdiction_id: str, texts: Mapping[tuple[str, str, str, str], str]
) -> None:
    """Store some translations, by (kind, code, field, language); an empty one is removed."""
    _store(CatalogText, jurisdiction_id, ("kind", "code", "field", "language"), texts)


def _store(
    table: type[Base],
    jurisdiction_id: str,
    names: Sequence[str],
    texts: Mapping[Any, str],
) -> None:
    identity = tuple_(*(getattr(table, name) for name in names))
    here = table.__table__.c.jurisdiction_id == jurisdiction_id
    wanted = [
        {"jurisdiction_id": jurisdiction_id, **dict(zip(names, key, strict=True)), "text": text}
        for key, text in texts.items()
        if text
    ]
    if texts:
        synchronize(table, and_(here, identity.in_(texts)), names, wanted, retired=None)
