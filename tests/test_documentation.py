"""What the documents say is so."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from open311.cli import main
from open311.config import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "seed_data").rglob("README.md"),
]


def test_the_table_of_settings_is_complete() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (?:`(.*?)`)? *\|", README, re.MULTILINE))
    assert rows == {setting.name: setting.default or "" for setting in SETTINGS}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / link).exists(), link


def test_the_files_where_to_look_exist() -> None:
    section = README.partition("## Where do I look?")[2]
    named = re.findall(r"`((?:open311|schemas|geo|local)/[^`]*)`", section)
    assert len(named) > 10
    for name in named:
        assert (ROOT / name).exists(), name


def test_every_decision_is_listed() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    decisions = sorted(path.name for path in (ROOT / "docs/adr").glob("0*.md"))
    assert re.findall(r"\((0.*?\.md)\)", index) == decisions


def test_the_commands_the_documents_name_exist() -> None:
    for path in DOCUMENTS:
        for words in re.findall(r"open311 ([a-z]+(?: [a-z][a-z-]+)?)", path.read_text()):
            first, _, second = words.partition(" ")
            command = main.commands.get(first)
            if command is None or not second or not hasattr(command, "commands"):
                assert command or first not in {"db", "keys", "boundaries", "routing"}, words
            else:
                assert second in command.commands, words


def test_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z-]+):", makefile, re.MULTILINE)
    alone = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    listed = subprocess.run(
        ["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[1] for line in listed.splitlines()] == targets
