"""What the house promises and no linter checks."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for package in ("open311", "schemas", "geo", "local")
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts
)
MOST_LINES = 200
MOST_LINES_OF_A_FUNCTION = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def test_imports_keep_their_contracts() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_are_small_and_imports_stand_on_top(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES
    assert path.stem not in FORBIDDEN_NAMES
    for function in functions(path):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= MOST_LINES_OF_A_FUNCTION, function.name
        nodes = ast.walk(function)
        assert not any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)


def test_only_operations_commit_and_each_once() -> None:
    for path in SOURCES:
        for function in functions(path):
            commits = ast.unparse(function).count(".commit()")
            if commits:
                assert path.parent.name == "operations", path
                assert commits == 1, function.name


READS_REPORTERS = "queries/reporters.py"
"""The one query that reads who reported, and the view that shows them to those who work on it."""
SHOWS_REPORTERS = "views/staff/requests.py"


def test_only_one_query_reads_who_reported_and_one_view_asks_it() -> None:
    name = re.compile(r"\b(Update)?Reporter\b|\b(update_)?reporters\b")
    naming = {
        str(path.relative_to(ROOT / "open311"))
        for path in SOURCES
        if path.is_relative_to(ROOT / "open311") and name.search(path.read_text())
    }
    others = {path for path in naming if path.split("/")[0] not in ("models", "operations")}
    assert others == {READS_REPORTERS, SHOWS_REPORTERS}
