"""Boundary layers with their versions, and uploads of boundary files."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path, PureWindowsPath
from tempfile import TemporaryDirectory
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_login import login_required
from werkzeug.wrappers import Response

from geo.errors import GeoError, InvalidBoundaryFile
from geo.maps.boundaries import CleanBoundary, CleaningReport, clean_boundaries
from geo.maps.files import BoundaryFile, read_file
from geo.maps.lint import lint_codes
from geo.maps.sources import ACCEPTED
from geo.notices import Notice
from open311.database import LONGEST_ON_A_PAGE, end_reads, lift_time_limit
from open311.errors import InvalidParameters, Open311Error
from open311.map_source.download import download, file_name
from open311.map_source.found import Downloaded
from open311.map_source.server import MapServer
from open311.messages.map_source import FILE_OR_URL
from open311.messages.maps import CORRECT_OR_LEAVE_OUT, FILE_REQUIRED, NO_BOUNDARY_LEFT
from open311.messages.problem import Problem
from open311.operations.maps.kinds import set_overlapping
from open311.operations.maps.layers import delete_layer
from open311.operations.maps.sets import import_draft
from open311.queries.jurisdictions import Scope
from open311.queries.maps.comparison import compare
from open311.queries.maps.layers import check_new_layer, find_reach
from open311.queries.maps.sets import list_sets
from open311.staff.catalog import PageResponse, act
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.steps.values.boundary_sets import NewBoundarySet
from open311.web.bodies import sent
from open311.web.page_problems import page_sentence
from open311.web.parameters import first, parse, sent_values
from schemas.base import data_keys
from schemas.maps.forms import KindSchema, UploadSchema
from schemas.vocabulary.days import SINCE_EVER

MOST_TOLD = 6
"""Maximum sentences of one kind that a page shows after an upload."""

MOST_SECONDS = 25
"""Seconds for all answers of another server; reading and storing come after them."""

LONGEST_TOLD = 400
"""Maximum characters of these sentences; thousands of features may share one code."""

_READING = ("code_field", "name_field", "where", "crs", "file_layer", "encoding")


@contextmanager
def _opened(asked: Mapping[str, Any]) -> Iterator[Downloaded]:
    """Yield the file that was sent, or that of the address that was entered instead.

    Raises InvalidParameters.
    """
    file = next((one for one in sent().files if one.parameter == "file"), None)
    url = asked["url"].strip()
    if file is not None and not file.content:
        file = None
    if file is None and not url:
        raise InvalidParameters(FILE_REQUIRED, field="file")
    if file is not None and url:
        raise InvalidParameters(FILE_OR_URL, field="url")
    with TemporaryDirectory(prefix="open311-sent-") as folder:
        if file is None:
            yield download(_server(), url, Path(folder), lambda *_page: None)
        else:
            path = Path(folder) / file_name(PureWindowsPath(file.file_name).name)
            path.write_bytes(file.content)
            yield Downloaded(path, path.name, "", "")


def _server() -> MapServer:
    return MapServer(
        private_hosts=current_app.config["OPEN311_BOUNDARY_PRIVATE"],
        most_bytes=current_app.config["OPEN311_MAX_BOUNDARY_BYTES"],
        seconds=MOST_SECONDS,
    )


def read_map(
    path: Path, asked: Mapping[str, Any], reach_meters: float | None, units: str
) -> tuple[list[CleanBoundary], list[str]]:
    """Return the boundaries of a file, and sentences about repairs and skipped features.

    Raises InvalidParameters if the file cannot be used.
    """
    try:
        reading = {option: asked[option] for option in _READING}
        read = read_file(path, **reading, reach_meters=reach_meters)
    except InvalidBoundaryFile as error:
        raise InvalidParameters.of([Problem.of(error)]) from None
    boundaries, report = clean_boundaries(read.features)
    if report.refused and not asked["leave_out"]:
        refused = [replace(Problem.of(one), field="file") for one in report.refused[:MOST_TOLD]]
        raise InvalidParameters.of([*refused, Problem(CORRECT_OR_LEAVE_OUT, field="leave_out")])
    if not boundaries:
        raise InvalidParameters(NO_BOUNDARY_LEFT, field="file", file=path.name)
    return boundaries, _told(read, report, units)


def _told(read: BoundaryFile, report: CleaningReport, units: str) -> list[str]:
    """List sentences about repairs, merges, warnings, and skipped features, one for each kind."""
    same_code = [one.notice for one in lint_codes(read.features) if one.kind == "duplicate"]
    notices: Sequence[tuple[str, Sequence[GeoError | Notice]]] = (
        ("", read.notices),
        ("", report.repaired),
        ("", report.merged),
        (_("Warning"), same_code),
        (_("Skipped"), report.refused),
    )
    shown = [
        (heading, _some([page_sentence(Problem.of(one), units) for one in some]))
        for heading, some in notices
        if some
    ]
    return [shortened(f"{heading}: {text}" if heading else text) for heading, text in shown]


def shortened(text: str) -> str:
    """Return a text shortened to fit the cookie that carries it to the next page."""
    if len(text) > LONGEST_TOLD:
        return f"{text[:LONGEST_TOLD]}…"
    return text if text.endswith(".") else f"{text}."


def _some(sentences: Sequence[str]) -> str:
    shown = "; ".join(one.removesuffix(".") for one in sentences[:MOST_TOLD])
    more = len(sentences) - MOST_TOLD
    if more <= 0:
        return shown
    others = ngettext("and %(count)s more", "and %(count)s more", more, count=format_decimal(more))
    return f"{shown}; {others}"


def take_files() -> None:
    """Allow a request body as large as a boundary file."""
    if request.method == "POST":
        limits = ("OPEN311_MAX_BOUNDARY_BYTES", "OPEN311_MAX_BODY_BYTES")
        request.max_content_length = sum(current_app.config[name] for name in limits)


blueprint = staff_pages("staff_maps", "/staff/city/maps", administrators_only, take_files)

log = logging.getLogger(__name__)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    return _page(city(), {})


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def upload() -> Response | tuple[str, int]:
    """Store a boundary file as a draft."""
    jurisdiction, values = city(), sent_values()
    try:
        set_id, notices = _import(jurisdiction, parse(UploadSchema(), values))
    except Open311Error as error:
        typed = {name: first(values, name) or "" for name in data_keys(UploadSchema())}
        return _page(jurisdiction, typed, error.problems), 400
    for sentence in notices:
        flash(sentence)
    return redirect(url_for("staff_map_sets.show", set_id=set_id), 303)


@blueprint.post("/layers/<layer>/kind")
@login_required  # type: ignore[untyped-decorator]
def set_kind(layer: str) -> Response:
    """Set whether the boundaries of a layer overlap on purpose."""
    overlapping = parse(KindSchema(), sent_values())["overlapping"]
    if set_overlapping(city(), layer, overlapping=overlapping):
        flash(_("Layer changed. Open requests are now measured again."))
    return redirect(url_for("staff_maps.index"), 303)


@blueprint.post("/delete")
@login_required  # type: ignore[untyped-decorator]
def delete() -> PageResponse:
    """Delete a layer that has only drafts and withdrawn versions."""

    def do() -> str:
        layer = first(sent_values(), "layer") or ""
        delete_layer(city().jurisdiction_id, layer)
        return str(_("Layer %(layer)s deleted.", layer=layer))

    return act(do, url_for(".index"), lambda problems: _page(city(), {}, problems))


def _import(jurisdiction: Scope, asked: Mapping[str, Any]) -> tuple[int, list[str]]:
    here, layer = jurisdiction.jurisdiction_id, asked["layer"]
    check_new_layer(here, layer, is_new=asked["new_layer"])
    reach = find_reach(here, layer) or asked["reach_meters"]
    end_reads()  # a large file, or a server, takes longer than a transaction may pause
    with _opened(asked) as origin:
        boundaries, notices = read_map(origin.path, asked, reach, jurisdiction.units)
    lift_time_limit(LONGEST_ON_A_PAGE)
    found = compare(here, layer, boundaries, jurisdiction.today())
    # A draft may be published for any day, also for one after the version in effect ends.
    if found.former is not None and found.unchanged and found.former.in_force_until is None:
        return found.former.id, [
            _("Nothing was stored, because the file is equal to this version.")
        ]
    set_id = import_draft(
        NewBoundarySet(
            jurisdiction_id=here,
            layer=layer,
            boundaries=boundaries,
            source=asked["source"].strip() or origin.source,
            license=asked["license"] or origin.license,
            vintage=asked["vintage"],
            made_by=user().name,
            reach_meters=reach,
            overlapping=asked["overlapping"],
            source_url=origin.address or None,
        )
    )
    log.info("Boundary set %d of %s stored as a draft by %r", set_id, layer, user().name)
    stored = ngettext(
        "Draft saved with %(count)s boundary.",
        "Draft saved with %(count)s boundaries.",
        len(boundaries),
        count=format_decimal(len(boundaries)),
    )
    return set_id, [stored, *notices]


def _page(jurisdiction: Scope, typed: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    sets = list_sets(jurisdiction.jurisdiction_id)
    return page(
        "maps.html",
        jurisdiction,
        layers=[(layer, list(some)) for layer, some in groupby(sets, key=lambda one: one.layer)],
        today=jurisdiction.today(),
        ever=SINCE_EVER,
        typed=typed,
        problems=problems,
        is_alike=bool(typed.get("new_layer")) or any(one.field == "new_layer" for one in problems),
        accepted=ACCEPTED,
        most_bytes=current_app.config["OPEN311_MAX_BOUNDARY_BYTES"],
    )
