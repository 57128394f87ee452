"""Errors on the command line name its own flags and arguments."""

import re
from pathlib import Path

import click
from flask import Flask

from open311.cli import main
from open311.messages import CATALOG
from tests.commands.conftest import CommandLine

WARDS = ("--layer", "ward", "--code-field", "code")


def test_a_file_without_a_coordinate_system_names_the_flag(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "wards.geojson"
    ring = "[[0, 0], [9000, 0], [9000, 9000], [0, 0]]"
    file.write_text(
        '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": '
        '{"code": "1"}, "geometry": {"type": "Polygon", "coordinates": [' + ring + "]}}]}"
    )
    refusal = open311.refusal("boundaries", "import", file, *WARDS)
    assert refusal.startswith("wards.geojson declares WGS 84, but its coordinates are not degrees.")
    assert refusal.endswith("Add --crs, such as --crs EPSG:2249.")


def test_someone_unknown_is_looked_for_by_a_command(app: Flask, open311: CommandLine) -> None:
    assert open311.refusal("users", "disable", "nobody") == (
        "There is no user named nobody. To list users, run open311 users list."
    )


def test_what_is_missing_is_named_as_the_command_has_it(app: Flask, open311: CommandLine) -> None:
    assert open311.refusal("routing", "explain", "91", "0", "TIP") == (
        "LAT must be decimal degrees from -90 to 90, such as 39.7137."
    )


def test_commands_that_messages_name_exist() -> None:
    named = [
        match[1].split()
        for one in CATALOG.values()
        for match in re.finditer(r"run open311 ([a-z -]+?)(?: --[a-z-]+)?\.", one.for_command)
    ]
    assert len(named) >= 4
    for words in named:
        command: click.Command = main
        for word in words:
            assert isinstance(command, click.Group)
            command = command.commands[word]
