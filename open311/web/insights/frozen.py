"""Reports of a week as JSON documents: numbers, codes, and names, without words of a language.

A document has these keys. A flow is a list: its Monday, then open before, received, closed,
reopened, transferred in, and transferred out. Times are null, or have n, closed, and longest (in
hours), and half and three_in_four with value, lower, and upper limit in hours; null is never.

    weeks      flows of the last 26 weeks, the reported one last
    last_year  flows of the weeks around it a year before
    times      of all requests open in the last four weeks
    promises   of due dates in the last four weeks
    overdue    requests overdue when the report was made; null for the public
    services   [{code, name, weeks, times, promises}], in the order of the city
    hidden     requests of the 26 weeks that are not public; 0 for staff
    revised    null, or the week before as it was published: {made_at, flow, promises}
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from open311.figures.survival import Quantile, Quartiles
from open311.queries.insights.flow import Flow, Span
from open311.queries.insights.promises import Promises
from open311.web.insights.asked import WEEK
from open311.web.insights.week import WeekFigures

Document = Mapping[str, Any]

_NUMBERS = ("open_before", "received", "closed", "reopened", "handed_in", "handed_out")


@dataclass(frozen=True)
class ReportedService:
    """A service in a report: its name then, and its times and promises of four weeks, if any."""

    code: str
    name: str
    times: Quartiles | None
    promises: Promises | None


@dataclass(frozen=True)
class Revised:
    """The week before as its report said, which was made then (in UTC)."""

    made_at: datetime
    flow: Flow
    promises: Promises


@dataclass(frozen=True)
class Report:
    """The figures of a week, with those of services, and the number of requests left out."""

    week: WeekFigures
    services: Sequence[ReportedService]
    hidden: int
    revised: Revised | None

    @property
    def flow(self) -> Flow:
        """That of the reported week."""
        return self.week.weeks[-1]


def to_document(report: Report) -> Document:
    """Return a report as JSON can hold it."""
    week = report.week
    return {
        "weeks": [flow_as_list(one) for one in week.weeks],
        "last_year": [flow_as_list(one) for one in week.last_year],
        "times": asdict(Quartiles.of(week.curve)),
        "promises": asdict(week.promises),
        "overdue": week.overdue,
        "services": [
            {
                "code": one.code,
                "name": one.name,
                "weeks": [flow_as_list(flow) for flow in week.services.get(one.code, ())],
                "times": one.times and asdict(one.times),
                "promises": one.promises and asdict(one.promises),
            }
            for one in report.services
        ],
        "hidden": report.hidden,
        "revised": report.revised and _of_revised(report.revised),
    }


def flow_as_list(flow: Flow) -> list[object]:
    """Return a flow as a document has it."""
    return [f"{flow.span.begin:%F}", *(getattr(flow, name) for name in _NUMBERS)]


def _of_revised(revised: Revised) -> Document:
    return {
        "made_at": revised.made_at.astimezone(UTC).isoformat(),
        "flow": flow_as_list(revised.flow),
        "promises": asdict(revised.promises),
    }


def from_document(document: Document) -> Report:
    """Return the report that a document contains."""
    services = document["services"]
    week = WeekFigures(
        [_flow(one) for one in document["weeks"]],
        _times(document["times"]),
        Promises(**document["promises"]),
        document["overdue"],
        {one["code"]: [_flow(flow) for flow in one["weeks"]] for one in services if one["weeks"]},
        [_flow(one) for one in document["last_year"]],
    )
    reported = [
        ReportedService(
            one["code"],
            one["name"],
            one["times"] and _times(one["times"]),
            one["promises"] and Promises(**one["promises"]),
        )
        for one in services
    ]
    revised = document["revised"] and _revised(document["revised"])
    return Report(week, reported, document["hidden"], revised)


def _flow(values: Sequence[Any]) -> Flow:
    day, *numbers = values
    begin = date.fromisoformat(day)
    named = dict(zip(_NUMBERS, numbers, strict=True))
    return Flow(span=Span(begin, begin + WEEK), **named)


def _times(values: Document) -> Quartiles:
    quantiles = (Quantile(**values[name]) for name in ("half", "three_in_four"))
    return Quartiles(values["n"], values["closed"], values["longest"], *quantiles)


def _revised(values: Document) -> Revised:
    made_at = datetime.fromisoformat(values["made_at"])
    return Revised(made_at, _flow(values["flow"]), Promises(**values["promises"]))
