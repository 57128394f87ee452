"""The records schedule of a seed folder: added, changed, kept, and refused with its place."""

import shutil
from pathlib import Path

import pytest
from flask import Flask

from open311.errors import InvalidParameters
from open311.operations.imports.seed import load_seed_data
from open311.queries.requests.retention import RuleInfo, list_retention_rules
from open311.seed_folder.read import read_seed_folder

HERE = "gridtown.example"
CITY = Path(__file__).parents[1] / "cities" / "gridtown"
HEADER = "series,months,action,authority\n"
PHOTO = "photo,24,delete,Schedule 7\n"


def load(folder: Path, rows: str) -> list[str]:
    (folder / "retention.csv").write_text(HEADER + rows, encoding="utf-8")
    found = load_seed_data(read_seed_folder(folder))
    return [one for one in found if "retention" in one]


def test_rules_are_added_changed_and_kept(app: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    rows = f"{PHOTO}reporter,36,anonymize,Schedule 8\n"
    assert load(folder, rows) == ["retention rules: 2 added: photo, reporter"]
    assert load(folder, PHOTO) == []
    assert load(folder, PHOTO.replace("24", "12")) == ["retention rules: 1 changed: photo (months)"]
    assert list_retention_rules(HERE) == [
        RuleInfo(series="reporter", months=36, action="anonymize", authority="Schedule 8"),
        RuleInfo(series="photo", months=12, action="delete", authority="Schedule 7"),
    ]
    for wrong, words in (
        ("photo,24,anonymize,Schedule 7\n", "action must be one of delete"),
        ("photo,0,delete,Schedule 7\n", "a whole number of months from 1 to 1,200"),
        ("photo,24,delete,\n", "authority"),
        ("wombat,24,delete,Schedule 7\n", "series must be one of reporter"),
        (PHOTO + PHOTO, "photo"),
    ):
        with pytest.raises(InvalidParameters) as refused:
            load(folder, wrong)
        assert "retention.csv" in str(refused.value.problems), wrong
        assert words.split()[0] in str(refused.value.problems), wrong
