"""GET /stats: figures in JSON and CSV, by the definitions of the pages. An extension."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from flask import Blueprint, Response, request

from open311.csv_cells import csv_text
from open311.errors import InvalidParameters, NotFound
from open311.figures.measures import MEASURES, VERSION
from open311.georeport.stats_asked import Asked, asked_figures
from open311.georeport.stats_rows import FIGURES, MOST_SPANS, curve_of
from open311.messages.insights import STATS_MEASURE_UNKNOWN, STATS_TOO_MANY_PERIODS
from open311.queries.insights.days import count_hidden
from open311.queries.insights.flow import Span
from open311.queries.insights.spans import PERIODS
from open311.queries.search.visibility import Audience
from open311.web.caching import is_known
from open311.web.formats import respond
from open311.web.replica import from_replica
from schemas.search.stats import CurveParametersSchema
from schemas.search.stats_documents import CurveSchema, MeasuresSchema, StatsSchema

blueprint = Blueprint("stats", __name__, url_prefix="/stats")

FRESH = timedelta(minutes=5)
"""How long caches may keep public figures."""

NOTHING = "No requests match in this range."


@blueprint.get("/measures.json")
def measures() -> Response:
    """Return the definitions of all measures."""
    document = {
        "definitions_version": VERSION,
        "measures": [asdict(measure) for measure in MEASURES],
    }
    return _cached(respond("json", "measures", MeasuresSchema().dump(document)))


@blueprint.get("/curve.json")
@from_replica
def curve() -> Response:
    """Return the share of requests that are still open, by hours since their submission."""
    asked = asked_figures(CurveParametersSchema)

    def made() -> Response:
        found = curve_of(asked, Span(asked.begin, asked.end))
        document = {**heading(asked, "time_to_close", "hours", found["n"]), **found}
        return respond("json", "curve", CurveSchema().dump(document))

    return answer(asked, made)


@blueprint.get("/<measure>.json", defaults={"format": "json"})
@blueprint.get("/<measure>.csv", defaults={"format": "csv"})
@from_replica
def show(measure: str, format: str) -> Response:
    """Return the rows of a measure: one for each period and key."""
    if measure not in FIGURES:
        known = ", ".join(FIGURES)
        raise NotFound(STATS_MEASURE_UNKNOWN, measure=measure, known=known)
    asked, figure = asked_figures(), FIGURES[measure]
    spans = _spans(asked, measure)

    def made() -> Response:
        rows, columns = figure.rows(asked, spans), figure.columns
        if format == "csv":
            text = csv_text(columns, [[row[name] for name in columns] for row in rows])
            return Response(text, mimetype="text/csv")
        number = sum(row["n"] for row in rows)
        document = {**heading(asked, figure.measure, figure.unit, number), "rows": rows}
        return respond("json", "stats", _dumped(document, columns))

    return answer(asked, made)


def _dumped(document: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    shown = dict(StatsSchema(exclude=("rows",)).dump(document))
    rows = [{name: _plain(row[name]) for name in columns} for row in document["rows"]]
    return {**shown, "rows": rows}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _spans(asked: Asked, measure: str) -> list[Span]:
    usual = "week" if measure == "flow" else "28days"
    spans = PERIODS[asked.period or usual](asked.begin, asked.end)
    limit = MOST_SPANS[measure == "flow"]
    if len(spans) > limit:
        values = {"number": len(spans), "limit": limit}
        raise InvalidParameters(STATS_TOO_MANY_PERIODS, field="period", **values)
    return spans


def heading(asked: Asked, measure: str, unit: str, number: int) -> dict[str, Any]:
    population, zone = asked.population, asked.population.jurisdiction.zone
    is_public = population.audience is Audience.PUBLIC
    begin, end = Span(asked.begin, asked.end).moments(zone)
    hidden: int | None = 0
    if is_public:
        # With a filter, it could tell what a single nonpublic request is about, and where.
        hidden = None if population.is_filtered else count_hidden(population, begin, end)
    return {
        "measure": measure,
        "as_of": population.as_of,
        "definitions_version": VERSION,
        "unit": unit,
        "population": "public" if is_public else "all",
        "not_included": hidden,
        "note": None if number else NOTHING,
    }


def _tag(asked: Asked) -> str:
    """Return the tag of an answer: it changes with a request, and every few minutes.

    What is overdue changes with the clock.
    """
    population = asked.population
    step = int(population.as_of.timestamp() // FRESH.total_seconds())
    parts = [VERSION, asked.last_change, step, request.full_path, population.audience.value]
    return blake2b(orjson.dumps(parts), digest_size=16).hexdigest()


def answer(asked: Asked, make: Callable[[], Response]) -> Response:
    """Answer, without calculating anything for a client that has the answer already."""
    tag, response = _tag(asked), Response(status=304)
    response.set_etag(tag, weak=True)
    if not is_known(response):
        response = make()
        response.set_etag(tag, weak=True)
    return _private_or_public(asked, response)


def _private_or_public(asked: Asked, response: Response) -> Response:
    if asked.population.audience is Audience.PUBLIC:
        return _cached(response)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _cached(response: Response) -> Response:
    response.headers["Cache-Control"] = f"public, max-age={int(FRESH.total_seconds())}"
    response.vary.add("Authorization")
    return response
