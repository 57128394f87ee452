"""Other servers in a seed folder: servers.csv, server_words.csv, and departments.csv."""

from collections.abc import Mapping
from typing import Any

from open311.messages.seeds import SEED_UNKNOWN_VALUE
from open311.seed_folder.source import SeedSource
from open311.seed_folder.tables import Problems, Rows, by_key, check_known, read_optional_table
from open311.steps.values.forwarding import EndpointValues
from schemas.imports.seed_servers import ANSWER, SERVICE, STATUS, ServerRow, ServerWordRow

Row = dict[str, Any]


def read_servers(
    source: SeedSource, tables: Mapping[str, Mapping[Any, Row]], problems: Problems
) -> list[EndpointValues]:
    """Read what a folder says about other servers; a folder may have none."""
    rows = read_optional_table(source, "servers", ServerRow(), problems)
    servers = by_key(rows, lambda row: row["server"], problems)
    word_rows = read_optional_table(source, "server_words", ServerWordRow(), problems)
    check_known(word_rows, "server", servers, "servers", problems)
    _check_ours(word_rows, tables, problems)
    words = by_key(word_rows, lambda row: (row["server"], row["kind"], _key(row)), problems)
    for code, department in tables["departments"].items():
        server = department["server"]
        if server and server not in servers and not problems.has_lost("servers", server):
            place = f"departments.csv, {code}"
            problems.add(place, SEED_UNKNOWN_VALUE, column="server", value=server)
    return [_values(code, row, words, tables["departments"]) for code, row in servers.items()]


def _key(row: Mapping[str, Any]) -> str:
    """Return what is looked up: their word for a status, ours for all else."""
    return str(row["theirs"].lower() if row["kind"] == STATUS else row["ours"])


def _values(
    code: str,
    row: Row,
    words: Mapping[tuple[str, str, str], Row],
    departments: Mapping[Any, Row],
) -> EndpointValues:
    mine = {key[1:]: one for key, one in words.items() if key[0] == code}

    def of(kind: str, column: str) -> dict[str, str]:
        return {key: one[column] for (its, key), one in mine.items() if its == kind}

    return EndpointValues(
        code=code,
        name=row["name"],
        url=row["url"],
        foreign_jurisdiction=row["jurisdiction_id"],
        service_map=of(SERVICE, "theirs"),
        answer_map=of(ANSWER, "theirs"),
        status_map=of(STATUS, "ours"),
        sends_photos=row["sends_photos"],
        poll_minutes=row["poll_minutes"],
        departments=[name for name, one in departments.items() if one["server"] == code],
    )


def _check_ours(rows: Rows, tables: Mapping[str, Mapping[Any, Row]], problems: Problems) -> None:
    """Add a problem for each service or answer that the folder does not have."""
    joined = {"/".join(key) for table in ("questions", "answers") for key in tables[table]}
    known: Mapping[str, set[str]] = {SERVICE: set(tables["services"]), ANSWER: joined}
    for place, row in rows:
        table = {SERVICE: "services", ANSWER: "answers"}.get(row["kind"])
        if table is None or problems.has_lost(table, row["ours"].rpartition("/")[2]):
            continue
        if row["ours"] not in known[row["kind"]]:
            problems.add(place, SEED_UNKNOWN_VALUE, column="ours", value=row["ours"])
