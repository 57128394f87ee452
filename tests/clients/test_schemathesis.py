"""Every answer is as the OpenAPI description says, whatever schemathesis makes up to send."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import requests
from georeport_client import KEYS
from servers import running_server

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_every_answer_is_as_described(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path
) -> None:
    unlimited = {"OPEN311_RATE_LIMIT": "none"}
    with running_server(fresh_database(gridtown), tmp_path / "log", unlimited) as address:
        key = KEYS["gridtown.example"]
        done = subprocess.run(
            [
                *(SCHEMATHESIS, "--config-file", CONFIGURATION, "run", "--no-color"),
                f"{address}/open311/openapi.json",
            ],
            cwd=tmp_path,
            env={**os.environ, "API_KEY": key, "TOKEN": token_of_a_lamp(address, key)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def token_of_a_lamp(address: str, key: str) -> str:
    lamp = {"api_key": key, "service_code": "LAMP", "address_string": "1 Dark Street"}
    answer = requests.post(f"{address}/open311/v2/requests.json", lamp, timeout=30)
    return answer.json()[0]["token"]
