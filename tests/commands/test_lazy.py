"""A command imports what it needs, and no more: importing everything takes most of a start."""

import subprocess
import sys

from open311.cli import COMMANDS, WITHOUT_URLS, main

LOOK = """
import sys
from open311.cli import main
main.commands[sys.argv[1]]
import open311.database_app
print([name for name in sys.modules if name.startswith(("open311.", "alembic", "babel"))])
"""


def test_a_command_of_boundaries_imports_no_page() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOOK, "boundaries"], capture_output=True, check=True, text=True
    )
    modules = run.stdout
    assert "'open311.commands.boundary_import'" in modules
    assert "'open311.commands.boundary_preview'" in modules
    for part in ("staff", "residents", "georeport", "ogc", "app", "urls", "commands.users"):
        assert f"'open311.{part}'" not in modules
    assert "'alembic'" not in modules


def test_a_command_is_imported_once_under_its_name() -> None:
    assert set(main.commands) == set(COMMANDS) >= WITHOUT_URLS
    for name, command in main.commands.items():
        assert command.name == name
        assert main.commands[name] is command
