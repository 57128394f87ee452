"""open311 as an operator runs it, on the database of the test's own application context."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from applications import at_hand, in_context
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select, text

from open311.cli import main
from open311.database import Base, db
from open311.models import Jurisdiction

CITIES = Path(__file__).parents[1] / "cities"


class CommandLine:
    """open311 with the arguments given; what a command does not commit is lost after it."""

    def lines(self, *arguments: object) -> list[str]:
        """Run what must succeed, and give the lines it prints."""
        result = self._run(arguments)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()

    def refusal(self, *arguments: object, status: int = 1) -> str:
        """Run what must fail, and give the error it prints; a traceback is no such error."""
        result = self._run(arguments)
        assert result.exit_code == status, result.output
        _before, marker, error = result.stderr.partition("Error: ")
        assert marker
        return error.strip()

    def result(self, *arguments: object) -> Result:
        """Run what may end in any way."""
        return self._run(arguments)

    @staticmethod
    def _run(arguments: tuple[object, ...]) -> Result:
        try:
            return CliRunner(catch_exceptions=False).invoke(main, list(map(str, arguments)))
        finally:
            db.session.remove()


@pytest.fixture
def open311() -> CommandLine:
    return CommandLine()


@pytest.fixture
def two_towns_app(renewed_database: Callable[[str], str], two_towns: str) -> Iterator[Flask]:
    """The application on a Gridtown and a Hilltown of the test's own, its context pushed."""
    yield from in_context(renewed_database(two_towns))


@pytest.fixture(scope="module")
def shared_databases(
    fresh_database: Callable[[str], str], gridtown: str, empty: str
) -> tuple[str, str]:
    """The URLs of a Gridtown and of empty tables that the tests of a file share."""
    return fresh_database(gridtown), fresh_database(empty)


@pytest.fixture
def shared_app(shared_databases: tuple[str, str]) -> Iterator[Flask]:
    """The application on Gridtown, for a test of something that must store nothing."""
    with at_hand(shared_databases[0]) as app:
        yield app


@pytest.fixture
def shared_empty_app(shared_databases: tuple[str, str]) -> Iterator[Flask]:
    """The application on empty tables, for a test of something that must store nothing."""
    with at_hand(shared_databases[1]) as app:
        yield app
        if db.session.scalar(select(func.count()).select_from(Jurisdiction)):
            db.session.execute(text("TRUNCATE jurisdictions CASCADE"))
            db.session.commit()


@pytest.fixture
def contents() -> Callable[[], dict[str, list[str]]]:
    """Give all rows of all tables, to compare them before and after, but when imports saw them."""

    def read() -> dict[str, list[str]]:
        statements = {name: text(f"SELECT t::text FROM {name} t") for name in Base.metadata.tables}
        for name in ("former_ids", "request_facts"):
            statements[name] = text(f"SELECT (to_jsonb(t) - 'seen_at')::text FROM {name} t")
        rows = {
            name: sorted(db.session.scalars(statement)) for name, statement in statements.items()
        }
        db.session.remove()
        return rows

    return read


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of Gridtown's seed folder, to be edited."""
    return shutil.copytree(CITIES / "gridtown", tmp_path / "gridtown")


@pytest.fixture
def map_file(tmp_path: Path) -> Callable[..., Path]:
    """Write a GeoJSON file: boxes (west, south, east, north) by their code; None has no shape."""

    def write(
        boxes: Mapping[str, tuple[float, float, float, float] | None], name: str = "new.geojson"
    ) -> Path:
        features = [
            {"type": "Feature", "properties": {"code": code}, "geometry": box and _polygon(*box)}
            for code, box in boxes.items()
        ]
        path = tmp_path / name
        path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
        return path

    return write


def _polygon(west: float, south: float, east: float, north: float) -> dict[str, object]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}
