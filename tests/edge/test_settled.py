"""When something last changed, once that cannot change any more."""

from datetime import UTC, datetime, timedelta

import pytest

from open311.web.caching import settled

NOW = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([], None),
        ([ago(61)], ago(61)),
        ([ago(60)], ago(60)),
        ([ago(59)], None),
        ([ago(60.5)], ago(60)),
        ([ago(60.000001)], ago(60)),
        ([ago(59.999999)], None),
        ([ago(3600), ago(7200)], ago(3600)),
        ([ago(3600), ago(1)], None),
        ([ago(-5)], None),
    ],
)
def test_the_last_change_counts_when_it_is_a_minute_old(
    moments: list[datetime], expected: datetime | None
) -> None:
    assert settled(moments, NOW) == expected
