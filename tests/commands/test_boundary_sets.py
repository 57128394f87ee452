"""open311 boundaries publish, withdraw and roll-back, and what objects to them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from georeport_client import KEYS, Api
from servers import running_server
from sqlalchemy import update

from open311.commands import options
from open311.database import db
from open311.models import Jurisdiction
from tests.commands.conftest import CommandLine

Contents = Callable[[], dict[str, list[str]]]
MapFile = Callable[..., Path]

SHIFTED = {"2": (-1, -1, 0.5, 1), "10": (0.5, -1, 1, 1)}  # the edge lay at 0
WARD = ("--layer", "ward", "--code-field", "code")
CANARY = "canary,service_code,lat,long,department,note\nby the edge,POTHOLE,0.5,0.25,EAST,\n"
PLACE = ("0.5", "0.25", "POTHOLE")  # ward 10, and ward 2 once it is SHIFTED


def today() -> datetime:
    return datetime.now(UTC).astimezone(ZoneInfo("America/New_York"))


@pytest.fixture
def draft(app: Flask, open311: CommandLine, map_file: MapFile) -> int:
    """The number of a draft of shifted wards."""
    options = ("--draft", "--license", "CC BY 4.0", "--vintage", "2026", "--by", "clerk")
    last = open311.lines("boundaries", "import", map_file(SHIFTED), *WARD, *options)[-1]
    match = re.fullmatch(
        r"Draft (\d+) stored\. To publish it, use open311 boundaries publish\.", last
    )
    assert match is not None, last
    return int(match[1])


def department(open311: CommandLine) -> str:
    return open311.lines("routing", "explain", *PLACE)[0].removeprefix("Department: ")


def line_of(open311: CommandLine, number: int) -> str:
    [line] = [one for one in open311.lines("boundaries", "list") if f": version {number}, " in one]
    return line


SWAPPED = "Latitude and longitude seem to be swapped."


def test_a_map_that_seems_wrong_is_published_with_a_reason_only(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    """At the first import, at the publishing of a draft, and at an import that replaces a map."""
    layer = ("--layer", "school", "--code-field", "code")
    far = map_file({"1": (10, 10, 11, 11)})
    assert "Warning: The boundaries are outside the service area." in " ".join(
        open311.lines("boundaries", "import", far, *layer)
    )
    drafted = open311.lines("boundaries", "import", far, *layer, "--draft")
    assert any(line.startswith("Warning: The boundaries are outside") for line in drafted)
    number = drafted[-1].split()[1]
    before = contents()
    for command in (("import", far, *layer, "--commit"), ("publish", number)):
        refusal = open311.refusal("boundaries", *command)
        assert "The boundaries are outside the service area." in refusal
        assert "Nothing was changed." in refusal
        assert "--despite" in refusal
    assert contents() == before
    open311.lines("boundaries", "publish", number, "--despite", "The school is there.")
    assert 'despite warnings because "The school is there."' in line_of(open311, int(number))
    half = map_file({"1": (10, 10, 10.5, 11)})
    refusal = open311.refusal(
        *("boundaries", "import", half, *layer, "--from", "2999-01-01", "--commit")
    )
    assert "outside" in refusal


def test_a_map_that_covers_far_less_than_before_needs_a_reason(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    part = map_file({"2": (-1, -1, 0, 1), "10": (0, -1, 0.5, 1)})
    arguments = ("boundaries", "import", part, *WARD, "--commit")
    refusal = open311.refusal(*arguments)
    assert "The boundaries cover only 75 percent of what the version before covers" in refusal
    assert open311.refusal(*arguments, "--despite", " ") == refusal
    lines = open311.lines(*arguments, "--despite", "The east left the city.")
    assert lines[-1] == "Imported."


def test_large_overlaps_and_gaps_take_an_exception_by_name_once(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    doubtful = map_file({"2": (-1, -1, 0.5, 1), "10": (0.4, -1, 0.9, 1)})
    arguments = ("boundaries", "import", doubtful, *WARD)
    lines = open311.lines(*arguments)
    assert any(line.startswith("Lint: overlap: 1, ") for line in lines)
    assert any(line.startswith("Lint: gap: 1, ") for line in lines)
    approve = [line for line in lines if line.startswith("Exception to approve: Boundaries")]
    assert [line.split()[4] for line in approve] == ["overlap", "leave"]
    before = contents()
    refusal = open311.refusal(*arguments, "--commit")
    assert "--override overlaps --override gaps" in refusal
    assert contents() == before
    named = ("--override", "overlaps", "--override", "gaps", "--commit")
    assert open311.lines(*arguments, *named)[-1] == "Imported."
    again = map_file({"2": (-1, -1, 0.5, 0.5), "10": (0.4, -1, 0.9, 1), "3": (-1, 0.5, 0.5, 1)})
    assert open311.lines("boundaries", "import", again, *WARD, "--commit")[-1] == "Imported."


def test_what_stops_a_map_is_told_in_the_units_of_the_city(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    db.session.execute(update(Jurisdiction).values(units="us"))
    db.session.commit()
    doubtful = map_file({"2": (-1, -1, 0.5, 1), "10": (0.4, -1, 1, 1)})
    options = ("boundaries", "import", doubtful, *WARD)
    refusal = open311.refusal(*options, "--commit")
    assert re.search(r"Boundaries overlap in one place, [\d,]+ ac\.", refusal)
    number = open311.lines(*options, "--draft")[-1].split()[1]
    refusal = open311.refusal("boundaries", "publish", number)
    assert re.search(r"Boundaries overlap in one place, [\d,]+ ac\.", refusal)


def test_a_reason_for_a_map_that_is_right_is_refused(
    open311: CommandLine, contents: Contents, draft: int
) -> None:
    before = contents()
    refusal = open311.refusal("boundaries", "publish", draft, "--despite", "habit")
    assert refusal == "This version is not doubtful. Remove --despite."
    assert contents() == before


def test_a_draft_is_in_force_on_no_day_until_it_is_published(
    open311: CommandLine, draft: int
) -> None:
    about = "from new.geojson, of 2026, under CC BY 4.0"
    assert line_of(open311, draft) == f"ward: version {draft}, 2 (draft), {about}, by clerk"
    assert department(open311) == "East Yard"
    [line] = open311.lines("boundaries", "publish", draft, "--by", "chief")
    assert line == f"ward: version {draft}, 2 since {today():%F}, {about}, by chief"
    assert department(open311) == "West Yard"


def test_rules_continue_with_codes_that_change(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    """A new code is carried at once; a merge of rules that disagree asks which one continues."""
    renamed = map_file({"A2": (-1, -1, 0, 1), "10": (0, -1, 1, 1)})
    number = open311.lines("boundaries", "import", renamed, *WARD, "--draft")[-1].split()[1]
    seen = open311.lines("boundaries", "preview", number)
    assert seen[:4] == [
        "ward 2 is now A2: same area.",
        "With --carry-rules, which the numbers below assume:",
        "  Rule pothole-west for 2 ends.",
        "  Rule pothole-west-A2 for A2 begins. It sends requests to West Yard.",
    ]
    assert any(line.startswith("0 of ") for line in seen)
    assert "--override pothole-west" in open311.refusal("boundaries", "publish", number)
    open311.lines("boundaries", "publish", number, "--carry-rules")
    west = ("routing", "explain", "0.5", "-0.25", "POTHOLE")
    assert open311.lines(*west)[0] == "Department: West Yard"
    merged = map_file({"1": (-1, -1, 1, 1)})
    number = open311.lines("boundaries", "import", merged, *WARD, "--draft")[-1].split()[1]
    tomorrow = f"{today() + timedelta(days=1):%F}"
    seen = open311.lines("boundaries", "preview", number, "--on", tomorrow)
    assert seen[0] == "ward 10, A2 are now 1."
    choice = "  For 1, choose the rule that continues with --keep-rule: pothole-east, "
    assert f"{choice}pothole-west-A2" in seen
    publish = ("boundaries", "publish", number, "--from", tomorrow)
    refusal = open311.refusal(*publish, "--carry-rules")
    assert "continues with --keep-rule: pothole-east, pothole-west-A2" in refusal
    refusal = open311.refusal(*publish, "--carry-rules", "--keep-rule", "lights")
    assert "--keep-rule" in refusal
    open311.lines(*publish, "--carry-rules", "--keep-rule", "pothole-east")
    assert open311.lines(*west)[0] == "Department: West Yard"
    at = ("--on", tomorrow, "--at", f"{tomorrow}T12:00:00-05:00")
    assert open311.lines(*west, *at)[0] == "Department: East Yard"
    open311.lines("boundaries", "withdraw", number)
    assert open311.lines(*west, *at)[0] == "Department: West Yard"


def test_an_import_in_effect_at_once_carries_rules_as_a_draft_does(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    """It offers the rules, asks for the same choices, replaces, reroutes, and can be withdrawn."""
    before = contents()
    file = map_file({"A2": (-1, -1, 0, 1), "10": (0, 0, 1, 1), "11": (0, -1, 1, 0)})
    import_ = ("boundaries", "import", file, *WARD)
    offer = [
        "With --carry-rules:",
        "  Rule pothole-east-11 for 11 begins. It sends requests to East Yard.",
        "  Rule pothole-west for 2 ends.",
        "  Rule pothole-west-A2 for A2 begins. It sends requests to West Yard.",
    ]
    lines = open311.lines(*import_)
    assert {"  ward 10 is now 10, 11.", "  ward 2 is now A2: same area."} <= set(lines)
    assert not [one for one in lines if re.search(r": (added|removed)$", one)]
    assert set(offer) <= set(lines)
    assert any("Exception to approve: Rule pothole-west" in one for one in lines)
    carried = open311.lines(*import_, "--carry-rules")
    assert {"Rules that change:", *offer[1:]} <= set(carried)
    assert not [one for one in carried if one.startswith("Exception to approve")]
    assert contents() == before
    assert "--override pothole-west" in open311.refusal(*import_, "--commit")
    assert contents() == before
    done = open311.lines(*import_, "--carry-rules", "--reroute", "--commit")
    assert done[-2:] == ["0 open requests rerouted.", "Imported."]
    west = ("routing", "explain", "0.5", "-0.25", "POTHOLE")
    assert open311.lines(*west)[0] == "Department: West Yard"
    merged = (*import_[:2], map_file({"1": (-1, -1, 1, 1)}), *WARD, "--carry-rules")
    choice = "  For 1, choose the rule that continues with --keep-rule: pothole-east, "
    assert any(one.startswith(choice) for one in open311.lines(*merged))
    before = contents()
    assert "continues with --keep-rule: " in open311.refusal(*merged, "--commit")
    kept = ("--keep-rule", "pothole-east", "--commit")
    for commit in ((), kept):
        assert "no choice to make" in open311.refusal(*merged, "--keep-rule", "lights", *commit)
    unasked = open311.refusal(*import_, "--keep-rule", "pothole-east", status=2)
    assert unasked == "--keep-rule needs --carry-rules."
    drafted = open311.refusal(*import_, "--draft", "--carry-rules", status=2)
    assert drafted == "A draft needs no --carry-rules. Add it when you publish the draft."
    assert contents() == before
    last = open311.lines(*merged, *kept)
    assert any(one.endswith("its rule changes are undone.") for one in last)
    assert open311.lines(*west)[0] == "Department: East Yard"
    newest = max(
        int(one)
        for one in re.findall(r"version (\d+)", " ".join(open311.lines("boundaries", "list")))
    )
    open311.lines("boundaries", "withdraw", newest)
    assert open311.lines(*west)[0] == "Department: West Yard"


def test_a_set_published_for_a_later_day_waits_for_it(open311: CommandLine, draft: int) -> None:
    tomorrow = f"{today() + timedelta(days=1):%F}"
    [line] = open311.lines("boundaries", "publish", draft, "--from", tomorrow)
    assert f"2 from {tomorrow} on" in line
    assert department(open311) == "East Yard"
    assert f" until {tomorrow}, " in open311.lines("boundaries", "list")[1]


def test_who_withdraws_a_set_gets_the_one_before_back(open311: CommandLine, draft: int) -> None:
    before = open311.lines("boundaries", "list")[1]
    open311.lines("boundaries", "publish", draft)
    [line] = open311.lines("boundaries", "withdraw", draft, "--by", "chief")
    assert "2 (withdrawn)" in line
    assert line.endswith("by chief")
    assert open311.lines("boundaries", "list")[1] == before
    assert department(open311) == "East Yard"


def test_a_layer_is_rolled_back_once_and_not_into_nothing(
    open311: CommandLine, contents: Contents, draft: int
) -> None:
    open311.lines("boundaries", "publish", draft)
    withdrawn, again = open311.lines("boundaries", "restore", "ward")
    assert f"version {draft}, 2 (withdrawn)" in withdrawn
    assert "since the beginning, " in again
    assert department(open311) == "East Yard"
    before = contents()
    refusal = open311.refusal("boundaries", "restore", "ward")
    assert refusal == "Layer ward has no earlier version to restore."
    assert "no layer school" in open311.refusal("boundaries", "restore", "school")
    assert contents() == before


def test_a_version_withdrawn_is_published_again(
    open311: CommandLine, contents: Contents, draft: int
) -> None:
    """Both a draft that never took effect, and a version that was scheduled."""
    open311.lines("boundaries", "withdraw", draft)
    before = contents()
    assert "already withdrawn" in open311.refusal("boundaries", "withdraw", draft)
    assert "no boundary set 9999" in open311.refusal("boundaries", "publish", 9999)
    assert contents() == before
    for first in ("2999-01-01", "2998-01-01"):
        [line] = open311.lines("boundaries", "publish", draft, "--from", first)
        assert f"version {draft}, 2 from {first} on, " in line
        open311.lines("boundaries", "withdraw", draft)
    [line] = open311.lines("boundaries", "publish", draft)
    assert f"version {draft}, 2 since {today().date()}, " in line
    assert department(open311) == "West Yard"


def test_a_draft_keeps_its_dates_and_says_which_version_it_replaces(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    days = ("--from", "2998-01-01", "--until", "2999-01-01")
    drafted = ("boundaries", "import", map_file(SHIFTED), *WARD, "--draft")
    first, second = (open311.lines(*drafted, *days)[-1].split()[1] for _ in range(2))
    assert "(draft, planned from 2998-01-01 until 2999-01-01), " in line_of(open311, int(first))
    refusal = open311.refusal("boundaries", "publish", first)
    assert "there would be none from 2999-01-01 on" in refusal
    both = ("--until", "2999-01-01", "--no-end")
    refusal = open311.refusal("boundaries", "publish", first, *both, status=2)
    assert refusal == "Use --until or --no-end, not both."
    [line] = open311.lines("boundaries", "publish", first, "--no-end")
    assert re.search(r"2 from 2998-01-01 on, ", line)
    open311.lines("boundaries", "withdraw", first)
    later = open311.lines(*drafted, "--from", "2999-01-01")[-1].split()[1]
    assert "from 2999-01-01 on" in open311.lines("boundaries", "publish", later)[0]
    again = open311.lines("boundaries", "publish", first, "--from", "2998-01-01")[0]
    assert "from 2998-01-01 on until 2999-01-01" in again
    assert "ward no boundary changes" in open311.lines("boundaries", "preview", second)
    early = open311.refusal("boundaries", "preview", second, "--on", "0001-01-01", status=2)
    assert "Use 1900-01-01 or a later date." in early
    replaced = open311.lines("boundaries", "publish", second)[-1]
    words = f"It replaces version {first} (from new.geojson), which begins on the same day."
    assert replaced == words
    again = map_file({"2": (-1, -1, 0.4, 1), "10": (0.4, -1, 1, 1)})
    lines = open311.lines(
        *("boundaries", "import", again, *WARD, "--from", "2998-01-01", "--commit")
    )
    assert f"It replaces version {second} (from new.geojson)" in " ".join(lines)


def test_a_version_with_rules_is_withdrawn_by_another_for_its_day(
    app: Flask, open311: CommandLine, map_file: MapFile
) -> None:
    drafted = ("boundaries", "import", *WARD, "--draft", "--from", "2998-01-01")
    maps = ({code: (-1, -1, 0, 1), "10": (0, -1, 1, 1)} for code in ("A2", "B2"))
    first, second = (open311.lines(*drafted, map_file(one))[-1].split()[1] for one in maps)
    open311.lines("boundaries", "publish", first, "--carry-rules")
    seen = open311.lines("boundaries", "preview", second)
    assert "  Rule pothole-west-B2 for B2 begins. It sends requests to West Yard." in seen
    last = open311.lines("boundaries", "publish", second, "--carry-rules")[-1]
    assert last.endswith("That version is withdrawn, and its rule changes are undone.")
    assert "(withdrawn)" in line_of(open311, int(first))


def test_a_layer_with_nearly_the_code_of_another_is_questioned(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    import_ = ("boundaries", "import", map_file(SHIFTED), "--layer", "wards", *WARD[2:])
    before = contents()
    for mode in ((), ("--draft",), ("--commit",)):
        assert open311.refusal(*import_, *mode) == (
            "There is no layer wards yet, but there is ward. Use --layer ward, or add --new-layer "
            "if this is another layer."
        )
    assert contents() == before
    assert open311.lines(*import_, "--new-layer", "--commit")[-1] == "Imported."
    again = open311.lines(*import_)
    assert "no boundary changes" in again[-2], "the layer is there now"


class Impatient:
    """A timer whose time is over when it starts."""

    def __init__(self, _seconds: float, do: Callable[..., None], *arguments: Any) -> None:
        self._do, (self._given, self._named) = do, arguments

    def start(self) -> None:
        self._do(*self._given, **self._named)

    def cancel(self) -> None: ...


def test_long_work_says_what_it_does(
    app: Flask, open311: CommandLine, map_file: MapFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On standard error, and only if it takes longer than some seconds."""
    lint = ("boundaries", "lint", map_file(SHIFTED), "--code-field", "code")
    assert open311.result(*lint).stderr == ""
    monkeypatch.setattr(options, "Timer", Impatient)
    linting = "Looking for overlaps, gaps, and slivers…"
    assert open311.result(*lint).stderr.splitlines() == ["Reading new.geojson…", linting]
    imported = open311.result("boundaries", "import", map_file(SHIFTED), *WARD, "--commit")
    assert imported.stderr.splitlines() == [
        "Reading new.geojson…",
        "Comparing with the version in effect…",
        "Comparing with the service area…",
        linting,
        "Publishing…",
    ]
    assert imported.stdout.splitlines()[-1] == "Imported."


