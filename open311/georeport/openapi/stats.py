"""The endpoints of figures."""

from open311.georeport.openapi.endpoint import Endpoint
from open311.web.formats import CONTENT_TYPES
from schemas.search.stats import CurveParametersSchema
from schemas.search.stats import StatsSchema as StatsParametersSchema
from schemas.search.stats_documents import CurveSchema, MeasuresSchema, StatsSchema

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
