"""Check of migrations: the previous release must be able to serve the tables that they leave.

A change that it cannot live with is made in several releases: one adds, the next one reads what was
added, and a later one removes. That later migration says with BREAKS_BEFORE from which revision on
versions can serve its tables. Large tables are never locked for as long as one is read.
https://www.postgresql.org/docs/current/explicit-locking.html
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ROOT / "open311/migrations/versions"

FIRST_CHECKED = "0053"
"""Migrations before it were written before there was a release."""

LARGE = {
    *("service_requests", "status_changes", "work_steps", "routing_steps", "reporters", "media"),
    *("service_request_boundaries", "received_updates", "messages", "audit_entries"),
}
"""Tables whose rows grow with the service requests."""

DECLARATION = "BREAKS_BEFORE"

REMOVALS = {
    "drop_table": "removes a table",
    "drop_column": "removes a column",
    "rename_table": "renames a table",
}
SQL_REMOVALS = {
    r"\bDROP\s+TABLE\b": "removes a table",
    r"\bDROP\s+COLUMN\b": "removes a column",
    r"\bRENAME\s+(?:TO|COLUMN)\b": "renames a table or column",
    r"\bALTER\s+COLUMN\s+\w+\s+(?:SET\s+DATA\s+)?TYPE\b": "changes the type of a column",
}
SQL_LOCKS = {
    r"\bSET\s+NOT\s+NULL\b": "reads the whole table {0} while it is locked: see NOT VALID",
    r"\bCREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)": "locks {0} for an index: CONCURRENTLY",
    r"\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)": "checks all rows of {0} while it is locked: "
    "NOT VALID, and VALIDATE CONSTRAINT after it",
}


def flaws(source: str) -> Iterator[str]:
    """Yield what a migration does that the previous release or its clients would notice."""
    tree = ast.parse(source)
    declared = any(
        isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == DECLARATION
        for node in tree.body
    )
    if _is_mixed(tree):
        yield "builds an index beside the server, and does something else: let both be migrations"
    for node in ast.walk(ast.Module([one for one in tree.body if not _is_downgrade(one)], [])):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            removals, locks = _of_call(node.func.attr, node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            removals, locks = _of_sql(node.value)
        else:
            continue
        yield from locks
        if not declared:
            yield from (f"{one}, which {DECLARATION} must say" for one in removals)


def _is_mixed(tree: ast.Module) -> bool:
    """Return whether an upgrade builds an index beside the server, and does something else.

    The rest is committed before: if the index waits too long, the upgrade cannot run again.
    """
    upgrade = [
        one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "upgrade"
    ]
    statements = [one for function in upgrade for one in function.body if not _is_docstring(one)]
    beside = ["autocommit_block" in ast.unparse(one) for one in statements]
    return any(beside) and not all(beside)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_downgrade(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "downgrade"


def _of_call(name: str, call: ast.Call) -> tuple[list[str], list[str]]:
    removals = [REMOVALS[name]] if name in REMOVALS else []
    locks: list[str] = []
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
    texts = {one.value for one in call.args if isinstance(one, ast.Constant)}
    large = min(LARGE & texts, default="")
    if name == "alter_column":
        if "new_column_name" in given or "type_" in given:
            removals.append("renames a column or changes its type")
        if given.get("nullable") == "False" and large:
            locks.append(f"reads all of {large} while it is locked: check NOT VALID first")
    if name == "add_column" and any(_is_required(one) for one in call.args):
        removals.append("adds a column that the previous release does not fill")
    if name == "create_index" and large and given.get("postgresql_concurrently") != "True":
        locks.append(f"locks {large} for an index: postgresql_concurrently in autocommit_block")
    is_constraint = name in ("create_check_constraint", "create_foreign_key")
    if is_constraint and large and given.get("postgresql_not_valid") != "True":
        locks.append(f"checks all rows of {large} while it is locked: postgresql_not_valid")
    return removals, locks


def _is_required(node: ast.expr) -> bool:
    """Return whether a column has to be in each INSERT: it is not null and has no default."""
    if not isinstance(node, ast.Call) or not ast.unparse(node.func).endswith("Column"):
        return False
    given = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
    is_made = any(
        word in ast.unparse(one) for one in node.args for word in ("Computed", "Identity")
    )
    return given.get("nullable") == "False" and "server_default" not in given and not is_made


def _of_sql(text: str) -> tuple[list[str], list[str]]:
    removals = [what for form, what in SQL_REMOVALS.items() if re.search(form, text, re.I)]
    large = [name for name in sorted(LARGE) if re.search(rf"\b{name}\b", text)]
    locks = [
        what.format(large[0])
        for form, what in SQL_LOCKS.items()
        if large and re.search(form, text, re.I | re.S)
    ]
    return removals, locks


def main() -> int:
    """Print the flaws of all migrations that are checked, and return 1 if there are any."""
    found = [
        f"{path.relative_to(ROOT)}: {flaw}."
        for path in sorted(VERSIONS.glob("*.py"))
        if path.name[:4] >= FIRST_CHECKED
        for flaw in flaws(path.read_text(encoding="utf-8"))
    ]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
