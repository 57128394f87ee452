"""Problems of errors as staff pages show them: translated, and by field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import lxml.html
from flask_babel import format_decimal

from geo.distances import Area, area
from open311.messages.names import FIELD_LABELS, ROLE_NAMES, STATUS_NAMES
from open311.messages.problem import Problem
from open311.web.dates import date_words, time_words
from open311.web.kept_input import forms_like, keep_input, unfold
from open311.web.languages import language, say
from schemas.vocabulary.bulk import CHANGED_PARTS
from schemas.vocabulary.priorities import PRIORITY_NAMES


@dataclass(frozen=True)
class PageProblem:
    """A sentence and the name of its form field, empty for none."""

    sentence: str
    field: str = ""


def page_problems(problems: Iterable[Problem], units: str = "metric") -> list[PageProblem]:
    """List the sentences of an error for a page; units are those of areas."""
    return [PageProblem(page_sentence(one, units), one.field) for one in problems]


def page_sentences(problems: Iterable[Problem]) -> str:
    """Return all problems as one text, for a notice or a table row."""
    return " ".join(map(page_sentence, problems))


def page_sentence(problem: Problem, units: str = "metric") -> str:
    """Return a problem in the language of the page; units are those of areas."""
    values = {name: _in_words(name, value, units) for name, value in problem.values.items()}
    return say(problem.message.for_page, field=_label(problem), **values)


def _label(problem: Problem) -> str:
    label = problem.label or FIELD_LABELS.get(problem.field)
    return problem.field if label is None else say(label)


_NAMES: Mapping[str, Mapping[str, str]] = {
    "status": STATUS_NAMES,
    "role": ROLE_NAMES,
    "parts": CHANGED_PARTS,
    "priority": PRIORITY_NAMES,
}


def _in_words(name: str, value: Any, units: str) -> str:
    if isinstance(value, Problem):
        return page_sentence(value, units)
    if isinstance(value, Area):
        return area(value.square_meters, units, language())
    if isinstance(value, datetime):
        return time_words(value, value.tzinfo, language())
    if isinstance(value, date):
        return date_words(value, language())
    if isinstance(value, int | float):
        return str(format_decimal(value))
    if isinstance(value, tuple | list):
        return ", ".join(_in_words(name, one, units) for one in value)
    names = _NAMES.get(name, {})
    return say(names[value]) if value in names else str(value)


def place_beside(
    page: str, problems: Iterable[PageProblem], path: str, sent: Mapping[str, Sequence[str]]
) -> str:
    """Return a page with what was typed, and each problem after its field.

    The field refers to its problem for screen readers.

    Fields of the macros that residents' pages use, too, have their problems already.

    path is that of the form, and sent are its values: of several forms with one path, the one
    with the same hidden values counts.
    """
    document = lxml.html.document_fromstring(page)
    keep_input(document, path, sent)
    for problem in problems:
        field = _field_of(document, problem.field, path, sent) if problem.field else None
        if field is not None and not _has_problem(document, field):
            _refer(field, problem)
    return str(lxml.html.tostring(document, encoding="unicode", doctype="<!DOCTYPE html>"))


def _field_of(document: Any, name: str, path: str, sent: Mapping[str, Sequence[str]]) -> Any:
    found = (
        control
        for form in forms_like(document, path, sent)
        for control in form.xpath(".//input | .//select | .//textarea")
        if control.name == name and control.get("type") not in ("hidden", "radio", "checkbox")
    )
    return next(found, None)


def _has_problem(document: Any, field: Any) -> bool:
    return document.get_element_by_id(f"{field.get('id')}-problem", None) is not None


def _refer(field: Any, problem: PageProblem) -> None:
    unfold(field)
    note = lxml.html.Element("small")
    note.text, note.tail, field.tail = problem.sentence, field.tail, None
    note.set("class", "problem")
    note.set("id", f"problem-{field.get('id') or problem.field}")
    described = field.get("aria-describedby")
    field.set("aria-describedby", " ".join(filter(None, (note.get("id"), described))))
    field.set("aria-invalid", "true")
    field.addnext(note)
