"""A command imports what it needs, and no more: importing everything takes most of a start."""

import subprocess
import sys

import click

from open311.cli import COMMANDS, WITHOUT_URLS, main
from open311.commands.boundaries import COMMANDS as BOUNDARIES

LOOK = """
import sys
from open311.cli import main
group = main.commands[sys.argv[1]]
if len(sys.argv) > 2:
    group.commands[sys.argv[2]]
import open311.database_app
open311.database_app.create_database_app({"DATABASE_URL": "postgresql:///none"})
print(*sys.modules)
"""


def modules_of(*command: str) -> set[str]:
    """The modules that are imported for a command, or for its group."""
    run = subprocess.run(
        [sys.executable, "-c", LOOK, *command], capture_output=True, check=True, text=True
    )
    return set(run.stdout.split())


def test_a_command_of_boundaries_imports_what_it_needs() -> None:
    modules = modules_of("boundaries", "publish")
    assert "open311.commands.boundary_sets" in modules
    for part in ("staff", "residents", "georeport", "ogc", "app", "urls", "commands.users"):
        assert f"open311.{part}" not in modules
    assert "open311.commands.boundary_import" not in modules
    # Libraries that read files, ask other servers, and look at photos
    assert modules.isdisjoint({"alembic", "pyogrio", "requests", "geopy", "aiohttp", "PIL"})


def test_a_command_is_imported_once_under_its_name() -> None:
    assert set(main.commands) == set(COMMANDS) >= WITHOUT_URLS
    boundaries = main.commands["boundaries"]
    assert isinstance(boundaries, click.Group)
    assert set(boundaries.commands) == set(BOUNDARIES)
    for commands in (main.commands, boundaries.commands):
        for name, command in commands.items():
            assert command.name == name
            assert commands[name] is command
