"""What the tables of a city's message texts take and refuse."""

from tests.models.inserts import insert
from tests.models.site_rows import message, subscription


def template(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "kind": "'status'",
        "language": "'en'",
        "channel": "'email'",
        "version": 1,
        "subject": "'News'",
        "body": "'Text'",
        "made_by": "'kim'",
        "made_at": "now()",
    }
    return insert("message_templates", **{**row, **values})


def setting(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "kind": "'closed'", "is_on": False}
    return insert("message_settings", **{**row, **values})


_SENT = {"state": "'sent'", "sent_at": "now()", "template_version": 1}

TEXT_TAKEN = [
    "; ".join((template(), template(version=2), template(language="'es'"))),
    template(subject="NULL", body="NULL"),
    template(subject="repeat('x', 150)", body="repeat('x', 10000)"),
    "; ".join((template(), subscription(), message(kind="'status'", **_SENT))),
    setting() + "; " + setting(kind="'status'", is_on=True, delay_minutes=0),
    setting(kind="'status'", delay_minutes=1440),
]

TEXT_REFUSED = [
    ("uq_message_templates_version", template() + "; " + template()),
    ("fk_message_templates_jurisdiction_id", template(jurisdiction_id="'nowhere'")),
    ("ck_message_templates_kind_known", template(kind="'rumor'")),
    ("ck_message_templates_language_known", template(language="'tlh'")),
    ("ck_message_templates_channel_known", template(channel="'drum'")),
    ("ck_message_templates_version_counted", template(version=0)),
    ("ck_message_templates_text_is_whole", template(subject="NULL")),
    ("ck_message_templates_text_is_whole", template(body="NULL")),
    ("ck_message_templates_subject_is_a_line", template(subject="''")),
    ("ck_message_templates_subject_is_a_line", template(subject="' '")),
    ("ck_message_templates_subject_is_a_line", template(subject=r"E'a\nBcc: b'")),
    ("ck_message_templates_subject_is_a_line", template(subject=r"E'a\rb'")),
    ("ck_message_templates_subject_is_a_line", template(subject="repeat('x', 151)")),
    ("ck_message_templates_body_limited", template(body="''")),
    ("ck_message_templates_body_limited", template(body="repeat('x', 10001)")),
    ("ck_message_templates_made_by_someone", template(made_by="''")),
    ("pk_message_settings", setting() + "; " + setting()),
    ("fk_message_settings_jurisdiction_id", setting(jurisdiction_id="'nowhere'")),
    ("ck_message_settings_kind_known", setting(kind="'rumor'")),
    ("ck_message_settings_some_are_always_sent", setting(kind="'question'")),
    ("ck_message_settings_only_statuses_wait", setting(delay_minutes=5)),
    ("ck_message_settings_only_statuses_wait", setting(kind="'status'")),
    ("ck_message_settings_delay_limited", setting(kind="'status'", delay_minutes=-1)),
    ("ck_message_settings_delay_limited", setting(kind="'status'", delay_minutes=1441)),
    *(
        ("fk_messages_template", "; ".join((subscription(), template(**of), message(**_SENT))))
        for of in ({}, {"kind": "'received'", "language": "'es'"})
    ),
]

TEXT_NULLS = {
    ("message_templates", "subject"),
    ("message_templates", "body"),
    ("message_settings", "delay_minutes"),
    ("messages", "template_version"),
}
