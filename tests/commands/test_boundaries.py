"""open311 boundaries: a dry run first, then a set in force from a day on."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from current_boundaries import boundaries_today
from flask import Flask

from geo.coordinates import Point
from open311.database import db
from open311.queries.maps.layers import find_layer_id
from open311.queries.maps.sets import Maps
from open311.queries.routing.hits import list_hits
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
MapFile = Callable[..., Path]

MOVED = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}  # the edge lay at 0
HALVES = {"N": (-1, 0, 1, 1), "S": (-1, -1, 1, 0)}
WARD = ("--layer", "ward", "--code-field", "code")
WITHOUT_2 = ("--override", "pothole-west")
WITHOUT_10 = ("--override", "pothole-east")
NOT_IMPORTED = "Nothing was changed. To import, add --commit."


def import_(open311: CommandLine, file: Path, *options: object) -> list[str]:
    return open311.lines("boundaries", "import", file, *WARD, *options, "--commit")


def today() -> date:
    return datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date()


def wards(open311: CommandLine) -> list[str]:
    return [line.removeprefix("ward: ") for line in listed(open311) if line.startswith("ward: ")]


def listed(open311: CommandLine, *options: str) -> list[str]:
    """List the sets without their numbers, and without who made them."""
    lines = open311.lines("boundaries", "list", *options)
    assert all(", by " in line for line in lines)
    return [re.sub(r"version \d+, |, by [^,]*$", "", line) for line in lines]


def ward_on(day: date, long: float = 0.25) -> str:
    """Return the ward of a place on a day: ward 10 at first, ward 2 once it is MOVED."""
    hits = list_hits("gridtown.example", Point(lat=0.5, long=long), Maps(day))
    db.session.remove()
    return " ".join(hit.code for hit in hits)


def test_layers_and_their_sets_are_listed(shared_app: Flask, open311: CommandLine) -> None:
    assert listed(open311) == [
        "core: 1 since the beginning, from boundaries/core.geojson of the seed folder",
        "ward: 2 since the beginning, from boundaries/wards.geojson of the seed folder",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", *WARD],
        ["import", *WARD, "--from", "2999-01-01"],
        ["import", "--layer", "school", "--code-field", "code"],
        ["service-area"],
    ],
    ids=" ".join,
)
def test_a_dry_run_changes_nothing(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile, arguments: list[str]
) -> None:
    command, *options = arguments
    file = map_file(MOVED)
    before = contents()
    lines = open311.lines("boundaries", command, file, *options)
    assert lines[0].startswith("new.geojson: 2 features, ")
    assert lines[-1] == NOT_IMPORTED
    assert contents() == before
    assert open311.lines("boundaries", command, file, *options, "--commit")[:-1] == lines[:-1]
    assert contents() != before


def test_what_changes_is_told(shared_app: Flask, open311: CommandLine, map_file: MapFile) -> None:
    file = map_file({"2": (-1, -1, 0.5, 1), "7B": (0.5, -1, 1, 1)})
    lines = open311.lines("boundaries", "import", file, *WARD)
    assert re.fullmatch(
        r"Compared with version \d+ \(from boundaries/wards.geojson of the seed folder\):", lines[1]
    )
    assert lines[2:4] == ["  ward 7B: added", "  ward 10: removed"]
    assert "  ward 2: renamed to ''" in lines
    [moved] = [line for line in lines if "added or removed" in line]
    assert moved.split()[3] == "km²"
    assert int(moved.split()[2].replace(",", "")) == pytest.approx(111 * 55.5 * 2, rel=0.01)


@pytest.mark.parametrize("options", [[], ["--commit"], ["--draft"]])
def test_a_file_equal_to_the_version_in_effect_is_not_stored(
    app: Flask,
    open311: CommandLine,
    contents: Contents,
    map_file: MapFile,
    city: Path,
    options: list[str],
) -> None:
    """Whatever is in effect later, and however its coordinates are rounded."""
    wards = city / "boundaries" / "wards.geojson"
    named = ("--layer", "ward", "--code-field", "ward", "--name-field", "name")
    import_(open311, map_file(MOVED), "--from", "2999-01-01")
    rounded = json.loads(wards.read_text(), parse_float=float)
    for feature in rounded["features"]:
        [ring] = feature["geometry"]["coordinates"]
        feature["geometry"]["coordinates"] = [[[x + 1e-7, y - 3e-7] for x, y in ring]]
    file = city / "rounded.geojson"
    file.write_text(json.dumps(rounded))
    before = contents()
    for again in (wards, file):
        lines = open311.lines("boundaries", "import", again, *named, *options)
        assert lines[-1] == "Nothing was stored, because the file is equal to this version."
        assert lines[-2] == "  ward no boundary changes"
    assert contents() == before


def test_a_version_is_compared_with_the_one_in_effect_when_it_begins(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    """Not with the newest number: here that of 2999."""
    import_(open311, map_file(MOVED), "--from", "2999-01-01")
    file = map_file(MOVED, "again.geojson")
    now = open311.lines("boundaries", "import", file, *WARD)
    assert [line.split(":")[0] for line in now if "added or removed" in line] == [
        "  ward 2",
        "  ward 10",
    ]
    then = open311.lines("boundaries", "import", file, *WARD, "--from", "2999-06-01")
    assert then[1].endswith("(from new.geojson):")
    assert then[-1] == "Nothing was stored, because the file is equal to this version."
    assert import_(open311, file)[-1] == "Imported."


def test_a_version_that_lasts_longer_is_stored(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    layer = ("--layer", "school", "--code-field", "code", "--commit")
    file = map_file(HALVES)
    dates = ("--from", "2024-01-01", "--until", "2025-01-01")
    open311.lines("boundaries", "import", file, *layer, *dates)
    again = ("boundaries", "import", file, *layer, "--from", "2024-06-01")
    shorter = open311.lines(*again, "--until", "2024-09-01")
    assert shorter[-1] == "Nothing was stored, because the file is equal to this version."
    assert open311.lines(*again)[-1] == "Imported."
    assert listed(open311)[2:] == [
        "school: 2 since 2024-01-01 until 2024-06-01, from new.geojson",
        "school: 2 since 2024-06-01, from new.geojson",
    ]


def test_a_new_set_replaces_the_old_one_from_today(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    assert import_(open311, map_file(MOVED))[-1] == "Imported."
    assert wards(open311) == [
        f"2 since the beginning until {today()}, from boundaries/wards.geojson of the seed folder",
        f"2 since {today()}, from new.geojson",
    ]
    assert ward_on(today() - timedelta(days=1)) == "10"
    assert ward_on(today()) == "2"
    [department, *_] = open311.lines("routing", "explain", "0.5", "0.25", "POTHOLE")
    assert department == "Department: West Yard"


def test_a_new_layer_is_made_last_and_in_force_since_ever(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    layer = ("--layer", "school_district", "--code-field", "code")
    open311.lines("boundaries", "import", map_file(HALVES), *layer, "--commit")
    assert listed(open311)[-1] == ("school_district: 2 since the beginning, from new.geojson")
    lines = open311.lines("routing", "explain", "0.5", "0.5", "0042")
    inside = [" ".join(line.split(";")[0].split()) for line in lines]
    assert inside.index("ward 10 (East)") == inside.index("school_district N") - 1


@pytest.mark.parametrize("options", [[], ["--commit"]])
def test_a_refused_feature_stops_all(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    map_file: MapFile,
    options: list[str],
) -> None:
    file = map_file({**MOVED, "11": None})
    before = contents()
    refusal = open311.refusal("boundaries", "import", file, *WARD, *options)
    assert "Nothing was changed." in refusal
    assert "--leave-out" in refusal
    assert contents() == before


def test_refused_features_are_left_out_when_asked(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    lines = import_(
        open311, map_file({"2": (-1, -1, 1, 1), "10": None}), "--leave-out", *WITHOUT_10
    )
    assert "Feature 2 (10) cannot be used. It has no geometry." in lines
    assert wards(open311)[1] == f"1 since {today()}, from new.geojson"


def test_a_map_without_any_boundary_left_is_refused(
    shared_app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    before = contents()
    arguments = ("boundaries", "import", map_file({"2": None}), *WARD, "--leave-out", "--commit")
    assert open311.refusal(*arguments) == "There are no boundaries to import."
    assert contents() == before


def test_a_map_without_a_boundary_that_a_rule_names_is_refused_unless_it_is_overridden(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    file = map_file({"2": (-1, -1, 0, 1), "12": (0, -1, 1, 1)})
    objection = "ule pothole-east uses ward 10, which would no longer exist."
    before = contents()
    lines = open311.lines("boundaries", "import", file, *WARD)
    assert f"Exception to approve: R{objection}" in lines
    refusal = open311.refusal("boundaries", "import", file, *WARD, "--commit")
    assert f"R{objection}" in refusal
    assert "--override pothole-east" in refusal
    assert contents() == before
    assert import_(open311, file, "--override", "pothole-east")[-1] == "Imported."
    assert ward_on(today()) == "12"


def test_an_override_of_what_does_not_object_is_refused(
    shared_app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    before = contents()
    arguments = ("boundaries", "import", map_file(MOVED), *WARD, "--commit", "--override", "x")
    assert "There is no exception named x" in open311.refusal(*arguments)
    assert contents() == before


def test_no_rule_objects_where_all_its_boundaries_are_there(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    assert "bject" not in "".join(import_(open311, map_file({**MOVED, "99": (2, 2, 3, 3)})))


def test_a_rule_out_of_use_does_not_object(
    app: Flask, open311: CommandLine, city: Path, map_file: MapFile
) -> None:
    rules = (city / "routing_rules.csv").read_text().splitlines()
    kept = [rule for rule in rules if not rule.startswith("pothole-east")]
    (city / "routing_rules.csv").write_text("\n".join(kept))
    assert open311.lines("seed", city) == ["routing rules: 1 retired: pothole-east"]
    assert "bject" not in "".join(import_(open311, map_file({"2": (-1, -1, 1, 1)})))


def test_a_set_can_begin_on_a_later_day(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    import_(open311, map_file(MOVED), "--from", "2999-01-01")
    assert wards(open311) == [
        "2 since the beginning until 2999-01-01, from boundaries/wards.geojson of the seed folder",
        "2 from 2999-01-01 on, from new.geojson",
    ]
    assert [ward_on(today()), ward_on(date(2998, 12, 31))] == ["10", "10"]
    assert ward_on(date(2999, 1, 1)) == "2"


def test_a_set_of_the_past_ends_where_the_next_one_begins(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    layer = ("--layer", "school", "--code-field", "code", "--commit")
    file = map_file(HALVES)
    open311.lines("boundaries", "import", file, *layer, "--from", "2024-01-01")
    past = ("--from", "2023-01-01", "--until", "2024-01-01")
    open311.lines("boundaries", "import", file, *layer, *past)
    assert listed(open311)[2:] == [
        "school: 2 since 2023-01-01 until 2024-01-01, from new.geojson",
        "school: 2 since 2024-01-01, from new.geojson",
    ]


def test_a_set_imported_again_on_its_first_day_replaces_the_one_of_that_day(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    import_(open311, map_file(MOVED, "wrong.geojson"))
    import_(open311, map_file({"10": (-1, -1, 1, 1)}, "right.geojson"), *WITHOUT_2)
    assert wards(open311) == [
        f"2 since the beginning until {today()}, from boundaries/wards.geojson of the seed folder",
        f"2 since {today()} until {today()}, from wrong.geojson",
        f"1 since {today()}, from right.geojson",
    ]
    assert ward_on(today(), long=-0.5) == "10"


@pytest.mark.parametrize("options", [[], ["--until", "2999-01-02"], ["--until", "3000-01-01"]])
def test_a_set_ends_where_one_that_is_published_already_begins(
    app: Flask, open311: CommandLine, map_file: MapFile, options: list[str]
) -> None:
    import_(open311, map_file(MOVED), "--from", "2999-01-01")
    file = map_file({"2": (-1, -1, 1, 0), "10": (-1, 0, 1, 1)}, "halves.geojson")
    assert import_(open311, file, *options)[-1] == "Imported."
    assert wards(open311)[1:] == [
        f"2 since {today()} until 2999-01-01, from halves.geojson",
        "2 from 2999-01-01 on, from new.geojson",
    ]


@pytest.mark.parametrize("until", ["2020-01-01", str(today())])
def test_a_set_that_would_end_before_it_begins_is_refused(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile, until: str
) -> None:
    before = contents()
    arguments = ("boundaries", "import", map_file(MOVED), *WARD, "--until", until, "--commit")
    assert "--until" in open311.refusal(*arguments, status=2)
    assert contents() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--layer", "Ward", "--code-field", "code"], "--layer must be lower-case letters"),
        (["--layer", "police district", "--code-field", "code"], "--layer must be"),
        (["--layer", "", "--code-field", "code"], "--layer must be"),
        ([*WARD, "--from", "2026-01-01", "--until", "2026-01-01"], "--until must be later"),
        ([*WARD, "--from", "2026-01-02", "--until", "2026-01-01"], "--until must be later"),
        ([*WARD, "--from", "1/2/2026"], "--from"),
        (["--layer", "ward"], "--code-field"),
        (["--code-field", "code"], "--layer"),
    ],
)
def test_options_that_make_no_sense_are_a_mistake_of_usage(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    map_file: MapFile,
    options: list[str],
    words: str,
) -> None:
    before = contents()
    arguments = ("boundaries", "import", map_file(MOVED), *options, "--commit")
    assert words in open311.refusal(*arguments, status=2)
    assert contents() == before


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--jurisdiction", "nowhere"], "There is no jurisdiction nowhere."),
        (["--name-field", "title"], "no field title"),
        (["--code-field", "ward"], "no field ward"),
        (["--where", "code ="], "The condition code = is not valid for new.geojson."),
        (["--where", "code = '3'"], "no boundaries to import"),
    ],
)
def test_what_the_map_or_the_city_lacks_is_told(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    map_file: MapFile,
    options: list[str],
    words: str,
) -> None:
    before = contents()
    arguments = ("boundaries", "import", map_file(MOVED), *WARD, *options, "--commit")
    assert words in open311.refusal(*arguments)
    assert contents() == before


@pytest.mark.parametrize("command", [["import", *WARD], ["service-area"]], ids=["map", "area"])
@pytest.mark.parametrize(
    "text", [None, "", "no map", '{"type": "FeatureCollection", "features": []}']
)
def test_a_file_without_a_map_is_refused(
    shared_app: Flask,
    open311: CommandLine,
    contents: Contents,
    tmp_path: Path,
    command: list[str],
    text: str | None,
) -> None:
    file = tmp_path / "map.geojson"
    if text is not None:
        file.write_text(text)
    before = contents()
    name, *options = command
    assert open311.refusal("boundaries", name, file, *options, "--commit")
    assert contents() == before


def test_only_some_features_are_taken_when_asked(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    file = map_file({**MOVED, "0": (5, 5, 6, 6)})
    assert "new.geojson: 2 features" in import_(open311, file, "--where", "code <> '0'")[0]
    codes = [boundary.code for boundary in boundaries_today("gridtown.example", "ward")]
    assert codes == ["2", "10"]


def test_the_name_is_taken_from_its_field(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    file = map_file(MOVED)
    collection = json.loads(file.read_text())
    for feature in collection["features"]:
        feature["properties"]["title"] = "The ward"
    file.write_text(json.dumps(collection))
    import_(open311, file, "--name-field", "title")
    lines = open311.lines("routing", "explain", "0.5", "0.25", "POTHOLE")
    assert any(line.split(";")[0].split() == ["ward", "2", "(The", "ward)"] for line in lines)


def test_a_code_that_xml_cannot_carry_does_not_get_in(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    file = map_file({"2\x01": (-1, -1, 1, 1)})
    import_(open311, file, *WITHOUT_10)
    codes = [boundary.code for boundary in boundaries_today("gridtown.example", "ward")]
    assert codes == ["2"]


def test_a_map_is_imported_for_its_own_city_only(
    two_towns_app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    file = map_file(MOVED)
    assert "Add --jurisdiction" in open311.refusal("boundaries", "import", file, *WARD)
    import_(open311, file, "--jurisdiction", "hilltown.example")
    assert find_layer_id("hilltown.example", "ward") != find_layer_id("gridtown.example", "ward")
    assert ward_on(today()) == "10"
    assert listed(open311, "--jurisdiction", "hilltown.example") == [
        "ward: 2 since the beginning, from new.geojson"
    ]


def test_a_service_area_is_all_features_together(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    area = map_file({"a": (-1, -1, 0, 1), "b": (0, -1, 0.5, 1)})
    doubt = "The new service area covers only 75 percent of the one before."
    assert f"Warning: {doubt}" in open311.lines("boundaries", "service-area", area)
    assert open311.refusal("boundaries", "service-area", area, "--commit").startswith(doubt)
    far = map_file({"a": (10, 10, 11, 11)}, "far.geojson")
    refusal = open311.refusal("boundaries", "service-area", far, "--commit")
    assert refusal.startswith("The new service area is not where the city is.")
    reason = ("--despite", "The east left the city.", "--commit")
    lines = open311.lines("boundaries", "service-area", area, *reason)
    assert lines[-2].startswith("The service area is 36,9")
    assert lines[-1] == "Imported."
    assert open311.lines("routing", "explain", "0.5", "0.4", "POTHOLE")
    assert "outside" in open311.refusal("routing", "explain", "0.5", "0.6", "POTHOLE")


def test_a_refused_feature_keeps_the_service_area_as_it_is(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    area = map_file({"a": (-1, -1, 0, 1), "b": None})
    before = contents()
    assert "--leave-out" in open311.refusal("boundaries", "service-area", area, "--commit")
    assert contents() == before
    reason = ("--despite", "The east left the city.")
    open311.lines("boundaries", "service-area", area, *reason, "--leave-out", "--commit")
    assert contents() != before
