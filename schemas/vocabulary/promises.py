"""How due dates of requests end."""

from collections.abc import Mapping

from schemas.vocabulary.marking import N_

PROMISE_RESULTS: Mapping[str, str] = {
    "kept": N_("closed on time"),
    "late": N_("closed late"),
    "overdue": N_("overdue and open"),
}
"""By code: closed by the due date, closed after it, and open after it. What waits for the requester
after its due date is none of them.
"""
