"""The words that a service request is found by, as an expression of its own columns."""

SEARCHABLE_WORDS = (
    "to_tsvector('simple'::regconfig, (((service_requests.description || ' ') || "
    "service_requests.address_string) || ' ') || "
    "COALESCE(service_requests.service_request_id, ''))"
)
"""In SQL, words of no language in particular. There is an index on this very expression.

The brackets are those PostgreSQL shows, by which Alembic compares.
"""
