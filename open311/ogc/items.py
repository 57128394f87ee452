"""Features of a collection: lists, searches, and single features (OGC 17-069r4, 7.15, 7.16)."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response

from geo.crs import ReferenceSystem
from open311.errors import NotFound
from open311.messages.search import NO_NEXT_PAGE
from open311.ogc.answers import address, answer, keep_apart, link, with_query
from open311.ogc.asked import period_of, read_items, search_values, system_named, wanted_of
from open311.queries.ogc.features import Features, get_feature, list_features
from open311.queries.ogc.sources import FeatureSource, get_source
from open311.queries.search.counts import Total
from open311.queries.search.criteria import Period
from open311.web.formats import GEOJSON
from open311.web.freshness import fresh
from open311.web.parameters import chosen_city, chosen_jurisdiction, parse, sent_values
from open311.web.replica import from_replica
from open311.web.staff_auth import find_staff
from schemas.search.cursors import Cursor, encode
from schemas.search.ogc import FeatureSchema

_EVER = Period(datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC))
"""Boundaries of any version can be read by their number."""

_FEATURE = FeatureSchema()  # kept: making one takes longer than using it

blueprint = Blueprint("ogc_items", __name__, url_prefix="/ogc/collections")

blueprint.after_request(keep_apart)

Values = dict[str, list[str]]


@blueprint.get("/<collection>/items")
@fresh
@from_replica
def index(collection: str) -> Response:
    """Return one page of features, with a link to the next page."""
    values = sent_values()
    source, found, system = _find(collection, values)
    here = address("collections", collection, "items")
    links = [link("self", with_query(here, values) if values else here, "", GEOJSON)]
    if found.next:
        links.append(
            link("next", with_query(here, values, after=_after(source, found)), "", GEOJSON)
        )
    return _answer(collection, found, links, system)


@blueprint.post("/<collection>/search")
@fresh
@from_replica
def search(collection: str) -> Response:
    """Return features for a form or JSON body, for areas that are too large for a URL."""
    values = search_values()
    source, found, system = _find(collection, values)
    here = address("collections", collection, "search")
    links = []
    if found.next:
        sent = {name: several for name, several in values.items() if name != "api_key"}
        body: dict[str, Any] = {
            name: several[0] if len(several) == 1 else several for name, several in sent.items()
        }
        body["after"] = _after(source, found)
        links.append({**link("next", here, "", GEOJSON), "method": "POST", "body": body})
    return _answer(collection, found, links, system)


@blueprint.get("/<collection>/items/<path:feature_id>")
@fresh
@from_replica
def show(collection: str, feature_id: str) -> Response:
    values = sent_values()
    asked = parse(_FEATURE, values)
    jurisdiction, city = chosen_jurisdiction(values), chosen_city(values)
    staff = find_staff(jurisdiction, values) is not None
    system = system_named(asked["crs"], "crs")
    source = get_source(jurisdiction, collection, _EVER, staff=staff, layers=city.layers)
    feature = get_feature(source, feature_id, system, city.version)
    here = address("collections", collection)
    links = [
        link("self", address("collections", collection, "items", feature_id), "", GEOJSON),
        link("collection", here),
    ]
    return _of_system(answer({**feature, "links": links}, GEOJSON), system)


def _find(collection: str, values: Values) -> tuple[FeatureSource, Features, ReferenceSystem]:
    asked = read_items(values)
    jurisdiction = chosen_jurisdiction(values)
    staff = find_staff(jurisdiction, values) is not None
    source = get_source(
        jurisdiction, collection, period_of(asked), staff=staff, layers=chosen_city(values).layers
    )
    wanted = wanted_of(asked, source, values)
    found = list_features(source, wanted, version=chosen_city(values).version)
    return source, found, wanted.system


def _after(source: FeatureSource, found: Features) -> str:
    if found.next is None:
        raise NotFound(NO_NEXT_PAGE)
    return encode(Cursor(source.order.name, *found.next))


def _answer(
    collection: str, found: Features, links: list[dict[str, Any]], system: ReferenceSystem
) -> Response:
    matched = {} if found.total is None else _matched(found.total)
    document = {
        "type": "FeatureCollection",
        "features": found.features,
        "links": [*links, link("collection", address("collections", collection))],
        **matched,
        "numberReturned": len(found.features),
        "timeStamp": datetime.now(UTC),
    }
    return _of_system(answer(document, GEOJSON), system)


def _matched(total: Total) -> dict[str, Any]:
    relation = "eq" if total.exact else "gte"
    return {"numberMatched": total.number, "numberMatchedRelation": relation}


def _of_system(response: Response, system: ReferenceSystem) -> Response:
    """Add the header that names the coordinate reference system (part 2, 6.3)."""
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return response
