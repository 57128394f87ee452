"""open311 boundaries lint, of files and of stored sets."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.commands.conftest import CommandLine

MapFile = Callable[..., Path]
Contents = Callable[[], dict[str, list[str]]]


def test_a_file_is_looked_through_and_nothing_is_stored(
    shared_app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile, tmp_path: Path
) -> None:
    before = contents()
    file = map_file({"2": (-1, -1, 0.5, 1), "10": (0, -1, 1, 1)})
    out = tmp_path / "findings.geojson"
    lines = open311.lines("boundaries", "lint", file, "--code-field", "code", "--geojson", out)
    assert lines[0].startswith("overlap: 1, 12,3")
    assert lines[1].startswith("  overlap of 2 and 10, 12,3")
    assert lines[-1] == f"Warnings written to {out}: 1."
    [feature] = json.loads(out.read_text())["features"]
    assert feature["properties"]["codes"] == ["2", "10"]
    assert contents() == before


def test_a_stored_set_is_looked_through(shared_app: Flask, open311: CommandLine) -> None:
    number = open311.lines("boundaries", "list")[1].split()[2].rstrip(",")
    assert open311.lines("boundaries", "lint", "--set", number) == ["No warnings."]


@pytest.mark.parametrize("arguments", [[], ["x.geojson"], ["x.geojson", "--set", "1"]])
def test_it_needs_a_file_or_a_set(
    shared_app: Flask, open311: CommandLine, arguments: list[str]
) -> None:
    assert open311.refusal("boundaries", "lint", *arguments, status=2)
