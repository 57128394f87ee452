"""A separate PostgreSQL cluster, reachable only through a Unix socket."""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from local.postgresql import ACCOUNT, ClusterError, as_account, make_directory, programs, run

LONGEST_SOCKET_DIRECTORY = 90  # bytes; the kernel allows 107 for it and the socket's name
START_SECONDS = 120  # for a busy machine; a failed start is noticed immediately
MEMORY = "/dev/shm"  # noqa: S108 -- a directory of its own is made in it
ROOM = 4 << 30  # bytes; the tests use half of that

THROWAWAY = (
    *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=500"),
    "dynamic_shared_memory_type=mmap",  # inside the data directory
)
REMOVE = """
cat > /dev/null
for _ in $(seq 300); do
  pid=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null) && kill -0 "$pid" || break
  sleep 0.1
done
rm -rf -- "$1"
"""

# Personal data must not reach the log through a failing statement.
SETTINGS = (
    "listen_addresses=",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "unix_socket_permissions=0700",
    "timezone=UTC",
)


@dataclass(frozen=True)
class Cluster:
    """A running cluster."""

    sockets: Path

    def url(self, database: str) -> str:
        """Return the URL of a database in the cluster."""
        return f"postgresql://{ACCOUNT}@/{database}?host={quote(str(self.sockets))}"

    def create_database(self, database: str, template: str = "template1") -> str:
        """Create a database unless it exists, and return its URL."""
        name = ["-h", str(self.sockets), "-U", ACCOUNT]
        exists = f"SELECT 1 FROM pg_database WHERE datname = '{database}'"  # noqa: S608
        found = run("psql", *name, "-d", "template1", "-Atc", exists)
        if not found.strip():
            run("createdb", *name, "-T", template, database)
        return self.url(database)


@contextlib.contextmanager
def running_cluster(data: Path, *, settings: tuple[str, ...] = ()) -> Iterator[Cluster]:
    """Run the cluster in the directory data until the block ends; create it if it is missing.

    A killed cluster recovers by itself. The server always ends with this process, even if that is
    killed.
    """
    if not (data / "PG_VERSION").exists():
        _create(data)
    _wait_for_predecessor(data)
    sockets = _socket_directory(data)
    with _log_of(data).open("ab") as log:
        server = subprocess.Popen(
            [
                *as_account("--pdeathsig=INT"),
                *(str(programs() / "postgres"), "-D", str(data), "-k", str(sockets)),
                *(part for setting in SETTINGS + settings for part in ("-c", setting)),
            ],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal must reach gunicorn first
        )
    try:
        _wait_until_ready(server, sockets, data)
        yield Cluster(sockets)
    finally:
        server.send_signal(signal.SIGINT)  # fast shutdown
        server.wait()


def _wait_for_predecessor(data: Path) -> None:
    """Wait for a server to finish whose parent was just killed."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (data / "postmaster.pid").exists():
        process = (data / "postmaster.pid").read_text().partition("\n")[0]
        if not Path("/proc", process).exists():
            return  # it was killed as well; PostgreSQL recovers by itself
        time.sleep(0.05)


def _log_of(data: Path) -> Path:
    return data.with_name(f"{data.name}.log")


@contextlib.contextmanager
def throwaway_cluster(
    settings: tuple[str, ...] = (), parent: Path | None = None
) -> Iterator[Cluster]:
    """Run a new cluster in a temporary directory in parent, or else in memory if there is room.

    The directory is removed afterward, even if this process is killed.
    """
    folder = Path(tempfile.mkdtemp(prefix="open311-", dir=parent or _roomy_memory()))
    folder.chmod(0o755)  # the server's account needs access
    everything = (*THROWAWAY, *settings)
    with _removed_at_last(folder), running_cluster(folder / "data", settings=everything) as cluster:
        yield cluster


@contextlib.contextmanager
def _removed_at_last(folder: Path) -> Iterator[None]:
    """Remove a directory when the block ends, or when this process ends.

    A shell waits for the end of a pipe that only this process holds open. A server that is still
    shutting down keeps its postmaster.pid until it is done.
    """
    with subprocess.Popen(
        ["/bin/sh", "-c", REMOVE, "sh", str(folder)],
        cwd="/",
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in the terminal must not reach it
    ):
        yield


def _roomy_memory() -> str | None:
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free > ROOM else None
    except OSError:
        return None


def home_of_data(wanted: Path) -> Path:
    """Return the data directory: the requested one, or one that the account can reach.

    If root runs a checkout that only root can enter, the server's account has no access. The data
    is then stored under /var/lib, and wanted becomes a link to it.
    """
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or wanted.is_symlink() or _account_reaches(wanted.parent):
        return wanted.resolve()
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    home = Path("/var/lib/open311-local") / digest
    home.mkdir(parents=True, exist_ok=True)
    wanted.symlink_to(home / "data")
    print(f"The account {ACCOUNT} cannot enter {wanted.parent}. The data is in {home}.")
    return home / "data"


def _account_reaches(folder: Path) -> bool:
    test = subprocess.run([*as_account(), "test", "-x", str(folder)], cwd="/", check=False)
    return test.returncode == 0


def _create(data: Path) -> None:
    """Create a cluster in a temporary place and rename it, so that none is ever incomplete."""
    fresh = data.with_name(f"{data.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    make_directory(fresh)
    run(
        *(*as_account(), str(programs() / "initdb"), "-D", str(fresh)),
        *("-U", ACCOUNT, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
        *("--no-instructions",),
    )
    os.sync()
    fresh.rename(data)


def _socket_directory(data: Path) -> Path:
    """Return a directory for the socket: short enough for the kernel, and private."""
    folder = data.with_name(f"{data.name}-socket")
    if len(os.fsencode(folder)) > LONGEST_SOCKET_DIRECTORY:
        digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"open311-{digest}"
    make_directory(folder)
    return folder


def _wait_until_ready(server: subprocess.Popen[bytes], sockets: Path, data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    ready = [str(programs() / "pg_isready"), "-q", "-h", str(sockets), "-U", ACCOUNT]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            log = _log_of(data)
            last = log.read_text(errors="replace").strip().splitlines()[-1:]
            raise ClusterError(f"PostgreSQL did not start ({' '.join(last)}). Its log is {log}.")
        time.sleep(0.05)
