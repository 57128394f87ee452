"""The form with the settings of the residents' website."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from schemas.fields import Choice, Text
from schemas.imports.seed_site import (
    MOST_ORIGINS,
    MOST_WORDS,
    Color,
    Origin,
    SiteRow,
    at_most,
)
from schemas.vocabulary.languages import LANGUAGES


class Lines(fields.List[Any]):
    """Several values in one text, one on each line, each kept once."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **options: Any
    ) -> list[Any]:
        lines = filter(None, (line.strip() for line in str(value).splitlines()))
        return super()._deserialize(list(dict.fromkeys(lines)), attr, data, **options)


def _limit(high: int) -> fields.Integer:
    return fields.Integer(
        required=True,
        validate=validate.Range(min=1, max=high, error="site.limit"),
        error_messages={"invalid": "site.limit"},
    )


class SiteForm(SiteRow):
    """The settings of site.toml on a page: nothing is left to a default, and lists are lines.

    host is not on the page: who enters a wrong one could not open the page that corrects it.
    """

    class Meta(SiteRow.Meta):
        """Options of marshmallow."""

        exclude = ("host",)

    color = Color(required=True)
    languages = Lines(Choice(tuple(LANGUAGES)), required=True)
    emergency_number = Text(30, required=True)
    embed_origins = Lines(Origin(200), load_default=list, validate=at_most(MOST_ORIGINS))
    reports_per_hour = _limit(10_000)
    reports_per_day = _limit(100_000)
    hold_words = Lines(Text(100), load_default=list, validate=at_most(MOST_WORDS))
