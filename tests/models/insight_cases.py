"""What the tables of figures take and refuse."""

from tests.models.inserts import insert


def state(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "change_number": "1"}
    return insert("figure_states", **{**row, **values})


INSIGHT_REFUSED = [("fk_figure_states_jurisdiction_id", state(jurisdiction_id="'nowhere'"))]

INSIGHT_NULLS = {
    ("former_ids", "seen_at"),
    ("request_facts", "first_action_at"),
    ("request_facts", "closed_at"),
    ("request_facts", "first_due_at"),
    ("request_facts", "due_at"),
    ("request_facts", "waits_since"),
    ("request_facts", "seen_at"),
}
