"""Maps that can, or cannot, be those of a city."""

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import MultiPolygon, box

from geo.maps.boundaries import CleanBoundary
from geo.maps.examination import examine, examine_area

CITY = MultiPolygon([box(-82.7, 39.6, -82.5, 39.8)])


def layer(*boxes: tuple[float, float, float, float]) -> list[CleanBoundary]:
    return [
        CleanBoundary(str(number), "", MultiPolygon([box(*corners)]))
        for number, corners in enumerate(boxes, start=1)
    ]


WARDS = layer((-82.7, 39.6, -82.6, 39.8), (-82.6, 39.6, -82.5, 39.8))


COUNTY_PARKS = [
    (-82.6, 39.7, -82.59, 39.71),
    (-82.55, 39.75, -82.54, 39.76),
    *[(-82.2 + n / 20, 39.2, -82.17 + n / 20, 39.23) for n in range(60)],
]
"""62 parks, two of them in the city."""


@pytest.mark.parametrize(
    "boundaries",
    [
        WARDS,
        layer((-82.61, 39.69, -82.6, 39.7)),  # a downtown
        layer((-85, 38, -82.6, 42), (-82.6, 38, -80, 42)),  # counties
        layer((-82.6, 39.7, -82.3, 39.9)),  # an airport at the edge
        layer(*COUNTY_PARKS),
    ],
)
def test_a_map_of_the_city_is_not_doubtful(boundaries: list[CleanBoundary]) -> None:
    assert examine(boundaries, CITY) == []
    assert examine(boundaries, None) == []


@pytest.mark.parametrize(
    ("boundaries", "key"),
    [
        (layer((39.6, -82.7, 39.8, -82.5)), "map.axes_swapped"),
        (layer((-79.6, 43.6, -79.1, 43.8)), "map.outside"),  # Toronto
        (layer((-82.51, 39.6, -82.3, 39.8)), "map.mostly_outside"),  # the next town
        (layer(*COUNTY_PARKS[2:], (-82.51, 39.6, -82.45, 39.7)), "map.mostly_outside"),
        (layer((-82.6, 39.7, -82.5999, 39.7001), *COUNTY_PARKS[2:]), "map.outside"),
    ],
)
def test_a_map_of_elsewhere_is_doubtful(boundaries: list[CleanBoundary], key: str) -> None:
    [doubt] = examine(boundaries, CITY, WARDS)
    assert doubt.key == key
    assert examine(boundaries, None) == []


@pytest.mark.parametrize(("city", "percent"), [(CITY, 50), (None, 50)])
def test_a_map_that_covers_far_less_is_doubtful(city: MultiPolygon | None, percent: int) -> None:
    [doubt] = examine(WARDS[:1], city, WARDS)
    assert (doubt.key, doubt.values["percent"]) == ("map.covers_less", percent)
    assert examine(WARDS, city, WARDS[:1]) == []


def test_what_lies_outside_the_city_may_go() -> None:
    township = layer((-82.5, 39.6, -82, 39.8))
    assert examine(WARDS, CITY, [*WARDS, *township]) == []
    assert shapely.union_all([one.geometry for one in township]).area > CITY.area


BOSTON = MultiPolygon([box(-71.19, 42.23, -70.98, 42.4)])


@pytest.mark.parametrize(
    ("used", "right", "key"),
    [(26986, 2249, "map.feet_as_meters"), (2249, 26986, "map.meters_as_feet")],
)
def test_the_wrong_unit_is_recognized_with_the_system_that_fits(
    used: int, right: int, key: str
) -> None:
    numbers = Transformer.from_crs(4326, right, always_xy=True)
    degrees = Transformer.from_crs(used, 4326, always_xy=True)

    def misread(points: np.ndarray) -> np.ndarray:
        return np.column_stack(degrees.transform(*numbers.transform(points[:, 0], points[:, 1])))

    read = CleanBoundary("1", "", shapely.transform(BOSTON, misread))
    [notice] = examine([read], BOSTON)
    assert (notice.key, notice.values["crs"]) == (key, f"EPSG:{right}")
    assert str(notice.values["name"]).startswith("NAD83 / Massachusetts Mainland")
    [elsewhere] = examine(WARDS, BOSTON)
    assert elsewhere.key == "map.outside"


@pytest.mark.parametrize(
    ("area", "keys"),
    [
        (CITY, []),
        (MultiPolygon([box(-82.7, 39.6, -82.5, 39.7)]), ["area.covers_less"]),
        (MultiPolygon([box(39.6, -82.7, 39.8, -82.5)]), ["area.axes_swapped"]),
        (BOSTON, ["area.elsewhere"]),
    ],
)
def test_a_service_area_is_compared_with_the_one_before(
    area: MultiPolygon, keys: list[str]
) -> None:
    assert [one.key for one in examine_area(area, CITY)] == keys
    without_former = [one for one in keys if one != "area.covers_less"]
    assert [one.key for one in examine_area(area, None, WARDS)] == without_former
    assert examine_area(area, None) == []
