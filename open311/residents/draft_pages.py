"""The pages of a draft: which steps it has, and what each shows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import ngettext

from open311.errors import Gone
from open311.messages.residents import DRAFT_GONE
from open311.personal_data import find_personal
from open311.phrases import find_phrase
from open311.queries.residents.drafts import Draft, find_draft
from open311.residents.form_fields import (
    CONTACT_FIELDS,
    PLACE_FIELDS,
    SERVICE_FIELDS,
    THEN,
    WANTS_TEXTS,
    WANTS_UPDATES,
)
from open311.residents.report_checks import STEP_CHECKS
from open311.residents.report_form import ReportForm
from open311.residents.report_pages import Page, question_page
from open311.steps.values.submissions import StoredPhoto
from open311.web.draft_names import hash_of_draft
from open311.web.languages import language, say
from open311.web.page_problems import PageProblem
from open311.web.parameters import first
from open311.web.site import link, site_city
from schemas.vocabulary.emergencies import EMERGENCY_PHRASES
from schemas.vocabulary.marking import N_

HEADINGS: Mapping[str, str] = {
    "photo": N_("What needs fixing?"),
    "place": N_("Where is it?"),
    "service": N_("What is it?"),
    "nearby": N_("Already reported?"),
    "details": N_("What should we know about it?"),
    "contact": N_("How can we reach you?"),
    "check": N_("Check before sending"),
}
"""The questions of a draft in their order, each on a page."""

STEPS = tuple(HEADINGS)


def find_open_draft(name: str) -> Draft:
    """Return a draft of this city; raises Gone for one that was sent or has expired."""
    here = site_city().scope.jurisdiction_id
    draft = find_draft(here, hash_of_draft(name), datetime.now(UTC))
    if draft is None:
        raise Gone(DRAFT_GONE)
    return draft


def staged_photos(draft: Draft) -> list[StoredPhoto]:
    """List the photos that a draft keeps."""
    return [StoredPhoto.of_json(one) for one in draft.photos]


_STEP_OF = {
    **dict.fromkeys(PLACE_FIELDS, "place"),
    **dict.fromkeys(SERVICE_FIELDS, "service"),
    **dict.fromkeys(CONTACT_FIELDS, "contact"),
    "description": "details",
    "media": "photo",
}


def step_of(field: str) -> str:
    """Return the step that asks for a parameter; the last one for others."""
    return "details" if field.startswith("attribute[") else _STEP_OF.get(field, "check")


def steps_of(form: ReportForm) -> list[str]:
    """List the steps of a draft: without duplicates nearby, that question is left out."""
    return [step for step in STEPS if step != "nearby" or form.nearby]


def first_unanswered(form: ReportForm) -> str:
    """Return the first step that still has a problem, or else the last one."""
    return next((step for step, check in STEP_CHECKS.items() if check(form)), "check")


def draft_page(
    form: ReportForm,
    name: str,
    step: str,
    photos: Sequence[StoredPhoto],
    problems: Sequence[PageProblem] = (),
    *,
    words: str = "",
    then: str = "",
) -> Page:
    """Return the page of a step. words are those by which services were searched.

    then is the step to go to afterwards, if it is not the next one.
    """
    known = steps_of(form)
    steps = [one for one in STEPS if one == step or one in known]
    number = steps.index(step)
    back = steps[number - 1] if number > 0 else ""
    values = {
        "draft": name,
        "number": number + 1,
        "count": len(steps),
        "heading": say(HEADINGS[step]),
        "back_url": link("site_drafts.show", name=name, step=back) if back else "",
        "hidden": {THEN: then} if then else {},
        "q": words,
    }
    return question_page(
        form, step, {**values, **_SHOWN[step](form, name, photos, words)}, problems
    )


Shown = Mapping[str, Any]


def _photo(_form: ReportForm, name: str, photos: Sequence[StoredPhoto], _words: str) -> Shown:
    return {
        "kept_photos": [
            {"name": photo.name, "url": link("site_drafts.photo", name=name, photo=photo.name)}
            for photo in photos
        ]
    }


def _place(form: ReportForm, *_others: object) -> Shown:
    is_marked = form.point is not None and not first(form.parameters, "address_string")
    return {"matches": form.matches, "is_marked": is_marked}


def _service(form: ReportForm, _name: str, _photos: Sequence[StoredPhoto], words: str) -> Shown:
    return form.services(words)


def _nearby(form: ReportForm, *_others: object) -> Shown:
    return {"nearby": form.nearby}


def _details(form: ReportForm, *_others: object) -> Shown:
    return {"questions": form.questions(), "outlook": form.outlook()}


def _contact(form: ReportForm, *_others: object) -> Shown:
    return {"outlook": form.outlook()}


def _check(form: ReportForm, name: str, photos: Sequence[StoredPhoto], _words: str) -> Shown:
    text = first(form.parameters, "description") or ""
    return {
        "outlook": form.outlook(),
        "rows": _rows(form, name, photos),
        "personal": [one.text for one in find_personal(text)],
        "is_emergency": find_phrase(text, EMERGENCY_PHRASES.get(language(), ())) is not None,
    }


_SHOWN: Mapping[str, Callable[[ReportForm, str, Sequence[StoredPhoto], str], Shown]] = {
    "photo": _photo,
    "place": _place,
    "service": _service,
    "nearby": _nearby,
    "details": _details,
    "contact": _contact,
    "check": _check,
}


def _rows(
    form: ReportForm, name: str, photos: Sequence[StoredPhoto]
) -> list[tuple[str, list[str], str]]:
    """Return what was answered, with links to change it."""

    def change(step: str) -> str:
        return link("site_drafts.show", name=name, step=step, then="check")

    service = form.service
    number = [str(ngettext("%(num)s photo", "%(num)s photos", len(photos)))] if photos else []
    asked = [one for one in form.questions() if one["variable"]]
    return [
        (say("Photos"), number, change("photo")),
        (say("Place"), form.place_words(), change("place")),
        (say("Service"), [form.service_name] if service else [], change("service")),
        (say("Description"), _given(form, "description"), change("details")),
        *((one["description"], form.answer_words(one), change("details")) for one in asked),
        (say("Contact"), _contact_words(form), change("contact")),
    ]


def _given(form: ReportForm, *names: str) -> list[str]:
    found = (first(form.parameters, name) for name in names)
    return [text for text in found if text]


def _contact_words(form: ReportForm) -> list[str]:
    name = " ".join(_given(form, "first_name", "last_name"))
    updates = say("Updates by email") if _given(form, WANTS_UPDATES) else ""
    texts = say("Updates by text message") if _given(form, WANTS_TEXTS) else ""
    return [text for text in (*_given(form, "email", "phone"), name, updates, texts) if text]
