"""List and map of service requests. The URL holds all filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_login import login_required

from geo.search.drawn_areas import to_geojson
from open311.errors import InvalidParameters, NotFound
from open311.messages.search import FORMAT_UNKNOWN, TILE_UNKNOWN
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import Scope, get_service_area_box
from open311.queries.maps.layers import REQUESTS, find_box, list_choices, list_layers
from open311.queries.ogc.features import Features, list_features
from open311.queries.ogc.tiles import Tile, make_tile
from open311.queries.people.users import list_users
from open311.queries.search.counts import Counts, count_by_status_and_service
from open311.queries.search.saved import list_areas, list_views
from open311.roles import WORKS_ON
from open311.staff.asked import FormSearch, Search, read_form_search, read_search
from open311.staff.pages import page, staff_pages, user
from open311.web.exports import file_of, maps_of, notes_of
from open311.web.formats import MVT
from open311.web.parameters import sent_values
from schemas.search.cursors import STAFF_SORTS, Cursor, encode
from schemas.search.staff_find import USUAL_WIDTHS
from schemas.vocabulary.file_formats import FILE_FORMAT_OF, FILE_FORMATS
from schemas.vocabulary.statuses import DETAILED_STATUSES
from schemas.vocabulary.units import METERS_PER_UNIT

blueprint = staff_pages("staff_finding", "/staff")

SHOWN = [
    *("service_request_id", "token", "status", "detailed_status", "service_name", "address"),
    *("agency_responsible", "submitted_datetime", "expected_datetime", "overdue", "waits"),
    *("near_border", "waits_for", "assigned_to", "duplicate_of", "description", "change_number"),
]

ON_MAP = ["status", "service_name", "overdue", "age_days"]
"""Properties in the tiles of the map: for its colors and labels."""

UNSEEN = (
    *("service_request_id", "detailed_status", "assigned_to", "updated_since", "updated_until"),
)
"""Filters without a form field, which the form keeps."""

SEEN_BY_MAP = ("bbox", "after", "at")
"""Parameters that the map and scrolling set."""


@dataclass(frozen=True)
class Found:
    """Content of the list: features, the URL of the next page, and the total counts."""

    features: Features
    following: str | None
    counts: Counts


@blueprint.get("/requests")
@login_required  # type: ignore[untyped-decorator]
def index() -> str | tuple[str, int]:
    asked = read_form_search(sent_values(), SHOWN)
    return (_page(asked), 400) if asked.problems else _page(asked)


def _page(asked: FormSearch) -> str:
    """Return the page; without the list if a filter is wrong."""
    search = asked.search
    id_, units = search.jurisdiction.jurisdiction_id, search.jurisdiction.units
    services, areas = list_services(id_), list_areas(user())
    boundaries = list_choices(id_, search.jurisdiction.today())
    typed = {name: sent[0] for name, sent in asked.wrong.items()}
    lists = {name for name, value in search.asked.items() if isinstance(value, list)}
    return page(
        "find.html",
        search.jurisdiction,
        asked.problems,
        **({} if asked.problems else _listed(search)),
        asked={**search.asked, **{name: asked.wrong[name] for name in lists & asked.wrong.keys()}},
        chosen_area=typed.get("area") or str(search.asked["area"] or ""),
        typed=typed,
        departments=list_departments(id_),
        services=services,
        groups=[(group, group) for group in sorted({one["group"] for one in services} - {""})],
        area_choices=[(str(one.id), one.name) for one in areas],
        places=_places,
        in_units=_in_units,
        boundaries=boundaries,
        boundary_values=[
            f"{layer.code}:{code}" for layer in boundaries for code, _name in layer.boundaries
        ],
        unseen=_unseen(asked),
        sorts=STAFF_SORTS,
        views=list_views(user()),
        areas=areas,
        layers=list_layers(id_),
        map=_map(search),
        meters_per_unit=METERS_PER_UNIT[units],
        usual_width=f"{USUAL_WIDTHS[units]:g}",
    )


def _unseen(asked: FormSearch) -> list[tuple[str, str]]:
    """List the filters without a field that can be used, by name."""
    names = [name for name in UNSEEN if name not in asked.wrong]
    return [(name, one) for name in names for one in request.args.getlist(name) if one]


@blueprint.get("/requests/list")
@login_required  # type: ignore[untyped-decorator]
def listed() -> str:
    """Show only the list, after the map has moved or for the next page."""
    search = read_search(sent_values(), SHOWN)
    departments = list_departments(search.jurisdiction.jurisdiction_id)
    return page("list.html", search.jurisdiction, departments=departments, **_listed(search))


@blueprint.get("/requests/tiles/<int:zoom>/<int:row>/<int:column>")
@login_required  # type: ignore[untyped-decorator]
def tile(zoom: int, row: int, column: int) -> Response:
    """Return a vector tile, filtered like the list."""
    place = Tile(zoom, row, column)
    if not place.exists:
        raise NotFound(TILE_UNKNOWN, tile=f"{zoom}/{row}/{column}")
    search = read_search(sent_values(), ON_MAP)
    made = make_tile(search.source, REQUESTS, search.wanted, place)
    return Response(made, 200 if made else 204, content_type=MVT)


@blueprint.get("/requests/export")
@login_required  # type: ignore[untyped-decorator]
def export() -> Response | tuple[str, int]:
    """Return a file of the requests in the list."""
    values = sent_values()
    format_name = next(iter(values.get("f", [])), FILE_FORMATS[0].code)
    if format_name not in FILE_FORMAT_OF:
        raise InvalidParameters(FORMAT_UNKNOWN, field="f", choices=list(FILE_FORMAT_OF))
    asked = read_form_search(values)
    if asked.problems:
        return _page(asked), 400
    search = asked.search
    notes = notes_of(values, maps_of(search.jurisdiction, search.jurisdiction.today()))
    return file_of(REQUESTS, search.source, search.wanted, format_name, notes)


def _listed(search: Search) -> dict[str, Any]:
    """Return the values for list.html."""
    features = list_features(search.source, search.wanted, counted=False)
    following = None
    if features.next is not None:
        following = _address(
            "index", after=encode(Cursor(search.source.order.name, *features.next))
        )
    counts = count_by_status_and_service(search.jurisdiction, search.wanted.criteria)
    works = bool(WORKS_ON[user().role])
    return {
        "found": Found(features, following, counts),
        "export": _address("export", after=None),
        "outline": "" if search.drawn is None else to_geojson(search.drawn),
        "bounds": ",".join(map(str, _bounds(search))),
        "query": _query(),
        "with_status": lambda status: _address("index", after=None, status=status),
        "people": _people(search.jurisdiction) if works else [],
        "statuses": DETAILED_STATUSES,
        "file_formats": [one for one in FILE_FORMATS if one.on_pages],
        "works": works,
    }


def _bounds(search: Search) -> Sequence[float]:
    """Return west, south, east, and north of the selected area, or else of the service area.

    In degrees (WGS 84). Empty if there is no service area.
    """
    if search.drawn is not None:
        return search.drawn.bounds
    id_, today = search.jurisdiction.jurisdiction_id, search.jurisdiction.today()
    boundaries = search.wanted.criteria.boundaries
    boxes = [find_box(id_, one.layer, one.code, today) for one in boundaries]
    corners = [box for box in boxes if box is not None]
    if corners:
        west, south, east, north = zip(*corners, strict=True)
        return min(west), min(south), max(east), max(north)
    return get_service_area_box(id_) or ()


def _query() -> str:
    """Return the query of the current URL without its cursor."""
    return _encoded("after")


def _places(pairs: Sequence[Sequence[float]] | None) -> str:
    """Return points as a parameter of the URL."""
    return ";".join(",".join(f"{number:.10g}" for number in pair) for pair in pairs or ())


def _in_units(meters: float, units: str) -> str:
    """Return a distance as a person types it: in meters, or in feet in units us."""
    return f"{round(meters / METERS_PER_UNIT[units], 2):.10g}"


def _people(jurisdiction: Scope) -> Sequence[str]:
    """List the names of users to whom the current user may assign requests."""
    mine = user()
    return [
        one.name
        for one in list_users(jurisdiction.jurisdiction_id)
        if one.disabled_at is None
        and WORKS_ON[one.role]
        and (mine.department_id is None or one.department_id in (None, mine.department_id))
    ]


def _address(endpoint: str, **more: str | None) -> str:
    """Return the URL of the list with the current filters, some of them changed or removed."""
    changed = [(name, value) for name, value in more.items() if value]
    query = "&".join(part for part in (_encoded(*more), urlencode(changed)) if part)
    return f"{url_for(f'staff_finding.{endpoint}')}?{query}"


def _encoded(*without: str) -> str:
    """Return the query of the current URL without empty values and some parameters."""
    sent = request.args.items(multi=True)
    return urlencode([(name, value) for name, value in sent if value and name not in without])


def _map(search: Search) -> dict[str, str]:
    """Return the settings of the map: its initial extent and its filters."""
    return {"bounds": ",".join(map(str, _bounds(search))), "query": _encoded(*SEEN_BY_MAP)}
