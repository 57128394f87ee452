"""The residents' website of a city: its settings, its texts, and translations of the catalog."""

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from open311.database import Base
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.site_texts import SITE_TEXTS, TRANSLATED

_LANGUAGES = f"ARRAY{list(LANGUAGES)}::text[]"


class Site(Base):
    """The website of a city. A city without a row has none.

    takes_reports is false while reporting is closed; the pages stay readable. host is the name by
    which one of several cities is found. color is #rrggbb. logo is the name of a photo in the
    store. languages are in the order of the footer; the first is that of the city's own catalog.

    reports_per_hour and reports_per_day are limits for one address. hold_words are words for which
    a report is looked at before it is published. Pages of service requests are listed by search
    engines only if is_indexed.
    """

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("host = lower(host) AND host <> ''", name="host_lower"),
        CheckConstraint("color ~ '^#[0-9a-f]{6}$'", name="color_form"),
        CheckConstraint(
            f"cardinality(languages) > 0 AND languages <@ {_LANGUAGES}", name="languages_known"
        ),
        CheckConstraint(
            "reports_per_hour > 0 AND reports_per_day >= reports_per_hour", name="limits_positive"
        ),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    host: Mapped[str | None] = mapped_column(unique=True)
    takes_reports: Mapped[bool]
    color: Mapped[str]
    logo: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    emergency_number: Mapped[str]
    phone: Mapped[str]
    embed_origins: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reports_per_hour: Mapped[int]
    reports_per_day: Mapped[int]
    hold_words: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_indexed: Mapped[bool]


class SiteText(Base):
    """A text of the city on its website, plain with links, by key and language."""

    __tablename__ = "site_texts"
    __table_args__ = (
        CheckConstraint(f"key IN {tuple(SITE_TEXTS)}", name="key_known"),
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint("text <> ''", name="text_not_empty"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(
        ForeignKey("sites.jurisdiction_id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class CatalogText(Base):
    """A translated text of the catalog.

    code names the row as its city does, with a slash between the parts: a service by POTHOLE, a
    question by POTHOLE/SIZE, an answer by POTHOLE/SIZE/SMALL, departments and rules by their codes.
    kind and field are a key and a value of TRANSLATED.
    """

    __tablename__ = "catalog_texts"
    __table_args__ = (
        CheckConstraint(f"language IN {tuple(LANGUAGES)}", name="language_known"),
        CheckConstraint(
            " OR ".join(
                f"kind = '{kind}' AND field IN ({', '.join(map(repr, fields))})"
                for kind, fields in TRANSLATED.items()
            ),
            name="field_known",
        ),
        CheckConstraint("code <> ''", name="code_not_empty"),
        CheckConstraint("text <> ''", name="text_not_empty"),
    )

    jurisdiction_id: Mapped[str] = mapped_column(ForeignKey("jurisdictions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
