"""What make install says where it cannot go on."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import install


def test_without_apt_it_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SystemExit) as exit_:
        install.install_packages(["postgresql-postgis", "python3.11-venv"])
    assert str(exit_.value).startswith("Please install postgresql-postgis and python3.11-venv;")


def test_a_database_elsewhere_needs_no_postgresql_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "postgis_is_there", lambda: False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert "postgresql-postgis" in install.missing_packages()
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/city")
    assert "postgresql-postgis" not in install.missing_packages()


def test_an_old_python_is_refused_in_one_sentence() -> None:
    program = "import sys; sys.version_info = (3, 9, 2); from local import install; install.main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=install.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed")
    assert done.stderr.count("\n") == 1


def test_a_second_install_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    if not install.STAMP.exists() or install.STAMP.read_text() != install.fingerprint():
        pytest.skip("these tests do not run in the .venv that make install made")
    install.install_requirements()
    assert capfd.readouterr().out == ""


def test_a_lock_file_that_changed_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = install.fingerprint()
    for name in ("setup.cfg", "pyproject.toml", "constraints.txt", "package-lock.json"):
        shutil.copy(install.ROOT / name, tmp_path)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    assert install.fingerprint() == before
    (tmp_path / "package-lock.json").write_text("{}")
    assert install.fingerprint() != before
