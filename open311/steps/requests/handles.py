"""Public ids and tokens of new service requests."""

import secrets
from datetime import datetime

from open311.database import db
from open311.models import service_request_numbers
from open311.queries.catalog.services import ServiceInfo
from open311.queries.jurisdictions import Scope
from open311.steps.values.submissions import Handles


def next_service_request_id(jurisdiction: Scope, now: datetime) -> str:
    """Return a new public id such as 26-0001234: the year in the jurisdiction's zone, a number.

    Ids of the sandbox begin with TEST, so that they are not mistaken for real ones.
    """
    number = db.session.scalar(service_request_numbers)
    return f"{id_prefix(jurisdiction, now)}{number:07}"


def id_prefix(jurisdiction: Scope, now: datetime) -> str:
    """Return what a public id has before its number of at least seven digits."""
    return f"{'TEST-' if jurisdiction.sandbox else ''}{now.astimezone(jurisdiction.zone):%y}-"


def new_handles(jurisdiction: Scope, service: ServiceInfo, now: datetime) -> Handles:
    """Return the token of a new submission, or the prefix of its id. Tokens cannot be guessed."""
    if service.type == "batch":
        return Handles(token=secrets.token_hex(16), sandbox=jurisdiction.sandbox)
    return Handles(
        id_prefix=id_prefix(jurisdiction, now),
        public=service.type == "realtime",
        sandbox=jurisdiction.sandbox,
    )
