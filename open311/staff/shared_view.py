"""What a read-only link shows to anyone who has it: list, map, and files with public data only."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from flask import Blueprint, Response, make_response, render_template, url_for

from geo.search.drawn_areas import to_geojson
from open311.errors import InvalidParameters, NotFound
from open311.messages.search import FORMAT_UNKNOWN
from open311.operations.view_links import USE_IS_NOTED, note_use
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.ogc.features import Wanted
from open311.queries.search.orders import ORDERS, Order
from open311.queries.search.view_links import ViewLinkInfo, get_view_link
from open311.staff.asked import shape_of
from open311.staff.list_columns import pick_columns
from open311.staff.pages import check_form, shown_in, words
from open311.web.base_map import base_map
from open311.web.freshness import snapshot
from open311.web.page_policy import protect_secret
from open311.web.page_problems import page_problems
from open311.web.parameters import first, parse, public_address, sent_values
from open311.web.public_lists import numbered, public_source, read_public
from open311.web.request_sheets import PUBLIC_COLUMNS, sheet_file
from open311.web.search_words import search_words
from open311.web.staff_criteria import Asked, criteria_of
from schemas.search.cursors import Cursor, encode
from schemas.search.staff_find import FindSchema
from schemas.vocabulary.file_formats import SPREADSHEETS
from schemas.vocabulary.list_columns import FOR_EVERYONE

blueprint = Blueprint("shared_views", __name__, url_prefix="/view")
blueprint.before_request(check_form)
blueprint.after_request(protect_secret)
blueprint.context_processor(words)

ROWS = 200


@dataclass(frozen=True)
class Reading:
    """What a link leads to: its city, and the search as everyone may know it."""

    link: ViewLinkInfo
    known: City
    scope: Scope
    asked: Asked
    wanted: Wanted
    outline: str
    in_area: bool

    @property
    def order(self) -> Order:
        """The order of the list."""
        return ORDERS[self.asked["sort"]]


def _read(secret: str) -> Reading:
    """Return what a link leads to, and note that it is used; raises NotFound."""
    link, area = get_view_link(secret)
    known = snapshot().cities[link.jurisdiction_id]
    scope = known.scope.at(public_address())
    sent = {**parse_qs(link.query), "after": sent_values().get("after", [])}
    asked = parse(FindSchema(scope.zone), sent)
    shape = area or shape_of(asked)
    after = asked["after"]
    now = datetime.now(UTC)
    if link.used_at is None or link.used_at <= now - USE_IS_NOTED:
        note_use(link.id)
    return Reading(
        link=link,
        known=known,
        scope=scope,
        asked=asked,
        wanted=Wanted(
            criteria=criteria_of(asked, shape, "", scope, lambda: now),
            limit=ROWS,
            after=None if after is None else (after.key, after.pk),
        ),
        outline="" if shape is None else to_geojson(shape),
        in_area=area is not None,
    )


@blueprint.get("/<secret>")
def show(secret: str) -> str:
    """Show one page of the list, with a map of its rows."""
    reading = _read(secret)
    asked, known = reading.asked, reading.known
    found = read_public(reading.scope, known.layers, reading.order, reading.wanted)
    columns = pick_columns(known, asked["columns"])
    return render_template(
        "staff/shared.html",
        **shown_in(reading.scope),
        base_map=lambda: base_map(known.base_map, url_for("site_files.base_map_archive")),
        link=reading.link,
        secret=secret,
        words=search_words(known, asked, in_area=reading.in_area),
        rows=numbered(found),
        total=found.total,
        is_first=reading.wanted.after is None,
        following=found.next and encode(Cursor(reading.order.name, *found.next)),
        columns=[one for one in columns if one.layer or one.code in FOR_EVERYONE],
        density=asked["density"],
        outline=reading.outline,
        layers=known.layers,
        formats=SPREADSHEETS,
    )


@blueprint.get("/<secret>/file")
def file(secret: str) -> Response:
    """Return a spreadsheet of all results, in the format f."""
    name = first(sent_values(), "f") or SPREADSHEETS[0].code
    format = next((one for one in SPREADSHEETS if one.code == name), None)
    if format is None:
        raise InvalidParameters(
            FORMAT_UNKNOWN, field="f", choices=[one.code for one in SPREADSHEETS]
        )
    reading = _read(secret)
    layers = reading.known.layers
    source = public_source(reading.scope, layers, reading.order)
    place = reading.scope, layers
    return sheet_file(source, reading.wanted, format, PUBLIC_COLUMNS, place)


@blueprint.errorhandler(NotFound)
def tell(error: NotFound) -> tuple[Response, int]:
    """Show that a link does not exist or has ended; both look the same."""
    return make_response(
        render_template("staff/shared_gone.html", problems=page_problems(error.problems))
    ), 404
