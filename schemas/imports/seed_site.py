"""The files of a seed folder about the residents' website: settings, texts, and translations."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import fields, validate, validates_schema

from schemas.colors import WHITE, reads_on
from schemas.errors import Invalid
from schemas.fields import Choice, Text
from schemas.imports.seed_rows import RowSchema
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.site_texts import SITE_TEXTS, TRANSLATED


class Color(fields.Field[str]):
    """A color as #rrggbb, dark enough for white text on it."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any
    ) -> str:
        text = str(value).strip().lower()
        if not validate_color(text):
            raise Invalid("site.color")
        if not reads_on(WHITE, [text]):
            raise Invalid("site.color_contrast")
        return text


def validate_color(text: str) -> bool:
    """Return whether a text is a color such as #1d5b8f."""
    digits = text.removeprefix("#")
    return len(text) == 7 and len(digits) == 6 and all(one in "0123456789abcdef" for one in digits)


_ORIGIN = validate.Regexp(r"https?://[a-z0-9.-]+(:[0-9]+)?\Z", error="site.origin")


class Origin(Text):
    """The origin of a website (RFC 6454): its scheme, host, and port, without a path."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **options).strip().lower()
        return str(_ORIGIN(text.removesuffix("/")))


def at_most(limit: int) -> Callable[[Sequence[Any]], None]:
    """Return the check that a list is not longer than a limit."""

    def check(entries: Sequence[Any]) -> None:
        if len(entries) > limit:
            raise Invalid("site.too_many", limit=limit)

    return check


MOST_ORIGINS = 50
"""They are all in one header of the response, which proxies do not pass on at any length."""

MOST_WORDS = 1_000


class SiteRow(RowSchema):
    """The content of site.toml; what is absent has its default."""

    host = Text(
        253, load_default=None, validate=validate.Regexp(r"[a-z0-9.\-]+\Z", error="site.host")
    )
    takes_reports = fields.Boolean(load_default=True)
    color = Color(load_default="#1d5b8f")
    languages = fields.List(Choice(tuple(LANGUAGES)), load_default=["en"])
    emergency_number = Text(30, load_default="911")
    phone = Text(50, load_default="")
    embed_origins = fields.List(Origin(200), load_default=[], validate=at_most(MOST_ORIGINS))
    reports_per_hour = fields.Integer(
        load_default=10,
        validate=validate.Range(min=1, max=10_000, error="site.limit"),
        error_messages={"invalid": "site.limit"},
    )
    reports_per_day = fields.Integer(
        load_default=30,
        validate=validate.Range(min=1, max=100_000, error="site.limit"),
        error_messages={"invalid": "site.limit"},
    )
    hold_words = fields.List(Text(100), load_default=[], validate=at_most(MOST_WORDS))
    is_indexed = fields.Boolean(load_default=False)

    @validates_schema
    def check_limits(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a limit for a day that is below that for an hour, and an empty list."""
        if row["reports_per_day"] < row["reports_per_hour"]:
            raise Invalid("site.limits_in_order", "reports_per_day")
        if not row["languages"]:
            raise Invalid("field.required", "languages")


class SiteTextRow(RowSchema):
    """A row of texts.csv: a text of the city's website."""

    key = Choice(SITE_TEXTS, required=True)
    language = Choice(tuple(LANGUAGES), required=True)
    text = Text(20_000, required=True)


class TranslationRow(RowSchema):
    """A row of translations.csv: a translated text of the catalog, named as in CatalogText."""

    kind = Choice(tuple(TRANSLATED), required=True)
    code = Text(700, required=True)
    field = Text(50, required=True)
    language = Choice(tuple(LANGUAGES), required=True)
    text = Text(2000, required=True)

    @validates_schema
    def check_field(self, row: dict[str, Any], **_: Any) -> None:
        """Reject a field that the kind of row does not have."""
        fields_of_kind = TRANSLATED[row["kind"]]
        if row["field"] not in fields_of_kind:
            raise Invalid("field.choice", "field", choices=fields_of_kind)
