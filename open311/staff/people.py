"""Users and API keys for administrators. Passwords and keys are shown once."""

import logging
import secrets
from collections.abc import Mapping, Sequence

from flask import current_app, flash, redirect, request, url_for
from flask_login import login_required
from werkzeug.wrappers import Response

from open311.errors import Conflict, Open311Error
from open311.messages.people import OWN_ACCOUNT
from open311.messages.problem import Problem
from open311.operations.people.api_keys import change_rights, create_api_key, revoke_api_key
from open311.operations.people.notices import change_email
from open311.operations.people.password_links import invite_user
from open311.operations.people.two_step import turn_two_step_off
from open311.operations.people.users import (
    change_password,
    change_role,
    create_user,
    disable_user,
    enable_user,
)
from open311.queries.catalog.departments import list_departments
from open311.queries.people.api_keys import list_api_keys
from open311.queries.people.users import list_open_invitations, name_key
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.staff.user_pages import find_users
from open311.web.languages import say as _
from open311.web.parameters import first, parse, sent_values
from schemas.catalog.forms import ROLES, KeySchema, NewUserSchema, RoleSchema
from schemas.people import EmailSchema
from schemas.vocabulary.rights import RIGHTS, USUAL_RIGHTS

blueprint = staff_pages("staff_people", "/staff/city", administrators_only)

log = logging.getLogger(__name__)


@blueprint.get("/users")
@login_required  # type: ignore[untyped-decorator]
def users() -> str:
    return _users()


@blueprint.post("/users")
@login_required  # type: ignore[untyped-decorator]
def add_user() -> str | tuple[str, int]:
    """Add a user, and show the password once."""
    try:
        asked = parse(NewUserSchema(), sent_values())
        name = asked["name"].strip()
        password = None if asked["openid"] else secrets.token_urlsafe(15)
        here = city().jurisdiction_id
        email = asked["email"] or None
        has_mail = current_app.config["OPEN311_MAIL"] is not None
        invites = has_mail and email is not None and asked["invite"] and not asked["openid"]
        role, department = asked["role"], asked["department"]
        create_user(here, name, password, role, department, email, asked["full_name"])
        if invites:
            invite_user(here, name, _secret_key())
    except Open311Error as error:
        return _users(error.problems, typed=sent_values()), 400
    _note("user %s made", name)
    if invites:
        return _users(done=_("User %(name)s added and invited.", name=name))
    if password is None:
        return _users(done=_("User %(name)s added. They sign in with the city account.", name=name))
    return _secret(_("Password for %(name)s", name=name), password, "staff_people.users")


@blueprint.post("/users/<opaque:name>/role")
@login_required  # type: ignore[untyped-decorator]
def set_role(name: str) -> Response | tuple[str, int]:
    try:
        asked = parse(RoleSchema(), sent_values())
        _check_not_oneself(name, asked["role"] != "administrator")
        here = city().jurisdiction_id
        change_role(here, name, asked["role"], asked["department"], user().name)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s is %s", name, asked["role"])
    return _back("staff_people.users", _("Role updated for %(name)s.", name=name))


@blueprint.post("/users/<opaque:name>/password")
@login_required  # type: ignore[untyped-decorator]
def set_password(name: str) -> str | tuple[str, int]:
    """Set a new password for another user, which ends all their sessions, and show it once."""
    password = secrets.token_urlsafe(15)
    try:
        _check_not_oneself(name, True)
        change_password(city().jurisdiction_id, name, password)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s has a new password", name)
    return _secret(_("Password for %(name)s", name=name), password, "staff_people.users")


@blueprint.post("/users/<opaque:name>/two-step/off")
@login_required  # type: ignore[untyped-decorator]
def reset_two_step(name: str) -> Response | tuple[str, int]:
    """Turn two-step sign-in off for another user, who lost the phone and the recovery codes."""
    try:
        _check_not_oneself(name, True)
        turn_two_step_off(city().jurisdiction_id, name)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("two-step sign-in of user %s turned off", name)
    return _back("staff_people.users", _("Two-step sign-in is off for %(name)s.", name=name))


@blueprint.post("/users/<opaque:name>/email")
@login_required  # type: ignore[untyped-decorator]
def set_email(name: str) -> Response | tuple[str, int]:
    """Store the email address of another user, or none."""
    try:
        _check_not_oneself(name, True)
        email = parse(EmailSchema(), sent_values())["email"]
        change_email(city().jurisdiction_id, name, email or None)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s has another email address", name)
    return _back("staff_people.users", _("Email address saved for %(name)s.", name=name))


