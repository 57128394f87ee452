"""Areas and hot cells of Washington against tables computed with libraries by others.

The tables, with their exact definitions, are in ../shared/expected/dc-insights.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from math import ceil, floor
from pathlib import Path

import pytest

from open311.figures.areas import (
    ALARM,
    WARNING,
    AreaRatio,
    Dues,
    Times,
    closing_ratios,
    promise_ratios,
)
from open311.figures.hot_cells import Cell, examine_cells
from open311.figures.poisson import poisson_interval

pytestmark = pytest.mark.city

AS_OF = datetime(2016, 8, 16, 10, 19, 32, tzinfo=UTC)
NO_WORK = ("DUPLICATE (OPENED)", "DUPLICATE (CLOSED)", "VOIDED")
Row = dict[str, str]


@pytest.fixture(scope="module")
def expected(city_data: Path) -> Path:
    folder = city_data.parent / "expected/dc-insights"
    if not folder.is_dir():
        pytest.skip("the reference results (../shared/expected/dc-insights) are not here")
    return folder


@pytest.fixture(scope="module")
def work_in_wards(city_data: Path) -> list[Row]:
    rows = read(city_data / "dc/dc_311_requests_2016_07_08.csv")
    return [
        one
        for one in rows
        if one["recorded_ward"] and one["service_code"] and one["status"] not in NO_WORK
    ]


def read(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def timed(row: Row) -> Times:
    begin, end = moment(row["requested"]), moment(row["closed"])
    assert begin is not None
    hours = ((end or AS_OF) - begin).total_seconds() / 3600
    whole = max(1, ceil(hours)) if end else floor(hours)
    return Times(row["service_code"], row["recorded_ward"], whole, end is not None, 1)


def test_closings_by_ward_are_those_of_the_reference(
    expected: Path, work_in_wards: list[Row]
) -> None:
    found = closing_ratios(map(timed, work_in_wards))
    truth = list(read(expected / "ward_closing_ratio.csv"))
    assert [one.area for one in found] == [one["ward"] for one in truth]
    for one, row in zip(found, truth, strict=True):
        assert (one.requests, one.observed) == (int(row["n"]), int(row["observed"]))
        limits = {
            f"limit_{side}_{name}": limit / one.expected
            for name, level in (("95", WARNING), ("998", ALARM))
            for side, limit in zip(
                ("low", "high"), poisson_interval(one.expected, level), strict=True
            )
        }
        compare(row, **limits, **common(one), ratio=one.ratio, lower=one.lower, upper=one.upper)
    assert {one.level for one in found} == {None}


def test_promises_by_ward_are_those_of_the_reference(
    expected: Path, work_in_wards: list[Row]
) -> None:
    due = [one for one in work_in_wards if one["due"] and moment(one["due"]) <= AS_OF]  # type: ignore[operator]
    kept = [one for one in due if one["closed"] and one["closed"] <= one["due"]]
    keys = Counter((one["service_code"], one["recorded_ward"]) for one in due)
    kept_of = Counter((one["service_code"], one["recorded_ward"]) for one in kept)
    found = promise_ratios([Dues(*key, number, kept_of[key]) for key, number in keys.items()])
    truth = list(read(expected / "ward_promise_funnel.csv"))
    assert [one.area for one in found] == [one["ward"] for one in truth]
    for one, row in zip(found, truth, strict=True):
        assert (one.requests, one.observed) == (int(row["fell_due"]), int(row["kept"]))
        share = one.ratio * float(row["city_share"])
        compare(row, **common(one), variance=one.variance, standardized_share=share)
    assert [one.area for one in found if one.level is not None] == ["8"]


def common(one: AreaRatio) -> dict[str, float]:
    return {
        "expected": one.expected,
        "z": one.z,
        "z_overdispersed": one.z_wide,
        "phi": one.spread,
    }


def compare(row: Row, **found: float) -> None:
    wrong = {
        name: (value, row[name])
        for name, value in found.items()
        if value != pytest.approx(float(row[name]), abs=1.1e-6)
    }
    assert wrong == {}


def test_hot_cells_are_those_of_the_reference(expected: Path) -> None:
    weeks: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in read(expected / "hot_cells_excess.csv"):
        weeks[row["service_code"], row["week"]].append(row)
    for week, rows in weeks.items():
        past, observed = ({cell_of(row): int(row[name]) for row in rows} for name in COUNTS)
        found = {one.cell: one for one in examine_cells(past, observed)}
        assert len(found) == len(rows)
        for row in rows:
            one = found[cell_of(row)]
            compare(row, expected=one.expected, p=one.p)
            assert str(one.is_hot) == row["hot"], (week, row)


COUNTS = ("past", "observed")


def cell_of(row: Row) -> Cell:
    return int(row["cx"]), int(row["cy"])
