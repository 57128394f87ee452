"""The end of quiet hours, also in nights in which clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schemas.quiet_hours import end_of_quiet

ZONE = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-07-01T20:59:59-04:00", None),
        ("2026-07-01T21:00:00-04:00", "2026-07-02T08:00:00-04:00"),
        ("2026-07-01T23:59:59-04:00", "2026-07-02T08:00:00-04:00"),
        ("2026-07-02T00:00:00-04:00", "2026-07-02T08:00:00-04:00"),
        ("2026-07-02T07:59:59-04:00", "2026-07-02T08:00:00-04:00"),
        ("2026-07-02T08:00:00-04:00", None),
        ("2026-07-31T21:00:00-04:00", "2026-08-01T08:00:00-04:00"),
        ("2026-12-31T22:00:00-05:00", "2027-01-01T08:00:00-05:00"),
        ("2026-03-07T21:30:00-05:00", "2026-03-08T08:00:00-04:00"),
        ("2026-03-08T03:30:00-04:00", "2026-03-08T08:00:00-04:00"),
        ("2026-10-31T21:30:00-04:00", "2026-11-01T08:00:00-05:00"),
        ("2026-11-01T01:30:00-04:00", "2026-11-01T08:00:00-05:00"),
        ("2026-11-01T01:30:00-05:00", "2026-11-01T08:00:00-05:00"),
    ],
)
def test_quiet_hours_end_at_eight(now: str, end: str | None) -> None:
    found = end_of_quiet(at(now), ZONE)
    assert found == at(end or now)
    assert end_of_quiet(found, ZONE) == found
    assert end_of_quiet(at(now).astimezone(UTC), ZONE) == found


def test_the_nights_of_clock_changes_are_an_hour_shorter_and_longer() -> None:
    for evening, hours in (("2026-03-07T21:00:00-05:00", 10), ("2026-10-31T21:00:00-04:00", 12)):
        assert end_of_quiet(at(evening), ZONE) - at(evening) == timedelta(hours=hours)
