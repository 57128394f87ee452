"""Each statement of the checklist of GeoReport v2 has a test that names it."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKLIST = ROOT.parent / "shared/spec/georeport-v2.md"


def test_every_statement_is_named_by_a_test() -> None:
    if not CHECKLIST.exists():
        pytest.skip("the checklist is not beside the project (../shared/spec)")
    statements = set(re.findall(r"^- ([A-Z]+-\d\d) ", CHECKLIST.read_text(), re.MULTILINE))
    named = {
        statement
        for path in (ROOT / "tests").rglob("test_*.py")
        for docstring in re.findall(r'^    """([A-Z]+-\d\d.*)', path.read_text(), re.MULTILINE)
        for statement in re.findall(r"[A-Z]+-\d\d", docstring)
    }
    assert len(statements) > 100
    assert statements - named == set()
