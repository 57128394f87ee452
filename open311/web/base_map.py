"""The base map and the aerial photos: those of the city, or else those of the settings."""

import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from flask import Response, current_app, send_file

from open311.errors import NotFound
from open311.messages.access import NO_BASE_MAP
from open311.queries.maps.base_map import BaseMapInfo
from open311.web.page_policy import let_load
from open311.web.photo_files import stored_file

log = logging.getLogger(__name__)

PMTILES = "application/vnd.pmtiles"


@dataclass(frozen=True)
class LayerSource:
    """Where a page gets a layer of its map from; address is empty if there is none."""

    address: str
    attribution: str
    kind: str = ""


def base_map(stored: BaseMapInfo, path_of_file: str) -> LayerSource:
    """Return the base map for a page, which may load it from then on.

    path_of_file is where the page gets it from if it is a file on this server. kind is style or
    pmtiles.
    """
    if stored.file:  # another file has another address, so that no browser mixes two
        return LayerSource(f"{path_of_file}?v={stored.file[:8]}", stored.attribution, "pmtiles")
    if stored.address:
        let_load([stored.address, *stored.origins])
        return LayerSource(stored.address, stored.attribution, _kind_of(stored.address))
    setting = _setting()
    address = setting if not setting or _is_elsewhere(setting) else path_of_file
    kind = _kind_of(setting) if _is_elsewhere(setting) else "pmtiles"
    return LayerSource(address, current_app.config["OPEN311_BASE_MAP_ATTRIBUTION"], kind)


def aerial_photos(stored: BaseMapInfo) -> LayerSource:
    """Return the tiles of aerial photos for a page, which may load them from then on."""
    settings = current_app.config
    if stored.aerial_tiles:
        source = LayerSource(stored.aerial_tiles, stored.aerial_attribution)
    else:
        tiles, attribution = "OPEN311_AERIAL_TILES", "OPEN311_AERIAL_ATTRIBUTION"
        source = LayerSource(settings[tiles], settings[attribution])
    let_load([source.address])
    return source


def base_map_file(stored: BaseMapInfo) -> Response:
    """Return the PMTiles file of a city or of the settings, with range requests (RFC 9110, 14).

    Raises NotFound if there is none.
    """
    if stored.file:
        return stored_file(stored.file, PMTILES, "private, max-age=86400", NotFound(NO_BASE_MAP))
    setting = _setting()
    if stored.address or not setting or _is_elsewhere(setting):
        log.warning("There is no base map because OPEN311_BASE_MAP does not name a file.")
        raise NotFound(NO_BASE_MAP)
    return send_file(Path(setting).resolve(), mimetype=PMTILES, conditional=True)


def _setting() -> str:
    return str(current_app.config["OPEN311_BASE_MAP"])


def _is_elsewhere(base_map: str) -> bool:
    """Return whether a base map is a URL, not a file on this server."""
    return bool(urlsplit(base_map).netloc)


def _kind_of(address: str) -> str:
    return "pmtiles" if urlsplit(address).path.endswith(".pmtiles") else "style"
