"""The base map of the settings, under the maps of all pages."""

import logging
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response, current_app, send_file

from open311.errors import NotFound
from open311.messages.access import NO_BASE_MAP

log = logging.getLogger(__name__)


def _setting() -> str:
    return str(current_app.config["OPEN311_BASE_MAP"])


def _is_elsewhere(base_map: str) -> bool:
    """Return whether a base map is a URL, not a file on this server."""
    return bool(urlsplit(base_map).netloc)


def base_map(path_of_file: str) -> dict[str, str]:
    """Return the base map for a page: URL, kind, and attribution.

    path_of_file is where the page gets it from if it is a file on this server.
    """
    setting = _setting()
    is_archive = urlsplit(setting).path.endswith(".pmtiles") or not _is_elsewhere(setting)
    return {
        "address": setting if not setting or _is_elsewhere(setting) else path_of_file,
        "kind": "pmtiles" if is_archive else "style",
        "attribution": current_app.config["OPEN311_BASE_MAP_ATTRIBUTION"],
    }


def base_map_file() -> Response:
    """Return the PMTiles file of the settings, with range requests (RFC 9110, 14).

    Raises NotFound if they name none.
    """
    setting = _setting()
    if not setting or _is_elsewhere(setting):
        log.warning("There is no base map because OPEN311_BASE_MAP does not name a file.")
        raise NotFound(NO_BASE_MAP)
    return send_file(Path(setting).resolve(), mimetype="application/vnd.pmtiles", conditional=True)


def aerial_layer() -> dict[str, str]:
    """Return the tiles and the attribution of the aerial photos; empty texts without them."""
    settings = current_app.config
    return {
        "tiles": settings["OPEN311_AERIAL_TILES"],
        "attribution": settings["OPEN311_AERIAL_ATTRIBUTION"],
    }
