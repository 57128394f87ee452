"""A served Gridtown with a website, a register of addresses, and email, where calls are taken."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from applications import in_context
from servers import running_server

from open311.operations.residents.site import change_site
from tests.staff.conftest import SECRET

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"


def calls_city(
    fresh_database: Callable[[str], str], gridtown: str, run_command: Callable[..., str]
) -> str:
    """Return the URL of a database of its own; a fixture of a module."""
    url = fresh_database(gridtown)
    for _app in in_context(url):
        change_site("gridtown.example", {"languages": ["en", "es"], "phone": "555-0100"})
    run_command(
        *(url, "addresses", "import", str(REGISTER), "--source", "gridtown.csv"),
        *("--license", "CC0", "--vintage", "2026", "--by", "clerk", "--commit"),
    )
    return url


def calls_server(city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve the city, with folders of photos and emails; a fixture of a module."""
    folder = tmp_path_factory.mktemp("calls")
    (folder / "media").mkdir()
    settings = {
        "OPEN311_SECRET_KEY": SECRET,
        "OPEN311_MEDIA_STORE": str(folder / "media"),
        "OPEN311_MAIL": f"folder:{folder / 'mail'}",
        "OPEN311_MAIL_FROM": "311@gridtown.example",
        "OPEN311_PUBLIC_URL": "http://311.gridtown.example",
    }
    with running_server(city, folder / "log", settings) as address:
        yield address
