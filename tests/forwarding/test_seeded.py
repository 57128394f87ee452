"""Other servers in a seed folder, and the commands about them."""

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from servers import CITIES, ROOT

from open311.errors import InvalidParameters
from open311.operations.imports.seed import load_seed_data
from open311.queries.forwarding.endpoints import list_endpoints
from open311.seed_folder.read import read_seed_folder

GRIDTOWN = "gridtown.example"
SERVERS = (
    "server,name,url,jurisdiction_id,sends_photos,poll_minutes\n"
    "county,Grid County,https://311.county.example/v2,grid,true,30\n"
)
WORDS = (
    "server,kind,ours,theirs\n"
    "county,service,POTHOLE,pothole\n"
    "county,answer,SURVEY/WHO,asked\n"
    "county,status,action_scheduled,With Contractor\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Gridtown's folder with a server to which the East Yard forwards."""
    copy = shutil.copytree(CITIES / "gridtown", tmp_path / "gridtown")
    (copy / "servers.csv").write_text(SERVERS)
    (copy / "server_words.csv").write_text(WORDS)
    departments = copy / "departments.csv"
    rows = [f"{line}," for line in departments.read_text().splitlines()]
    rows[0] = "department,name,server"
    text = "\n".join(rows).replace("East Yard,", "East Yard,county")
    departments.write_text(f"{text}\n")
    return copy


def test_a_folder_adds_and_changes_servers_but_turns_none_on(app: Flask, folder: Path) -> None:
    assert load_seed_data(read_seed_folder(folder)) == ["servers: 1 added: county"]
    [one] = list_endpoints(GRIDTOWN)
    assert (one.endpoint.state, one.endpoint.encrypted_key) == ("off", None)
    assert one.endpoint.foreign_jurisdiction == "grid"
    assert one.endpoint.service_map == {"POTHOLE": "pothole"}
    assert one.endpoint.answer_map == {"SURVEY/WHO": "asked"}
    assert one.endpoint.status_map == {"with contractor": "action_scheduled"}
    assert (one.endpoint.sends_photos, one.endpoint.poll_minutes) == (True, 30)
    assert one.departments == {"EAST": "East Yard"}
    assert load_seed_data(read_seed_folder(folder)) == []
    (folder / "servers.csv").write_text(SERVERS.replace(",30", ",45"))
    assert load_seed_data(read_seed_folder(folder)) == ["servers: 1 changed: county (poll_minutes)"]


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("servers.csv", "https://311.county.example/v2", "county", "url must be a web address"),
        ("servers.csv", ",30", ",0", "minutes from 1 to 1440"),
        ("server_words.csv", "POTHOLE", "HOLE", "HOLE"),
        ("server_words.csv", "SURVEY/WHO", "SURVEY/WHY", "SURVEY/WHY"),
        ("server_words.csv", "action_scheduled", "soon", "soon is not a status"),
        ("server_words.csv", "county,service", "state,service", "state"),
        ("departments.csv", "county", "state", "state"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    folder: Path, file: str, old: str, new: str, sentence: str
) -> None:
    text = (folder / file).read_text()
    (folder / file).write_text(text.replace(old, new))
    with pytest.raises(InvalidParameters) as problem:
        read_seed_folder(folder)
    assert file in str(problem.value)
    assert sentence in str(problem.value)


def test_the_example_sends_a_state_route_to_a_server_that_does_not_exist() -> None:
    """.example is reserved (RFC 2606)"""
    data = read_seed_folder(ROOT / "seed_data/lancaster")
    [state] = data.servers
    assert state.url.startswith("https://311.state.example/")
    assert state.departments == ["STATE"]
    assert data.rules["state-route"]["department"] == "STATE"


def test_commands_set_up_a_server(
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
) -> None:
    database = fresh_database(gridtown)

    def run(*arguments: str) -> str:
        return run_command(database, "forwarding", *arguments)

    added = run(
        *("add-server", "county", "--name", "Grid County"),
        *("--url", "https://311.county.example/v2/", "--department", "EAST"),
        *("--service", "POTHOLE=pothole", "--photos"),
    )
    assert added == "Server county saved.\n"
    listed = "county: Grid County, https://311.county.example/v2, off, EAST\n"
    assert run("servers") == listed
    with psycopg.connect(database) as connection:
        connection.execute(
            "UPDATE foreign_endpoints SET encrypted_key = 'x', state = 'on', failure = 'It is ill.'"
        )
        connection.execute(
            "INSERT INTO forwardings (service_request_pk, endpoint_id, state, state_at, due_at,"
            " sentence) SELECT min(pk), foreign_endpoints.id, 'refused', now(), now(), 'Not ours.'"
            " FROM service_requests, foreign_endpoints WHERE status = 'open' AND public"
            " GROUP BY foreign_endpoints.id"
        )
        connection.execute(
            "UPDATE service_requests SET department_id = departments.id"
            " FROM departments, forwardings"
            " WHERE departments.code = 'EAST' AND pk = service_request_pk"
        )
    assert run("servers").endswith("on, EAST\n  It is ill.\n")
    explained = run_command(database, "routing", "explain", "0.5", "0.5", "POTHOLE")
    assert "Department: East Yard\nForwarded to: Grid County\n" in explained
    line = run("list", "--stuck")
    id_ = line.split()[0]
    assert line == f"{id_} to county: refused: Not ours.\n"
    assert run("retry", id_, "county", "--by", "Kim").endswith("will be sent to county.\n")
    assert run("list", "--stuck") == ""
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE forwardings SET state = 'unknown'")
    assert run("settle", id_, "county", "--number", "C-7", "--by", "Kim").endswith("settled.\n")
    assert run("list") == f"{id_} to county as C-7: accepted\n"
    assert run("turn", "county", "off") == "Server county is off.\n"
