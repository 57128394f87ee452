"""Names of layers and boundaries on pages."""

from functools import cached_property

from open311.queries.city import City
from open311.web.languages import read_messages
from schemas.vocabulary.marking import N_

_AROUND = N_("Within %(distance)s of %(address)s")
_AROUND_PLACE = N_("Within %(distance)s of a place")


def layer_name(code: str, name: str | None) -> str:
    """Return the name of a layer, made from its code if it has none."""
    return name or code.replace("_", " ").capitalize()


def boundary_name(layer: str, code: str, name: str | None) -> str:
    """Return the name of a boundary, after that of its layer unless it contains it already.

    layer is the layer's name. A boundary without a name has its code.
    """
    tells_kind = layer.split()[-1].casefold() in (name or "").casefold()
    return name if name and tells_kind else f"{layer} {name or code}"


def circle_name(distance: str, address: str, language: str) -> str:
    """Return the name of a circle around an address; if that is empty, around a place."""
    text = read_messages(language).gettext(_AROUND if address else _AROUND_PLACE)
    return str(text) % {"distance": distance, "address": address}


class PlaceNames:
    """The names of a city's layers and current boundaries."""

    def __init__(self, city: City) -> None:
        self._city = city

    @cached_property
    def _layers(self) -> dict[str, str]:
        return {one.code: one.name for one in self._city.layers}

    @cached_property
    def _boundaries(self) -> dict[tuple[str, str], str]:
        choices = self._city.choices(self._city.scope.today())
        return {(one.code, code): name for one in choices for code, name in one.boundaries}

    def layer(self, code: str) -> str:
        """Return the name of a layer."""
        return layer_name(code, self._layers.get(code))

    def is_current(self, layer: str, code: str) -> bool:
        """Return whether there is such a boundary today."""
        return (layer, code) in self._boundaries

    def boundary(self, layer: str, code: str) -> str:
        """Return the name of a current boundary, or its layer and code."""
        return boundary_name(self.layer(layer), code, self._boundaries.get((layer, code)))
