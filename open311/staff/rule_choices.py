"""Options for the form of a routing rule."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from babel.dates import get_day_names
from flask_babel import gettext as _

from geo.routing.times import WEEKDAYS
from open311.queries.catalog.departments import list_departments
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_choices
from open311.queries.routing.rule_parts import list_answers
from open311.web.languages import language
from schemas.routing.rule_form import answered

Groups = list[tuple[str, list[tuple[str, str]]]]
"""Options as [(heading, [(value, text)])]."""


def rule_choices(jurisdiction: Scope, form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options of each field, always with the current value of the form."""
    in_words = get_day_names("wide", locale=language())
    day_names = [in_words[number] for number in range(7)]
    return {
        "what": _with(form["what"], _services(jurisdiction)),
        "where": _with(form["where"], _places(jurisdiction)),
        "answered": _with(form["answered"], answer_choices(jurisdiction)),
        "departments": list_departments(jurisdiction.jurisdiction_id),
        "weekdays": list(zip(WEEKDAYS, day_names, strict=True)),
    }


def answer_choices(jurisdiction: Scope) -> Groups:
    """List the answers to the questions of each service."""
    rows = list_answers(jurisdiction.jurisdiction_id)
    names = {
        one["service_code"]: one["service_name"]
        for one in list_services(jurisdiction.jurisdiction_id)
    }
    return [
        (
            names.get(service_code, service_code),
            [
                (answered(service_code, question, answer), f"{text} {name}")
                for _service, question, text, answer, name in some
            ],
        )
        for service_code, some in groupby(rows, key=lambda row: row[0])
    ]


def _services(jurisdiction: Scope) -> Groups:
    services = list_services(jurisdiction.jurisdiction_id)
    groups = list(dict.fromkeys(one["group"] for one in services if one["group"]))
    by_group = [
        (
            group or _("Other"),
            [(f"service:{one['service_code']}", one["service_name"]) for one in some],
        )
        for group, some in groupby(services, key=lambda one: one["group"])
    ]
    all_of = [(f"group:{group}", _("All services in %(group)s", group=group)) for group in groups]
    return [*([(_("Groups"), all_of)] if all_of else []), *by_group]


def _places(jurisdiction: Scope) -> Groups:
    return [
        (
            layer.name,
            [
                (layer.code, _("Any boundary in %(layer)s", layer=layer.name)),
                *(
                    (f"{layer.code}:{code}", name or f"{layer.name} {code}")
                    for code, name in layer.boundaries
                ),
            ],
        )
        for layer in list_choices(jurisdiction.jurisdiction_id, jurisdiction.today())
    ]


def _with(value: str, groups: Groups) -> Groups:
    """Return the options with the current value, so that a form never drops it silently."""
    known = {option for _heading, options in groups for option, _text in options}
    if value in {"", *known}:
        return groups
    return [*groups, (_("No longer available"), [(value, value)])]


def named(rows: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return sentences grouped by the code they are about."""
    found: dict[str, list[str]] = {}
    for name, sentence in rows:
        found.setdefault(name, []).append(sentence)
    return found
