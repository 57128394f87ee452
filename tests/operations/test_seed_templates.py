"""Response templates of a seed folder: added, changed, and refused with their place."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from open311.errors import InvalidParameters
from open311.operations.imports.seed import load_seed_data
from open311.queries.requests.responses import list_responses
from open311.seed_folder.read import read_seed_folder

HERE = "gridtown.example"
CITY = Path(__file__).parents[1] / "cities" / "gridtown"
HEADER = "template,status,services,note_en,note_es,internal_note\n"
FILLED = "Hole filled,fixed,POTHOLE,The hole is filled.,El bache está tapado.,\n"
OTHERS = "Which side,question,,Which side?,,\nCalled,note,,,,Called back.\n"


def load(folder: Path, rows: str) -> list[str]:
    (folder / "templates.csv").write_text(HEADER + rows, encoding="utf-8")
    found = load_seed_data(read_seed_folder(folder))
    return [one for one in found if "response templates" in one]


def test_templates_are_added_changed_and_kept(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    names = "Hole filled, Which side, Called"
    assert load(folder, FILLED + OTHERS) == [f"response templates: 3 added: {names}"]
    filled, asked, called = list_responses(HERE)
    assert (filled.detailed_status, filled.services) == ("fixed", ["POTHOLE"])
    assert filled.notes == {"en": "The hole is filled.", "es": "El bache está tapado."}
    assert (asked.asks, asked.notes, called.internal_note) == (
        *(True, {"en": "Which side?"}, "Called back."),
    )
    assert load(folder, FILLED + OTHERS) == []
    other = FILLED.replace("is filled.", "is gone.")
    assert load(folder, other) == ["response templates: 1 changed: Hole filled"]
    assert [one.name for one in list_responses(HERE)] == ["Hole filled", "Which side", "Called"]
    for wrong in (
        *("A,fixed,,((nobody)),,\n", "B,question,,,,\n", "C,note,,,,\n", "D,fixed,NONE,x,,\n"),
        *("E,gone,,x,,\n", f"{FILLED}{FILLED}"),
    ):
        with pytest.raises(InvalidParameters) as refused:
            load(folder, wrong)
        assert "templates.csv" in str(refused.value.problems), wrong
