"""Shared parts of the pages below /staff/field, which a phone keeps for the time of a shift."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Blueprint, Response, request
from flask_login import current_user

from open311.errors import NotAllowed
from open311.messages.problem import Problem
from open311.messages.shifts import FIELD_FOR_WORKERS
from open311.operations.people.sign_in import LONGEST_SESSION
from open311.queries.jurisdictions import Scope
from open311.roles import WITH_WORK
from open311.staff.pages import page, staff_pages, user
from open311.web.sessions import SignedIn, signed_in


def _workers_only() -> None:
    """Raise NotAllowed for signed-in users who only read; others are sent to sign in later."""
    someone = signed_in(current_user)
    if someone is not None and someone.role not in WITH_WORK:
        raise NotAllowed(FIELD_FOR_WORKERS)


def field_pages(name: str, path: str) -> Blueprint:
    """Return a blueprint of staff pages that the service worker keeps for their login."""
    blueprint = staff_pages(name, path, _workers_only)
    blueprint.after_request(_mark_as_kept)
    return blueprint


def _mark_as_kept(response: Response) -> Response:
    """Name the login that a page is for, and the time until which a phone may show it.

    A shift is not longer than a session. The login has a name that does not reveal its session.
    """
    someone = current_user._get_current_object()
    is_page = request.method == "GET" and response.status_code == 200
    if is_page and isinstance(someone, SignedIn) and response.mimetype == "text/html":
        until = datetime.now(UTC) + LONGEST_SESSION
        response.headers["Field-Login"] = login_name(someone)
        response.headers["Field-Until"] = str(int(until.timestamp() * 1000))
    return response


def login_name(someone: SignedIn) -> str:
    """Return the name of a session in the caches of a phone."""
    return sha256(f"field {someone.token}".encode()).hexdigest()[:16]


def owner_name() -> str:
    """Return the name of the user under which a phone keeps what waits to be sent."""
    return f"{user().jurisdiction_id}/{user().id}"


def field_page(
    template: str, jurisdiction: Scope, problems: Sequence[Problem] = (), **values: Any
) -> str:
    """Return a page of /staff/field."""
    return page(template, jurisdiction, problems, owner=owner_name(), **values)
