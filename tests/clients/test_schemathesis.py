"""Every response to generated requests matches the OpenAPI description."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from georeport_client import Api
from images import from_a_phone
from servers import PATIENCE, running_server

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"
OF_A_BATCH_SERVICE = "26-0000006"


# Both formats are written from the same document (tests/edge/test_formats.py): JSON is tested in
# depth, and XML for its description. The phase coverage sends each limit of each parameter.
JSON = ("--exclude-path-regex", r"\.xml$")
XML = ("--include-path-regex", r"\.xml$")


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((*JSON, "--phases", "examples,fuzzing,stateful", "-n", "5"), id="json"),
        pytest.param((*XML, "--phases", "examples,fuzzing", "-n", "2"), id="xml"),
        pytest.param(
            (*JSON, "--phases", "fuzzing,stateful", "-n", "40"),
            id="json in depth",
            marks=pytest.mark.long,
        ),
        pytest.param(
            (*XML, "--phases", "examples,fuzzing", "-n", "20"),
            id="xml in depth",
            marks=pytest.mark.long,
        ),
        # The limits of one parameter are tried with made-up values of all others: many are unknown.
        pytest.param(
            (*JSON, "--phases", "coverage", "--warnings", "off"),
            id="json limits",
            marks=pytest.mark.long,
        ),
    ],
)
def test_every_answer_is_as_described(
    options: tuple[str, ...],
    fresh_database: Callable[[str], str],
    gridtown: str,
    run_command: Callable[..., str],
    tmp_path: Path,
) -> None:
    """A staff key opens all there is."""
    database = fresh_database(gridtown)
    run_command(database, "addresses", "import", str(REGISTER), "--commit")
    key = run_command(database, "keys", "create", "Dispatch", "--may", RIGHTS).split()[-1]
    with running_server(database, tmp_path / "log", SECRET) as address:
        done = subprocess.run(
            [
                *(SCHEMATHESIS, "--config-file", CONFIGURATION, "run", "--no-color"),
                *options,
                f"{address}/open311/openapi.json",
            ],
            cwd=tmp_path,
            env={**os.environ, **what_is_there(address, key)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


RIGHTS = "report,comment-any,staff,webhooks"
SECRET = {"OPEN311_SECRET_KEY": "the secret key of schemathesis, 40 letters"}


def what_is_there(address: str, key: str) -> dict[str, str]:
    """Give the key, and make what only a POST can make: tokens, and a photo."""
    api = Api(address, "json", key)
    lamp = api.post(service_code="LAMP", address_string="1 Dark Street")
    update = {"service_request_id": OF_A_BATCH_SERVICE, "update_id": "1", "status": "OPEN"}
    moment = {"updated_datetime": "2026-03-09T14:05:00Z"}
    form = {"api_key": api.key}
    waiting = api.send("POST", "v2/servicerequestupdates", data={**form, **update, **moment})
    report = {**form, "service_code": "POTHOLE", "lat": "0.5", "long": "0.5"}
    files = {"media": ("photo.jpg", from_a_phone())}
    posted = api.send("POST", "v2/requests", data=report, files=files)
    webhook, other = (add_webhook(address, key) for _each in range(2))
    return {
        "API_KEY": api.key,
        "WEBHOOK": webhook,
        "WEBHOOK_TO_DELETE": other,
        "TOKEN": lamp.document[0]["token"],
        "UPDATE_TOKEN": waiting.document[0]["token"],
        "PHOTO": api.one(posted.ids()[0])["media_url"].rpartition("/")[2],
    }


def add_webhook(address: str, key: str) -> str:
    added = requests.post(
        f"{address}/open311/v2/webhooks",
        data={"api_key": key, "url": "https://hooks.example/open311"},
        timeout=PATIENCE,
    )
    assert added.ok, added.text
    return str(added.json()["webhook"])
