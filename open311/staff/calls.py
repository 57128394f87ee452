"""/staff/new: requests that come by phone, email, or letter, or at the desk, or seen by staff."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, redirect, request, url_for
from flask_login import current_user, login_required
from werkzeug.wrappers import Response as AnyResponse

from open311.database import end_reads
from open311.errors import (
    Gone,
    IdempotencyKeyReused,
    InvalidParameters,
    NotAllowed,
    Open311Error,
)
from open311.messages.people import CANNOT_ENTER
from open311.messages.problem import Problem
from open311.messages.residents import REPORT_CHANGED
from open311.queries.requests.entered import get_entered
from open311.roles import WITH_WORK
from open311.staff.call_form import DRAFT, LANGUAGE, SENDING, CallForm
from open311.staff.call_photos import keep_photos, kept_photos
from open311.staff.call_saving import (
    add_entered_caller,
    enter_request,
    form_problems,
    without_key,
)
from open311.staff.pages import (
    city_snapshot,
    page,
    staff_base_map,
    staff_pages,
    user,
)
from open311.web.address_search import addresses_url
from open311.web.catalog_words import page_words
from open311.web.dates import weekday_words
from open311.web.freshness import fresh
from open311.web.languages import language
from open311.web.question_problems import with_questions
from open311.web.sessions import signed_in
from open311.web.site import sends_texts
from schemas.vocabulary.intake import ENTERED_BY_STAFF

Page = tuple[str, int]


def _workers_only() -> None:
    """Raise NotAllowed for signed-in users who only read; others are sent to sign in later."""
    someone = signed_in(current_user)
    if someone is not None and someone.role not in WITH_WORK:
        raise NotAllowed(CANNOT_ENTER)


blueprint = staff_pages("staff_calls", "/staff/new", _workers_only)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def start() -> Page:
    """Show an empty form; a link may fill in parts of it, such as the channel."""
    return _page(CallForm.of_request())


@blueprint.post("")
@login_required  # type: ignore[untyped-decorator]
def enter() -> Page | AnyResponse:
    """Save the request, or only show what is known so far: the page works without scripts."""
    form = CallForm.of_request()
    if form.first("act") != "save":
        return _page(form)
    try:
        name = _save()
    except IdempotencyKeyReused:
        return _page(without_key(form), [Problem(REPORT_CHANGED)])
    except Open311Error as error:
        end_reads()
        problems = list(error.problems)
        if isinstance(error, InvalidParameters):
            problems += form_problems(form)
        return _page(form, problems)
    news = _news(form, follows=True)
    return redirect(url_for("staff_calls.saved", service_request_id=name, news=news), 303)


def _news(form: CallForm, *, follows: bool) -> str | None:
    """Return whether updates can follow a confirmation; None if nobody wants them."""
    return ("asked" if follows else "none") if form.wants_news else None


@fresh
def _save() -> str:
    return enter_request(CallForm.of_request(), user().name)


@blueprint.post("/caller/<opaque:service_request_id>")
@login_required  # type: ignore[untyped-decorator]
def add(service_request_id: str) -> Page | AnyResponse:
    """Add the caller to a request that is there already."""
    form = CallForm.of_request()
    try:
        follows = add_entered_caller(form, service_request_id, user().name)
    except Open311Error as error:
        end_reads()
        return _page(form, error.problems)
    to = url_for(
        "staff_calls.saved",
        service_request_id=service_request_id,
        caller=form.channel,
        news=_news(form, follows=follows),
    )
    return redirect(to, 303)


@blueprint.get("/saved/<opaque:service_request_id>")
@login_required  # type: ignore[untyped-decorator]
def saved(service_request_id: str) -> str:
    """Show the number to tell the caller, the department, and the due date."""
    known = city_snapshot()
    one, words = get_entered(known.scope, service_request_id), page_words(known)
    due = one.expected_datetime
    return page(
        "call_saved.html",
        known.scope,
        one=one,
        service=words.service_name(one.service_code, one.service_name),
        department=words.department_name(one.department_code, one.department),
        due="" if due is None else weekday_words(due, known.scope.zone, language()),
        caller=request.args.get("caller", ""),
        news=request.args.get("news", ""),
        notice=words.text(
            *("service", one.service_code, "service_notice", one.service_notice),
        ),
    )


@blueprint.get("/suggestions")
@login_required  # type: ignore[untyped-decorator]
def suggestions() -> Response:
    """List the codes of the services that fit words (description) and a place, best first."""
    form = CallForm.of_request()
    return jsonify(form.suggested(form.first("description")))


@blueprint.get("/questions")
@login_required  # type: ignore[untyped-decorator]
def questions() -> str:
    """Return a part of the form: the questions of a service (service_code)."""
    form = CallForm.of_request()
    return page(
        "call_questions.html", form.jurisdiction, questions=form.questions(), **form.typed()
    )


@blueprint.get("/outlook")
@login_required  # type: ignore[untyped-decorator]
def outlook() -> str:
    """Return a part of the form: the department, the due date, and similar requests nearby."""
    form = CallForm.of_request()
    return page("call_outlook.html", form.jurisdiction, **_known(form))


def _known(form: CallForm) -> dict[str, Any]:
    return {
        "outlook": form.outlook(),
        "is_outside": form.is_outside,
        "is_unclear": form.is_address_unclear,
        "is_placed": form.point is not None,
        "nearby": form.nearby,
        "nearby_service": form.service_name,
    }


def _page(form: CallForm, problems: Sequence[Problem] = ()) -> Page:
    """Return the page with what was typed, and its photos, which browsers do not send again."""
    here, draft = form.jurisdiction, form.draft
    try:
        photos = kept_photos(here, draft)
        if not any(one.field == "media" for one in problems):
            draft = keep_photos(here, draft)
            photos = kept_photos(here, draft)
    except Gone as error:
        draft, photos = "", []
        problems = [*problems, *(one for one in error.problems if one not in problems)]
    except InvalidParameters as error:
        problems = [*problems, *error.problems]
    site = form.city.site
    made = page(
        "call.html",
        here,
        with_questions(problems, form.questions()),
        **form.services(),
        **form.typed(),
        **_known(form),
        questions=form.questions(),
        matches=form.matches,
        center=form.center(),
        base_map=staff_base_map(),
        addresses_url=addresses_url(form.jurisdiction),
        channels=ENTERED_BY_STAFF,
        channel=form.channel,
        chosen_language=form.first(LANGUAGE) or (site.languages[0] if site else "en"),
        sends_texts=sends_texts(),
        photos=len(photos),
        hidden={SENDING: form.first(SENDING) or str(uuid4()), DRAFT: draft},
    )
    return made, 400 if problems else 200
