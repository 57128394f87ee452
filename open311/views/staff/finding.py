"""The list and the map of service requests: all that is asked for stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.coordinates import Box
from geo.cql2 import parse_filter
from open311.errors import InvalidParameters
from open311.parameters import parse, sent_values
from open311.queries.boundaries import list_choices
from open311.queries.departments import list_departments
from open311.queries.jurisdictions import JurisdictionInfo, get_service_area_box
from open311.queries.ogc.counts import count_by
from open311.queries.ogc.features import Features, Wanted, list_features
from open311.queries.ogc.sources import ALWAYS, REQUESTS, Source, get_source, list_layers
from open311.queries.services import list_services
from open311.views.staff.filters import filter_of
from open311.views.staff.pages import city, page, staff_pages
from schemas.cursors import Cursor, encode
from schemas.staff import FindSchema

blueprint = staff_pages("staff_finding", "/staff")

PAGE_SIZE = 50
SHOWN = [
    *("service_request_id", "token", "status", "detailed_status", "service_name", "address"),
    *("agency_responsible", "requested_datetime", "expected_datetime", "overdue"),
    *("near_border", "waits_for", "description"),
]


@dataclass(frozen=True)
class Found:
    """What the list shows, and the filter that it, the map and files go by."""

    features: Features
    filter: dict[str, Any] | None
    following: str | None
    counts: Sequence[tuple[str | None, int]]


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def home() -> Response:
    """Lead to the list."""
    return redirect(url_for("staff_finding.index"))


@blueprint.get("/requests")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show filters, map and list."""
    jurisdiction, asked, source = _asked()
    found = _find(asked, source)
    layers = list_layers(jurisdiction.jurisdiction_id)
    return page(
        "find.html",
        jurisdiction,
        asked=asked,
        found=found,
        services=list_services(jurisdiction.jurisdiction_id),
        departments=[
            (name, name) for _code, name in list_departments(jurisdiction.jurisdiction_id)
        ],
        boundaries=list_choices(jurisdiction.jurisdiction_id, jurisdiction.today()),
        export=_export(found, asked),
        map=_map(jurisdiction, found, [layer.code for layer in layers]),
    )


@blueprint.get("/requests/list")
@login_required  # type: ignore[untyped-decorator]
def listed() -> str:
    """Show the list alone, for a map that has moved."""
    jurisdiction, asked, source = _asked()
    found = _find(asked, source)
    return page("list.html", jurisdiction, asked=asked, found=found, export=_export(found, asked))


def _asked() -> tuple[JurisdictionInfo, dict[str, Any], Source]:
    jurisdiction = city()
    asked = parse(FindSchema(jurisdiction.zone), sent_values())
    if asked["after"] is not None and asked["after"].sort != "-requested_datetime":
        raise InvalidParameters("after is of another list: begin anew.")
    return jurisdiction, asked, get_source(jurisdiction, REQUESTS, ALWAYS, staff=True)


def _find(asked: Mapping[str, Any], source: Source) -> Found:
    condition = filter_of(asked, source.properties)
    after = asked["after"]
    wanted = Wanted(
        area=_box(asked["bbox"]),
        filter=parse_filter(orjson.dumps(condition).decode(), "cql2-json") if condition else None,
        names=SHOWN,
        limit=PAGE_SIZE,
        after=None if after is None else (after.key, after.pk),
    )
    features = list_features(source, wanted)
    following = None
    if features.next is not None:
        following = _address(after=encode(Cursor(source.sort, *features.next)))
    return Found(features, condition, following, count_by(source, wanted, "service_name"))


def _box(corners: tuple[float, float, float, float] | None) -> Any:
    if corners is None:
        return None
    minlong, minlat, maxlong, maxlat = corners
    if minlat > maxlat or max(abs(minlat), abs(maxlat)) > 90:
        raise InvalidParameters("bbox must be degrees: minlong,minlat,maxlong,maxlat.")
    if max(abs(minlong), abs(maxlong)) > 180:  # a map that shows the world more than once
        minlong, maxlong = -180, 180
    return Box(minlong=minlong, minlat=minlat, maxlong=maxlong, maxlat=maxlat).area


def _address(**more: str) -> str:
    kept = {name: value for name, value in request.args.items() if name not in more and value}
    return f"{url_for('staff_finding.index')}?{urlencode({**kept, **more})}"


def _export(found: Found, asked: Mapping[str, Any]) -> str:
    """Give the address of a file of just this, less its format."""
    query = {"filter": orjson.dumps(found.filter).decode()} if found.filter else {}
    if asked["bbox"] is not None:
        query["bbox"] = ",".join(map(str, asked["bbox"]))
    export = url_for("ogc_exports.export", collection=REQUESTS)
    return f"{export}?{urlencode(query)}&" if query else f"{export}?"


def _map(jurisdiction: JurisdictionInfo, found: Found, layers: Sequence[str]) -> dict[str, str]:
    """Give what the map is told: where to begin, what to draw, and by which filter."""
    return {
        "bounds": ",".join(map(str, get_service_area_box(jurisdiction.jurisdiction_id) or ())),
        "filter": orjson.dumps(found.filter).decode() if found.filter else "",
        "layers": " ".join(layers),
    }
