"""What make install installs, and what it says where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import debian, environment


def test_without_apt_it_names_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    failure = debian.install(["postgresql-postgis", "python3-pip-whl"])
    assert failure.startswith("Install postgresql-postgis and python3-pip-whl. ")


def test_a_database_elsewhere_needs_no_postgresql_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "postgis_is_there", lambda: False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert debian.missing_packages(pip=True) == ["postgresql-postgis"]
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/city")
    assert debian.missing_packages(pip=True) == []


def test_pip_is_installed_without_an_upgrade_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "postgis_is_there", lambda: True)
    assert debian.missing_packages(pip=False) == ["python3-pip-whl"]


def test_curl_and_what_browsers_need_is_found_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert debian.missing_commands() == ["curl"]
    assert debian.BROWSER in debian.missing_for_browsers()
    for name in ("curl", debian.BROWSER):
        (tmp_path / name).touch(mode=0o755)
    assert debian.missing_commands() == []
    assert debian.BROWSER not in debian.missing_for_browsers()


def apt_get_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an apt-get, a sudo and a sed first that only write down how they were called."""
    calls = tmp_path / "calls"
    for name in ("apt-get", "sudo", "sed"):
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {calls}\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return calls


def test_the_package_of_postgresql_creates_no_cluster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = apt_get_of(tmp_path, monkeypatch)
    assert debian.install(["postgresql-postgis"]) == ""
    steps = calls.read_text().splitlines()
    [configured] = [n for n, step in enumerate(steps) if "create_main_cluster = false" in step]
    assert steps[configured - 1].endswith(" postgresql-common")
    assert steps[configured + 1].endswith(" postgresql-postgis")


def test_a_cluster_that_somebody_chose_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "createcluster.conf"
    command = [*debian.NO_SYSTEM_CLUSTER[:-1], str(file)]
    for before, after in (
        ("#create_main_cluster = true\n", "create_main_cluster = false\n"),
        ("create_main_cluster = true\n", "create_main_cluster = true\n"),
    ):
        file.write_text(before)
        subprocess.run(command, check=True)
        assert file.read_text() == after


def test_the_package_of_dovecot_starts_no_server(tmp_path: Path) -> None:
    """Its scripts ask the policy, which is there as long as they run."""
    policy, units = tmp_path / "policy-rc.d", tmp_path / "units"
    script = debian.WITHOUT_SERVICES.replace("/usr/sbin/policy-rc.d", str(policy))
    script = script.replace("/etc/systemd/system", str(units)).replace("/lib/systemd", "/none")
    units.mkdir()
    for code in (0, 3):
        command = f"{policy} start; test $? = 101 && exit {code}"
        done = subprocess.run(
            ["sh", "-c", script, "sh", "sh", "-c", command],
            env={**os.environ, "UNITS": debian.UNITS["dovecot-imapd"]},
            check=False,
        )
        assert done.returncode == code
        assert not policy.exists()
    masked = {one.name: str(one.readlink()) for one in units.iterdir()}
    assert masked == dict.fromkeys(("dovecot.service", "dovecot.socket"), "/dev/null")
    policy.write_text("of somebody else")
    subprocess.run(["sh", "-c", script, "sh", "true"], check=True)
    assert policy.read_text() == "of somebody else"


def test_dovecot_is_installed_by_that_script(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[list[str]] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        steps.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(debian, "IMAP_SERVER", "/none")
    monkeypatch.setattr(subprocess, "run", run)
    assert debian.install(debian.missing_for_mail()) == ""
    assert debian.WITHOUT_SERVICES in steps[-1]
    assert steps[-1][-1] == "dovecot-imapd"
    assert "UNITS=dovecot.service dovecot.socket" in steps[-1]
    assert debian.install(["nginx"]) == ""
    assert "UNITS=nginx.service" in steps[-1]


def test_an_old_python_is_refused_in_one_sentence() -> None:
    program = "import sys; sys.version_info = (3, 9, 2); from local import install; install.main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=environment.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Python 3.11 or newer is needed")
    assert done.stderr.count("\n") == 1


def test_a_second_install_does_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    stamp = environment.STAMP
    if not stamp.exists() or stamp.read_text() != environment.fingerprint():
        pytest.skip("these tests do not run in the .venv that make install made")
    environment.install_environment()
    assert capfd.readouterr().out == ""


def test_a_lock_file_that_changed_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = environment.fingerprint()
    for name in environment.INPUTS:
        shutil.copy(environment.ROOT / name, tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    assert environment.fingerprint() == before
    (tmp_path / "package-lock.json").write_text("{}")
    assert environment.fingerprint() != before


def test_a_security_update_of_python_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = environment.fingerprint()
    monkeypatch.setattr(sys, "version", f"{sys.version} (patched)")
    assert environment.fingerprint() == before


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder in which installing only makes empty environments."""
    for name in environment.INPUTS:
        shutil.copy(environment.ROOT / name, tmp_path)
    monkeypatch.setattr(environment, "ROOT", tmp_path)
    monkeypatch.setattr(environment, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(environment, "VENVS", tmp_path / ".venvs")
    monkeypatch.setattr(environment, "STAMP", tmp_path / ".venv/installed")
    monkeypatch.setattr(environment, "_install_python_packages", Path.mkdir)
    monkeypatch.setattr(environment, "_install_assets", lambda _python: None)
    monkeypatch.setattr(environment.assets, "are_there", lambda: True)
    return tmp_path


def install_version(folder: Path, number: int) -> Path:
    """Install what a changed setup.cfg names, and return the folder it went to."""
    (folder / "setup.cfg").write_text(f"# version {number}\n")
    environment.install_environment()
    return (folder / ".venv").resolve()


def test_a_running_server_keeps_its_packages(folders: Path) -> None:
    first = install_version(folders, 1)
    with environment.in_use(first):
        others = [install_version(folders, number) for number in (2, 3, 4)]
        assert first.exists()
        assert not others[0].exists()  # the one before the last stays, and none older
        assert all(folder.exists() for folder in others[1:])
    last = install_version(folders, 5)
    assert not first.exists()
    assert (folders / ".venv").readlink() == last.relative_to(folders)


def test_a_folder_of_an_older_version_is_put_aside(folders: Path) -> None:
    (folders / ".venv/bin").mkdir(parents=True)
    assert install_version(folders, 1).parent == folders / ".venvs"
    assert (folders / ".venvs/before/bin").exists()
