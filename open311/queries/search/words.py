"""Searching for words: in a service request's own texts, and in the names of services."""

import re
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, TSVECTOR

from open311.database import db
from open311.models import SEARCHABLE_WORDS, Service, ServiceRequest

Condition = ColumnElement[bool]

_TERM = re.compile(r'-?"[^"]*"|\S+')

_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")


def speaks_of(jurisdiction_id: str, words: str) -> Condition:
    """Give the condition that each word is in a service request or in the name of its service.

    words are in the grammar of websearch_to_tsquery
    (https://www.postgresql.org/docs/current/textsearch-controls.html). The services are looked up
    at once: PostgreSQL chooses the index of words only where it knows how few they are.
    """
    searched = terms(words)
    services = _services_named(jurisdiction_id, searched)
    pairs = zip(searched, services, strict=True)
    return and_(*(_holds(term, service_ids) for term, service_ids in pairs))


def terms(words: str) -> list[str]:
    """Cut a search into terms that can be looked for one by one; with an or it stays whole."""
    if "or" in words.lower().split():
        return [words]
    return [term for term in _TERM.findall(words) if re.search(r"\w", term)]


def _services_named(jurisdiction_id: str, searched: list[str]) -> list[list[int]]:
    """List for each term the ids of services whose names it holds for."""
    name = func.to_tsvector(_SIMPLE, Service.service_name)
    matches = [name.op("@@")(_query(term)) for term in searched]
    statement = select(Service.id, *matches).where(Service.jurisdiction_id == jurisdiction_id)
    rows = db.session.execute(statement).all()
    return [[row[0] for row in rows if row[place]] for place in range(1, len(searched) + 1)]


def _holds(term: str, service_ids: list[int]) -> Condition:
    """Tell whether a term holds; one with a minus must hold for both, others for one of them."""
    own: Condition = literal_column(SEARCHABLE_WORDS, TSVECTOR).op("@@")(_query(term))
    of_service = ServiceRequest.service_id == func.any(literal(service_ids, ARRAY(INTEGER)))
    if term.startswith("-"):
        return and_(own, of_service)
    return or_(own, of_service) if service_ids else own


def _query(term: str) -> ColumnElement[Any]:
    return func.websearch_to_tsquery(_SIMPLE, term)
