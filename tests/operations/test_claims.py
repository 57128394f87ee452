"""The effect of the status that a comment claims."""

import pytest

from open311.steps.requests.comments import Weight, weigh

STEP, CLAIM, NOTHING = Weight.STEP, Weight.CLAIM, Weight.NOTHING


@pytest.mark.parametrize(
    ("claimed", "current", "of_a_key_that_decides", "of_another"),
    [
        (None, "open", NOTHING, NOTHING),
        ("open", "open", NOTHING, NOTHING),
        ("open", "in_progress", NOTHING, NOTHING),
        ("open", "fixed", STEP, CLAIM),
        ("open", "closed", STEP, CLAIM),
        ("in_progress", "open", STEP, NOTHING),
        ("in_progress", "planned", STEP, NOTHING),
        ("in_progress", "in_progress", NOTHING, NOTHING),
        ("in_progress", "duplicate", STEP, CLAIM),
        ("closed", "open", STEP, CLAIM),
        ("closed", "in_progress", STEP, CLAIM),
        ("closed", "closed", NOTHING, NOTHING),
        ("closed", "duplicate", NOTHING, NOTHING),
        ("closed", "not_councils_responsibility", NOTHING, NOTHING),
        ("fixed", "open", STEP, CLAIM),
        ("fixed", "closed", STEP, NOTHING),
        ("fixed", "no_further_action", STEP, NOTHING),
        ("duplicate", "closed", STEP, NOTHING),
    ],
)
def test_a_claim_has_its_weight(
    claimed: str | None, current: str, of_a_key_that_decides: Weight, of_another: Weight
) -> None:
    assert weigh(claimed, current, decides=True) is of_a_key_that_decides
    assert weigh(claimed, current, decides=False) is of_another
