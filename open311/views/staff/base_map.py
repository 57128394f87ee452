"""What lies beneath the maps of staff: served where it is a file of ours."""

from pathlib import Path

from flask import Response, current_app, send_file
from flask_login import login_required

from open311.errors import NotFound
from open311.views.staff.pages import is_elsewhere, staff_pages

blueprint = staff_pages("staff_base_map", "/staff/base-map")


@blueprint.get("/")
@login_required  # type: ignore[untyped-decorator]
def show() -> Response:
    """Serve the PMTiles file of the settings, in the ranges that are asked for (RFC 9110, 14)."""
    base_map = current_app.config["OPEN311_BASE_MAP"]
    if not base_map or is_elsewhere(base_map):
        raise NotFound("There is no base map on this server: OPEN311_BASE_MAP names no file.")
    return send_file(Path(base_map).resolve(), mimetype="application/vnd.pmtiles", conditional=True)
