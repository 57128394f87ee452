"""Run the README's commands on a bare Debian: sudo python3 -m local.bare_machine --help.

Runs under any Python 3 on Debian, as root, so it uses only the standard library. The system is
built in a separate folder, mount namespace, and process namespace. Nothing is left afterward.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from local.bare_root import USER, BareRoot, build

ROOT = Path(__file__).resolve().parent.parent
READY = "Ctrl-C stops everything."
INSIDE = "BARE_MACHINE_INSIDE"
CURL_SETTINGS = 'silent\nshow-error\nwrite-out = "\\n[HTTP %{http_code}]\\n"\n'


def main() -> int:
    """Test each account; return 1 at the first failure."""
    chosen = _arguments()
    if os.geteuid() != 0:
        sys.exit("debootstrap needs root: sudo python3 -m local.bare_machine")
    if INSIDE not in os.environ:
        unshare = ("unshare", "--mount", "--pid", "--fork", "--kill-child")
        command = [*unshare, sys.executable, "-m", "local.bare_machine", *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, INSIDE: "1"}, check=False).returncode
    for account in ("root", USER) if chosen.account == "both" else (chosen.account,):
        folder = Path(tempfile.mkdtemp(prefix="open311-bare-", dir=chosen.folder))
        try:
            _try(folder, account, chosen)
        except _Failed as error:
            print(f"FAILED as {account}: {error}")
            return 1
        finally:
            _remove(folder)
    print("All commands work.")
    return 0


class _Failed(Exception):
    """A command of the README that does not work as documented."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="local.bare_machine", description=__doc__.split("\n")[0])
    parser.add_argument("--suite", default="bookworm", help="Debian's code name, such as trixie")
    parser.add_argument("--account", choices=("both", "root", USER), default="both")
    parser.add_argument("--only", choices=("run", "test"), help="only make run, or only make test")
    parser.add_argument("--tests", default="", help="what make test gets as ARGS")
    parser.add_argument("--port", type=int, default=8311, help="where make run serves")
    parser.add_argument("--folder", default="/var/tmp", help="where the system is built")  # noqa: S108
    return parser.parse_args()


def _try(folder: Path, account: str, chosen: argparse.Namespace) -> None:
    print(f"== A bare {chosen.suite}, as {account} ==", flush=True)
    settings = {} if chosen.port == 8311 else {"OPEN311_BIND": f"127.0.0.1:{chosen.port}"}
    root = build(folder, chosen.suite, account, ROOT, settings)
    root.mount()
    print(_do(root, "cat /etc/debian_version; python3 --version").strip(), flush=True)
    if chosen.only != "test":
        _try_run(root, chosen.port)
    if chosen.only != "run":
        _show(root, f"make test ARGS='{chosen.tests}'" if chosen.tests else "make test")


def _try_run(root: BareRoot, port: int) -> None:
    (root.folder / root.home.relative_to("/") / ".curlrc").write_text(CURL_SETTINGS)
    server, lines = _make_run(root)
    [key] = [line.partition(": ")[2] for line in lines if line.startswith("API key: ")]
    for command in _readme_commands(key, port):
        told = _show(root, command)
        if re.search(r"\[HTTP (404|5..)\]", told):
            raise _Failed(f"{command} is answered with an error")
    [export] = [line for line in lines if line.startswith("export DATABASE_URL=")]
    _show(root, f"{export}; .venv/bin/open311 db current")
    _show(root, "echo 'open311 db current' | make shell")
    _show(root, "make run", status=2)  # make run is already active
    _show(root, "ls -A /etc/postgresql /var/lib/postgresql")
    _stop(root, server)
    again, _lines = _make_run(root)
    _stop(root, again)


def _make_run(root: BareRoot) -> tuple["subprocess.Popen[str]", list[str]]:
    print("$ make run", flush=True)
    began = time.monotonic()
    server = root.start("make run")
    lines = []
    assert server.stdout is not None  # noqa: S101 -- a pipe was asked for
    for line in server.stdout:
        print(line, end="", flush=True)
        lines.append(line.rstrip("\n"))
        if line.startswith(READY):
            print(f"(after {time.monotonic() - began:.0f} s)", flush=True)
            return server, lines
    raise _Failed("make run ended before it served")


def _stop(root: BareRoot, server: "subprocess.Popen[str]") -> None:
    """Send SIGINT to the whole process group, as a terminal does for Ctrl-C."""
    os.killpg(server.pid, signal.SIGINT)
    rest, _ = server.communicate(timeout=60)
    print(f"^C{rest}", flush=True)
    left = sorted(_running_programs(root) & {"postgres", "gunicorn"})
    if left:
        raise _Failed(f"Ctrl-C left {' and '.join(left)} running")


def _running_programs(root: BareRoot) -> set[str]:
    """Return the names of all live programs in the system."""
    names = set()
    for file in (root.folder / "proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            fields = dict(line.split(":\t", 1) for line in file.read_text().splitlines())
            if not fields["State"].startswith("Z"):
                names.add(fields["Name"])
    return names


def _readme_commands(key: str, port: int) -> list[str]:
    """List the curl commands of the README, with the key and the port inserted."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^    (curl (?:.*\\\n)*.*)$", text, re.MULTILINE)
    keyed = (re.sub(r"api_key=(…|YOUR_KEY)", f"api_key={key}", command) for command in found)
    return [command.replace("127.0.0.1:8311", f"127.0.0.1:{port}") for command in keyed]


def _show(root: BareRoot, command: str, status: int = 0) -> str:
    """Run a command, print it and its output live, and return the output."""
    print(f"$ {command}", flush=True)
    process = root.start(command)
    assert process.stdout is not None  # noqa: S101 -- a pipe was asked for
    told = ""
    for line in process.stdout:
        print(line, end="", flush=True)
        told += line
    if process.wait() != status:
        raise _Failed(f"{command} ended with {process.returncode}")
    return told


def _do(root: BareRoot, command: str) -> str:
    process = root.start(command)
    told, _ = process.communicate()
    if process.returncode != 0:
        raise _Failed(f"{command} ended with {process.returncode}:\n{told}")
    return told


def _remove(folder: Path) -> None:
    """Remove a folder after unmounting everything in it."""
    for place in ("dev/shm", "dev", "sys", "proc"):
        subprocess.run(
            ["umount", "-R", "-l", str(folder / place)], capture_output=True, check=False
        )
    mounted = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    if str(folder) not in mounted:
        shutil.rmtree(folder)


if __name__ == "__main__":
    raise SystemExit(main())
