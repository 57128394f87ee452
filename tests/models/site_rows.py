"""Rows of the tables of the residents' website, as INSERT statements."""

from tests.models.inserts import REPORT, UPDATE, insert, received_update


def digest(byte: str) -> str:
    return f"decode(repeat('{byte}', 32), 'hex')"


def site(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "host": "NULL",
        "takes_reports": True,
        "color": "'#1d5b8f'",
        "languages": "'{en}'",
        "emergency_number": "'911'",
        "phone": "''",
        **dict.fromkeys(("embed_origins", "hold_words"), "'{}'"),
        "reports_per_hour": 10,
        "reports_per_day": 30,
        "is_indexed": False,
    }
    return insert("sites", **{**row, **values})


def site_text(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "key": "'welcome'",
        "language": "'en'",
        "text": "'Hello'",
    }
    return insert("site_texts", **{**row, **values})


def catalog_text(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "kind": "'service'",
        "code": "'POTHOLE'",
        "field": "'name'",
        "language": "'es'",
        "text": "'Bache'",
    }
    return insert("catalog_texts", **{**row, **values})


def site_report(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "language": "'en'",
        "photo_digests": "'{}'",
        "made_at": "now()",
    }
    return insert("site_reports", **{**row, **values})


def draft(**values: object) -> str:
    row = {
        "name_hash": digest("ab"),
        "jurisdiction_id": "'gridtown.example'",
        "parameters": "'{}'",
        "photos": "'[]'",
        **dict.fromkeys(("created_at", "expires_at"), "now()"),
    }
    return insert("report_drafts", **{**row, **values})


def hold(**values: object) -> str:
    row = {"service_request_pk": REPORT, "rule": "'link'", "seen": "''", "held_at": "now()"}
    return insert("holds", **{**row, **values})


SETTLED = {"settled_at": "now()", "settled_by": "'clerk'", "outcome": "'hidden'"}


def support(**values: object) -> str:
    row = {"service_request_pk": REPORT, "sender_digest": digest("ab"), "made_at": "now()"}
    return insert("supports", **{**row, **values})


def flag(**values: object) -> str:
    row = {"service_request_pk": REPORT, "text": "'This is a face.'", "made_at": "now()"}
    return insert("flags", **{**row, **values})


def contact(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "address": "'kim@example.org'",
        "language": "'en'",
        "created_at": "now()",
    }
    return insert("contacts", **{**row, **values})


CONTACT = "(SELECT max(id) FROM contacts)"


def wish(**values: object) -> str:
    """Write one row of subscriptions, of the contact that was added last."""
    row = {
        "contact_id": CONTACT,
        "service_request_pk": REPORT,
        "is_reporter": False,
        "state": "'unconfirmed'",
        "created_at": "now()",
    }
    return insert("subscriptions", **{**row, **values})


def subscription(**values: object) -> str:
    """Write a contact with a row of subscriptions."""
    return f"{contact()}; {wish(**values)}"


SUBSCRIPTION = "(SELECT max(id) FROM subscriptions)"
OTHER_REPORT = f"(SELECT min(pk) FROM service_requests WHERE pk <> {REPORT})"


def link(**values: object) -> str:
    """Write a row of capabilities: the secret link of a reporter."""
    row = {
        "purpose": "'track'",
        "service_request_pk": REPORT,
        "generation": 1,
        "token_hash": digest("ab"),
        "created_at": "now()",
    }
    return insert("capabilities", **{**row, **values})


def follow_link(**values: object) -> str:
    row = {"purpose": "'follow'", "subscription_id": SUBSCRIPTION, "token_hash": digest("cd")}
    return link(**{**row, **values})


CHANGE = f"(SELECT max(id) FROM status_changes WHERE service_request_pk = {REPORT})"


def feedback(**values: object) -> str:
    row = {
        "status_change_id": CHANGE,
        "service_request_pk": REPORT,
        "answer": "'yes'",
        "text": "''",
        "answered_at": "now()",
    }
    return insert("feedback", **{**row, **values})


def moderation(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "target": "'description'",
        "kind": "'hidden'",
        **dict.fromkeys(("reason", "original"), "''"),
        "made_by": "'clerk'",
        "made_at": "now()",
    }
    return insert("moderations", **{**row, **values})


def telling(**values: object) -> str:
    row = {"kind": "'received'", "service_request_pk": REPORT, "due_at": "now()"}
    return insert("tellings", **{**row, **values})


def message(**values: object) -> str:
    """Write a message for the subscription that was added last."""
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "kind": "'received'",
        "telling_id": 7,
        "service_request_pk": REPORT,
        "subscription_id": SUBSCRIPTION,
        "channel": "'email'",
        "language": "'en'",
        "state": "'waiting'",
        "failure": "''",
        "attempts": 0,
        **dict.fromkeys(("made_at", "due_at"), "now()"),
    }
    return insert("messages", **{**row, **values})


def incoming_mail(**values: object) -> str:
    row = {"digest": digest("ef"), "outcome": "'replied'", "received_at": "now()"}
    return insert("incoming_mails", **{**row, **values})


def challenge(**values: object) -> str:
    return insert("spent_challenges", **{"signature": "'x'", "expires_at": "now()", **values})


OF_A_REQUEST = {
    "site_reports": site_report(),
    "holds": hold(),
    "supports": support(),
    "flags": flag(),
    "subscriptions": subscription(),
    "capabilities": f"{link()}; {follow_link()}",
    "tellings": "; ".join((telling(), telling(kind="'confirm'", subscription_id=SUBSCRIPTION))),
    "messages": message(),
    "feedback": feedback(),
    "moderations": f"{moderation()}; {received_update()}; "
    + moderation(target="'comment'", received_update_id=UPDATE),
}
"""By table, one row or two of it that go with their service request, in this order."""
