"""Parameters of the staff's list, and errors for those it cannot use."""

from zoneinfo import ZoneInfo

import pytest
from marshmallow import ValidationError

from schemas.errors import list_problems
from schemas.search.staff_find import FindSchema

SCHEMA = FindSchema(ZoneInfo("America/New_York"))


def test_areas_are_read_as_degrees_and_meters() -> None:
    assert SCHEMA.load({"circle": ["39.7,-82.6,250"]})["circle"] == (39.7, -82.6, 250)
    assert SCHEMA.load({"polygon": ["0,0;0,1; 1,1;"]})["polygon"] == [(0, 0), (0, 1), (1, 1)]
    asked = SCHEMA.load({"along": ["0,0;0,1"], "within": ["75"]})
    assert (asked["along"], asked["within"]) == ([(0, 0), (0, 1)], 75)


def test_typed_distances_are_meters_or_feet() -> None:
    asked = SCHEMA.load({"circle": ["39.7,-82.6,800"], "units": ["us"]})
    assert asked["circle"] == (39.7, -82.6, pytest.approx(243.84))
    strip = {"along": ["0,0;0,1"], "units": ["us"]}
    assert SCHEMA.load(strip)["within"] == pytest.approx(45.72)  # 150 feet
    assert SCHEMA.load({**strip, "within": ["164041"]})["within"] == pytest.approx(49_999.7)
    assert SCHEMA.load({"along": ["0,0;0,1"]})["within"] == 50
    for name, text, key in (
        ("circle", "39.7,-82.6,164042", "circle.radius_feet"),
        ("circle", "39.7,-82.6,0.5", "circle.radius_feet"),
        ("within", "164042", "within.too_far_feet"),
    ):
        with pytest.raises(ValidationError) as refused:
            SCHEMA.load({name: [text], "units": ["us"]})
        [problem] = list_problems(refused.value)
        assert (problem.field, problem.key) == (name, key)
        assert problem.values == {"limit": 164_041}


def test_days_are_those_of_the_city() -> None:
    asked = SCHEMA.load({"since": ["2026-03-09"], "until": ["2026-03-09"]})
    assert f"{asked['since']:%d %H:%M}" == "09 04:00"
    assert f"{asked['until']:%d %H:%M:%S}" == "10 03:59:59"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("circle", "39.7,-82.6"),
        ("circle", "39.7,-82.6,0"),
        ("circle", "39.7,-82.6,-5"),
        ("circle", "39.7,-82.6,1e-300"),
        ("circle", "39.7,-82.6,50001"),
        ("circle", "39.7,-82.6,nan"),
        ("circle", "99,-82.6,10"),
        ("polygon", "1"),
        ("polygon", "1,2,3;4,5,6"),
        ("polygon", "0,0;0,181;1,1"),
        ("polygon", ";".join(["0,0"] * 201)),
        ("along", "x,y;1,2"),
        ("area", "0"),
        ("area", "one"),
        ("within", "50001"),
        ("units", "feet"),
        ("sort", "added"),
        ("color", "red"),
        ("after", "!"),
    ],
)
def test_what_cannot_be_used_is_told_by_its_name(name: str, text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SCHEMA.load({name: [text]})
    assert [one.field for one in list_problems(refused.value)] == [name]


def test_one_area_is_enough() -> None:
    with pytest.raises(ValidationError, match=r"area\.several.*'circle', 'area'"):
        SCHEMA.load({"circle": ["0,0,1"], "area": ["1"]})
