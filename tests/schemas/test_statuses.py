"""Detailed statuses, as they are written and as they are meant."""

import pytest
from marshmallow import ValidationError

from open311.models import history as status_change
from schemas.requests.statuses import (
    CLOSED_STATUSES,
    DETAILED_STATUSES,
    OPEN_STATUSES,
    StatusOfUpdate,
)
from schemas.search.request_filters import STATUSES, known_statuses


def test_the_words_are_those_that_the_database_knows() -> None:
    assert OPEN_STATUSES == status_change.OPEN_STATUSES
    assert CLOSED_STATUSES == status_change.CLOSED_STATUSES
    assert STATUSES == status_change.STATUSES


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        *((status, status) for status in DETAILED_STATUSES),
        *((status.upper(), status) for status in DETAILED_STATUSES),
        ("In Progress", "in_progress"),
        (" no  further_action\t", "no_further_action"),
        ("NOT_COUNCILS RESPONSIBILITY", "not_councils_responsibility"),
        ("REOPEN", "open"),
        ("Unchanged", None),
    ],
)
def test_an_update_may_spell_a_status_as_others_do(sent: str, meant: str | None) -> None:
    assert StatusOfUpdate().deserialize(sent, "status") == meant


@pytest.mark.parametrize("sent", ["", "done", "openclosed", "open,closed", "in-progress", "_open"])
def test_an_update_may_not_say_what_nobody_knows(sent: str) -> None:
    with pytest.raises(ValidationError, match="status must be one of open, for_triage, "):
        StatusOfUpdate().deserialize(sent, "status")


def test_a_list_can_be_filtered_by_every_detailed_status() -> None:
    assert known_statuses(["OPEN", "for triage", "fixed"]) == ["open", "for_triage", "fixed"]


@pytest.mark.parametrize("word", ["reopen", "unchanged", "done"])
def test_a_list_cannot_be_filtered_by_what_is_no_status(word: str) -> None:
    with pytest.raises(ValidationError, match=f"no_further_action.*not {word}.$"):
        known_statuses(["open", word])
