"""The steps that lead from a new service to its first request; each can be left and resumed."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import url_for
from flask_babel import ngettext

from open311.queries.catalog.editing import StoredService
from open311.queries.routing.rules import list_rules
from open311.staff.pages import city
from open311.web.languages import say as _


class Step(NamedTuple):
    """A step: its text, where it is done, and what is there already."""

    text: str
    address: str
    hint: str


def steps_of(service: StoredService) -> Sequence[Step]:
    """Return the steps of a service, from its own name to a preview of its routing."""
    code, group = service.values["service_code"], service.values["group"]
    own = [
        rule
        for rule in list_rules(city().jurisdiction_id)
        if rule.service_code == code or (group and rule.group == group)
    ]
    questions, rules = len(service.questions), len(own)
    no_rule = _("none: the rules for all services decide, or the default department receives it")
    return (
        Step(_("Name and description"), "#service-name", _("done")),
        Step(
            _("Questions"),
            "#questions",
            ngettext("%(num)s question", "%(num)s questions", questions)
            if questions
            else _("none"),
        ),
        Step(
            _("Routing rule"),
            url_for("staff_rules.new", what=f"service:{code}"),
            ngettext("%(num)s rule", "%(num)s rules", rules) if rules else no_rule,
        ),
        Step(_("Try where a request goes"), url_for("staff_trying.index", service_code=code), ""),
        Step(_("Preview the form"), url_for("staff_calls.start", service_code=code), ""),
    )
