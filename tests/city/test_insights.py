"""Figures of Washington's requests, equal to those of independent libraries.

Those are in ../shared/expected/dc-insights, computed with pandas, lifelines, and statsmodels; its
README defines them. make test compares a few services, and make test-city all of the city.
"""

import csv
import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from applications import in_context
from flask import Flask
from washington_figures import load_washington

from open311.figures.survival import Curve
from open311.jobs.insights import check_figures, fold_figures
from open311.queries.insights import population
from open311.queries.insights.came_back import list_came_back
from open311.queries.insights.counts import Parts, list_duplicates
from open311.queries.insights.flow import Span, list_flows, weeks
from open311.queries.insights.population import By, Population, find_population
from open311.queries.insights.promises import list_promises
from open311.queries.insights.times import Timing, times_of_period, times_of_received
from open311.queries.jurisdictions import get_jurisdiction
from open311.queries.search.visibility import Audience

pytestmark = pytest.mark.city

AS_OF = datetime(2016, 8, 16, 10, 19, 32, tzinfo=UTC)
SAMPLE = ("GRAFF", "11", "S05SL", "CONTREMO")
SERVICES = {"service_code": By("service"), "service": By("service")}
KINDS = {
    **SERVICES,
    "city": By(),
    "department": By("department"),
    "ward": By("layer", "ward"),
}
FLOW = ("received", "closed", "open_at_end")
QUARTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}


@pytest.fixture(scope="module")
def results(city_data: Path) -> Path:
    folder = city_data.parent / "expected/dc-insights"
    if not folder.is_dir():
        pytest.skip("the expected figures (../shared/expected/dc-insights) are not on this machine")
    return folder


