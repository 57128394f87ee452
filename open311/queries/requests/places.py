"""The boundaries at service requests, as objects of lists."""

from typing import Any

from sqlalchemy import ColumnElement, Numeric, any_, cast, func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.sql.elements import SQLCoreOperations

from open311.models import Boundary, BoundaryLayer, ServiceRequest, ServiceRequestBoundary


def boundaries() -> ColumnElement[Any]:
    """Build {layer: code, …} in the order of layers."""
    inside = Boundary.id == ServiceRequestBoundary.boundary_id
    return func.coalesce(_by_layer(Boundary.code, inside, true()), func.json_build_object())


def near_border() -> ColumnElement[Any]:
    """Build an object of the boundaries within the accuracy of the location, by layer.

    NULL without one.
    """
    meters = func.round(cast(ServiceRequestBoundary.neighbor_meters, Numeric), 1)
    neighbor = func.json_build_object(
        "code", Boundary.code, "name", Boundary.name, "meters", meters
    )
    next_to = Boundary.id == ServiceRequestBoundary.neighbor_id
    return _by_layer(neighbor, next_to, ServiceRequestBoundary.near)


def _by_layer(
    value: Any, boundary: ColumnElement[bool], condition: SQLCoreOperations[bool]
) -> ColumnElement[Any]:
    ordered = aggregate_order_by(value, BoundaryLayer.position, BoundaryLayer.id)
    return (
        select(func.json_object_agg(BoundaryLayer.code, ordered))
        .select_from(ServiceRequestBoundary)
        .join(BoundaryLayer, BoundaryLayer.id == ServiceRequestBoundary.layer_id)
        .join(Boundary, boundary)
        .where(ServiceRequestBoundary.service_request_pk == ServiceRequest.pk, condition)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )


def others_at(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    """Build a list of more boundaries at the location, of layers that meet a condition."""
    mine = ServiceRequestBoundary
    other = func.json_build_object(
        *("layer", BoundaryLayer.code, "code", Boundary.code, "name", Boundary.name)
    )
    ordered = aggregate_order_by(other, BoundaryLayer.position, BoundaryLayer.id, Boundary.position)
    found = (
        select(func.json_agg(ordered))
        .select_from(mine)
        .join(BoundaryLayer, BoundaryLayer.id == mine.layer_id)
        .join(Boundary, Boundary.id == any_(mine.others))
        .where(mine.service_request_pk == ServiceRequest.pk, condition)
        .correlate(ServiceRequest)
        .scalar_subquery()
    )
    return func.coalesce(found, func.json_build_array())
