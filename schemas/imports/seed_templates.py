"""The file of a seed folder with response templates."""

from typing import cast

from marshmallow import fields

from schemas.fields import Choice, Text
from schemas.imports.seed_rows import RowSchema
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.responses import (
    INTERNAL,
    INTERNAL_LIMIT,
    NAME_LIMIT,
    NOTE_LIMIT,
    QUESTION,
)
from schemas.vocabulary.statuses import DETAILED_STATUSES


class _TemplateRow(RowSchema):
    """What does not depend on the language: status is also QUESTION or INTERNAL."""

    template = Text(NAME_LIMIT, required=True)
    status = Choice((*DETAILED_STATUSES, QUESTION, INTERNAL), required=True)
    services = fields.List(Text(200), load_default=[])
    internal_note = Text(INTERNAL_LIMIT, load_default="")


TemplateRow = cast(
    "type[RowSchema]",
    _TemplateRow.from_dict(
        {f"note_{language}": Text(NOTE_LIMIT, load_default="") for language in LANGUAGES},
        name="Template",
    ),
)
"""A row of templates.csv, with a public note for each language."""
