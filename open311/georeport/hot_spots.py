"""GET /stats/hot-spots.geojson: places at which more came in than is normal there."""

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response

from open311.georeport.stats import answer, heading
from open311.georeport.stats_asked import Asked, asked_figures
from open311.web.formats import CONTENT_TYPES, respond
from open311.web.insights.hot_places import HotGroup, find_hot_groups
from open311.web.parameters import chosen_city, sent_values
from open311.web.replica import from_replica
from schemas.search.stats import CurveParametersSchema
from schemas.search.stats_documents import HotSpotsSchema

blueprint = Blueprint("hot_spots", __name__, url_prefix="/stats")

WEEK = timedelta(days=7)


@blueprint.get("/hot-spots.geojson")
@from_replica
def hot_spots() -> Response:
    """Return the places of the last whole week that ends by the day to, each as a polygon."""
    asked = asked_figures(CurveParametersSchema)
    begin = last_week(asked.end)

    def made() -> Response:
        groups = find_hot_groups(chosen_city(sent_values()), asked.population, begin)
        response = respond(
            "json", "hot_spots", HotSpotsSchema().dump(_document(asked, begin, groups))
        )
        response.content_type = CONTENT_TYPES["geojson"]
        return response

    return answer(asked, made)


def last_week(end: date) -> date:
    """Return the first day of the last ISO week that is over before a day begins."""
    return end - timedelta(days=end.weekday()) - WEEK


def _document(asked: Asked, begin: date, groups: list[HotGroup]) -> dict[str, Any]:
    return {
        **heading(asked, "hot_places", "requests", len(groups)),
        "type": "FeatureCollection",
        "note": None,
        "begin": begin,
        "end": begin + WEEK - timedelta(days=1),
        "features": [_feature(one) for one in groups],
    }


def _feature(one: HotGroup) -> dict[str, Any]:
    ring = [[round(long, 7), round(lat, 7)] for lat, long in one.outline]
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        "properties": {
            "service_code": one.service_code,
            "observed": sum(cell.observed for cell in one.cells),
            "expected": sum(cell.expected for cell in one.cells),
            "cells": len(one.cells),
        },
    }
