"""The endpoints of figures."""

from open311.georeport.openapi.endpoint import Endpoint
from open311.web.formats import CONTENT_TYPES
from schemas.search.stats import CurveParametersSchema
from schemas.search.stats import StatsSchema as StatsParametersSchema
from schemas.search.stats_documents import (
    CurveSchema,
    HotSpotsSchema,
    MeasuresSchema,
    StatsSchema,
)

JSON = {"json": CONTENT_TYPES["json"]}

BASE = "/stats"

STATS = (
    Endpoint(
        name="listMeasures",
        method="get",
        path="/measures",
        summary="Get the definitions of all figures",
        topic="Figures",
        document=MeasuresSchema,
        base=BASE,
        suffixes=JSON,
    ),
    Endpoint(
        name="getCurve",
        method="get",
        path="/curve",
        summary="Get the share of requests that are still open, by hours since submission",
        topic="Figures",
        document=CurveSchema,
        query=CurveParametersSchema,
        errors=(403,),
        base=BASE,
        suffixes=JSON,
    ),
    Endpoint(
        name="getHotSpots",
        method="get",
        path="/hot-spots",
        summary="Get the places at which more came in than is normal there, in the last whole week "
        "up to the day to",
        topic="Figures",
        document=HotSpotsSchema,
        query=CurveParametersSchema,
        errors=(403,),
        base=BASE,
        suffixes={"geojson": CONTENT_TYPES["geojson"]},
    ),
    Endpoint(
        name="getFigures",
        method="get",
        path="/{measure}",
        summary="Get the figures of a measure, by periods and services, departments, or boundaries",
        topic="Figures",
        document=StatsSchema,
        query=StatsParametersSchema,
        errors=(403,),
        base=BASE,
        suffixes={**JSON, "csv": "text/csv; charset=utf-8"},
    ),
)
