"""What the tables of shift lists and of receipts of staff actions take and refuse."""

from tests.models.inserts import REPORT, insert
from tests.models.staff_mail_cases import KIM, kim

OTHER = "(SELECT pk FROM service_requests WHERE service_request_id = '26-0000002')"


def stop(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "user_id": KIM,
        "day": "'2026-11-30'",
        "service_request_pk": REPORT,
        "position": 1,
    }
    return insert("shift_stops", **{**row, **values})


def receipt(**values: object) -> str:
    row = {
        "user_id": KIM,
        "key": "'6f1b0a0e-1c1f-4d5e-9d1a-000000000001'",
        "digest": "sha256('x')",
        "change_number": "NULL",
        "done_at": "now()",
    }
    return insert("staff_receipts", **{**row, **values})


def _of_kim(*statements: str) -> str:
    return "; ".join((kim(), *statements))


SHIFT_TAKEN = [
    _of_kim(stop(), stop(day="'2026-12-01'")),
    _of_kim(stop(), stop(service_request_pk=OTHER, position=2)),
    _of_kim(receipt()),
    _of_kim(receipt(change_number=7)),
]

SHIFT_REFUSED = [
    ("pk_shift_stops", _of_kim(stop(), stop(position=2))),
    ("uq_shift_stops_user_id_day_position", _of_kim(stop(), stop(service_request_pk=OTHER))),
    ("fk_shift_stops_jurisdiction_id_user_id", stop(user_id=0)),
    ("fk_shift_stops_service_request_pk", _of_kim(stop(service_request_pk=0))),
    ("ck_shift_stops_position_counted", _of_kim(stop(position=0))),
    ("pk_staff_receipts", _of_kim(receipt(), receipt())),
    ("fk_staff_receipts_user_id", receipt(user_id=0)),
    ("ck_staff_receipts_digest_measured", _of_kim(receipt(digest="'x'"))),
]

SHIFT_NULLS = {("staff_receipts", "change_number")}
