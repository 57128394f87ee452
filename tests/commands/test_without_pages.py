"""Commands run as their program starts them: with the application without URLs and pages."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from applications import at_hand
from settings import settings_for
from sqlalchemy import func, select

from open311.cli import WITHOUT_URLS, main
from open311.database import db
from open311.models import BoundarySet

RUN = """
import json, sys
import click
from open311.cli import main
for arguments in json.load(sys.stdin):
    print("$", *arguments[:2])
    try:
        main(arguments, "open311", standalone_mode=False)
    except click.ClickException as error:
        print("Error:", error.format_message())
print("$ modules", *(name for name in sys.modules if name.startswith("open311.")), sep="\\n")
"""
"""Run commands in one process, as importing their modules takes seconds."""

WARDS = Path(__file__).parents[1] / "cities/gridtown/boundaries/wards.geojson"
AREA = WARDS.with_name("area.geojson")

COMMANDS = (
    ("addresses import {addresses} --commit", "Imported."),
    ("addresses find '2 Long Street'", "2 Long Street (a) at 0.5 0.5"),
    ("boundaries service-area {area} --commit", "Imported."),
    ("boundaries lint {wards} --code-field ward", "No warnings."),
    ("boundaries import {wards} --layer zone --code-field ward --commit", "zone 10: added"),
    ("boundaries kind zone --overlapping", "zone changed."),
    (
        "boundaries import {wards} --layer zone --code-field ward --name-field name --draft",
        "Draft ",
    ),
    ("boundaries preview {draft} --past-year", "zone 10: renamed to 'East'"),
    ("boundaries publish {draft} --reroute", "0 open requests rerouted."),
    ("boundaries list", "ward: version "),
    ("boundaries restore zone", "since the beginning"),
    ("boundaries withdraw {first}", "(withdrawn)"),
    ("boundaries delete-layer zone", "Layer zone cannot be deleted"),
    ("routing coverage", "No rule: 0042 anywhere"),
    ("routing explain 0.5 0.5 POTHOLE", "Department: East Yard"),
    ("routing explain-request 26-0000002", "Boundaries as stored:"),
    ("routing measure --again", "requests measured."),
    ("routing test", "No routing tests."),
    ("routing transfers", "rule lights to Light Works"),
    ("routing reroute", "Reroute 2: "),
    ("routing reroutes", "1: 0 rerouted"),
    ("routing reroute-undo 1", "Reroute 1: 0 requests restored."),
)
"""Each command with words that it prints."""


def test_all_commands_are_tried() -> None:
    tried = {tuple(command.split()[:2]) for command, _words in COMMANDS}
    known = set()
    for name in WITHOUT_URLS:
        group = main.commands[name]
        assert isinstance(group, click.Group)
        known |= {(name, command) for command in group.commands}
    assert tried == known


@pytest.fixture(scope="module")
def told(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """What each of COMMANDS printed, and the modules of the program that are imported then."""
    database = fresh_database(gridtown)
    addresses = tmp_path_factory.mktemp("register") / "addresses.csv"
    addresses.write_text("LON,LAT,NUMBER,STREET,ID\n0.5,0.5,2,Long Street,a\n")
    with at_hand(database):
        first = (db.session.scalar(select(func.max(BoundarySet.id))) or 0) + 1
    places = {"addresses": addresses, "wards": WARDS, "area": AREA}
    numbers = {"first": first, "draft": first + 1}
    commands = [shlex.split(one.format(**places, **numbers)) for one, _words in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps(commands),
        env={**os.environ, **settings_for(database)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.removeprefix("$ ").split("\n$ ")


def test_each_command_works(told: list[str]) -> None:
    for (command, words), output in zip(COMMANDS, told, strict=False):
        assert output.startswith(" ".join(command.split()[:2]))
        assert words in output


def test_no_page_is_imported(told: list[str]) -> None:
    heading, *modules = told[-1].splitlines()
    assert heading == "modules"
    assert "open311.database_app" in modules
    for part in ("app", "urls", "web.error_handlers", "staff", "residents", "georeport", "ogc"):
        assert f"open311.{part}" not in modules