def test_a_layer_without_versions_is_shown_nowhere_and_can_be_deleted(
    app: Flask, open311: CommandLine, contents: Contents, map_file: MapFile
) -> None:
    def collections() -> list[str]:
        found = app.test_client().get("/ogc/collections").get_json()["collections"]
        return [one["id"] for one in found]

    before = contents()
    school = ("--layer", "school", "--code-field", "code")
    open311.lines("boundaries", "import", map_file(SHIFTED), *school, "--draft")
    assert collections() == ["requests", "core", "ward"]
    open311.lines("boundaries", "import", map_file(SHIFTED), *school, "--commit")
    assert collections() == ["requests", "core", "ward", "school"]
    refusal = open311.refusal("boundaries", "delete-layer", "school")
    number = re.findall(r"still has version (\d+)", refusal)[0]
    open311.lines("boundaries", "withdraw", number)
    assert collections() == ["requests", "core", "ward"]
    assert open311.lines("boundaries", "delete-layer", "school") == ["Layer school deleted."]
    assert "no layer school" in open311.refusal("boundaries", "delete-layer", "school")
    after = contents()
    assert [
        after[name] for name in before if name != "audit_entries" and "version" not in name
    ] == [before[name] for name in before if name != "audit_entries" and "version" not in name]
    [stored] = [one for one in open311.lines("boundaries", "list") if one.startswith("core: ")]
    number = re.findall(r"version (\d+)", stored)[0]
    open311.lines("boundaries", "withdraw", number, "--override", "streets-core")
    assert "Routing rules use layer core: " in open311.refusal("boundaries", "delete-layer", "core")


