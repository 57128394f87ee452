"""The character encoding of the texts in a Shapefile: declared, or detected in their bytes."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from geo.encodings import UTF_8, WESTERN, detect_encoding, may_be
from geo.errors import InvalidBoundaryFile

_DRIVERS = {
    WESTERN: (0x03, 0x58, 0x59),
    "cp437": (0x01,),
    "cp850": (0x02,),
    "cp852": (0x64,),
    "cp865": (0x66,),
    "cp866": (0x65,),
    "cp874": (0x50, 0x7C),
    "cp932": (0x13, 0x7B),
    "gbk": (0x4D, 0x7A),
    "cp949": (0x4E, 0x79),
    "cp950": (0x4F, 0x78),
    "cp1250": (0xC8,),
    "cp1251": (0xC9,),
    "cp1253": (0xCB,),
    "cp1254": (0xCA,),
    "cp1255": (0x7D,),
    "cp1256": (0x7E,),
    "cp1257": (0xCC,),
}
"""Encodings by the language drivers (LDID) of dBASE and ESRI, byte 29 of a .dbf file.

Most programs write 0x57 ("ANSI") whatever the text is, so that it declares nothing.
"""

_BY_DRIVER = {driver: name for name, drivers in _DRIVERS.items() for driver in drivers}

_NOT_OF_FILES = ("idna", "punycode", "utf-7", "unicode-escape", "raw-unicode-escape")
"""Text encodings of Python by which other texts are written in ASCII."""


@dataclass(frozen=True)
class Encoding:
    """A character encoding by its Python name; how it is known: given, cpg, dbf, or detected.

    contradicted is what a .cpg file declares, if the bytes show that it is wrong.
    """

    name: str
    origin: str
    contradicted: str = ""


def encoding_named(name: str) -> str:
    """Return the Python name of an encoding; raises InvalidBoundaryFile if there is none."""
    found = _known(name)
    if found is None:
        raise InvalidBoundaryFile("file.unknown_encoding", field="encoding", encoding=name)
    return found


def _known(name: str) -> str | None:
    """Return the Python name of an encoding as .cpg files write it, such as 88591 or ANSI 1252."""
    plain = name.strip().lower().removeprefix("ansi ").removeprefix("oem ")
    number = re.fullmatch(r"(?:8859[-_ ]?(\d{1,2}))|(?:cp|windows[-_]?)?(\d{3,5})", plain)
    if plain in ("65001", "cp65001"):
        plain = UTF_8
    elif number is not None:
        plain = f"iso8859-{number[1]}" if number[1] else f"cp{number[2]}"
    try:
        b"A".decode(plain)
    except (LookupError, ValueError):
        return None
    found = codecs.lookup(plain).name
    return None if found.replace("_", "-") in _NOT_OF_FILES else found


def find_encoding(shapefile: Path, texts: Iterable[bytes]) -> Encoding:
    """Return the encoding of a Shapefile with these texts.

    A .cpg file declares it, or else the header of the .dbf file, unless the bytes contradict.
    """
    odd = sorted(text for text in texts if not text.isascii())
    cpg = _of_cpg(shapefile)
    if cpg is not None and may_be(cpg, odd):
        return Encoding(cpg, "cpg")
    contradicted = cpg or ""
    driver = _of_dbf(shapefile)
    if driver is not None and may_be(driver, odd):
        return Encoding(driver, "dbf", contradicted)
    detected = detect_encoding(odd)
    if detected is None:
        raise InvalidBoundaryFile("file.unclear_encoding", field="encoding")
    return Encoding(detected, "detected", contradicted)


def _of_cpg(shapefile: Path) -> str | None:
    content = _beside(shapefile, ".cpg")
    return None if content is None else _known(content.decode("ascii", "replace"))


def _of_dbf(shapefile: Path) -> str | None:
    content = _beside(shapefile, ".dbf")
    return None if content is None or len(content) < 32 else _BY_DRIVER.get(content[29])


def _beside(shapefile: Path, suffix: str) -> bytes | None:
    """Return the first bytes of the part of a Shapefile with a suffix in any case."""
    for part in sorted(shapefile.parent.iterdir()):
        if part.stem == shapefile.stem and part.suffix.lower() == suffix:
            with part.open("rb") as file:
                return file.read(64)
    return None
