"""A request that staff enter: by the same intake as that of GeoReport, without screening."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from flask import current_app

from open311.errors import Gone, InvalidParameters, NotFound
from open311.messages.problem import Problem
from open311.messages.requests import SIMILAR_NEARBY, SUBMISSION_WITHDRAWN
from open311.messages.residents import ADDRESS_UNCLEAR, EMAIL_FOR_UPDATES, PHONE_FOR_TEXTS
from open311.operations.requests.callers import add_caller
from open311.queries.requests.entered import find_entered
from open311.queries.requests.receipts import DRAFT_LIFETIME, Sending
from open311.staff.call_form import (
    CHANNEL,
    LANGUAGE,
    SENDING,
    WANTS_TEXTS,
    WANTS_UPDATES,
    CallForm,
)
from open311.staff.call_photos import check_number, forget_photos, kept_photos
from open311.steps.values.callers import Caller
from open311.steps.values.submissions import SiteSubmission, StoredPhoto, Submission
from open311.web.bodies import sent
from open311.web.freshness import check_current
from open311.web.intake import take_in
from open311.web.parameters import parse
from open311.web.repeats import fingerprint, idempotency_key
from open311.web.sent_media import stored_media
from schemas.requests.calls import CallerSchema, EnteredSchema

_ENTERED, _CALLER = EnteredSchema(), CallerSchema()


def enter_request(form: CallForm, made_by: str) -> str:
    """Check, route, and store a request; return its number, or its token until it has one.

    The second time, the same form only leads to what was stored. Raises InvalidParameters with all
    problems, also if similar requests nearby were not shown yet, and what take_in raises.
    """
    draft, here = form.draft, form.jurisdiction
    try:
        staged = kept_photos(here, draft)
    except Gone:
        known = find_entered(_sending(form, made_by, []), datetime.now(UTC))
        if known is None:
            raise
        return known  # it was saved before, with these photos
    check_number(staged)
    sending = _sending(form, made_by, staged)

    def check(_submission: Submission) -> SiteSubmission:
        problems = form_problems(form)
        if problems:
            raise InvalidParameters.of(problems)
        if form.has_unseen:
            raise InvalidParameters(SIMILAR_NEARBY)
        return SiteSubmission(
            language=form.first(LANGUAGE),
            secret_key=secret_key(),
            wants_updates=bool(form.first(WANTS_UPDATES)),
            texts_to=form.texts_to,
        )

    answer = take_in(
        form.parameters, form.city, here, sending, form.channel, staged, check, made_by
    )
    if answer.repeated:
        check_current()
    forget_photos(here, draft)
    name = find_entered(sending, datetime.now(UTC))
    if name is None:  # withdrawn in this moment
        raise NotFound(SUBMISSION_WITHDRAWN, token="")
    return name


def add_entered_caller(form: CallForm, service_request_id: str, made_by: str) -> bool:
    """Add the caller of a form, with its photos, to a request that is there already.

    Returns whether they follow it. Raises InvalidParameters, Gone, and what add_caller raises.
    """
    draft, here, caller = form.draft, form.jurisdiction, caller_of(form)
    staged = kept_photos(here, draft)
    check_number(staged)
    with stored_media(here) as written:
        photos = [*staged, *written.media]
        follows = add_caller(here, service_request_id, caller, made_by, secret_key(), photos)
    forget_photos(here, draft)
    return follows


def _sending(form: CallForm, made_by: str, staged: list[StoredPhoto]) -> Sending:
    """Describe the form, so that a second attempt is found by its key."""
    key = form.first(SENDING) or str(uuid4())
    here = form.jurisdiction.jurisdiction_id
    values = {
        **form.parameters,
        CHANNEL: [form.channel],
        LANGUAGE: [form.first(LANGUAGE)],
        "staged photos": [photo.digest.hex() for photo in staged],
    }
    return Sending(
        jurisdiction_id=here,
        sandbox=False,
        api_key_id=None,
        idempotency_key=idempotency_key(f"staff {key}"),
        fingerprint=fingerprint(values, sent().files, salt=f"{here} staff {made_by} {key}"),
        repeat_window=timedelta(0),
        key_lifetime=DRAFT_LIFETIME,
    )


def form_problems(form: CallForm) -> list[Problem]:
    """List what is wrong with the form beside what the intake checks."""
    problems = _problems_of_caller(form)
    if form.is_address_unclear:
        problems.append(Problem(ADDRESS_UNCLEAR, {}, "address_id"))
    return problems


def _problems_of_caller(form: CallForm) -> list[Problem]:
    problems: list[Problem] = []
    try:
        parse(_ENTERED, form.values)
    except InvalidParameters as error:
        problems += error.problems
    if form.first(WANTS_UPDATES) and not form.first("email"):
        problems.append(Problem(EMAIL_FOR_UPDATES, {}, "email"))
    if form.first(WANTS_TEXTS) and not form.texts_to:
        problems.append(Problem(PHONE_FOR_TEXTS, {}, "phone"))
    return problems


def caller_of(form: CallForm) -> Caller:
    """Return the caller of a form; raises InvalidParameters."""
    problems = _problems_of_caller(form)
    if problems:
        raise InvalidParameters.of(problems)
    loaded = parse(_CALLER, form.values)
    return Caller(
        sending=loaded["sending"],
        channel=loaded["channel"],
        language=loaded["language"],
        contact=form.contact,
        text=loaded["description"],
        wants_updates=bool(form.first(WANTS_UPDATES)),
        texts_to=form.texts_to,
    )


def without_key(form: CallForm) -> CallForm:
    """Return the form without its Idempotency-Key, so that it is about another request."""
    left = {name: texts for name, texts in form.values.items() if name != SENDING}
    return replace(form, values=left)


def secret_key() -> str:
    """Return the key of the server for secret links."""
    return str(current_app.config["OPEN311_SECRET_KEY"])
