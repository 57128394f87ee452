"""Checks of a report on the website: those of the API, step by step, and what only pages demand."""

from collections.abc import Callable, Iterable, Mapping

from marshmallow import ValidationError

from geo.routing.borders import is_accepted
from open311.errors import InvalidParameters
from open311.messages.problem import Problem
from open311.messages.residents import (
    CONTACT_REQUIRED,
    EMAIL_FOR_UPDATES,
    EMAIL_INVALID,
    PHONE_FOR_TEXTS,
    SERVICE_NOT_OFFERED,
)
from open311.messages.submissions import SERVICE_CODE_REQUIRED
from open311.queries.routing.decide import outside
from open311.queries.routing.snapshot import facts_outside
from open311.residents.form_fields import (
    CONTACT_FIELDS,
    PLACE_FIELDS,
    WANTS_TEXTS,
    WANTS_UPDATES,
    among,
    answers_in,
)
from open311.residents.report_form import ReportForm
from open311.web.accuracy import tolerance_of
from open311.web.intake import check_parameters
from open311.web.page_problems import PageProblem, page_problems
from open311.web.parameters import first
from open311.web.phone_links import text_number
from open311.web.question_problems import with_questions
from open311.web.sent_place import sent_place
from schemas.base import Values
from schemas.requests.residents import UpdatesSchema

_ADDRESS = UpdatesSchema()


def place_problems(form: ReportForm) -> list[Problem]:
    """List what is wrong with the place, also that the city does not serve it."""
    values = {**among(form.parameters, PLACE_FIELDS), "service_code": ["any"]}
    try:
        loaded = check_parameters(values, (), form.jurisdiction)
        if "lat" not in loaded and not loaded["address_id"]:
            return []  # a text is looked up when it is sent
        place = sent_place(form.city, form.jurisdiction, loaded)
    except InvalidParameters as error:
        return list(error.problems)
    if place.point is None or form.jurisdiction.takes_from_outside:
        return []
    facts = facts_outside(form.city, place.point)
    if facts is None or is_accepted(facts.meters, tolerance_of(loaded["accuracy"])):
        return []
    return list(outside(form.jurisdiction, place.point, facts).problems)


def service_problems(form: ReportForm) -> list[Problem]:
    """List what is wrong with the service: the website offers only some."""
    if form.service is not None:
        return []
    is_missing = first(form.parameters, "service_code") is None
    message = SERVICE_CODE_REQUIRED if is_missing else SERVICE_NOT_OFFERED
    return [Problem(message, {}, "service_code")]


def details_problems(form: ReportForm) -> list[Problem]:
    """List what is wrong with the description and the answers."""
    if form.service is None:
        return []
    values = {
        **among(form.parameters, ("description",)),
        **answers_in(form.parameters, form.service),
    }
    return _problems_of_fields(form, values)


def contact_problems(form: ReportForm) -> list[Problem]:
    """List what is wrong with how the requester can be reached."""
    contact = among(form.parameters, CONTACT_FIELDS)
    wants_updates, email = contact.pop(WANTS_UPDATES, []), first(contact, "email")
    wants_texts, phone = contact.pop(WANTS_TEXTS, []), first(contact, "phone")
    problems = [] if form.service is None else _problems_of_fields(form, contact, answers=False)
    if email is None and wants_updates:
        problems.append(Problem(EMAIL_FOR_UPDATES, {}, "email"))
    elif email is not None and not is_email(email):
        problems.append(Problem(EMAIL_INVALID, {}, "email"))
    elif _needs_contact(form) and email is None and phone is None:
        problems.append(Problem(CONTACT_REQUIRED, {}, "email"))
    if wants_texts and text_number(phone or "") is None:
        problems.append(Problem(PHONE_FOR_TEXTS, {}, "phone"))
    return problems


def _needs_contact(form: ReportForm) -> bool:
    return form.service is not None and form.service.needs_contact


def _problems_of_fields(form: ReportForm, values: Values, *, answers: bool = True) -> list[Problem]:
    service = form.service
    if service is None:
        return []
    somewhere = {"service_code": [service.service_code], "address_string": ["somewhere"]}
    asked = service.attributes if answers else ()
    try:
        check_parameters({**somewhere, **values}, asked, form.jurisdiction)
    except InvalidParameters as error:
        return list(error.problems)
    return []


STEP_CHECKS: Mapping[str, Callable[[ReportForm], list[Problem]]] = {
    "place": place_problems,
    "service": service_problems,
    "details": details_problems,
    "contact": contact_problems,
}
"""The checks of the steps that can be wrong, in the order of the form."""


def site_problems(form: ReportForm) -> list[Problem]:
    """List what only the website demands of a report; the API's checks find the rest."""
    return [*service_problems(form), *contact_problems(form)]


def is_email(text: str) -> bool:
    """Return whether an address can be written to, as far as its form tells."""
    try:
        _ADDRESS.load({"email": [text]})
    except ValidationError:
        return False
    return True


def shown_problems(form: ReportForm, problems: Iterable[Problem]) -> list[PageProblem]:
    """List problems as the page says them, once for each field; answers have their question."""
    named = with_questions(problems, form.questions())
    return page_problems(named, form.jurisdiction.units)
