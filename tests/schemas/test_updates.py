"""What GET and POST /servicerequestupdates take."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import ValidationError

from schemas.errors import list_problems
from schemas.fields import w3c
from schemas.requests.links import MOST_LINKS
from schemas.requests.updates import (
    UPDATE_REPORTER_FIELDS,
    UpdateFiltersSchema,
    UpdateSubmissionSchema,
)

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 9, 14, 5, tzinfo=UTC)
NEEDED = {
    "service_request_id": ["26-0000003"],
    "update_id": ["u-1"],
    "updated_datetime": ["2026-03-09T10:05:00"],
    "status": ["FIXED"],
}


def load(**sent: list[str]) -> dict[str, Any]:
    return UpdateSubmissionSchema(zone=NEW_YORK).load({**NEEDED, **sent})


def filters(**sent: list[str]) -> dict[str, Any]:
    return UpdateFiltersSchema(clock=lambda: NOW, zone=NEW_YORK).load(sent)


def test_an_update_needs_little_and_the_rest_is_empty() -> None:
    assert load() == {
        "service_request_id": "26-0000003",
        "update_id": "u-1",
        "updated_datetime": NOW,
        "status": "fixed",
        "description": "",
        "media_url": [],
        **dict.fromkeys(UPDATE_REPORTER_FIELDS, ""),
    }


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("empty", ["", " ", "\x00"])
def test_an_empty_value_is_a_missing_one(name: str, empty: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load(**{name: [empty]})
    [problem] = list_problems(caught.value)
    assert problem.field == name
    assert problem.key.endswith("required")


def test_blanks_around_ids_do_not_count() -> None:
    loaded = load(service_request_id=[" 26-0000003\r\n"], update_id=["\tu 1 "])
    assert (loaded["service_request_id"], loaded["update_id"]) == ("26-0000003", "u 1")


def test_links_keep_their_order_and_their_commas_and_empty_ones_are_none() -> None:
    links = ["https://b.example/1,2", "", "http://a.example/"]
    assert load(media_url=links)["media_url"] == [links[0], links[2]]
    assert (
        len(load(media_url=[f"https://a.example/{n}" for n in range(MOST_LINKS)])["media_url"])
        == MOST_LINKS
    )


@pytest.mark.parametrize(
    ("links", "key"),
    [
        (["https://a.example/", "b"], "field.url"),
        (
            [f"https://a.example/{n}" for n in range(21)],
            "links.too_many",
        ),
    ],
)
def test_links_that_cannot_be_used_are_refused(links: list[str], key: str) -> None:
    with pytest.raises(ValidationError) as caught:
        load(media_url=links)
    assert [(one.field, one.key) for one in list_problems(caught.value)] == [("media_url", key)]


def test_without_filters_the_updates_of_the_last_90_days_are_asked_for() -> None:
    assert filters() == {
        "service_request_id": [],
        "start_date": NOW - timedelta(days=90),
        "end_date": NOW,
        "window_moves": True,
        "extensions": True,
    }


def test_ids_are_one_filter_among_others() -> None:
    loaded = filters(service_request_id=["a, b", "c"], start_date=["2026-03-01"])
    assert loaded["service_request_id"] == ["a", "b", "c"]
    assert w3c(loaded["start_date"]) == "2026-03-01T05:00:00Z"
    assert loaded["end_date"] == NOW


def test_a_window_of_more_than_90_days_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"dates\.too_far_apart"):
        filters(start_date=["2026-01-01"], end_date=["2026-05-01"])


def test_a_window_that_is_refused_hides_no_other_problem() -> None:
    with pytest.raises(ValidationError) as caught:
        filters(start_date=["2026-05-01"], end_date=["2026-01-01"], extensions=["perhaps"])
    assert {one.field for one in list_problems(caught.value)} == {"end_date", "extensions"}
