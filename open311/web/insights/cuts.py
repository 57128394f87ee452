"""By what the tables of a page are cut: departments, services, service groups, or areas."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from open311.queries.city import City
from open311.queries.insights.population import By
from open311.web.insights.areas import reports_are_not_needs
from open311.web.insights.asked import OF_LAYER
from open311.web.insights.figure import Row
from open311.web.insights.rows import area_rows, group_rows
from open311.web.insights.view import View
from open311.web.languages import say as _


@dataclass(frozen=True)
class Cut:
    """What a table is cut by: the end of its key, the heading of its names, and its rows by key."""

    key: str
    heading: str
    by: By
    rows: Mapping[str, Row]

    def title(self, figure: str) -> str:
        """Return the title of a table of a figure, as Time to close by department."""
        if self.by.kind == "department":
            return _("%(figure)s by department", figure=figure)
        if self.by.kind == "service":
            return _("%(figure)s by service", figure=figure)
        if self.by.kind == "group":
            return _("%(figure)s by service group", figure=figure)
        return _("%(figure)s by area: %(layer)s", figure=figure, layer=self.heading)

    @property
    def notes(self) -> Sequence[str]:
        """What one must know to compare the rows."""
        return [reports_are_not_needs()] if self.by.kind == "layer" else []


def cuts_of(view: View) -> Sequence[Cut]:
    """Return the cuts that are asked for; those by department and by service if none is."""
    asked = view.asked["by"]
    if asked is None:
        return [_cut(view, "department"), _cut(view, "service")]
    return [_cut(view, asked)]


def _cut(view: View, asked: str) -> Cut:
    if asked == "department":
        return Cut("department", _("Department"), By("department"), view.departments)
    if asked == "service":
        return Cut("service", _("Service"), By("service"), view.services)
    if asked == "group":
        return Cut("group", _("Service group"), By("group"), group_rows(view.city))
    layer = asked.removeprefix(OF_LAYER)
    name = next(one.name for one in view.city.layers if one.code == layer)
    return Cut("area", name, By("layer", layer), area_rows(view.city, layer))


def cut_choices(city: City) -> Sequence[tuple[str, str]]:
    """Return the choices of a form, with their names."""
    layers = [(f"{OF_LAYER}{one.code}", one.name) for one in city.choices(city.scope.today())]
    kinds = [
        ("department", _("Department")),
        ("service", _("Service")),
        ("group", _("Service group")),
    ]
    return [*kinds, *layers]
