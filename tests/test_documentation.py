"""What the documents say is so."""

import itertools
import os
import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from servers import PATIENCE, running_server

from open311.cli import main
from open311.config import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "seed_data").rglob("README.md"),
]


@pytest.fixture(scope="module")
def lancaster(
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, str]]:
    """The address of a server of the example city, and a key."""
    database = fresh_database(empty)
    run_command(database, "seed", str(ROOT / "seed_data/lancaster"))
    key = run_command(database, "keys", "create", "tests").split()[-1]
    with running_server(database, tmp_path_factory.mktemp("lancaster") / "log") as address:
        yield address, key


def test_the_first_report_is_answered_as_the_readme_says(lancaster: tuple[str, str]) -> None:
    """Each curl of that section, sent, and its answer, in which … stands for what is left out."""
    section = README.partition("## A first report")[2].partition("\n## ")[0]
    pairs = re.findall(r"^    (curl .*(?:\\\n.*)*)\n\n((?:    .*\n)+)", section, re.MULTILINE)
    assert len(pairs) == 3
    for command, expected in pairs:
        received = as_curl(command, *lancaster)
        for piece in re.split(r"\s*…,?\s*", expected.strip()):
            assert without_blanks(piece) in without_blanks(received)


def without_blanks(text: str) -> str:
    return "".join(text.split())


def as_curl(command: str, address: str, key: str) -> str:
    """Do what a curl command does, on another server; give what it prints."""
    _curl, *words = shlex.split(command.replace("\\\n", ""))
    [url] = [word for word in words if word.startswith("http")]
    fields = [word for before, word in itertools.pairwise(words) if before == "-d"]
    form = dict(field.replace("api_key=…", f"api_key={key}").split("=", 1) for field in fields)
    here = url.replace("http://127.0.0.1:8311", address)
    return requests.request("POST" if form else "GET", here, data=form, timeout=PATIENCE).text


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
