"""Whether a page of a service request is a look at it by someone who may work on it."""

from datetime import datetime

from flask import request

from open311.operations.requests.views import note_first_view


def note_view(pk: int, first_viewed: datetime | None) -> None:
    """Store the first view of a service request, once.

    Browsers that fetch a page before anyone asked for it say so in Sec-Purpose
    (https://fetch.spec.whatwg.org/#sec-purpose-header).
    """
    is_look = request.method == "GET" and "prefetch" not in request.headers.get("Sec-Purpose", "")
    if first_viewed is None and is_look:
        note_first_view(pk)