@blueprint.post("/users/<opaque:name>/invite")
@login_required  # type: ignore[untyped-decorator]
def invite(name: str) -> Response | tuple[str, int]:
    """Send a user a link to choose a password."""
    try:
        invite_user(city().jurisdiction_id, name, _secret_key())
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s invited", name)
    return _back("staff_people.users", _("We are sending %(name)s an invitation.", name=name))


@blueprint.post("/users/<opaque:name>/disable")
@login_required  # type: ignore[untyped-decorator]
def disable(name: str) -> Response | tuple[str, int]:
    """Disable a user, who can then no longer sign in."""
    try:
        _check_not_oneself(name, True)
        disable_user(city().jurisdiction_id, name, user().name)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s disabled", name)
    return _back("staff_people.users", _("%(name)s can no longer sign in.", name=name))


@blueprint.post("/users/<opaque:name>/enable")
@login_required  # type: ignore[untyped-decorator]
def enable(name: str) -> Response | tuple[str, int]:
    try:
        enable_user(city().jurisdiction_id, name)
    except Open311Error as error:
        return _users(error.problems), 400
    _note("user %s enabled", name)
    return _back("staff_people.users", _("%(name)s can sign in again.", name=name))


@blueprint.get("/keys")
@login_required  # type: ignore[untyped-decorator]
def keys() -> str:
    return _keys()


@blueprint.post("/keys")
@login_required  # type: ignore[untyped-decorator]
def add_key() -> str | tuple[str, int]:
    """Create an API key, and show it once."""
    try:
        asked = parse(KeySchema(), sent_values())
        name = asked["name"].strip()
        key = create_api_key(city().jurisdiction_id, name, rights=asked["rights"])
    except Open311Error as error:
        return _keys(error.problems, typed=sent_values()), 400
    _note("API key %s made", name)
    return _secret(_("API key for %(name)s", name=name), key, "staff_people.keys")


@blueprint.post("/keys/rights")
@login_required  # type: ignore[untyped-decorator]
def set_rights() -> Response | tuple[str, int]:
    """Change what an active key may do."""
    try:
        asked = parse(KeySchema(), sent_values())
        rights = change_rights(city().jurisdiction_id, asked["name"], asked["rights"])
    except Open311Error as error:
        return _keys(error.problems), 400
    _note("API key %s may %s", asked["name"], ",".join(rights))
    return _back("staff_people.keys", _("Rights updated for %(name)s.", name=asked["name"]))


@blueprint.post("/keys/revoke")
@login_required  # type: ignore[untyped-decorator]
def revoke() -> Response | tuple[str, int]:
    name = first(sent_values(), "name") or ""
    try:
        revoke_api_key(city().jurisdiction_id, name)
    except Open311Error as error:
        return _keys(error.problems), 400
    _note("API key %s revoked", name)
    return _back("staff_people.keys", _("API key for %(name)s revoked.", name=name))


def _secret_key() -> str:
    return str(current_app.config["OPEN311_SECRET_KEY"])


def _check_not_oneself(name: str, gives_up: bool) -> None:
    if gives_up and name_key(name) == name_key(user().name):
        raise Conflict(OWN_ACCOUNT)


Typed = Mapping[str, Sequence[str]]
"""The values of the form that adds a user or a key, if it was sent and has a problem."""


def _users(problems: Sequence[Problem] = (), done: str = "", typed: Typed | None = None) -> str:
    jurisdiction = city()
    return page(
        "users.html",
        jurisdiction,
        users=find_users(jurisdiction.jurisdiction_id, request.args.to_dict(flat=False)),
        invited=list_open_invitations(jurisdiction.jurisdiction_id),
        sought=request.args,
        departments=list_departments(jurisdiction.jurisdiction_id),
        roles=ROLES,
        sends_email=current_app.config["OPEN311_MAIL"] is not None,
        problems=problems,
        done=done,
        typed=lambda name: first(typed or {}, name) or "",
    )


def _keys(problems: Sequence[Problem] = (), typed: Typed | None = None) -> str:
    jurisdiction = city()
    return page(
        "keys.html",
        jurisdiction,
        keys=list_api_keys(jurisdiction.jurisdiction_id),
        rights=RIGHTS,
        usual=USUAL_RIGHTS if typed is None else typed.get("rights", ()),
        problems=problems,
        typed=lambda name: first(typed or {}, name) or "",
    )


def _secret(title: str, secret: str, back: str) -> str:
    return page("secret.html", city(), title=title, secret=secret, back=url_for(back))


def _note(what: str, *values: str) -> None:
    log.info("%s, by %r", what % tuple(map(repr, values)), user().name)


def _back(endpoint: str, notice: str) -> Response:
    flash(notice)
    return redirect(url_for(endpoint), 303)
