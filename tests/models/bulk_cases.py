"""What the tables of bulk actions and of tags take and refuse."""

from tests.models.inserts import REPORT, insert
from tests.models.staff_mail_cases import KIM, kim

CHANGE = "(SELECT max(id) FROM bulk_changes)"
TAG = "(SELECT max(id) FROM tags)"


def change(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "user_id": KIM,
        "action": "'take-on'",
        "fields": "'{}'",
        "made_at": "now()",
    }
    return insert("bulk_changes", **{**row, **values})


def item(**values: object) -> str:
    row = {
        "bulk_change_id": CHANGE,
        "position": 1,
        "service_request_pk": REPORT,
        "seen": 1,
        "state": "'waiting'",
    }
    return insert("bulk_items", **{**row, **values})


def tag(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "name": "'storm damage'"}
    return insert("tags", **{**row, **values})


def tagged(**values: object) -> str:
    return insert("request_tags", **{"service_request_pk": REPORT, "tag_id": TAG, **values})


def _in_order(*statements: str) -> str:
    return "; ".join(statements)


def _changed(**values: object) -> str:
    return _in_order(kim(), change(**values))


def _item(**values: object) -> str:
    return _in_order(kim(), change(), item(**values))


KNOWN = {"before": "'{}'", "after": "'{}'"}
TOLD = {"problem": "'{}'"}
ENDED = {"finished_at": "now()", "undo_at": "now()", "undo_user_id": KIM}

BULK_TAKEN = [
    _item(),
    _item(state="'refused'", **TOLD),
    _item(state="'done'", **KNOWN),
    _item(state="'undone'", **KNOWN),
    _item(state="'kept'", **KNOWN, **TOLD),
    _changed(**ENDED),
    _changed(finished_at="now()", stopped_user_id=KIM),
    _changed(**ENDED, undone_at="now()"),
    _in_order(tag(), tagged(), tag(name="repeat('x', 40)"), tag(name="'straße 7'")),
    _in_order(tag(), tagged(), "DELETE FROM tags"),
]

BULK_REFUSED = [
    ("fk_bulk_changes_jurisdiction_id_user_id", _changed(jurisdiction_id="'hilltown.example'")),
    (
        "fk_bulk_changes_jurisdiction_id_undo_user_id",
        _changed(**{**ENDED, "undo_user_id": 0}),
    ),
    ("ck_bulk_changes_action_known", _changed(action="'withdraw'")),
    ("ck_bulk_changes_fields_are_object", _changed(fields="'[]'")),
    ("ck_bulk_changes_undone_when_finished", _changed(undo_at="now()", undo_user_id=KIM)),
    ("ck_bulk_changes_stopped_is_finished", _changed(stopped_user_id=KIM)),
    (
        "fk_bulk_changes_jurisdiction_id_stopped_user_id",
        _changed(finished_at="now()", stopped_user_id=0),
    ),
    ("ck_bulk_changes_undone_when_finished", _changed(finished_at="now()", undo_at="now()")),
    ("ck_bulk_changes_undone_by_someone", _changed(finished_at="now()", undone_at="now()")),
    ("pk_bulk_items", _in_order(_item(), item())),
    ("fk_bulk_items_bulk_change_id", item(bulk_change_id=0)),
    ("fk_bulk_items_service_request_pk", _item(service_request_pk=0)),
    ("ck_bulk_items_state_known", _item(state="'lost'")),
    ("ck_bulk_items_seen_counted", _item(seen=0)),
    ("ck_bulk_items_problem_told", _item(state="'refused'")),
    ("ck_bulk_items_problem_told", _item(**TOLD)),
    ("ck_bulk_items_done_is_known", _item(state="'done'")),
    ("ck_bulk_items_done_is_known", _item(state="'done'", before="'{}'")),
    ("ck_bulk_items_done_is_known", _item(**KNOWN)),
    ("fk_tags_jurisdiction_id", tag(jurisdiction_id="'nowhere'")),
    ("uq_tags_jurisdiction_id_name", _in_order(tag(), tag())),
    ("ck_tags_name_form", tag(name="''")),
    ("ck_tags_name_form", tag(name="'Storm'")),
    ("ck_tags_name_form", tag(name="' storm'")),
    ("ck_tags_name_form", tag(name="'storm  damage'")),
    ("ck_tags_name_form", tag(name="'storm, damage'")),
    ("ck_tags_name_form", tag(name="repeat('x', 41)")),
    ("pk_request_tags", _in_order(tag(), tagged(), tagged())),
    ("fk_request_tags_service_request_pk", _in_order(tag(), tagged(service_request_pk=0))),
    ("fk_request_tags_tag_id", tagged(tag_id=0)),
]

BULK_NULLS = {
    *(("bulk_changes", name) for name in ("finished_at", "undo_at", "undo_user_id", "undone_at")),
    ("bulk_changes", "stopped_user_id"),
    *(("bulk_items", name) for name in ("problem", "before", "after")),
}
