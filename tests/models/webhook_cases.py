"""What the tables of webhooks take and refuse, for test_constraints.py."""

from tests.models.inserts import REPORT, insert

HOOK = "(SELECT max(id) FROM webhook_endpoints)"


def endpoint(**values: object) -> str:
    row: dict[str, object] = {
        "jurisdiction_id": "'gridtown.example'",
        "url": "'https://example.org/hook'",
        **dict.fromkeys(("department", "boundary_layer", "boundary_code"), "''"),
        "services": "'{}'",
        "events": "'{created,closed}'",
        "secret": "'x'",
        **dict.fromkeys(("cursor", "begins_after", "replays", "failures"), 0),
        **dict.fromkeys(("begins_at", "created_at"), "now()"),
        "state": "'on'",
        "made_by": "'clerk'",
    }
    return insert("webhook_endpoints", **{**row, **values})


def delivery(**values: object) -> str:
    return f"{endpoint()}; {delivery_row(**values)}"


def delivery_row(**values: object) -> str:
    row = {
        "endpoint_id": HOOK,
        "service_request_pk": REPORT,
        "change_number": 7,
        "state": "'waiting'",
        **dict.fromkeys(("waiting_since", "next_at"), "now()"),
        "attempts": 0,
    }
    return insert("webhook_deliveries", **{**row, **values})


def attempt(**values: object) -> str:
    row = {
        "endpoint_id": HOOK,
        "service_request_pk": REPORT,
        "message_id": "'msg_1_7'",
        "event": "'created'",
        "change_number": 7,
        "tried_at": "now()",
        "http_status": 204,
        "milliseconds": 5,
    }
    return f"{endpoint()}; " + insert("webhook_attempts", **{**row, **values})


PAUSED = {"state": "'paused'", "reason": "'failing'"}
TEST = {"event": "'ping'", "service_request_pk": "NULL", "change_number": "NULL"}
UNANSWERED = {"http_status": "NULL", "milliseconds": "NULL", "failure": "'unreachable'"}

WEBHOOKS_TAKEN = [
    endpoint(boundary_layer="'ward'", boundary_code="'1'", services="'{POTHOLE}'"),
    endpoint(**PAUSED, failures=1, failing_since="now()", held_until="now()"),
    endpoint(previous_secret="'y'", previous_until="now()"),
    endpoint(lease="gen_random_uuid()", lease_until="now()", called_at="now()"),
    delivery(),
    delivery(state="'delivered'", known_number=7, known="'left'", known_update=3),
    delivery(state="'dead'", failure="'status'", attempts=10),
    attempt(),
    attempt(**TEST, **UNANSWERED),
    attempt(failure="'gone'", http_status=410),
]

WEBHOOKS_REFUSED = [
    ("fk_webhook_endpoints_jurisdiction_id", endpoint(jurisdiction_id="'nowhere'")),
    ("fk_webhook_endpoints_api_key_id", endpoint(api_key_id=0)),
    ("ck_webhook_endpoints_url_form", endpoint(url="'ftp://example.org/'")),
    ("ck_webhook_endpoints_url_form", endpoint(url="'https://' || repeat('x', 1000)")),
    ("ck_webhook_endpoints_events_known", endpoint(events="'{lost}'")),
    ("ck_webhook_endpoints_events_known", endpoint(events="'{}'")),
    ("ck_webhook_endpoints_boundary_of_its_layer", endpoint(boundary_layer="'ward'")),
    ("ck_webhook_endpoints_state_known", endpoint(state="'lost'", reason="'gone'")),
    ("ck_webhook_endpoints_reason_of_state", endpoint(reason="'gone'")),
    ("ck_webhook_endpoints_reason_of_state", endpoint(state="'off'", reason="'lost'")),
    ("ck_webhook_endpoints_previous_secret_ends", endpoint(previous_secret="'y'")),
    ("ck_webhook_endpoints_lease_ends", endpoint(lease="gen_random_uuid()")),
    ("ck_webhook_endpoints_failing_since_when", endpoint(failures=1)),
    ("ck_webhook_endpoints_numbers_not_negative", endpoint(cursor=-1)),
    ("ck_webhook_endpoints_counts_not_negative", endpoint(replays=-1)),
    ("ck_webhook_endpoints_made_by_someone", endpoint(made_by="''")),
    ("pk_webhook_endpoints", endpoint(id=99) + "; " + endpoint(id=99)),
    ("pk_webhook_deliveries", delivery() + "; " + delivery_row()),
    ("fk_webhook_deliveries_endpoint_id", delivery(endpoint_id=0)),
    ("fk_webhook_deliveries_service_request_pk", delivery(service_request_pk=0)),
    ("ck_webhook_deliveries_state_known", delivery(state="'lost'")),
    ("ck_webhook_deliveries_attempts_not_negative", delivery(attempts=-1)),
    ("ck_webhook_deliveries_known_status_valid", delivery(known="'lost'", known_number=7)),
    ("ck_webhook_deliveries_known_by_number", delivery(known="'open'")),
    ("ck_webhook_deliveries_delivered_what", delivery(state="'delivered'")),
    ("ck_webhook_deliveries_failure_known", delivery(failure="'lost'")),
    ("ck_webhook_deliveries_dead_of_failure", delivery(state="'dead'")),
    ("pk_webhook_attempts", attempt(id=99) + "; " + attempt(id=99)),
    ("fk_webhook_attempts_endpoint_id", attempt(endpoint_id=0)),
    ("fk_webhook_attempts_service_request_pk", attempt(service_request_pk=0)),
    ("ck_webhook_attempts_event_known", attempt(event="'lost'")),
    ("ck_webhook_attempts_failure_known", attempt(failure="'lost'")),
    ("ck_webhook_attempts_response_took_time", attempt(milliseconds="NULL")),
    ("ck_webhook_attempts_failed_or_answered", attempt(http_status="NULL", milliseconds="NULL")),
    ("ck_webhook_attempts_about_what", attempt(event="'ping'")),
    ("ck_webhook_attempts_about_what", attempt(change_number="NULL")),
    ("ck_webhook_attempts_message_has_id", attempt(message_id="''")),
]

WEBHOOKS_NULLS = {
    ("webhook_endpoints", "api_key_id"),
    ("webhook_endpoints", "previous_secret"),
    ("webhook_endpoints", "previous_until"),
    ("webhook_endpoints", "reason"),
    ("webhook_endpoints", "failing_since"),
    ("webhook_endpoints", "held_until"),
    ("webhook_endpoints", "lease"),
    ("webhook_endpoints", "lease_until"),
    ("webhook_endpoints", "called_at"),
    ("webhook_deliveries", "failure"),
    ("webhook_deliveries", "known_number"),
    ("webhook_deliveries", "known"),
    ("webhook_deliveries", "known_update"),
    ("webhook_attempts", "service_request_pk"),
    ("webhook_attempts", "change_number"),
    ("webhook_attempts", "http_status"),
    ("webhook_attempts", "milliseconds"),
    ("webhook_attempts", "failure"),
}
