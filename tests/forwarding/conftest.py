"""Two Gridtowns, each served on a database of its own; one forwards to the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from neighbors import Place, forward, settings_of
from servers import running_server


@pytest.fixture(scope="module")
def serve(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], contextmanager]:  # type: ignore[type-arg]
    """Return a context manager that serves a Gridtown by a name."""

    @contextmanager
    def served(name: str) -> Iterator[Place]:
        folder: Path = tmp_path_factory.mktemp(name)
        database = fresh_database(gridtown)
        media = folder / "media"
        media.mkdir()
        settings = {**settings_of(""), "OPEN311_MEDIA_STORE": str(media)}
        with running_server(database, folder / "log", settings) as address:
            yield Place(address, database, media)

    return served


@pytest.fixture(scope="module")
def county(serve: Callable[[str], contextmanager]) -> Iterator[Place]:  # type: ignore[type-arg]
    """The server to which the town forwards."""
    with serve("county") as place:
        yield place


@pytest.fixture(scope="module")
def town(county: Place, serve: Callable[[str], contextmanager]) -> Iterator[Place]:  # type: ignore[type-arg]
    """A town whose East Yard is the county's."""
    with serve("town") as place:
        forward(place, county.address, "EAST", "LIGHTS")
        yield place