@pytest.fixture(scope="module")
def washington(
    results: Path,
    city_data: Path,
    whole_city: bool,
    fresh_database: Callable[[str], str],
    empty: str,
    run_command: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    database, folder = fresh_database(empty), tmp_path_factory.mktemp("figures")
    load_washington(city_data, database, folder, run_command, () if whole_city else SAMPLE)
    for app in in_context(database):
        fold_figures()
        assert check_figures() == 0
        yield app


def as_of() -> Population:
    return find_population(get_jurisdiction(None), Audience.PUBLIC, AS_OF)


def rows_of(results: Path, name: str) -> list[dict[str, str]]:
    with (results / f"{name}.csv").open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def kinds(whole_city: bool) -> dict[str, By]:
    """By what figures are compared: a sample of services knows no total of a city."""
    return KINDS if whole_city else SERVICES


def is_compared(key: str, kind: str, kinds: dict[str, By], whole_city: bool) -> bool:
    return kind in kinds and (whole_city or key in SAMPLE)


def differences(name: str, key: str, found: dict[str, Any], row: dict[str, str]) -> list[str]:
    """Name what differs: whole numbers by anything, others by more than a millionth."""
    wrong = []
    for column, value in found.items():
        expected = float(row[column]) if row[column] else None
        same = value == expected
        if isinstance(value, float) and expected is not None and math.isfinite(expected):
            same = abs(value - expected) <= 1e-6
        if not same:
            wrong.append(f"{name} {key} {column}: {value}, expected {expected}")
    return wrong


def whole_hours(curve: Curve) -> dict[str, float]:
    """Return the quartiles and their limits, by the names of the columns."""
    found = {}
    for name, closed in QUARTILES.items():
        quantile = curve.quantile(closed)
        limits = {"": quantile.value, "_lower": quantile.lower, "_upper": quantile.upper}
        for limit, hours in limits.items():
            found[f"{name}{limit}_whole_hours"] = math.inf if hours is None else hours
    return found


def test_times_to_close_are_those_of_lifelines(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    files = {"km_by_service": "service_code", "km_city": "city", "km_by_ward": "ward"}
    files["km_by_department"] = "department"
    compared, wrong = 0, []
    for name, kind in files.items():
        if kind not in kinds:
            continue
        timing = Timing(all_at_entry=True)
        curves = times_of_received(as_of(), None, None, kinds[kind], timing)
        for row in rows_of(results, name):
            key = "" if kind == "city" else next(iter(row.values()))
            if is_compared(key, kind, kinds, whole_city):
                curve = curves[key].curve
                numbers = {"n": curve.n, "events": curve.closed, "censored": curve.n - curve.closed}
                wrong += differences(name, key, {**numbers, **whole_hours(curve)}, row)
                compared += 1
    assert not wrong
    assert compared == (63 if whole_city else len(SAMPLE))


def test_the_curve_is_that_of_lifelines(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    timing = Timing(all_at_entry=True)
    curves = {
        key: one.curve
        for by in kinds.values()
        for key, one in times_of_received(as_of(), None, None, by, timing).items()
    }
    rows = [
        row
        for row in rows_of(results, "km_curve_points")
        if whole_city or row["service_code"] in SAMPLE
    ]
    wrong = []
    for row in rows:
        key = "" if row["service_code"] == "ALL" else row["service_code"]
        still_open, lower, upper = curves[key].at(int(row["whole_hours"]))
        found = {"still_open": still_open, "lower": lower, "upper": upper}
        wrong += differences("km_curve_points", f"{key} {row['whole_hours']}", found, row)
    assert not wrong
    assert rows


def test_times_of_a_period_are_those_of_lifelines(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    begin, end = datetime(2016, 7, 25, tzinfo=UTC), datetime(2016, 8, 8, tzinfo=UTC)
    curves = {kind: times_of_period(as_of(), begin, end, by) for kind, by in kinds.items()}
    compared, wrong = 0, []
    for row in rows_of(results, "km_period"):
        kind, _colon, key = row["scope"].partition(":")
        if not is_compared(key, kind, kinds, whole_city):
            continue
        curve = curves[kind][key]
        quartiles = whole_hours(curve)
        found = {name: quartiles[name] for name in row if name in quartiles}
        found |= {"n": curve.n, "events": curve.closed}
        wrong += differences("km_period", row["scope"], found, row)
        compared += 1
    assert not wrong
    assert compared == (10 if whole_city else 1)


def test_flows_are_those_of_pandas(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    """Of each week and day, from kept sums; in a sample, those of facts are the same."""
    spans = weeks(date(2016, 7, 4), date(2016, 8, 17))
    days = [Span(day, day + timedelta(days=1)) for day in each_day(spans)]
    if not whole_city:
        [one] = list_flows(as_of(), [Span(spans[0].begin, spans[-1].end)]).values()
        [again] = list_flows(as_of(), [Span(spans[0].begin, spans[-1].end)], By("channel")).values()
        assert one == again
        assert one[0].received > 1_000
        return
    wrong = []
    for kind, by in kinds.items():
        flows = list_flows(as_of(), spans, by)
        for row in rows_of(results, "weekly_flow"):
            scope, _colon, key = row["scope"].partition(":")
            if scope == kind:
                [flow] = (one for one in flows[key] if str(one.span.begin) == row["week"])
                found = {
                    name: getattr(flow, name) for name in ("received", "closed", "open_at_end")
                }
                wrong += differences("weekly_flow", f"{row['scope']} {row['week']}", found, row)
    [daily] = list_flows(as_of(), days).values()
    by_day = {str(flow.span.begin): flow for flow in daily}
    for row in rows_of(results, "daily_flow"):
        day = by_day[row["day"]]
        found = {name: getattr(day, name) for name in FLOW}
        wrong += differences("daily_flow", row["day"], found, row)
    assert not wrong


def each_day(spans: list[Span]) -> Iterator[date]:
    day = spans[0].begin
    while day < spans[-1].end:
        yield day
        day += timedelta(days=1)


def test_promises_are_those_of_statsmodels(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    names = ("fell_due", "kept", "not_yet_due", "no_promise")
    found = {kind: list_promises(as_of(), None, None, by) for kind, by in kinds.items()}
    compared, wrong = 0, []
    for row in rows_of(results, "promise_kept"):
        kind, key = row["by"], "" if row["by"] == "city" else row["value"]
        if not is_compared(key, kind, kinds, whole_city):
            continue
        one = found[kind][key]
        numbers = {name: getattr(one, name) for name in names}
        numbers |= {"late_closed": one.late, "overdue_open": one.overdue}
        shares = {"share_kept": one.share.value, "lower": one.share.lower, "upper": one.share.upper}
        wrong += differences("promise_kept", key, {**numbers, **shares}, row)
        compared += 1
    assert not wrong
    assert compared == (63 if whole_city else len(SAMPLE))


def test_promises_of_each_week_and_what_is_open_are_those_of_pandas(
    washington: Flask, results: Path, whole_city: bool
) -> None:
    if not whole_city:
        pytest.skip("a sample has no total of the city")
    wrong = []
    for row in rows_of(results, "promise_kept_by_due_week"):
        begin = datetime.fromisoformat(row["due_week"]).replace(tzinfo=UTC)
        [one] = list_promises(as_of(), begin, begin + timedelta(weeks=1)).values()
        shares = {"share_kept": one.share.value, "lower": one.share.lower, "upper": one.share.upper}
        found = {"fell_due": one.fell_due, "kept": one.kept, **shares}
        wrong += differences("promise_kept_by_due_week", row["due_week"], found, row)
    days = [Span(date(2016, 7, 1), date(2016, 8, 17))]
    flows = list_flows(as_of(), days, By("department"))
    promises = list_promises(as_of(), None, None, By("department"))
    for row in rows_of(results, "open_now"):
        key = row["department"]
        found = {"open": flows[key][-1].open_at_end, "overdue": promises[key].overdue}
        wrong += differences("open_now", key, found, row)
    assert not wrong


def test_what_came_back_is_that_of_the_reference(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    """In the projection of the reference, that of the District of Columbia."""
    begin, srid = datetime(2016, 1, 1, tzinfo=UTC), 26985
    found = list_came_back(as_of(), begin, AS_OF, srid, By("service"))
    compared, wrong = 0, []
    for row in rows_of(results, "came_back"):
        key = row["service_code"]
        if not is_compared(key, "service", kinds, whole_city):
            continue
        one = found.get(key, Parts(0, {"came_back": 0}))
        numbers = {"closed_14_days_ago": one.n, "came_back": one.parts["came_back"]}
        wrong += differences(
            "came_back", key, {**numbers, "share": one.share("came_back").value}, row
        )
        compared += 1
    assert not wrong
    assert compared == (48 if whole_city else len(SAMPLE))


def test_duplicates_are_those_of_statsmodels(
    washington: Flask, results: Path, kinds: dict[str, By], whole_city: bool
) -> None:
    found = {kind: list_duplicates(as_of(), None, None, by) for kind, by in kinds.items()}
    compared, wrong = 0, []
    for row in rows_of(results, "duplicates"):
        kind, key = row["by"], "" if row["by"] == "city" else row["value"]
        if not is_compared(key, kind, kinds, whole_city):
            continue
        one = found[kind][key]
        share = one.share("duplicates")
        numbers = {
            "n": one.n,
            "duplicates": one.parts["duplicates"],
            "voided": one.parts["canceled"],
        }
        shares = {"share_duplicates": share.value, "lower": share.lower, "upper": share.upper}
        wrong += differences("duplicates", key, {**numbers, **shares}, row)
        compared += 1
    assert not wrong
    assert compared >= len(SAMPLE)


def test_figures_of_what_is_not_folded_are_the_same(
    washington: Flask, whole_city: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(population, "MOST_CHANGED", 30_000)
    by = By("service")
    spans = weeks(date(2016, 7, 4), date(2016, 8, 17))
    kept = list_flows(as_of(), spans, by), list_promises(as_of(), None, None, by)
    population.db.session.execute(population.FigureState.__table__.update().values(change_number=0))
    assert len(as_of().changed) > 1_000
    assert (list_flows(as_of(), spans, by), list_promises(as_of(), None, None, by)) == kept
    population.db.session.rollback()
