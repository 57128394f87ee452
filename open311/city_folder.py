"""The folder in which a city is between two databases: a manifest, tables, and files.

    manifest.json    versions, counters, and the number of rows and the SHA-256 of each file
    tables/NAME      rows in the text format of PostgreSQL's COPY
    files/NAME       photos, thumbnails, logo, and base map, as the storage has them

It contains personal data and the hashes of passwords and keys: only its owner can read it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest, sha256
from io import BufferedReader
from pathlib import Path
from typing import IO, Any, Self

from open311.errors import InvalidParameters
from open311.messages.moved_city import FOLDER_DAMAGED, FOLDER_IN_USE, FOLDER_UNREADABLE

FORMAT = 1

_PIECE = 1_048_576  # bytes

_FILE_NAME = re.compile(r"[0-9a-f]{32}(-small)?\.(jpg|pmtiles)")


@dataclass(frozen=True)
class SavedTable:
    """The rows of a table: their columns, how many there are, and the digest of its file."""

    name: str
    columns: Sequence[str]
    rows: int
    sha256: str


@dataclass(frozen=True)
class CityManifest:
    """What a folder contains. files has the digest of each file by name.

    feed_epoch is that of the database that the city comes from.
    """

    format: int
    jurisdiction_id: str
    version: str
    revision: str
    at: str
    secret_key: str
    counters: Mapping[str, int]
    feed_epoch: str
    tables: Sequence[SavedTable]
    files: Mapping[str, str]

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Self:
        """Return the manifest of decoded JSON; raises TypeError, KeyError, or ValueError."""
        tables = [SavedTable(**table) for table in found["tables"]]
        made = cls(**{**found, "tables": tables})
        if made.format != FORMAT or not all(map(_FILE_NAME.fullmatch, made.files)):
            raise ValueError("another format")
        return made


class CityFolder:
    """A folder with a city, to write or to read."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def create(self) -> None:
        """Make the folder; raises InvalidParameters if it contains something."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if any(self._path.iterdir()):
                raise InvalidParameters(FOLDER_IN_USE, path=str(self._path))
            self._path.chmod(0o700)
            for name in ("tables", "files"):
                (self._path / name).mkdir()
        except OSError as error:
            raise self._unreadable(error.strerror) from None

    def write_table(
        self, name: str, columns: Sequence[str], pieces: Iterable[bytes | bytearray | memoryview]
    ) -> SavedTable:
        """Write the rows of a table, each of which ends with a line break."""
        digest, rows = sha256(), 0
        with (self._path / "tables" / name).open("wb") as file:
            for piece in pieces:
                digest.update(piece)
                rows += bytes(piece).count(b"\n")
                file.write(piece)
        return SavedTable(name, columns, rows, digest.hexdigest())

    def write_file(self, name: str, source: IO[bytes]) -> str:
        """Copy a file of the storage into the folder, and return its digest."""
        digest = sha256()
        with (self._path / "files" / name).open("wb") as file:
            while piece := source.read(_PIECE):
                digest.update(piece)
                file.write(piece)
        return digest.hexdigest()

    def write_manifest(self, manifest: CityManifest) -> None:
        """Write the manifest, which makes the folder complete."""
        draft = self._path / "manifest.draft"
        draft.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
        draft.replace(self._path / "manifest.json")

    def read_manifest(self) -> CityManifest:
        """Read the manifest; raises InvalidParameters if this is not such a folder."""
        try:
            content = (self._path / "manifest.json").read_text(encoding="utf-8")
            return CityManifest.of(json.loads(content))
        except OSError as error:
            raise self._unreadable(error.strerror) from None
        except (ValueError, TypeError, KeyError, AttributeError):
            raise self._unreadable("manifest.json is not a manifest of this version") from None

    def read_table(self, table: SavedTable) -> Iterator[bytes]:
        """Yield the rows of a table; raises InvalidParameters at the end if they are damaged."""
        digest = sha256()
        with self._open(f"tables/{table.name}") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                yield piece
        self._compare(f"tables/{table.name}", digest.hexdigest(), table.sha256)

    def open_file(self, name: str, expected: str) -> IO[bytes]:
        """Open a file of the storage; raises InvalidParameters if it is damaged."""
        file = self._open(f"files/{name}")
        self._compare(f"files/{name}", file_digest(file, "sha256").hexdigest(), expected)
        file.seek(0)
        return file

    def _open(self, name: str) -> BufferedReader:
        try:
            return (self._path / name).open("rb")
        except OSError as error:
            raise InvalidParameters(FOLDER_DAMAGED, name=name, why=error.strerror) from None

    def _compare(self, name: str, found: str, expected: str) -> None:
        if found != expected:
            why = "its SHA-256 is not that of the manifest"
            raise InvalidParameters(FOLDER_DAMAGED, name=name, why=why)

    def _unreadable(self, why: str | None) -> InvalidParameters:
        return InvalidParameters(FOLDER_UNREADABLE, path=str(self._path), why=why)
