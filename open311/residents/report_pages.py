"""The pages of a report: the whole form, and one question each for pages without scripts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from open311.residents.form_fields import DRAFT, SENDING, WANTED, typed_in
from open311.residents.report_form import ReportForm
from open311.web.address_search import addresses_url
from open311.web.languages import language
from open311.web.page_problems import PageProblem
from open311.web.screening import OPENED_FIELD, form_opened
from open311.web.site import site_page
from open311.web.site_map import site_base_map
from schemas.base import Values
from schemas.vocabulary.emergencies import EMERGENCY_PHRASES

Page = tuple[str, int]


def whole_form(
    form: ReportForm,
    page: Values,
    problems: Sequence[PageProblem] = (),
    status: int = 200,
    draft: str = "",
    latest: Sequence[Mapping[str, Any]] = (),
) -> Page:
    """Return the start page with the whole form, and what was typed into it.

    page are the fields of the page that were sent. draft keeps photos that were sent before. latest
    are the newest requests, as request_card takes them.
    """
    kept = {name: next(iter(page.get(name, ())), "") for name in (SENDING, OPENED_FIELD)}
    hidden = {SENDING: kept[SENDING] or str(uuid4()), OPENED_FIELD: kept[OPENED_FIELD]}
    hidden[OPENED_FIELD] = hidden[OPENED_FIELD] or form_opened()
    if draft:
        hidden[DRAFT] = draft
    elif form.service is not None and not problems:
        hidden[WANTED] = form.service.service_code
    words = next(iter(form.parameters.get("description", ())), "")
    return site_page(
        "home.html",
        status,
        **form.services(words),
        **_shared(form),
        **typed_in({**form.parameters, **page}),
        problems=problems,
        questions=form.questions(),
        nearby=form.nearby if problems else [],
        outlook=form.outlook(),
        matches=form.matches if problems else [],
        hidden=hidden,
        draft=draft,
        latest=latest,
        emergency_words=EMERGENCY_PHRASES.get(language(), ()),
        addresses_url=addresses_url(form.jurisdiction),
        here="report",
    )


def question_page(
    form: ReportForm,
    step: str,
    values: Mapping[str, Any],
    problems: Sequence[PageProblem] = (),
) -> Page:
    """Return the page with one question; values are those that question.html needs beside."""
    return site_page(
        "question.html",
        400 if problems else 200,
        **{
            "suggested": [],
            "groups": [],
            "questions": [],
            "nearby": [],
            "matches": [],
            "outlook": None,
            "hidden": {},
            "rows": [],
            "q": "",
            **_shared(form),
            **typed_in(form.parameters),
            "problems": problems,
            "step": step,
            "here": "report",
            **values,
        },
    )


def _shared(form: ReportForm) -> dict[str, Any]:
    return {
        "center": form.center(),
        "base_map": site_base_map(),
    }
