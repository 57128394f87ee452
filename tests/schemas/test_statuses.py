"""Detailed statuses as updates and filters spell them."""

import pytest
from marshmallow import ValidationError

from schemas.requests.statuses import StatusOfUpdate
from schemas.search.fields import known_statuses
from schemas.vocabulary.statuses import DETAILED_STATUSES


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
    with pytest.raises(ValidationError, match=r"status\.of_update.*'open', 'for_triage', "):
        StatusOfUpdate().deserialize(sent, "status")


def test_a_list_can_be_filtered_by_every_detailed_status() -> None:
    assert known_statuses(["OPEN", "for triage", "fixed"]) == ["open", "for_triage", "fixed"]


@pytest.mark.parametrize("word", ["reopen", "unchanged", "done"])
def test_a_list_cannot_be_filtered_by_what_is_no_status(word: str) -> None:
    with pytest.raises(ValidationError, match=r"status\.filter"):
        known_statuses(["open", word])
