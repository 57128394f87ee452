"""Texts of Gridtown's catalog in Spanish."""

from collections.abc import Iterable

import psycopg


def add_spanish(database_url: str, texts: Iterable[tuple[str, str, str, str]]) -> None:
    """Store texts in Spanish: kind, code, field, and text."""
    with psycopg.connect(database_url) as connection:
        connection.cursor().executemany(
            "INSERT INTO catalog_texts (jurisdiction_id, kind, code, field, language, text)"
            " VALUES ('gridtown.example', %s, %s, %s, 'es', %s)",
            texts,
        )
