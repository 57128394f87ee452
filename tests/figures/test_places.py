"""Repeated places by hand, and reporting rates from problems that play out by chance."""

from datetime import date, timedelta
from math import isclose
from random import Random

from open311.figures.repeated_places import Spot, count_visits, repeated_places
from open311.figures.reporting_rates import Exposure, reporting_rates

FIRST = date(2026, 3, 2)


def spots(*places: tuple[float, float, int]) -> list[Spot]:
    """Return requests at x and y, in meters, so many days after the first."""
    return [
        Spot(pk, x, y, FIRST + timedelta(days=days)) for pk, (x, y, days) in enumerate(places, 1)
    ]


def test_a_visit_is_for_all_requests_of_a_week() -> None:
    days = [FIRST + timedelta(days=number) for number in (0, 0, 6, 7, 13, 13, 14, 40)]
    assert count_visits(days) == 4  # on days 0, 7, 14, and 40
    assert count_visits([]) == 0


def test_three_visits_are_a_place_and_two_are_none() -> None:
    assert repeated_places(spots((0, 0, 0), (5, 0, 3), (0, 5, 10))) == []
    [place] = repeated_places(spots((0, 0, 30), (5, 0, 0), (0, 5, 10), (1, 1, 31)))
    assert (place.visits, [one.pk for one in place.spots]) == (3, [2, 3, 1, 4])
    assert place.newest.pk == 4
    assert place.box == (0, 0, 5, 5)


def test_a_long_chain_is_cut_where_its_gap_is_widest() -> None:
    """A street of 120 m: two corners with three visits each, and two visits between them."""
    west = [(10.0 * number, 0.0, 10 * number) for number in range(3)]
    between = [(44.0, 0.0, 0), (64.0, 0.0, 50)]
    east = [(88.0 + 16 * number, 0.0, 10 * number) for number in range(3)]
    found = repeated_places(spots(*west, *between, *east))
    assert [[one.x for one in place.spots] for place in found] == [[0, 10, 20], [88, 104, 120]]
    [across] = repeated_places(spots(*((one[1], one[0], one[2]) for one in west), (0, 500, 1)))
    assert across.box == (0, 0, 0, 20)


def test_services_with_few_further_reports_have_no_rate() -> None:
    enough = [Exposure("POTHOLE", "1", 40, 29, 100.0), Exposure("POTHOLE", "2", 5, 1, 9.0)]
    few = [Exposure("LAMP", "1", 400, 29, 1000.0), Exposure("LAMP", "2", 9, 40, 0.0)]
    found = reporting_rates([*enough, *few])
    assert {service: list(rates) for service, rates in found.items()} == {"POTHOLE": ["1", "2"]}
    one = found["POTHOLE"]["2"]
    assert one.delay == 9
    assert isclose(one.interval[0], 0.0253 / 9, rel_tol=1e-2)  # Poisson, exact: 0.0253 to 5.572
    assert isclose(one.interval[1], 5.572 / 9, rel_tol=1e-3)


def test_true_rates_are_within_their_intervals_as_often_as_these_promise() -> None:
    """Problems of three areas; somebody acts after 1 to 60 days, of which 30 count at most."""
    chance = Random(42)
    truth = {"1": 0.5, "2": 0.1, "3": 0.02}
    inside, estimates = 0, dict.fromkeys(truth, 0.0)
    for _city in range(60):
        exposures = []
        for area, rate in truth.items():
            days = [min(chance.uniform(1, 60), 30) for _problem in range(400)]
            repeats = sum(_further_reports(chance, rate, one) for one in days)
            exposures.append(Exposure("POTHOLE", area, 400, repeats, sum(days)))
        for area, found in reporting_rates(exposures)["POTHOLE"].items():
            lower, upper = found.interval
            inside += lower <= truth[area] <= upper
            estimates[area] += found.rate / 60
    assert inside >= 165  # of 180, of which 171 are expected
    assert all(isclose(estimates[area], rate, rel_tol=0.03) for area, rate in truth.items())


def _further_reports(chance: Random, rate: float, days: float) -> int:
    """Return how many reports come within days, one after the other."""
    number, at = 0, chance.expovariate(rate)
    while at <= days:
        number, at = number + 1, at + chance.expovariate(rate)
    return number
