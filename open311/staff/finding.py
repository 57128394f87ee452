"""List and map of service requests. The URL holds all filters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Response, request, url_for
from flask_login import login_required

from geo.search.drawn_areas import to_geojson
from open311.errors import NotFound
from open311.messages.search import TILE_UNKNOWN
from open311.queries.city import City
from open311.queries.maps.layers import REQUESTS
from open311.queries.ogc.features import Features, list_features
from open311.queries.ogc.tiles import RINGS, Tile, make_tile
from open311.queries.search.staff_counts import Counts, count_by_status_and_service
from open311.queries.search.staff_form import FormChoices, read_form_choices
from open311.roles import WORKS_ON
from open311.staff.asked import FormSearch, Search, read_form_search, read_search
from open311.staff.list_columns import OWN, list_look
from open311.staff.pages import city_snapshot, page, staff_pages, user
from open311.staff.request_files import get_format, search_file
from open311.staff.results import written
from open311.staff.wording import channel_name, priority_name
from open311.web.address_search import addresses_url
from open311.web.base_map import aerial_photos
from open311.web.formats import MVT
from open311.web.parameters import sent_values
from schemas.search.cursors import STAFF_SORTS, Cursor, encode
from schemas.search.staff_find import USUAL_WIDTHS
from schemas.vocabulary.file_formats import STAFF_FORMATS
from schemas.vocabulary.intake import INTAKE_CHANNELS
from schemas.vocabulary.priorities import PRIORITIES
from schemas.vocabulary.statuses import DETAILED_STATUSES
from schemas.vocabulary.units import METERS_PER_UNIT

blueprint = staff_pages("staff_finding", "/staff")

SHOWN = [
    *("service_request_id", "token", "status", "detailed_status", "service_name", "address"),
    *("agency_responsible", "submitted_datetime", "expected_datetime", "overdue", "waits"),
    *("near_border", "waits_for", "assigned_to", "duplicate_of", "description", "change_number"),
    *("held_since", "priority", "tags"),
]

ON_MAP = ["status", "service_name", "overdue", "age_days"]
"""Properties in the tiles of the map: for its colors and labels."""

UNSEEN = (
    *("service_request_id", "detailed_status", "assigned_to", "updated_since", "updated_until"),
    *("news_since", "news_of", "closed_since", "closed_until", "due_since", "due_until"),
    *("promise", "work"),
    *OWN,
)
"""Parameters without a form field, which the form keeps."""

NO_FILTERS = (*("sort", "color", "units", "within", "bbox", "after", "at", "hide"), *OWN)
"""Parameters that say how the list is shown, or that belong to another one."""

SEEN_BY_MAP = ("bbox", "after", "at")
"""Parameters that the map and scrolling set."""


@dataclass(frozen=True)
class Found:
    """Content of the list: features, the URL of the next page, and the total counts.

    counts are None for a page that is added to a list, which has them. outside is the number of
    requests that the search finds outside the extent of the map; None if it finds some there, but
    more than are counted.
    """

    features: Features
    following: str | None
    counts: Counts | None
    outside: int | None


@blueprint.get("/requests")
@login_required  # type: ignore[untyped-decorator]
def index() -> str | tuple[str, int]:
    asked = read_form_search(sent_values(), SHOWN)
    return (_page(asked), 400) if asked.problems else _page(asked)


def _page(asked: FormSearch) -> str:
    """Return the page; without the list if a filter is wrong."""
    search, known, choices = asked.search, city_snapshot(), read_form_choices(user())
    units, services = search.jurisdiction.units, known.listed_services
    boundaries = known.choices(search.jurisdiction.today())
    bounds = _bounds(search, known)
    typed = {name: sent[0] for name, sent in asked.wrong.items()}
    return page(
        "find.html",
        search.jurisdiction,
        asked.problems,
        **({} if asked.problems else _listed(search, known, choices, bounds)),
        asked=_with_wrong_lists(asked),
        chosen_area=typed.get("area") or str(search.asked["area"] or ""),
        typed=typed,
        departments=known.departments,
        services=services,
        groups=[(group, group) for group in _groups(services)],
        area_choices=[(str(one.id), one.name) for one in choices.areas],
        places=_places,
        in_units=_in_units,
        boundaries=boundaries,
        boundary_values=[
            f"{layer.code}:{code}" for layer in boundaries for code, _name in layer.boundaries
        ],
        unseen=_unseen(asked),
        active_filters=len({name for name, _value in _sent(*NO_FILTERS)}),
        **_labels(choices),
        sorts=STAFF_SORTS,
        views=choices.views,
        areas=choices.areas,
        layers=known.layers,
        map={"bounds": bounds, "query": _encoded(*SEEN_BY_MAP)},
        meters_per_unit=METERS_PER_UNIT[units],
        usual_width=f"{USUAL_WIDTHS[units]:g}",
        addresses_url=addresses_url(search.jurisdiction),
        aerial=aerial_photos(known.base_map),
    )


def _groups(services: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of the groups of services in their order."""
    return [group for group in dict.fromkeys(one["group"] for one in services) if group]


