"""Reads of the residents' website: its settings, its texts, and translations of the catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import ApiKey, CatalogText, Jurisdiction, Site, SiteText


@dataclass(frozen=True, kw_only=True)
class SiteInfo:
    """The website of a city, as in Site. Nothing in it changes.

    api_key_id is the key that its reports are submitted with. texts are the city's own, by key and
    language.
    """

    jurisdiction_id: str
    api_key_id: int
    host: str | None
    takes_reports: bool
    color: str
    logo: str | None
    languages: Sequence[str]
    emergency_number: str
    phone: str
    embed_origins: Sequence[str]
    reports_per_hour: int
    reports_per_day: int
    hold_words: Sequence[str]
    is_indexed: bool
    texts: Mapping[tuple[str, str], str] = field(repr=False)

    def text(self, key: str, language: str) -> tuple[str, str] | None:
        """Return a text of the city and its language: the one asked for, or else its first.

        None if the city has not written it.
        """
        for one in (language, *self.languages):
            if (key, one) in self.texts:
                return self.texts[key, one], one
        return None


@dataclass(frozen=True)
class CatalogTexts:
    """Translations of a city's catalog, by (kind, code, field, language) as in CatalogText."""

    texts: Mapping[tuple[str, str, str, str], str]

    def find(self, kind: str, code: str, field: str, language: str) -> str | None:
        """Return a translation; None without one."""
        return self.texts.get((kind, code, field, language))

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that something is translated into."""
        return frozenset(language for *_name, language in self.texts)


def find_site(jurisdiction_id: str) -> SiteInfo | None:
    """Return the website of a city; None if it has none."""
    row = db.session.execute(
        select(*_COLUMNS, ApiKey.id.label("api_key_id"))
        .join(ApiKey, ApiKey.jurisdiction_id == Site.jurisdiction_id)
        .where(Site.jurisdiction_id == jurisdiction_id, ApiKey.kind == "site")
    ).one_or_none()
    if row is None:
        return None
    texts = db.session.execute(
        select(SiteText.key, SiteText.language, SiteText.text)
        .where(SiteText.jurisdiction_id == jurisdiction_id)
        .order_by(SiteText.key, SiteText.language)
    )
    return SiteInfo(**row._mapping, texts={(one.key, one.language): one.text for one in texts})


def list_hosts() -> list[tuple[str | None, str]]:
    """List host name and jurisdiction_id of all websites, by the latter; None for no host name."""
    found = db.session.execute(
        select(Site.host, Site.jurisdiction_id)
        .join(ApiKey, ApiKey.jurisdiction_id == Site.jurisdiction_id)
        .where(ApiKey.kind == "site")
        .order_by(Site.jurisdiction_id)
    )
    return [(host, jurisdiction_id) for host, jurisdiction_id in found]


_COLUMNS: list[Any] = list(Site.__table__.columns)


def read_catalog_texts(jurisdiction_id: str) -> CatalogTexts:
    """Return all translations of a city's catalog."""
    columns = (CatalogText.kind, CatalogText.code, CatalogText.field, CatalogText.language)
    rows = db.session.execute(
        select(*columns, CatalogText.text)
        .where(CatalogText.jurisdiction_id == jurisdiction_id)
        .order_by(*columns)
    )
    return CatalogTexts({(row[0], row[1], row[2], row[3]): row[4] for row in rows})


def find_retention(jurisdiction_id: str) -> int | None:
    """Return the days after which personal data of closed requests is erased; None for never."""
    return db.session.scalar(
        select(Jurisdiction.anonymize_after_days).where(Jurisdiction.id == jurisdiction_id)
    )
