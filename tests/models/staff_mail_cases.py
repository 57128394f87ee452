"""Cases of the tables of emails to staff, for tests/models/test_constraints.py."""

from tests.models.inserts import REPORT, insert
from tests.models.site_rows import digest, message

KIM = "(SELECT id FROM users WHERE name_key = 'kim')"
HILL_USER = "(SELECT id FROM users WHERE name_key = 'hill')"
HALL = "(SELECT id FROM departments WHERE code = 'HALL' AND jurisdiction_id LIKE 'g%')"
HILL = "(SELECT id FROM departments WHERE jurisdiction_id = 'hilltown.example')"
LINK = "(SELECT max(id) FROM user_links)"
MESSAGE = "(SELECT max(id) FROM messages)"


def kim(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "name": "'kim'",
        "name_key": "'kim'",
        "role": "'viewer'",
        "created_at": "now()",
        "recovery_hashes": "'{}'",
    }
    return insert("users", **{**row, **values})


def hill() -> str:
    return kim(jurisdiction_id="'hilltown.example'", name="'hill'", name_key="'hill'")


def mailbox(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "code": "'NEW'", "name": "'New'"}
    return insert("departments", **{**row, **values})


def link(**values: object) -> str:
    row = {
        "user_id": KIM,
        "purpose": "'invitation'",
        "token_hash": digest("ab"),
        "created_at": "now()",
        "expires_at": "now() + interval '1 day'",
    }
    return insert("user_links", **{**row, **values})


def staff_telling(**values: object) -> str:
    row = {
        "kind": "'new'",
        "service_request_pk": REPORT,
        "department_id": HALL,
        "due_at": "now()",
    }
    return insert("staff_tellings", **{**row, **values})


def to_kim(**values: object) -> str:
    """Write a message to a user."""
    row = {
        "kind": "'assigned'",
        "subscription_id": "NULL",
        "service_request_pk": "NULL",
        "user_id": KIM,
    }
    return message(**{**row, **values})


def item(**values: object) -> str:
    row = {"message_id": MESSAGE, "service_request_pk": REPORT, "kind": "'assigned'"}
    return insert("message_items", **{**row, **values})


def clock(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        **dict.fromkeys(("told_to", "mailboxes_told_to"), "now()"),
    }
    return insert("notice_clocks", **{**row, **values})


def _in_order(*statements: str) -> str:
    return "; ".join(statements)


DAY = {"kind": "'day'", "telling_id": "NULL", "day": "'2026-11-29'"}
OF_HALL = {"kind": "'new'", "user_id": "NULL", "department_id": HALL}

STAFF_MAIL_TAKEN = [
    _in_order(kim(email="'kim@city.example'", notices="""'{"due": "off"}'"""), clock()),
    mailbox(email="'hall@city.example'", notices="""'{"new": "at_once"}'"""),
    _in_order(kim(), link(), link(token_hash=digest("cd"), purpose="'password_reset'")),
    _in_order(kim(), to_kim(), to_kim(telling_id=8), to_kim(**DAY), to_kim(**OF_HALL), item()),
    _in_order(kim(), link(), to_kim(kind="'invitation'", telling_id="NULL", user_link_id=LINK)),
    _in_order(kim(), staff_telling(), staff_telling(department_id="NULL", user_id=KIM)),
]

