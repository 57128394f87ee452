"""What the tables of shift lists and of receipts of staff actions take and refuse."""

from tests.models.inserts import REPORT, insert

USER = "(SELECT max(id) FROM users)"


def stop(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "user_id": USER,
        "day": "'2026-11-30'",
        "service_request_pk": REPORT,
        "position": 1,
    }
    return insert("shift_stops", **{**row, **values})


def receipt(**values: object) -> str:
    row = {
        "user_id": USER,
        "key": "'6f1b0a0e-1c1f-4d5e-9d1a-000000000001'",
        "digest": "sha256('x')",
        "change_number": "NULL",
        "done_at": "now()",
    }
    return insert("staff_receipts", **{**row, **values})


SHIFT_TAKEN = [
    stop(),
    "; ".join([stop(), stop(day="'2026-12-01'")]),
    f"{stop()}; DELETE FROM service_requests WHERE pk = {REPORT}",
    receipt(),
    receipt(change_number=7),
]

SHIFT_REFUSED = [
    ("pk_shift_stops", f"{stop()}; {stop(position=2)}"),
    ("fk_shift_stops_jurisdiction_id_user_id", stop(user_id=0)),
    ("fk_shift_stops_service_request_pk", stop(service_request_pk=0)),
    ("ck_shift_stops_position_counted", stop(position=0)),
    ("pk_staff_receipts", f"{receipt()}; {receipt()}"),
    ("fk_staff_receipts_user_id", receipt(user_id=0)),
    ("ck_staff_receipts_digest_measured", receipt(digest="'x'")),
]

SHIFT_NULLS = {("staff_receipts", "change_number")}
