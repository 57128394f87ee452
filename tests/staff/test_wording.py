"""Dates as staff pages write them."""

import re
from datetime import UTC, datetime
from pathlib import Path
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


PACKAGE = Path(__file__).parents[2] / "open311"
DATES = PACKAGE / "web" / "dates.py"
RECURRING = [PACKAGE / "web" / "schedule_wording.py", PACKAGE / "staff" / "rule_choices.py"]
"""Words for seasons, weekdays, and times of the day, which have no year."""

FORMATS = re.compile(
    r"babel\.dates|flask_babel import .*format_(date|time)|\{\{[^}]*\|\s*\w*(date|time)"
    r"|%-?[bB]\b|^(?!.*%[yY]).*%-?m\b|toLocaleTimeString|DateTimeFormat",
    re.MULTILINE,
)
"""Ways to write a date in words other than those of open311/web/dates.py."""


def test_no_other_module_page_or_script_writes_dates_in_words() -> None:
    files = [
        path
        for pattern in ("*.py", "*.html", "*.mjs")
        for path in PACKAGE.rglob(pattern)
        if "vendor" not in path.parts and "migrations" not in path.parts
    ]
    found = {path for path in files if FORMATS.search(path.read_text())}
    assert found == {DATES, *RECURRING}
    dated = [path.name for path in files if "toLocale" in path.read_text()]
    assert dated == ["waiting.mjs"]  # toLocaleDateString has the year