def test_a_test_of_a_layer_to_come_waits(
    app: Flask, open311: CommandLine, city: Path, map_file: MapFile
) -> None:
    """A test that only a rule of a layer without boundaries would satisfy does not fail."""
    for name, row in (
        ("layers", "school,School,,,"),
        ("routing_rules", "school,0042,,school,,LIGHTS,"),
    ):
        with (city / f"{name}.csv").open("a") as file:
            file.write(f"{row}\n")
    canary = CANARY.replace("by the edge", "at school").replace("EAST", "LIGHTS")
    canary = canary.replace("POTHOLE", "0042")
    (city / "canaries.csv").write_text(canary)
    told = " ".join(open311.lines("seed", city))
    assert "at school (0042 at 0.5 0.25) waits for the first version of the layer school" in told
    assert open311.lines("routing", "test")[-1] == "0 of 1 routing tests passed."
    wards = map_file({"2": (-1, -1, 0.1, 1), "10": (0.1, -1, 1, 1)})
    assert open311.lines("boundaries", "import", wards, *WARD, "--commit")[-1] == "Imported."
    school = ("--layer", "school", "--code-field", "code")
    elsewhere = map_file({"1": (-1, -1, 0, 1)})
    refusal = open311.refusal("boundaries", "import", elsewhere, *school, "--commit")
    assert "Routing test at school must go to" in refusal
    assert "--override 'at school'" in refusal
    there = map_file({"1": (0, -1, 1, 1)})
    assert open311.lines("boundaries", "import", there, *school, "--commit")[-1] == "Imported."
    assert open311.lines("routing", "test")[-1] == "All 1 routing tests passed."


