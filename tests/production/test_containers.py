"""What the Dockerfile and compose.yaml say, where no container engine runs them."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from open311.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
IN_FILES = {"DATABASE_URL_FILE", "OPEN311_SECRET_KEY_FILE"}


def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return found


def test_every_setting_reaches_the_server_and_secrets_come_from_files() -> None:
    names = {setting.name for setting in SETTINGS}
    for name in ("upgrade", "server"):
        service = services()[name]
        assert service["env_file"] == [{"path": "open311.env", "required": False}]
        given = service["environment"]
        assert {one.removesuffix("_FILE") for one in given} <= names
        assert set(given) >= IN_FILES
        assert {Path(given[one]).name for one in IN_FILES} == set(service["secrets"])
    assert services()["server"]["depends_on"]["upgrade"] == {
        "condition": "service_completed_successfully"
    }


def test_long_services_restart_and_the_upgrade_does_not() -> None:
    restarts = {name: service.get("restart") for name, service in services().items()}
    assert restarts == {
        **dict.fromkeys(("database", "server", "proxy"), "unless-stopped"),
        "upgrade": "no",
        "backup": None,
    }


def test_the_image_serves_as_a_user_of_its_own_from_what_the_project_names() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"^FROM (\S+)", text, re.MULTILINE)) == {"debian:trixie-slim"}
    users = re.findall(r"^USER (\S+)", text, re.MULTILINE)
    assert users == ["open311"]
    uid = re.search(r"useradd --uid (\d+)", text)
    assert uid is not None
    assert f"chown {uid[1]} " in (ROOT / "docs/operations.md").read_text()
    copied = re.findall(r"^COPY (?!--from)(.+) \./?$", text, re.MULTILINE)
    ignored = (ROOT / ".dockerignore").read_text().split()
    for path in shlex.split(" ".join(copied)):
        assert (ROOT / path).exists(), path
        assert path not in ignored
