"""Dates as staff pages write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask

from open311.web.dates import day_words

NEW_YORK = ZoneInfo("America/New_York")


def test_a_day_shows_its_year_unless_it_is_the_current_one(app: Flask) -> None:
    year = datetime.now(NEW_YORK).year
    with app.test_request_context():
        _check(year)


def _check(year: int) -> None:
    assert day_words(datetime(year, 7, 1, 12, tzinfo=UTC), NEW_YORK, "en") == "Jul 1"
    assert (
        day_words(datetime(year + 1, 7, 1, 12, tzinfo=UTC), NEW_YORK, "en") == f"Jul 1, {year + 1}"
    )
    # It is still the old year in the city.
    new_year = datetime(year + 1, 1, 1, 2, tzinfo=UTC)
    assert day_words(new_year, NEW_YORK, "en") == "Dec 31"
    assert day_words(None, NEW_YORK, "en") == ""
