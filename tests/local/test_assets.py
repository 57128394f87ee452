"""What make install puts in place for browsers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from local import assets


def test_the_lock_file_names_no_registry() -> None:
    lock = (assets.ROOT / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert not any("resolved" in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)


def test_the_npm_of_the_machine_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm = tmp_path / "npm"
    npm.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert assets.npm(Path(sys.executable)) == [str(npm)]


def test_without_one_that_of_the_wheel_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    command = [*assets.npm(Path(sys.executable)), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout.partition(".")[0]) >= 9  # it knows omit-lockfile-registry-resolved


def test_only_the_files_needed_are_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modules, vendor = tmp_path / "modules", tmp_path / "static/vendor"
    for path in [*assets.FILES.values(), "swagger-ui-dist/install.js"]:
        (modules / path).parent.mkdir(parents=True, exist_ok=True)
        (modules / path).write_text(path)
    vendor.mkdir(parents=True)
    (vendor / "of-an-older-version.js").touch()
    monkeypatch.setattr(assets, "MODULES", modules)
    monkeypatch.setattr(assets, "VENDOR", vendor)
    assert not assets.are_there()
    assets.put_in_place()
    assert assets.are_there()
    assert {path.name for path in vendor.iterdir()} == set(assets.FILES)
