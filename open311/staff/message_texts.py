"""The editor of a text of emails, with a preview, tests, and earlier versions."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, current_app, flash, make_response, redirect, render_template, url_for
from flask_login import login_required
from werkzeug.wrappers import Response as AnyResponse

from open311.errors import ChangedMeanwhile, InvalidParameters, NotFound, Open311Error
from open311.letters.preview import preview_page
from open311.letters.texts import built_in_text
from open311.mail.checks import find_text_problems
from open311.messages.problem import Problem
from open311.messages.residents import PAGE_UNKNOWN
from open311.messages.telling import NO_SUCH_VERSION
from open311.operations.telling.texts import (
    TextChange,
    restore_version,
    save_text,
    use_built_in_text,
)
from open311.queries.telling.texts import OwnText, find_own_text, list_versions
from open311.staff.catalog import typed
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.staff.text_trials import sample_letter, send_trial
from open311.web.languages import read_messages
from open311.web.languages import say as _
from open311.web.page_policy import as_email, in_own_frame, with_own_frames
from open311.web.page_problems import page_problems
from open311.web.parameters import first, parse, sent_values
from schemas.telling import TextForm, TrialForm
from schemas.vocabulary.languages import LANGUAGES
from schemas.vocabulary.marking import N_
from schemas.vocabulary.message_texts import (
    BODY_LIMIT,
    PLACEHOLDERS,
    PLACEHOLDERS_OF,
    REQUIRED_OF,
    SUBJECT_LIMIT,
    TEMPLATE_KINDS,
)

blueprint = staff_pages("staff_message_texts", "/staff/city/messages", administrators_only)

PageResponse = AnyResponse | tuple[AnyResponse, int]


@blueprint.get("/<kind>/<language>")
@login_required  # type: ignore[untyped-decorator]
def show(kind: str, language: str) -> Response:
    _check_place(kind, language)
    return _page(kind, language)


@blueprint.post("/<kind>/<language>")
@login_required  # type: ignore[untyped-decorator]
def save(kind: str, language: str) -> PageResponse:
    """Store a text, or send a test with it; the form keeps what was typed until it is stored."""
    _check_place(kind, language)
    try:
        if first(sent_values(), "step") == "test":
            return _test(kind, language)
        asked = parse(TextForm(), sent_values())
        own = _text_of(asked)
        version = save_text(_change(kind, language, asked["seen"]), own.subject, own.body)
    except ChangedMeanwhile as error:
        return _page(kind, language, error.problems), 409
    except Open311Error as error:
        return _page(kind, language, error.problems, seen=first(sent_values(), "seen")), 400
    flash(_("Version %(version)s saved. Emails have this text from now on.", version=version))
    return redirect(url_for(".show", kind=kind, language=language), 303)


def _test(kind: str, language: str) -> Response:
    asked = parse(TrialForm(), sent_values())
    own = _checked(kind, asked)
    flash(_("Test sent to %(address)s.", address=send_trial(kind, language, asked, own)))
    return _page(kind, language, seen=str(asked["seen"]))


@blueprint.post("/<kind>/<language>/restore")
@login_required  # type: ignore[untyped-decorator]
def restore(kind: str, language: str) -> PageResponse:
    """Make an earlier version the newest one; version 0 is the built-in text."""
    _check_place(kind, language)
    values = sent_values()
    version = _number(first(values, "version"))
    change = _change(kind, language, _number(first(values, "seen")))
    try:
        new = restore_version(change, version) if version else use_built_in_text(change)
    except ChangedMeanwhile as error:
        return _page(kind, language, error.problems), 409
    except Open311Error as error:
        return _page(kind, language, error.problems), 400
    flash(_("Version %(version)s saved. Emails have this text from now on.", version=new))
    return redirect(url_for(".show", kind=kind, language=language), 303)


@blueprint.get("/<kind>/<language>/preview")
@login_required  # type: ignore[untyped-decorator]
def stored(kind: str, language: str) -> Response:
    """Show an email with the newest text or a version of it, in a frame."""
    _check_place(kind, language)
    return _frame(kind, language, lambda: _stored_text(kind, language))


@blueprint.post("/<kind>/<language>/preview")
@login_required  # type: ignore[untyped-decorator]
def preview(kind: str, language: str) -> Response:
    """Show an email with the text of the form, in a frame beside it."""
    _check_place(kind, language)
    return _frame(kind, language, lambda: _checked(kind, parse(TextForm(), sent_values())))


def _stored_text(kind: str, language: str) -> OwnText | None:
    here = city().jurisdiction_id
    version = first(sent_values(), "version")
    if version == "0":
        return None
    if version is None:
        return find_own_text(here, kind, language)
    found = list_versions(here, kind, language, _number(version))
    if not found:
        raise NotFound(NO_SUCH_VERSION, version=version)
    return found[0].own


def _frame(kind: str, language: str, text: Callable[[], OwnText | None]) -> Response:
    """Return the email about a request with a text, or what is wrong with it."""
    try:
        asked = parse(TextForm(), sent_values())
        letter = sample_letter(kind, language, asked, text())
    except Open311Error as error:
        shown = page_problems(error.problems)
        made = render_template("staff/text_problems.html", problems=shown)
        return in_own_frame(make_response(made, 400))
    name = read_messages(language).gettext(N_("Plain text"))
    return as_email(make_response(preview_page(letter, name)))


def _checked(kind: str, asked: Mapping[str, Any]) -> OwnText:
    """Return the text of a form; raises InvalidParameters."""
    own = _text_of(asked)
    problems = find_text_problems(kind, own.subject, own.body)
    if problems:
        raise InvalidParameters.of(problems)
    return own


def _text_of(asked: Mapping[str, Any]) -> OwnText:
    """Return the text of a form, with the line ends of the database."""
    body = asked["body"].replace("\r\n", "\n").strip()
    return OwnText(0, asked["subject"].strip(), body)


def _change(kind: str, language: str, seen: int) -> TextChange:
    here, name = city().jurisdiction_id, user().name
    return TextChange(jurisdiction_id=here, kind=kind, language=language, seen=seen, made_by=name)


def _number(text: str | None) -> int:
    """Return the number of a version; raises NotFound."""
    if text is None or not re.fullmatch("[0-9]{1,9}", text):
        raise NotFound(NO_SUCH_VERSION, version=text or "")
    return int(text)


def _check_place(kind: str, language: str) -> None:
    if kind not in TEMPLATE_KINDS or language not in LANGUAGES:
        raise NotFound(PAGE_UNKNOWN)


def _page(
    kind: str, language: str, problems: Sequence[Problem] = (), seen: str | None = None
) -> Response:
    """Return the editor; seen is the version that its form was made from, or else the newest."""
    jurisdiction = city()
    versions = list_versions(jurisdiction.jurisdiction_id, kind, language)
    now_used = versions[0].own if versions else None
    shown = page(
        "message_text.html",
        jurisdiction,
        problems=problems,
        kind=kind,
        written_in=language,
        text=now_used or built_in_text(kind, language),
        is_own=now_used is not None,
        versions=versions,
        seen=seen or (versions[0].version if versions else 0),
        placeholders=[(name, PLACEHOLDERS[name]) for name in PLACEHOLDERS_OF[kind]],
        required=REQUIRED_OF[kind],
        subject_limit=SUBJECT_LIMIT,
        body_limit=BODY_LIMIT,
        sends=current_app.config["OPEN311_MAIL"] is not None,
        typed=typed,
    )
    return with_own_frames(make_response(shown))