def _with_wrong_lists(asked: FormSearch) -> dict[str, Any]:
    """Return the values of a search, with lists as they were sent where they cannot be used."""
    values = asked.search.asked
    lists = {name for name, value in values.items() if isinstance(value, list)}
    return {**values, **{name: asked.wrong[name] for name in lists & asked.wrong.keys()}}


def _labels(choices: FormChoices) -> dict[str, Any]:
    """Return the choices of filters by channel, priority, and tag."""
    return {
        "channels": [(one, channel_name(one)) for one in INTAKE_CHANNELS],
        "priorities": [(one, priority_name(one)) for one in PRIORITIES],
        "tags": [(one, one) for one in choices.tags],
    }


def _unseen(asked: FormSearch) -> list[tuple[str, str]]:
    """List the filters without a field that can be used, by name."""
    names = [name for name in UNSEEN if name not in asked.wrong]
    return [(name, one) for name in names for one in request.args.getlist(name) if one]


@blueprint.get("/requests/list")
@login_required  # type: ignore[untyped-decorator]
def listed() -> str:
    """Show only the list, after the map has moved or for the next page."""
    search, known = read_search(sent_values(), SHOWN), city_snapshot()
    values = _listed(search, known, read_form_choices(user()), _bounds(search, known))
    return page("list.html", search.jurisdiction, departments=known.departments, **values)


@blueprint.get("/requests/tiles/<int:zoom>/<int:row>/<int:column>")
@login_required  # type: ignore[untyped-decorator]
def tile(zoom: int, row: int, column: int) -> Response:
    """Return a vector tile, filtered like the list."""
    place = Tile(zoom, row, column)
    if not place.exists:
        raise NotFound(TILE_UNKNOWN, tile=f"{zoom}/{row}/{column}")
    search = read_search(sent_values(), ON_MAP)
    made = make_tile(search.source, REQUESTS, search.wanted, place, clustering=RINGS)
    return Response(made, 200 if made else 204, content_type=MVT)


@blueprint.get("/requests/export")
@login_required  # type: ignore[untyped-decorator]
def export() -> Response | tuple[str, int]:
    """Return a file of the requests in the list."""
    values = sent_values()
    format = get_format(values)
    asked = read_form_search(values)
    if asked.problems:
        return _page(asked), 400
    return search_file(asked.search, format, values)


