"""The filters of figures: which requests, which period, and what does not exist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from open311.errors import InvalidParameters
from open311.messages.catalog import DEPARTMENT_UNKNOWN, SERVICE_UNKNOWN
from open311.messages.figure_pages import (
    FIGURE_BOUNDARY_UNKNOWN,
    FIGURE_CUT_UNKNOWN,
    FIGURE_GROUP_UNKNOWN,
)
from open311.messages.maps import LAYER_UNKNOWN
from open311.messages.message import Message
from open311.messages.problem import Problem
from open311.queries.city import City
from open311.queries.search.criteria import BoundaryCode, Criteria
from open311.web.insights.wording import week_words
from open311.web.parameters import parse
from schemas.base import Values
from schemas.search.insights import InsightsSchema, day_of

WEEK = timedelta(days=7)

WEEKS = 26
"""Whole weeks of a period if no other one is asked for."""

QUARTER = 13
"""The same where services are compared by area: in a few weeks they have too few requests."""


CUTS, OF_LAYER = ("department", "service", "group"), "layer:"
"""What tables can be cut by, and the start of a layer's code of areas."""


@dataclass(frozen=True)
class Filters:
    """Filters of a page: as loaded, the problems of the others, and what was typed there."""

    asked: Mapping[str, Any]
    problems: Sequence[Problem]
    typed: Mapping[str, str]

    def check(self) -> None:
        """Raise InvalidParameters if a filter is wrong."""
        if self.problems:
            raise InvalidParameters.of(self.problems)

    @property
    def criteria(self) -> Criteria:
        """The criteria of requests, without a period."""
        asked = self.asked
        boundaries = [one.partition(":") for one in asked["boundary"]]
        return Criteria(
            services=tuple(asked["service_code"]),
            groups=tuple(asked["group"]),
            departments=tuple(asked["agency_responsible"]),
            channels=tuple(asked["channel"]),
            boundaries=tuple(BoundaryCode(layer, code) for layer, _colon, code in boundaries),
        )


def read_filters(city: City, values: Values) -> Filters:
    """Return the filters that can be used, and what is wrong with others."""
    schema, problems = InsightsSchema(city.scope.zone), list[Problem]()
    left = {name: sent for name, sent in values.items() if name in schema.fields}
    typed: dict[str, str] = {}
    while True:
        try:
            asked = parse(schema, left)
            _check_known(city, asked)
            return Filters(asked, problems, typed)
        except InvalidParameters as error:
            problems += error.problems
            wrong = {one.field for one in error.problems} & left.keys()
            if not wrong:
                raise
            typed |= {name: left.pop(name)[0] for name in wrong}


def _check_known(city: City, asked: Mapping[str, Any]) -> None:
    """Raise InvalidParameters for what does not exist in the city."""
    problems = [
        *_unknown(asked, "service_code", {one.service_code for one in city.service_names}),
        *_unknown(asked, "group", {one["group"] for one in city.listed_services}),
        *_unknown_departments(city, asked["agency_responsible"]),
        *_unknown_boundaries(city, asked["boundary"]),
    ]
    layers = {one.code for one in city.layers}
    if asked["layer"] is not None and asked["layer"] not in layers:
        problems.append(Problem(LAYER_UNKNOWN, {"layer": asked["layer"][:100]}, "layer"))
    cuts = {*CUTS, *(f"{OF_LAYER}{layer}" for layer in layers)}
    if asked["by"] is not None and asked["by"] not in cuts:
        problems.append(Problem(FIGURE_CUT_UNKNOWN, {"by": asked["by"]}, "by"))
    if problems:
        raise InvalidParameters.of(problems)


_UNKNOWN: Mapping[str, Message] = {
    "service_code": SERVICE_UNKNOWN,
    "group": FIGURE_GROUP_UNKNOWN,
}


def _unknown(asked: Mapping[str, Any], name: str, known: set[str]) -> list[Problem]:
    wrong = [one for one in asked[name] if one not in known]
    return [Problem(_UNKNOWN[name], {"code": one[:100]}, name) for one in wrong]


def _unknown_departments(city: City, wanted: Sequence[str]) -> list[Problem]:
    known = {text.casefold() for pair in city.departments for text in pair}
    return [
        Problem(
            DEPARTMENT_UNKNOWN,
            {"code": one[:100], "known": [code for code, _name in city.departments]},
            "agency_responsible",
        )
        for one in wanted
        if one.casefold() not in known
    ]


def _unknown_boundaries(city: City, wanted: Sequence[str]) -> list[Problem]:
    """Return what is in no version of its layer that the city's snapshot has."""
    known = {
        f"{one.layer}:{boundary.code}" for one in city.maps.sets for boundary in one.boundaries
    }
    return [
        Problem(FIGURE_BOUNDARY_UNKNOWN, {"boundary": one[:100]}, "boundary")
        for one in wanted
        if one not in known
    ]


@dataclass(frozen=True)
class Period:
    """Days of the city, from begin until before end."""

    begin: date
    end: date

    @property
    def in_words(self) -> tuple[str, str]:
        """Its first and its last day."""
        return week_words(self.begin), week_words(self.end - timedelta(days=1))

    def moments(self, city: City) -> tuple[datetime, datetime]:
        """Return its first moment, and the first one after it."""
        return first_moment(self.begin, city), first_moment(self.end, city)


def first_moment(day: date, city: City) -> datetime:
    """Return the first moment of a day of the city."""
    return datetime.combine(day, time(), city.scope.zone)


def this_week(city: City) -> date:
    """Return the first day of the week that is not over yet, a Monday."""
    today = city.scope.today()
    return today - timedelta(days=today.weekday())


def period_of(city: City, asked: Mapping[str, Any], weeks: int = WEEKS) -> Period:
    """Return the days that are asked for; else the last whole weeks."""
    since, until = (day_of(asked, name, city.scope.zone) for name in ("since", "until"))
    end = this_week(city) if until is None else until + timedelta(days=1)
    begin = end - weeks * WEEK if since is None else since
    if begin >= end:  # since is in the week that is not over yet
        end = city.scope.today() + timedelta(days=1)
    return Period(begin, max(end, begin + timedelta(days=1)))
