"""Gridtown with a website for residents, in English and Spanish, served."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from applications import in_context
from databases import Databases
from flask import Flask
from sample_site import sample_site
from servers import running_server

from open311.operations.residents.site import change_site
from tests.residents.reported import SECRET, Town


@pytest.fixture(scope="session")
def site_city(databases: Databases, gridtown: str) -> str:
    """The name of a database of Gridtown with a website."""

    def fill(url: str) -> None:
        for _app in in_context(url):
            change_site("gridtown.example", {"languages": ["en", "es"], "phone": "555-0100"})

    return databases.prepare("site_city", gridtown, fill)


@pytest.fixture(scope="module")
def site_database(fresh_database: Callable[[str], str], site_city: str) -> str:
    """The URL of the database of a Gridtown of the module's own."""
    return fresh_database(site_city)


@pytest.fixture(scope="module")
def site_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gunicorn") / "site.log"


@pytest.fixture(scope="module")
def website(
    site_database: str, site_log: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of gunicorn with the website of Gridtown."""
    media = tmp_path_factory.mktemp("media")
    settings = {"OPEN311_SECRET_KEY": SECRET, "OPEN311_MEDIA_STORE": str(media)}
    with running_server(site_database, site_log, settings) as address:
        yield address


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of a sample site, and what is sent to it."""
    with sample_site() as found:
        yield found


@pytest.fixture
def site_app(renewed_database: Callable[[str], str], site_city: str) -> Iterator[Flask]:
    """The application on a separate Gridtown with a website, with its context pushed."""
    yield from in_context(renewed_database(site_city), {"OPEN311_SECRET_KEY": SECRET})


@pytest.fixture(scope="module")
def town(website: str, site_database: str) -> Town:
    """The served Gridtown with its website."""
    return Town(website, site_database)
