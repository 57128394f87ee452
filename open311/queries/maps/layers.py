"""Reads of boundary layers and their boundaries."""

from dataclasses import dataclass
from datetime import date

from geoalchemy2.shape import to_shape
from shapely import from_wkb
from shapely.geometry import MultiPolygon
from sqlalchemy import func, select

from geo.maps.boundaries import CleanBoundary
from geo.maps.layer_names import find_alike
from open311.database import db
from open311.errors import Conflict
from open311.messages.maps import LAYER_ALIKE
from open311.models import Boundary, BoundaryLayer, BoundarySet, Jurisdiction
from open311.queries.maps.sets import PUBLISHED, in_force

REQUESTS = "requests"
"""Id of the OGC collection of service requests; all others are boundary layers, by code."""


_HAS_VERSIONS = (
    select(BoundarySet.id).where(BoundarySet.layer_id == BoundaryLayer.id, PUBLISHED).exists()
)


@dataclass(frozen=True)
class LayerInfo:
    """A boundary layer.

    The boundaries of an overlapping one overlap on purpose; narrow is one of strips along lines,
    such as roads.
    """

    id: int
    code: str
    name: str
    overlapping: bool
    narrow: bool

    @property
    def drawn(self) -> str:
        """The layer as scripts of maps read it: its code, with :narrow after that of strips."""
        return f"{self.code}:narrow" if self.narrow else self.code


def list_layers(jurisdiction_id: str) -> list[LayerInfo]:
    """List the boundary layers in their order, without one whose code is REQUESTS.

    A layer counts as long as it has a version that is published and not withdrawn.
    """
    rows = db.session.execute(
        select(
            BoundaryLayer.id,
            BoundaryLayer.code,
            BoundaryLayer.name,
            BoundaryLayer.overlapping,
            BoundaryLayer.reach_meters.is_not(None),
        )
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code != REQUESTS)
        .where(_HAS_VERSIONS)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return [LayerInfo(*row) for row in rows]


def find_layer_id(jurisdiction_id: str, layer: str) -> int | None:
    """Find the id of a layer by its code."""
    return db.session.scalar(
        select(BoundaryLayer.id).where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer
        )
    )


def check_new_layer(jurisdiction_id: str, layer: str, *, is_new: bool) -> None:
    """Raise Conflict for a layer that is not there if one is whose code is nearly the same.

    is_new tells that it is another layer all the same.
    """
    if is_new or find_layer_id(jurisdiction_id, layer) is not None:
        return
    codes = select(BoundaryLayer.code).where(BoundaryLayer.jurisdiction_id == jurisdiction_id)
    alike = find_alike(layer, db.session.scalars(codes.order_by(BoundaryLayer.position)))
    if alike is not None:
        raise Conflict(LAYER_ALIKE, field="new_layer", layer=layer, other=alike)


def list_layer_codes(jurisdiction_id: str) -> list[str]:
    """List the codes of the boundary layers that have versions, in their order."""
    statement = (
        select(BoundaryLayer.code)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, _HAS_VERSIONS)
        .order_by(BoundaryLayer.position, BoundaryLayer.id)
    )
    return list(db.session.scalars(statement))


def find_reach(jurisdiction_id: str, layer: str) -> float | None:
    """Return the buffer distance in meters of a line layer; None for a layer of areas."""
    return db.session.scalar(
        select(BoundaryLayer.reach_meters).where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer
        )
    )


def find_overlapping(jurisdiction_id: str, layer: str) -> bool | None:
    """Return whether the boundaries of a layer overlap on purpose; None for an unknown layer."""
    return db.session.scalar(
        select(BoundaryLayer.overlapping).where(
            BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer
        )
    )


def find_newest_source(jurisdiction_id: str, layer: str) -> str | None:
    """Return the source of the published set that was imported last, if there is one."""
    return db.session.scalar(
        select(BoundarySet.source)
        .join(BoundaryLayer, BoundaryLayer.id == BoundarySet.layer_id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, BoundaryLayer.code == layer)
        .where(PUBLISHED)
        .order_by(BoundarySet.id.desc())
        .limit(1)
    )


def list_boundaries(set_id: int) -> list[CleanBoundary]:
    """List the boundaries of a set, in natural order."""
    rows = db.session.execute(
        select(Boundary.code, Boundary.name, func.ST_AsBinary(Boundary.geometry).label("wkb"))
        .where(Boundary.set_id == set_id)
        .order_by(Boundary.position)
    ).all()
    shapes = from_wkb([row.wkb for row in rows])
    return [
        CleanBoundary(row.code, row.name, shape) for row, shape in zip(rows, shapes, strict=True)
    ]


@dataclass(frozen=True)
class LayerChoices:
    """A layer with the codes and names of its current boundaries."""

    code: str
    name: str
    boundaries: list[tuple[str, str]]


def list_choices(jurisdiction_id: str, on: date) -> list[LayerChoices]:
    """List the current boundaries of a day, by layer and code."""
    rows = db.session.execute(
        select(BoundaryLayer.code, BoundaryLayer.name, Boundary.code, Boundary.name)
        .join(BoundarySet, BoundarySet.layer_id == BoundaryLayer.id)
        .join(Boundary, Boundary.set_id == BoundarySet.id)
        .where(BoundaryLayer.jurisdiction_id == jurisdiction_id, in_force(on))
        .order_by(BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    )
    choices: dict[str, LayerChoices] = {}
    for layer, name, code, boundary in rows:
        choices.setdefault(layer, LayerChoices(layer, name, [])).boundaries.append((code, boundary))
    return list(choices.values())


Corners = tuple[float, float, float, float]
"""A box: minlong, minlat, maxlong, maxlat in degrees."""


def find_service_area(jurisdiction_id: str) -> tuple[MultiPolygon | None, str]:
    """Return a jurisdiction's service area, if there is one, and its source."""
    area, source = db.session.execute(
        select(Jurisdiction.service_area, Jurisdiction.service_area_source).where(
            Jurisdiction.id == jurisdiction_id
        )
    ).one()
    return (None if area is None else _multipolygon(area)), source


def _multipolygon(element: object) -> MultiPolygon:
    shape = to_shape(element)  # type: ignore[arg-type]
    if not isinstance(shape, MultiPolygon):
        raise TypeError(f"a MultiPolygon was stored, not a {shape.geom_type}")
    return shape
