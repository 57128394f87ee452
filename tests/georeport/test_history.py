"""Detailed statuses and notes, for those who ask for more than the standard."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from georeport_client import Api, as_text


@pytest.fixture
def lively(api: Api, database: str, run_command: Callable[..., str]) -> str:
    """The id of a report with a step of each type in its history."""
    id_ = api.report()
    for status, notes in [
        ("in_progress", "A crew is on its way."),
        ("fixed", "Filled."),
        ("duplicate", ""),
        ("open", "It did not hold."),
        ("closed", "Filled again."),
    ]:
        run_command(database, "requests", "status", id_, status, notes)
    return id_


def attributes(api: Api, service_request_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.one(service_request_id, extensions="true")["extended_attributes"]
    return found


def test_notes_are_the_history_oldest_first(api: Api, lively: str) -> None:
    notes = attributes(api, lively)["notes"]
    steps = [(note["type"], note["status"], note["description"]) for note in notes]
    assert steps == [
        ("submitted", "open", None),
        ("activity", "in_progress", "A crew is on its way."),
        ("closed", "fixed", "Filled."),
        ("activity", "duplicate", None),
        ("opened", "open", "It did not hold."),
        ("closed", "closed", "Filled again."),
    ]
    row = api.one(lively)
    assert notes[0]["datetime"] == row["requested_datetime"]
    assert notes[-1]["datetime"] == row["updated_datetime"]


def test_notes_are_in_lists_as_well_and_only_when_asked_for(api: Api, lively: str) -> None:
    quiet = api.report()
    rows = {row["service_request_id"]: row for row in api.get("v2/requests").document}
    assert "extended_attributes" not in rows[lively]
    asked = api.get("v2/requests", extensions="true").document
    shown = {row["service_request_id"]: row["extended_attributes"] for row in asked}
    assert shown[lively] == attributes(api, lively)
    assert [note["type"] for note in shown[quiet]["notes"]] == ["submitted"]


def test_xml_and_json_tell_the_same_history(server: str, lively: str) -> None:
    """GEN-17"""
    xml, json = (Api(server, format, "") for format in ("xml", "json"))
    assert as_text(attributes(json, lively)) == attributes(xml, lively)


def test_who_does_not_ask_sees_open_and_closed_alone(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    id_ = api.report()
    for status, expected in {"planned": "open", "internal_referral": "closed"}.items():
        run_command(database, "requests", "status", id_, status, "A note.")
        assert api.one(id_)["status"] == expected
        assert api.one(id_, extensions="true")["status"] == expected
        assert attributes(api, id_)["detailed_status"] == status


def test_a_list_can_be_filtered_by_detailed_statuses(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    fixed, planned, new = api.report(), api.report(), api.report()
    run_command(database, "requests", "status", fixed, "fixed", "Filled.")
    run_command(database, "requests", "status", planned, "planned", "In May.")

    def found(status: str) -> list[str]:
        mine = {fixed: "fixed", planned: "planned", new: "new"}
        ids = api.get("v2/requests", status=status).ids()
        return sorted(mine[id_] for id_ in ids if id_ in mine)

    assert found("fixed") == ["fixed"]
    assert found("FIXED, Planned") == ["fixed", "planned"]
    assert found("open") == ["new", "planned"]
    assert found("Closed") == ["fixed"]
    assert found("open,fixed") == ["fixed", "new", "planned"]
    assert found("for triage") == []


def test_an_unknown_status_is_answered_with_those_that_are_known(api: Api) -> None:
    answer = api.get("v2/requests", status="open,done")
    assert answer.status == 400
    [sentence] = answer.sentences
    for word in ("status", "open, ", "closed", "fixed", "'done' is not a status."):
        assert word in sentence


def test_a_step_takes_effect_though_the_clock_was_set_back(
    api: Api, database: str, run_command: Callable[..., str]
) -> None:
    """The clock was an hour ahead when staff closed it, and is right when it is opened again."""
    id_ = api.report()
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO status_changes (service_request_pk, status, detailed_status,"
            " status_notes, changed_at, opening) SELECT pk, 'closed', 'fixed', 'Filled.',"
            " now() + interval '1 hour', false FROM service_requests WHERE service_request_id = %s",
            [id_],
        )
    ahead = api.one(id_)
    assert (ahead["status"], ahead["status_notes"]) == ("closed", "Filled.")
    run_command(database, "requests", "status", id_, "open", "It did not hold.")
    row = api.one(id_)
    assert (row["status"], row["status_notes"]) == ("open", "It did not hold.")
    assert row["requested_datetime"] <= row["updated_datetime"] < ahead["updated_datetime"]
    notes = attributes(api, id_)["notes"]
    assert [(note["type"], note["description"]) for note in notes] == [
        ("submitted", None),
        ("closed", "Filled."),
        ("opened", "It did not hold."),
    ]
    assert notes[1]["datetime"] > notes[2]["datetime"] == row["updated_datetime"]
