"""PMTiles archives: those that maps can show, and those that are damaged."""

import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType
from shapely import MultiPolygon, box
from tile_archives import red_tile, write_archive

from geo.errors import InvalidFile
from geo.maps.tile_archives import TileArchive, read_archive

CITY = box(-82.7, 39.6, -82.5, 39.8)


def read(content: bytes) -> TileArchive:
    return read_archive(BytesIO(content), len(content))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("archive") / "a.pmtiles"
    return write_archive(path, red_tile(), TileType.PNG, (-82.6, 39, -82, 40)).read_bytes()


def test_what_it_contains_is_read(archive: bytes, tmp_path: Path) -> None:
    found = read(archive)
    assert (found.is_vector, found.min_zoom, found.max_zoom) == (False, 0, 0)
    assert found.bounds == pytest.approx((-82.6, 39, -82, 40))
    assert found.share_of(CITY) == pytest.approx(0.5)
    assert found.share_of(box(0, 0, 1, 1)) == 0
    packed = write_archive(tmp_path / "b", b"x", TileType.MVT, compression=Compression.GZIP)
    vector = read(packed.read_bytes())
    assert vector.is_vector
    assert vector.share_of(MultiPolygon([CITY])) == 1


def with_number(content: bytes, offset: int, form: str, number: int) -> bytes:
    octets = bytearray(content)
    struct.pack_into(form, octets, offset, number)
    return bytes(octets)


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "base_map.not_pmtiles": lambda content: b"<html>" + content,
    "base_map.version": lambda content: with_number(content, 7, "<B", 2),
    "base_map.cut_off": lambda content: content[:-1],
    "base_map.tile_type": lambda content: with_number(content, 99, "<B", 0),
    "base_map.compression": lambda content: with_number(content, 98, "<B", 3),
    "base_map.damaged": lambda content: content[:127] + b"\0\0" + content[129:],
    "base_map.bounds": lambda content: with_number(content, 102, "<i", 0),
}


@pytest.mark.parametrize("key", DAMAGES)
def test_damage_is_named(archive: bytes, key: str) -> None:
    with pytest.raises(InvalidFile) as caught:
        read(DAMAGES[key](archive))
    assert caught.value.key == key


def test_an_archive_that_is_too_short_is_none() -> None:
    for content in (b"", b"PMTiles", b"PMTiles\3"):
        with pytest.raises(InvalidFile) as caught:
            read(content)
        assert caught.value.key == "base_map.not_pmtiles"


@given(st.integers(8, 400), st.binary(min_size=1, max_size=8))
def test_no_octets_raise_another_error(archive: bytes, place: int, octets: bytes) -> None:
    content = archive[:place] + octets + archive[place + len(octets) :]
    try:
        found = read(content)
    except InvalidFile:
        return
    west, south, east, north = found.bounds
    assert west < east
    assert south < north
