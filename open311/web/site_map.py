"""The base map on pages of the residents' website."""

from flask import url_for

from open311.web.base_map import LayerSource, base_map
from open311.web.site import site_city


def site_base_map() -> LayerSource:
    """Return the base map for a page of the website."""
    return base_map(site_city().base_map, url_for("site_files.base_map_archive"))
