"""Who polls with updated_after learns that texts and photos were hidden or erased."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from open311.operations.people.erasure import PersonKey, erase_personal_data
from open311.operations.requests.moderation import hide_photo, moderate_text
from open311.steps.values.moderation import Decision
from tests.residents.reported import Reported, Town

BY_STAFF = Decision(kind="hidden", reason="An accusation", made_by="tests")
MAIL = "jo.doe@mail.example"


def by_staff(town: Town, one: Reported) -> None:
    with town.at_work() as city:
        moderate_text(city, one.id, BY_STAFF)


def photo_by_staff(town: Town, one: Reported) -> None:
    name = town.value("SELECT name FROM media WHERE service_request_pk = %s", one.pk)
    with town.at_work() as city:
        hide_photo(city, one.id, name, BY_STAFF)


def by_the_reporter(town: Town, one: Reported) -> None:
    assert town.post(f"/track/{one.secret}/hide").status_code == 200


def by_erasure(town: Town, one: Reported) -> None:
    with town.at_work() as city:
        erase_personal_data(city, PersonKey(basis="email", value=MAIL), texts=True, erased_by="x")


def long_ago(town: Town, one: Reported) -> datetime:
    """Close a request, and let all of it have happened two days ago; return a time since then."""
    town.change(one, "fixed", "Filled.")
    town.rows(
        "UPDATE service_requests SET requested_datetime = requested_datetime - interval '2 days',"
        " updated_datetime = updated_datetime - interval '2 days' WHERE pk = %s",
        one.pk,
    )
    return datetime.now(UTC) - timedelta(days=1)


@pytest.mark.parametrize("hide", [by_staff, photo_by_staff, by_the_reporter, by_erasure])
def test_what_is_hidden_or_erased_is_told_to_who_polls(
    town: Town, hide: Callable[[Town, Reported], Any]
) -> None:
    one = town.report(photos=1, email=MAIL, description="Jo Doe says that it is deep")
    other = town.report(description="Nothing happens to this one")
    since = max(long_ago(town, one), long_ago(town, other)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def polled(path: str = "/open311/v2/requests.json", **more: str) -> list[dict[str, Any]]:
        query = "&".join(f"{name}={value}" for name, value in more.items())
        found = town.get(f"{path}?page_size=200&updated_after={since}&{query}").json()
        rows = [one["properties"] for one in found["features"]] if "features" in found else found
        return [row for row in rows if row["service_request_id"] in (one.id, other.id)]

    [before] = town.get(f"/open311/v2/requests/{one.id}.json").json()
    assert polled() == []
    hide(town, one)
    [after] = polled()
    assert after["service_request_id"] == one.id
    assert after["updated_datetime"] == before["updated_datetime"]
    assert "Jo Doe" not in f"{after}" or hide is photo_by_staff
    assert (after.get("media_url") is None) == (hide in (photo_by_staff, by_erasure))
    assert [row["service_request_id"] for row in polled("/reports.geojson")] == [one.id]
    assert polled(updated_before=since) == []
    assert polled(status="open") == []
