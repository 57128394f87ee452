"""What a page of figures is of: a city, its requests, a period, and where figures lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from open311.figures.survival import Curve, curve
from open311.queries.city import City
from open311.queries.insights.flow import Flow, Span, list_flows
from open311.queries.insights.flow import weeks as weeks_between
from open311.queries.insights.population import CITY, By, Population, find_population
from open311.queries.insights.promises import Promises, list_promises
from open311.queries.insights.times import times_of_period
from open311.queries.search.visibility import Audience
from open311.web.insights.asked import Filters, Period, first_moment, this_week
from open311.web.insights.figure import Row
from open311.web.insights.links import Links
from open311.web.insights.rows import department_rows, service_rows

FOUR_WEEKS = timedelta(weeks=4)


@dataclass(frozen=True)
class View:
    """The requests that an audience may see, as of a moment (aware), with filters and a period."""

    city: City
    audience: Audience
    filters: Filters
    period: Period
    as_of: datetime
    links: Links

    @property
    def asked(self) -> Mapping[str, Any]:
        return self.filters.asked

    @cached_property
    def population(self) -> Population:
        """The requests of the filters."""
        return find_population(self.city.scope, self.audience, self.as_of, self.filters.criteria)

    @cached_property
    def services(self) -> dict[str, Row]:
        return service_rows(self.city)

    @cached_property
    def departments(self) -> dict[str, Row]:
        return department_rows(self.city)

    @property
    def this_week(self) -> date:
        return this_week(self.city)

    def flows(self, begin: date, end: date, by: By = CITY) -> dict[str, list[Flow]]:
        """Return the flows of whole weeks that are over, by key."""
        spans = [one for one in weeks_between(begin, end) if one.end <= self.this_week]
        return list_flows(self.population, spans, by)

    def flow_of_period(self, by: By = CITY) -> dict[str, Flow]:
        """Return the flow of all of the period, by key."""
        span = Span(self.period.begin, self.period.end)
        return {key: one for key, [one] in list_flows(self.population, [span], by).items()}

    def curves(self, begin: date, end: date, by: By = CITY) -> dict[str, Curve]:
        """Return the times of what was open in a period, by key."""
        first, after = (first_moment(day, self.city) for day in (begin, end))
        return times_of_period(self.population, first, min(after, self.as_of), by)

    def promises(self, begin: date, end: date, by: By = CITY) -> dict[str, Promises]:
        """Return the promises of due dates in a period, by key."""
        first, after = (first_moment(day, self.city) for day in (begin, end))
        return list_promises(self.population, first, after, by)


NO_CURVE = curve([])
"""That of no requests."""
