"""The wheel in an environment of its own, without Git, Node, and the checkout."""

import contextlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from servers import PATIENCE, free_port, is_there, wait_until
from settings import settings_for

from local import assets

pytestmark = pytest.mark.operations

LEFT_OUT = (".*", "node_modules", "var", "build", "dist", "tests", "__pycache__", "*.egg-info")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project without its history, as a release contains it."""
    folder = tmp_path_factory.mktemp("source") / "open311"
    shutil.copytree(assets.ROOT, folder, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return folder


def system_path() -> str:
    """Return a PATH of the shell's own programs, where neither git nor node is."""
    return "/nonexistent"


def pip(*arguments: str, python: str = sys.executable, cwd: Path | None = None) -> str:
    """Run pip, and return what it says."""
    done = subprocess.run(
        [python, "-m", "pip", "-q", *arguments],
        cwd=cwd,
        env={**os.environ, "PATH": system_path()},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"{done.returncode} {done.stderr}"


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with nothing but the wheel and what it needs."""
    folder = tmp_path_factory.mktemp("installed")
    assert pip("wheel", "--no-deps", "-w", str(folder), ".", cwd=source).startswith("0 ")
    [wheel] = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = str(folder / "venv/bin/python")
    pinned = str(assets.ROOT / "constraints.txt")
    said = pip(
        "install", "--no-compile", "-c", pinned, f"{wheel}[metrics]", python=python, cwd=folder
    )
    assert said.startswith("0 "), said
    return folder / "venv/bin"


@contextlib.contextmanager
def serving(program: Path, environment: dict[str, str], log: Path) -> Iterator[str]:
    address = f"http://{environment['OPEN311_BIND']}"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [program, "serve"], env=environment, cwd=log.parent, stdout=output, stderr=output
        )
        try:
            wait_until(lambda: is_there(f"{address}/health") or server.poll() is not None)
            assert server.poll() is None, log.read_text()
            yield address
        finally:
            server.terminate()
            assert server.wait() == 0


def test_it_serves_the_example_city_with_all_files_for_browsers(
    installed: Path, fresh_database: Callable[[str], str], tmp_path: Path
) -> None:
    port, metrics = free_port(), free_port()
    environment = {
        **settings_for(fresh_database("template1")),
        "PATH": system_path(),
        "OPEN311_BIND": f"127.0.0.1:{port}",
        "OPEN311_METRICS_BIND": f"127.0.0.1:{metrics}",
        "OPEN311_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
        "OPEN311_MEDIA_STORE": str(tmp_path / "media"),
    }
    program = installed / "open311"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = run("serve")
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        "The database has no tables yet. Run open311 db upgrade first."
    )
    assert run("db", "upgrade").stdout == "The tables are up to date.\n"
    assert "1 added: ci.lancaster.oh.us" in run("seed", "--example").stdout
    checked = run("doctor")
    assert checked.returncode == 0, checked.stdout
    assert run("--version").stdout.startswith("open311 ")
    with serving(program, environment, tmp_path / "log") as address:
        for page in ("/staff/sign-in", "/open311/docs"):
            assert_complete(address, page)
        for name in assets.FILES:
            if name.endswith((".js", ".mjs", ".css")):
                url = f"{address}/open311/static/vendor/{name}"
                assert requests.get(url, timeout=PATIENCE).status_code == 200, name
        assert wait_until(lambda: is_there(f"http://127.0.0.1:{metrics}/metrics"))


def assert_complete(address: str, page: str) -> None:
    """Get a page, its styles, and its scripts: each must be there."""
    answer = requests.get(urljoin(address, page), timeout=PATIENCE)
    assert answer.status_code == 200, page
    links = re.findall(r'<(?:link|script)\b[^>]*?\b(?:href|src)="([^"]+)"', answer.text)
    files = {one for one in links if re.search(r"\.(css|m?js)(\?|$)", one)}
    assert any(".css" in one for one in files), page
    for one in files:
        file = requests.get(urljoin(answer.url, one), timeout=PATIENCE)
        assert (file.status_code, bool(file.content)) == (200, True), one


def test_it_is_not_built_without_a_file_for_browsers(source: Path, tmp_path: Path) -> None:
    file = source / "open311/static/vendor/pico.min.css"
    kept = file.rename(tmp_path / file.name)
    try:
        said = pip("wheel", "--no-deps", "-w", str(tmp_path), ".", cwd=source)
    finally:
        shutil.move(kept, file)
    assert not said.startswith("0 ")
    assert "pico.min.css is missing. Run make install" in said
    assert not list(tmp_path.glob("*.whl"))
