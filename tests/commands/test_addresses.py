"""open311 addresses import and find."""

from pathlib import Path

from flask import Flask

from open311.queries.addresses import find_register
from tests.commands.conftest import CommandLine

REGISTER = Path(__file__).parents[1] / "addresses/gridtown.csv"
CITY = "gridtown.example"


def imported(open311: CommandLine, *arguments: object) -> list[str]:
    return open311.lines("addresses", "import", REGISTER, "--commit", *arguments)


def test_what_is_not_committed_changes_nothing(app: Flask, open311: CommandLine) -> None:
    lines = open311.lines("addresses", "import", REGISTER)
    assert lines[-1] == "Nothing was changed. To import, add --commit."
    assert find_register(CITY) is None
    refusal = open311.refusal("addresses", "find", "111 S Broad St")
    assert refusal == "Gridtown has no address points. Import them with open311 addresses import."


def test_an_import_says_what_there_is_and_records_where_from(
    app: Flask, open311: CommandLine
) -> None:
    lines = imported(open311, "--license", "CC0", "--vintage", "2026", "--by", "clerk")
    assert lines == ["Outside the service area: 1.", "Addresses: 8.", "Imported."]
    register = find_register(CITY)
    assert register is not None
    assert (register.source, register.license, register.vintage, register.imported_by) == (
        *("gridtown.csv", "CC0", "2026", "clerk"),
    )


def test_an_import_takes_the_place_of_the_one_before(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    imported(open311)
    newer = tmp_path / "newer.csv"
    newer.write_text("lon,lat,number,street,id\n0.5,0.5,1,NEW RD,N-1\nx,0,2,NEW RD,N-2\n")
    lines = open311.lines("addresses", "import", newer, "--source", "The county", "--commit")
    assert lines[0] == "Skipped: line 3, lon and lat are not numbers."
    assert lines[1:] == ["Addresses: 1.", "Imported."]
    assert open311.lines("addresses", "find", "1 New Road") == ["1 NEW RD (N-1) at 0.5 0.5"]
    refusal = open311.refusal("addresses", "find", "111 S Broad St")
    assert refusal == "Not found: no such address in the register."


def test_a_file_of_another_place_leaves_all_as_it_is(
    app: Flask, open311: CommandLine, tmp_path: Path
) -> None:
    imported(open311)
    far = tmp_path / "far.csv"
    far.write_text("lon,lat,number,street,id\n39.7,-82.6,1,MAIN ST,1\n")
    refusal = open311.refusal("addresses", "import", far, "--commit")
    assert refusal.startswith("All 1 addresses are outside the service area")
    lines = open311.lines("addresses", "find", "111 South Broad Street")
    assert lines == ["111 S BROAD ST, GRIDTOWN, GR 43130 (P-1) at 0.5 0.5"]


def test_many_lines_left_out_are_counted(app: Flask, open311: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "some.csv"
    bad = "".join(f"x,x,{number},MAIN ST,{number}\n" for number in range(15))
    file.write_text(f"lon,lat,number,street,id\n0.5,0.5,1,GOOD ST,good\n{bad}")
    lines = open311.lines("addresses", "import", file)
    assert sum(line.startswith("Skipped: line") for line in lines) == 10
    assert "Skipped: 5 more lines." in lines


def test_several_that_may_be_meant_are_named(app: Flask, open311: CommandLine) -> None:
    imported(open311)
    refusal = open311.refusal("addresses", "find", "12 Main")
    assert refusal == "Not found: no such address in the register."
    refusal = open311.refusal("addresses", "find", "12 Main St")
    assert refusal == (
        "Not found: several addresses match: 12 MAIN ST, GRIDTOWN, GR 43131; "
        "12 MAIN ST, EASTVILLE, GR 43132."
    )


def test_a_file_that_is_no_csv_is_refused(open311: CommandLine, app: Flask) -> None:
    refusal = open311.refusal("addresses", "import", Path(__file__))
    assert "has no column" in refusal or "is not CSV" in refusal
