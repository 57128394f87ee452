"""FILE of commands on boundaries: a path, or an address from which the boundaries are read."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from flask import current_app

from open311.database import end_reads
from open311.map_source.download import download
from open311.map_source.server import MapServer

MOST_BYTES = 500_000_000
MOST_SECONDS = 1800
WAITS = (1, 5, 20)
"""Seconds before each further attempt of one answer."""


@dataclass(frozen=True)
class BoundarySource:
    """A file to read, with what is stored about its origin. address is None for a local file."""

    path: Path
    source: str
    license: str = ""
    address: str | None = None

    def described(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Return options with the address, and the source and license if none names them."""
        own = {"source": self.source, "license": self.license}
        filled = {name: options[name] or own[name] for name in own}
        return {**options, **filled, "source_url": self.address}


@contextmanager
def opened_source(file: str) -> Iterator[BoundarySource]:
    """Yield a local file as it is, or one with all boundaries of an address."""
    if "://" not in file:
        yield BoundarySource(Path(file), Path(file).name)
        return
    server = MapServer(
        private_hosts=current_app.config["OPEN311_BOUNDARY_PRIVATE"],
        most_bytes=MOST_BYTES,
        seconds=MOST_SECONDS,
        waits=WAITS,
    )
    end_reads()  # a server takes longer than a transaction may pause
    with TemporaryDirectory(prefix="open311-download-") as folder:
        found = download(server, file, Path(folder), _tell)
        licensed = f", under {found.license}" if found.license else ""
        click.echo(f"Read from {found.address}{licensed}.")
        yield BoundarySource(found.path, found.source, found.license, found.address)


def _tell(page: int, features: int, expected: int | None) -> None:
    of = "" if expected is None else f" of {expected:,}"
    click.echo(f"Page {page}: {features:,}{of} features.", err=True)
