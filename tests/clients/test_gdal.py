"""GDAL reads the list of service requests as a map layer, straight from its address."""

import pyogrio
import shapely
from georeport_client import KEYS, Api


def test_gdal_reads_the_list_as_points(server: str) -> None:
    api = Api(server, "json", KEYS["gridtown.example"])
    sent = api.report(description="Straße", lat="0.1234567", long="-0.7654321")
    unplaced = api.report(description="Somewhere", address_string="1 Long Street")
    address = f"{server}/open311/v2/requests.geojson?service_request_id={sent},{unplaced}"
    about, _, shapes, columns = pyogrio.raw.read(address)
    fields = dict(zip(about["fields"], columns, strict=True))
    places = dict(zip(fields["service_request_id"], shapes, strict=True))
    point = shapely.from_wkb(places[sent])
    assert about["crs"] == "EPSG:4326"
    assert (point.x, point.y) == (-0.7654321, 0.1234567)
    assert places[unplaced] is None
    assert "Straße" in fields["description"]
    assert about["ogr_types"][list(about["fields"]).index("requested_datetime")] == "OFTDateTime"
