"""Full-text search (see Criteria.text)."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, literal_column, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, TSVECTOR

from open311.database import db
from open311.models import SEARCHABLE_WORDS, Service, ServiceRequest

Condition = ColumnElement[bool]

_TERM = re.compile(r'-?"[^"]*"|\S+')
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")


@dataclass(frozen=True)
class Term:
    """A word, which matches words that start with it, or a phrase of whole words."""

    text: str
    phrase: bool = False
    excluded: bool = False


def parse_text(text: str) -> list[list[Term]]:
    """Parse a search into alternatives; all terms of one of them must hold."""
    alternatives: list[list[Term]] = [[]]
    for written in _TERM.findall(text):
        if written.lower() == "or":
            alternatives.append([])
        elif re.search(r"\w", written):
            alternatives[-1].append(_term(written))
    return [terms for terms in alternatives if terms] or [[Term(text.strip())]]


def _term(written: str) -> Term:
    excluded = written.startswith("-")
    text = written[1:] if excluded else written
    phrase = len(text) > 1 and text.startswith('"') and text.endswith('"')
    return Term(text.strip('"').strip(), phrase, excluded)


def has_text(jurisdiction_id: str, text: str) -> Condition:
    """Return the condition that a service request or the name of its service contains the words.

    Services are looked up first, because PostgreSQL uses the text index only if it knows how few
    rows match.
    """
    alternatives = parse_text(text)
    terms = list(dict.fromkeys(term for alternative in alternatives for term in alternative))
    holds = dict(zip(terms, _conditions(jurisdiction_id, terms), strict=True))
    return or_(*(and_(*(holds[term] for term in terms)) for terms in alternatives))


def _conditions(jurisdiction_id: str, terms: list[Term]) -> list[Condition]:
    services = _services_named(jurisdiction_id, terms)
    return [_holds(term, ids) for term, ids in zip(terms, services, strict=True)]


def _services_named(jurisdiction_id: str, terms: list[Term]) -> list[list[int]]:
    """List the ids of the services whose names contain each term."""
    name = func.to_tsvector(_SIMPLE, Service.service_name)
    matches = [name.bool_op("@@")(_query(term)) for term in terms]
    statement = select(Service.id, *matches).where(Service.jurisdiction_id == jurisdiction_id)
    rows = db.session.execute(statement).all()
    return [[row[0] for row in rows if row[place]] for place in range(1, len(terms) + 1)]


def _holds(term: Term, service_ids: list[int]) -> Condition:
    found: Condition = literal_column(SEARCHABLE_WORDS, TSVECTOR).bool_op("@@")(_query(term))
    if service_ids:
        of_service = ServiceRequest.service_id == func.any(literal(service_ids, ARRAY(INTEGER)))
        found = or_(found, of_service)
    return not_(found) if term.excluded else found


def _query(term: Term) -> ColumnElement[Any]:
    if term.phrase:
        return func.phraseto_tsquery(_SIMPLE, term.text)
    quoted = term.text.replace("\\", "\\\\").replace("'", "''")
    return func.to_tsquery(_SIMPLE, f"'{quoted}':*")
