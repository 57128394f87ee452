"""What the tables of other servers take and refuse, for test_constraints.py."""

from tests.models.inserts import REPORT, insert

SERVER = "(SELECT id FROM foreign_endpoints WHERE code = 'county')"
SENT = "(SELECT id FROM forwardings WHERE state <> 'stopped')"
OTHER_REPORT = "(SELECT pk FROM service_requests WHERE service_request_id = '26-0000002')"


def server(**values: object) -> str:
    row = {
        "jurisdiction_id": "'gridtown.example'",
        "code": "'county'",
        "name": "'Grid County'",
        "url": "'https://311.county.example/v2'",
    }
    return insert("foreign_endpoints", **{**row, **values})


def forwarding(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "endpoint_id": SERVER,
        "state": "'waiting'",
        "state_at": "now()",
        "due_at": "now()",
    }
    return insert("forwardings", **{**row, **values})


def sent(**values: object) -> str:
    return f"{server()}; {forwarding(**values)}"


def their_update(**values: object) -> str:
    row = {"endpoint_id": SERVER, "update_id": "'7'", "forwarding_id": SENT}
    return insert("foreign_updates", **{**row, **values})


THERE = {"state": "'accepted'", "foreign_id": "'C-7'"}
DEPARTMENT = "UPDATE departments SET foreign_endpoint_id = {} WHERE code = 'EAST'"

FORWARDING_TAKEN = [
    server(state="'on'", encrypted_key="'x'", poll_minutes=1440),
    server() + "; " + server(code="'state'") + "; " + DEPARTMENT.format(SERVER),
    sent(),
    sent(**THERE) + "; " + their_update() + "; " + their_update(update_id="'8'"),
    sent(state="'token'", token="'t'", sent_at="now()"),
    sent(state="'sending'", sent_at="now()", attempts=1),
]

FORWARDING_REFUSED = [
    ("fk_foreign_endpoints_jurisdiction_id", server(jurisdiction_id="'nowhere'")),
    ("uq_foreign_endpoints_jurisdiction_id_code", f"{server()}; {server()}"),
    ("ck_foreign_endpoints_named", server(name="''")),
    ("ck_foreign_endpoints_url_is_bare", server(url="'ftp://county.example'")),
    ("ck_foreign_endpoints_url_is_bare", server(url="'https://county.example/'")),
    ("ck_foreign_endpoints_format_known", server(format="'csv'")),
    ("ck_foreign_endpoints_state_known", server(state="'paused'")),
    ("ck_foreign_endpoints_polled_in_time", server(poll_minutes=0)),
    ("ck_foreign_endpoints_maps_are_objects", server(status_map="'[]'")),
    ("ck_foreign_endpoints_on_with_key", server(state="'on'")),
    ("fk_foreign_endpoints_api_key_id", server(api_key_id=0)),
    ("fk_departments_jurisdiction_id_foreign_endpoint_id", DEPARTMENT.format(0)),
    (
        "fk_departments_jurisdiction_id_foreign_endpoint_id",
        server(jurisdiction_id="'hilltown.example'") + "; " + DEPARTMENT.format(SERVER),
    ),
    ("fk_forwardings_service_request_pk", sent(service_request_pk=0)),
    ("fk_forwardings_endpoint_id", forwarding(endpoint_id=0)),
    ("uq_forwardings_service_request_pk_endpoint_id", f"{sent()}; {forwarding()}"),
    ("ck_forwardings_state_known", sent(state="'lost'")),
    ("ck_forwardings_theirs_has_id", sent(state="'done'")),
    ("ck_forwardings_token_is_there", sent(state="'token'")),
    ("ck_forwardings_foreign_id_not_empty", sent(foreign_id="''")),
    ("ck_forwardings_sending_since", sent(state="'sending'")),
    ("ck_forwardings_attempts_counted", sent(attempts=-1)),
    (
        "uq_forwardings_foreign_id",
        sent(**THERE) + "; " + forwarding(**THERE, service_request_pk=OTHER_REPORT),
    ),
    ("fk_foreign_updates_endpoint_id", sent(**THERE) + "; " + their_update(endpoint_id=0)),
    ("fk_foreign_updates_forwarding_id", f"{server()}; {their_update(forwarding_id=0)}"),
    ("pk_foreign_updates", f"{sent(**THERE)}; {their_update()}; {their_update()}"),
]

FORWARDING_NULLS = {
    ("departments", "foreign_endpoint_id"),
    *(("foreign_endpoints", name) for name in ("encrypted_key", "api_key_id")),
    *(("foreign_endpoints", name) for name in ("polled_at", "updates_until")),
    *(("forwardings", name) for name in ("sent_at", "foreign_id", "token")),
}
"""Columns about other servers that may be NULL."""
