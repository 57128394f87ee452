"""Reports without scripts: a draft, and one question per page."""

from collections.abc import Mapping, Sequence

from flask import Response, redirect
from werkzeug.wrappers import Response as AnyResponse

from open311.errors import InvalidParameters
from open311.media.store import thumbnail_of
from open311.messages.problem import Problem
from open311.messages.residents import ADDRESS_UNCLEAR
from open311.messages.submissions import TOO_MANY_PHOTOS
from open311.operations.residents.drafts import change_draft, open_draft
from open311.queries.addresses import find_meant
from open311.queries.residents.drafts import Draft
from open311.residents.draft_pages import (
    STEPS,
    draft_page,
    find_open_draft,
    first_unanswered,
    staged_photos,
    steps_of,
)
from open311.residents.form_fields import (
    CONTACT_FIELDS,
    DROP_PHOTO,
    PLACE_FIELDS,
    SERVICE_FIELDS,
    THEN,
    WANTED,
    SentForm,
    among,
    answers_in,
    sent_form,
)
from open311.residents.pages import check_reporting_open, site_pages
from open311.residents.report_checks import STEP_CHECKS, shown_problems
from open311.residents.report_form import ReportForm
from open311.residents.report_pages import Page, whole_form
from open311.steps.values.submissions import StoredPhoto
from open311.web.bodies import sent
from open311.web.draft_names import hash_of_draft, new_draft_name
from open311.web.parameters import first, sent_values
from open311.web.photo_files import photo_not_found, photo_response
from open311.web.report_limits import check_allowance, count_deed
from open311.web.screening import HONEYPOT, OPENED_FIELD, form_opened
from open311.web.sent_media import most_photos, stored_media
from open311.web.site import link, site, site_city
from schemas.base import Values
from schemas.vocabulary.limits import DESCRIPTION_LIMIT

blueprint = site_pages("site_drafts", "/report")

_STEP = "<any(photo, place, service, nearby, details, contact, check):step>"


@blueprint.post("/draft")
def begin() -> AnyResponse | Page:
    """Open a draft with what was sent so far, and lead to its next question."""
    check_reporting_open()
    form = sent_form()
    check_allowance(site(), "report")
    if sent().files:
        count_deed(site(), "reaction")
    wanted = {"service_code": form.page[WANTED]} if form.first(WANTED) else {}
    known = {**wanted, **_known_fields(form)}
    name, here = new_draft_name(), site_city().scope
    try:
        with stored_media(here) as written:
            open_draft(here.jurisdiction_id, hash_of_draft(name), known, written.photos)
    except InvalidParameters as error:
        again = ReportForm.of(form.parameters)
        return whole_form(again, form.page, shown_problems(again, error.problems), 400)
    return redirect(link("site_drafts.show", name=name, step="place"), 303)


def _known_fields(form: SentForm) -> dict[str, list[str]]:
    """Return what a new draft keeps of a form."""
    opened = form.first(OPENED_FIELD) or form_opened()
    parameters = {**form.parameters, **form.page}
    names = (*PLACE_FIELDS, *SERVICE_FIELDS, "description", *CONTACT_FIELDS, HONEYPOT)
    known = {**among(parameters, names), OPENED_FIELD: [opened]}
    return {name: [text[:DESCRIPTION_LIMIT] for text in texts] for name, texts in known.items()}


@blueprint.get(f"/<name>/{_STEP}")
def show(name: str, step: str) -> AnyResponse | Page:
    """Show a question with what was answered before."""
    draft = find_open_draft(name)
    form = ReportForm.of(draft.parameters)
    if step == "check":
        missing = first_unanswered(form)
        if missing != "check":
            return redirect(link("site_drafts.show", name=name, step=missing), 303)
    values = sent_values()
    words, then = first(values, "q") or "", first(values, THEN) or ""
    return draft_page(form, name, step, staged_photos(draft), words=words, then=then)


