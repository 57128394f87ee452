"""The response templates of a seed folder: templates.csv."""

from collections.abc import Mapping
from typing import Any

from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import Problems, by_key, check_known, read_optional_table
from open311.steps.values.responses import ResponseValues, find_response_problems
from schemas.imports.seed_templates import TemplateRow
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.responses import INTERNAL, QUESTION


def read_templates(
    source: SeedSource, services: Mapping[Any, Any], problems: Problems
) -> list[ResponseValues]:
    """Return the templates in the order of the file; it may be missing."""
    rows = read_optional_table(source, "templates", TemplateRow(), problems)
    by_key(rows, lambda row: row["template"], problems)
    found = []
    for place, row in rows:
        named = [(place, {"service_code": code}) for code in row["services"]]
        check_known(named, "service_code", services, "services", problems)
        values = _values(row)
        for problem in find_response_problems(values):
            problems.take(place, problem)
        found.append(values)
    return found


def _values(row: Mapping[str, Any]) -> ResponseValues:
    status = row["status"]
    notes = {language: row[f"note_{language}"] for language in LANGUAGES}
    return ResponseValues(
        name=row["template"],
        detailed_status=None if status in (QUESTION, INTERNAL) else status,
        asks=status == QUESTION,
        internal_note=row["internal_note"],
        notes={language: note for language, note in notes.items() if note},
        services=row["services"],
    )
