"""POST /report: a report from the website, by the same intake as that of GeoReport."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from flask import Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from open311.errors import (
    IdempotencyKeyReused,
    InvalidParameters,
    NotFound,
    Open311Error,
    OutsideServiceArea,
    ProofRefused,
    TooManyReports,
)
from open311.messages.problem import Problem
from open311.messages.residents import LINK_UNKNOWN, REPORT_CHANGED
from open311.operations.residents.drafts import change_draft, forget_draft, open_draft
from open311.queries.city import City
from open311.queries.requests.receipts import DRAFT_LIFETIME, Sending
from open311.queries.residents.drafts import find_sent_by
from open311.residents.draft_pages import draft_page, find_open_draft, staged_photos, step_of
from open311.residents.form_fields import (
    DRAFT,
    SENDING,
    WANTS_TEXTS,
    WANTS_UPDATES,
    SentForm,
    sent_form,
)
from open311.residents.pages import check_reporting_open, secret_key, site_pages
from open311.residents.report_checks import shown_problems, site_problems
from open311.residents.report_form import ReportForm
from open311.residents.report_pages import whole_form
from open311.secret_links import token_of
from open311.steps.values.submissions import SiteSubmission, StoredPhoto, Submission
from open311.web.bodies import sent
from open311.web.draft_names import hash_of_draft, key_of_draft, new_draft_name
from open311.web.freshness import check_current, fresh
from open311.web.intake import take_in
from open311.web.languages import language
from open311.web.parameters import first
from open311.web.phone_links import text_number
from open311.web.repeats import fingerprint, idempotency_key
from open311.web.screening import screening
from open311.web.sent_media import stored_media
from open311.web.site import link, sends_texts, site, site_city
from schemas.base import Values
from schemas.vocabulary.intake import WEBSITE

blueprint = site_pages("site_report", "/report")


@dataclass(frozen=True)
class _Report:
    """A report that is sent: its parameters, the fields of the page, and its Idempotency-Key.

    draft is the name of the draft that keeps its photos, or all of it if is_whole is false.
    """

    parameters: Values
    page: Values
    key: str
    draft: str = ""
    is_whole: bool = True
    staged: list[StoredPhoto] = field(default_factory=list)

    @property
    def form(self) -> ReportForm:
        """The form with all that was sent."""
        return ReportForm.of({**self.parameters, **self.page})


@blueprint.get("")
@blueprint.get("/draft")
def start() -> AnyResponse:
    """Lead to the start page, where the form is: these addresses only take forms."""
    return redirect(link("site_home.show"), 302)


@blueprint.post("")
def send() -> AnyResponse:
    """Take in a report, and lead to its confirmation; with problems, return the page again."""
    check_reporting_open()
    form = sent_form()
    name = form.first(DRAFT)
    key = form.first(SENDING) or (key_of_draft(name) if name else str(uuid4()))
    if name:
        secret = _find_secret(site_city(), key)
        if secret is not None:
            return _to_confirmation(secret)
    report = _read_report(form, key, name)
    try:
        return _store(report)
    except (InvalidParameters, OutsideServiceArea, ProofRefused) as error:
        return _again(report, error)
    except NotFound as error:
        if error.problems[0].field != "service_code":
            raise
        return _again(report, error)
    except IdempotencyKeyReused:
        page = {name: texts for name, texts in report.page.items() if name != SENDING}
        return _again(replace(report, page=page), InvalidParameters(REPORT_CHANGED))
    except TooManyReports as error:
        secret = _find_secret(site_city(), key)
        return _again(report, error, 429) if secret is None else _to_confirmation(secret)


def _read_report(form: SentForm, key: str, name: str) -> _Report:
    """Return the report of a form, or of the draft that it names; raises Gone."""
    if not name:
        return _Report(form.parameters, form.page, key)
    draft = find_open_draft(name)
    kept = SentForm.of(draft.parameters)
    is_whole = any(map(any, form.parameters.values()))
    parameters = form.parameters if is_whole else kept.parameters
    return _Report(
        parameters, {**kept.page, **form.page}, key, name, is_whole, staged_photos(draft)
    )


@fresh
def _store(report: _Report) -> AnyResponse:
    city, form = site_city(), report.form
    sending = _sending(city, report)
    wants_updates = first(report.page, WANTS_UPDATES) is not None
    screen = screening(
        report.page,
        site(),
        language(),
        wants_updates=wants_updates,
        texts_to=_texts_to(report),
    )

    def check(submission: Submission) -> SiteSubmission:
        problems = site_problems(form)
        if problems:
            raise InvalidParameters.of(problems)
        return screen(submission)

    here = form.jurisdiction
    answer = take_in(report.parameters, city, here, sending, WEBSITE, report.staged, check)
    if answer.repeated:
        check_current()
    if report.draft:
        forget_draft(here.jurisdiction_id, hash_of_draft(report.draft))
    if answer.pk is not None:
        return _to_confirmation(token_of(secret_key(), "track", answer.pk))
    secret = _find_secret(city, report.key)
    if secret is None:  # erased in this moment
        raise NotFound(LINK_UNKNOWN)
    return _to_confirmation(secret)


def _texts_to(report: _Report) -> str:
    """Return the number that wants text messages; empty if there is none, or no gateway."""
    if first(report.page, WANTS_TEXTS) is None or not sends_texts():
        return ""
    return text_number(first(report.parameters, "phone") or "") or ""


def _sending(city: City, report: _Report) -> Sending:
    """Describe a report so that a second attempt is found by its key.

    The key is in the fingerprint: that others have sent the same words must give nobody their link.
    """
    photos = [photo.digest.hex() for photo in report.staged]
    salt = f"{city.scope.jurisdiction_id} {site().api_key_id} {report.key}"
    values = {**report.parameters, "staged photos": photos}
    return replace(
        _sending_with(city, report.key), fingerprint=fingerprint(values, sent().files, salt=salt)
    )


def _sending_with(city: City, key: str) -> Sending:
    return Sending(
        jurisdiction_id=city.scope.jurisdiction_id,
        sandbox=False,
        api_key_id=site().api_key_id,
        idempotency_key=idempotency_key(key),
        fingerprint=b"",
        repeat_window=timedelta(0),
        key_lifetime=DRAFT_LIFETIME,
    )


def _find_secret(city: City, key: str) -> str | None:
    """Return the secret link of what was sent with a key; None if that is nothing."""
    found = find_sent_by(_sending_with(city, key), datetime.now(UTC))
    return None if found is None else token_of(secret_key(), "track", found[0], found[1])


def _to_confirmation(secret: str) -> AnyResponse:
    return redirect(link("site_sent.show", secret=secret), 303)


def _again(report: _Report, error: Open311Error, status: int = 400) -> Response:
    """Return the page from which a report came, with its problems and everything kept."""
    form = report.form
    problems = list(error.problems)
    if isinstance(error, InvalidParameters):
        problems += site_problems(form)
    shown = shown_problems(form, problems)
    if not report.is_whole:
        page = draft_page(form, report.draft, step_of(problems[0].field), report.staged, shown)
    else:
        page = whole_form(form, report.page, shown, status, _keep_photos(report, problems))
    response = make_response(page[0], status)
    if isinstance(error, TooManyReports):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _keep_photos(report: _Report, problems: list[Problem]) -> str:
    """Keep the photos of a whole form in a draft, since browsers do not send a file twice.

    Returns the name of the draft, empty without photos. Scripts keep the files themselves.
    """
    is_by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate"
    if not sent().files or is_by_script or any(one.field == "media" for one in problems):
        return report.draft
    here = site_city().scope
    with stored_media(here) as written:
        if report.draft:
            name_hash = hash_of_draft(report.draft)
            change_draft(here.jurisdiction_id, name_hash, (), {}, written.photos)
            return report.draft
        name = new_draft_name()
        open_draft(here.jurisdiction_id, hash_of_draft(name), {}, written.photos)
        return name
