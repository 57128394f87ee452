"""The page on which administrators put groups, services, departments, or layers in order."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_login import login_required

from open311.errors import Objected
from open311.messages.problem import Problem
from open311.operations.order import order_layers, order_list
from open311.queries.catalog.order import list_in_order
from open311.staff.catalog import PageResponse, act
from open311.staff.pages import administrators_only, city, page, staff_pages
from open311.staff.rule_wording import RuleWording
from open311.web.languages import say as _
from open311.web.parameters import first, sent_values
from schemas.vocabulary.marking import N_

blueprint = staff_pages("staff_order", "/staff/city/order", administrators_only)

ORDERED: Mapping[str, tuple[str, str]] = {
    "groups": (N_("Order of service groups"), "staff_catalog.services"),
    "services": (N_("Order of services"), "staff_catalog.services"),
    "departments": (N_("Order of departments"), "staff_departments.index"),
    "layers": (N_("Order of boundary layers"), "staff_maps.index"),
}
"""What can be put in order: the title of its page, and the endpoint of the page before it."""


_WHAT = f"/<any({', '.join(ORDERED)}):what>"


@blueprint.get(_WHAT)
@login_required  # type: ignore[untyped-decorator]
def show(what: str) -> str:
    return _order(what)


@blueprint.post(_WHAT)
@login_required  # type: ignore[untyped-decorator]
def store(what: str) -> PageResponse:
    """Store the order in which entries were dragged, or move one up or down."""
    group = first(sent_values(), "group") or ""

    failing: list[tuple[str, Problem]] = []

    def do() -> str:
        try:
            if what == "layers":
                order_layers(city(), _moved(), sent_values().get("override", []))
            else:
                order_list(city(), what, _moved(), group)
        except Objected as error:
            failing.extend(error.objections)
            raise
        return _("Order saved.")

    there = url_for(".show", what=what, group=group if what == "services" else None)
    return act(do, there, lambda problems: _order(what, problems[-1:], failing))


def _moved() -> list[str]:
    """Return the keys that a form sent in their order, with the move of the button pressed."""
    values = sent_values()
    keys = list(values.get("order", ()))
    for name, step in (("up", -1), ("down", 1)):
        key = next(iter(values.get(name, ())), None)  # that of services without a group is empty
        if key in keys:
            place = keys.index(key)
            keys.insert(max(place + step, 0), keys.pop(place))
    return keys


def _order(
    what: str, problems: Sequence[Problem] = (), objections: Sequence[tuple[str, Problem]] = ()
) -> str:
    group = first(sent_values(), "group") or ""
    title, back = ORDERED[what]
    return page(
        "order_page.html",
        city(),
        what=what,
        title=title,
        back=back,
        group=group,
        entries=list_in_order(city().jurisdiction_id, what, group),
        problems=problems,
        failing=RuleWording(city()).exceptions(objections) if objections else [],
        asked_order=_moved(),
    )
