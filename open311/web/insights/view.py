"""What a page of figures is of: a city, its requests, a period, and where figures lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from open311.figures.survival import Curve, curve
from open311.queries.city import City
from open311.queries.insights.flow import Flow, Span, list_flows
from open311.queries.insights.flow import weeks as weeks_between
from open311.queries.insights.population import CITY, By, Population, find_population
from open311.queries.insights.promises import Promises, list_promises, list_promises_by_week
from open311.queries.insights.times import COUNTED_TOGETHER, TO_CLOSE, Timing, spans_of_period
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
    _read: dict[tuple[Any, ...], Any] = field(default_factory=dict, init=False)

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

    def curves(
        self, begin: date, end: date, by: By = CITY, timing: Timing = TO_CLOSE
    ) -> dict[str, Curve]:
        """Return the times of what was open in a period, by key; read once for a page."""
        kind = "" if by.kind in COUNTED_TOGETHER else by
        known = ("spans", timing, begin, end, kind)
        if known not in self._read:
            first, after = (first_moment(day, self.city) for day in (begin, end))
            after = min(after, self.as_of)
            self._read[known] = spans_of_period(self.population, first, after, by, timing)
        curves = (*known, by)
        if curves not in self._read:
            self._read[curves] = self._read[known].curves(by)
        found: dict[str, Curve] = self._read[curves]
        return found

    def promises(self, begin: date, end: date, by: By) -> dict[str, Promises]:
        """Return the promises of due dates in a period, by key; read once for a page."""
        known = ("promises", begin, end, by)
        if known not in self._read:
            first, after = (first_moment(day, self.city) for day in (begin, end))
            self._read[known] = list_promises(self.population, first, after, by)
        found: dict[str, Promises] = self._read[known]
        return found

    def promises_by_week(self, begin: date, end: date) -> list[tuple[date, Promises]]:
        """Return the promises of due dates in the whole weeks of a period that are over."""
        days = [one for one in weeks_between(begin, end) if one.begin >= begin]
        whole = [one for one in days if one.end <= min(end, self.this_week)]
        if not whole:
            return []
        first, after = (first_moment(day, self.city) for day in (whole[0].begin, whole[-1].end))
        return sorted(list_promises_by_week(self.population, first, after).items())


NO_CURVE = curve([])
"""That of no requests."""
