"""Routing rules in order of priority, with a preview of each change."""

import logging
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_required
from marshmallow import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from open311.csv_cells import csv_text
from open311.database import LONGEST_ON_A_PAGE, lift_time_limit
from open311.errors import InvalidParameters, Objected, Open311Error
from open311.messages.problem import Problem, problems_in
from open311.operations.routing.rules import RuleChange, RuleEffect, change_rule, try_rule
from open311.queries.catalog.departments import get_department_name, list_department_names
from open311.queries.jurisdictions import Scope
from open311.queries.routing.coverage import Coverage, get_coverage
from open311.queries.routing.decide import get_default_department_id
from open311.queries.routing.reroute import pairs
from open311.queries.routing.rules import (
    COLUMNS,
    StoredRule,
    count_open,
    get_stored_rule,
    list_rules,
    list_stored_rules,
)
from open311.staff.pages import administrators_only, city, page, staff_pages, user
from open311.staff.rule_choices import named, rule_choices
from open311.staff.rule_wording import RuleWording, idle_words
from open311.web.parameters import first, parse, sent_values
from open311.web.schedule_wording import days_words
from schemas.base import Values
from schemas.imports.seed_rules import RuleRow
from schemas.routing.rule_form import form_of, row_cells, typed

blueprint = staff_pages("staff_rules", "/staff/city/rules", administrators_only)

log = logging.getLogger(__name__)


@blueprint.get("")
@login_required  # type: ignore[untyped-decorator]
def index() -> str:
    """Show the rules, highest priority first, with warnings."""
    jurisdiction = city()
    here = jurisdiction.jurisdiction_id
    lift_time_limit(LONGEST_ON_A_PAGE)
    coverage = get_coverage(here, jurisdiction.today())
    return page(
        "rules.html",
        jurisdiction,
        rules=list_rules(here),
        retired=list_rules(here, in_use=False),
        notes={one.id: one.values["note"] for one in list_stored_rules(here)},
        days_words=days_words,
        names=list_department_names(here),
        counts=count_open(here),
        doubts=_doubts(coverage, RuleWording(jurisdiction)),
        gaps=coverage.gaps,
        default=get_department_name(get_default_department_id(here)),
    )


@blueprint.get("/routing_rules.csv")
@login_required  # type: ignore[untyped-decorator]
def file() -> Response:
    """Return the active rules as a CSV file that open311 seed can read."""
    rules = list_stored_rules(city().jurisdiction_id)
    text = csv_text(COLUMNS, (one.cells for one in rules if one.active))
    return Response(text, mimetype="text/csv")


@blueprint.get("/new")
@login_required  # type: ignore[untyped-decorator]
def new() -> str:
    what = {"what": request.args.getlist("what")}
    return _page(city(), None, typed(what) | {"in_use": True})


@blueprint.post("/new")
@login_required  # type: ignore[untyped-decorator]
def add() -> AnyResponse | str | tuple[str, int]:
    """Preview a new rule, or store it after the preview."""
    return _act(city(), None)


@blueprint.get("/rule/<opaque:code>")
@login_required  # type: ignore[untyped-decorator]
def show(code: str) -> str:
    jurisdiction = city()
    stored = get_stored_rule(jurisdiction.jurisdiction_id, code)
    row = dict(zip(COLUMNS, stored.cells, strict=True))
    return _page(jurisdiction, stored, form_of(row) | {"in_use": stored.active})


@blueprint.post("/rule/<opaque:code>")
@login_required  # type: ignore[untyped-decorator]
def change(code: str) -> AnyResponse | str | tuple[str, int]:
    """Preview a change of a rule, or store it after the preview."""
    jurisdiction = city()
    return _act(jurisdiction, get_stored_rule(jurisdiction.jurisdiction_id, code))


def _act(jurisdiction: Scope, stored: StoredRule | None) -> AnyResponse | str | tuple[str, int]:
    values = sent_values()
    form = typed(values) | {"in_use": "in_use" in values, "seen": first(values, "seen")}
    if stored is not None:
        form["rule"] = stored.values["rule"]
    try:
        asked = _read(values, form)
        form["looked"] = asked.stamp
        if first(values, "step") == "store" and first(values, "looked") == asked.stamp:
            return _store(jurisdiction, asked, values.get("override", []))
        return _page(jurisdiction, stored, form, effect=try_rule(jurisdiction, asked))
    except Objected as error:
        effect = try_rule(jurisdiction, asked)
        problems, objections = error.problems[-1:], error.objections
        return _page(jurisdiction, stored, form, effect, problems, objections), 409
    except Open311Error as error:
        return _page(jurisdiction, stored, form, problems=error.problems), 409


def _read(values: Values, form: dict[str, Any]) -> RuleChange:
    try:
        cells = row_cells({**values, "rule": [form["rule"]]})
    except ValidationError as error:
        raise InvalidParameters.of(problems_in(error)) from None
    row = parse(RuleRow(), cells)
    return RuleChange(row=row, active=form["in_use"], seen=form["seen"])


def _store(jurisdiction: Scope, asked: RuleChange, overrides: list[str]) -> AnyResponse:
    change_rule(jurisdiction, asked, overrides)
    code = asked.row["rule"]
    log.info(
        "Rule %r changed by %r, in use: %s, overridden: %r",
        *(code, user().name, asked.active, overrides),
    )
    begin = asked.row["effective_from"]
    if begin is not None and begin > jurisdiction.today():
        stored = _("Rule %(code)s saved. Effective %(day)s.", code=code, day=begin)
    else:
        stored = _("Rule %(code)s saved. It applies to new requests from now on.", code=code)
    flash(stored if asked.active else _("Rule %(code)s is now inactive.", code=code))
    return redirect(url_for("staff_rules.index"), 303)


def _page(
    jurisdiction: Scope,
    stored: StoredRule | None,
    form: dict[str, Any],
    effect: RuleEffect | None = None,
    problems: Sequence[Problem] = (),
    failing: Sequence[tuple[str, Problem]] = (),
) -> str:
    moved = effect.preview.moved if effect else []
    objections = [(one.name, one.problem) for one in effect.objections] if effect else []
    return page(
        "rule.html",
        jurisdiction,
        stored=stored,
        form={"seen": stored.stamp if stored else None, **form},
        choices=rule_choices(jurisdiction, form),
        names=list_department_names(jurisdiction.jurisdiction_id),
        effect=effect,
        objections=RuleWording(jurisdiction).exceptions(failing or objections),
        moves=sorted(pairs(moved).items(), key=lambda entry: (-entry[1], entry[0])),
        problems=problems,
    )


def _doubts(found: Coverage, words: RuleWording) -> dict[str, list[str]]:
    """Return the warnings about rules by rule code."""
    return named(
        [
            *(
                (one.rule.code, _("This rule never applies: %(why)s.", why=idle_words(one)))
                for one in found.idle
            ),
            *(
                (
                    one.rule,
                    _("Refers to something that no longer exists: %(what)s.", what=words.gone(one)),
                )
                for one in found.gone
            ),
            *(
                (
                    loser.code,
                    _(
                        "Same priority as %(rule)s, which comes first in code order.",
                        rule=winner.code,
                    ),
                )
                for winner, loser in found.competitors
            ),
        ]
    )
