"""Doubts about a new service area: against the one before, or the current boundaries."""

from collections.abc import Sequence

from shapely.geometry import MultiPolygon

from geo.maps.boundaries import CleanBoundary
from geo.maps.examination import examine_area
from open311.messages.problem import Problem
from open311.queries.jurisdictions import Scope
from open311.queries.maps.layers import find_service_area, list_boundaries
from open311.queries.maps.sets import Maps, list_sets_of


def list_area_doubts(jurisdiction: Scope, area: MultiPolygon) -> Sequence[Problem]:
    """List what is doubtful about a service area (degrees WGS 84) that is not stored yet."""
    here = jurisdiction.jurisdiction_id
    former, _source = find_service_area(here)
    boundaries: list[CleanBoundary] = []
    if former is None:
        sets = list_sets_of(here, Maps(jurisdiction.today()))
        boundaries = [one for stored in sets for one in list_boundaries(stored.id)]
    return [Problem.of(one) for one in examine_area(area, former, boundaries)]
