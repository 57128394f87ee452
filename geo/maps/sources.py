"""Safe access to boundary files: identified by content, unpacked within limits."""

import lzma
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from geo.errors import InvalidBoundaryFile
from geo.maps.downloads import check_complete

MOST_BYTES = 500_000_000
"""Bytes of an unpacked archive."""

MOST_FILES = 1000

_CHUNK = 1 << 20

_SHAPEFILE = b"\x00\x00\x27\x0a"

_SQLITE = b"SQLite format 3\x00"

_ALONE = (".geojson", ".json", ".gpkg", ".kml")

_READABLE = (".shp", *_ALONE)
"""In an archive, where a Shapefile has all its parts."""

_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")

_UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    UnicodeError,
)
"""What damaged archives raise, by the compression and the names of the entries."""

_WORDS_OF_FEATURES = (b'"features"', b'"Feature"', b'"coordinates"', b'"Topology"')

ACCEPTED = (*_ALONE, ".zip")
"""Suffixes of the files that a page offers to upload."""


@contextmanager
def opened(path: Path, wanted: str | None = None) -> Iterator[tuple[Path, bool]]:
    """Yield the path of a file that GDAL may open: of a known kind, and unpacked.

    wanted names one of several files in an archive; the second value tells whether it did. Raises
    InvalidBoundaryFile for other kinds of files, for incomplete downloads, and for archives that
    exceed the limits.
    """
    if not path.is_file():
        raise InvalidBoundaryFile("file.missing", field="file", file=str(path))
    if not zipfile.is_zipfile(path):
        _check_kind(path, path.name)
        yield path, False
        return
    with TemporaryDirectory(prefix="open311-boundaries-") as folder:
        found = _unpack(path, Path(folder))
        inside = _choose(path, Path(folder), found, wanted)
        _check_kind(inside, f"{inside.name} in {path.name}")
        yield inside, len(found) > 1


def _check_kind(path: Path, name: str) -> None:
    """Check by its content that a file is of a kind that can contain boundaries.

    GDAL supports formats that only refer to other files or servers. These are rejected.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((_SHAPEFILE, _SQLITE)):
        return
    if text.startswith(b"{"):
        check_complete(path, name)
        return
    if text.startswith(b"<") and b"<kml" in head:
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise InvalidBoundaryFile("file.entities", field="file", file=name)
        return
    raise InvalidBoundaryFile("file.no_boundaries", field="file", file=name)


def _unpack(path: Path, folder: Path) -> list[Path]:
    """Unpack an archive, and list the files in it that may contain boundaries."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(path, entries)
            left = MOST_BYTES
            for entry in filter(_is_content, entries):
                left -= _extract(archive, entry, folder, left, path)
    except _UNREADABLE as error:
        # The whole text of an OSError contains a path of the server.
        reason = getattr(error, "strerror", None) or str(error) or "it ends too early"
        raise InvalidBoundaryFile(
            "archive.unreadable", field="file", file=path.name, error=reason
        ) from None
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in _READABLE)
    return [_with_its_parts(file) for file in found if _has_features(file)]


def _is_content(entry: zipfile.ZipInfo) -> bool:
    """Return whether an entry has a name, and is not one that macOS adds about each file."""
    parts = PurePosixPath(entry.filename.replace("\\", "/")).parts
    return bool(parts) and "__MACOSX" not in parts and not parts[-1].startswith("._")


def _has_features(file: Path) -> bool:
    """Return whether a file is not JSON of another kind, such as metadata."""
    if file.suffix.lower() not in (".json", ".geojson"):
        return True
    content = file.read_bytes()
    return any(word in content for word in _WORDS_OF_FEATURES)


def _with_its_parts(file: Path) -> Path:
    """Name the parts of a Shapefile alike, which may differ in case, and return its .shp file.

    Parts named like another Shapefile, whose name differs in case only, are those of that one.
    """
    if file.suffix.lower() != ".shp":
        return file
    there = sorted(file.parent.iterdir())
    others = {one.stem for one in there if one.suffix.lower() == ".shp"} - {file.stem}
    for part in there:
        is_mine = part.stem.lower() == file.stem.lower() and part.stem not in others
        if is_mine and part.suffix.lower() in _PARTS:
            part.rename(part.with_name(f"{file.stem}{part.suffix.lower()}"))
    return file.with_suffix(".shp")


def _choose(path: Path, folder: Path, found: list[Path], wanted: str | None) -> Path:
    if not found:
        raise InvalidBoundaryFile("file.no_boundaries", field="file", file=path.name)
    if len(found) == 1:
        return found[0]
    unique = len({file.name for file in found}) == len(found)
    names = [file.name if unique else str(file.relative_to(folder)) for file in found]
    for file, name in zip(found, names, strict=True):
        if wanted is not None and wanted in (name, name.removesuffix(file.suffix)):
            return file
    raise InvalidBoundaryFile(
        "archive.several_files", field="file_layer", file=path.name, found=names
    )


def _check_entries(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST_FILES:
        raise InvalidBoundaryFile(
            "archive.too_many_files", field="file", file=path.name, limit=MOST_FILES
        )
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise InvalidBoundaryFile(
            "archive.too_large", field="file", file=path.name, limit=MOST_BYTES // 1_000_000
        )
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if name.is_absolute() or ".." in name.parts or ":" in entry.filename or is_link:
            raise InvalidBoundaryFile(
                "archive.unsafe_path", field="file", file=path.name, entry=entry.filename
            )
        if entry.flag_bits & 0x1:
            raise InvalidBoundaryFile("archive.encrypted", field="file", file=path.name)


def _extract(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, most: int, path: Path
) -> int:
    """Unpack one file and return its real size; the size in the archive may be false."""
    target = folder / entry.filename.replace("\\", "/")
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(entry) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise InvalidBoundaryFile(
                    "archive.too_large", field="file", file=path.name, limit=MOST_BYTES // 1_000_000
                )
            file.write(chunk)
    return size
