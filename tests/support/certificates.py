"""Certificates of an authority that only the tests trust, for servers on loopback."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class Certificate:
    """The certificate of a host name, as PEM files: its chain, and its key."""

    chain: Path
    key: Path

    def for_server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.chain, self.key)
        return context


class Authority:
    """An authority in a folder; root is the PEM file by which clients trust it."""

    def __init__(self, folder: Path) -> None:
        self._authority, self._folder = trustme.CA(), folder
        self.root = folder / "root.pem"
        self._authority.cert_pem.write_to_path(self.root)

    def certificate(self, host: str) -> Certificate:
        made = self._authority.issue_cert(host)
        found = Certificate(self._folder / f"{host}.pem", self._folder / f"{host}.key")
        for number, blob in enumerate(made.cert_chain_pems):
            blob.write_to_path(found.chain, append=number > 0)
        made.private_key_pem.write_to_path(found.key)
        return found
