"""A mailbox of Dovecot on loopback, as Debian 12 (2.3) and Debian 13 (2.4) have it."""

import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from certificates import Certificate
from servers import PATIENCE, free_port, wait_until

from local.debian import IMAP_SERVER

USER, PASSWORD = "311@gridtown.example", "p@ss/word:1"
PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
UNPRIVILEGED = "dovecot"
"""The account of Debian's package, which runs the server if the tests run as root."""

COMMON = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
{encryption}
auth_failure_delay = 0
default_internal_user = {account}
default_internal_group = {group}
default_login_user = {account}
first_valid_uid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {encrypted_port}
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""

OF_2_3 = """
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={account} gid={group} home={folder}
}}
"""

OF_2_4 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {folder}/mail
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {account}
    gid = {group}
    home = {folder}
  }}
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """The mailbox of the city."""

    port: int
    encrypted_port: int
    log_file: Path

    def log(self) -> str:
        return self.log_file.read_text()

    @property
    def setting(self) -> str:
        user, password = quote(USER, safe=""), quote(PASSWORD, safe="")
        return f"imap://{user}:{password}@127.0.0.1:{self.port}"

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """A connection of a user's mail program."""
        with imaplib.IMAP4("127.0.0.1", self.port) as client:
            client.login(USER, PASSWORD)
            yield client

    def put(self, mail: bytes) -> None:
        """Deliver a mail."""
        with self.opened() as client:
            answer, told = client.append("INBOX", "", "", mail)
            assert answer == "OK", told

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """Return the mails in a folder; none if there is no such folder."""
        with self.opened() as client:
            if client.select(f'"{folder}"')[0] != "OK":
                return []
            _ok, [numbers] = client.search(None, "ALL")
            return [self._mail(client, number.decode()) for number in numbers.split()]

    def _mail(self, client: imaplib.IMAP4, number: str) -> bytes:
        _ok, found = client.fetch(number, "(BODY.PEEK[])")
        [part, *_rest] = found
        assert isinstance(part, tuple)
        return part[1]

    def flags(self) -> list[bytes]:
        """Return the flags of each mail in the inbox."""
        with self.opened() as client:
            client.select("INBOX")
            _ok, [numbers] = client.search(None, "ALL")
            found = [client.fetch(number.decode(), "(FLAGS)")[1][0] for number in numbers.split()]
            return [one for one in found if isinstance(one, bytes)]

    def clear(self) -> None:
        """Delete all mails in all folders."""
        with self.opened() as client:
            for folder in ("INBOX", '"Open311 done"', '"Open311 needs review"'):
                answer, [number] = client.select(folder)
                if answer == "OK" and int(number or b"0"):
                    client.store("1:*", "+FLAGS", r"(\Deleted)")
                    client.expunge()


@contextmanager
def running_mailbox(certificate: Certificate | None = None) -> Iterator[Mailbox]:
    """Run Dovecot on a free port, as an ordinary user; skip the tests that need it without it.

    With a certificate, it has STARTTLS, and another port for encrypted connections.
    """
    if PROGRAM is None or not Path(IMAP_SERVER).exists():
        pytest.skip("no dovecot-imapd is installed here")
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="dovecot."))
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam(UNPRIVILEGED) if is_root else pwd.getpwuid(os.geteuid())
    if is_root:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    file = folder / "dovecot.conf"
    encrypted_port = free_port() if certificate else 0
    ports = {"port": port, "encrypted_port": encrypted_port}
    encryption = _encryption(folder, certificate)
    file.write_text(_configuration(owner, encryption, {"folder": folder, **ports}))
    file.chmod(0o644)
    as_user = [f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    prefix = ["setpriv", "--pdeathsig", "TERM", *(as_user if is_root else ())]
    log = (folder / "output").open("wb")
    process = subprocess.Popen(
        [*prefix, PROGRAM, "-F", "-c", str(file)], stdout=log, stderr=log, cwd=folder
    )
    try:
        wait_until(lambda: _answers(port) or process.poll() is not None)
        assert process.poll() is None, (folder / "output").read_text()
        yield Mailbox(port, encrypted_port, folder / "log")
    finally:
        process.terminate()
        process.wait(PATIENCE)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


def _encryption(folder: Path, certificate: Certificate | None) -> str:
    """Return the settings of encryption, with copies of the files that the server reads as root."""
    if certificate is None:
        return "ssl = no"
    chain, key = (shutil.copy(one, folder) for one in (certificate.chain, certificate.key))
    names = ("ssl_cert = <", "ssl_key = <")
    if not _is_old():
        names = ("ssl_server_cert_file = ", "ssl_server_key_file = ")
    return f"ssl = yes\n{names[0]}{chain}\n{names[1]}{key}"


def _configuration(owner: pwd.struct_passwd, encryption: str, values: Mapping[str, Any]) -> str:
    group = subprocess.run(
        ["id", "-gn", str(owner.pw_uid)], capture_output=True, text=True, check=True
    ).stdout.strip()
    # The version of the settings has to be their first line.
    parts = (COMMON, OF_2_3) if _is_old() else (OF_2_4, COMMON)
    return (
        "".join(parts)
        .lstrip()
        .format(
            account=owner.pw_name,
            group=group,
            password=PASSWORD,
            encryption=encryption,
            **values,
        )
    )


def _is_old() -> bool:
    """Return whether the settings are those of Dovecot 2.3."""
    assert PROGRAM is not None
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    return version.stdout.startswith("2.3")


def _answers(port: int) -> bool:
    try:
        with imaplib.IMAP4("127.0.0.1", port) as client:
            client.login(USER, PASSWORD)
            return True
    except (OSError, imaplib.IMAP4.error):
        return False
