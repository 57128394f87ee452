"""Routing rules and their results in the language of the page, with names instead of codes."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from flask_babel import lazy_gettext

from geo.routing.coverage import Gap, IdleRule
from geo.routing.decide import (
    NO_RULE,
    OUTSIDE,
    SET_MANUALLY,
    Decision,
    Difference,
    criterion,
    reason_of,
)
from geo.routing.rules import Hit, Rule
from open311.messages.problem import Problem
from open311.messages.sentences import api_sentence
from open311.queries.catalog.services import list_service_names
from open311.queries.city import City
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_choices, list_layers
from open311.queries.routing.coverage import BrokenReference
from open311.queries.routing.explain import Explanation, LayerView, RuleView
from open311.queries.routing.rule_parts import list_answers
from open311.queries.routing.rules import list_rules
from open311.web.languages import say as _
from open311.web.page_problems import page_sentence
from open311.web.place_names import boundary_name, layer_name
from open311.web.schedule_wording import days_words, times_words

REASONS: Mapping[str, Any] = {
    NO_RULE: lazy_gettext("No rule matches, so the request goes to the default department."),
    OUTSIDE: lazy_gettext(
        "The location is outside the service area. This department receives such requests."
    ),
    SET_MANUALLY: lazy_gettext("The department was set manually."),
}

_STORED_REASON = re.compile(r"Rule (?P<rule>.+?) applies: ")

KIND_NAMES: Mapping[str, Any] = {
    "an exception layer": lazy_gettext("a priority layer"),
    "none": lazy_gettext("other layers"),
    "the service": lazy_gettext("this service"),
    "its group": lazy_gettext("its service group"),
    "any service": lazy_gettext("any service"),
    "an answer": lazy_gettext("an answer"),
    "any answers": lazy_gettext("any answer"),
    "a boundary": lazy_gettext("a boundary"),
    "a layer": lazy_gettext("a layer"),
    "any place": lazy_gettext("any location"),
    "some times": lazy_gettext("some times"),
    "all times": lazy_gettext("all times"),
}
"""By the kinds of geo.routing.decide.KINDS."""


class RuleWording:
    """The names that rules of a jurisdiction refer to, and sentences with them.

    Names are those of a snapshot, or are read from the database when a sentence first needs them.
    """

    def __init__(self, jurisdiction: Scope, snapshot: City | None = None) -> None:
        self._id, self._today = jurisdiction.jurisdiction_id, jurisdiction.today()
        self._units, self._snapshot = jurisdiction.units, snapshot

    @cached_property
    def _services(self) -> dict[str, str]:
        known = self._snapshot
        names = known.service_names if known else list_service_names(self._id)
        return {one.service_code: one.service_name for one in names}

    @cached_property
    def _layers(self) -> dict[str, str]:
        layers = self._snapshot.layers if self._snapshot else list_layers(self._id)
        return {one.code: one.name for one in layers}

    @cached_property
    def _boundaries(self) -> dict[tuple[str, str], str]:
        known, today = self._snapshot, self._today
        layers = known.choices(today) if known else list_choices(self._id, today)
        return {(one.code, code): name for one in layers for code, name in one.boundaries}

    @cached_property
    def _answers(self) -> dict[tuple[str, str, str], tuple[str, str]]:
        rows = list_answers(self._id)
        return {(row[0], row[1], row[3]): (row[2], row[4]) for row in rows}

    @cached_property
    def _inactive_rules(self) -> list[Rule]:
        return list_rules(self._id, in_use=False)

    def service(self, code: str) -> str:
        """Return the name of a service, or its code if there is no such service."""
        return self._services.get(code, code)

    def layer(self, code: str) -> str:
        """Return the name of a layer."""
        return layer_name(code, self._layers.get(code))

    def boundary(self, layer: str, code: str) -> str:
        """Return the name of a current boundary, or its layer and code."""
        return self._named(layer, code, self._boundaries.get((layer, code)))

    def place(self, text: str) -> str:
        """Return the name of a layer, or of a boundary if its code follows that of the layer."""
        layer, _space, code = text.partition(" ")
        return self.boundary(layer, code) if code else self.layer(layer)

    def _named(self, layer: str, code: str, name: str | None) -> str:
        return boundary_name(self.layer(layer), code, name)

    def _hit(self, hit: Hit) -> str:
        return self._named(hit.layer, hit.code, hit.name)

    def conditions(self, rule: Rule) -> str:
        """Return the conditions of a rule, such as "Pothole requests in Ward 2"."""
        parts = [" ".join(filter(None, (self._requests(rule), self._place(rule))))]
        if rule.question is not None:
            question, answer = self._answer(rule)
            parts.append(_("if “%(question)s” is “%(answer)s”", question=question, answer=answer))
        return ", ".join([*parts, *times_words(rule.times)])

    def _requests(self, rule: Rule) -> str:
        if rule.service_code is not None:
            return _("%(service)s requests", service=self.service(rule.service_code))
        if rule.group is not None:
            return _("Requests in the service group %(group)s", group=rule.group)
        return _("All requests")

    def _place(self, rule: Rule) -> str:
        if rule.layer is None:
            return ""
        if rule.boundary is None:
            return _("in any boundary of the layer %(layer)s", layer=self.layer(rule.layer))
        return _("in %(boundary)s", boundary=self.boundary(rule.layer, rule.boundary))

    def _answer(self, rule: Rule) -> tuple[str, str]:
        question, answer = rule.question or "", rule.answer or ""
        return self._answers.get((rule.service_code or "", question, answer), (question, answer))

    def reason(self, text: str, rules: Iterable[Rule]) -> str:
        """Return a stored reason as a sentence; rules are the active ones.

        A text that is neither a known reason nor that of a rule is returned unchanged.
        """
        if text in REASONS:
            return str(REASONS[text])
        named = _STORED_REASON.match(text)
        if named is None:
            return text
        for some in (rules, self._inactive_rules):
            rule = next((one for one in some if reason_of(one) == text), None)
            if rule is not None:
                return self._of_rule(rule)
        return _(
            "Rule %(rule)s sent the request to this department. The rule has changed since then.",
            rule=named["rule"],
        )

    def decided(self, decision: Decision) -> str:
        """Return the reason of a decision as a sentence."""
        if decision.rule is None:
            return str(REASONS[decision.reason])
        return self._of_rule(decision.rule)

    def _of_rule(self, rule: Rule) -> str:
        return _("%(requests)s go to this department.", requests=self.conditions(rule))

    def verdict(self, view: RuleView, found: Explanation) -> str:
        """Return why a rule that was not selected matches or does not match."""
        rule, winner = view.rule, found.decision.rule
        if not view.applies:
            return _("does not match: %(why)s", why=self._obstacle(view, found))
        if winner is None:
            return _("matches, but %(why)s", why=_("the location is outside the service area"))
        won, lost = criterion(winner, rule)
        if won in KIND_NAMES:
            why = _(
                "a rule for %(won)s comes before a rule for %(lost)s",
                won=KIND_NAMES[won],
                lost=KIND_NAMES[lost],
            )
        elif won == "layer":
            layers = (self.layer(winner.layer or ""), self.layer(rule.layer or ""))
            why = _("the layer %(won)s comes before %(lost)s", won=layers[0], lost=layers[1])
        elif won == "boundary":
            codes = (winner.boundary or "", rule.boundary or "")
            why = _("%(won)s comes before %(lost)s in code order", won=codes[0], lost=codes[1])
        else:
            why = _("%(rule)s comes first in code order", rule=winner.code)
        return _("matches, but %(why)s", why=why)

    def _obstacle(self, view: RuleView, found: Explanation) -> str:
        rule = view.rule
        if view.obstacle == "days":
            return _("it is effective only %(days)s", days=days_words(rule))
        if view.obstacle == "place":
            hits = next((one.counting for one in found.layers if one.layer == rule.layer), ())
            if not hits:
                layer = self.layer(rule.layer or "")
                return _("the location is in no boundary of the layer %(layer)s", layer=layer)
            return _("the location is in %(boundary)s", boundary=", ".join(map(self._hit, hits)))
        if view.obstacle == "answer":
            question, answer = self._answer(rule)
            return _("“%(question)s” is not “%(answer)s”", question=question, answer=answer)
        if view.obstacle == "times":
            return _("it applies only %(times)s", times=", ".join(times_words(rule.times)))
        return _("it is for other services")

    def tie(self, view: LayerView) -> str:
        """Return which of several overlapping boundaries counts; empty if they do not overlap."""
        if view.tie_break is None or view.hit is None:
            return ""
        return _(
            "%(names)s overlap here. %(name)s comes first in code order.",
            names=", ".join(map(self._hit, view.covering)),
            name=self._hit(view.hit),
        )

    def difference(self, one: Difference | Problem, rules: Iterable[Rule]) -> str:
        """Return a difference between a stored and a computed result as a sentence.

        rules are the active ones.
        """
        if isinstance(one, Problem):
            return page_sentence(one)
        if one.kind == "boundary":
            codes = (one.stored, one.found)
            was, now = (self.boundary(one.layer, code) if code else _("none") for code in codes)
            layer = self.layer(one.layer)
            return _("%(layer)s: %(now)s instead of %(was)s.", layer=layer, now=now, was=was)
        if one.kind == "inactive":
            return _("Rule %(rule)s, which routed the request, is inactive.", rule=one.stored)
        if one.kind == "decider":
            was, now = _decider(one.stored), _decider(one.found)
            return _("Decided by %(now)s instead of %(was)s.", now=now, was=was)
        if one.kind == "reason":
            reason = self.reason(one.stored or "", rules)
            return _("The stored reason is different: %(reason)s", reason=reason)
        return _("Department: %(now)s instead of %(was)s.", now=one.found, was=one.stored)

    def exceptions(self, failing: Iterable[tuple[str, Problem]]) -> list[tuple[str, str, str]]:
        """List the failures after a change, for approval by name.

        Each is its name, the sentence with names, and the one with codes.
        """
        return [
            (name, page_sentence(self._with_names(problem), self._units), api_sentence(problem))
            for name, problem in failing
        ]

    def _with_names(self, problem: Problem) -> Problem:
        values = dict(problem.values)
        for name, value in problem.values.items():
            if isinstance(value, Decision):
                values[name] = self.decided(value)
            elif name == "place":
                values[name] = self.place(value)
        return replace(problem, values=values)

    def gone(self, reference: BrokenReference) -> str:
        """Return what a rule names although it no longer exists."""
        layer, boundary = reference.layer, reference.boundary
        if not layer:
            answer, question = reference.answer, reference.question
            return _("answer %(answer)s to %(question)s", answer=answer, question=question)
        return self.boundary(layer, boundary) if boundary else self.layer(layer)

    def gap(self, gap: Gap) -> str:
        """Return a combination that no rule covers."""
        service = _("%(service)s requests", service=self.service(gap.service_code))
        if gap.layer is None:
            return service
        if gap.boundary is None:
            outside = _("outside the layer %(layer)s", layer=self.layer(gap.layer))
            return f"{service} {outside}"
        place = _("in %(boundary)s", boundary=self.boundary(gap.layer, gap.boundary))
        return f"{service} {place}"


def idle_words(idle: IdleRule) -> str:
    """Return why a rule never applies."""
    if not idle.instead:
        return _("no active service uses it")
    codes = ", ".join(one.code for one in idle.instead)
    return _("rules with a higher priority match first (%(codes)s)", codes=codes)


def _decider(decider: str | None) -> str:
    if decider is None or not decider.startswith("rule "):
        return _("a person") if decider == "a person" else _("the default department")
    return _("rule %(rule)s", rule=decider.removeprefix("rule "))
