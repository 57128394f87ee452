"""Routing rules and their results in the language of the page, with names instead of codes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from babel.dates import format_skeleton, format_time, get_day_names
from flask_babel import lazy_gettext

from geo.routing.coverage import Gap, IdleRule
from geo.routing.decide import NO_RULE, OUTSIDE, SET_MANUALLY, Difference, criterion, reason_of
from geo.routing.rules import Rule
from geo.routing.times import Times
from open311.queries.catalog.services import list_services
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import list_choices
from open311.queries.ogc.sources import LayerInfo, list_layers
from open311.queries.routing.explain import Explanation, LayerView, RuleView
from open311.queries.routing.rule_parts import list_answers
from open311.web.languages import language
from open311.web.languages import say as _

REASONS: Mapping[str, Any] = {
    NO_RULE: lazy_gettext("No rule matches, so the request goes to the default department."),
    OUTSIDE: lazy_gettext(
        "The location is outside the service area. This department receives such requests."
    ),
    SET_MANUALLY: lazy_gettext("The department was set manually."),
}

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

HOURS: Mapping[str, Any] = {
    "business": lazy_gettext("during business hours"),
    "outside": lazy_gettext("outside business hours"),
}


class RuleWording:
    """The names that rules of a jurisdiction refer to, and sentences with them.

    Names are read from the database when a sentence first needs them, except those of layers.
    """

    def __init__(self, jurisdiction: Scope, layers: Sequence[LayerInfo] | None = None) -> None:
        self._jurisdiction = jurisdiction
        self._known_layers = layers

    @cached_property
    def _services(self) -> dict[str, str]:
        rows = list_services(self._jurisdiction.jurisdiction_id)
        return {row["service_code"]: row["service_name"] for row in rows}

    @cached_property
    def _layers(self) -> dict[str, str]:
        known = self._known_layers
        layers = list_layers(self._jurisdiction.jurisdiction_id) if known is None else known
        return {one.code: one.name for one in layers}

    @cached_property
    def _boundaries(self) -> dict[tuple[str, str], str]:
        layers = list_choices(self._jurisdiction.jurisdiction_id, self._jurisdiction.today())
        return {(one.code, code): name for one in layers for code, name in one.boundaries}

    @cached_property
    def _answers(self) -> dict[tuple[str, str, str], tuple[str, str]]:
        rows = list_answers(self._jurisdiction.jurisdiction_id)
        return {(row[0], row[1], row[3]): (row[2], row[4]) for row in rows}

    def service(self, code: str) -> str:
        """Return the name of a service, or its code if the service is inactive."""
        return self._services.get(code, code)

    def layer(self, code: str) -> str:
        """Return the name of a layer."""
        return self._layers.get(code) or code.replace("_", " ").capitalize()

    def boundary(self, layer: str, code: str) -> str:
        """Return the name of a current boundary, or its layer and code."""
        return self._named(layer, code, self._boundaries.get((layer, code)))

    def _named(self, layer: str, code: str, name: str | None) -> str:
        """Return the name of a boundary, with its layer unless the name contains it."""
        kind = self.layer(layer)
        tells_kind = kind.split()[-1].casefold() in (name or "").casefold()
        return name if name and tells_kind else f"{kind} {name or code}"

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

        A text that is neither a known reason nor that of an active rule is returned unchanged.
        """
        if text in REASONS:
            return str(REASONS[text])
        rule = next((one for one in rules if reason_of(one) == text), None)
        if rule is None:
            return text
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
        else:
            why = _("%(rule)s comes first in code order", rule=winner.code)
        return _("matches, but %(why)s", why=why)

    def _obstacle(self, view: RuleView, found: Explanation) -> str:
        rule = view.rule
        if view.obstacle == "place":
            hit = next((one.hit for one in found.layers if one.layer == rule.layer), None)
            if hit is None:
                layer = self.layer(rule.layer or "")
                return _("the location is in no boundary of the layer %(layer)s", layer=layer)
            return _(
                "the location is in %(boundary)s",
                boundary=self._named(hit.layer, hit.code, hit.name),
            )
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
            "%(codes)s overlap here. %(code)s comes first in code order.",
            codes=", ".join(one.code for one in view.covering),
            code=view.hit.code,
        )

    def difference(self, one: Difference | str) -> str:
        """Return a difference between a stored and a computed result as a sentence."""
        if isinstance(one, str):
            return one
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
            return _("The stored reason is different: %(reason)s", reason=one.stored)
        return _("Department: %(now)s instead of %(was)s.", now=one.found, was=one.stored)

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
    if decider == "a person":
        return _("a person")
    if decider is None or not decider.startswith("rule "):
        return _("the default department")
    return _("rule %(rule)s", rule=decider.removeprefix("rule "))


def times_words(times: Times) -> Sequence[str]:
    """Return each condition of a schedule, such as "during business hours"."""
    parts = [str(HOURS[times.hours])] if times.hours else []
    if times.weekdays:
        names = get_day_names("wide", locale=language())
        days = ", ".join(names[day - 1] for day in sorted(times.weekdays))
        parts.append(_("on %(days)s", days=days))
    if times.time_from and times.time_until:
        parts.append(_span(*(_clock(at) for at in (times.time_from, times.time_until))))
    if times.season_from and times.season_until:
        parts.append(_span(*(_month_day(at) for at in (times.season_from, times.season_until))))
    return parts


def _span(begin: str, end: str) -> str:
    return _("from %(begin)s to %(end)s", begin=begin, end=end)


def _clock(at: Any) -> str:
    return str(format_time(at, "short", locale=language()))


def _month_day(text: str) -> str:
    month, day = map(int, text.split("-"))
    return str(format_skeleton("MMMd", date(2000, month, day), locale=language()))
