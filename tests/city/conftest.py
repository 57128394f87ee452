"""Data of real cities, from a folder next to the project, if it exists."""

from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3] / "shared/data"


@pytest.fixture(scope="session")
def whole_city(pytestconfig: pytest.Config) -> bool:
    """Whether all of a city's service requests are tried, or only a sample of them."""
    return bool(pytestconfig.getoption("whole_city"))


@pytest.fixture(scope="session")
def city_data() -> Path:
    """The folder of real cities' data; skips where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the real cities' data (../shared/data) is not on this machine")
    return DATA
