"""Findings of lint as GeoJSON, to look at in any map program."""

from collections.abc import Sequence
from typing import Any

import shapely

from geo.lint import Finding


def feature_collection(findings: Sequence[Finding]) -> dict[str, Any]:
    """Give findings as a FeatureCollection (RFC 7946), in their order."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {
                    "kind": one.kind,
                    "codes": list(one.codes),
                    "square_metres": round(one.square_metres, 1),
                    "sentence": str(one),
                },
                # Exterior rings go counterclockwise (RFC 7946, 3.1.6).
                "geometry": shapely.orient_polygons(one.geometry).__geo_interface__,
            }
            for one in findings
        ],
    }
