"""Vector tiles of the collections, and their tile matrix set (OGC 20-057)."""

from typing import Any

from flask import Blueprint, Response

from open311.errors import NotFound
from open311.messages.search import TILE_MATRIX_SET_UNKNOWN, TILE_UNKNOWN
from open311.ogc.answers import address, answer, keep_apart, link
from open311.ogc.asked import period_of, wanted_of, with_filter_lang
from open311.queries.ogc.sources import get_source
from open311.queries.ogc.tiles import DEEPEST_ZOOM, DOTS, RINGS, Tile, make_tile
from open311.queries.search.criteria import ALWAYS
from open311.web.formats import MVT
from open311.web.freshness import fresh
from open311.web.parameters import chosen_city, chosen_jurisdiction, parse, sent_values
from open311.web.replica import from_replica
from open311.web.staff_auth import find_staff
from schemas.search.ogc import CommonSchema, TileSchema

blueprint = Blueprint("ogc_tiles", __name__, url_prefix="/ogc")

blueprint.after_request(keep_apart)

QUAD = "WebMercatorQuad"

QUAD_URI = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{QUAD}"

_MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"

_EDGE = 20_037_508.342789244

_SCALE = 559_082_264.0287178  # scale denominator of zoom 0, with pixels of 0.28 mm

ON_MAPS = ["status", "service_code", "service_name", "agency_responsible", "overdue", "near_border"]
"""Default properties of a service request in a tile; each one adds bytes."""

CLUSTERING = {"small": DOTS, "large": RINGS}

_TILE = TileSchema()  # kept: making one takes longer than using it


@blueprint.get("/collections/<collection>/tiles")
def tilesets(collection: str) -> Response:
    """Return the only tile set of a collection."""
    _check(collection)
    here = address("collections", collection, "tiles")
    return answer({"links": [link("self", here)], "tilesets": [_tileset(collection)]})


@blueprint.get("/collections/<collection>/tiles/<tile_matrix_set>")
def tileset(collection: str, tile_matrix_set: str) -> Response:
    _check(collection)
    _check_quad(tile_matrix_set)
    return answer(_tileset(collection))


@blueprint.get(
    "/collections/<collection>/tiles/<tile_matrix_set>/<int:zoom>/<int:row>/<int:column>"
)
@fresh
@from_replica
def tile(collection: str, tile_matrix_set: str, zoom: int, row: int, column: int) -> Response:
    """Return a tile, with the filters of a list."""
    _check_quad(tile_matrix_set)
    values = sent_values()
    asked = parse(_TILE, with_filter_lang(values))
    jurisdiction = chosen_jurisdiction(values)
    staff = find_staff(jurisdiction, values) is not None
    source = get_source(
        jurisdiction, collection, period_of(asked), staff=staff, layers=chosen_city(values).layers
    )
    place = Tile(zoom, row, column)
    if not place.exists:
        raise NotFound(TILE_UNKNOWN, tile=f"{zoom}/{row}/{column}")
    if asked["properties"] is None:
        asked["properties"] = [name for name in ON_MAPS if name in source.properties] or None
    wanted = wanted_of(asked, source, {name: values[name] for name in values if name != "groups"})
    version, clustering = chosen_city(values).version, CLUSTERING[asked["groups"]]
    made = make_tile(source, collection, wanted, place, version, clustering)
    return Response(made, 200 if made else 204, content_type=MVT)


@blueprint.get("/tileMatrixSets")
def matrix_sets() -> Response:
    parse(CommonSchema(), sent_values())
    here = link("self", address("tileMatrixSets", QUAD))
    return answer({"tileMatrixSets": [{"id": QUAD, "uri": QUAD_URI, "links": [here]}]})


@blueprint.get("/tileMatrixSets/<tile_matrix_set>")
def matrix_set(tile_matrix_set: str) -> Response:
    """Return the tile matrix set, with the scale of each zoom level."""
    _check_quad(tile_matrix_set)
    return answer(
        {
            "id": QUAD,
            "title": "Google Maps Compatible for the World",
            "uri": QUAD_URI,
            "crs": _MERCATOR,
            "orderedAxes": ["X", "Y"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
            "tileMatrices": [_matrix(zoom) for zoom in range(DEEPEST_ZOOM + 1)],
        }
    )


def _check(collection: str) -> None:
    values = sent_values()
    parse(CommonSchema(), values)
    get_source(chosen_jurisdiction(values), collection, ALWAYS, staff=False)


def _check_quad(tile_matrix_set: str) -> None:
    if tile_matrix_set != QUAD:
        raise NotFound(TILE_MATRIX_SET_UNKNOWN, name=tile_matrix_set, known=QUAD)


def _tileset(collection: str) -> dict[str, Any]:
    here = address("collections", collection, "tiles", QUAD)
    template = {
        **link("item", here + "/{tileMatrix}/{tileRow}/{tileCol}", "", MVT),
        "templated": True,
    }
    return {
        "title": collection,
        "dataType": "vector",
        "crs": _MERCATOR,
        "tileMatrixSetURI": QUAD_URI,
        "links": [
            link("self", here),
            template,
            link(
                "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme",
                address("tileMatrixSets", QUAD),
            ),
        ],
        "layers": [{"id": collection, "dataType": "vector"}],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    side = 1 << zoom
    return {
        "id": str(zoom),
        "scaleDenominator": _SCALE / side,
        "cellSize": 2 * _EDGE / 256 / side,
        "pointOfOrigin": [-_EDGE, _EDGE],
        "tileWidth": 256,
        "tileHeight": 256,
        "matrixWidth": side,
        "matrixHeight": side,
    }
