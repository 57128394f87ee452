"""Rules of the code base that no linter checks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(
    path
    for package in ("open311", "schemas", "geo", "local")
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts
)
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


def functions(path: Path) -> list[ast.FunctionDef]:
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def flaws(path: Path) -> Iterator[str]:
    if len(path.read_text().splitlines()) > MOST_LINES:
        yield f"more than {MOST_LINES} lines"
    if path.stem in FORBIDDEN_NAMES:
        yield "a name that says nothing"
    for function in functions(path):
        if (function.end_lineno or 0) - function.lineno >= MOST_LINES_OF_A_FUNCTION:
            yield f"{function.name} has more than {MOST_LINES_OF_A_FUNCTION} lines"
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function)):
            yield f"{function.name} imports"


def test_files_and_functions_are_small_and_imports_are_at_the_top() -> None:
    found = {str(path.relative_to(ROOT)): list(flaws(path)) for path in SOURCES}
    assert len(found) > 400
    assert {path: what for path, what in found.items() if what} == {}


def decorators(function: ast.FunctionDef) -> set[str]:
    return {ast.unparse(one) for one in function.decorator_list}


TRANSACTION = ROOT / "open311/operations/transaction.py"


def test_only_the_decorator_of_operations_commits() -> None:
    committing = {path for path in SOURCES if ".commit()" in path.read_text()}
    assert committing == {TRANSACTION}


SEVERAL_OPERATIONS = {"measure_all", "carry_over_due", "sign_in"}
"""Functions that call operations one after the other."""
NO_TRANSACTION = {"sweep_media", "written_photos", "refuse_if_held"}
"""Functions about files and locks, and a refusal, which write no row."""
OF_ERASURE = {"erase_person", "erase_in_linked"}
"""What operations of erasure share, which needs steps of requests and of residents."""
WITH_ANOTHER = {"storing_item"}
"""Blocks around an operation, which store more in its transaction."""


def test_every_public_function_of_operations_is_one_transaction() -> None:
    plain = {
        function.name
        for path in (ROOT / "open311/operations").rglob("*.py")
        if path != TRANSACTION
        for function in ast.parse(path.read_text()).body
        if isinstance(function, ast.FunctionDef)
        if not function.name.startswith("_") and not decorators(function) & {"operation", "trial"}
    }
    assert plain == SEVERAL_OPERATIONS | NO_TRANSACTION | WITH_ANOTHER | OF_ERASURE


READS_REPORTERS = "queries/requests/requester.py"
"""The queries that read requesters, and the pages that show them to those who work on requests."""
SHOWS_REPORTERS = {"staff/requests.py", "staff/field.py"}
FOR_THE_PAGE = "queries/requests/staff_page.py"
"""What that page reads in one statement, the contacts only for those who may see them."""
FINDS_WHAT_TO_ERASE = {f"queries/requests/{name}.py" for name in ("retention", "erasures", "texts")}
"""Which requests have something to erase. None of them returns what it is."""


def test_one_file_of_queries_reads_requesters_and_two_of_pages_show_them() -> None:
    name = re.compile(r"\b(Update)?Reporter\b|\b(update_)?reporters\b|\brequests\.requester\b")
    naming = {
        str(path.relative_to(ROOT / "open311"))
        for path in SOURCES
        if path.is_relative_to(ROOT / "open311") and name.search(path.read_text())
    }
    writing = ("models", "operations", "steps")
    others = {path for path in naming if path.split("/")[0] not in writing}
    assert others == {READS_REPORTERS, FOR_THE_PAGE} | SHOWS_REPORTERS | FINDS_WHAT_TO_ERASE
