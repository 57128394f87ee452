"""Routing rules, the cases they apply to, and the test of a rule against a case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from geo.natural_order import NaturalKey, natural_key
from geo.routing.times import ALWAYS, Calendar, Times

Rank = tuple[int, int, int, int, int, int]


@dataclass(frozen=True)
class Hit:
    """A boundary that covers the point. layer_position ranks the layers, lowest first.

    Boundaries of an overlapping layer overlap on purpose. on_edge tells whether the point is on the
    outline; it is only known where several boundaries of another layer cover the point.
    """

    layer: str
    layer_position: int
    boundary_id: int
    code: str
    name: str
    layer_id: int
    overlapping: bool = False
    on_edge: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Rule:
    """A routing rule; None means any.

    boundary is a code and requires a layer. layer_position ranks the layer. The rules of an
    exception layer outrank all others. Several boundaries of an overlapping layer may contain a
    point, and all of them count. question and answer require a service_code. public_reason
    explains the department to residents; empty without one. The rule counts from the day
    effective_from (included) until effective_until (excluded), in local time; None is no limit.
    """

    rule_id: int
    code: str
    department_id: int
    service_code: str | None = None
    group: str | None = None
    layer: str | None = None
    boundary: str | None = None
    layer_position: int = 0
    exception: bool = False
    question: str | None = None
    answer: str | None = None
    times: Times = ALWAYS
    public_reason: str = ""
    effective_from: date | None = None
    effective_until: date | None = None
    overlapping: bool = False

    def __str__(self) -> str:
        return f"{self._what()} {self._where()}{f' {self.times}' if self.times else ''}"

    def is_for(self, service_code: str, group: str) -> bool:
        """Return whether the rule applies to a service in a group, if all else matches."""
        return self.service_code in (None, service_code) and self.group in (None, group)

    @property
    def is_dated(self) -> bool:
        return self.effective_from is not None or self.effective_until is not None

    def is_effective(self, day: date) -> bool:
        """Return whether the rule counts on a day of local time."""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_until is None or day < self.effective_until
        )

    @property
    def days(self) -> str:
        """The days on which the rule counts, in English; empty without limits."""
        begin = f"from {self.effective_from}" if self.effective_from else ""
        end = f"until {self.effective_until}" if self.effective_until else ""
        return " ".join(filter(None, (begin, end)))

    def _what(self) -> str:
        if self.service_code is not None:
            answered = f" answered {self.question} {self.answer}" if self.question else ""
            return f"service {self.service_code}{answered}"
        return f"group {self.group}" if self.group is not None else "any service"

    def _where(self) -> str:
        if self.layer is None:
            return "anywhere"
        return f"in {self.layer} {self.boundary}" if self.boundary else f"in {self.layer}"

    @property
    def rank(self) -> Rank:
        """The rank for the precedence, lowest first; rules of equal rank compete."""
        return (
            0 if self.exception else 1,
            0 if self.service_code is not None else 1 if self.group is not None else 2,
            0 if self.question is not None else 1,
            0 if self.boundary is not None else 1 if self.layer is not None else 2,
            0 if self.times else 1,
            self.layer_position if self.layer is not None else 0,
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case to route: a service with its answers, at a moment of local time.

    answers holds the answer to each question by its code; several values are a list. on is the day
    whose maps and rules count, if it is not that of the moment.
    """

    service_code: str
    group: str
    at: datetime
    answers: Mapping[str, object] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    on: date | None = None

    @property
    def day(self) -> date:
        return self.on or self.at.date()


@dataclass(frozen=True)
class Verdict:
    """The verdict on a rule for a case: whether it applies, and why not.

    obstacle is service, group, days, place, answer, or times; None if the rule applies.
    """

    rule: Rule
    obstacle: str | None
    reason: str

    @property
    def applies(self) -> bool:
        return self.obstacle is None


def in_precedence(rules: Iterable[Rule]) -> list[Rule]:
    """Sort rules, strongest first; rules of equal rank in the natural order of their codes.

    In an overlapping layer, the codes of boundaries come before those of rules, as one point may be
    in both boundaries.
    """

    def key(rule: Rule) -> tuple[Rank, NaturalKey, NaturalKey]:
        boundary = rule.boundary if rule.overlapping else None
        return rule.rank, natural_key(boundary or ""), natural_key(rule.code)

    return sorted(rules, key=key)


Places = Mapping[str, Sequence[Hit]]
"""The boundaries that rules can name, by the code of the layer; several if it is overlapping."""


def applies(rule: Rule, case: Case, places: Places) -> bool:
    """Return whether a rule applies to a case."""
    return (
        rule.is_for(case.service_code, case.group)
        and (not rule.is_dated or rule.is_effective(case.day))
        and (rule.layer is None or _is_in(rule, places.get(rule.layer, ())))
        and _is_answered(rule, case)
        and (not rule.times or rule.times.hold(case.at, case.calendar))
    )


def judge(rule: Rule, case: Case, places: Places) -> Verdict:
    """Return the verdict on a rule for a case."""
    if applies(rule, case, places):
        return Verdict(rule, None, str(rule))
    return Verdict(rule, *_obstacle(rule, case, places))


def _obstacle(rule: Rule, case: Case, places: Places) -> tuple[str, str]:
    if rule.service_code not in (None, case.service_code):
        return "service", f"it is for service {rule.service_code}"
    if rule.group not in (None, case.group):
        return "group", f"it is for group {rule.group}"
    if not rule.is_effective(case.day):
        return "days", f"it is in effect only {rule.days}"
    hits = places.get(rule.layer or "", ())
    if rule.layer is not None and not _is_in(rule, hits):
        codes = " and ".join(hit.code for hit in hits)
        found = f"{rule.layer} {codes}" if hits else f"no {rule.layer}"
        return "place", f"the location is in {found}"
    if not _is_answered(rule, case):
        return "answer", f"{rule.question} is not answered {rule.answer}"
    return "times", f"it applies only {rule.times}"


def _is_in(rule: Rule, hits: Sequence[Hit]) -> bool:
    return any(rule.boundary in (None, hit.code) for hit in hits)


def _is_answered(rule: Rule, case: Case) -> bool:
    if rule.question is None:
        return True
    given = case.answers.get(rule.question)
    values = given if isinstance(given, list | tuple) else [given]
    return rule.answer in [str(value) for value in values if value is not None]
