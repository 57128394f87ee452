"""What figures an HTTP request asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from open311.errors import InvalidParameters, NotFound
from open311.messages.catalog import DEPARTMENT_UNKNOWN, SERVICE_UNKNOWN
from open311.messages.figure_pages import FIGURE_GROUP_UNKNOWN
from open311.messages.insights import (
    STATS_BOUNDARY_UNKNOWN,
    STATS_BY_UNKNOWN,
    STATS_DAY_TOO_FAR,
    STATS_PARAMETER_UNKNOWN,
)
from open311.messages.search import BOUNDARY_LAYER_UNKNOWN, PERIOD_REVERSED
from open311.queries.catalog.departments import list_departments
from open311.queries.insights.population import (
    By,
    Population,
    find_last_change,
    find_population,
    list_boundary_codes,
    list_names,
)
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_layer_codes
from open311.queries.search.criteria import BoundaryCode, Criteria
from open311.queries.search.visibility import Audience
from open311.web.auth import check_key_is_for, check_key_may, sender, sent_key
from open311.web.parameters import chosen_jurisdiction, parse, sent_values
from schemas.base import Values, data_keys, filled_in
from schemas.search.stats import OF, WAITING, CurveParametersSchema, StatsSchema

USUAL_RANGE = timedelta(days=84)

FOR_ALL = ("city", "service", "group", "department")

OTHER_PARAMETERS = ("api_key", "jurisdiction_id")

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Of ranges: the days around them exist in all time zones."""

_OF_CURVE = {"by": "city", "period": "all", "of": OF[0], "waiting": WAITING[0]}
"""What is not asked of a curve."""


@dataclass(frozen=True)
class Asked:
    """The population, what it is counted by, and the days from begin until before end.

    last_change is the number of the last change before anything was read.
    """

    population: Population
    by: By
    period: str | None
    begin: date
    end: date
    of: str
    waiting: str
    last_change: int


def asked_figures(parameters: type[CurveParametersSchema] = StatsSchema) -> Asked:
    """Return what this HTTP request asks for; raises an error for what does not exist."""
    values = sent_values()
    jurisdiction = chosen_jurisdiction(values)
    schema = parameters(jurisdiction.zone)
    _check_names(schema, values)
    asked = {**_OF_CURVE, **parse(schema, values)}
    audience = _audience(jurisdiction, values, asked)
    _check_codes(jurisdiction, asked)
    now = datetime.now(UTC).replace(microsecond=0)
    begin, end = _range(asked, now.astimezone(jurisdiction.zone).date())
    by = _by(jurisdiction, asked["by"])
    last_change = find_last_change(jurisdiction.jurisdiction_id)
    criteria = Criteria(
        services=tuple(asked["service_code"]),
        groups=tuple(asked["group"]),
        departments=tuple(asked["agency_responsible"]),
        channels=tuple(asked["channel"]),
        boundaries=tuple(BoundaryCode(*one) for one in asked["boundary"]),
    )
    population = find_population(jurisdiction, audience, now, criteria)
    return Asked(
        population, by, asked["period"], begin, end, asked["of"], asked["waiting"], last_change
    )


def _range(asked: dict[str, Any], today: date) -> tuple[date, date]:
    """Return the first day, and the day after the last one."""
    last = asked["to"] or today - timedelta(days=1)
    for day, field in ((asked["from_"], "from"), (last, "to")):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            limits = {"first": str(FIRST_DAY), "last": str(LAST_DAY)}
            raise InvalidParameters(STATS_DAY_TOO_FAR, field=field, **limits)
    end = last + timedelta(days=1)
    begin = asked["from_"] or end - USUAL_RANGE
    if begin >= end:
        raise InvalidParameters(PERIOD_REVERSED, field="from")
    return begin, end


def _check_names(schema: CurveParametersSchema, values: Values) -> None:
    known = [*data_keys(schema), *OTHER_PARAMETERS]
    unknown = [name for name in filled_in(values) if name not in known]
    if unknown:
        names = {"unknown": ", ".join(unknown)[:100], "known": ", ".join(known)}
        raise InvalidParameters(STATS_PARAMETER_UNKNOWN, field=unknown[0], **names)


def _audience(jurisdiction: Scope, values: Values, asked: dict[str, Any]) -> Audience:
    """Return who asks: staff with a key that has the right, and the public without a key."""
    of_staff = asked["by"] == "channel" or asked["channel"]
    if not of_staff and not sent_key(values):
        return Audience.PUBLIC
    owner = sender(values)
    check_key_is_for(jurisdiction, owner)
    check_key_may(owner, "staff")
    return Audience.STAFF


_CATALOG = (
    ("service_code", "service", SERVICE_UNKNOWN),
    ("group", "group", FIGURE_GROUP_UNKNOWN),
)


def _check_codes(jurisdiction: Scope, asked: dict[str, Any]) -> None:
    for field, kind, message in _CATALOG:
        if asked[field]:
            known = set(list_names(jurisdiction, kind).values())
            for code in asked[field]:
                if code not in known:
                    raise NotFound(message, field=field, code=code)
    _check_departments(jurisdiction, asked["agency_responsible"])
    _check_boundaries(jurisdiction.jurisdiction_id, asked["boundary"])


def _check_boundaries(id_: str, boundaries: Sequence[tuple[str, str]]) -> None:
    layers = list_layer_codes(id_) if boundaries else []
    codes: dict[str, set[str]] = {}
    for layer, code in boundaries:
        if layer not in layers:
            values = {"layer": layer, "known": ", ".join(layers)}
            raise InvalidParameters(BOUNDARY_LAYER_UNKNOWN, field="boundary", **values)
        if layer not in codes:
            codes[layer] = set(list_boundary_codes(id_, layer).values())
        if code not in codes[layer]:
            raise NotFound(STATS_BOUNDARY_UNKNOWN, field="boundary", layer=layer, code=code)


def _check_departments(jurisdiction: Scope, names: Sequence[str]) -> None:
    if not names:
        return
    pairs = list_departments(jurisdiction.jurisdiction_id)
    known = {text.lower() for pair in pairs for text in pair}
    for name in names:
        if name.lower() not in known:
            codes = [code for code, _name in pairs]
            values = {"code": name, "known": codes}
            raise NotFound(DEPARTMENT_UNKNOWN, field="agency_responsible", **values)


def _by(jurisdiction: Scope, text: str) -> By:
    if text in (*FOR_ALL, "channel"):
        return By(text)
    layers = list_layer_codes(jurisdiction.jurisdiction_id)
    if text not in layers:
        known = ", ".join([*FOR_ALL, *layers])
        raise InvalidParameters(STATS_BY_UNKNOWN, field="by", known=known)
    return By("layer", text)