def _listed(search: Search, known: City, choices: FormChoices, bounds: str) -> dict[str, Any]:
    """Return the values for list.html."""
    look = list_look(known, search.asked)
    more = [name for one in look["columns"] for name in one.properties]
    wanted = replace(search.wanted, names=list(dict.fromkeys([*SHOWN, *more])))
    features = list_features(search.source, wanted, counted=False)
    following = None
    if features.next is not None:
        following = _address(
            "index", after=encode(Cursor(search.source.order.name, *features.next))
        )
    # The script puts the rows of all pages on one.
    is_added = request.endpoint == "staff_finding.listed"
    is_counted = not (is_added and search.wanted.after)
    counts, outside = _counts(search, known) if is_counted else (None, 0)
    works = bool(WORKS_ON[user().role])
    return {
        "found": Found(features, following, counts, outside),
        "everywhere": _address("index", bbox=None, at=None, after=None),
        "export": _address("export", after=None),
        "outline": "" if search.drawn is None else to_geojson(search.drawn),
        "bounds": bounds,
        "query": _query(),
        "search": written(_sent(*(("after",) if is_added else ()))),
        "with_status": lambda status: _address("index", after=None, status=status),
        "sorted": lambda sort: _address("index", after=None, sort=sort),
        **look,
        "people": _people(choices) if works else [],
        "statuses": DETAILED_STATUSES,
        "file_formats": STAFF_FORMATS,
        "works": works,
    }


def _counts(search: Search, known: City) -> tuple[Counts, int | None]:
    """Return the counts of a search, and Found.outside."""
    criteria, services = search.wanted.criteria, known.service_names
    counts = count_by_status_and_service(search.jurisdiction, criteria, services)
    if criteria.box is None or not counts.exact:
        return counts, 0
    everywhere = replace(criteria, box=None)
    found = count_by_status_and_service(search.jurisdiction, everywhere, services)
    return counts, max(0, found.total - counts.total) if found.exact else None


def _bounds(search: Search, known: City) -> str:
    """Return west, south, east, and north of the selected area, or else of the service area.

    In degrees (WGS 84). Empty if there is no service area.
    """
    return ",".join(map(str, _corners(search, known)))


def _corners(search: Search, known: City) -> Sequence[float]:
    if search.drawn is not None:
        return search.drawn.bounds
    today, boundaries = search.jurisdiction.today(), search.wanted.criteria.boundaries
    boxes = [known.find_box(one.layer, one.code, today) for one in boundaries]
    corners = [box for box in boxes if box is not None]
    if corners:
        west, south, east, north = zip(*corners, strict=True)
        return min(west), min(south), max(east), max(north)
    return () if known.service_area is None else known.service_area.bounds


def _query() -> str:
    """Return the query of the current URL without its cursor."""
    return _encoded("after")


def _places(pairs: Sequence[Sequence[float]] | None) -> str:
    """Return points as a parameter of the URL."""
    return ";".join(",".join(f"{number:.10g}" for number in pair) for pair in pairs or ())


def _in_units(meters: float, units: str) -> str:
    """Return a distance as a person types it: in meters, or in feet in units us."""
    return f"{round(meters / METERS_PER_UNIT[units], 2):.10g}"


def _people(choices: FormChoices) -> Sequence[str]:
    """List the names of users to whom the current user may assign requests."""
    mine = user()
    return [
        one.name
        for one in choices.colleagues
        if WORKS_ON[one.role]
        and (mine.department_id is None or one.department_id in (None, mine.department_id))
    ]


def _address(endpoint: str, **more: str | None) -> str:
    """Return the URL of the list with the current filters, some of them changed or removed."""
    changed = [(name, value) for name, value in more.items() if value]
    query = "&".join(part for part in (_encoded(*more), urlencode(changed)) if part)
    return f"{url_for(f'staff_finding.{endpoint}')}?{query}"


def _encoded(*without: str) -> str:
    """Return the query of the current URL without empty values and some parameters."""
    return urlencode(_sent(*without))


def _sent(*without: str) -> list[tuple[str, str]]:
    """List the parameters of the current URL that are not empty, without some of them."""
    sent = request.args.items(multi=True)
    return [(name, value) for name, value in sent if value and name not in without]
