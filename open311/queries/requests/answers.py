"""Answers to the questions of a service, as text."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from open311.database import db
from open311.models import AttributeValue, Service, ServiceAttribute


def list_answers(
    jurisdiction_id: str, service_code: str, answers: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """List (question, answer) in the order of the questions; answers are by code, as stored.

    Options are given by their names. An answer whose question is gone comes last, by its code.
    """
    rows = db.session.execute(
        select(
            ServiceAttribute.code,
            ServiceAttribute.description,
            AttributeValue.key,
            AttributeValue.name,
        )
        .join(Service, Service.id == ServiceAttribute.service_id)
        .outerjoin(AttributeValue, AttributeValue.attribute_id == ServiceAttribute.id)
        .where(Service.jurisdiction_id == jurisdiction_id, Service.service_code == service_code)
        .order_by(ServiceAttribute.order, AttributeValue.position)
    )
    questions: dict[str, str] = {}
    names: dict[tuple[str, str], str] = {}
    for row in rows:
        questions[row.code] = row.description or row.code
        names[row.code, row.key] = row.name
    in_order = [code for code in questions if code in answers]
    gone = sorted(set(answers) - set(questions))
    return [
        (questions.get(code, code), _in_words(code, answers[code], names))
        for code in (*in_order, *gone)
    ]


def _in_words(code: str, answer: Any, names: Mapping[tuple[str, str], str]) -> str:
    chosen = answer if isinstance(answer, list) else [answer]
    return ", ".join(names.get((code, str(one)), str(one)) for one in chosen)