def test_a_set_is_published_once(open311: CommandLine, contents: Contents, draft: int) -> None:
    open311.lines("boundaries", "publish", draft)
    before = contents()
    assert "already" in open311.refusal("boundaries", "publish", draft)
    assert contents() == before


def test_withdrawing_the_only_map_is_refused_for_the_rules_that_name_it(
    open311: CommandLine, contents: Contents, draft: int
) -> None:
    [only] = [line for line in open311.lines("boundaries", "list") if line.startswith("core")]
    number = re.findall(r"version (\d+)", only)[0]
    before = contents()
    refusal = open311.refusal("boundaries", "withdraw", number)
    assert "Rule streets-core uses core, which would no longer exist." in refusal
    assert contents() == before
    open311.lines("boundaries", "withdraw", number, "--override", "streets-core")


def test_a_canary_stops_a_map_it_does_not_agree_with(
    open311: CommandLine, contents: Contents, city: Path, draft: int
) -> None:
    (city / "canaries.csv").write_text(CANARY)
    assert open311.lines("seed", city) == ["routing tests: 1"]
    assert open311.lines("routing", "test") == [
        "ok: by the edge (POTHOLE at 0.5 0.25) goes to East Yard",
        "All 1 routing tests passed.",
    ]
    before = contents()
    refusal = open311.refusal("boundaries", "publish", draft)
    assert (
        "Routing test by the edge must go to East Yard but goes to West Yard. "
        "Rule pothole-west applies: service POTHOLE in ward 2."
    ) in refusal
    assert contents() == before
    open311.lines("boundaries", "publish", draft, "--override", "by the edge")
    assert "1 of 1 routing tests failed" in open311.refusal("routing", "test")
    yesterday = f"{today() - timedelta(days=1):%F}"
    assert open311.lines("routing", "test", "--on", yesterday)[0].startswith("ok: by the edge")
    assert open311.lines("seed", city)[-1].startswith("Warning: routing test by the edge")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("x,NOPE,0,0,EAST,", "service_code 'NOPE'"),
        ("x,POTHOLE,0,0,NOPE,", "department 'NOPE'"),
        ("x,POTHOLE,91,0,EAST,", "lat must be"),
        ("x,POTHOLE,,0,EAST,", "line 2: lat"),
        ("x,POTHOLE,0,0,EAST,\nx,POTHOLE,0,0,EAST,", "line 3: x is already used"),
    ],
)
def test_a_canary_that_makes_no_sense_is_refused(
    app: Flask, open311: CommandLine, contents: Contents, city: Path, row: str, words: str
) -> None:
    (city / "canaries.csv").write_text(f"canary,service_code,lat,long,department,note\n{row}\n")
    before = contents()
    assert words in open311.refusal("seed", city)
    assert contents() == before


def test_without_a_canary_the_check_says_so(shared_app: Flask, open311: CommandLine) -> None:
    assert open311.lines("routing", "test") == ["No routing tests."]


def test_a_running_server_routes_by_a_new_map_at_once(
    app: Flask, open311: CommandLine, draft: int, tmp_path: Path
) -> None:
    """Whichever of its two workers answers: none of them keeps a map."""
    with running_server(app.config["DATABASE_URL"], tmp_path / "log") as address:
        api = Api(address, "json", KEYS["gridtown.example"])

        def departments() -> set[str]:
            ids = [api.report(lat=0.5, long=0.25, description=f"{n}") for n in range(8)]
            return {api.one(id_)["agency_responsible"] for id_ in ids}

        assert departments() == {"East Yard"}
        open311.lines("boundaries", "publish", draft)
        assert departments() == {"West Yard"}
        open311.lines("boundaries", "restore", "ward")
        assert departments() == {"East Yard"}
