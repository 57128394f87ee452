"""A workbook to fill in: a sheet for each table of a city, with what the columns accept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marshmallow import fields
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from schemas.fields import Choice, Flag
from schemas.imports.seed_layout import SETTINGS, TABLES, columns_of

_NEEDED = (
    *("jurisdiction", "departments", "services", "questions", "answers", "layers"),
    "routing_rules",
)

_WHAT = {
    "jurisdiction": "The city: its name, time zone, and default department.",
    "departments": "Who works on requests.",
    "services": "What people can report.",
    "questions": "What the form asks about a service.",
    "answers": "The choices of a question with a list.",
    "layers": "Maps that decide who is responsible. Paths start at the folder of this workbook.",
    "routing_rules": "Which department gets a request. An empty cell means any.",
    "canaries": "Routing tests: a service at a place, and the department that must get it.",
    "business_hours": "When offices are open, for due dates and rules.",
    "holidays": "Days on which offices are closed, besides the public holidays of the country.",
    "retention": "After how many months personal data is erased, and what allows it.",
    "site": "The website for residents. Without a value in it, there is none.",
    "texts": "Texts of the website.",
    "translations": "The catalog in other languages.",
    "templates": "What staff fill in with one choice: a status, a question, or an internal note.",
    "servers": "Servers of others to which departments forward requests.",
    "server_words": "What these servers call our services, answers, and statuses.",
    "service_requests": "Requests of the past.",
}

_ROWS = 5_000
"""Rows with the lists of choices."""

_WIDTH = 24


def write_template(path: Path) -> None:
    """Write a workbook with the sheets that open311 seed reads, all empty."""
    with Workbook(path) as book:
        needed = book.add_format({"bold": True, "bg_color": "#FFE699", "border": 1})
        optional = book.add_format({"bold": True, "bg_color": "#E7E6E6", "border": 1})
        text = book.add_format({"num_format": "@"})
        _write_contents(book.add_worksheet("Read me"), needed)
        for name in _WHAT:
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            if name in SETTINGS:
                _write_settings(sheet, columns_of(SETTINGS[name]), (needed, optional), text)
            else:
                _write_columns(sheet, columns_of(TABLES[name]), (needed, optional), text)


def _write_contents(sheet: Worksheet, needed: Format) -> None:
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, 100)
    sheet.write_row(0, 0, ["Sheet", "What it is for"], needed)
    for row, (name, what) in enumerate(_WHAT.items(), start=1):
        needs = " Needed." if name in _NEEDED else " You can delete this sheet."
        sheet.write_row(row, 0, [name, what + needs])
    sheet.write(len(_WHAT) + 2, 0, "Columns and settings in yellow are needed.")
    sheet.write(len(_WHAT) + 3, 0, "Move the pointer over a name to read what it accepts.")


def _write_settings(
    sheet: Worksheet,
    settings: Mapping[str, fields.Field[Any]],
    formats: tuple[Format, Format],
    text: Format,
) -> None:
    needed, optional = formats
    sheet.set_column(0, 0, _WIDTH)
    sheet.set_column(1, 1, 80, text)
    sheet.write_row(0, 0, ["setting", "value"], needed)
    for row, (name, field) in enumerate(settings.items(), start=1):
        sheet.write(row, 0, name, needed if field.required else optional)
        sheet.write_comment(row, 0, _accepts(field))
        _offer(sheet, (row, 1, row, 1), field)


def _write_columns(
    sheet: Worksheet,
    columns: Mapping[str, fields.Field[Any]],
    formats: tuple[Format, Format],
    text: Format,
) -> None:
    needed, optional = formats
    for column, (name, field) in enumerate(columns.items()):
        # As text, a code such as 01 keeps its zero, and 11-01 does not become a date.
        sheet.set_column(column, column, _WIDTH, text)
        sheet.write(0, column, name, needed if field.required else optional)
        sheet.write_comment(0, column, _accepts(field))
        _offer(sheet, (1, column, _ROWS, column), field)


def _offer(sheet: Worksheet, cells: tuple[int, int, int, int], field: fields.Field[Any]) -> None:
    """Offer the choices of a field in some cells; spreadsheets take lists of 255 characters."""
    choices = _choices(field)
    if choices and len(",".join(choices)) <= 255:
        sheet.data_validation(*cells, {"validate": "list", "source": choices})


def _choices(field: fields.Field[Any]) -> list[str]:
    if isinstance(field, Flag | fields.Boolean):
        return ["true", "false"]
    return list(field.keys) if isinstance(field, Choice) else []


def _accepts(field: fields.Field[Any]) -> str:
    """Return what a field accepts, in words."""
    parts = ["Needed." if field.required else "Can be empty."]
    choices = _choices(field)
    if choices:
        parts.append(f"One of: {', '.join(choices)}.")
    what = getattr(field, "accepts", "A number" if isinstance(field, fields.Number) else "")
    if what:
        parts.append(f"{what}.")
    limit = getattr(field, "limit", None)
    if limit and isinstance(field, fields.String):
        parts.append(f"At most {limit} characters.")
    return " ".join(parts)
