"""Cases of the tables of alerts, for tests/models/test_constraints.py."""

from tests.models.inserts import REPORT, insert
from tests.models.site_rows import CONTACT, contact, digest, message

ALERT = "(SELECT max(id) FROM alerts)"
MESSAGE = "(SELECT max(id) FROM messages)"
SQUARE = "ST_Multi(ST_MakeEnvelope(0, 0, 1, 1, 4326))"
BOW_TIE = "'SRID=4326;MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))'"
NOTHING = "'SRID=4326;MULTIPOLYGON EMPTY'"


def _in_order(*statements: str) -> str:
    return "; ".join(statements)


def own(**values: object) -> str:
    """Write an alert of the contact that was added last."""
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "contact_id": CONTACT,
        "place": "'city'",
        **dict.fromkeys(("boundary_layer", "boundary_code", "address"), "''"),
        "services": "'{}'",
        "about": "'new'",
        "rhythm": "'daily'",
        "language": "'en'",
        "state": "'on'",
        "token_hash": digest("ef"),
        "created_at": "now()",
        "begun_at": "now()",
    }
    return insert("alerts", **{**row, **values})


def alert(**values: object) -> str:
    """Write a contact with an alert."""
    return _in_order(contact(), own(**values))


CIRCLE = {
    "place": "'circle'",
    "area": SQUARE,
    "center": "ST_Point(0.5, 0.5, 4326)",
    "meters": 100,
}
BOUNDARY = {"place": "'boundary'", "boundary_layer": "'ward'", "boundary_code": "'2'"}


def told(**values: object) -> str:
    """Write a message of the alert that was added last."""
    row = {
        "kind": "'alert'",
        **dict.fromkeys(("telling_id", "service_request_pk", "subscription_id"), "NULL"),
        "alert_id": ALERT,
    }
    return message(**{**row, **values})


def item(**values: object) -> str:
    row = {
        "alert_id": ALERT,
        "service_request_pk": REPORT,
        "event": "'new'",
        "message_id": MESSAGE,
    }
    return insert("alert_items", **{**row, **values})


def clock(**values: object) -> str:
    row = {"jurisdiction_id": "'gridtown.example'", "cursor": 0}
    return insert("alert_clocks", **{**row, **values})


ALERT_TAKEN = [
    _in_order(alert(), told(), told(), item(), item(event="'closed'"), clock()),
    _in_order(alert(state="'unconfirmed'", begun_at="NULL"), told(kind="'confirm_alert'")),
    alert(**CIRCLE, address="'1 Main Street'"),
    alert(**BOUNDARY, services="'{POTHOLE}'", about="'both'", rhythm="'at_once'"),
    alert(place="'area'", area=SQUARE, state="'ended'", ended_at="now()", rhythm="'weekly'"),
]

ALERT_REFUSED = [
    ("ck_alerts_place_known", alert(place="'moon'")),
    ("ck_alerts_boundary_of_its_place", alert(place="'boundary'")),
    ("ck_alerts_boundary_of_its_place", alert(**{**BOUNDARY, "place": "'city'"})),
    ("ck_alerts_boundary_of_its_place", alert(**{**BOUNDARY, "boundary_code": "''"})),
    ("ck_alerts_area_of_its_place", alert(place="'area'")),
    ("ck_alerts_area_of_its_place", alert(area=SQUARE)),
    ("ck_alerts_circle_is_whole", alert(**{**CIRCLE, "center": "NULL", "meters": "NULL"})),
    ("ck_alerts_circle_is_whole", alert(**{**CIRCLE, "meters": "NULL"})),
    ("ck_alerts_circle_is_whole", alert(**{**CIRCLE, "place": "'area'"})),
    ("ck_alerts_meters_positive", alert(**{**CIRCLE, "meters": 0})),
    ("ck_alerts_area_valid", alert(place="'area'", area=BOW_TIE)),
    ("ck_alerts_area_valid", alert(place="'area'", area=NOTHING)),
    ("ck_alerts_address_of_a_circle", alert(address="'1 Main Street'")),
    ("ck_alerts_services_named", alert(services="ARRAY[NULL::text]")),
    ("ck_alerts_about_known", alert(about="'rumors'")),
    ("ck_alerts_rhythm_known", alert(rhythm="'yearly'")),
    ("ck_alerts_language_known", alert(language="'tlh'")),
    ("ck_alerts_state_known", alert(state="'maybe'")),
    ("ck_alerts_hashed", alert(token_hash="'x'")),
    ("ck_alerts_on_since_when", alert(begun_at="NULL")),
    ("ck_alerts_ended_when", alert(state="'ended'")),
    ("ck_alerts_ended_when", alert(ended_at="now()")),
    ("uq_alerts_token_hash", _in_order(alert(), own())),
    ("fk_alerts_jurisdiction_id_contact_id", alert(contact_id=0)),
    ("fk_alerts_jurisdiction_id_contact_id", alert(jurisdiction_id="'hilltown.example'")),
    ("ck_alert_clocks_cursor_not_negative", clock(cursor=-1)),
    ("fk_alert_clocks_jurisdiction_id", clock(jurisdiction_id="'nowhere'")),
    ("pk_alert_clocks", _in_order(clock(), clock())),
    *(
        (name, _in_order(alert(), statement))
        for name, statement in (
            ("ck_messages_alert_of_its_kind", told(kind="'day'", day="'2026-11-29'")),
            ("ck_messages_alert_of_its_kind", told(alert_id="NULL")),
            ("ck_messages_made_from_one", told(telling_id=7)),
            ("fk_messages_alert_id", told(alert_id=0)),
            ("ck_alert_items_event_known", _in_order(told(), item(event="'open'"))),
            ("pk_alert_items", _in_order(told(), item(), item())),
            ("fk_alert_items_alert_id", _in_order(told(), item(alert_id=0))),
            ("fk_alert_items_message_id", _in_order(told(), item(message_id=0))),
            (
                "fk_alert_items_service_request_pk",
                _in_order(told(), item(service_request_pk=0)),
            ),
        )
    ),
]

ALERT_NULLS = {
    *(("alerts", name) for name in ("area", "center", "meters", "begun_at", "ended_at")),
    ("messages", "alert_id"),
}
"""Columns that may be NULL."""

ALERT_OF_A_REQUEST = {
    "alert_items": _in_order(contact(address="'lee@example.org'"), own(), told(), item())
}
"""By table, a row of it that goes with its service request."""