@blueprint.post(f"/<name>/{_STEP}")
def answer(name: str, step: str) -> AnyResponse | Page:
    """Keep the answer to a question, and lead to the next; with problems, ask again."""
    check_reporting_open()
    sent_now, draft = sent_form(), find_open_draft(name)
    replaced, new = _new_values(step, sent_now, draft)
    new = {**new, **among(sent_now.page, (HONEYPOT,))}
    kept = {one: texts for one, texts in draft.parameters.items() if one not in replaced}
    form = ReportForm.of({**kept, **new})
    staged = [
        one for one in staged_photos(draft) if one.name not in sent_now.page.get(DROP_PHOTO, ())
    ]
    problems = [*_step_problems(step, form, draft), *_photo_problems(step, staged)]
    if not problems:
        try:
            _store(name, step, draft, replaced, new, staged)
        except InvalidParameters as error:
            problems = list(error.problems)
    if problems:
        shown, then = shown_problems(form, problems), sent_now.first(THEN)
        return draft_page(form, name, step, staged_photos(draft), shown, then=then)
    following = _following(step, form, sent_now.first(THEN))
    return redirect(link("site_drafts.show", name=name, step=following), 303)


@blueprint.get("/<name>/photo/<photo>")
def photo(name: str, photo: str) -> Response:
    """Show a photo of a draft, small."""
    if photo not in [one.name for one in staged_photos(find_open_draft(name))]:
        raise photo_not_found(photo)
    return photo_response(thumbnail_of(photo), "private, no-store")


def _new_values(
    step: str, form: SentForm, draft: Draft
) -> tuple[Sequence[str], Mapping[str, list[str]]]:
    """Return the names that a step replaces, and their new values."""
    if step == "place":
        return PLACE_FIELDS, _place_in(among(form.parameters, PLACE_FIELDS), draft)
    if step == "service":
        return SERVICE_FIELDS, among(form.parameters, SERVICE_FIELDS)
    if step == "details":
        before = [one for one in draft.parameters if one.startswith("attribute[")]
        service = site_city().services.get(first(draft.parameters, "service_code") or "")
        answers = answers_in(form.parameters, service)
        new = {**among(form.parameters, ("description",)), **answers}
        return ("description", *before), new
    if step == "contact":
        return CONTACT_FIELDS, among({**form.parameters, **form.page}, CONTACT_FIELDS)
    return (), {}


def _place_in(new: dict[str, list[str]], draft: Draft) -> dict[str, list[str]]:
    """Return the place that was sent: another address takes the place of what was found before."""
    address = first(new, "address_string")
    if address != first(draft.parameters, "address_string") and address is not None:
        new = {one: texts for one, texts in new.items() if texts != draft.parameters.get(one)}
        new.pop("address_id", None)
    scope = site_city().scope
    if address and scope.has_addresses and not {"lat", "address_id"} & new.keys():
        meant = find_meant(scope.jurisdiction_id, address).address
        if meant is not None:
            new["address_id"] = [meant.address_id]
    return new


def _step_problems(step: str, form: ReportForm, draft: Draft) -> list[Problem]:
    check = STEP_CHECKS.get(step)
    problems = [] if check is None else check(form)
    if step == "place" and not problems and _is_unclear(form):
        asked_before = first(draft.parameters, "address_string")
        if asked_before == first(form.parameters, "address_string"):
            return [Problem(ADDRESS_UNCLEAR, {}, "address_id")]
    return problems


def _is_unclear(form: ReportForm) -> bool:
    """Return whether there are several addresses to choose from, and none was chosen."""
    return not first(form.parameters, "address_id") and bool(form.matches)


def _photo_problems(step: str, staged: Sequence[StoredPhoto]) -> list[Problem]:
    files, limit = sent().files if step == "photo" else [], most_photos()
    if len(staged) + len(files) <= limit:
        return []
    return [Problem(TOO_MANY_PHOTOS, {"name": "", "limit": limit}, "media")]


def _store(
    name: str,
    step: str,
    draft: Draft,
    replaced: Sequence[str],
    new: Values,
    staged: Sequence[StoredPhoto],
) -> None:
    here, name_hash = site_city().scope, hash_of_draft(name)
    if step != "photo":
        change_draft(here.jurisdiction_id, name_hash, replaced, new)
        return
    kept = {one.name for one in staged}
    dropped = [one.name for one in staged_photos(draft) if one.name not in kept]
    with stored_media(here) as written:
        change_draft(here.jurisdiction_id, name_hash, (), {}, written.photos, dropped)


def _following(step: str, form: ReportForm, then: str) -> str:
    """Return the step after one: the next of the form, or the one that was left to change this."""
    if step == "place" and _is_unclear(form):
        return "place"
    if then == "check":
        return first_unanswered(form)
    later = STEPS[STEPS.index(step) + 1 :]
    return next((one for one in steps_of(form) if one in later), "check")
