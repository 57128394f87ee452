"""Every read of service requests is either of the sandbox or of the city."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner
from flask import Flask
from settings import settings_for
from statements import statements

from open311.app import create_app
from open311.cli import main
from open311.database import db

FORM = {"api_key": "key-of-gridtown", "lat": "0.5", "long": "0.5"}
READS = re.compile(r"\b(?:FROM|JOIN) service_requests\b")
SAYS = re.compile(r"\bservice_requests\.sandbox = ")


@contextmanager
def statements_of(app: Flask) -> Iterator[list[str]]:
    """All statements that an application sends inside the block."""
    with app.app_context():
        engine = db.engine
    with statements(engine) as seen:
        yield seen


@pytest.fixture
def server(app: Flask) -> Iterator[Flask]:
    """An application whose context is not pushed, so that each HTTP request has its own."""
    server = create_app(settings_for(app.config["DATABASE_URL"]))
    yield server
    with server.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("endpoint", ["v2", "test/v2"])
def test_every_statement_of_an_endpoint_says_it(server: Flask, endpoint: str) -> None:
    client = server.test_client()

    def ask(method: str, path: str, **options: object) -> list[dict[str, str]]:
        answer = client.open(f"/open311/{endpoint}/{path}", method=method, **options)
        assert answer.status_code == 200, answer.text
        return answer.json

    with statements_of(server) as seen:
        [realtime] = ask("POST", "requests.json", data={**FORM, "service_code": "POTHOLE"})
        [batch] = ask("POST", "requests.json", data={**FORM, "service_code": "LAMP"})
        id_ = realtime["service_request_id"]
        for path in (
            "requests.json",
            f"requests.json?service_request_id={id_}&extensions=true",
            f"requests/{id_}.json?extensions=true",
            f"tokens/{batch['token']}.json",
        ):
            assert ask("GET", path)
    check(seen, at_least=4)


def test_every_statement_of_the_commands_for_staff_says_it(app: Flask) -> None:
    with statements_of(app) as seen:
        for arguments in (
            ("approve",),
            ("approve", "--all"),
            ("close", "26-0000003", "Done."),
            ("reopen", "26-0000003", "Again."),
        ):
            result = CliRunner().invoke(main, ["requests", *arguments])
            assert result.exit_code == 0, result.output
    check(seen, at_least=5)


def check(seen: list[str], *, at_least: int) -> None:
    reading = [statement for statement in seen if READS.search(statement)]
    assert len(reading) >= at_least
    for statement in reading:
        assert SAYS.search(statement), statement
