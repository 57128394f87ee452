"""Pages of text: the city's own, or drafts that are true for this product."""

import psycopg
import pytest
from site_pages import get, link_named, one, read, words

from open311.residents.texts import ERASED_BY_RULES
from schemas.vocabulary.retention import RECORD_SERIES

KEYS = ("about", "privacy", "accessibility")


@pytest.mark.parametrize("path", [*KEYS, "offline"])
@pytest.mark.parametrize("language", ["", "/en", "/es"])
def test_each_page_is_there_in_each_language(website: str, path: str, language: str) -> None:
    answer = get(website, f"{language}/{path}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    page = read(website, f"{language}/{path}")
    assert page.get("lang") == (language.strip("/") or "en")
    assert words(one(page, "h1"))


def test_privacy_says_how_long_personal_data_is_kept(website: str, site_database: str) -> None:
    for days, expected in ((None, "You can have it erased"), (365, "365 days after"), (1, "1 day")):
        with psycopg.connect(site_database) as connection:
            connection.execute("UPDATE jurisdictions SET anonymize_after_days = %s", [days])
        assert expected in words(one(read(website, "/en/privacy"), "main"))


def test_privacy_says_what_the_rules_of_the_city_erase(website: str, site_database: str) -> None:
    with psycopg.connect(site_database) as connection:
        connection.execute("UPDATE jurisdictions SET anonymize_after_days = NULL")
        connection.execute(
            "INSERT INTO retention_rules (jurisdiction_id, series, months, action, authority)"
            " VALUES ('gridtown.example', 'reporter', 24, 'anonymize', 'RC-2'),"
            " ('gridtown.example', 'photo', 1, 'delete', 'RC-2')"
        )
    said = words(one(read(website, "/en/privacy"), "main"))
    assert "Your name and contact, also in texts: after 24 months Photos: after 1 month" in said
    assert "Your contact is kept" not in said
    with psycopg.connect(site_database) as connection:
        connection.execute("DELETE FROM retention_rules")


def test_each_rule_has_words_for_residents() -> None:
    every = {(series, action) for series, actions in RECORD_SERIES.items() for action in actions}
    assert set(ERASED_BY_RULES) == every


def test_open_data_is_linked_and_there(website: str) -> None:
    page = read(website, "/es/about")
    links = [link.get("href") for link in page.cssselect("main a")]
    assert "/open311/docs" in links
    assert "/ogc" in [link.rstrip("/") for link in links]
    for path in links:
        assert get(website, path).status_code in (200, 303), path


def test_the_text_of_the_city_replaces_the_draft(website: str, site_database: str) -> None:
    text = "We are <b>Gridtown</b>.\r\n\r\nRead https://gridtown.example/more & call."
    with psycopg.connect(site_database) as connection:
        connection.execute(
            "INSERT INTO site_texts (jurisdiction_id, key, language, text)"
            " VALUES ('gridtown.example', 'about', 'en', %s)",
            [text],
        )
    page = read(website, "/en/about")
    paragraphs = [words(paragraph) for paragraph in page.cssselect("main p")]
    assert paragraphs == [
        "We are <b>Gridtown</b>.",
        "Read https://gridtown.example/more & call.",
    ]
    assert link_named(page, "gridtown.example") == "https://gridtown.example/more"
    assert not page.cssselect("main b")
    # Without a translation it is marked as what it is.
    spanish = read(website, "/es/about")
    assert one(spanish, "main [lang=en]").cssselect("p")
    with psycopg.connect(site_database) as connection:
        connection.execute("DELETE FROM site_texts")


def test_a_page_is_not_sent_again(website: str) -> None:
    first = get(website, "/privacy")
    again = get(website, "/privacy", If_None_Match=first.headers["ETag"])
    assert again.status_code == 304
