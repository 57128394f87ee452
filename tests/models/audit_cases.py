"""What the audit takes and refuses."""

from tests.models.inserts import insert


def entry(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "subject": "'services'",
        "subject_name": "'POTHOLE'",
        "action": "'changed'",
    }
    return insert("audit_entries", **{**row, **values})


AUDIT_TAKEN = [
    entry(),
    entry(actor_kind="'user'", actor="'kim'"),
    entry(before='\'{"name": "a"}\'', after='\'{"name": "b"}\''),
]

AUDIT_REFUSED = [
    ("fk_audit_entries_jurisdiction_id", entry(jurisdiction_id="'nowhere'")),
    ("ck_audit_entries_action_known", entry(action="'read'")),
    ("ck_audit_entries_actor_kind_known", entry(actor_kind="'ghost'", actor="'kim'")),
    ("ck_audit_entries_actor_named", entry(actor="'kim'")),
    ("ck_audit_entries_actor_named", entry(actor_kind="'user'")),
    ("ck_audit_entries_values_are_objects", entry(before="'[]'")),
    ("ck_audit_entries_values_are_objects", entry(after="'1'")),
]
