"""A bare Debian in a folder: the minimal system of debootstrap with Git, Make, and Python."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("git", "make", "python3")
USER = "maria"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CACHE = Path("/var/cache/open311-bare-machine")
CERTIFICATES = ("etc/ssl/certs/ca-certificates.crt", "usr/local/share/ca-certificates")
CONFIGURATION = ("etc/resolv.conf", "etc/hosts", "etc/pip.conf", *CERTIFICATES)
"""Settings of this machine for the package indexes, copied to the bare system."""

VARIABLES = (
    *("http_proxy", "https_proxy", "no_proxy", "PIP_INDEX_URL", "PIP_CERT", "PIP_DEFAULT_TIMEOUT"),
    *("NPM_CONFIG_REGISTRY", "NODE_EXTRA_CA_CERTS"),
)


@dataclass(frozen=True)
class BareRoot:
    """A system in a folder, with one account that runs the commands of the README."""

    folder: Path
    account: str
    settings: Mapping[str, str]

    @property
    def home(self) -> Path:
        return Path("/root" if self.account == "root" else f"/home/{self.account}")

    @property
    def checkout(self) -> Path:
        return self.home / "open311"

    def start(
        self, command: str, *, stdin: int | None = subprocess.DEVNULL
    ) -> "subprocess.Popen[str]":
        """Start a shell command in the checkout; its output and errors share one stream."""
        environment = {"HOME": str(self.home), "PATH": PATH, "LANG": "C.UTF-8", **self.settings}
        shell = f"cd {self.checkout} && {command}"
        return subprocess.Popen(
            [
                *("chroot", f"--userspec={self.account}:{self.account}", str(self.folder)),
                *("env", "-i", *(f"{name}={value}" for name, value in environment.items())),
                *("sh", "-c", shell),
            ],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def mount(self) -> None:
        """Mount the kernel file systems that a running system has and a plain folder lacks."""
        for kind, place in (("proc", "proc"), ("sysfs", "sys")):
            _run("mount", "-t", kind, kind, str(self.folder / place))
        _run("mount", "--rbind", "/dev", str(self.folder / "dev"))
        _run("mount", "-t", "tmpfs", "tmpfs", str(self.folder / "dev/shm"))


def build(
    folder: Path, suite: str, account: str, project: Path, settings: Mapping[str, str]
) -> BareRoot:
    """Build the system in a new folder, with a clone of the project's last commit."""
    if not shutil.which("debootstrap"):
        _run("apt-get", "-qq", "update")
        _run("apt-get", "-qq", "-y", "install", "debootstrap")
    folder.chmod(0o755)  # the accounts of the system need access
    CACHE.mkdir(parents=True, exist_ok=True)
    sources = _sources(suite)
    packages = PACKAGES if account == "root" else (*PACKAGES, "sudo")
    _run(
        *("debootstrap", "--variant=minbase", f"--include={','.join(packages)}"),
        *(f"--cache-dir={CACHE}", suite, str(folder), *(line.split()[1] for line in sources[:1])),
    )
    if sources:
        (folder / "etc/apt/sources.list").write_text("".join(f"{line}\n" for line in sources))
    for name in CONFIGURATION:
        _copy(Path("/", name), folder / name)
    given = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    root = BareRoot(folder, account, {**given, **settings})
    if account != "root":
        _run("chroot", str(folder), "useradd", "-m", "-s", "/bin/bash", account)
        sudoers = folder / "etc/sudoers.d" / account
        sudoers.write_text(f"{account} ALL=(ALL) NOPASSWD: ALL\n")
        sudoers.chmod(0o440)
    checkout = folder / root.checkout.relative_to("/")
    _run("git", "clone", "--quiet", "--no-hardlinks", str(project), str(checkout))
    _run("chroot", str(folder), "chown", "-R", f"{account}:{account}", str(root.home))
    return root


def _sources(suite: str) -> list[str]:
    """List this machine's Debian package sources, changed to another suite."""
    wanted = "$(REPO_URI) $(RELEASE) $(COMPONENT)"
    listed = _run("apt-get", "indextargets", "--format", wanted, "Created-By: Packages")
    codename = _codename()
    lines = [line.split() for line in listed.splitlines()]
    return [
        f"deb {address} {release.replace(codename, suite)} {component}"
        for address, release, component in lines
        if release.startswith(codename)
    ]


def _codename() -> str:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=", 1) for line in lines if "=" in line)
    return named.get("VERSION_CODENAME", "").strip('"')


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    elif source.exists():
        target.unlink(missing_ok=True)
        shutil.copyfile(source, target)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}".strip())
    return done.stdout
