"""Gridtown with staff, served; and what OGC API answers to someone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from georeport_client import KEYS, Api
from servers import PATIENCE, running_server


@dataclass(frozen=True)
class Client:
    """Asks below /ogc, perhaps as a user of the staff."""

    address: str
    user: tuple[str, str] | None = None

    def get(self, path: str = "", **parameters: Any) -> requests.Response:
        named = {
            name.replace("_", "-") if "_crs" in name or "_lang" in name else name: value
            for name, value in parameters.items()
        }
        return requests.get(
            f"{self.address}/ogc{path}", params=named, auth=self.user, timeout=PATIENCE
        )

    def items(self, collection: str = "requests", **parameters: Any) -> dict[str, Any]:
        answer = self.get(f"/collections/{collection}/items", **parameters)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def ids(self, **parameters: Any) -> list[str]:
        return [one["id"] for one in self.items(**parameters)["features"]]

    def refusal(self, status: int = 400, **parameters: Any) -> str:
        answer = self.get("/collections/requests/items", **parameters)
        assert answer.status_code == status, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        problem = answer.json()
        assert problem["code"] == str(status)
        return str(problem["description"])


@pytest.fixture(scope="module")
def city(fresh_database: Callable[[str], str], gridtown: str) -> str:
    """The URL of the database of a Gridtown of the module's own."""
    return fresh_database(gridtown)


@pytest.fixture(scope="module")
def town(city: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(city, tmp_path_factory.mktemp("gunicorn") / "ogc.log") as address:
        yield address


@pytest.fixture(scope="module")
def everyone(town: str) -> Client:
    return Client(town)


@pytest.fixture(scope="module")
def staff(town: str, city: str, run_command: Callable[..., str]) -> Client:
    """A dispatcher with a name and a password."""
    told = run_command(city, "users", "create", "dispatch", "--role", "dispatcher", "--generate")
    return Client(town, ("dispatch", told.strip().rpartition("Password: ")[2]))


@pytest.fixture(scope="module")
def api(town: str) -> Api:
    """The GeoReport endpoint of the same city, to report with."""
    return Api(town, "json", KEYS["gridtown.example"])
