"""The tables and settings of a seed folder, each with the schema of its rows."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from schemas.imports.seed_retention import RetentionRow
from schemas.imports.seed_rows import (
    AnswerRow,
    DepartmentRow,
    JurisdictionRow,
    LayerRow,
    PastServiceRequestRow,
    QuestionRow,
    RowSchema,
    ServiceRow,
)
from schemas.imports.seed_rules import BusinessHoursRow, CanaryRow, HolidayRow, RuleRow
from schemas.imports.seed_servers import ServerRow, ServerWordRow
from schemas.imports.seed_site import SiteRow, SiteTextRow, TranslationRow
from schemas.imports.seed_templates import TemplateRow

SETTINGS: Mapping[str, type[RowSchema]] = {"jurisdiction": JurisdictionRow, "site": SiteRow}
"""Files of settings (TOML), or sheets with the columns setting and value."""

TABLES: Mapping[str, type[RowSchema]] = {
    "departments": DepartmentRow,
    "services": ServiceRow,
    "questions": QuestionRow,
    "answers": AnswerRow,
    "layers": LayerRow,
    "routing_rules": RuleRow,
    "canaries": CanaryRow,
    "business_hours": BusinessHoursRow,
    "holidays": HolidayRow,
    "texts": SiteTextRow,
    "translations": TranslationRow,
    "templates": TemplateRow,
    "retention": RetentionRow,
    "servers": ServerRow,
    "server_words": ServerWordRow,
    "service_requests": PastServiceRequestRow,
}


def columns_of(schema: type[RowSchema]) -> Mapping[str, fields.Field[Any]]:
    """Return the columns that a table can have, in the order of its schema."""
    return schema._declared_fields
