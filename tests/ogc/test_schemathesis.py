"""OGC API is as it is described, and nothing that schemathesis makes up gets it out of step."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from servers import running_server

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "unsupported_method",
)


@pytest.mark.parametrize(
    ("phase", "examples"),
    [
        ("fuzzing", "3"),
        pytest.param("fuzzing", "24", marks=pytest.mark.long),
        pytest.param("coverage", "24", marks=pytest.mark.long),
    ],
)
def test_every_answer_is_as_described(
    fresh_database: Callable[[str], str], gridtown: str, tmp_path: Path, phase: str, examples: str
) -> None:
    log = tmp_path / "log"
    with running_server(fresh_database(gridtown), log) as address:
        done = subprocess.run(
            [
                *(SCHEMATHESIS, "run", "--no-color", "--checks", ",".join(CHECKS), "--seed", "311"),
                *("--max-examples", examples, "--phases", phase),
                "--generation-deterministic",
                f"{address}/ogc/api",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "failed, reference" not in log.read_text()  # what was answered 400 and not foreseen
