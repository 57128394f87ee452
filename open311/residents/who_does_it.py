"""Who does the work for a service, and where, in words: from the routing rules of a city."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from geo.routing.rules import Rule
from open311.queries.catalog.services import ServiceInfo
from open311.queries.city import City
from open311.web.catalog_words import CatalogWords
from open311.web.languages import say as _
from open311.web.place_names import PlaceNames
from open311.web.schedule_wording import times_words


@dataclass(frozen=True)
class Part:
    """A department and what it does of a service: each case in words, none for all of it."""

    department: str
    cases: Sequence[str]


def who_does_it(words: CatalogWords, service: ServiceInfo) -> list[Part]:
    """List the departments of a service in the order in which their rules count.

    A rule without conditions ends the list: no later one is ever reached. Rules that name what no
    longer exists are left out.
    """
    city = words.city
    places = PlaceNames(city)
    cases: dict[int, list[str]] = {}
    by_place = True
    for rule in _rules_for(city, places, service):
        case = _case(words, places, service, rule)
        if not case:
            last = rule.department_id
            break
        by_place = by_place and rule.question is None and not rule.times
        cases.setdefault(rule.department_id, []).append(case)
    else:
        last = city.guide.default_department_id
    others = _("everywhere else") if by_place else _("in all other cases")
    is_split = bool(cases)
    cases.setdefault(last, []).extend([others] if is_split else [])
    return [Part(words.department_of(id_), some) for id_, some in cases.items()]


def _rules_for(city: City, places: PlaceNames, service: ServiceInfo) -> Iterator[Rule]:
    for rule in city.guide.rules:
        is_for = rule.is_for(service.service_code, service.group)
        is_lost = rule.boundary and not places.is_current(rule.layer or "", rule.boundary)
        if is_for and not is_lost:
            yield rule


def _case(words: CatalogWords, places: PlaceNames, service: ServiceInfo, rule: Rule) -> str:
    """Return the conditions of a rule besides its service; an empty text without any."""
    parts = []
    if rule.layer is not None and rule.boundary is not None:
        parts.append(_("in %(boundary)s", boundary=places.boundary(rule.layer, rule.boundary)))
    elif rule.layer is not None:
        parts.append(_("in %(boundary)s", boundary=places.layer(rule.layer)))
    if rule.question is not None:
        question, answer = _answered(words, service, rule)
        parts.append(_("if “%(question)s” is “%(answer)s”", question=question, answer=answer))
    return ", ".join([*parts, *times_words(rule.times)])


def _answered(words: CatalogWords, service: ServiceInfo, rule: Rule) -> tuple[str, str]:
    """Return the question and the answer of a rule as residents read them."""
    for attribute in service.attributes:
        if attribute["code"] == rule.question:
            asked = words.question(service.service_code, attribute)
            names = {str(one["key"]): one["name"] for one in asked.get("values", ())}
            answer = rule.answer or ""
            return asked["description"], names.get(answer, answer)
    return rule.question or "", rule.answer or ""