STAFF_MAIL_REFUSED = [
    ("ck_users_email_form", kim(email="'Kim@staff.example'")),
    ("ck_users_email_form", kim(email="'kim'")),
    ("ck_users_language_known", kim(language="'tlh'")),
    ("ck_users_notices_known", kim(notices="'[]'")),
    ("ck_users_notices_known", kim(notices="""'{"new": "off"}'""")),
    ("ck_users_notices_known", kim(notices="""'{"due": "later"}'""")),
    ("ck_users_notices_known", kim(notices="""'{"due": 1}'""")),
    ("ck_users_after_action_known", kim(after_action="'leave'")),
    ("ck_users_list_density_known", kim(list_density="'dense'")),
    ("ck_users_list_columns_limited", kim(list_columns="array_fill('due'::text, ARRAY[9])")),
    (
        "uq_users_email",
        _in_order(
            kim(email="'a@b.example'"), kim(name="'x'", name_key="'x'", email="'a@b.example'")
        ),
    ),
    ("ck_departments_email_form", mailbox(email="'Hall@city.example'")),
    ("ck_departments_notices_known", mailbox(notices="""'{"due": "off"}'""")),
    ("ck_departments_notices_known", mailbox(notices="""'{"new": "later"}'""")),
    ("ck_user_links_purpose_known", _in_order(kim(), link(purpose="'fun'"))),
    (
        "ck_user_links_addresses_of_a_change",
        _in_order(kim(), link(email="'kim@staff.example'")),
    ),
    (
        "ck_user_links_email_form",
        _in_order(kim(), link(purpose="'email_change'", email="'Kim@staff.example'")),
    ),
    (
        "ck_user_links_former_email_form",
        _in_order(kim(), link(purpose="'email_change'", former_email="'kim'")),
    ),
    ("ck_user_links_hashed", _in_order(kim(), link(token_hash="'x'"))),
    ("ck_user_links_expires_later", _in_order(kim(), link(expires_at="now()"))),
    ("uq_user_links_token_hash", _in_order(kim(), link(), link())),
    ("fk_user_links_user_id", link(user_id=0)),
    ("ck_staff_tellings_kind_known", staff_telling(kind="'rumor'")),
    ("ck_staff_tellings_one_recipient", staff_telling(department_id="NULL")),
    ("ck_staff_tellings_one_recipient", _in_order(kim(), staff_telling(user_id=KIM))),
    ("ck_staff_tellings_step_of_its_kind", staff_telling(step_id=1)),
    ("ck_staff_tellings_step_of_its_kind", staff_telling(kind="'handed_over'")),
    ("fk_staff_tellings_service_request_pk", staff_telling(service_request_pk=0)),
    ("fk_staff_tellings_department_id", staff_telling(department_id=0)),
    ("fk_staff_tellings_user_id", staff_telling(department_id="NULL", user_id=0)),
    ("ck_notice_clocks_mailboxes_later", clock(told_to="'2026-01-01'")),
    ("fk_notice_clocks_jurisdiction_id", clock(jurisdiction_id="'nowhere'")),
    ("pk_notice_clocks", _in_order(clock(), clock())),
    *(
        (name, _in_order(kim(), link(), statement))
        for name, statement in (
            ("ck_messages_recipient_of_kind", to_kim(kind="'received'")),
            ("ck_messages_about_a_request", to_kim(service_request_pk=REPORT)),
            ("ck_messages_one_recipient", to_kim(department_id=HALL)),
            ("ck_messages_day_of_its_kind", to_kim(kind="'day'")),
            ("ck_messages_day_of_its_kind", to_kim(telling_id="NULL", day="'2026-11-29'")),
            ("ck_messages_made_from_one", to_kim(telling_id="NULL")),
            ("ck_messages_made_from_one", to_kim(kind="'test'")),
            ("ck_messages_made_from_one", to_kim(kind="'webhook_paused'")),
            ("ck_messages_made_from_one", to_kim(kind="'invitation'", user_link_id=LINK)),
            (
                "ck_messages_link_of_a_user",
                to_kim(**{**OF_HALL, "telling_id": "NULL"}, user_link_id=LINK),
            ),
            ("uq_messages_telling_id_user_id", _in_order(to_kim(), to_kim())),
            (
                "uq_messages_telling_id_department_id",
                _in_order(to_kim(**OF_HALL), to_kim(**OF_HALL)),
            ),
            ("uq_messages_kind_day_user_id", _in_order(to_kim(**DAY), to_kim(**DAY))),
            (
                "uq_messages_kind_day_department_id",
                _in_order(to_kim(**{**OF_HALL, **DAY}), to_kim(**{**OF_HALL, **DAY})),
            ),
            ("fk_messages_jurisdiction_id_user_id", _in_order(hill(), to_kim(user_id=HILL_USER))),
            (
                "fk_messages_jurisdiction_id_department_id",
                to_kim(user_id="NULL", department_id=HILL),
            ),
            (
                "fk_messages_user_link_id",
                to_kim(kind="'invitation'", telling_id="NULL", user_link_id=0),
            ),
            ("ck_message_items_kind_known", _in_order(to_kim(), item(kind="'day'"))),
            (
                "fk_message_items_service_request_pk",
                _in_order(to_kim(), item(service_request_pk=0)),
            ),
            ("fk_message_items_message_id", item(message_id=0)),
        )
    ),
]

STAFF_MAIL_NULLS = {
    ("users", "email"),
    ("departments", "email"),
    ("user_links", "email"),
    ("user_links", "former_email"),
    *(("messages", name) for name in ("telling_id", "day", "user_link_id", "service_request_pk")),
    *(("messages", name) for name in ("user_id", "department_id")),
    *(("staff_tellings", name) for name in ("user_id", "department_id", "step_id")),
    ("message_items", "step_id"),
    ("user_links", "used_at"),
}
"""Columns that may be NULL."""

STAFF_MAIL_OF_A_REQUEST = {
    "staff_tellings": staff_telling(),
    "message_items": _in_order(kim(), to_kim(), item()),
}
"""By table, a row of it that goes with its service request."""
