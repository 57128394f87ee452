"""The questions that follow a change of the service of a request, and their answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_login import login_required

from open311.errors import InvalidParameters
from open311.messages.requests import QUESTIONS_FIRST
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.staff.pages import city, city_snapshot, page, staff_pages
from open311.web.catalog_words import page_words
from open311.web.intake import check_answers
from open311.web.parameters import first, sent_values
from open311.web.service_cards import questions_of
from schemas.base import Values
from schemas.requests.answers import parameter

blueprint = staff_pages("staff_service_questions", "/staff/requests")

ASKED = "asked"
"""The field with the code of the service whose questions a form shows."""


PRIORITY_NOW = "priority_now"
"""The field with the present priority of the request."""


@blueprint.get("/questions")
@login_required  # type: ignore[untyped-decorator]
def show() -> str:
    """Return a part of the form: the questions of a service (service_code)."""
    values, known = sent_values(), city_snapshot()
    return page("service_questions.html", city(), **asked_in(known, values, {}))


def asked_in(known: City, values: Values, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Return the questions and the priority of the service that a form names, for the template.

    answers are those of the request by code; those that were sent replace them.
    """
    code = first(values, "service_code") or ""
    questions = _questions(known, code)
    typed = {one["code"]: _typed(values, one) for one in questions}
    sent = {name: answer for name, answer in typed.items() if answer}
    service = known.services.get(code)
    default = service.default_priority if service else None
    return {
        "asked": code,
        "questions": questions,
        "answers": {**answers, **sent},
        "new_priority": None if default == first(values, PRIORITY_NOW) else default,
        "takes_priority": first(values, "takes_priority") is not None,
    }


def _questions(known: City, code: str) -> Sequence[Mapping[str, Any]]:
    service = known.services.get(code)
    return questions_of(page_words(known), service) if service else ()


def _typed(values: Values, question: Mapping[str, Any]) -> Any:
    sent = values.get(parameter(question["code"]), ())
    return list(sent) if question["datatype"] == "multivaluelist" else next(iter(sent), "")


def sent_answers(known: City, jurisdiction: Scope, values: Values) -> dict[str, Any]:
    """Return the answers to the questions of the new service by code.

    Raises InvalidParameters for wrong answers, and if the form did not show the questions yet.
    """
    code = first(values, "service_code") or ""
    questions = _questions(known, code)
    if questions and first(values, ASKED) != code:
        raise InvalidParameters(QUESTIONS_FIRST, field="service_code")
    service = known.services.get(code)
    return check_answers(values, service.attributes, jurisdiction.zone) if service else {}
