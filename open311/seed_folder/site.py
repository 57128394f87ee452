"""The website of a seed folder: site.toml, texts.csv, and translations.csv."""

from collections.abc import Mapping, Sequence
from typing import Any

from open311.messages.seeds import SEED_TEXT_WITHOUT_SITE, SEED_UNKNOWN_VALUE
from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import Problems, Rows, by_key, read_optional_table, read_settings
from open311.steps.values.imports import SeedSite
from schemas.imports.seed_site import SiteRow, SiteTextRow, TranslationRow

Row = dict[str, Any]


def read_site(
    source: SeedSource, tables: Mapping[str, Mapping[Any, Row]], problems: Problems
) -> SeedSite:
    """Read what a folder says about the website; a folder without site.toml has none."""
    settings = None
    if source.has("site"):
        settings = read_settings(source, "site", SiteRow(), problems)
    text_rows = read_optional_table(source, "texts", SiteTextRow(), problems)
    texts = by_key(text_rows, lambda row: (row["key"], row["language"]), problems)
    if texts and settings is None:
        problems.add("texts.csv", SEED_TEXT_WITHOUT_SITE)
    rows = read_optional_table(source, "translations", TranslationRow(), problems)
    _check_codes(rows, tables, problems)
    translations = by_key(
        rows, lambda row: (row["kind"], row["code"], row["field"], row["language"]), problems
    )
    return SeedSite(
        settings=settings,
        texts={key: row["text"] for key, row in texts.items()},
        translations={key: row["text"] for key, row in translations.items()},
    )


def _check_codes(rows: Rows, tables: Mapping[str, Mapping[Any, Row]], problems: Problems) -> None:
    """Add a problem for each translation of what the folder does not have."""
    known: Mapping[str, set[str]] = {
        "service": set(tables["services"]),
        "department": set(tables["departments"]),
        "rule": set(tables["rules"]),
        "question": _joined(tables["questions"]),
        "answer": _joined(tables["answers"]),
    }
    for place, row in rows:
        is_known = row["code"] in known[row["kind"]]
        last = row["code"].rpartition("/")[2]
        if not is_known and not problems.has_lost(_TABLES[row["kind"]], last):
            problems.add(place, SEED_UNKNOWN_VALUE, column=row["kind"], value=row["code"])


_TABLES = {
    "service": "services",
    "department": "departments",
    "rule": "routing_rules",
    "question": "questions",
    "answer": "answers",
}
"""The table that has what a kind of translation names."""


def _joined(keys: Mapping[Sequence[str], Row]) -> set[str]:
    return {"/".join(key) for key in keys}
