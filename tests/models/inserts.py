"""Rows that the tests of several tables need, as INSERT statements."""

REPORT = "(SELECT pk FROM service_requests WHERE service_request_id = '26-0000003')"
UPDATE = "(SELECT id FROM received_updates WHERE update_id = 'new')"


def insert(table: str, **values: object) -> str:
    """Write an INSERT; values are SQL."""
    names = ", ".join(f'"{name}"' for name in values)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(map(str, values.values()))})"


def received_update(**values: object) -> str:
    row = {
        "service_request_pk": REPORT,
        "update_id": "'new'",
        "token": "'new'",
        "description": "''",
        "sent_at": "now()",
        "received_at": "now()",
        "by_city": False,
        "claims": False,
    }
    return insert("received_updates", **{**row, **values})
