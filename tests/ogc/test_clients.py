"""Clients that no one here wrote: GDAL's driver for OGC API Features, and OWSLib."""

import pyogrio
import pytest
from owslib.ogcapi.features import Features

from tests.ogc.conftest import Client


def test_gdal_reads_every_collection_as_a_layer(everyone: Client) -> None:
    address = f"OAPIF:{everyone.address}/ogc"
    layers = {name for name, _kind in pyogrio.list_layers(address)}
    assert layers == {"requests", "core", "ward"}
    meta, _, shapes, columns = pyogrio.raw.read(address, layer="requests")
    fields = dict(zip(meta["fields"], columns, strict=True))
    assert len(shapes) == everyone.items()["numberMatched"]
    assert "CRS84" in meta["crs"]
    assert fields["requested_datetime"].dtype.kind == "M"
    assert len(pyogrio.raw.read(address, layer="ward")[2]) == 2


def test_gdal_lets_the_server_filter(everyone: Client) -> None:
    address = f"OAPIF:{everyone.address}/ogc"
    meta, _, _, columns = pyogrio.raw.read(
        address, layer="requests", where="status = 'closed' AND ward = '10'"
    )
    fields = dict(zip(meta["fields"], columns, strict=True))
    assert list(fields["service_request_id"]) == ["26-0000002"]
    boxed = pyogrio.raw.read(address, layer="requests", bbox=(0.4, 0.4, 0.6, 0.6))
    assert len(boxed[2]) == 2


def test_gdal_walks_all_pages(everyone: Client) -> None:
    address = f"OAPIF:{everyone.address}/ogc"
    meta, _, _, columns = pyogrio.raw.read(address, layer="requests", PAGE_SIZE="2")
    fields = dict(zip(meta["fields"], columns, strict=True))
    assert list(fields["service_request_id"]) == everyone.ids()


@pytest.fixture(scope="module")
def owslib(everyone: Client) -> Features:
    return Features(f"{everyone.address}/ogc/")


def test_owslib_finds_its_way(owslib: Features) -> None:
    assert owslib.feature_collections() == ["requests", "core", "ward"]
    assert "status" in owslib.collection_queryables("requests")["properties"]
    found = owslib.collection_items("requests", bbox=[0.4, 0.4, 0.6, 0.6], limit=1)
    assert (found["numberMatched"], found["numberReturned"]) == (2, 1)
    one = owslib.collection_item("requests", "20-0000001")
    assert one["properties"]["status"] == "closed"
    filtered = owslib.collection_items("requests", filter="status = 'closed' AND ward = '2'")
    assert [feature["id"] for feature in filtered["features"]] == ["20-0000001"]
