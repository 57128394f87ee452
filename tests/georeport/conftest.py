"""A Gridtown that no test changes, and keys with more or other rights."""

from collections.abc import Callable, Iterator

import pytest
from georeport_client import Api
from servers import running_server


@pytest.fixture(scope="session")
def still_server(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a server of the seeded service requests and no others."""
    log = tmp_path_factory.mktemp("gunicorn") / "still.log"
    with running_server(fresh_database(gridtown), log) as address:
        yield address


@pytest.fixture
def still_api(still_server: str, format: str) -> Api:
    """The endpoint of that server, in the format of the test; it has no key."""
    return Api(still_server, format, "")


@pytest.fixture(scope="session")
def contractor_key(database: str, run_command: Callable[..., str]) -> str:
    """The API key of a contractor's system in the city of server: it can change statuses."""
    return run_command(database, "keys", "create", "contractor", "--may", "report,status").split()[
        -1
    ]


@pytest.fixture(scope="session")
def other_key(database: str, run_command: Callable[..., str]) -> str:
    """The API key of a second app in the city of server."""
    return run_command(database, "keys", "create", "second app").split()[-1]
