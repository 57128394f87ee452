"""Boundary sets: all of them by their layers, and new ones from files."""

import logging
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.bodies import sent
from open311.errors import InvalidParameters, Open311Error
from open311.languages import told
from open311.operations.import_boundaries import SINCE_EVER, import_draft
from open311.operations.lift_time_limit import LONGEST_ON_A_PAGE, lift_time_limit
from open311.operations.store_boundary_set import NewBoundarySet
from open311.parameters import first, parse, sent_values
from open311.queries.boundaries import find_reach
from open311.queries.boundary_sets import list_sets
from open311.queries.jurisdictions import JurisdictionInfo
from open311.views.staff.map_files import file_name, read_map
from open311.views.staff.pages import administrators_only, city, page, staff_pages, user
from schemas.base import data_keys
from schemas.map_forms import UploadSchema


def take_files() -> None:
    """Take a body as large as a file of boundaries may be."""
    if request.method == "POST":
        limits = ("OPEN311_MAX_BOUNDARY_BYTES", "OPEN311_MAX_BODY_BYTES")
        request.max_content_length = sum(current_app.config[name] for name in limits)


blueprint = staff_pages("staff_maps", "/staff/city/maps", administrators_only, take_files)

log = logging.getLogger(__name__)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """List the sets of each layer, and ask for a file."""
    return _page(city(), {})


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def upload() -> Response | tuple[str, int]:
    """Store a file of boundaries as a draft."""
    jurisdiction, values = city(), sent_values()
    try:
        set_id, notices = _import(jurisdiction, parse(UploadSchema(), values))
    except Open311Error as error:
        typed = {name: first(values, name) or "" for name in data_keys(UploadSchema())}
        return _page(jurisdiction, typed, told(error.sentences)), 400
    for sentence in notices:
        flash(sentence)
    return redirect(url_for("staff_map_sets.show", set_id=set_id), 303)


def _import(jurisdiction: JurisdictionInfo, asked: Mapping[str, Any]) -> tuple[int, list[str]]:
    file = next((one for one in sent().files if one.parameter == "file"), None)
    if file is None or not file.content:
        raise InvalidParameters(_("Choose a boundary file."))
    here, layer = jurisdiction.jurisdiction_id, asked["layer"]
    reach = find_reach(here, layer) or asked["reach_metres"]
    boundaries, notices = read_map(file, asked, reach)
    lift_time_limit(LONGEST_ON_A_PAGE)
    set_id = import_draft(
        NewBoundarySet(
            jurisdiction_id=here,
            layer=layer,
            boundaries=boundaries,
            source=asked["source"].strip() or file_name(file),
            licence=asked["licence"],
            vintage=asked["vintage"],
            made_by=user().name,
            reach_metres=reach,
        )
    )
    log.info("Boundary set %d of %s stored as a draft by %r", set_id, layer, user().name)
    stored = ngettext(
        "Draft saved with %(num)d boundary.",
        "Draft saved with %(num)d boundaries.",
        len(boundaries),
    )
    return set_id, [stored, *notices]


def _page(jurisdiction: JurisdictionInfo, typed: Mapping[str, str], problem: str = "") -> str:
    sets = list_sets(jurisdiction.jurisdiction_id)
    return page(
        "maps.html",
        jurisdiction,
        layers=[(layer, list(some)) for layer, some in groupby(sets, key=lambda one: one.layer)],
        today=jurisdiction.today(),
        ever=SINCE_EVER,
        typed=typed,
        problem=problem,
        most_bytes=current_app.config["OPEN311_MAX_BOUNDARY_BYTES"],
    )
